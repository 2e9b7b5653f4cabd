r"""Noise of an analyte learnt from the calibrations of several batches: constant and proportional part.

A batch has too few calibrators to tell how its noise grows. Ten have enough: the restricted likelihoods (K5) of all curves
add, with one floor f and one proportional part for all (K7). Given to ``fit_calibration`` or ``fit_curves`` as ``noise``,
intervals hold over the whole range, whatever weight was chosen.

The trap: the noise is that of calibrators. Samples of another matrix scatter more; their part comes from duplicates
(``headworks.lab.uncertainty``).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from headworks.core.errors import DataRefused
from headworks.lab.calibration.noise_shape import NoiseModel
from headworks.lab.calibration.weighted_curve import Array, fit_coefficients, orthogonal_basis, polynomial_values

# Floors are looked for from far below the lowest level, which is purely proportional noise, to far above the highest.
_FAR = 1e3


def pooled_noise(x: npt.ArrayLike, y: npt.ArrayLike, *, degree: int = 1) -> NoiseModel:
    """Constant and proportional noise shared by calibrations of one analyte (K7).

    Parameters
    ----------
    x, y
        Calibrators of each batch, shape ``(n_batches, n_calibrators)``; not a number where there is none.
    degree
        Of the curves.

    Returns
    -------
    NoiseModel
        In terms of concentration; its degrees of freedom are those of all residuals.

    Raises
    ------
    DataRefused
        ``HW-D610`` where fewer than 10 residuals are free to tell.
    """
    nominal, response = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    used = np.isfinite(nominal) & np.isfinite(response) & (nominal > 0) & (response >= 0)
    free = np.maximum(used.sum(axis=1) - (degree + 1), 0)
    if nominal.shape != response.shape or free.sum() < 10:
        raise DataRefused(
            "Noise cannot be learnt from so few calibrators.",
            found=f"{int(free.sum())} residuals beyond the coefficients of the curves",
            remedy="Give calibrations of more batches, 10 residuals at least",
            code="HW-D610",
        )
    keep = free > 0
    nominal, response, used, free = nominal[keep], response[keep], used[keep], free[keep]
    ends = nominal[used].min() / _FAR, nominal[used].max() * _FAR

    def loss(log_floor: float) -> float:
        return _restricted(nominal, response, used, np.exp(log_floor), degree)[0]

    grid = np.linspace(np.log(ends[0]), np.log(ends[1]), 60)
    best = int(np.argmin([loss(value) for value in grid]))
    bounds = (grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)])
    floor = float(np.exp(minimize_scalar(loss, bounds=bounds, method="bounded").x))
    tau = _restricted(nominal, response, used, floor, degree)[1]
    return NoiseModel(tau * floor, tau, float(free.sum()))


def _restricted(x: Array, y: Array, used: npt.NDArray[np.bool_], floor: float, degree: int) -> tuple[float, float]:
    """Minus the restricted log-likelihood of all curves with one relative tau, and that tau."""
    variance = np.where(used, floor**2 + x**2, 1.0)
    w = np.where(used, 1.0 / variance, 0.0)
    clean_x, clean_y = np.where(used, x, 0.0), np.where(used, y, 0.0)
    basis = orthogonal_basis(clean_x, w, degree)
    values = np.where(used[..., None], polynomial_values(basis, clean_x), 0.0)
    coefficients = fit_coefficients(values, basis.norms, w, clean_y)
    # In units of each curve's slope, so that batches of unlike sensitivity share one tau.
    residual = (clean_y - np.einsum("nlk,nk->nl", values, coefficients)) / coefficients[:, 1:2]
    free = used.sum() - x.shape[0] * (degree + 1)
    tau_squared = float((w * residual**2).sum() / free)
    spread = float(np.log(variance).sum() + np.log(basis.norms).sum())
    return 0.5 * (spread + free * np.log(tau_squared)), float(np.sqrt(tau_squared))
