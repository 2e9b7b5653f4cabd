"""Do evaluations of what was done to areas hold what they state, when areas were listed because they were high?

``make study NAME=interventions`` writes ``docs/studies/interventions.md``.

The worst areas of a year are listed and something is done, or nothing. What they would have done anyway (regression to the
mean, a common course) is in the truth, and no method is told it. Trap: wandering from year to year is normal here and the
same in all areas; an area that wanders more than those it is compared with is not in these rows.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from headworks.assessment.evaluation import Window, before_after_levels, interrupted_series, mixture_of_courses

SEED = 20_261_123
REPLICATES = 200
REPORT = Path(__file__).parents[1] / "docs" / "studies" / "interventions.md"
# True falls, as ratios.
EFFECTS = (1.0, 0.8, 0.6)
_MONTHS = 24
_AFTER = np.arange(_MONTHS) >= 12
_BEFORE, _LATER = Window.of_years(2024), Window.of_years(2025)
_DRAWS = 400


class Setting(NamedTuple):
    """Areas of a province, standard deviations on the log scale."""

    n_areas: int = 40
    n_listed: int = 4
    spread: float = 0.5
    wander: float = 0.25
    noise: float = 0.3
    phi: float = 0.3


class Verdicts(NamedTuple):
    """Of each replicate and listed area: was the truth held, was no effect refused, and by how much was the log effect off."""

    held: np.ndarray
    found: np.ndarray
    off: np.ndarray


def simulated_areas(setting: Setting, log_effect: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Log loads by month, the listed areas first: the highest by the mean of the first year; and the unlisted below."""
    n = setting.n_areas
    level = setting.spread * rng.standard_normal((n, 1))
    years = setting.wander * rng.standard_normal((n, 2))
    course = 0.05 * rng.standard_normal(_MONTHS).cumsum()
    error = setting.noise * rng.standard_normal((n, _MONTHS))
    error[:, 0] /= np.sqrt(1 - setting.phi**2)
    for month in range(1, _MONTHS):
        error[:, month] += setting.phi * error[:, month - 1]
    y = level + years[:, _AFTER.astype(int)] + course + error
    y = y[np.argsort(-y[:, ~_AFTER].mean(axis=1), kind="stable")]
    y[: setting.n_listed, _AFTER] += log_effect
    return y, np.arange(n) < setting.n_listed


def _naive(y: np.ndarray, listed: np.ndarray, truth: float) -> Verdicts:
    """Before and after of the area alone, months taken as independent: what is not offered."""
    early, late = y[listed][:, ~_AFTER], y[listed][:, _AFTER]
    effect = late.mean(axis=1) - early.mean(axis=1)
    half = float(stdtrit(22, 0.975)) * np.sqrt((early.var(axis=1, ddof=1) + late.var(axis=1, ddof=1)) / 12)
    return _verdicts(effect, effect - half, effect + half, truth)


def _levels(y: np.ndarray, listed: np.ndarray, truth: float) -> Verdicts:
    found = before_after_levels(y[:, ~_AFTER].mean(axis=1), y[:, _AFTER].mean(axis=1), listed, _BEFORE, _LATER)
    return _verdicts(*(np.log(one) for one in (found.effect, found.effect_lower, found.effect_upper)), truth)


def _mixture(y: np.ndarray, listed: np.ndarray, truth: float) -> Verdicts:
    held, refused, off = [], [], []
    for area in np.flatnonzero(listed):
        found = mixture_of_courses(y[[area, *np.flatnonzero(~listed)]], 0, _AFTER, 0.95)
        held.append(found.lower <= truth <= found.upper)
        refused.append(found.p_value <= 0.05)
        off.append(found.effect - truth)
    return Verdicts(np.array(held), np.array(refused), np.array(off))


def _verdicts(effect: np.ndarray, lower: np.ndarray, upper: np.ndarray, truth: float) -> Verdicts:
    return Verdicts((lower <= truth) & (truth <= upper), (upper < 0) | (lower > 0), effect - truth)


METHODS = {
    "before and after alone": _naive,
    "beside what was to be expected (B42)": _levels,
    "mixture of courses (B38, B39, B43)": _mixture,
}


def of_method(name: str, replicates: int, effect: float, setting: Setting, seed: int = SEED) -> Verdicts:
    """What a method makes of areas listed because they were high; ``(replicates, n_listed)`` each."""
    rng = np.random.default_rng(seed)
    truth = float(np.log(effect))
    found = [METHODS[name](*simulated_areas(setting, truth, rng), truth) for _ in range(replicates)]
    return Verdicts(*(np.array(one) for one in zip(*found, strict=True)))


def of_series(replicates: int, effect: float, setting: Setting, seed: int = SEED) -> Verdicts:
    """The interrupted series of each listed area (B35), on its own."""
    rng = np.random.default_rng(seed)
    truth = float(np.log(effect))
    y = np.concatenate([simulated_areas(setting, truth, rng)[0][: setting.n_listed] for _ in range(replicates)])
    time, draws = np.arange(_MONTHS) / 12, np.random.default_rng(seed + 1)
    found = interrupted_series(y, np.full(y.shape, np.nan), time, 1.0, draws, harmonics=0, n_draws=_DRAWS)
    verdicts = _verdicts(*(np.log(one) for one in (found.ratio, found.lower, found.upper)), truth)
    return Verdicts(*(one.reshape(replicates, -1) for one in verdicts))


def _share(hits: np.ndarray) -> str:
    by_replicate = hits.mean(axis=1)
    return f"{100 * by_replicate.mean():.1f} ± {100 * by_replicate.std(ddof=1) / np.sqrt(by_replicate.size):.1f}"


def _row(name: str, effect: float, found: Verdicts) -> str:
    off = 100 * float(np.expm1(found.off.mean()))
    return f"| {name} | {100 * (effect - 1):.0f} | {_share(found.held)} | {_share(found.found)} | {off:+.1f} |"


def report(replicates: int = REPLICATES) -> str:
    """The whole report as Markdown."""
    lines = [
        HEAD,
        "",
        "| method | true change % | truth held % | effect called % | off on average % |",
        "|---|---|---|---|---|",
    ]
    lines += [_row(name, effect, of_method(name, replicates, effect, Setting())) for name in METHODS for effect in EFFECTS]
    for wander in (0.0, 0.25):
        name = f"interrupted series, areas wander by {wander} a year"
        lines += [_row(name, effect, of_series(replicates, effect, Setting(wander=wander))) for effect in EFFECTS]
    return "\n".join([*lines, "", TAIL]) + "\n"


HEAD = """# Did it work? Areas listed because they were high

Written by `make study NAME=interventions`; do not edit. Seed 20261123; ± is the Monte Carlo standard error of one row.

Forty areas, two years of months. Levels differ by 0.5 on the log scale, each area wanders by 0.25 from year to year, months
scatter by 0.3 with an autocorrelation of 0.3, and all share a course. The four highest of the first year are listed. Stated:
95 %. "Effect called": the interval is clear of none; of the mixture, p at most 0.05, which with 37 areas is one in 37."""
TAIL = """## How to read it

- A true change of 0 is the size of a test: 5 % is what is stated. Before and after alone calls a fall in every second area
  where nothing was done: listed areas were high by chance as well, and fall by a fifth on their own.
- Beside what was to be expected (B42) and the mixture of courses (B38, B39, B43) hold what they state. One area alone seldom
  shows a fall of 20 %: where areas wander by a quarter a year nothing can tell it from that.
- An interrupted series holds where an area keeps its level but for months that hang together. Where areas wander from year to
  year it calls about four times as many effects as stated: one series cannot know what else happened that year. What was
  to be expected stands above it for that, and areas compared with go through the same series.
"""

if __name__ == "__main__":
    text = report()
    print(text)
    REPORT.write_text(text, encoding="utf-8")
