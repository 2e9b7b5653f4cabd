r"""Bounds of a log-normal quantity times an excretion factor of any distribution.

The logarithm of consumption is a normal variable with standard deviation ``sigma`` (load and population) plus
``Y = ln(central / f)``, whose distribution the parameter set gives through the excretion fraction ``f``. The quantile ``q``
of the sum solves

    E[ Phi((q - Y) / sigma) ] = p                                                             (L7)

For a log-normal factor this is ``z_p sqrt(sigma^2 + s^2)`` exactly. Else the expectation is taken over equally likely values
of ``f``, (L7) is solved on a fixed grid of ``sigma``, each point once and when a row first needs it, and a row's bound is
interpolated: a million rows cost a million look-ups. The trap is to use a shape's mean and variance only: a triangular ``f``
such as that of cannabis (0.002, 0.006, 0.025) is so lopsided that two moments miss a bound by 10 %.
"""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import betaincinv, ndtr, ndtri

from headworks.core.errors import DataRefused
from headworks.core.uncertainty import coverage_factor
from headworks.reference.factor_distribution import fit_beta

Array = NDArray[np.float64]

FACTOR_ROW = "factor_row"
_N_VALUES = 513
# Between 0.5 % and 400 % on the log scale; beyond it two moments of the factor are enough.
_SIGMAS = np.concatenate([[1e-9], np.geomspace(0.005, 4.0, 160)])


class FactorLaw(NamedTuple):
    """How an excretion fraction is distributed; ``u_factor`` counts where there is no range, and for ``lognormal``."""

    distribution: str | None
    central: float
    low: float | None
    high: float | None
    u_factor: float


def log_quantile(sigma: Array, law: FactorLaw, probability: float) -> Array:
    """Quantile of the logarithm of the quantity about its central value (L7).

    Parameters
    ----------
    sigma
        Log-scale standard deviation of the log-normal part, shape ``(n,)``.
    law
        Of the excretion fraction.
    probability
        Between 0 and 1.

    Returns
    -------
    array
        Shape ``(n,)``.

    Raises
    ------
    DataRefused
        ``HW-D112`` for an unknown distribution.

    Examples
    --------
    >>> law = FactorLaw("lognormal", 0.292, None, None, math.sqrt(math.exp(0.4**2) - 1))
    >>> log_quantile(np.array([0.3]), law, 0.5 + 0.9544997361 / 2).round(6).tolist()
    [1.0]
    """
    if _is_lognormal(law):
        s = math.sqrt(math.log1p(law.u_factor**2))
        return float(ndtri(probability)) * np.sqrt(np.square(sigma) + s * s)
    inside: Array = np.interp(sigma, _SIGMAS, _quantile_grid(law, probability, sigma))
    # So wide a load swamps the factor's shape: its mean and variance are all that is left of it.
    y = math.log(law.central) - np.log(fraction_values(law))
    beyond = y.mean() + float(ndtri(probability)) * np.sqrt(np.square(sigma) + y.var())
    return np.where(sigma > _SIGMAS[-1], beyond, inside)


def with_factor_bounds(rows: pl.DataFrame, below: str, above: str, level: float = 0.95) -> pl.DataFrame:
    """Add ``log_low`` and ``log_high``: the logarithms of what the central value is multiplied by to give the bounds.

    Parameters
    ----------
    rows
        Columns ``below, above`` (log-scale standard deviations towards either side), ``factor_row`` (which factor it is) and
        the factor's ``distribution, excretion_fraction, excretion_low, excretion_high, u_factor``.
    below, above
        Names of these two columns; often the same one.
    level
        Coverage.

    Returns
    -------
    pl.DataFrame
        The rows in their order with two more columns; null where the standard deviation is.
    """
    tail = (1 - level) / 2
    law_columns = ["distribution", "excretion_fraction", "excretion_low", "excretion_high", "u_factor"]
    laws = rows.select(FACTOR_ROW, *law_columns).unique(FACTOR_ROW)
    numbers = rows[FACTOR_ROW].to_numpy()
    sides = {name: rows[name].fill_null(np.nan).to_numpy() for name in {below, above}}
    low, high = np.full(rows.height, np.nan), np.full(rows.height, np.nan)
    for number, *said in laws.rows():
        law = FactorLaw(*said)
        mine = np.flatnonzero(numbers == number)
        low[mine] = log_quantile(sides[below][mine], law, tail)
        high[mine] = log_quantile(sides[above][mine], law, 1 - tail)
    return rows.with_columns(pl.Series("log_low", low).fill_nan(None), pl.Series("log_high", high).fill_nan(None))


def fraction_values(law: FactorLaw, n_values: int = _N_VALUES) -> Array:
    """Equally likely values of the excretion fraction: its quantiles at the middles of ``n_values`` equal parts.

    Examples
    --------
    The median of a triangle 0, 1, 1 is sqrt(1/2).

    >>> fraction_values(FactorLaw("triangular", 1.0, 0.0, 1.0, 0.0), 1).round(6).tolist()
    [0.707107]
    """
    p = (np.arange(n_values) + 0.5) / n_values
    c, low, high = law.central, float(law.low or 0.0), float(law.high or 0.0)
    if law.distribution == "triangular":
        split = (c - low) / (high - low)
        rising = low + np.sqrt(p * (high - low) * (c - low))
        falling = high - np.sqrt((1 - p) * (high - low) * (high - c))
        return np.where(p < split, rising, falling)
    if law.distribution == "uniform":
        return low + p * (high - low)
    if law.distribution == "loguniform":
        return np.asarray(low * (high / low) ** p)
    if law.distribution == "beta":
        a, b = fit_beta(c, low, high)
        return np.asarray(betaincinv(a, b, p))
    raise DataRefused(
        "This distribution of an excretion fraction is not known.",
        where="parameter set",
        found=str(law.distribution),
        remedy="Use lognormal, triangular, beta, uniform or loguniform",
        code="HW-D112",
    )


def _is_lognormal(law: FactorLaw) -> bool:
    return law.distribution in (None, "", "lognormal") or law.low is None or law.high is None or law.low == law.high


_MOST_STEPS = 100
_CLOSE = 1e-13


@cache
def _solved(law: FactorLaw, probability: float) -> Array:
    """Quantiles on the grid, not a number where nobody asked yet."""
    del law, probability
    return np.full(len(_SIGMAS), np.nan)


def _quantile_grid(law: FactorLaw, probability: float, sigma: Array) -> Array:
    """Quantiles on the grid, at least at the points between which some standard deviations lie."""
    grid = _solved(law, probability)
    known = sigma[~np.isnan(sigma)]
    if known.size:
        first, last = np.searchsorted(_SIGMAS, [known.min(), known.max()])
        asked = np.arange(max(int(first) - 1, 0), min(int(last) + 2, len(_SIGMAS)))
        open_ = asked[np.isnan(grid[asked])]
        if open_.size:
            grid[open_] = _solve(law, probability, _SIGMAS[open_])
    return grid


def _solve(law: FactorLaw, probability: float, sigmas: Array) -> Array:
    """Root of (L7) for each standard deviation, whatever the others are."""
    y = math.log(law.central) - np.log(fraction_values(law))
    z = abs(coverage_factor(0.9999))
    low, high = y.min() - z * sigmas - 1e-6, y.max() + z * sigmas + 1e-6
    # What two moments say is near the root wherever the normal part counts.
    at = np.clip(y.mean() + float(ndtri(probability)) * np.sqrt(sigmas**2 + y.var()), low, high)
    open_ = np.arange(len(sigmas))
    for step in range(_MOST_STEPS):
        sigma, here = sigmas[open_], at[open_]
        standard = (here[:, None] - y) / sigma[:, None]
        excess = ndtr(standard).mean(axis=1) - probability
        low[open_], high[open_] = np.where(excess < 0, here, low[open_]), np.where(excess < 0, high[open_], here)
        density = np.exp(-0.5 * standard**2).mean(axis=1) / (sigma * math.sqrt(2 * math.pi))
        newton = here - np.divide(excess, density, out=np.full_like(excess, np.inf), where=density > 0)
        # Newton's step where it stays in the bracket, a halving where not, and at times one anyway.
        is_inside = (newton > low[open_]) & (newton < high[open_]) & (step % 6 != 5)
        is_done = (np.abs(excess) < _CLOSE) | (high[open_] - low[open_] < _CLOSE)
        at[open_] = np.where(is_done, here, np.where(is_inside, newton, (low[open_] + high[open_]) / 2))
        open_ = open_[~is_done]
        if not open_.size:
            break
    return np.asarray(at)
