"""The same questions answered by drawing days, results, batches and sites many times, as an oracle for the formulas.

Nothing of the formulas is used but the standard error by which a change is judged. Days are log-normal with memory, a batch
is a batch, results below the limit are fitted as censored with their scatter known, truth is the mean of all days.

The trap: sites outside the plan are drawn with their level and their change but without days of their own.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.signal import lfilter
from scipy.special import log_ndtr, ndtri

from headworks.core.uncertainty import coverage_factor, sigma_log
from headworks.planning.power.error_parts import result_variance, sharing
from headworks.planning.power.question import PowerQuestion, require_question
from headworks.planning.power.sampling_days import PERIODS, WEEK, WEEKS_A_YEAR, Index, sampled_days
from headworks.planning.power.scatter import Scatter
from headworks.planning.power.what_is_seen import plan_power

Array = npt.NDArray[np.float64]
_MOST_NUMBERS = 2_000_000
# EM ends at a rate of what is missing; at 95 % non-detects 60 steps are exact to five digits.
_STEPS = 60


class SimulatedPower(NamedTuple):
    """Standard errors and bias on the log scale, as drawn, with the relative Monte Carlo error of a standard error."""

    level_se: float
    level_bias: float
    change_se: float
    trend_se: float
    power_for_change: float | None
    monte_carlo_error: float


def simulate_power(asked: PowerQuestion, rng: np.random.Generator, n_replicates: int = 2_000) -> SimulatedPower:
    """What the plan can see, drawn ``n_replicates`` times.

    Raises
    ------
    UsageError
        As :func:`plan_power`.
    """
    require_question(asked)
    n_weeks = PERIODS[asked.period]
    pairs = [_two_periods(asked, n_weeks, rng, n) for n in _chunks(asked, 2 * n_weeks, n_replicates)]
    level, change = (np.concatenate(rows) for rows in zip(*pairs, strict=True))
    years = asked.years * WEEKS_A_YEAR
    trend = np.concatenate([_slopes(asked, years, rng, n) for n in _chunks(asked, years, n_replicates)])
    power = None
    if asked.change is not None:
        reach = coverage_factor(1.0 - asked.alpha) * plan_power(asked).change_se
        power = float(np.mean(np.abs(change + math.log1p(asked.change)) > reach))
    errors = (float(level.std()), float(level.mean()), float(change.std()), float(trend.std()))
    return SimulatedPower(*errors, power, 1.0 / math.sqrt(2.0 * n_replicates))


def _chunks(asked: PowerQuestion, n_weeks: int, n_replicates: int) -> list[int]:
    most = max(1, _MOST_NUMBERS // (asked.n_sites * WEEK * n_weeks))
    return [min(most, n_replicates - done) for done in range(0, n_replicates, most)]


def _sites(asked: PowerQuestion, rng: np.random.Generator, n: int) -> tuple[Array, int]:
    """Levels of all sites of the area, covered ones first, shape ``(n, sites)``; how many of them are covered."""
    total = max(asked.n_sites, round(asked.n_sites / asked.coverage))
    h2 = asked.scatter.between_sites**2
    levels = np.ones((n, total)) if h2 == 0 else rng.gamma(1.0 / h2, h2, (n, total))
    return levels, asked.n_sites


def _passed(scatter: Scatter, shape: tuple[int, int, int], rng: np.random.Generator) -> Array:
    """Logarithm of what passes on each day, of mean-one loads but for weekdays, shape ``(n, sites, days)``."""
    n, sites, n_days = shape
    phi = scatter.day_correlation
    fresh = rng.standard_normal((n, sites + 1, n_days))
    fresh[:, :, 1:] *= math.sqrt(1.0 - phi**2)
    walk = np.asarray(lfilter([1.0], [1.0, -phi], fresh, axis=2))
    share = scatter.shared_days
    together = math.sqrt(share) * walk[:, :1] + math.sqrt(1.0 - share) * walk[:, 1:]
    return math.sqrt(scatter.day_variance) * together + np.tile(scatter.weekday_logs, n_days // WEEK)


def _days(asked: PowerQuestion, n_weeks: int, rng: np.random.Generator, n: int) -> Index:
    if asked.plan.weekdays != "random" or asked.plan.per == "quarter":
        return np.tile(sampled_days(asked.plan, n_weeks), (n, 1))
    return np.stack([sampled_days(asked.plan, n_weeks, rng) for _ in range(n)])


def _results(passed: Array, days: Index, scatter: Scatter, rng: np.random.Generator) -> Array:
    """Logarithms of the results of the sampled days: measuring and batches added, shape ``(n, sites, sampled)``."""
    n, sites, _ = passed.shape
    seen = np.take_along_axis(passed, np.broadcast_to(days[:, None, :], (n, sites, days.shape[1])), axis=2)
    noise = float(sigma_log(scatter.u_day)) * rng.standard_normal(seen.shape)
    together = sharing(sites, scatter.samples_per_batch)
    n_groups = -(-sites // scatter.samples_per_batch)
    group = np.repeat(np.arange(n_groups), [part.size for part in np.array_split(np.arange(sites), n_groups)])
    week = days[0] // WEEK
    of_week = np.concatenate([np.arange(count) for count in np.unique(week, return_counts=True)[1]])
    _, batch = np.unique(week * WEEK + of_week // together.days_a_batch, return_inverse=True)
    factor = float(sigma_log(scatter.u_batch)) * rng.standard_normal((n, n_groups, batch.max() + 1))
    return np.asarray(seen + noise + factor[:, group][:, :, batch])


def _fitted(results: Array, columns: Array, scatter: Scatter) -> Array:
    """Least squares on columns ``(sampled, k)``, with results below the limit fitted as censored; ``(n, sites, k)``."""
    solve = np.linalg.pinv(columns).T
    found = results @ solve
    if scatter.nondetects == 0:
        return np.asarray(found)
    sd = math.sqrt(result_variance(scatter))
    limit = sd * float(ndtri(scatter.nondetects))
    below = results < limit
    for _ in range(_STEPS):
        expected = found @ columns.T
        z = (limit - expected) / sd
        hidden = expected - sd * np.exp(-z * z / 2 - log_ndtr(z)) / math.sqrt(2.0 * math.pi)
        found = np.where(below, hidden, results) @ solve
    return np.asarray(found)


def _two_periods(asked: PowerQuestion, n_weeks: int, rng: np.random.Generator, n: int) -> tuple[Array, Array]:
    """Log errors of the first period's level and of the change from it to the second."""
    scatter, n_days = asked.scatter, WEEK * n_weeks
    levels, sites = _sites(asked, rng, n)
    passed = _passed(scatter, (n, sites, 2 * n_days), rng)
    days = _days(asked, 2 * n_weeks, rng, n)
    results = _results(passed, days, scatter, rng)
    u_site = float(sigma_log(scatter.u_site))
    site = np.exp(u_site * rng.standard_normal((n, sites)))
    changes = np.exp(scatter.change_between_sites * rng.standard_normal(levels.shape))
    # The mean of loads lies above the exponential of the mean logarithm by what all days have.
    above = scatter.day_variance / 2 + math.log(float(np.exp(scatter.weekday_logs).mean()))
    half = days.shape[1] // 2
    said, true = [], []
    for period in (0, 1):
        here = levels if period == 0 else levels * changes
        ones = np.ones((half, 1))
        mean = _fitted(results[:, :, period * half : (period + 1) * half], ones, scatter)[:, :, 0] + above
        said.append((here[:, :sites] * site * np.exp(mean)).mean(axis=1))
        whole = np.exp(passed[:, :, period * n_days : (period + 1) * n_days]).mean(axis=2)
        scale = math.exp(above)
        sums = (here[:, :sites] * whole).sum(axis=1) + scale * here[:, sites:].sum(axis=1)
        true.append(sums / here.shape[1])
    level = np.log(said[0] / true[0])
    return level, np.log(said[1] / true[1]) - level


def _slopes(asked: PowerQuestion, n_weeks: int, rng: np.random.Generator, n: int) -> Array:
    """Error of the area's slope of the logarithm per year: that of its sites, weighted by their loads."""
    levels, sites = _sites(asked, rng, n)
    passed = _passed(asked.scatter, (n, sites, WEEK * n_weeks), rng)
    days = sampled_days(asked.plan, n_weeks)
    results = _results(passed, np.tile(days, (n, 1)), asked.scatter, rng)
    centred = (days - days.mean()) / (WEEK * WEEKS_A_YEAR)
    slopes = _fitted(results, np.stack([np.ones(days.size), centred], axis=1), asked.scatter)[:, :, 1]
    site = np.exp(float(sigma_log(asked.scatter.u_site)) * rng.standard_normal((n, sites)))
    weights = levels[:, :sites] * site
    weights /= weights.sum(axis=1, keepdims=True)
    own = asked.scatter.change_between_sites * rng.standard_normal(levels.shape)
    all_weights = levels / levels.sum(axis=1, keepdims=True)
    if levels.shape[1] == sites:
        return np.asarray((weights * slopes).sum(axis=1))
    return np.asarray((weights * (slopes + own[:, :sites])).sum(axis=1) - (all_weights * own).sum(axis=1))
