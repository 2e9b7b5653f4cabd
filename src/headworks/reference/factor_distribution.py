r"""How uncertain a correction factor is: the cumulants of its logarithm.

Consumption is load x factor, and the factor is (mass ratio) / f with an uncertain excretion fraction f. Written around the
central fraction c:

    consumption = load x (mass ratio / c) x exp(Y),   Y = ln(c / f)                               (P1)

A row of the reference says how f is distributed; here its mean (``shift``), standard deviation, skewness and excess
kurtosis of Y come from exact formulas (log-normal, log-uniform, beta) or from Gauss-Legendre quadrature on ln f, where the
integrand is smooth (triangular, uniform). Nothing is sampled.

The trap: ``shift`` is not zero unless c is the median of f. The central factor is what the literature prints; the
distribution may say that it lies to one side.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import betainc, polygamma, psi

from headworks.core.errors import ParameterError
from headworks.core.uncertainty import coverage_factor, relative, sigma_log

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)
_COVERAGE = 0.95  # how a range is read where a distribution has no ends of its own


class LogCumulants(NamedTuple):
    """Mean, standard deviation, skewness and excess kurtosis of Y = ln(central / f)."""

    shift: float
    sd: float
    skew: float
    excess_kurtosis: float

    @property
    def u_factor(self) -> float:
        """Relative standard uncertainty, ``sqrt(exp(sd^2) - 1)``."""
        return relative(self.sd)


def cumulants_lognormal(rsd: float) -> LogCumulants:
    """Log-normal factor whose median is the central one, from its relative standard deviation.

    Examples
    --------
    >>> round(cumulants_lognormal(0.26).sd ** 2, 6), round(math.log(1 + 0.26**2), 6)
    (0.065413, 0.065413)
    """
    return LogCumulants(0.0, sigma_log(rsd), 0.0, 0.0)


def cumulants_lognormal_range(central: float, low: float, high: float) -> LogCumulants:
    """Log-normal factor whose 95 % interval is as wide, in ratio, as the range; ``central`` is its median."""
    return LogCumulants(0.0, math.log(high / low) / (2 * coverage_factor(_COVERAGE)), 0.0, 0.0)


def cumulants_loguniform(central: float, low: float, high: float) -> LogCumulants:
    """Factor of which every order of magnitude between the ends is equally likely.

    Examples
    --------
    >>> print(*(round(x, 6) for x in cumulants_loguniform(0.1, 0.01, 1.0)))
    0.0 1.329398 0.0 -1.2
    """
    return LogCumulants(math.log(central) - math.log(low * high) / 2, math.log(high / low) / math.sqrt(12), 0.0, -1.2)


def cumulants_uniform(central: float, low: float, high: float) -> LogCumulants:
    """Excretion fraction equally likely anywhere between the ends.

    Examples
    --------
    E[ln f] between 1/2 and 1 is (0 - 0.5 ln 0.5) / 0.5 - 1 = ln 2 - 1.

    >>> round(cumulants_uniform(1.0, 0.5, 1.0).shift, 6), round(1 - math.log(2), 6)
    (0.306853, 0.306853)
    """
    return _cumulants(central, [(low, high, lambda f: np.full_like(f, 1 / (high - low)))])


def cumulants_triangular(central: float, low: float, high: float) -> LogCumulants:
    """Excretion fraction most likely at ``central``, impossible beyond the ends; ``central`` may lie at an end."""
    width = high - low
    rising = (low, central, lambda f: 2 * (f - low) / (width * (central - low)))
    falling = (central, high, lambda f: 2 * (high - f) / (width * (high - central)))
    return _cumulants(central, [piece for piece in (rising, falling) if piece[0] < piece[1]])


def cumulants_beta(central: float, low: float, high: float) -> LogCumulants:
    """Beta-distributed fraction with mean ``central`` and 95 % of its probability between the ends.

    Notes
    -----
    With ln f for f ~ Beta(a, b) the n-th cumulant is ``polygamma(n-1, a) - polygamma(n-1, a+b)``.
    """
    a, b = fit_beta(central, low, high)
    variance, third, fourth = (float(polygamma(n, a) - polygamma(n, a + b)) for n in (1, 2, 3))
    shift = math.log(central) - float(psi(a) - psi(a + b))
    return LogCumulants(shift, math.sqrt(variance), -third / variance**1.5, fourth / variance**2)


def fit_beta(mean: float, low: float, high: float) -> tuple[float, float]:
    """The two shapes of the beta distribution with this mean and 95 % of its probability between ``low`` and ``high``.

    The mean fixes a / (a + b); the concentration a + b is found by bisection. The two tails need not be equal: a range
    that lies unevenly about the mean keeps its ends.

    Examples
    --------
    >>> a, b = fit_beta(0.363, 0.30, 0.45)
    >>> round(a / (a + b), 6), round(float(betainc(a, b, 0.45) - betainc(a, b, 0.30)), 6)
    (0.363, 0.95)
    """

    def inside(log_concentration: float) -> float:
        a, b = mean * math.exp(log_concentration), (1 - mean) * math.exp(log_concentration)
        return float(betainc(a, b, high) - betainc(a, b, low))

    lower, upper = math.log(1e-3), math.log(1e12)
    for _ in range(80):
        middle = (lower + upper) / 2
        lower, upper = (middle, upper) if inside(middle) < _COVERAGE else (lower, middle)
    return mean * math.exp(upper), (1 - mean) * math.exp(upper)


_BY_NAME: dict[str, Callable[[float, float, float], LogCumulants]] = {
    "lognormal": cumulants_lognormal_range,
    "triangular": cumulants_triangular,
    "beta": cumulants_beta,
    "uniform": cumulants_uniform,
    "loguniform": cumulants_loguniform,
}


def log_cumulants(
    distribution: str | None,
    central: float,
    low: float | None,
    high: float | None,
    *,
    factor_rsd: float | None,
    fallback_rsd: float,
) -> LogCumulants:
    """Cumulants of ln(central / f) for one row of the reference.

    Parameters
    ----------
    distribution
        As in the file; nothing, or a missing range, gives the fallback.
    central, low, high
        Excretion fraction and its range, ``low <= central <= high``.
    factor_rsd
        Published relative standard deviation of the back-calculation; used when the distribution is log-normal.
    fallback_rsd
        Relative standard deviation of a factor without a range.

    Raises
    ------
    ParameterError
        ``HW-P003`` when the central value is outside the range, or a beta has no room on both sides of it.

    Examples
    --------
    >>> round(log_cumulants("lognormal", 0.292, 0.25, 0.45, factor_rsd=0.26, fallback_rsd=0.5).u_factor, 12)
    0.26
    >>> round(log_cumulants(None, 0.3, None, None, factor_rsd=None, fallback_rsd=0.26).u_factor, 12)
    0.26
    """
    if distribution == "lognormal" and factor_rsd is not None:
        return cumulants_lognormal(factor_rsd)
    if distribution is None or low is None or high is None:
        return cumulants_lognormal(fallback_rsd)
    is_strict = distribution == "beta" and low < high
    if not (low < central < high < 1 if is_strict else low <= central <= high):
        raise ParameterError(
            "An excretion fraction does not lie within its range.",
            found=f"{low:g}, {central:g}, {high:g} ({distribution})",
            remedy="Give low < fraction < high < 1" if is_strict else "Give low <= fraction <= high",
            code="HW-P003",
        )
    if low == high:
        return LogCumulants(0.0, 0.0, 0.0, 0.0)
    return _BY_NAME[distribution](central, low, high)


def _cumulants(central: float, pieces: list[tuple[float, float, Callable[[np.ndarray], np.ndarray]]]) -> LogCumulants:
    """Cumulants of ln(central / f) for a density given in pieces (from, to, density of f)."""
    logs, masses = [], []
    for low, high, density in pieces:
        half = math.log(high / low) / 2
        log_f = math.log(low) + half * (_NODES + 1)
        f = np.exp(log_f)
        logs.append(log_f)
        masses.append(_WEIGHTS * half * f * density(f))  # df = f d(ln f)
    y, mass = math.log(central) - np.concatenate(logs), np.concatenate(masses)
    shift = float(mass @ y)
    deviation = y - shift
    variance, third, fourth = (float(mass @ deviation**n) for n in (2, 3, 4))
    return LogCumulants(shift, math.sqrt(variance), third / variance**1.5, fourth / variance**2 - 3)
