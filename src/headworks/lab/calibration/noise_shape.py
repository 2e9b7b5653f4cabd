r"""How noise grows with concentration, when a handful of calibrators can hardly say.

Let the noise of a response at concentration x have variance ``v(x) = tau^2 (f^2 + x^(2p))``: p = 1 with f = 0 is noise in
proportion, p = 0 constant noise, p = 1 with f > 0 constant below f and proportional above. The weights of a fit *state* such a
shape (1/x^2 states proportional noise). Weights that were chosen because they fit the calibrators best do not state it: the
interval they give is too narrow. Of every candidate shape the restricted likelihood of the calibrators is

    ln L = -1/2 sum ln v_i - 1/2 ln |X' V^-1 X| - (n - p)/2 ln RSS,    tau^2 = RSS / (n - p)              (K5)

and shapes are averaged with weights prior x L. Controls measured again in the batch, and calibrations of earlier batches,
add their squares and degrees of freedom to the sums of (K5): a few calibrators cannot tell a shape, some dozens can. The
prior comes from what a usable method must be: its lowest level is measured within 20 %, so constant noise rarely exceeds a
few times the proportional one there.

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

    ``x, squares, free``: controls measured again in the batch, shape ``(n_curves, n_groups)``: their concentration, the sum of
    squares of their responses about their mean, and its degrees of freedom (0 where there is none). ``earlier_x, earlier_y``:
    calibrators of batches before, ``(n_curves, n_earlier, n_calibrators)``, not a number where there is none.
    """

    x: Array
    squares: Array
    free: Array
    earlier_x: Array
    earlier_y: Array


# Floor in lowest levels, power, prior probability before scaling: of a batch alone, and where earlier batches speak too. Both
# were set once on simulated batches of 6, 8 and 10 levels over three decades, so that 95 % intervals hold for noise in
# proportion and with a floor; see docs/studies/lab_intervals.md. Alone a batch cannot rule a floor out, and a prior that
# allows more for one makes all intervals too wide; with ten batches the evidence outweighs it.
_CANDIDATES = (
    (0.0, 1.0, 1.0, 1.0), (0.5, 1.0, 0.3, 0.6), (1.0, 1.0, 0.3, 0.8), (2.0, 1.0, 0.35, 1.6), (4.0, 1.0, 0.25, 2.0),
    (10.0, 1.0, 0.03, 0.3), (50.0, 1.0, 0.005, 0.03), (0.0, 0.0, 0.003, 0.01), (0.0, 0.5, 0.02, 0.1), (0.0, 0.75, 0.03, 0.1),
)  # fmt: skip
# Residuals of earlier batches from which on they count as speaking: three or four calibrations.
_LEAST_EARLIER = 12


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
    values: Array, norms: Array, w: Array, x: Array, y: Array, degree: int, slope: Array | None = None,
    further: FurtherNoise | None = None,
) -> tuple[NoiseShapes, Array]:  # fmt: skip
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
    again, before = _further_degrees(further, degree, lowest.size)
    n_free, has_earlier = n_own + again + before, before >= _LEAST_EARLIER
    log_likelihood, tau, covariance = [], [], []
    for relative_floor, power, alone, informed in _CANDIDATES:
        prior = np.where(has_earlier, informed, alone)
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
            if further is not None and slope is not None:
                more, wider = _further_squares(further, relative_floor * lowest, power, degree, slope)
                residual, spread = residual + more, spread + wider
            log_likelihood.append(np.log(prior) - spread / 2 - n_free / 2 * np.log(residual))
            tau.append(np.where(n_own > 0, residual / np.maximum(n_free, 1), np.nan))
        covariance.append(_sandwich(values, norms, w, np.where(used, variance, 0.0)))
    logs = np.stack(log_likelihood, axis=1)
    with np.errstate(invalid="ignore"):
        probability = np.exp(logs - logs.max(axis=1, keepdims=True))
        probability /= probability.sum(axis=1, keepdims=True)
    floors, powers = np.array(_CANDIDATES).T[:2]
    shape = (x.shape[0], len(_CANDIDATES))
    found = NoiseShapes(
        lowest[:, None] * floors, np.broadcast_to(powers, shape), np.stack(tau, axis=1), probability,
        np.stack(covariance, axis=1),
    )  # fmt: skip
    return found, np.where(n_own > 0, n_free, n_own).astype(np.float64)


def _earlier_used(further: FurtherNoise, degree: int) -> npt.NDArray[np.bool_]:
    """Earlier calibrators of use, of batches with more of them than coefficients, as rows of one batch each."""
    n_curves, n_earlier, n_most = further.earlier_x.shape
    x, y = (part.reshape(n_curves * n_earlier, n_most) for part in (further.earlier_x, further.earlier_y))
    used = np.isfinite(x) & np.isfinite(y) & (x > 0) & (y >= 0)
    result: npt.NDArray[np.bool_] = used & (used.sum(axis=1, keepdims=True) > degree + 1)
    return result


def _further_degrees(further: FurtherNoise | None, degree: int, n_curves: int) -> tuple[Array, Array]:
    """Degrees of freedom of controls measured again, and of earlier batches."""
    if further is None:
        return np.zeros(n_curves), np.zeros(n_curves)
    used = _earlier_used(further, degree).reshape(further.earlier_x.shape)
    return further.free.sum(axis=1), np.maximum(used.sum(axis=2) - (degree + 1), 0).sum(axis=1).astype(np.float64)


def _further_squares(further: FurtherNoise, floor: Array, power: float, degree: int, slope: Array) -> tuple[Array, Array]:
    """Weighted squares of controls and of earlier batches at the slope of each curve, and what their spread adds."""
    is_group = further.free > 0
    variance = np.where(is_group, shape_variance(floor[:, None], power, further.x), 1.0)
    squares = np.where(is_group, further.squares / variance, 0.0).sum(axis=1)
    spread = (further.free * np.log(variance)).sum(axis=1)
    n_curves, n_earlier, _ = further.earlier_x.shape
    if n_earlier == 0:
        return squares, spread
    used = _earlier_used(further, degree)
    x, y = (np.where(used, part.reshape(used.shape), 0.0) for part in (further.earlier_x, further.earlier_y))
    variance = np.where(used, shape_variance(np.repeat(floor, n_earlier)[:, None], power, x), 1.0)
    weight = np.where(used, 1.0 / variance, 0.0)
    basis = orthogonal_basis(x, weight, degree)
    values = np.where(used[..., None], polynomial_values(basis, x), 0.0)
    coefficients = fit_coefficients(values, basis.norms, weight, y)
    # In units of each batch's own slope, so that batches of unlike sensitivity share one tau.
    residual = (
        (y - np.einsum("nlk,nk->nl", values, coefficients)) / coefficients[:, 1:2] * np.repeat(slope, n_earlier)[:, None]
    )
    own, wide = (weight * residual**2).sum(axis=1), np.log(variance).sum(axis=1) + np.log(basis.norms).sum(axis=1)
    is_there = used.any(axis=1)
    more = np.where(is_there, own, 0.0).reshape(n_curves, n_earlier).sum(axis=1)
    wider = np.where(is_there, wide, 0.0).reshape(n_curves, n_earlier).sum(axis=1)
    return squares + more, spread + wider
