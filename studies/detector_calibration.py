"""Do false alarms come as often as stated, on counts of 28 baselines and on censored loads with gaps?

``make study NAME=detector_calibration`` writes ``docs/studies/detector_calibration.md``. Truth has no outbreak in the weeks
judged. Counts go through ``count_predictive``; loads through the trend model's one-step-ahead law, randomised places, and
``recalibrate`` against the year before. Trap: replicates of a scenario share nothing, but the weeks of one share its
history, so errors are taken between replicates.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.special import ndtri

from headworks.trends.smoother import no_offsets, observations, places, predictive, smooth_trends
from headworks.warning.evidence import judge, randomised_place, recalibrate
from headworks.warning.predictive import count_predictive
from headworks.warning.scenarios import BASELINE, CURRENT, Scenario, draw_counts, draw_loads, expected_counts, scenarios

REPLICATES, LOAD_SERIES, LOAD_WEEKS, SEED = 500, 3_000, 260, 20_261_122
RATES = (0.05, 0.01, 0.001)
CENSORED, MISSING, WEEKS_JUDGED = (0.1, 0.4, 0.8), 0.2, 52
REPORT = Path(__file__).parents[1] / "docs" / "studies" / "detector_calibration.md"


def of_counts(scenario: Scenario, n: int, seed: int, missing: float = 0.0) -> dict[str, np.ndarray]:
    """p-values and e-values of the weeks judged, a row for each replicate."""
    rng = np.random.default_rng([seed, *scenario.name.encode()])
    counts = draw_counts(rng, expected_counts(scenario), scenario.phi, n)[:, BASELINE[0] :]
    counts[rng.random(counts.shape) < missing] = np.nan
    found = count_predictive(counts, rng, evaluate=(CURRENT[0] - BASELINE[0], CURRENT[1] - BASELINE[0]))
    judged = judge(found.z, p=found.p_value)
    weeks = np.arange(1, judged.evidence.shape[1] + 1)
    return {"p": found.p_value, "drop": 1.0 - found.p_week, "e": judged.e_value, "sum": judged.evidence / weeks}


def of_loads(censored: float, every_weeks: int, series: int, seed: int, missing: float = MISSING) -> dict[str, np.ndarray]:
    """p-values and e-values of loads' last year."""
    rng = np.random.default_rng([seed, int(100 * censored), every_weeks])
    loads = draw_loads(rng, series, LOAD_WEEKS, every_weeks=every_weeks, censored=censored, missing=missing)
    there = loads.is_there
    start, day = np.append(0, np.cumsum(there.sum(axis=1))), np.broadcast_to(7 * loads.week, there.shape)[there]
    seen, group = observations(start, day, loads.lower[there], loads.upper[there]), np.zeros(series, np.int64)
    trends = smooth_trends(seen, group, np.arange(series + 1), np.full(series, day.max()), offsets=no_offsets(group))
    lower, upper = (np.full(there.shape, np.nan) for _ in range(2))
    lower[there], upper[there] = places(seen, predictive(seen, trends.smoothed, trends.settings.central))
    place, now = randomised_place(lower, upper, rng), WEEKS_JUDGED // every_weeks
    before, recent = place[:, now:-now], place[:, -now:]
    p = np.where(recent > 0.5, recalibrate(1 - recent, 1 - before), 1 - recalibrate(recent, before))
    judged = judge(-ndtri(p))
    weeks = np.arange(1, now + 1)
    raw = judge(ndtri(recent)).p_value
    return {"p": judged.p_value, "drop": 1 - judged.p_week, "raw": raw, "e": judged.e_value, "sum": judged.evidence / weeks}


def ratio(p: np.ndarray, rate: float) -> tuple[float, float]:
    """Realised over stated rate, and its Monte Carlo standard error from the spread between replicates."""
    is_there = ~np.isnan(p)
    hits, weeks = (np.where(is_there, p, 1.0) <= rate).sum(axis=1), is_there.sum(axis=1)
    realised = hits.sum() / weeks.sum()
    error = np.sqrt(np.sum((hits - realised * weeks) ** 2)) / weeks.sum()
    return float(realised / rate), float(error / rate)


def row(name: str, found: dict[str, np.ndarray]) -> str:
    """A line of the table."""
    cells = ["{:.2f} ± {:.2f}".format(*ratio(found["p"], rate)) for rate in RATES]
    raw = "{:.2f}".format(ratio(found["raw"], 0.01)[0]) if "raw" in found else ""
    drop = "{:.2f} ± {:.2f}".format(*ratio(found["drop"], 0.01))
    return f"| {name} | {' | '.join(cells)} | {drop} | {found['e'].mean():.2f} | {found['sum'][:, -1].mean():.2f} | {raw} |"


def report(replicates: int = REPLICATES, series: int = LOAD_SERIES) -> str:
    """The page, as Markdown."""
    lines = [HEAD.format(replicates=replicates, series=series, seed=SEED), TABLE]
    lines += [row(one.name, of_counts(one, replicates, SEED)) for one in scenarios()]
    lines += ["", "## Counts, a fifth of the weeks missing", "", TABLE]
    lines += [row(one.name, of_counts(one, replicates // 2, SEED + 1, MISSING)) for one in scenarios()[::5]]
    lines += ["", "## Loads", "", TABLE]
    for every in (1, 2):
        for share in (0.0, *CENSORED):
            for missing in (0.0, MISSING):
                name = f"{'weekly' if every == 1 else 'fortnightly'}, {share:.0%} below, {missing:.0%} missing"
                lines.append(row(name, of_loads(share, every, series, SEED, missing)))
    return "\n".join(lines) + "\n" + TAIL


TABLE = """| series | at 5 % | at 1 % | at 0.1 % | drop at 1 % | mean e | mean sum/t | not recalibrated, 1 % |
|---|---|---|---|---|---|---|---|"""
HEAD = """# How often our detector alarms when nothing happens

Written by `python studies/detector_calibration.py`; do not edit.

Realised rate of false alarms over the stated one, with its Monte Carlo standard error. Counts: {replicates} replicates a
scenario of 49 weeks each, after 263 weeks of history. Loads: {series} series, a level that wanders by 2 % a week, days that
scatter by 40 %, five years of which the last is judged; settings learnt, places randomised, recalibrated against the years
before. Seed {seed}. *Mean e*: of the week's e-value, 1 at most when nothing changes. *Mean sum/t*: of the Shiryaev-Roberts
sum over the number of weeks, 1 at most as well; heavy-tailed, so its Monte Carlo error is large.

## Counts
"""
TAIL = """
Without recalibration the trend model's law is shy on these loads: it allows for three outliers in a hundred, and here are
none.
"""


def main() -> None:
    """Print the report and write it."""
    text = report()
    print(text)
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
