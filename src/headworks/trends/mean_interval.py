r"""How far a mean of a few sampled days can lie from the mean of the whole period.

    mean +- t(n-1) sqrt(v),      v = (1 - n/N) s^2 / n  +  (n/N) (u_day mean)^2 / n                       (T1)

``n`` days were sampled of the ``N`` in the period. The scatter ``s`` between sampled days holds both the real change from
day to day and the noise of measuring; sampling more of the period removes the first and leaves the second. ``N`` unknown
or endless gives Statistics Canada's ``t(n-1) s / sqrt(n)``. Bounds are clipped at 0.

The trap: the interval speaks for days like the sampled ones. One monitoring week a year says nothing of the seasons, and
with seven days of a skewed quantity the interval covers less often than it states (``docs/studies/interval_coverage.md``).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from headworks.core.errors import DataRefused
from headworks.core.uncertainty import coverage_factor, sigma_log

Array = npt.NDArray[np.float64]
# Degrees of freedom beyond which Student's t is the normal distribution to the last digit that matters.
_ENDLESS = 1e8


class MeanInterval(NamedTuple):
    """A mean with its bounds, all in the unit of the values."""

    mean: float
    lower: float
    upper: float


def sampling_variance(mean: Array, sd: Array, n_days: Array, days_in_period: Array, u_day: Array) -> Array:
    """Variance of a mean of days about the mean of its period (T1), one per group.

    Parameters
    ----------
    mean, sd
        Mean and standard deviation between the sampled days, shape ``(n_groups,)``.
    n_days, days_in_period
        Days sampled, and calendar days; ``inf`` where the period is taken as endless.
    u_day
        Relative standard uncertainty of measuring one day.

    Returns
    -------
    Array
        Unit of the mean, squared.

    Examples
    --------
    Seven of seven days: nothing is left but the noise, (0.2 x 10)^2 / 7.

    >>> one = np.ones(1)
    >>> sampling_variance(10 * one, 3 * one, 7 * one, 7 * one, 0.2 * one).round(6).item()
    0.571429
    """
    sampled = np.minimum(n_days / days_in_period, 1.0)
    noise = (u_day * mean) ** 2
    result: Array = ((1.0 - sampled) * sd**2 + sampled * noise) / n_days
    return result


def t_quantile(degrees_of_freedom: Array, level: float) -> Array:
    """Two-sided Student t quantile; not a number where there is no degree of freedom.

    Examples
    --------
    >>> t_quantile(np.array([6.0]), 0.95).round(4).item()
    2.4469
    """
    coverage_factor(level)
    distinct, where = np.unique(degrees_of_freedom, return_inverse=True)
    quantiles: Array = np.asarray(stdtrit(np.where(distinct > 0, distinct, np.nan), 0.5 + level / 2))
    return quantiles[where]


def t_bounds(mean: Array, sd: Array, n_days: Array, days_in_period: Array, u_day: Array, level: float) -> tuple[Array, Array]:
    """Lower and upper bound of the mean of each group (T1), clipped at 0; not a number for a single day."""
    variance = sampling_variance(mean, sd, n_days, days_in_period, u_day)
    half = t_quantile(n_days - 1.0, level) * np.sqrt(variance)
    return np.maximum(mean - half, 0.0), np.maximum(mean + half, 0.0)


def one_day_variance(log_sd: Array, days_in_period: Array, u_day: Array) -> Array:
    """Log-scale variance of one day about its period, the scatter between days borrowed from elsewhere (T2)."""
    result: Array = (1.0 - 1.0 / days_in_period) * log_sd**2 + sigma_log(u_day) ** 2 / days_in_period
    return result


def one_day_bounds(
    mean: Array,
    log_sd: Array,
    days_in_period: Array,
    u_day: Array,
    level: float,
    degrees_of_freedom: Array | float = np.inf,
) -> tuple[Array, Array]:
    r"""Bounds of a period's mean when one day speaks for it (T2).

    The day is a log-normal draw about the median of its period, and the mean lies ``sigma^2 / 2`` above the median on the
    log scale: ``day exp((1 - 1/N) sigma^2 / 2 +- t sqrt(v))`` with ``v = (1 - 1/N) sigma^2 + ln(1 + u_day^2) / N`` and ``t``
    of the degrees of freedom that the borrowed scatter has.

    Examples
    --------
    A day of a one-day period is in doubt only by its measurement: 10 / exp(1.96 x 0.198) and 10 x exp(1.96 x 0.198).

    >>> one = np.ones(1)
    >>> [bound.round(3).item() for bound in one_day_bounds(10 * one, 0.5 * one, one, 0.2 * one, 0.95)]
    [6.783, 14.743]
    """
    shift = (1.0 - 1.0 / days_in_period) * log_sd**2 / 2
    quantile = t_quantile(np.minimum(degrees_of_freedom, _ENDLESS) * np.ones_like(log_sd), level)
    half = quantile * np.sqrt(one_day_variance(log_sd, days_in_period, u_day))
    return np.minimum(mean * np.exp(shift - half), mean), np.maximum(mean * np.exp(shift + half), mean)


def widen_by_shared(mean: Array, lower: Array, upper: Array, sigma_shared: Array, level: float) -> tuple[Array, Array]:
    """Bounds with what all days share added to what they do not (T3, MOVER), clipped at 0.

    Parameters
    ----------
    mean, lower, upper
        From the sample of days, shape ``(n_groups,)``; the mean is not a number where no day was quantified.
    sigma_shared
        Log-scale standard deviation of the shared factors.
    level
        Coverage of the bounds.

    Returns
    -------
    tuple of Array
        Where there is no mean: 0 and the upper bound times ``k``, because a limit shares the factors too.

    Examples
    --------
    k = exp(1.96 x 0.1) = 1.2165; 10 - sqrt(2^2 + (10 (1 - 1/k))^2) and 10 + sqrt(3^2 + (10 (k - 1))^2).

    >>> ten = np.array([10.0])
    >>> [b.round(3).item() for b in widen_by_shared(ten, ten - 2, ten + 3, np.array([0.1]), 0.95)]
    [7.323, 13.7]
    """
    k = np.exp(coverage_factor(level) * sigma_shared)
    low = mean - np.hypot(mean - lower, mean * (1.0 - 1.0 / k))
    high = mean + np.hypot(upper - mean, mean * (k - 1.0))
    unseen = np.isnan(mean)
    return np.where(unseen, 0.0, np.maximum(low, 0.0)), np.where(unseen, upper * k, high)


def mean_interval(
    values: npt.ArrayLike,
    days_in_period: int | None = None,
    level: float = 0.95,
    *,
    u_day: float = 0.0,
    log_sd: float | None = None,
) -> MeanInterval:
    """Mean of sampled days and its bounds (T1; T2 for a single day).

    Parameters
    ----------
    values
        Loads of the sampled days, at least 0, any unit.
    days_in_period
        Calendar days in the period; none for an endless one, Statistics Canada's convention.
    level
        Coverage, 0.95 for 95 %.
    u_day
        Relative standard uncertainty of measuring one day; matters only with ``days_in_period``.
    log_sd
        Scatter between days on the log scale, borrowed from other groups; needed for a single day.

    Returns
    -------
    MeanInterval
        Unit of the values.

    Raises
    ------
    DataRefused
        ``HW-D301`` for no values, a negative or missing one, more days than the period has, or a single day without
        ``log_sd``.

    Examples
    --------
    s^2 = 2.5, s / sqrt(5) = 0.7071, t(4) = 2.7764: 3 -+ 1.9632.

    >>> low_and_high = mean_interval([1, 2, 3, 4, 5])
    >>> round(low_and_high.lower, 4), round(low_and_high.upper, 4)
    (1.0368, 4.9632)
    """
    days = _require_days(values, days_in_period)
    n, period = float(days.size), float(days_in_period or np.inf)
    mean, of_period, noise = np.array([days.mean()]), np.array([period]), np.array([u_day])
    if days.size > 1:
        sd = np.array([days.std(ddof=1)])
        lower, upper = t_bounds(mean, sd, np.array([n]), of_period, noise, level)
    elif log_sd is None:
        raise DataRefused(
            "One day has no scatter of its own.",
            found="1 value",
            remedy="Give log_sd, the scatter between days of like groups",
            code="HW-D301",
        )
    else:
        lower, upper = one_day_bounds(mean, np.array([log_sd]), of_period, noise, level)
    return MeanInterval(float(mean[0]), float(lower[0]), float(upper[0]))


def _require_days(values: npt.ArrayLike, days_in_period: int | None) -> Array:
    days: Array = np.asarray(values, dtype=np.float64)
    faults = []
    if days.ndim != 1 or days.size == 0:
        faults.append(f"{days.size} values in shape {days.shape}")
    elif not np.all(np.isfinite(days)) or np.any(days < 0):
        faults.append(f"values {days[~(np.isfinite(days) & (days >= 0))].tolist()}")
    if days_in_period is not None and days_in_period < max(days.size, 1):
        faults.append(f"{days.size} days of a period of {days_in_period}")
    if faults:
        raise DataRefused(
            "A mean needs at least one day, each a finite load of at least 0, and no more than its period has.",
            found="; ".join(faults),
            remedy="Give one list of quantified loads; censored days go through period_means",
            code="HW-D301",
        )
    return days
