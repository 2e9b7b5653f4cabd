r"""How sure it is that a mean rose, and by how much.

    R = ln(later / earlier),  se^2 = sum over both (sampling variance / mean^2 + sigma_batch^2) + (R_high - R_low)^2 / 12  (T9)

    p(ratio > r) = T_nu((R - ln r) / se),  nu by Welch and Satterthwaite over the two samples of days                 (T10)

What the site shares is in both means and cancels; laboratory batches differ and do not. ``R_low`` and ``R_high`` put the
censored days of the two periods at their opposite extremes; they enter the probability as a uniform doubt, and the bounds of
the ratio start from them.

The trap: a probability here is the confidence level at which "it rose" would be stated. It knows nothing of how often drugs
rise, and one sampled week cannot tell a rise from a different week.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr

from headworks.trends.mean_interval import t_quantile

Array = npt.NDArray[np.float64]
_NO_DOUBT = 1e-12


@dataclass(frozen=True)
class LogMean:
    """Logarithms of one period's mean: estimated and at its extremes, with the variance and degrees of freedom of each.

    All of shape ``(n_pairs,)``. Of a period wholly below its limit ``low`` is minus infinity.
    """

    central: Array
    low: Array
    high: Array
    variance: Array
    variance_low: Array
    variance_high: Array
    degrees_of_freedom: Array
    sigma_batch: Array


def welch_degrees_of_freedom(variances: tuple[Array, Array], freedoms: tuple[Array, Array], other: Array | float) -> Array:
    """Effective degrees of freedom of a sum of two estimated variances and one that is known; infinite where both are known.

    Examples
    --------
    Two equal variances on 6 degrees each: (1 + 1)^2 / (1/6 + 1/6) = 12.

    >>> one, six = np.ones(1), np.full(1, 6.0)
    >>> welch_degrees_of_freedom((one, one), (six, six), 0.0).round(6).item()
    12.0
    """
    first, second = variances
    spent = first**2 / freedoms[0] + second**2 / freedoms[1]
    total = (first + second + other) ** 2
    result: Array = np.divide(total, spent, out=np.full_like(total, np.inf), where=spent > 0)
    return result


def probability_above(log_ratio: Array, se: Array, degrees_of_freedom: Array, threshold: float) -> Array:
    """Probability that the ratio of the true means exceeds a threshold (T10).

    Examples
    --------
    A ratio estimated at exactly the threshold is as likely above as below.

    >>> probability_above(np.log([1.1]), np.array([0.2]), np.array([12.0]), 1.1).item()
    0.5
    """
    standard = (log_ratio - np.log(threshold)) / np.maximum(se, _NO_DOUBT)
    result: Array = np.asarray(stdtr(np.minimum(degrees_of_freedom, 1e8), standard))
    return result


@dataclass(frozen=True)
class Rise:
    """Probabilities and bounds of later over earlier; not a number where nothing can be said."""

    p_rose: Array
    p_increase: Array
    p_decrease: Array
    ratio_lower: Array
    ratio_upper: Array


def rise_of_mean(later: LogMean, earlier: LogMean, *, threshold: float, level: float) -> Rise:
    """How sure the rise from one mean to another is (T9, T10).

    Parameters
    ----------
    later, earlier
        The two periods, a pair per row.
    threshold
        Relative change that counts as increase or decrease, a fraction.
    level
        Coverage of the bounds of the ratio.

    Returns
    -------
    Rise
        Where the earlier period lies wholly below its limit, ``p_rose`` and ``p_increase`` are the least they can be and
        ``p_decrease`` the most; the other way round for the later. A bound that does not exist is 0 or not a number.
    """
    with np.errstate(invalid="ignore"):
        low, high = later.low - earlier.high, later.high - earlier.low
    is_low_only, is_high_only = np.isneginf(earlier.low), np.isneginf(later.low)
    is_one_sided, is_both = is_low_only | is_high_only, is_low_only & is_high_only
    se_low, freedom_low = _doubt(later, earlier, later.variance_low, earlier.variance_high)
    se_high, freedom_high = _doubt(later, earlier, later.variance_high, earlier.variance_low)
    spread = np.where(is_one_sided, 0.0, high - low)
    se, freedom = _doubt(later, earlier, later.variance, earlier.variance, spread**2 / 12)
    one_sided = [is_both, is_low_only, is_high_only]
    ratio = np.select(one_sided, [np.nan, low, high], later.central - earlier.central)
    se = np.select(one_sided, [np.nan, se_low, se_high], se)
    freedom = np.select(one_sided, [np.nan, freedom_low, freedom_high], freedom)
    with np.errstate(over="ignore", invalid="ignore"):
        lower = np.exp(low - t_quantile(freedom_low, level) * se_low)
        upper = np.exp(high + t_quantile(freedom_high, level) * se_high)
    return Rise(
        p_rose=probability_above(ratio, se, freedom, 1.0),
        p_increase=probability_above(ratio, se, freedom, 1.0 + threshold),
        p_decrease=1.0 - probability_above(ratio, se, freedom, 1.0 - threshold),
        ratio_lower=np.where(np.isnan(ratio), np.nan, np.where(np.isneginf(low), 0.0, lower)),
        ratio_upper=np.where(np.isnan(ratio) | ~np.isfinite(upper), np.nan, upper),
    )


def _doubt(
    later: LogMean, earlier: LogMean, variance_later: Array, variance_earlier: Array, extra: Array | float = 0.0
) -> tuple[Array, Array]:
    """Standard error of the log ratio, and its degrees of freedom."""
    other = later.sigma_batch**2 + earlier.sigma_batch**2 + extra
    freedoms = later.degrees_of_freedom, earlier.degrees_of_freedom
    freedom = welch_degrees_of_freedom((variance_later, variance_earlier), freedoms, other)
    return np.sqrt(variance_later + variance_earlier + other), freedom
