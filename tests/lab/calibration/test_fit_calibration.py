"""One curve: its errors, what is left out and why, and what cannot be fitted."""

import numpy as np
import pytest

from headworks.core.errors import DataRefused
from headworks.lab import fit_calibration, quantify

X = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0]


def line(x=X, a=0.5, b=2.0, **options):
    return fit_calibration(x, [a + b * value for value in x], **options)


def test_a_line_by_hand():
    # x 0, 1, 2 and y 0, 1, 5: b 2.5, a -0.5; residuals 0.5, -1, 0.5, s^2 = 1.5 / 1; SE(b) = sqrt(1.5 / 2).
    fit = fit_calibration([0, 1, 2], [0, 1, 5], "1")
    assert (fit.slope, fit.intercept, fit.s**2, fit.slope_error**2) == pytest.approx((2.5, -0.5, 1.5, 0.75))
    assert fit.intercept_error**2 == pytest.approx(1.5 * (1 / 3 + 1 / 2))


def test_a_parabola_gives_back_its_coefficients_and_concentrations():
    x = np.array(X)
    fit = fit_calibration(x, 0.3 + 2 * x - 0.01 * x**2, "1/x", degree=2)
    assert (fit.intercept, fit.slope, fit.curvature) == pytest.approx((0.3, 2.0, -0.01), rel=1e-9)
    assert fit.back_calculated(0.3 + 2 * 20 - 0.01 * 400) == pytest.approx(20.0)
    assert fit.is_accepted


def test_a_parabola_that_turns_within_the_range_gives_no_number():
    x = np.array(X)
    # The top lies at x = 2 / 0.08 = 25.
    fit = fit_calibration(x, 2 * x - 0.04 * x**2, "1", degree=2)
    assert fit.reasons == ("the parabola turns within the range",)
    assert quantify(fit, 10.0).verdict == "invalid: calibration"


def test_beyond_its_turning_point_a_parabola_is_above_range_not_a_crash():
    x = np.array(X)
    fit = fit_calibration(x, 2 * x - 0.02 * x**2, "1", degree=2)
    assert fit.is_accepted
    assert quantify(fit, [60.0, 10.0]).verdict.tolist() == ["above range: re-run", "quantified"]


def test_a_calibrator_is_left_out_with_its_reason_and_the_curve_is_fitted_anew():
    y = [0.5 + 2 * value for value in X]
    y[2] *= 3
    assert fit_calibration(X, y).is_beyond[2]
    fit = fit_calibration(X, y, excluded={2: "bubble in the syringe"})
    assert (fit.slope, fit.excluded, fit.is_accepted) == (pytest.approx(2.0), {2: "bubble in the syringe"}, True)
    assert np.isnan(fit.deviations[2])


@pytest.mark.parametrize("excluded", [{2: " "}, {9: "not there"}])
def test_leaving_out_without_a_reason_or_place_is_refused(excluded):
    with pytest.raises(DataRefused, match="only by its place and with a reason") as refused:
        line(excluded=excluded)
    assert refused.value.code == "HW-D605"


@pytest.mark.parametrize(
    ("x", "y", "reason"),
    [
        ([], [], "no usable calibrator"),
        ([1, 2, 3], [None, None, None], "no usable calibrator"),
        ([5] * 6, [1, 2, 1, 2, 1, 2], "too few levels or calibrators for the curve and its error"),
        ([1, 2], [1, 2], "too few levels or calibrators for the curve and its error"),
        (X, [60, 50, 40, 30, 20, 10], "the response does not grow with the concentration"),
        (X, [1e300 * value for value in X], "too few levels or calibrators for the curve and its error"),
        (X, [float("inf")] * 6, "no usable calibrator"),
        (X[:4], [2, 4, 8, 16], "fewer accepted levels than the profile asks for"),
    ],
)
def test_what_cannot_be_calibrated_says_why_and_gives_no_number(x, y, reason):
    fit = fit_calibration(x, y)
    assert (fit.is_accepted, fit.reasons[0]) == (False, reason)
    found = quantify(fit, [1.0, 5.0, float("nan"), -3.0])
    assert set(found.verdict) == {"invalid: calibration"}
    assert np.isnan(found.concentration).all()


def test_calibrators_the_machine_leaves_out_are_named():
    fit = fit_calibration(
        [0, 1, 2, 4, 8, 16, 32, 64], [0, -1, None, 8, 16, 32, 64, 128], standard_area=[1, 1, 1, 1, 1, 1, 1, float("nan")]
    )
    assert fit.not_used == {
        0: "a blank is used with weight 1 only", 1: "negative response", 2: "no response", 7: "no area of the internal standard",
    }  # fmt: skip


def test_a_level_used_twice_is_said():
    fit = fit_calibration([*X, 8.0], [*(2 * value for value in X), 15.9])
    assert fit.notes == ("level 8 was used 2 times and counts as one level",)
    assert fit.is_accepted


def test_a_calibrator_whose_own_internal_standard_is_off_is_said():
    fit = line(standard_area=[1000, 1000, 200, 1000, 1000, 1000])
    assert fit.notes == ("level 4: the area of its internal standard is out of bounds",)


def test_a_relative_standard_error_above_its_limit_is_a_reason():
    y = [2 * value * (1.25 if i % 2 else 0.8) for i, value in enumerate(X)]
    assert (
        "the relative standard error is above the limit of the profile" in fit_calibration(X, y, profile="epa_1633a").reasons
    )
