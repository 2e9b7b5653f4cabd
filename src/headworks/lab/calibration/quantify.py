r"""From a response to a concentration with its uncertainty, or to the reason why there is none.

    c = x0 D / E / R,    x0 where the curve reaches the response                                          (K2)
    u(x0) = s / |b| sqrt(1/(w0 m) + 1/sum w + (y0 - ym)^2 / (b^2 sum w (x - xm)^2))                        (K4)

D is the dilution, E the enrichment, R the recovery where it is applied. (K4) splits into what each result draws anew, its
first term, ``u_day``, and what all results of the batch share, the other two, ``u_batch``. Verdicts come in this order:
internal standard, calibration, response, range. The trap is the recovery: an internal standard added before the extraction
has lost as much as the analyte, and dividing by the recovery again is the classic two-fold error.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from headworks.core.errors import DataRefused
from headworks.lab.calibration.accepted_range import UNFIT
from headworks.lab.calibration.curves import Curves
from headworks.lab.calibration.fit_calibration import CalibrationFit
from headworks.lab.calibration.interval import Interval, invert_curve
from headworks.lab.calibration.sample_factor import Preparation, StandardAdded, sample_factor
from headworks.lab.calibration.weighted_curve import Array, Crossing, concentration_at, take_basis

Words = npt.NDArray[np.object_]
Index = npt.NDArray[np.int64]
Verdict = Literal[
    "quantified", "below_loq", "above range: re-run", "invalid: internal standard", "invalid: response", "invalid: calibration"
]
VERDICTS: tuple[Verdict, ...] = (
    "quantified", "below_loq", "above range: re-run",
    "invalid: internal standard", "invalid: response", "invalid: calibration",
)  # fmt: skip
_QUANTIFIED, _BELOW, _ABOVE, _STANDARD, _RESPONSE, _CALIBRATION = range(6)
LOWEST_LEVEL = "lowest accepted level"


class Quantified(NamedTuple):
    """One entry a response, in the shape of the responses; concentrations in the unit of the calibrators, of the sample.

    ``concentration``, ``standard_uncertainty``, ``lower`` and ``upper`` are numbers only where the verdict is ``quantified``.
    ``loq`` and ``highest`` are the limits of the sample, after dilution and enrichment, ``limit_rule`` the rule that gave the
    first. ``u_day`` and ``u_batch`` are relative, and wide enough for a normal interval. ``estimate`` is for review and never
    for release: the concentration whatever the range and the acceptance of the curve say, of blanks and before a re-run. A
    failed internal standard or response leaves none.
    """

    concentration: Array
    standard_uncertainty: Array
    verdict: Words
    loq: Array
    highest: Array
    lower: Array
    upper: Array
    degrees_of_freedom: Array
    u_day: Array
    u_batch: Array
    estimate: Array
    reason: Words
    limit_rule: Words


# An absurd response, such as 1e300, is a verdict and no warning.
@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def quantify(
    fit: CalibrationFit | Curves,
    response: npt.ArrayLike,
    *,
    of_curve: npt.ArrayLike | None = None,
    standard_area: npt.ArrayLike | None = None,
    dilution: npt.ArrayLike = 1.0,
    enrichment: npt.ArrayLike = 1.0,
    recovery: npt.ArrayLike | None = None,
    apply_recovery: bool = False,
    standard_added: StandardAdded = "before_extraction",
    replicates: npt.ArrayLike = 1.0,
    loq: npt.ArrayLike | None = None,
    loq_rule: str = "given",
    u_bias: npt.ArrayLike = 0.0,
    missing_is_below: bool = False,
    level: float = 0.95,
) -> Quantified:
    """Concentration, uncertainty and verdict of every response.

    Parameters
    ----------
    fit
        A curve, or the curves of a batch.
    response
        Ratios as the curve was made of, any shape; ``nan`` where there is none.
    of_curve
        Curve of each response, where there are several.
    standard_area
        Area of the internal standard of each; needed where the curve knows those of its calibrators.
    dilution, enrichment
        Factors of at least 0 between the sample and what was injected, in terms of how the calibrators were made.
    recovery, apply_recovery, standard_added
        Recovery as a fraction, and whether to divide by it.
    replicates
        Injections that each response is the mean of.
    loq, loq_rule
        A limit of quantification in the unit of the calibrators and the rule it is from; the higher of it and the lowest
        accepted level is used.
    u_bias
        Relative standard uncertainty that the batch shares beside its calibration.
    missing_is_below
        Whether no response beside a good internal standard means that no peak was found.
    level
        Coverage of ``lower`` to ``upper``.

    Returns
    -------
    Quantified
        In the shape of the responses.

    Raises
    ------
    DataRefused
        ``HW-D606`` without the areas of the internal standard that the curve asks for, or with areas it cannot judge;
        ``HW-D607`` for a recovery that must not be applied, or is not known; ``HW-D608`` for a factor that is not above 0;
        ``HW-D609`` where responses do not say their curve.

    Examples
    --------
    y = 1 + 2 x: a response of 7.0 is 3, and one of 100 is above the range.

    >>> from headworks.lab import fit_calibration
    >>> line = fit_calibration([1, 2, 3, 4, 5], [3, 5, 7, 9, 11], "1")
    >>> found = quantify(line, [7.0, 100.0, 1.1], dilution=2.0)
    >>> found.concentration.tolist(), found.verdict.tolist(), found.loq.tolist()
    ([6.0, nan, nan], ['quantified', 'above range: re-run', 'below_loq'], [2.0, 2.0, 2.0])
    """
    curves = fit.curves if isinstance(fit, CalibrationFit) else fit
    values = np.asarray(response, dtype=np.float64)
    flat, curve = values.ravel(), _curve_of(curves, of_curve, values)

    def spread(given: npt.ArrayLike) -> Array:
        return np.broadcast_to(np.asarray(given, dtype=np.float64), values.shape).ravel()

    factor = sample_factor(
        Preparation(spread(dilution), spread(enrichment), None if recovery is None else spread(recovery)),
        apply_recovery=apply_recovery,
        standard_added=standard_added,
    )
    has_standard = _standard_holds(curves, curve, None if standard_area is None else spread(standard_area))
    found = concentration_at(take_basis(curves.basis, curve), curves.coefficients[curve], flat)
    floor, rule = _limit(curves.lowest[curve], None if loq is None else spread(loq), loq_rule)
    highest = curves.highest[curve]
    code = _code(curves, curve, flat, found.concentration, (floor, highest), has_standard, missing_is_below)
    is_number = code == _QUANTIFIED
    is_fitted = (curves.problems[curve] & int(UNFIT)) == 0
    is_shown = (code < _STANDARD) | ((code == _CALIBRATION) & (flat >= 0) & is_fitted)
    estimate = np.where(is_shown, found.concentration * factor, np.nan)
    number = np.where(is_number, estimate, np.nan)
    interval = _interval(curves, curve, flat, found, is_number, spread(replicates), level)
    widths = _widths(interval, number, factor, spread(u_bias), level)
    words = np.array(VERDICTS, dtype=object)[code]

    def shaped(numbers: Array) -> Array:
        return numbers.reshape(values.shape)[()]

    return Quantified(
        concentration=shaped(number), standard_uncertainty=shaped(widths.standard), verdict=words.reshape(values.shape)[()],
        loq=shaped(floor * factor), highest=shaped(highest * factor), lower=shaped(widths.lower),
        upper=shaped(widths.upper), degrees_of_freedom=shaped(curves.degrees_of_freedom[curve]), u_day=shaped(widths.day),
        u_batch=shaped(widths.batch), estimate=shaped(estimate), reason=_reasons(code).reshape(values.shape)[()],
        limit_rule=rule.reshape(values.shape)[()],
    )  # fmt: skip


class _Widths(NamedTuple):
    standard: Array
    lower: Array
    upper: Array
    day: Array
    batch: Array


def _interval(
    curves: Curves, curve: Index, response: Array, found: Crossing, is_number: npt.NDArray[np.bool_], replicates: Array,
    level: float,
) -> Interval:  # fmt: skip
    """Interval of each response that has a number; not a number for the others."""
    rows = np.flatnonzero(is_number)
    x, slope = found.concentration[rows], found.slope[rows]
    inside = invert_curve(curves, curve[rows], response[rows], x, slope, replicates[rows], level)
    whole = [np.full(response.size, np.nan) for _ in inside]
    for cells, part in zip(whole, inside, strict=True):
        cells[rows] = part
    return Interval(*whole)


def _widths(interval: Interval, number: Array, factor: Array, bias: Array, level: float) -> _Widths:
    """Uncertainty and bounds in the unit of the result, and its two relative parts."""
    z = float(ndtri(0.5 + level / 2))
    off = bias * number
    with np.errstate(invalid="ignore", divide="ignore"):
        down, up = number - interval.lower * factor, interval.upper * factor - number
        own, common = interval.own * factor, interval.common * factor
        # What combines with normal quantiles later must bring the width that few calibrators cost.
        day = own * interval.width / z / number
        batch = np.hypot(common * interval.width / z, off) / number
        lower, upper = number - np.hypot(down, z * off), number + np.hypot(up, z * off)
        return _Widths(np.sqrt(own**2 + common**2 + off**2), np.maximum(lower, 0.0), upper, day, batch)


def _curve_of(curves: Curves, of_curve: npt.ArrayLike | None, values: Array) -> Index:
    n_curves = curves.s.size
    if of_curve is None and n_curves == 1:
        return np.zeros(values.size, dtype=np.int64)
    given = np.asarray([] if of_curve is None else of_curve, dtype=np.int64)
    if of_curve is None or given.shape != values.shape or (given.size and not 0 <= given.min() <= given.max() < n_curves):
        raise DataRefused(
            "Every response needs to say which curve it belongs to.",
            found=f"{values.size} responses, {given.size} curves named of {n_curves}",
            remedy="Give of_curve in the shape of the responses, counted from 0",
            code="HW-D609",
        )
    return given.ravel()


def _standard_holds(curves: Curves, curve: Index, area: Array | None) -> npt.NDArray[np.bool_]:
    mean = curves.standard_area[curve]
    if area is None:
        if np.isfinite(mean).any():
            raise DataRefused(
                "The areas of the internal standard are missing.",
                found="a curve whose calibrators have them",
                remedy="Give standard_area for every response: a ratio alone cannot show that the standard failed",
                code="HW-D606",
            )
        return np.ones(curve.size, dtype=bool)
    if (curves.problems[curve] == 0).any() and not np.isfinite(mean[curves.problems[curve] == 0]).all():
        raise DataRefused(
            "Areas of the internal standard cannot be judged.",
            found="a curve without those of its calibrators",
            remedy="Give standard_area to fit_calibration too",
            code="HW-D606",
        )
    rules = curves.profile
    with np.errstate(invalid="ignore"):
        return (area > 0) & (area >= rules.standard_area_lower * mean) & (area <= rules.standard_area_upper * mean)


def _limit(lowest: Array, loq: Array | None, rule: str) -> tuple[Array, Words]:
    words = np.full(lowest.shape, LOWEST_LEVEL, dtype=object)
    if loq is None:
        return lowest, words
    words[loq > lowest] = rule
    # A sample whose own limit is not known is held to that of the curve.
    return np.where(loq > lowest, loq, lowest), words


def _code(
    curves: Curves, curve: Index, response: Array, concentration: Array, limits: tuple[Array, Array],
    has_standard: npt.NDArray[np.bool_], missing_is_below: bool,
) -> Index:  # fmt: skip
    floor, highest = limits
    # Beyond its turning point a parabola has no concentration: the response lies above all it reaches, or below.
    is_bent_down = curves.coefficients[curve][:, -1] < 0
    with np.errstate(invalid="ignore"):
        never = np.isfinite(response) & np.isnan(concentration)
        above = (concentration > highest * (1 + 1e-12)) | (never & is_bent_down)
        below = (concentration < floor * (1 - 1e-12)) | (never & ~is_bent_down)
        unusable = ~(response >= 0) & ~(np.isnan(response) & missing_is_below)
    below |= np.isnan(response)
    # A failed internal standard is a fact of the injection, whatever the curve; without calibrators it cannot be judged.
    is_judged = np.isfinite(curves.standard_area[curve])
    cases = [~has_standard & is_judged, curves.problems[curve] != 0, unusable, above, below]
    return np.select(cases, [_STANDARD, _CALIBRATION, _RESPONSE, _ABOVE, _BELOW], _QUANTIFIED).astype(np.int64)


def _reasons(code: Index) -> Words:
    words = np.array(
        [
            "",
            "below the limit of quantification of the sample",
            "above the highest accepted level: dilute and run again",
            "the area of the internal standard is missing or out of bounds",
            "the response is missing or negative",
            "the calibration is not accepted",
        ],
        dtype=object,
    )
    chosen: Words = words[code]
    return chosen
