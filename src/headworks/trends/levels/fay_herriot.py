r"""Small areas from a direct estimate of each and a regression over all: the model of Fay and Herriot.

    y_i = x_i b + a_i + e_i,    a_i of variance A, unknown;   e_i of variance D_i, known                  (R5)

    estimate_i = x_i b + g_i (y_i - x_i b),    g_i = A / (A + D_i)                                        (R6)

``A`` is fitted by restricted (``reml``) or full likelihood (``ml``) or by the moment equation of Fay and Herriot, sum of
(y - x b)^2 / (A + D) = n - p. The mean squared error counts what fitting costs (Prasad and Rao 1990; Datta and Lahiri 2000):

    mse_i = g_i D_i + (1 - g_i)^2 x_i Q x_i' + 2 D_i^2 / (A + D_i)^3 var A - (1 - g_i)^2 bias A           (R7)

with Q the covariance of b. An area without a direct estimate stands at x_i b with

    mse_i = A + x_i Q x_i'                                                                                (R8)

and is flagged: it is modelled, nobody measured there.

The trap: ``A = 0`` is often the fitted value where areas are few. Then every area stands on the regression, and (R7) is too
small; look at ``sigma2_u`` before publishing.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.core.errors import DataRefused

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
FayHerriotMethod = Literal["reml", "ml", "moment"]
FAY_HERRIOT_METHODS: tuple[FayHerriotMethod, ...] = ("reml", "ml", "moment")
_MOST_STEPS = 500
# Where the program sae stops, whose numbers people compare with; the fit is then within about 1e-5 of the end.
_SETTLED = 1e-4
_LEAST = 1e-13


class FayHerriot(NamedTuple):
    """A fitted model: coefficients with their covariance, variance between areas, and a figure for each area.

    ``eblup`` is (R6), or the regression alone where ``is_modelled``; ``mse`` its mean squared error (R7, R8);
    ``weight_of_direct`` the g of (R6), 0 where modelled.
    """

    beta: Array
    beta_covariance: Array
    sigma2_u: float
    eblup: Array
    mse: Array
    weight_of_direct: Array
    is_modelled: Flags
    log_likelihood: float


class _Fit(NamedTuple):
    beta: Array
    covariance: Array
    residual: Array
    weight: Array


def fay_herriot(
    direct: npt.ArrayLike,
    variance: npt.ArrayLike,
    covariates: npt.ArrayLike,
    method: FayHerriotMethod = "reml",
    *,
    tolerance: float = _SETTLED,
) -> FayHerriot:
    """Direct estimates of areas drawn towards a regression on covariates (R5 to R8).

    Parameters
    ----------
    direct, variance
        Estimate of each area and the variance of its error, shape ``(n_areas,)``. An area without an estimate has a
        missing one or an infinite variance. For loads take logarithms first.
    covariates
        Shape ``(n_areas, n_coefficients)``, a column of ones included where a constant is meant; needed of every area.
    method
        How the variance between areas is fitted.
    tolerance
        Relative change of that variance at which the fit has settled.

    Raises
    ------
    DataRefused
        ``HW-D539`` for lists that do not fit, a variance not above 0, fewer estimates than coefficients, or covariates of
        which one follows from the others; ``HW-D540`` where the fit does not settle.

    Examples
    --------
    Estimates -1 and 1 of variance 0.5 each scatter with 2: A = 1.5, so each keeps 3/4 of its distance from 0.

    >>> found = fay_herriot([-1.0, 1.0], [0.5, 0.5], np.ones((2, 1)))
    >>> round(found.sigma2_u, 6), found.eblup.round(6).tolist()
    (1.5, [-0.75, 0.75])
    """
    y, d, x, is_modelled = _require_areas(direct, variance, covariates)
    if method not in FAY_HERRIOT_METHODS:
        raise _refused(f"method {method!r}", f"One of: {', '.join(FAY_HERRIOT_METHODS)}")
    known = ~is_modelled
    y_known, d_known, x_known = y[known], d[known], x[known]
    a = _between_areas(y_known, d_known, x_known, method, tolerance)
    fit = _regress(y_known, d_known, x_known, a)
    g, lever = np.zeros(y.size), np.einsum("ij,jk,ik->i", x, fit.covariance, x)
    g[known] = a * fit.weight
    eblup = x @ fit.beta
    eblup[known] += g[known] * fit.residual
    mse = a + lever
    spread, bias = _doubt_of_a(fit, x_known, method)
    b = 1.0 - g[known]
    mse[known] = g[known] * d_known + b**2 * lever[known] + 2 * d_known**2 * fit.weight**3 * spread - b**2 * bias
    fitted = -0.5 * float(np.log(2 * np.pi / fit.weight).sum() + (fit.weight * fit.residual**2).sum())
    return FayHerriot(fit.beta, fit.covariance, a, eblup, mse, g, is_modelled, fitted)


def _regress(y: Array, d: Array, x: Array, a: float) -> _Fit:
    weight = 1.0 / (a + d)
    information = (x * weight[:, None]).T @ x
    covariance = np.asarray(np.linalg.inv(information), dtype=np.float64)
    beta = covariance @ (x.T @ (weight * y))
    return _Fit(beta, covariance, y - x @ beta, weight)


def _between_areas(y: Array, d: Array, x: Array, method: FayHerriotMethod, tolerance: float) -> float:
    """A by scoring from the median of D, not below 0."""
    a = float(np.median(d))
    for _ in range(_MOST_STEPS):
        fit = _regress(y, d, x, a)
        moved = max(a + _step(fit, x, method), 0.0)
        settled = abs(moved - a) <= tolerance * (a + _LEAST * float(d.min()))
        a = moved
        if settled:
            return a
    raise DataRefused(
        "The variance between areas does not settle.",
        found=f"{a:.6g} after {_MOST_STEPS} steps",
        remedy="Use another method, or fewer covariates",
        code="HW-D540",
    )


def _step(fit: _Fit, x: Array, method: FayHerriotMethod) -> float:
    """Step of Fisher's scoring, or of Newton's method for the moment equation."""
    w = fit.weight
    if method == "moment":
        short = float((w * fit.residual**2).sum()) - (x.shape[0] - x.shape[1])
        return short / float((w**2 * fit.residual**2).sum()) if short else 0.0
    square = float((w**2 * fit.residual**2).sum())
    if method == "ml":
        return (square - float(w.sum())) / float((w**2).sum())
    once, twice = (fit.covariance @ ((x * (w**power)[:, None]).T @ x) for power in (2, 3))
    trace = float(w.sum() - np.trace(once))
    information = float((w**2).sum() - 2 * np.trace(twice) + np.trace(once @ once))
    return (square - trace) / information


def _doubt_of_a(fit: _Fit, x: Array, method: FayHerriotMethod) -> tuple[float, float]:
    """Variance and bias of the fitted A."""
    w, n = fit.weight, fit.weight.size
    first, second = float(w.sum()), float((w**2).sum())
    if method == "reml":
        return 2.0 / second, 0.0
    if method == "ml":
        once = fit.covariance @ ((x * (w**2)[:, None]).T @ x)
        return 2.0 / second, -float(np.trace(once)) / second
    return 2.0 * n / first**2, 2.0 * (n * second - first**2) / first**3


def _require_areas(
    direct: npt.ArrayLike, variance: npt.ArrayLike, covariates: npt.ArrayLike
) -> tuple[Array, Array, Array, Flags]:
    y, d = np.asarray(direct, dtype=np.float64), np.asarray(variance, dtype=np.float64)
    x = np.asarray(covariates, dtype=np.float64)
    if y.ndim != 1 or d.shape != y.shape or x.ndim != 2 or x.shape[0] != y.size or x.shape[1] == 0:
        raise _refused(f"shapes {y.shape}, {d.shape} and {x.shape}", "Give n, n and n x coefficients")
    is_modelled = ~np.isfinite(y) | ~np.isfinite(d)
    known = ~is_modelled
    faults = []
    if not np.isfinite(x).all():
        faults.append(f"a missing covariate of area {int(np.flatnonzero(~np.isfinite(x).all(axis=1))[0])}")
    if np.any(d[known] <= 0):
        faults.append(f"variance {float(d[known].min())}")
    if known.sum() <= x.shape[1]:
        faults.append(f"{int(known.sum())} direct estimates for {x.shape[1]} coefficients")
    elif not faults and np.linalg.matrix_rank(x[known]) < x.shape[1]:
        faults.append("covariates of which one follows from the others")
    if faults:
        raise _refused("; ".join(faults), "Leave out covariates, or mark an area without an estimate by an infinite variance")
    return y, d, x, is_modelled


def _refused(found: str, remedy: str) -> DataRefused:
    return DataRefused(
        "The model of areas needs direct estimates with variances above 0 and covariates of every area.",
        found=found,
        remedy=remedy,
        code="HW-D539",
    )
