r"""Bounds of a product one of whose factors is not log-normal.

Load and population are log-normal, so the logarithm of consumption is a normal variable with standard deviation ``sigma``
plus the logarithm of the excretion factor, whose distribution (triangular, beta, uniform) is known by its first four
cumulants: a shift of the mean, standard deviation ``s``, skewness ``g``, excess kurtosis ``k``. Cumulants of independent
terms add:

    S^2 = sigma^2 + s^2        G = g s^3 / S^3        K = k s^4 / S^4                         (L7)

and the quantile of the sum is Cornish and Fisher's:

    w(z) = z + (z^2-1) G/6 + (z^3-3z) K/24 - (2z^3-5z) G^2/36                                 (L8)
    quantile = shift + w(z) S

With a log-normal factor (``g = k = 0``) this is exact. The trap: L8 is an expansion; it is used where ``|G| < 0.5`` and
``|K| < 1``, which holds for every factor shipped, because the normal part dilutes the factor's shape; the tests hold it to a
Monte Carlo of the same distributions.

References
----------
Cornish, E. A. and Fisher, R. A. (1938), Revue de l'Institut International de Statistique 5, 307-320.
"""

from __future__ import annotations

from typing import Any, Generic, NamedTuple

import numpy as np
import polars as pl

from headworks.core.uncertainty import coverage_factor
from headworks.loads.mass_load import Amount


class FactorShape(NamedTuple, Generic[Amount]):
    """Cumulants of the logarithm of a factor about its central value: numbers, arrays or expressions."""

    shift: Amount
    sd: Amount
    skew: Amount
    excess_kurtosis: Amount


def log_quantile(sigma: Amount, shape: FactorShape[Amount], z: float) -> Amount:
    """Quantile, on the log scale and about the central value, of a log-normal times a factor (L7, L8).

    Parameters
    ----------
    sigma
        Log-scale standard deviation of the log-normal part.
    shape
        Cumulants of the factor's logarithm.
    z
        Standard normal quantile of the probability wanted.

    Examples
    --------
    >>> float(round(log_quantile(0.3, FactorShape(0.0, 0.4, 0.0, 0.0), 2.0), 12))
    1.0
    """
    variance = sigma * sigma + shape.sd * shape.sd
    share = shape.sd * shape.sd / variance
    skew = shape.skew * share * _sqrt(share)
    kurtosis = shape.excess_kurtosis * share * share
    w: Amount = z + skew * ((z * z - 1) / 6) + kurtosis * ((z**3 - 3 * z) / 24) - skew * skew * ((2 * z**3 - 5 * z) / 36)
    quantile: Amount = shape.shift + w * _sqrt(variance)
    return quantile


def _sqrt(value: Any) -> Any:
    return value.sqrt() if isinstance(value, pl.Expr) else np.sqrt(value)


def _exp(value: Any) -> Any:
    return value.exp() if isinstance(value, pl.Expr) else np.exp(value)


def factor_interval(median: Amount, sigma: Amount, shape: FactorShape[Amount], level: float = 0.95) -> tuple[Amount, Amount]:
    """Lower and upper bound of a log-normal quantity times a factor.

    Parameters
    ----------
    median
        The quantity at the factor's central value.
    sigma, shape
        As for :func:`log_quantile`.
    level
        Coverage.

    Examples
    --------
    >>> low, high = factor_interval(1.0, 0.3, FactorShape(0.0, 0.4, 0.0, 0.0))
    >>> float(round(low * high, 12)), float(round(high, 4))
    (1.0, 2.6644)
    """
    z = coverage_factor(level)
    return median * _exp(log_quantile(sigma, shape, -z)), median * _exp(log_quantile(sigma, shape, z))
