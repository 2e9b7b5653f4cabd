r"""Several estimates of one population become one, with an interval that widens when they disagree.

With ``s_m^2 = ln(1 + u_m^2)`` and weights ``w_m = 1 / s_m^2``:

    ln P = sum w_m ln P_m / sum w_m                                                               (M4)
    Q = sum w_m (ln P_m - ln P)^2,   tau^2 = max(0, (Q - df) / (sum w - sum w^2 / sum w))          (M5)
    w_m = 1 / (s_m^2 + tau^2),   var ln P = 1 / sum w_m                                            (M6)

``df`` is the number of methods less one. With ``tau^2 = 0`` the second round changes nothing. The trap: two methods that share
an error (the flow of the same days, one register copied from another) look as if they agreed; they are taken as independent.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from headworks.core.errors import DataRefused
from headworks.core.uncertainty import interval, sigma_log

Values = NDArray[np.float64]


class CombinedPopulation(NamedTuple):
    """People: median and 95 % bounds; numbers, or arrays where several populations were combined at once."""

    median: float | Values
    lower: float | Values
    upper: float | Values


class Heterogeneity(NamedTuple):
    """Log-scale result of a combination: mean, its standard deviation, Q, its degrees of freedom, variance between methods."""

    mean: Values
    sigma: Values
    q: Values
    df: Values
    between: Values


def combine_populations(estimates: ArrayLike, rsd: ArrayLike) -> CombinedPopulation:
    """Median and 95 % bounds of the population that several methods estimate (M4 to M6).

    Parameters
    ----------
    estimates
        People, shape ``(n_methods,)`` or ``(n_methods, n_populations)``; NaN where a method has nothing to say.
    rsd
        Relative standard uncertainties, fractions, of the same shape or one per method.

    Returns
    -------
    CombinedPopulation
        Numbers for one population, arrays of shape ``(n_populations,)`` for several; NaN where no method spoke.

    Raises
    ------
    DataRefused
        ``HW-D446`` for no method, a population of 0 or less or a shape that does not fit; ``HW-D447`` for an uncertainty of
        0 or less: an estimate without error would silence all others.

    Examples
    --------
    >>> [round(value) for value in combine_populations([380e3, 350e3, 410e3], [0.10, 0.20, 0.15])]
    [382942, 329631, 444874]
    """
    people, spread = _checked(estimates, rsd)
    result = heterogeneity(np.log(people), sigma_log(spread))
    median = np.exp(result.mean)
    lower, upper = interval(median, result.sigma)
    if np.ndim(estimates) == 1:
        return CombinedPopulation(float(median[0]), float(lower[0]), float(upper[0]))
    return CombinedPopulation(median, lower, upper)


def heterogeneity(logs: Values, sigma: Values) -> Heterogeneity:
    """Precision-weighted mean of logarithms over the first axis, and how much the methods disagree (M4 to M6).

    Parameters
    ----------
    logs
        ``(n_methods, n_populations)``; NaN where a method has nothing to say.
    sigma
        Log-scale standard deviations, the same shape.

    Returns
    -------
    Heterogeneity
        Arrays of shape ``(n_populations,)``.

    Examples
    --------
    Two methods a factor 2 apart, each good to 0.1: Q = 0.6931^2 / 0.02 = 24.02, tau^2 = (24.02 - 1) / 100 = 0.2302.

    >>> result = heterogeneity(np.log([[100.0], [200.0]]), np.full((2, 1), 0.1))
    >>> result.q.round(2).tolist(), result.between.round(4).tolist()
    ([24.02], [0.2302])
    """
    missing = np.isnan(logs)
    value = np.where(missing, 0.0, logs)
    weight = np.where(missing, 0.0, 1.0 / np.where(missing, 1.0, sigma) ** 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        total = _summed(weight)
        mean = _summed(weight * value) / total
        q = _summed(weight * (value - mean) ** 2)
        df = np.maximum(_summed((~missing).astype(float)) - 1.0, 0.0)
        scale = total - _summed(weight**2) / total
        between = np.where((q > df) & (df > 0), (q - df) / np.where(df > 0, scale, 1.0), 0.0)
        weight = np.where(missing, 0.0, 1.0 / (np.where(missing, 1.0, sigma) ** 2 + between))
        total = _summed(weight)
        mean = _summed(weight * value) / total
        deviation = np.where(total > 0, np.sqrt(1.0 / total), np.nan)
    return Heterogeneity(mean, deviation, q, df, between)


def _summed(values: Values) -> Values:
    """Sum over the first axis, method by method: the same bits however many populations stand beside each other."""
    total = np.zeros(values.shape[1])
    for row in values:
        total = total + row
    return total


def _checked(estimates: ArrayLike, rsd: ArrayLike) -> tuple[Values, Values]:
    people, spread = np.asarray(estimates, dtype=float), np.asarray(rsd, dtype=float)
    is_shaped = people.ndim in (1, 2) and people.size > 0 and spread.shape in (people.shape, people.shape[:1])
    if not is_shaped or np.any(people <= 0) or np.any(np.isinf(people)):
        raise DataRefused(
            "Populations to be combined are positive, one row per method, with an uncertainty each.",
            where="estimates",
            found=f"{people.tolist()} with {spread.tolist()}",
            remedy="Give people above 0 (NaN for nothing to say) and as many relative uncertainties",
            code="HW-D446",
        )
    people = people.reshape(len(people), -1)
    spread = np.broadcast_to(spread.reshape(len(people), -1), people.shape)
    if not np.all((spread > 0) & np.isfinite(spread) | np.isnan(people)):
        raise DataRefused(
            "An estimate without an uncertainty cannot be weighed.",
            where="rsd",
            found=str(spread.tolist()),
            remedy="Give fractions above 0, such as 0.12 for 12 %",
            code="HW-D447",
        )
    return people, spread
