r"""How noise grows with concentration, when a handful of calibrators can hardly say.

Let the noise of a response at concentration x have variance ``v(x) = tau^2 (f^2 + x^(2p))``: p = 1 with f = 0 is noise in
proportion, p = 0 constant noise, p = 1 with f > 0 constant below f and proportional above. The weights of a fit *state* such a
shape (1/x^2 states proportional noise). Weights that were chosen because they fit the calibrators best do not state it: the
interval they give is too narrow. Of every candidate shape the restricted likelihood of the calibrators is

    ln L = -1/2 sum ln v_i - 1/2 ln |X' V^-1 X| - (n - p)/2 ln RSS,    tau^2 = RSS / (n - p)              (K5)

and shapes are averaged with weights prior x L. The prior comes from what a usable method must be: its lowest level
is measured within 20 %, so constant noise rarely exceeds a few times the proportional one there.

A curve fitted with weights w, noise of any shape, has coefficients of covariance ``sum_i h_ki h_li v(x_i)``,
``h_ki = w_i p_k(x_i) / D_k`` (K6). The trap is to use ``s^2 / D_k`` where w was not 1/v.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from headworks.core.errors import DataRefused
from headworks.lab.calibration.weighted_curve import Array, fit_coefficients, orthogonal_basis, polynomial_values

# Degrees of freedom of noise that is stated without them: as good as known.
_AS_KNOWN = 1e6


class NoiseModel(NamedTuple):
    """Noise of a single result: ``sqrt(constant^2 + (proportional x)^2)``, constant in the unit of the calibrators.

    ``degrees_of_freedom`` say on how much it rests; without, it is taken as known.
    """

    constant: float
    proportional: float
    degrees_of_freedom: float = _AS_KNOWN


class NoiseShapes(NamedTuple):
    """Candidate shapes of each curve, arrays ``(n_curves, n_shapes)``; ``covariance`` of the coefficients where tau is 1."""

    floor: Array
    power: Array
    tau_squared: Array
    probability: Array
    covariance: Array


# Floor in lowest levels, power, prior probability before scaling. Set once on simulated batches of 6, 8 and 10 levels over
# three decades, so that 95 % intervals hold for noise in proportion and with a floor of up to a lowest level; see
# docs/studies/lab_intervals.md.
_CANDIDATES = (
    (0.0, 1.0, 1.0), (0.5, 1.0, 0.3), (1.0, 1.0, 0.3), (2.0, 1.0, 0.35), (4.0, 1.0, 0.25), (10.0, 1.0, 0.03),
    (50.0, 1.0, 0.005), (0.0, 0.0, 0.003), (0.0, 0.5, 0.02), (0.0, 0.75, 0.03),
)  # fmt: skip


def shape_variance(floor: Array, power: Array | float, x: Array) -> Array:
    """``f^2 + x^(2 p)``; with p = 0 and no floor it is 1."""
    result: Array = floor**2 + np.where(np.equal(power, 0.0), 1.0, np.abs(x) ** (2.0 * np.asarray(power)))
    return result


def _sandwich(values: Array, norms: Array, w: Array, variance: Array) -> Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        pull = w[..., None] * values / norms[:, None, :]
    result: Array = np.einsum("nlk,nlj,nl->nkj", pull, pull, variance)
    return result


def stated_shape(values: Array, norms: Array, w: Array, x: Array, power: Array, s: Array) -> NoiseShapes:
    """The one shape that the weights ``x^(-2 power)`` state: the textbook's error (K4)."""
    variance = np.where(w > 0, shape_variance(np.zeros_like(x), power[:, None], x), 0.0)
    covariance = _sandwich(values, norms, w, variance)
    one = np.ones((s.size, 1))
    return NoiseShapes(0.0 * one, power[:, None], (s**2)[:, None], one, covariance[:, None])


def known_shape(values: Array, norms: Array, w: Array, x: Array, slope: Array, noise: NoiseModel) -> NoiseShapes:
    """The shape of noise known from elsewhere, at the slope of each curve.

    Raises
    ------
    DataRefused
        ``HW-D604`` unless constant and proportional part are at least 0, one of them is above, and degrees are above 0.
    """
    constant, proportional, degrees = noise
    finite = np.isfinite([constant, proportional]).all()
    if not finite or min(constant, proportional) < 0 or constant + proportional == 0 or not degrees > 0:
        raise DataRefused(
            "Noise is a constant and a proportional part of at least 0, not both 0, with degrees of freedom above 0.",
            found=str(tuple(noise)),
            remedy="Give the constant part in the unit of the calibrators and the proportional one as a fraction",
            code="HW-D604",
        )
    floor = np.full(slope.size, constant / proportional if proportional > 0 else 0.0)
    power = np.full(slope.size, 1.0 if proportional > 0 else 0.0)
    tau = slope * (proportional if proportional > 0 else constant)
    variance = np.where(w > 0, shape_variance(floor[:, None], power[:, None], x), 0.0)
    covariance = _sandwich(values, norms, w, variance)
    return NoiseShapes(floor[:, None], power[:, None], (tau**2)[:, None], np.ones((slope.size, 1)), covariance[:, None])


def averaged_shapes(values: Array, norms: Array, w: Array, x: Array, y: Array, degree: int) -> NoiseShapes:
    """Every candidate with its probability given the calibrators (K5), and what it makes of the fit (K6).

    Parameters
    ----------
    values, norms, w
        Polynomials, norms and weights of the fit.
    x, y
        Calibrators, 0 where the weight is.
    degree
        Of the curves.

    Returns
    -------
    NoiseShapes
        Not a number for a curve with as few calibrators as coefficients.
    """
    used = w > 0
    lowest = np.where(used, x, np.inf).min(axis=1)
    lowest = np.where(np.isfinite(lowest), lowest, 1.0)
    n_free = used.sum(axis=1) - (degree + 1)
    log_likelihood, tau, covariance = [], [], []
    for relative_floor, power, prior in _CANDIDATES:
        variance = np.where(used, shape_variance((relative_floor * lowest)[:, None], power, x), 1.0)
        weight = np.where(used, 1.0 / variance, 0.0)
        basis = orthogonal_basis(x, weight, degree)
        own_values = np.where(used[..., None], polynomial_values(basis, x), 0.0)
        coefficients = fit_coefficients(own_values, basis.norms, weight, y)
        with np.errstate(invalid="ignore", divide="ignore"):
            residual = (weight * (y - np.einsum("nlk,nk->nl", own_values, coefficients)) ** 2).sum(axis=1)
            # Of a calibration without any scatter no shape can be told: a floor far below any real noise.
            residual = np.maximum(residual, 1e-30 * (weight * y**2).sum(axis=1))
            spread = np.log(np.where(used, variance, 1.0)).sum(axis=1) + np.log(basis.norms).sum(axis=1)
            log_likelihood.append(np.log(prior) - spread / 2 - n_free / 2 * np.log(residual))
            tau.append(np.where(n_free > 0, residual / np.maximum(n_free, 1), np.nan))
        covariance.append(_sandwich(values, norms, w, np.where(used, variance, 0.0)))
    logs = np.stack(log_likelihood, axis=1)
    with np.errstate(invalid="ignore"):
        probability = np.exp(logs - logs.max(axis=1, keepdims=True))
        probability /= probability.sum(axis=1, keepdims=True)
    floors, powers, _ = np.array(_CANDIDATES).T
    shape = (x.shape[0], len(_CANDIDATES))
    return NoiseShapes(
        lowest[:, None] * floors, np.broadcast_to(powers, shape), np.stack(tau, axis=1), probability,
        np.stack(covariance, axis=1),
    )  # fmt: skip
