"""Mean, median and standard deviation of results with non-detects, by name of the method.

``km`` assumes no shape, ``ros`` a log-normal one for the non-detects alone, ``mle`` a log-normal one for all, ``mle_normal`` a
normal one with non-detects between 0 and their limit. The equations are in ``docs/methods/classical.md``.

The trap: ``mle`` believes its shape. Of strongly skewed results its mean and standard deviation are those of a tail nobody
sampled; with more than half not detected prefer ``ros`` for a mean and ``km`` for a median.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from headworks.core.errors import DataRefused
from headworks.trends.classical.kaplan_meier import kaplan_meier
from headworks.trends.classical.likelihood import CensoredFit, censored_regression
from headworks.trends.classical.observations import (
    Array,
    Observations,
    require_detected,
    require_observations,
    require_positive,
    unknown_option,
)
from headworks.trends.classical.order_statistics import OrderRegression, regression_on_order

SummaryMethod = Literal["km", "ros", "mle", "mle_normal"]
SUMMARY_METHODS: tuple[SummaryMethod, ...] = ("km", "ros", "mle", "mle_normal")
_Z_OF_95_PERCENT = float(ndtri(0.975))


class CensoredSummary(NamedTuple):
    """A set of results with non-detects in few numbers, in the unit of the results; not a number where a method has none.

    ``se``, ``lower`` and ``upper`` are of the mean, with 95 % between them; ``mean_log`` and ``sd_log`` the line or the
    distribution of the logarithms.
    """

    n: int
    mean: float
    median: float
    sd: float
    n_nondetect: int = 0
    se: float = np.nan
    lower: float = np.nan
    upper: float = np.nan
    mean_log: float = np.nan
    sd_log: float = np.nan
    log_likelihood: float = np.nan


def censored_summary(values: npt.ArrayLike, is_nondetect: npt.ArrayLike, method: SummaryMethod = "km") -> CensoredSummary:
    """Count, mean, median and standard deviation with every non-detect at its own limit.

    Parameters
    ----------
    values
        Results, the limit where not detected, shape ``(n,)``, any unit; above 0 for ``ros`` and ``mle``.
    is_nondetect
        Whether each is a limit, shape ``(n,)``.
    method
        ``km`` (C1-C3), ``ros`` (C4, C5), ``mle`` or ``mle_normal`` (C6, C7).

    Returns
    -------
    CensoredSummary
        The median of ``km`` is not a number where more than half lies below the lowest detected value.

    Raises
    ------
    DataRefused
        ``HW-D531`` for lists that do not fit, ``HW-D532`` for too few detected results, ``HW-D533`` for a logarithm of
        nothing, ``HW-D534`` for a method that is not there.

    Examples
    --------
    Less than 2 takes its mass to the detected 1: mean 3 x 1/3 + 1 x 2/3.

    >>> round(censored_summary([1.0, 2.0, 3.0], [False, True, False]).mean, 4)
    1.6667
    """
    observed = require_observations(values, is_nondetect)
    if method not in _SUMMARIES:
        raise unknown_option("method of a summary", method, SUMMARY_METHODS)
    return _SUMMARIES[method](observed)


def censored_quantiles(
    values: npt.ArrayLike, is_nondetect: npt.ArrayLike, probabilities: npt.ArrayLike, method: SummaryMethod = "km"
) -> Array:
    """Quantiles of results with non-detects, unit of the results; as :func:`censored_summary` takes and refuses them.

    Examples
    --------
    >>> censored_quantiles([1.0, 2.0, 3.0], [False, True, False], [0.5, 0.8]).tolist()
    [1.0, 3.0]
    """
    observed = require_observations(values, is_nondetect)
    asked = np.asarray(probabilities, dtype=np.float64)
    if not np.all((asked > 0) & (asked < 1)):
        raise DataRefused("A probability lies between 0 and 1.", found=str(asked.tolist()), code="HW-D534")
    if method == "km":
        require_detected(observed, 1, "km")
        curve = kaplan_meier(observed)
        return np.array([curve.quantile(one) for one in asked.ravel()]).reshape(asked.shape)
    if method == "ros":
        return np.asarray(np.quantile(_order_line(observed).modelled, asked))
    if method not in _SUMMARIES:
        raise unknown_option("method of a quantile", method, SUMMARY_METHODS)
    fit = _lognormal(observed) if method == "mle" else _normal(observed)
    at = fit.coefficients[0] + ndtri(asked) * fit.sigma
    return np.asarray(np.exp(at) if method == "mle" else at)


def _summary_km(observed: Observations) -> CensoredSummary:
    require_detected(observed, 1, "km")
    curve = kaplan_meier(observed)
    n, half = observed.values.size, _Z_OF_95_PERCENT * curve.se
    return CensoredSummary(
        n, curve.mean, curve.quantile(0.5), curve.se * float(np.sqrt(n)), observed.limits.size,
        curve.se, curve.mean - half, curve.mean + half,
    )  # fmt: skip


def _summary_ros(observed: Observations) -> CensoredSummary:
    line = _order_line(observed)
    sd = float(line.modelled.std(ddof=1))
    return CensoredSummary(
        observed.values.size, float(line.modelled.mean()), float(np.median(line.modelled)), sd, observed.limits.size,
        mean_log=line.mean_log, sd_log=line.sd_log,
    )  # fmt: skip


def _summary_mle(observed: Observations) -> CensoredSummary:
    """Log-normal (C7); the interval of the mean is Olsson's modification of Cox's."""
    fit, n = _lognormal(observed), observed.values.size
    mu, variance = float(fit.coefficients[0]), fit.sigma**2
    log_mean = mu + variance / 2
    sd = float(np.exp(log_mean) * np.sqrt(np.expm1(variance)))
    half = _Z_OF_95_PERCENT * np.sqrt(variance / n + variance**2 / (2 * (n + 1)))
    return CensoredSummary(
        n, float(np.exp(log_mean)), float(np.exp(mu)), sd, observed.limits.size, sd / float(np.sqrt(n)),
        float(np.exp(log_mean - half)), float(np.exp(log_mean + half)), mu, fit.sigma,
        # The density of a result is that of its logarithm divided by the result.
        fit.log_likelihood - float(np.log(observed.detected).sum()),
    )  # fmt: skip


def _summary_mle_normal(observed: Observations) -> CensoredSummary:
    fit, n = _normal(observed), observed.values.size
    mean, sd = float(fit.coefficients[0]), fit.sigma
    return CensoredSummary(n, mean, mean, sd, observed.limits.size, sd / float(np.sqrt(n)), log_likelihood=fit.log_likelihood)


def _order_line(observed: Observations) -> OrderRegression:
    require_detected(observed, 2, "ros")
    require_positive(observed.values, "ros")
    return regression_on_order(observed)


def _lognormal(observed: Observations) -> CensoredFit:
    require_detected(observed, 1, "mle")
    require_positive(observed.values, "mle")
    return censored_regression(np.log(observed.values), observed.is_nondetect, -np.inf, _constant(observed))


def _normal(observed: Observations) -> CensoredFit:
    """Non-detects lie between 0 and their limit, because a concentration does."""
    require_detected(observed, 1, "mle_normal")
    if not np.all(observed.limits > 0):
        raise DataRefused(
            "A non-detect lies between 0 and its limit, so every limit must be above 0.",
            found=f"limit {observed.limits.min()}",
            remedy="Give the limit of detection of the laboratory",
            code="HW-D533",
        )
    return censored_regression(observed.values, observed.is_nondetect, 0.0, _constant(observed))


def _constant(observed: Observations) -> Array:
    return np.ones((observed.values.size, 1))


_SUMMARIES: dict[SummaryMethod, Callable[[Observations], CensoredSummary]] = {
    "km": _summary_km,
    "ros": _summary_ros,
    "mle": _summary_mle,
    "mle_normal": _summary_mle_normal,
}
