r"""Calibration curves of a whole batch at once: coefficients, deviations, the weight chosen, and what they may be used for.

    b = sum w (x - xm)(y - ym) / sum w (x - xm)^2,   a = ym - b xm,   s^2 = sum w (y - yhat)^2 / (n - p)      (K1)
    weighted r2 = 1 - sum w (y - yhat)^2 / sum w (y - ym)^2
    rse = sqrt(sum ((xhat - x) / x)^2 / (n - p))                                                          (K3)

``weight="auto"`` takes of 1, 1/x and 1/x^2 the one with the smallest ``sum |xhat / x - 1|``. Not r2: in real batches r2 is
highest for the weight that is worst at the low end. The trap is a blank (x = 0): 1/x and 1/x^2 have no value there, so it is
used only where weight 1 was asked for by name.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.core.errors import DataRefused
from headworks.lab.calibration.accepted_range import Flags, Index, Problem, accepted_range
from headworks.lab.calibration.noise_shape import (
    FurtherNoise,
    NoiseModel,
    NoiseShapes,
    averaged_shapes,
    known_shape,
    stated_shape,
)
from headworks.lab.calibration.weighted_curve import (
    Array,
    Basis,
    concentration_at,
    fit_coefficients,
    orthogonal_basis,
    polynomial_values,
    take_basis,
)
from headworks.reference.lab_values import CalibrationProfile, calibration_profile

Weight = Literal["1", "1/x", "1/x2", "auto"]
# Power of x by which a weight divides.
WEIGHT_POWERS = {"1": 0.0, "1/x": 1.0, "1/x2": 2.0}
WEIGHT_NAMES = tuple(WEIGHT_POWERS)


class Curves(NamedTuple):
    """Calibration curves, one entry a curve; cells of a calibrator have shape ``(n_curves, n_calibrators)``.

    ``weight`` counts in ``WEIGHT_NAMES``; ``problems`` is a set of ``Problem``; ``deviation`` is a fraction. A curve with a
    problem gives no number. ``standard_area`` is the mean area of the internal standard of the calibrators used.
    """

    profile: CalibrationProfile
    basis: Basis
    coefficients: Array
    s: Array
    degrees_of_freedom: Array
    r2: Array
    rse: Array
    weight: Index
    shapes: NoiseShapes
    deviation: Array
    is_used: Flags
    is_beyond: Flags
    lowest: Array
    highest: Array
    n_levels: Index
    n_passed: Index
    problems: Index
    standard_area: Array

    @property
    def is_accepted(self) -> Flags:
        """Whether a curve gives numbers."""
        accepted: Flags = self.problems == 0
        return accepted


# Absurd calibrators, such as responses of 1e300, are a verdict and no warning.
@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def fit_curves(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    weight: Weight = "auto",
    *,
    degree: int = 1,
    is_excluded: npt.ArrayLike | None = None,
    profile: str | CalibrationProfile = "headworks_default",
    standard_area: npt.ArrayLike | None = None,
    noise: NoiseModel | None = None,
    further: FurtherNoise | None = None,
) -> Curves:
    """A calibration curve for every row: one analyte of one batch.

    Parameters
    ----------
    x, y
        Concentration and response of the calibrators, shape ``(n_curves, n_calibrators)``; not a number where there is none. A
        response below 0 is not used.
    weight
        Weight of the fit, or ``"auto"``.
    degree
        1, a line, or 2, a parabola.
    is_excluded
        Calibrators left out by a person; their reasons are kept by the caller.
    profile
        Rules of acceptance, by name or one's own.
    standard_area
        Area of the internal standard of each calibrator.
    noise
        Noise known from elsewhere; without, the weight states it, or, where the product chose the weight, the calibrators.
    further
        Controls of the batch and calibrations of earlier ones, which show the noise beside the calibrators where the product
        chose the weight.

    Returns
    -------
    Curves
        A row that cannot be fitted has a problem and no numbers.

    Raises
    ------
    DataRefused
        ``HW-D602`` for arrays of unequal shapes; ``HW-D603`` for an unknown weight or degree; ``HW-D604`` for noise
        that cannot be.
    ParameterError
        ``HW-D600`` for an unknown profile.
    """
    nominal, response = _same_shape("y", x, y)
    excluded = np.zeros(nominal.shape, bool) if is_excluded is None else np.asarray(is_excluded, bool).reshape(nominal.shape)
    areas = np.full(nominal.shape, np.nan) if standard_area is None else _same_shape("standard_area", x, standard_area)[1]
    if nominal.shape[1] == 0:
        # A batch without calibrators has a verdict too.
        nominal, response, areas = (np.full((nominal.shape[0], 1), np.nan) for _ in range(3))
        excluded = np.zeros(nominal.shape, dtype=bool)
    _require_known(weight, degree)
    rules = calibration_profile(profile)
    lowest = nominal >= 0 if weight == "1" else nominal > 0
    usable = np.isfinite(nominal) & np.isfinite(response) & lowest & (response >= 0) & ~excluded
    if standard_area is not None:
        usable &= areas > 0
    names = WEIGHT_NAMES if weight == "auto" else (weight,)
    fits = [_fit(nominal, response, usable, WEIGHT_POWERS[name], degree) for name in names]
    choice = np.argmin([np.where(np.isfinite(fit["misfit"]), fit["misfit"], np.inf) for fit in fits], axis=0)
    chosen = {name: _choose(choice, [fit[name] for fit in fits]) for name in fits[0]}
    power = np.array([WEIGHT_POWERS[name] for name in names])[choice]
    basis = Basis(*(chosen[field] for field in Basis._fields))
    shapes, degrees = _noise_of(
        chosen, basis, power, (nominal, response, usable), None if weight == "auto" else weight, noise, further
    )
    found = accepted_range(nominal, chosen["deviation"], usable, rules)
    problems = found.problems | _problems_of_fit(chosen, basis, degree, usable)
    if rules.rse_limit is not None:
        problems = problems | np.where(chosen["rse"] <= rules.rse_limit, 0, Problem.RSE)
    problems |= _turns(basis, chosen["coefficients"], np.where(usable, nominal, np.nan), degree)
    # Without a calibrator there is nothing else to say.
    problems = np.where(usable.any(axis=1), problems, int(Problem.NO_CALIBRATORS))
    used_areas = np.where(usable & (areas > 0), areas, 0.0)
    return Curves(
        rules, basis, chosen["coefficients"], chosen["s"], degrees, chosen["r2"], chosen["rse"],
        np.array([WEIGHT_NAMES.index(name) for name in names])[choice], shapes, chosen["deviation"], usable, found.is_beyond,
        found.lowest, found.highest, found.n_levels, found.n_passed, problems.astype(np.int64),
        used_areas.sum(axis=1) / (used_areas > 0).sum(axis=1),
    )  # fmt: skip


def _noise_of(
    chosen: dict[str, Array], basis: Basis, power: Array, calibrators: tuple[Array, Array, Flags], named: str | None,
    noise: NoiseModel | None, further: FurtherNoise | None,
) -> tuple[NoiseShapes, Array]:  # fmt: skip
    """Noise as it is known, as the named weight states it, or as the calibrators make it likely; its degrees of freedom."""
    x, y, usable = calibrators
    w = np.where(usable, _weights(x, usable, power), 0.0)
    values = np.where(usable[..., None], polynomial_values(basis, x), 0.0)
    clean_x, clean_y = np.where(usable, x, 0.0), np.where(usable, y, 0.0)
    if noise is not None:
        known = known_shape(values, basis.norms, w, clean_x, chosen["slope"], noise)
        return known, np.full(power.shape, float(noise.degrees_of_freedom))
    if named is None:
        return averaged_shapes(values, basis.norms, w, clean_x, clean_y, values.shape[2] - 1, chosen["slope"], further)
    return stated_shape(values, basis.norms, w, clean_x, power / 2, chosen["s"]), chosen["free"]


def _same_shape(name: str, x: npt.ArrayLike, other: npt.ArrayLike) -> tuple[Array, Array]:
    first, second = np.asarray(x, dtype=np.float64), np.asarray(other, dtype=np.float64)
    if first.shape != second.shape or first.ndim != 2:
        raise DataRefused(
            f"Calibrators need one {name} for every x.",
            found=f"x of shape {first.shape}, {name} of shape {second.shape}",
            remedy="Give arrays of one shape, a row for each curve; a missing value is not a number",
            code="HW-D602",
        )
    return first, second


def _require_known(weight: str, degree: int) -> None:
    if weight not in (*WEIGHT_NAMES, "auto") or degree not in (1, 2):
        raise DataRefused(
            "There is no such weight or degree.",
            found=f"weight {weight!r}, degree {degree!r}",
            remedy='Give weight "1", "1/x", "1/x2" or "auto", and degree 1 or 2',
            code="HW-D603",
        )


def _weights(x: Array, usable: Flags, power: Array) -> Array:
    """Weights scaled to 1 at the lowest calibrator would change s; they are as the textbook has them."""
    safe = np.where(usable & (x > 0), x, 1.0)
    result: Array = safe ** -power[:, None]
    return result


def _fit(x: Array, y: Array, usable: Flags, power: float, degree: int) -> dict[str, Array]:
    """One weight for all curves: basis, coefficients, scatter, deviations."""
    w = np.where(usable, _weights(x, usable, np.full(x.shape[0], power)), 0.0)
    clean_x, clean_y = np.where(usable, x, 0.0), np.where(usable, y, 0.0)
    basis = orthogonal_basis(clean_x, w, degree)
    values = np.where(usable[..., None], polynomial_values(basis, clean_x), 0.0)
    coefficients = fit_coefficients(values, basis.norms, w, clean_y)
    free = (usable.sum(axis=1) - (degree + 1)).astype(np.float64)
    rows = np.repeat(np.arange(x.shape[0]), x.shape[1])
    crossing = concentration_at(take_basis(basis, rows), coefficients[rows], clean_y.ravel())
    with np.errstate(invalid="ignore", divide="ignore"):
        squares = (w * (clean_y - np.einsum("nlk,nk->nl", values, coefficients)) ** 2).sum(axis=1)
        about_mean = (w * (clean_y - coefficients[:, :1]) ** 2).sum(axis=1)
        deviation = np.where(usable & (x > 0), crossing.concentration.reshape(x.shape) / x - 1.0, np.nan)
        relative = np.where(usable & (x > 0), deviation, 0.0)
        freed = np.where(free > 0, free, np.nan)
        return {
            **basis._asdict(), "coefficients": coefficients, "free": free, "s": np.sqrt(squares / freed),
            "r2": 1.0 - squares / about_mean, "rse": np.sqrt((relative**2).sum(axis=1) / freed), "deviation": deviation,
            "misfit": np.abs(relative).sum(axis=1), "slope": coefficients[:, 1],
        }  # fmt: skip


def _choose(choice: Index | npt.NDArray[np.intp], options: list[Array]) -> Array:
    if len(options) == 1:
        return options[0]
    stacked = np.stack(options)
    result: Array = stacked[choice, np.arange(choice.size)]
    return result


def _problems_of_fit(chosen: dict[str, Array], basis: Basis, degree: int, usable: Flags) -> Any:
    is_flat = ~(basis.norms[:, -1] > 1e-12 * np.abs(basis.centre) ** (2 * degree) * basis.norms[:, 0])
    is_short = is_flat | ~(chosen["free"] > 0) | ~np.isfinite(chosen["s"])
    is_falling = ~is_short & ~(chosen["slope"] > 0)
    return np.where(is_short, int(Problem.TOO_FEW_TO_FIT), 0) | np.where(is_falling, int(Problem.NOT_RISING), 0)


def _turns(basis: Basis, coefficients: Array, x: Array, degree: int) -> Any:
    """A parabola is of use where it rises over all its calibrators: one that turns reads a high sample as a low one."""
    if degree == 1:
        return np.zeros(x.shape[0], dtype=np.int64)
    with np.errstate(invalid="ignore"):
        slope = coefficients[:, 1:2] + coefficients[:, 2:3] * (2 * (x - basis.centre[:, None]) - basis.alpha[:, None])
        return np.where((slope <= 0).any(axis=1), int(Problem.NOT_MONOTONE), 0)
