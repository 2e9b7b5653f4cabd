r"""What a day below the limit most likely carried, given the quantified days of its group.

Days are log-normal with median ``exp(mu)`` and log-scale scatter ``sigma``. ``sigma`` is pooled over the sites of a residue,
because a few quantified days cannot give it; ``mu`` of each group maximises the censored likelihood

    l(mu) = sum_quantified ln phi((ln y - mu)/sigma) + sum_censored ln Phi((ln L - mu)/sigma)             (T4)

and a censored day stands at ``E[Y | Y < L] = exp(mu + sigma^2/2) Phi(a - sigma) / Phi(a)``, ``a = (ln L - mu)/sigma`` (T5).

**An unknown limit.** Let ``c`` days be below a common limit ``L`` nobody printed. Every quantified day is at least ``L``, so
the likelihood is ``prod f(y) F(L)^c`` for ``L <= min y`` and 0 beyond. ``F`` grows with ``L``: its maximum lies at
``L = min y``, which is also a sure upper bound of ``L``. It never understates the limit (T6).

**No day quantified.** Then the data bound the mean from above only. That all ``n`` days lay below the limit is still credible
at ``mu = ln L - sigma z``, ``Phi(z)^n = (1 - level)/2``; the days nobody sampled may have carried as much as that (T11).

The trap: the value (T5) serves the *mean*. The interval never uses it; it runs from "all zero" to "all at the limit".
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import log_ndtr, ndtri

from headworks.core.errors import DataRefused
from headworks.trends.log_mean_kernel import find_log_means

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]


class CensoredMean(NamedTuple):
    """Mean of a group's days, and the two values it must lie between: all censored days at zero, all at their limit."""

    mean: float
    at_zero: float
    at_limit: float


def log_mean_with_censored(group: Index, log_limit: Array, n_quantified: Array, mean_log: Array, sigma: Array) -> Array:
    r"""``mu`` of every group at once, by Newton's method on the score of (T4).

    With ``lambda = phi/Phi`` the score is ``n_q (mean_log - mu)/sigma^2 - sum lambda(a)/sigma``. ``lambda`` is decreasing and
    convex, so the score is decreasing and concave in ``mu``: started at ``mean_log``, right of the root, Newton falls to the
    root without ever crossing it. It is the fixed point of the EM algorithm, which takes hundreds of steps where most days
    are censored.

    Parameters
    ----------
    group
        Group of each censored day, ``0 … n_groups - 1``.
    log_limit
        Logarithm of the limit of each censored day.
    n_quantified, mean_log
        Quantified days of each group, at least 1, and the mean of their logarithms, shape ``(n_groups,)``.
    sigma
        Log-scale scatter between days of each group, above 0.

    Returns
    -------
    Array
        Shape ``(n_groups,)``; ``mean_log`` where a group has no censored day.

    Examples
    --------
    >>> no_censored = np.array([], dtype=np.int64), np.array([])
    >>> log_mean_with_censored(*no_censored, np.array([3.0]), np.array([1.5]), np.array([0.5])).item()
    1.5
    """
    if np.any(group[1:] < group[:-1]):
        order = np.argsort(group, kind="stable")
        group, log_limit = group[order], log_limit[order]
    mu = mean_log.astype(np.float64, copy=True)
    first = np.searchsorted(group, np.arange(mu.size + 1))
    find_log_means(first, log_limit, n_quantified.astype(np.float64), mean_log, sigma, mu)  # type: ignore[no-untyped-call]
    return mu


def mean_below_limit(limit: Array, mu: Array, sigma: Array) -> Array:
    """Expected load of a log-normal day known to lie below a limit (T5), unit of the limit.

    Examples
    --------
    A limit far above changes nothing: exp(0 + 0.5^2 / 2) = exp(0.125).

    >>> mean_below_limit(np.array([1e9]), np.zeros(1), np.array([0.5])).round(4).item()
    1.1331
    """
    with np.errstate(divide="ignore"):
        standard = (np.log(limit) - mu) / sigma
    with np.errstate(invalid="ignore"):
        log_mean = mu + sigma**2 / 2 + log_ndtr(standard - sigma) - log_ndtr(standard)
    return np.where(limit > 0, np.minimum(np.exp(log_mean), limit), 0.0)


def upper_without_a_value(limit: Array, n_days: Array, days_in_period: Array, log_sd: Array, level: float) -> Array:
    """Most a period's mean can have been when every sampled day lay below the limit (T11), unit of the limit.

    Parameters
    ----------
    limit
        Mean limit of the sampled days of each group; not a number where unknown.
    n_days, days_in_period
        Days sampled, and calendar days.
    log_sd
        Scatter between days on the log scale, borrowed.
    level
        Coverage of the two-sided interval whose upper end this is.

    Returns
    -------
    Array
        At least the limit; the limit itself when every day of the period was sampled.

    Examples
    --------
    One of many days: 10 exp(1.96 x 0.5 + 0.5^2 / 2) = 10 exp(1.105).

    >>> one = np.ones(1)
    >>> upper_without_a_value(10 * one, one, 1e9 * one, 0.5 * one, 0.95).round(2).item()
    30.19
    """
    sampled = np.minimum(n_days / days_in_period, 1.0)
    credible = ndtri(((1.0 - level) / 2) ** (1.0 / n_days))
    unsampled = np.maximum(np.exp(log_sd**2 / 2 - log_sd * credible), 1.0)
    result: Array = limit * (sampled + (1.0 - sampled) * unsampled)
    return result


def censored_mean(values: npt.ArrayLike, limits: npt.ArrayLike, sigma: float) -> CensoredMean:
    """Mean of one group with censored days, as ``period_means`` computes it for all groups at once.

    Parameters
    ----------
    values
        Loads of the quantified days, above 0, at least one.
    limits
        Limits of the censored days; ``nan`` where unknown: the smallest quantified load stands in (T6).
    sigma
        Log-scale scatter between days, above 0.

    Returns
    -------
    CensoredMean
        Unit of the values.

    Raises
    ------
    DataRefused
        ``HW-D302`` when no day was quantified, a load is not above 0, or ``sigma`` is not.

    Examples
    --------
    Bounds by hand: (0 + 4 + 8)/3 = 4 and (2 + 4 + 8)/3 = 4.667.

    >>> found = censored_mean([4.0, 8.0], [2.0], 0.5)
    >>> round(found.at_zero, 3), round(found.mean, 3), round(found.at_limit, 3)
    (4.0, 4.534, 4.667)
    """
    days, below = np.asarray(values, dtype=np.float64), np.asarray(limits, dtype=np.float64)
    if days.size == 0 or not np.all(days > 0) or not sigma > 0:
        raise DataRefused(
            "A mean with censored days needs a quantified day, loads above 0 and a scatter above 0.",
            found=f"loads {days.tolist()}, sigma {sigma}",
            remedy="Without a quantified day report the detection rate",
            code="HW-D302",
        )
    known = np.where(np.isnan(below), days.min(), below)
    positive = known[known > 0]
    spread = np.array([sigma])
    logs = np.array([np.log(days).mean()])
    first = np.zeros(positive.size, dtype=np.int64)
    mu = log_mean_with_censored(first, np.log(positive), np.array([float(days.size)]), logs, spread)
    central = mean_below_limit(known, mu, spread)
    n = days.size + known.size
    total = float(days.sum())
    return CensoredMean((total + float(central.sum())) / n, total / n, (total + float(known.sum())) / n)
