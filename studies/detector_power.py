"""Who finds injected outbreaks when all give the same number of false alarms: ours, Farrington flexible, and an oracle.

``make study NAME=detector_power`` writes ``docs/studies/detector_power.md``. Truth: the 28 baselines of
``warning.scenarios`` with four past outbreaks and one in the 49 weeks judged. Each detector's threshold is set, scenario by
scenario, where it alarms in 1 % of the same weeks without the current outbreak. The oracle knows the mean of every week,
phi, and the outbreak's size and shape, not its begin. Trap: at nominal thresholds detectors with more false alarms look
better; none is compared there.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from scipy.special import gammaln

from headworks.warning.predictive.counts import count_predictive
from headworks.warning.scenarios import (
    BASELINE,
    CURRENT,
    Scenario,
    delay_shares,
    draw_counts,
    draw_outbreaks,
    expected_counts,
    scenarios,
)  # fmt: skip

REPLICATES, SEED, RATE, MISSING = 200, 6_620_931, 0.01, 0.2
PAST_OUTBREAKS, PAST_SIZES, SIZES = 4, (2, 3, 5, 10), np.arange(1, 11)
REACH = 4
CONTROL = {
    "no_periods": 10, "w": 3, "b": 5, "reweight": True, "weights_threshold": 2.58, "trend": True, "p_threshold_trend": 1.0,
    "past_weeks_not_included": 26, "threshold_method": "nbPlugin", "alpha": RATE,
}  # fmt: skip
REPORT = Path(__file__).parents[1] / "docs" / "studies" / "detector_power.md"


@dataclass(frozen=True)
class Histories:
    """Baselines with past outbreaks, weeks 313 on; the same with a current one; where it begins, ends, and its size."""

    quiet: np.ndarray
    struck: np.ndarray
    start: np.ndarray
    end: np.ndarray
    size: np.ndarray
    mean: np.ndarray


def draw(rng: np.random.Generator, scenario: Scenario, n: int) -> Histories:
    """Replicates of a scenario; an outbreak without a case is drawn again."""
    mean, first = expected_counts(scenario), BASELINE[0]
    quiet = draw_counts(rng, mean, scenario.phi, n)
    past = rng.choice(PAST_SIZES, n)
    for _ in range(PAST_OUTBREAKS):
        quiet += draw_outbreaks(rng, mean, scenario.phi, rng.integers(BASELINE[0], BASELINE[1] + 1, n), past)
    start, size = rng.integers(CURRENT[0], CURRENT[1] + 1, n), rng.choice(SIZES, n)
    added = draw_outbreaks(rng, mean, scenario.phi, start, size)
    while (empty := added.sum(axis=1) == 0).any():
        added[empty] = draw_outbreaks(rng, mean, scenario.phi, start[empty], size[empty])
    end = added.shape[1] - 1 - np.argmax(added[:, ::-1] > 0, axis=1)
    return Histories(quiet[:, first:], (quiet + added)[:, first:], start - first, end - first, size, mean[first:])


def log_ratio(y: np.ndarray, mean: np.ndarray, phi: float, added: np.ndarray) -> np.ndarray:
    """Log likelihood of ``y`` with ``added`` Poisson cases over that without; the sum as a negative binomial."""

    def log_pmf(m: np.ndarray, variance: np.ndarray) -> np.ndarray:
        r = m**2 / np.maximum(variance - m, 1e-4 * m)
        return gammaln(y + r) - gammaln(r) + r * np.log(r / (r + m)) + y * np.log(m / (r + m))

    # A missing week says nothing.
    return np.nan_to_num(log_pmf(mean + added, phi * mean + added) - log_pmf(mean, phi * mean))


def oracle(y: np.ndarray, size: np.ndarray, mean: np.ndarray, phi: float) -> np.ndarray:
    """Minus the oracle's evidence: the mean over the last four weeks of the likelihood ratio of an outbreak begun in each."""
    first, last = (week - BASELINE[0] for week in CURRENT)
    shares, total = delay_shares(), np.zeros((y.shape[0], last + 1 - first))
    for back in range(REACH):
        log_total = np.zeros(total.shape)
        begun = np.arange(first, last + 1) - back
        for delay in range(back + 1):
            week = begun + delay
            added = size[:, None] * np.sqrt(phi * mean[begun]) * shares[delay]
            log_total += log_ratio(y[:, week], mean[week], phi, added)
        total += np.exp(log_total)
    return -total


def ours(y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Our p-values of the weeks judged."""
    return count_predictive(y, rng, evaluate=tuple(week - BASELINE[0] for week in CURRENT)).p_value


def farrington(y: np.ndarray) -> np.ndarray:
    """Minus Farrington's score of the weeks judged; infinite where it says nothing, as where a week is missing."""
    from headworks.warning.detect import detect

    n, weeks = y.shape
    first, last = (week - BASELINE[0] for week in CURRENT)
    observed = pl.DataFrame(
        {"series": np.repeat(np.arange(n), weeks), "t": np.tile(np.arange(1, weeks + 1), n), "observed": y.ravel()}
    ).with_columns(pl.col("observed").fill_nan(None).cast(pl.Int64))
    found = detect(observed, method="farrington_flexible", freq=52, evaluate=(first + 1, last + 1), **CONTROL)
    score = found.sort("series", "t")["score"].fill_null(-np.inf).fill_nan(-np.inf).to_numpy()
    return -score.reshape(n, last + 1 - first)


def at_rate(quiet: np.ndarray, struck: np.ndarray, rng: np.random.Generator, rate: float = RATE) -> np.ndarray:
    """Alarms of ``struck`` at the threshold that gives ``rate`` in ``quiet``; ties at the threshold are drawn."""
    level = np.quantile(quiet, rate, method="inverted_cdf")
    if not np.isfinite(level):
        return np.isfinite(struck)
    below, tied = np.mean(quiet < level), np.mean(quiet == level)
    share = (rate - below) / tied if tied > 0 else 0.0
    return (struck < level) | ((struck == level) & (rng.random(struck.shape) < share))


@dataclass(frozen=True)
class Power:
    """Of one detector in one scenario: whether each outbreak was found, in its first week, by the week after; has it a gap."""

    found: np.ndarray
    first_week: np.ndarray
    within_one: np.ndarray
    is_holed: np.ndarray


def power(alarms: np.ndarray, drawn: Histories, is_judged: np.ndarray) -> Power:
    """Whether an alarm lies between begin and end of each outbreak."""
    week = np.arange(alarms.shape[1]) + CURRENT[0] - BASELINE[0]
    inside = (week >= drawn.start[:, None]) & (week <= drawn.end[:, None])
    late = week - drawn.start[:, None]
    hits = alarms & inside
    is_holed = (inside & ~is_judged).any(axis=1)
    return Power(hits.any(axis=1), (hits & (late == 0)).any(axis=1), (hits & (late <= 1)).any(axis=1), is_holed)


def whole_weeks() -> int:
    """Weeks judged."""
    return CURRENT[1] + 1 - CURRENT[0]


def has_farrington() -> bool:
    return importlib.util.find_spec("headworks.warning.detect") is not None


def compare(scenario: Scenario, n: int, seed: int) -> dict[str, Power]:
    """Each detector's power in a scenario, on the same draws; ``… gaps`` with a fifth of all weeks missing."""
    rng = np.random.default_rng([seed, *scenario.name.encode()])
    drawn = draw(rng, scenario, n)
    gaps = rng.random(drawn.quiet.shape) < MISSING
    whole = (drawn.quiet, drawn.struck)
    holed = tuple(np.where(gaps, np.nan, y) for y in whole)
    scores = {
        "oracle": [oracle(y, drawn.size, drawn.mean, scenario.phi) for y in whole],
        "ours": [ours(y, rng) for y in whole],
        "oracle gaps": [oracle(y, drawn.size, drawn.mean, scenario.phi) for y in holed],
        "ours gaps": [ours(y, rng) for y in holed],
    }
    if has_farrington():
        scores["farrington"] = [farrington(y) for y in whole]
        scores["farrington gaps"] = [farrington(y) for y in holed]
        # R gives no threshold where one of the last four weeks, this one among them, is missing.
        silent = np.apply_along_axis(np.convolve, 1, gaps, np.ones(REACH))[:, : gaps.shape[1]][:, -whole_weeks() :] > 0
        scores["R gaps"] = [np.where(silent, np.inf, score) for score in scores["farrington gaps"]]
    found = {}
    for name, (quiet, struck) in scores.items():
        is_judged = ~gaps[:, -quiet.shape[1] :] if name.endswith("gaps") else np.ones(quiet.shape, dtype=bool)
        alarms = at_rate(quiet[is_judged], np.where(is_judged, struck, np.inf), rng) & is_judged
        found[name] = power(alarms, drawn, is_judged)
    return found


def shares(found: dict[str, Power], name: str) -> list[float]:
    """Found, in the first week, within one week; percent."""
    one = found[name]
    return [100 * float(part.mean()) for part in (one.found, one.first_week, one.within_one)]


def apart(found: dict[str, Power], field: str) -> tuple[float, float]:
    """Ours less Farrington's in percentage points, and its Monte Carlo standard error (the draws are common)."""
    by = getattr(found["ours"], field).astype(float) - getattr(found["farrington"], field)
    return 100 * float(by.mean()), 100 * float(by.std() / np.sqrt(by.size))


def report(replicates: int = REPLICATES) -> str:
    """The page, as Markdown."""
    names = [name for name in ("farrington", "ours", "oracle") if name != "farrington" or has_farrington()]
    names += [f"{name} gaps" for name in ("R", *names)] if has_farrington() else ["ours gaps", "oracle gaps"]
    return page({one.name: compare(one, replicates, SEED) for one in scenarios()}, names, replicates)


def page(every: dict[str, dict[str, Power]], names: list[str], replicates: int) -> str:
    """Tables of every scenario's power, and their means."""
    lines = [
        HEAD.format(replicates=replicates, seed=SEED, rate=100 * RATE),
        "| scenario | " + " | ".join(names) + " | ours less Farrington |",
    ]
    lines.append("|---" * (len(names) + 2) + "|")
    for name, found in every.items():
        cells = [" / ".join(f"{share:.1f}" for share in shares(found, one)) for one in names]
        gain = "; ".join(f"{by:+.1f} ± {error:.1f}" for by, error in (apart(found, f) for f in ("found", "within_one")))
        lines.append(f"| {name} | {' | '.join(cells)} | {gain} |")
    mean = {one: np.mean([shares(found, one) for found in every.values()], axis=0) for one in names}
    lines.append("| **mean** | " + " | ".join(" / ".join(f"{share:.1f}" for share in mean[one]) for one in names) + " | |")
    closed = (mean["ours"] - mean["farrington"]) / (mean["oracle"] - mean["farrington"])
    lines += [
        "",
        (
            "Share of the gap between Farrington flexible and the oracle that ours closes, in the mean: "
            f"{100 * closed[0]:.0f} % of found, {100 * closed[2]:.0f} % of found in the first two weeks."
        ),
        "",
        "## What a fifth of the weeks missing costs",
        "",
        "Found with every week, with gaps, and points lost, in the mean: "
        + "; ".join(cost(every, one) for one in ("ours", "oracle", "farrington"))
        + ".",
        "",
        "Of outbreaks of which every week has a sample: "
        + "; ".join(cost(every, one, True) for one in ("ours", "oracle", "farrington"))
        + ".",
        "",
        "The oracle itself loses more than the five points that were wished for: an outbreak of two weeks that have no sample",
        "cannot be found by anybody, and is counted as lost. So the second line is the one that tells detectors apart.",
    ]
    return "\n".join(lines) + "\n"


def cost(every: dict[str, dict[str, Power]], name: str, seen: bool = False) -> str:
    """Found without and with gaps, points lost and their Monte Carlo error; ``seen``: of outbreaks without a missing week."""
    kept = [~found["ours gaps"].is_holed if seen else slice(None) for found in every.values()]
    whole, holed = (
        [found[one].found.astype(float)[by] for found, by in zip(every.values(), kept, strict=True)]
        for one in (name, f"{name} gaps")
    )
    lost = [a - b for a, b in zip(whole, holed, strict=True)]
    error = np.sqrt(np.sum([one.var() / one.size for one in lost])) / len(lost)
    with_all, with_gaps = (100 * np.mean([one.mean() for one in part]) for part in (whole, holed))
    return f"{name} {with_all:.1f}, {with_gaps:.1f} %, {with_all - with_gaps:.1f} ± {100 * error:.1f}"


HEAD = """# Which detector finds an outbreak, at one rate of false alarms

Written by `python studies/detector_power.py`; do not edit.

{replicates} replicates a scenario, seed {seed}; counts of weeks 313 to 624, four past outbreaks of one size (2, 3, 5 or 10),
a current one of size 1 to 10 that begins in weeks 576 to 624. Every threshold is where the detector alarms in {rate:.0f} %
of the weeks without the current outbreak, scenario by scenario. *Found / in the first week / in the first two weeks*,
percent of outbreaks; an alarm counts from the outbreak's first week to its last case. The last column gives the difference
of found, then of found in the first two weeks, in percentage points with its Monte Carlo standard error (common draws).
*Gaps*: every fifth week missing at random, in the history and now; an outbreak whose weeks are missing cannot be found.
*R gaps*: Farrington flexible silent, as R's is, wherever one of the last four weeks is missing (half of the weeks with a
sample); its rate of alarms is that of the others over all weeks with a sample, so its threshold is lower. The oracle knows
the mean of every week, phi, size and shape of the outbreak, not its begin; its likelihood of a week with an outbreak is the
negative binomial of equal mean and variance. Farrington flexible is ours of `warning.detect`, with the settings of Noufaily
et al. (ten periods, w = 3, b = 5, 26 weeks not included, weights at 2.58).
"""


def main() -> None:
    """Print the report and write it."""
    text = report()
    print(text)
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
