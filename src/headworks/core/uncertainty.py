r"""How errors combine: by what shares them.

A relative standard uncertainty ``u`` (a fraction, 0.2 for 20 %) of a log-normal quantity is ``sigma`` on the log scale:

    sigma^2 = ln(1 + u^2)          u^2 = exp(sigma^2) - 1                                   (U1)

Factors of a product are independent, so their ``sigma^2`` add; this is exact for products of log-normals (U2). A mean of
``n`` days divides what is drawn anew each day by ``n`` and leaves what the days share untouched (U3). The trap is U3: a
laboratory's calibration, the population and the excretion factor do not average out, however many days are sampled.

Scopes, smallest first: ``u_day`` (drawn anew each day: sampling, flow noise, repeatability), ``u_batch`` (shared by a
laboratory batch), ``u_site`` (shared by a site: population, flow-meter bias), ``u_factor`` (shared by everything that
used the same factor: excretion).

The equations are in ``docs/methods/loads.md``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import overload

import numpy as np
import polars as pl
from scipy.special import ndtri

from headworks.core.errors import DataRefused

SCOPES = ("u_day", "u_batch", "u_site", "u_factor")


def _require_uncertainties(values: Iterable[float]) -> np.ndarray:
    array = np.asarray(list(values), dtype=float)
    if array.ndim != 1 or not np.all(np.isfinite(array)) or np.any(array < 0):
        raise DataRefused(
            "A relative standard uncertainty must be a number of at least 0.",
            found=str(array.tolist()),
            remedy="Give fractions such as 0.12 for 12 %",
            code="HW-D003",
        )
    return array


@overload
def sigma_log(u: pl.Expr) -> pl.Expr: ...
@overload
def sigma_log(u: float) -> float: ...
@overload
def sigma_log(u: np.ndarray) -> np.ndarray: ...
def sigma_log(u: float | np.ndarray | pl.Expr) -> float | np.ndarray | pl.Expr:
    """Log-scale standard deviation of a log-normal with relative standard uncertainty ``u`` (U1).

    Examples
    --------
    >>> round(sigma_log(0.2), 6)
    0.198042
    """
    if isinstance(u, pl.Expr):
        return (u * u).log1p().sqrt()
    result = np.sqrt(np.log1p(np.square(u)))
    return float(result) if np.ndim(u) == 0 else result


@overload
def relative(sigma: pl.Expr) -> pl.Expr: ...
@overload
def relative(sigma: float) -> float: ...
@overload
def relative(sigma: np.ndarray) -> np.ndarray: ...
def relative(sigma: float | np.ndarray | pl.Expr) -> float | np.ndarray | pl.Expr:
    """Relative standard uncertainty of a log-normal whose logarithm has standard deviation ``sigma`` (U1 turned round).

    Examples
    --------
    >>> round(relative(sigma_log(0.2)), 12)
    0.2
    """
    if isinstance(sigma, pl.Expr):
        return ((sigma * sigma).exp() - 1.0).sqrt()
    result = np.sqrt(np.expm1(np.square(sigma)))
    return float(result) if np.ndim(sigma) == 0 else result


def combine(relative_standard_uncertainties: Iterable[float]) -> float:
    """Relative standard uncertainty of a product of independent log-normal factors (U2), exact.

    Parameters
    ----------
    relative_standard_uncertainties
        Fractions, one per factor; an empty list gives 0.

    Returns
    -------
    float
        A fraction.

    Raises
    ------
    DataRefused
        ``HW-D003`` for a negative or non-finite uncertainty.

    Examples
    --------
    >>> round(100 * combine([0.10, 0.20, 0.15, 0.12, 0.26]), 2)
    40.39
    """
    array = _require_uncertainties(relative_standard_uncertainties)
    return float(np.sqrt(np.expm1(np.log1p(array**2).sum())))


def weekly_uncertainty(random: Iterable[float], systematic: Iterable[float], n_days: int) -> float:
    """Relative standard uncertainty of a mean over ``n_days`` (U3), first order.

    Parameters
    ----------
    random
        Fractions drawn anew each day (sampling, flow, repeatability).
    systematic
        Fractions that all days share (population, calibration, excretion).
    n_days
        Days in the mean, at least 1.

    Returns
    -------
    float
        ``sqrt(sum(random^2) / n_days + sum(systematic^2))``.

    Raises
    ------
    DataRefused
        ``HW-D003`` for a negative uncertainty or ``n_days`` below 1.

    Examples
    --------
    >>> round(100 * weekly_uncertainty([0.10, 0.20, 0.15], [0.12], 7), 2)
    15.73
    >>> round(100 * weekly_uncertainty([0.10, 0.20, 0.15], [0.12, 0.26], 7), 2)
    30.39
    """
    if n_days < 1:
        raise DataRefused("A mean needs at least one day.", found=str(n_days), remedy="Give n_days >= 1", code="HW-D003")
    drawn_anew = float((_require_uncertainties(random) ** 2).sum())
    shared = float((_require_uncertainties(systematic) ** 2).sum())
    return float(np.sqrt(drawn_anew / n_days + shared))


def coverage_factor(level: float) -> float:
    """Two-sided standard normal quantile of a coverage level.

    Raises
    ------
    DataRefused
        ``HW-D003`` unless 0 < level < 1.

    Examples
    --------
    >>> round(coverage_factor(0.95), 6)
    1.959964
    """
    if not 0 < level < 1:
        raise DataRefused(
            "A coverage level lies between 0 and 1.", found=str(level), remedy="Give 0.95 for 95 %", code="HW-D003"
        )
    return float(ndtri(0.5 + level / 2))


@overload
def interval(median: pl.Expr, sigma_log: pl.Expr | float, level: float = 0.95) -> tuple[pl.Expr, pl.Expr]: ...
@overload
def interval(median: float, sigma_log: float, level: float = 0.95) -> tuple[float, float]: ...
@overload
def interval(median: np.ndarray, sigma_log: np.ndarray | float, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]: ...
def interval(
    median: float | np.ndarray | pl.Expr, sigma_log: float | np.ndarray | pl.Expr, level: float = 0.95
) -> tuple[float | np.ndarray | pl.Expr, float | np.ndarray | pl.Expr]:
    """Lower and upper bound of a log-normal quantity: ``median / k`` and ``median * k``, ``k = exp(z sigma)`` (U4).

    Parameters
    ----------
    median
        Median, any unit.
    sigma_log
        Standard deviation of its logarithm; from a relative uncertainty with :func:`sigma_log`.
    level
        Coverage, 0.95 for 95 %.

    Examples
    --------
    >>> low, high = interval(1.0, sigma_log(combine([0.10, 0.20, 0.15, 0.12, 0.26])))
    >>> round(low, 4), round(high, 4)
    (0.4668, 2.1424)
    """
    z = coverage_factor(level)
    if isinstance(median, pl.Expr) or isinstance(sigma_log, pl.Expr):
        half_expr = sigma_log * z if isinstance(sigma_log, pl.Expr) else pl.lit(sigma_log * z)
        return median * (-half_expr).exp(), median * half_expr.exp()
    half = np.multiply(sigma_log, z)
    lower, upper = median * np.exp(-half), median * np.exp(half)
    if np.ndim(lower) == 0:
        return float(lower), float(upper)
    return lower, upper
