r"""How noise grows with concentration, when a handful of calibrators can hardly say.

Let the noise of a response at concentration x have variance ``v(x) = tau^2 (f^2 + x^(2p))``: p = 1 with f = 0 is noise in
proportion, p = 0 constant noise, p = 1 with f > 0 constant below f and proportional above. The weights of a fit *state* such a
shape (1/x^2 states proportional noise). Weights that were chosen because they fit the calibrators best do not state it: the
interval they give is too narrow. Of every candidate shape the restricted likelihood of the calibrators is

    ln L = -1/2 sum ln v_i - 1/2 ln |X' V^-1 X| - (n - p)/2 ln RSS,    tau^2 = RSS / (n - p)              (K5)

and shapes are averaged with weights prior x L. Controls measured again in the batch, and calibrations of earlier batches,
add their squares and degrees of freedom to the sums of (K5): a few calibrators cannot tell a shape, some dozens can.

A curve fitted with weights w, noise of any shape, has coefficients of covariance ``sum_i h_ki h_li v(x_i)``,
``h_ki = w_i p_k(x_i) / D_k`` (K6). The trap is to use ``s^2 / D_k`` where w was not 1/v.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

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


class FurtherNoise(NamedTuple):
    """What else shows the noise of each curve beside its calibrators.

    ``x, squares, free``: controls measured again within a batch, shape ``(n_curves, n_groups)``: their concentration, the sum
    of squares about their mean, and its degrees of freedom (0 where there is none). Squares are of responses, or, where
    ``is_concentration``, of concentrations, as earlier batches keep them. ``earlier_x, earlier_y``: calibrators of batches
    before, ``(n_curves, n_earlier, n_calibrators)``, not a number where there is none.
    """

    x: Array
    squares: Array
    free: Array
    is_concentration: npt.NDArray[np.bool_]
    earlier_x: Array
    earlier_y: Array


# Floor in units of the lowest level (to the power), power, and prior probability before scaling: where the batch stands alone,
# and where controls and earlier batches speak too. Both were set once on simulated batches, see docs/studies/lab_intervals.md.
# Six to ten calibrators cannot tell a floor from none: the first prior holds for what a method of trace analysis mostly is,
# noise in proportion with a floor of up to twice it at the lowest level, and lets intervals be narrow. The second is open.
# Powers beyond 1 stand close: over three decades x^1.25 for x^1.2 is wrong by a factor of 1.4 between the ends.
_CANDIDATES = (
    (0.0, 1.0, 1.0, 1.0), (0.5, 1.0, 0.8, 0.15), (1.0, 1.0, 0.3, 0.15), (2.0, 1.0, 0.1, 0.3), (4.0, 1.0, 0.22, 1.2),
    (8.0, 1.0, 0.05, 0.6), (16.0, 1.0, 0.065, 0.1), (32.0, 1.0, 0.012, 0.05), (64.0, 1.0, 0.03, 0.05), (0.0, 0.75, 0.025, 0.6),
    (0.0, 0.5, 0.03, 0.4), (2.0, 0.5, 0.03, 0.1), (0.0, 0.0, 0.04, 0.2), (0.0, 1.1, 0.03, 0.05),
    (0.0, 1.2, 0.03, 0.05), (0.0, 1.35, 0.02, 0.05), (0.0, 1.5, 0.02, 0.05),
)  # fmt: skip
# Degrees of freedom of further evidence from which on it counts as speaking: three calibrations, or two with controls.
_LEAST_FURTHER = 12


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


def averaged_shapes(
    values: Array, norms: Array, w: Array, x: Array, y: Array, degree: int, slope: Array, further: FurtherNoise | None = None
) -> tuple[NoiseShapes, Array]:
    """Every candidate with its probability given all that shows the noise (K5), and what it makes of the fit (K6).

    Parameters
    ----------
    values, norms, w
        Polynomials, norms and weights of the fit.
    x, y
        Calibrators, 0 where the weight is.
    degree
        Of the curves.
    slope, further
        Slope of each curve, and further evidence of its noise.

    Returns
    -------
    NoiseShapes, degrees
        Not a number for a curve with as few calibrators as coefficients; the degrees of freedom of all that was used.
    """
    used = w > 0
    lowest = np.where(used, x, np.inf).min(axis=1)
    lowest = np.where(np.isfinite(lowest), lowest, 1.0)
    n_own = used.sum(axis=1) - (degree + 1)
    n_further = _further_degrees(further, degree, lowest.size)
    n_free, is_told = n_own + n_further, n_further >= _LEAST_FURTHER
    log_likelihood, tau, covariance, floors = [], [], [], []
    for relative_floor, power, alone, informed in _CANDIDATES:
        floor = relative_floor * lowest**power
        variance = np.where(used, shape_variance(floor[:, None], power, x), 1.0)
        residual, spread, _ = _squares(x, y, used, variance, degree)
        if further is not None:
            more, wider = _further_squares(further, floor, power, degree, slope)
            residual, spread = residual + more, spread + wider
        with np.errstate(divide="ignore"):
            prior = np.log(np.where(is_told, informed, alone))
            log_likelihood.append(prior - spread / 2 - n_free / 2 * np.log(residual))
        tau.append(np.where(n_own > 0, residual / np.maximum(n_free, 1), np.nan))
        covariance.append(_sandwich(values, norms, w, np.where(used, variance, 0.0)))
        floors.append(floor)
    logs = np.stack(log_likelihood, axis=1)
    with np.errstate(invalid="ignore"):
        probability = np.exp(logs - logs.max(axis=1, keepdims=True))
        probability /= probability.sum(axis=1, keepdims=True)
    powers = np.broadcast_to(np.array(_CANDIDATES)[:, 1], logs.shape)
    found = NoiseShapes(np.stack(floors, axis=1), powers, np.stack(tau, axis=1), probability, np.stack(covariance, axis=1))
    return found, np.where(n_own > 0, n_free, n_own).astype(np.float64)


def _squares(x: Array, y: Array, used: npt.NDArray[np.bool_], variance: Array, degree: int) -> tuple[Array, Array, Array]:
    """Weighted squares about the curve that a shape of noise makes best, the logarithms beside them (K5), and its slope."""
    weight = np.where(used, 1.0 / variance, 0.0)
    basis = orthogonal_basis(x, weight, degree)
    values = np.where(used[..., None], polynomial_values(basis, x), 0.0)
    coefficients = fit_coefficients(values, basis.norms, weight, y)
    with np.errstate(invalid="ignore", divide="ignore"):
        residual = (weight * (y - np.einsum("nlk,nk->nl", values, coefficients)) ** 2).sum(axis=1)
        # Of a calibration without any scatter no shape can be told: a floor far below any real noise.
        residual = np.maximum(residual, 1e-30 * (weight * y**2).sum(axis=1))
        spread = np.log(np.where(used, variance, 1.0)).sum(axis=1) + np.log(basis.norms).sum(axis=1)
    return residual, spread, coefficients[:, 1]


def _earlier_used(further: FurtherNoise, degree: int) -> npt.NDArray[np.bool_]:
    """Earlier calibrators of use, of batches with more of them than coefficients, as rows of one batch each."""
    n_curves, n_earlier, n_most = further.earlier_x.shape
    x, y = (part.reshape(n_curves * n_earlier, n_most) for part in (further.earlier_x, further.earlier_y))
    used = np.isfinite(x) & np.isfinite(y) & (x > 0) & (y >= 0)
    result: npt.NDArray[np.bool_] = used & (used.sum(axis=1, keepdims=True) > degree + 1)
    return result


def _further_degrees(further: FurtherNoise | None, degree: int, n_curves: int) -> Array:
    """Degrees of freedom of controls measured again, and of earlier batches."""
    if further is None:
        return np.zeros(n_curves)
    used = _earlier_used(further, degree).reshape(further.earlier_x.shape)
    before = np.maximum(used.sum(axis=2) - (degree + 1), 0).sum(axis=1)
    result: Array = further.free.sum(axis=1) + before
    return result


def _further_squares(further: FurtherNoise, floor: Array, power: float, degree: int, slope: Array) -> tuple[Array, Array]:
    """Weighted squares of controls and of earlier batches at the slope of each curve, and what their spread adds."""
    is_group = further.free > 0
    variance = np.where(is_group, shape_variance(floor[:, None], power, further.x), 1.0)
    scale = np.where(further.is_concentration, slope[:, None] ** 2, 1.0)
    squares = np.where(is_group, scale * further.squares / variance, 0.0).sum(axis=1)
    spread = (further.free * np.log(variance)).sum(axis=1)
    n_curves, n_earlier, _ = further.earlier_x.shape
    if n_earlier == 0:
        return squares, spread
    used = _earlier_used(further, degree)
    x, y = (np.where(used, part.reshape(used.shape), 0.0) for part in (further.earlier_x, further.earlier_y))
    variance = np.where(used, shape_variance(np.repeat(floor, n_earlier)[:, None], power, x), 1.0)
    residual, logs, own_slope = _squares(x, y, used, variance, degree)
    is_there = used.any(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        # In units of each batch's own slope, so that batches of unlike sensitivity share one tau.
        residual *= (np.repeat(slope, n_earlier) / own_slope) ** 2
    more = np.where(is_there, residual, 0.0).reshape(n_curves, n_earlier).sum(axis=1)
    wider = np.where(is_there, logs, 0.0).reshape(n_curves, n_earlier).sum(axis=1)
    return squares + more, spread + wider
