import numpy as np
import pytest
from scipy.stats import nbinom

from headworks.assessment.evaluation import (
    Window,
    correlation_between,
    drift_of_unlisted,
    expected_regression_to_mean,
    expected_without_action,
)
from headworks.core.errors import DataRefused


def test_the_fall_of_selected_areas_is_the_simulated_one():
    # 400,000 areas, 6.7 % of them listed: standard error of the mean fall is 0.11.
    rng = np.random.default_rng(1)
    before = rng.standard_normal(400_000)
    after = 0.6 * before + 0.8 * rng.standard_normal(400_000)
    listed = before > 1.5
    fall = 20 * (before[listed].mean() - after[listed].mean())
    assert fall == pytest.approx(expected_regression_to_mean(0.6, 20, 1.5), abs=0.4)


def test_figures_that_repeat_exactly_do_not_regress():
    assert expected_regression_to_mean(1.0, 20, 1.5) == 0.0


def test_bounds_and_chance_are_those_of_the_negative_binomial():
    found = expected_without_action([7, 0], [2.0, 3.0], [4, 1], [2.0, 5.0], shape=1.5, rate=0.5)
    shape, rate = np.array([8.5, 1.5]), np.array([2.5, 3.5])
    slow = nbinom(shape, rate / (rate + np.array([2.0, 5.0])))
    assert found.mean == pytest.approx(slow.mean())
    assert found.p_as_low == pytest.approx(slow.cdf([4, 1]))
    assert (found.lower.tolist(), found.upper.tolist()) == (slow.ppf(0.025).tolist(), slow.ppf(0.975).tolist())


def test_drift_widens_and_does_not_move():
    plain, wide = (
        expected_without_action([30], [1.0], [20], [1.0], shape=9.0, rate=1.0, drift=drift) for drift in (0.0, 0.4)
    )  # fmt: skip
    assert plain.mean == wide.mean
    assert wide.lower < plain.lower < plain.upper < wide.upper


def test_drift_and_common_change_are_found_again():
    # 4,000 areas; both are then known within about 0.02.
    rng = np.random.default_rng(2)
    n = rng.uniform(5, 40, 4_000)
    truth = rng.standard_gamma(4.0, 4_000) / 4
    later = 1.3 * truth * rng.standard_gamma(1 / 0.09, 4_000) * 0.09
    change, drift = drift_of_unlisted(rng.poisson(n * truth), n, rng.poisson(n * later), n, shape=4.0, rate=4.0)
    assert (change, drift) == pytest.approx((1.3, 0.3), abs=0.06)


def test_what_cannot_be_is_refused():
    with pytest.raises(DataRefused, match=r"needs a correlation and a spread.*rho 1.5"):
        expected_regression_to_mean(1.5, 1, 0)
    with pytest.raises(DataRefused, match="No correlation can be had"):
        correlation_between([1, 2], [1, 2], Window.of_years(2012), Window.of_years(2013))
    with pytest.raises(DataRefused, match="Too few areas that nobody acted on"):
        drift_of_unlisted([1], [1], [1], [1], shape=1, rate=1)
    with pytest.raises(DataRefused, match="What all areas say is off"):
        expected_without_action([1], [1], [1], [1], shape=0, rate=1)
    with pytest.raises(DataRefused, match="exposure_after, place 1"):
        expected_without_action([1], [1], [1], [0], shape=1, rate=1)
