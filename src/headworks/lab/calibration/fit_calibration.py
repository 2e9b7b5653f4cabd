"""The calibration curve of one analyte of one batch, with everything a reviewer asks about it.

In: calibrators; out: a ``CalibrationFit``. A calibrator is left out by a person only with a reason; one that cannot be used
(no response, a negative area, no internal standard) is left out by the machine, which says so. The trap: the numbers of a
curve that is not accepted are shown for review, and ``quantify`` releases none of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from headworks.core.errors import DataRefused
from headworks.lab.calibration.accepted_range import Flags, problem_words
from headworks.lab.calibration.curves import WEIGHT_NAMES, Curves, Weight, fit_curves
from headworks.lab.calibration.noise_shape import NoiseModel
from headworks.lab.calibration.weighted_curve import Array, concentration_at, power_coefficients, power_matrix, take_basis
from headworks.reference.lab_values import CalibrationProfile


@dataclass(frozen=True)
class CalibrationFit:
    """One calibration curve: y = intercept + slope x + curvature x^2, response over concentration.

    ``deviations`` are back-calculated over nominal less 1, as fractions, not a number where a calibrator was not used;
    ``is_beyond`` marks those beyond the limit of the profile. ``excluded`` and ``not_used`` give the reason of each calibrator
    left out, by a person and by the machine. Results may be reported from ``lowest`` to ``highest``.
    """

    intercept: float
    slope: float
    curvature: float
    intercept_error: float
    slope_error: float
    curvature_error: float
    s: float
    r2: float
    rse: float
    degrees_of_freedom: float
    weight: str
    deviations: Array
    is_beyond: Flags
    lowest: float
    highest: float
    is_accepted: bool
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    excluded: dict[int, str]
    not_used: dict[int, str]
    profile: str
    curves: Curves

    def back_calculated(self, response: npt.ArrayLike) -> Array:
        """Concentration at a response, before any rule: for review, never for release.

        Examples
        --------
        >>> line = fit_calibration([1, 2, 3, 4, 5], [3, 5, 7, 9, 11], "1")
        >>> line.back_calculated(8.0).item()
        3.5
        """
        values = np.asarray(response, dtype=np.float64)
        first = np.zeros(values.size, dtype=np.int64)
        found = concentration_at(take_basis(self.curves.basis, first), self.curves.coefficients[first], values.ravel())
        return found.concentration.reshape(values.shape)


def fit_calibration(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    weight: Weight = "auto",
    *,
    degree: int = 1,
    excluded: Mapping[int, str] | None = None,
    profile: str | CalibrationProfile = "headworks_default",
    standard_area: npt.ArrayLike | None = None,
    noise: NoiseModel | None = None,
) -> CalibrationFit:
    """The weighted calibration curve of one analyte (K1), its errors, and whether its profile accepts it.

    Parameters
    ----------
    x, y
        Concentration and response of each calibrator, shape ``(n,)``; ``nan`` or ``None`` where there is no response.
    weight
        ``"1"``, ``"1/x"``, ``"1/x2"``, or ``"auto"``: the one with the smallest sum of relative deviations (K3).
    degree
        1, or 2 for a parabola, which must rise over the whole range.
    excluded
        Position of each calibrator to leave out, counted from 0, and the reason.
    profile
        Name of an acceptance profile, or one's own.
    standard_area
        Area of the internal standard of each calibrator, for the check of every sample's.
    noise
        Noise of a result known from validation or earlier batches.

    Returns
    -------
    CalibrationFit
        No calibrators, or too few, give a fit of ``nan`` that is not accepted and says why.

    Raises
    ------
    DataRefused
        ``HW-D602`` for lists of unequal lengths; ``HW-D603`` for an unknown weight or degree; ``HW-D604`` for noise
        that cannot be; ``HW-D605`` for a calibrator left out without a reason, or one that is not there.
    ParameterError
        ``HW-D600`` for an unknown profile.

    Examples
    --------
    y = 1 + 2 x exactly:

    >>> fit = fit_calibration([1, 2, 3, 4, 5], [3, 5, 7, 9, 11], "1")
    >>> round(fit.intercept, 9), round(fit.slope, 9), fit.is_accepted
    (1.0, 2.0, True)
    """
    nominal, response = (np.asarray(values, dtype=np.float64).reshape(1, -1) for values in (x, y))
    left_out = _require_reasons(dict(excluded or {}), nominal.size)
    is_excluded = np.zeros(nominal.shape, dtype=bool)
    is_excluded[0, list(left_out)] = True
    areas = None if standard_area is None else np.asarray(standard_area, dtype=np.float64).reshape(1, -1)
    curves = fit_curves(
        nominal, response, weight, degree=degree, is_excluded=is_excluded, profile=profile, standard_area=areas, noise=noise
    )
    not_used = _not_used(nominal[0], response[0], None if areas is None else areas[0], curves, left_out)
    return _fit_of(curves, nominal.size, left_out, not_used, _notes(nominal[0], None if areas is None else areas[0], curves))


def _require_reasons(excluded: dict[int, str], n: int) -> dict[int, str]:
    wrong = [f"{place}: {reason!r}" for place, reason in excluded.items() if not str(reason).strip() or not 0 <= place < n]
    if wrong:
        raise DataRefused(
            "A calibrator is left out only by its place and with a reason.",
            found="; ".join(wrong),
            remedy=f"Give places from 0 to {n - 1}, each with a reason",
            code="HW-D605",
        )
    return excluded


def _not_used(x: Array, y: Array, areas: Array | None, curves: Curves, excluded: dict[int, str]) -> dict[int, str]:
    reasons = {}
    for place in np.flatnonzero(~curves.is_used[0, : x.size]).tolist():
        if place in excluded:
            continue
        if not np.isfinite(x[place]) or x[place] < 0:
            reasons[place] = "no nominal concentration of at least 0"
        elif areas is not None and not areas[place] > 0:
            reasons[place] = "no area of the internal standard"
        elif not np.isfinite(y[place]):
            reasons[place] = "no response"
        elif y[place] < 0:
            reasons[place] = "negative response"
        else:
            reasons[place] = "a blank is used with weight 1 only"
    return reasons


def _notes(x: Array, areas: Array | None, curves: Curves) -> tuple[str, ...]:
    levels, counts = np.unique(x[np.isfinite(x)], return_counts=True)
    notes = [
        f"level {level:g} was used {count} times and counts as one level"
        for level, count in zip(levels, counts, strict=True)
        if count > 1
    ]
    if areas is not None:
        share = areas / curves.standard_area[0]
        is_off = (share < curves.profile.standard_area_lower) | (share > curves.profile.standard_area_upper)
        notes += [
            f"level {x[place]:g}: the area of its internal standard is out of bounds" for place in np.flatnonzero(is_off)
        ]
    return tuple(notes)


def _fit_of(
    curves: Curves, n_calibrators: int, excluded: dict[int, str], not_used: dict[int, str], notes: tuple[str, ...]
) -> CalibrationFit:
    powers = power_coefficients(curves.basis, curves.coefficients)[0]
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        squares = np.einsum("kj,k->j", power_matrix(curves.basis)[0] ** 2, 1.0 / curves.basis.norms[0])
        errors = curves.s[0] * np.sqrt(squares)
    is_line = powers.size == 2
    return CalibrationFit(
        intercept=float(powers[0]), slope=float(powers[1]), curvature=0.0 if is_line else float(powers[2]),
        intercept_error=float(errors[0]), slope_error=float(errors[1]),
        curvature_error=0.0 if is_line else float(errors[2]),
        s=float(curves.s[0]), r2=float(curves.r2[0]), rse=float(curves.rse[0]),
        degrees_of_freedom=float(curves.degrees_of_freedom[0]), weight=WEIGHT_NAMES[curves.weight[0]],
        deviations=curves.deviation[0, :n_calibrators], is_beyond=curves.is_beyond[0, :n_calibrators],
        lowest=float(curves.lowest[0]), highest=float(curves.highest[0]), is_accepted=bool(curves.is_accepted[0]),
        reasons=problem_words(int(curves.problems[0])), notes=notes, excluded=excluded, not_used=not_used,
        profile=curves.profile.name, curves=curves,
    )  # fmt: skip
