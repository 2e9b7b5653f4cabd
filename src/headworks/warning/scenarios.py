r"""Series with known truth on which a detector is tried: counts with season and trend, outbreaks, censored loads with gaps.

    ln mu_t = theta + beta t + gamma_1 cos(2 pi t / 52) + gamma_2 sin(2 pi t / 52),   y ~ NB(mu, variance phi mu)   (H12)

with and without trend, with and without season: 7 sets, 28 scenarios (Noufaily et al. 2013). An outbreak of size ``k`` has
Poisson(k standard deviations of the week it begins in) cases, each ``floor(LogNormal(0, 0.5))`` weeks after its begin. The
trap: a replication on record computes the negative binomial's size so that the variance is not ``phi mu``; here it is.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from headworks.core.errors import UsageError
from headworks.reference.outbreak_scenarios import outbreak_scenarios

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
WEEKS, WEEKS_A_YEAR = 624, 52
# Weeks from 0: baseline 312 to 574, in which past outbreaks lie, and the 49 weeks that are judged.
BASELINE, CURRENT = (312, 574), (575, 623)
DELAY_SD = 0.5
LONGEST_DELAY = 8


class Scenario(NamedTuple):
    """One of the 28: parameters of a set, with trend or not, with season or not."""

    set: int
    theta: float
    beta: float
    gamma1: float
    gamma2: float
    phi: float
    has_trend: bool
    has_season: bool

    @property
    def name(self) -> str:
        """Set, trend, season, such as ``3 trend season``."""
        return f"{self.set}{' trend' * self.has_trend}{' season' * self.has_season}"


class Loads(NamedTuple):
    """Log loads, shape ``(n_series, n_samples)``: bounds of what was seen (equal where quantified), is it there."""

    lower: Array
    upper: Array
    is_there: npt.NDArray[np.bool_]
    week: Index


def scenarios() -> list[Scenario]:
    """The 28, in the order of set, trend and season.

    Examples
    --------
    >>> len(scenarios()), scenarios()[1].name
    (28, '1 season')
    """
    rows = outbreak_scenarios().select("set", "theta", "beta", "gamma1", "gamma2", "phi").rows()
    kinds = [(trend, season) for trend in (False, True) for season in (False, True)]
    return [Scenario._make((*row, *kind)) for row in rows for kind in kinds]


def expected_counts(scenario: Scenario, n_weeks: int = WEEKS) -> Array:
    """Mean of every week (H12), shape ``(n_weeks,)``.

    Examples
    --------
    Set 7 without trend and season: exp(5).

    >>> expected_counts(scenarios()[24])[0].round(2).item()
    148.41
    """
    week = np.arange(1, n_weeks + 1)
    turn = 2 * np.pi * week / WEEKS_A_YEAR
    season = scenario.gamma1 * np.cos(turn) + scenario.gamma2 * np.sin(turn)
    result: Array = np.exp(scenario.theta + scenario.has_trend * scenario.beta * week + scenario.has_season * season)
    return result


def draw_counts(rng: np.random.Generator, mean: npt.ArrayLike, phi: float, n_series: int) -> Array:
    """Counts of mean ``mean`` and variance ``phi`` times that, shape ``(n_series, n_weeks)``.

    Examples
    --------
    >>> drawn = draw_counts(np.random.default_rng(1), np.full(100, 10.0), 3.0, 1_000)
    >>> drawn.mean().round(1).item(), drawn.var().round().item()
    (10.0, 30.0)
    """
    wanted = np.broadcast_to(np.asarray(mean, np.float64), (n_series, np.size(mean)))
    if phi <= 1.0:
        return rng.poisson(wanted).astype(np.float64)
    return rng.negative_binomial(wanted / (phi - 1.0), 1.0 / phi).astype(np.float64)


def delay_shares() -> Array:
    """Share of an outbreak's cases 0, 1, … weeks after its begin: the law of ``floor(LogNormal(0, 0.5))``.

    Examples
    --------
    Half of the cases fall in the first week, since the median delay is one.

    >>> delay_shares()[:4].round(3).tolist()
    [0.5, 0.417, 0.069, 0.011]
    """
    with np.errstate(divide="ignore"):
        bounds = ndtr(np.log(np.arange(LONGEST_DELAY + 1)) / DELAY_SD)
    result: Array = np.diff(bounds)
    return result


def draw_outbreaks(rng: np.random.Generator, mean: Array, phi: float, start: npt.ArrayLike, size: npt.ArrayLike) -> Array:
    """Cases that outbreaks add to each week, one outbreak a series.

    Parameters
    ----------
    rng
        Draws how many cases and when.
    mean, phi
        Of the baseline's weeks, shape ``(n_weeks,)``.
    start
        Week each outbreak begins in, from 0, shape ``(n_series,)``.
    size
        Standard deviations of that week's count that the outbreak has cases, on average.

    Returns
    -------
    Array
        Shape ``(n_series, n_weeks)``; cases after the last week are lost.

    Examples
    --------
    >>> draw_outbreaks(np.random.default_rng(1), np.full(5, 100.0), 1.0, [3], [0.0]).sum().item()
    0.0
    """
    begin = np.asarray(start, np.int64)
    if np.any((begin < 0) | (begin >= mean.size)):
        raise UsageError(
            "An outbreak begins outside the weeks.", found=f"{begin.min()} to {begin.max()} of {mean.size}",
            remedy="Count weeks from 0", code="HW-U256",
        )  # fmt: skip
    cases = rng.poisson(np.asarray(size, np.float64) * np.sqrt(phi * mean[begin]))
    series = np.repeat(np.arange(begin.size), cases)
    week = begin[series] + np.floor(rng.lognormal(0.0, DELAY_SD, series.size)).astype(np.int64)
    added, is_in = np.zeros((begin.size, mean.size)), week < mean.size
    np.add.at(added, (series[is_in], week[is_in]), 1.0)
    return added


def draw_loads(
    rng: np.random.Generator, n_series: int, n_weeks: int, *, every_weeks: int = 1, censored: float = 0.0,
    missing: float = 0.0, wander: float = 0.02, scatter: float = 0.4,
) -> Loads:  # fmt: skip
    """Log-normal loads about a level that wanders, below a limit of quantification where they are low, with gaps.

    Parameters
    ----------
    rng
        Draws levels, days and gaps.
    n_series, n_weeks, every_weeks
        Series, weeks and weeks from a sample to the next.
    censored, missing
        Share of a series' samples below its limit, and share that was not taken.
    wander, scatter
        Standard deviation of the level's step in a week, and of a day about it; log scale.

    Returns
    -------
    Loads
        Natural logarithms.

    Examples
    --------
    >>> loads = draw_loads(np.random.default_rng(1), 3, 100, censored=0.4)
    >>> int(np.isinf(loads.lower).sum())
    120
    """
    if not (0 <= censored < 1 and 0 <= missing < 1):
        raise UsageError(
            "Shares of samples lie between 0 and 1.", found=f"censored {censored}, missing {missing}",
            remedy="Give a share below 1, such as 0.4", code="HW-U257",
        )  # fmt: skip
    week = np.arange(0, n_weeks, every_weeks)
    steps = wander * np.sqrt(every_weeks) * rng.standard_normal((n_series, week.size))
    seen = rng.normal(0, 1, (n_series, 1)) + np.cumsum(steps, axis=1) + scatter * rng.standard_normal(steps.shape)
    limit = np.quantile(seen, censored, axis=1)[:, None]
    is_below = (seen < limit) & (censored > 0)
    lower, upper = np.where(is_below, -np.inf, seen), np.where(is_below, limit, seen)
    return Loads(lower, upper, rng.random(seen.shape) >= missing, week)
