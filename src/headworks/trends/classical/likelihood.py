r"""Normal regression when some results are only known to lie between two bounds, by maximum likelihood.

    l = sum detected ln phi((y - x b)/s) - ln s  +  sum non-detects ln [Phi((U - x b)/s) - Phi((L - x b)/s)]     (C6)

In ``g = b/s`` and ``h = 1/s`` this is concave (Olsen 1978; Burridge 1981), so Newton's method with halved steps finds the one
maximum from anywhere.

The trap: where all detected results are equal and no limit lies below them, the likelihood grows without bound as ``s``
falls to 0. Such data are refused, not fitted.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import log_ndtr

from headworks.core.errors import DataRefused
from headworks.trends.classical.observations import Array, Flags

_HALF_LOG_2PI = 0.5 * np.log(2 * np.pi)
_MOST_STEPS = 200
# Newton's decrement, half the rise in log-likelihood still to be had, at which it has arrived.
_CLOSE = 1e-22
# Residuals this small beside the largest result are rounding.
_EXACT = 1e-13


class CensoredFit(NamedTuple):
    """Coefficients, residual standard deviation and log-likelihood (C6) of what was regressed."""

    coefficients: Array
    sigma: float
    log_likelihood: float


def censored_regression(y: Array, is_nondetect: Flags, lower: float, design: Array) -> CensoredFit:
    """The maximum of (C6).

    Parameters
    ----------
    y
        Results; of non-detects their upper bound.
    lower
        Lower bound of every non-detect; minus infinity for none.
    design
        Shape ``(n, n_coefficients)``, of full rank.

    Raises
    ------
    DataRefused
        ``HW-D532`` where the likelihood has no maximum.

    Examples
    --------
    Without non-detects the mean and the standard deviation with n below the line.

    >>> fit = censored_regression(np.array([1.0, 3.0]), np.zeros(2, dtype=bool), -np.inf, np.ones((2, 1)))
    >>> fit.coefficients.round(6).item(), round(fit.sigma, 6)
    (2.0, 1.0)
    """
    _require_scatter(y, is_nondetect, design)
    scale = float(y.std())
    shift = float(y.mean())
    standard, bound = (y - shift) / scale, (lower - shift) / scale
    parameters = np.append(np.linalg.lstsq(design, standard, rcond=None)[0], 1.0)
    value, gradient, hessian = _olsen(parameters, standard, is_nondetect, bound, design)
    for _ in range(_MOST_STEPS):
        step = _solve(hessian, gradient)
        decrement = float(gradient @ step)
        if decrement < _CLOSE * (1.0 + abs(value)):
            break
        parameters, (value, gradient, hessian) = _climb(parameters, step, value, standard, is_nondetect, bound, design)
    else:
        raise _no_maximum()
    sigma = 1.0 / float(parameters[-1])
    beta = parameters[:-1] * sigma * scale
    # The design holds the constant, so what was taken off y returns to it.
    beta += np.linalg.lstsq(design, np.full(y.size, shift), rcond=None)[0]
    return CensoredFit(beta, sigma * scale, value - float((~is_nondetect).sum()) * np.log(scale))


def _climb(
    parameters: Array, step: Array, value: float, y: Array, hidden: Flags, bound: float, design: Array
) -> tuple[Array, tuple[float, Array, Array]]:
    """A Newton step, halved until it climbs and 1/s stays positive."""
    share = 1.0
    for _ in range(60):
        tried = parameters + share * step
        if tried[-1] > 0:
            found = _olsen(tried, y, hidden, bound, design)
            if found[0] >= value - 1e-13 * (1.0 + abs(value)):
                return tried, found
        share /= 2
    raise _no_maximum()


def _olsen(parameters: Array, y: Array, hidden: Flags, bound: float, design: Array) -> tuple[float, Array, Array]:
    """Log-likelihood in (g, h), its gradient and minus its second derivatives."""
    location, h = design @ parameters[:-1], parameters[-1]
    seen = ~hidden
    # d z / d (g, h) of z = h y - x g.
    toward = np.column_stack([-design, y])
    z = h * y - location
    residual, rows = z[seen], toward[seen]
    value = float(seen.sum()) * (np.log(h) - _HALF_LOG_2PI) - 0.5 * float(residual @ residual)
    gradient = -residual @ rows
    gradient[-1] += seen.sum() / h
    information = rows.T @ rows
    information[-1, -1] += seen.sum() / h**2
    if hidden.any():
        up, rows_up = z[hidden], toward[hidden]
        down = h * bound - location[hidden] if np.isfinite(bound) else np.full(up.size, -np.inf)
        rows_down = np.column_stack([-design[hidden], np.full(up.size, bound if np.isfinite(bound) else 0.0)])
        log_mass = _log_mass(down, up)
        at_up = np.exp(-0.5 * up**2 - _HALF_LOG_2PI - log_mass)
        at_down = np.exp(-0.5 * down**2 - _HALF_LOG_2PI - log_mass)
        pull = at_up[:, None] * rows_up - at_down[:, None] * rows_down
        down_times = np.where(np.isfinite(down), down, 0.0) * at_down
        value += float(log_mass.sum())
        gradient = gradient + pull.sum(axis=0)
        information = information + pull.T @ pull
        information += (rows_up * (up * at_up)[:, None]).T @ rows_up - (rows_down * down_times[:, None]).T @ rows_down
    return value, gradient, information


def _log_mass(down: Array, up: Array) -> Array:
    """Logarithm of [Phi(up) - Phi(down)], taken in the tail where it does not cancel."""
    turned = down > 0
    high, low = np.where(turned, -down, up), np.where(turned, -up, down)
    log_high, log_low = log_ndtr(high), log_ndtr(low)
    result: Array = log_high + np.log1p(-np.exp(np.minimum(log_low - log_high, -1e-300)))
    return result


def _require_scatter(y: Array, is_nondetect: Flags, design: Array) -> None:
    """Refuse detected results that a line meets exactly while no limit lies below it: s would fall to 0."""
    seen = ~is_nondetect
    fit, _, rank, _ = np.linalg.lstsq(design[seen], y[seen], rcond=None)
    close = _EXACT * (np.abs(y).max() + 1e-300)
    meets = np.abs(y[seen] - design[seen] @ fit).max(initial=0.0) <= close
    if rank < design.shape[1] or (meets and np.all(design[is_nondetect] @ fit <= y[is_nondetect] + close)):
        raise _no_maximum()


def _solve(information: Array, gradient: Array) -> Array:
    try:
        step = np.asarray(np.linalg.solve(information, gradient), dtype=np.float64)
    except np.linalg.LinAlgError as wrong:
        raise _no_maximum() from wrong
    return step


def _no_maximum() -> DataRefused:
    return DataRefused(
        "The likelihood has no maximum: these results do not bound the scatter.",
        remedy="Use km, or pool more detected results",
        code="HW-D532",
    )
