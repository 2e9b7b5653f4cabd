"""Results and their verdicts: the textbook's error, limits of samples, and when there is no number."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from studies.lab_intervals import LEVELS, Noise, coverage

from headworks.core.errors import DataRefused
from headworks.lab import fit_calibration, fit_curves, quantify, response_ratio
from headworks.lab.calibration import NoiseModel

NAN = float("nan")
X = np.array([1.0, 2, 5, 10, 50, 100, 500, 1000])
Y = np.array([0.0123, 0.0219, 0.0545, 0.1042, 0.5230, 1.0110, 5.1200, 10.0300])
AREAS = np.full(8, 1000.0)


@pytest.mark.parametrize(("weight", "power"), [("1/x", 1), ("1/x2", 2)])
@pytest.mark.parametrize("m", [1, 3])
def test_the_standard_uncertainty_is_that_of_the_textbook(weight, power, m):
    fit = fit_calibration(X, Y, weight)
    w, y0 = X**-power, 0.3
    xm, ym = (w * X).sum() / w.sum(), (w * Y).sum() / w.sum()
    x0 = (y0 - fit.intercept) / fit.slope
    inside = 1 / (x0**-power * m) + 1 / w.sum() + (y0 - ym) ** 2 / (fit.slope**2 * (w * (X - xm) ** 2).sum())
    found = quantify(fit, y0, replicates=m)
    assert found.concentration == pytest.approx(x0, rel=1e-12)
    assert found.standard_uncertainty == pytest.approx(fit.s / fit.slope * np.sqrt(inside), rel=1e-9)
    # t(0.975, 6) = 2.446912. The bounds are where the response is t errors from the curve, the error as it is there: the roots
    # of b^2 (x - x0)^2 = t^2 s^2 (x^power / m + 1 / sum w + (x - xm)^2 / sum w (x - xm)^2).
    x, spread = np.polynomial.Polynomial([0.0, 1.0]), (w * (X - xm) ** 2).sum()
    errors = x**power / m + 1 / w.sum() + (x - xm) ** 2 / spread
    roots = (fit.slope**2 * (x - x0) ** 2 - (2.446912 * fit.s) ** 2 * errors).roots()
    assert [found.lower, found.upper] == pytest.approx(sorted(roots), rel=1e-5)
    assert np.hypot(found.u_day, found.u_batch) == pytest.approx(
        2.446912 / 1.959964 * found.standard_uncertainty / x0, rel=1e-6
    )


def test_known_noise_stands_in_the_interval_as_it_is():
    # Proportional noise of 6 %, constant of 0.8: at 10 the own part is sqrt(0.8^2 + 0.6^2) = 1.
    fit = fit_calibration(X, 2 * X, "1/x2", noise=NoiseModel(0.8, 0.06))
    found = quantify(fit, 20.0)
    assert found.u_day == pytest.approx(0.1, rel=1e-4)
    with pytest.raises(DataRefused, match="constant and a proportional part") as refused:
        fit_calibration(X, Y, noise=NoiseModel(-1.0, 0.1))
    assert refused.value.code == "HW-D604"


def test_limits_follow_the_sample_and_name_their_rule():
    fit = fit_calibration(X, 2 * X)
    found = quantify(
        fit, [1.0, 20.0, 4000.0], dilution=[1, 10, 10], enrichment=50.0, loq=[0.5, 3.0, NAN], loq_rule="blanks (Currie)"
    )
    assert found.loq[:2].tolist() == pytest.approx([1 / 50, 3 * 10 / 50])
    assert found.limit_rule.tolist()[:2] == ["lowest accepted level", "blanks (Currie)"]
    assert found.verdict.tolist()[:2] == ["below_loq", "quantified"]
    assert found.concentration[1] == pytest.approx(2.0)
    assert np.isnan(found.concentration[[0, 2]]).all()
    assert quantify(fit, 4000.0, dilution=10.0).verdict == "above range: re-run"
    assert quantify(fit, 4000.0, dilution=10.0).highest == pytest.approx(10_000.0)


def test_the_ends_of_the_range_are_within_it():
    fit = fit_calibration(X, 2 * X)
    assert quantify(fit, [2.0, 2000.0]).verdict.tolist() == ["quantified"] * 2


@pytest.mark.parametrize("area", [NAN, 0.0, -5.0, 1.0, 499.0, 1501.0, np.inf])
def test_a_failed_internal_standard_gives_no_number_of_any_kind(area):
    fit = fit_calibration(X, Y, standard_area=AREAS)
    found = quantify(fit, 0.3, standard_area=area)
    assert found.verdict == "invalid: internal standard"
    numbers = (found.concentration, found.standard_uncertainty, found.lower, found.upper, found.u_day, found.u_batch)
    assert np.isnan([*numbers, found.estimate]).all()


@pytest.mark.parametrize("area", [500.0, 1000.0, 1500.0])
def test_an_internal_standard_within_its_bounds_passes(area):
    assert quantify(fit_calibration(X, Y, standard_area=AREAS), 0.3, standard_area=area).verdict == "quantified"


def test_areas_that_are_missing_are_asked_for():
    for fit, areas, what in (
        (fit_calibration(X, Y, standard_area=AREAS), None, "areas of the internal standard are missing"),
        (fit_calibration(X, Y), 1000.0, "cannot be judged"),
    ):
        with pytest.raises(DataRefused, match=what) as refused:
            quantify(fit, 0.3, standard_area=areas)
        assert refused.value.code == "HW-D606"


def test_negative_and_missing_responses_are_invalid_unless_no_peak_was_looked_for_and_found():
    fit = fit_calibration(X, Y)
    assert quantify(fit, [-0.1, NAN]).verdict.tolist() == ["invalid: response"] * 2
    assert quantify(fit, [-0.1, NAN], missing_is_below=True).verdict.tolist() == ["invalid: response", "below_loq"]


def test_a_ratio_needs_its_standard():
    assert response_ratio([1.0, -2.0], [4.0, 4.0], 10.0).tolist() == [2.5, -5.0]
    assert np.isnan(response_ratio([1.0, 1.0, 1.0], [NAN, 0.0, -1.0])).all()


def test_recovery_is_applied_only_by_its_switch_and_never_on_top_of_an_early_standard():
    fit = fit_calibration(X, 2 * X)
    assert quantify(fit, 20.0, recovery=0.5).concentration == pytest.approx(10.0)
    late = quantify(fit, 20.0, recovery=0.5, apply_recovery=True, standard_added="after_extraction")
    assert (late.concentration, late.loq) == pytest.approx((20.0, 2.0))
    for options in ({"recovery": 0.5}, {"standard_added": "after_extraction"}):
        with pytest.raises(DataRefused, match="recovery cannot be applied") as refused:
            quantify(fit, 20.0, apply_recovery=True, **options)
        assert refused.value.code == "HW-D607"


@pytest.mark.parametrize("name", ["dilution", "enrichment", "recovery"])
def test_a_factor_of_a_sample_is_above_zero(name):
    with pytest.raises(DataRefused, match=f"The {name} of a sample is not above 0") as refused:
        quantify(fit_calibration(X, Y), [0.3, 0.3], **{name: [1.0, 0.0]})
    assert refused.value.code == "HW-D608"


def test_of_several_curves_each_response_says_its_own():
    curves = fit_curves(np.stack([X, X]), np.stack([2 * X, 4 * X]))
    assert quantify(curves, [40.0, 40.0], of_curve=[0, 1]).concentration == pytest.approx([20.0, 10.0])
    for which in (None, [0], [0, 2]):
        with pytest.raises(DataRefused, match="which curve") as refused:
            quantify(curves, [40.0, 40.0], of_curve=which)
        assert refused.value.code == "HW-D609"


@given(st.floats(1.5, 900), st.floats(0.01, 100), st.floats(0.01, 100))
def test_dilution_and_enrichment_scale_the_result_and_leave_its_relative_error(x0, dilution, enrichment):
    fit = fit_calibration(X, Y)
    y0 = fit.intercept + fit.slope * x0
    plain, scaled = quantify(fit, y0), quantify(fit, y0, dilution=dilution, enrichment=enrichment)
    assert plain.concentration == pytest.approx(x0)
    factor = dilution / enrichment
    for name in ("concentration", "standard_uncertainty", "lower", "upper", "loq", "highest"):
        assert getattr(scaled, name) == pytest.approx(factor * getattr(plain, name), rel=1e-9)
    assert (scaled.u_day, scaled.u_batch) == pytest.approx((plain.u_day, plain.u_batch), rel=1e-9)


def test_a_bias_is_shared_by_the_batch():
    plain, off = (quantify(fit_calibration(X, Y), 0.3, u_bias=u) for u in (0.0, 0.1))
    assert (off.u_day, off.u_batch) == pytest.approx((plain.u_day, np.hypot(plain.u_batch, 0.1)))
    assert off.upper > plain.upper


def test_a_result_is_the_same_bits_alone_and_among_others():
    rng = np.random.default_rng(6)
    curves = fit_curves(np.stack([X] * 5), np.stack([Y] * 5) * rng.normal(1, 0.03, (5, 8)))
    which, y = rng.integers(0, 5, 3001), rng.uniform(0.02, 9, 3001)
    together = quantify(curves, y, of_curve=which)
    for rows in (slice(0, 1), slice(7, 20), slice(3000, 3001)):
        part = quantify(curves, y[rows], of_curve=which[rows])
        for name in ("concentration", "lower", "upper", "u_day", "u_batch"):
            assert getattr(part, name).tobytes() == getattr(together, name)[rows].tobytes()


def test_a_number_of_the_result_exists_exactly_where_it_is_quantified():
    rng = np.random.default_rng(3)
    fit = fit_calibration(X, Y, standard_area=AREAS)
    found = quantify(fit, rng.normal(2, 6, 2000), standard_area=rng.normal(1000, 400, 2000))
    is_quantified = found.verdict == "quantified"
    assert len(set(found.verdict)) == 5
    for name in ("concentration", "standard_uncertainty", "lower", "upper", "u_day", "u_batch"):
        assert (np.isfinite(getattr(found, name)) == is_quantified).all()
    assert ((found.reason == "") == is_quantified).all()


@pytest.mark.parametrize("levels", ["6", "8", "10"])
@pytest.mark.parametrize("noise", [Noise(0.0, 0.05), Noise(0.05, 0.05), Noise(0.1, 0.05)])
def test_intervals_hold_over_the_range_with_the_weight_chosen_by_the_product(levels, noise):
    # 2,000 batches: a Monte Carlo standard error of 0.5 points a cell, 0.2 over all; allowed are 3 beside what the study found.
    found = coverage(LEVELS[levels], noise, 2_000, seed=11)
    assert 0.94 < found.overall < 0.965
    assert (found.held[1:] > 0.93 - 0.015).all()
    assert (found.held[1:] < 0.97 + 0.015).all()


def test_intervals_hold_with_noise_learnt_from_earlier_batches_even_where_most_of_it_is_constant():
    found = coverage(LEVELS["8"], Noise(0.1, 0.02), 2_000, seed=12, history=10)
    assert 0.93 < found.overall < 0.97
    assert (found.held > 0.91).all()
