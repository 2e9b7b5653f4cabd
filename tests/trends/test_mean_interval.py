import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.core.errors import DataRefused
from headworks.trends.mean_interval import mean_interval, sampling_variance, widen_by_shared

LOADS = st.lists(st.floats(0, 1e5), min_size=2, max_size=9)


def test_statistics_canada_s_interval_of_seven_days():
    # 4 +- t(6) s / sqrt(7): s^2 = 28 / 6, s / sqrt(7) = 0.8165, t = 2.4469, half = 1.9979.
    found = mean_interval([1, 2, 3, 4, 5, 6, 7])
    assert found == pytest.approx((4.0, 2.0021, 5.9979), abs=1e-4)


def test_seven_of_seven_days_leave_only_the_noise():
    # (0.2 x 4)^2 / 7 = 0.0914, root 0.3024, times 2.4469 = 0.7399.
    found = mean_interval([1, 2, 3, 4, 5, 6, 7], days_in_period=7, u_day=0.2)
    assert found == pytest.approx((4.0, 3.2601, 4.7399), abs=1e-4)


def test_seven_of_fourteen_days_leave_half_the_scatter():
    # v = 0.5 x (28/6) / 7 = 1/3, half = 2.4469 x 0.57735 = 1.4127.
    found = mean_interval([1, 2, 3, 4, 5, 6, 7], days_in_period=14)
    assert found.upper - found.mean == pytest.approx(1.4127, abs=1e-4)


def test_the_lower_bound_is_clipped_at_zero():
    assert mean_interval([0, 0, 9]).lower == 0.0


def test_one_day_borrows_the_scatter_of_others():
    # 10 exp(0.125 -+ 1.95996 x 0.5): 10 x 1.13315 / 2.66445 and 10 x 1.13315 x 2.66445.
    found = mean_interval([10.0], log_sd=0.5)
    assert found == pytest.approx((10.0, 4.2529, 30.192), abs=1e-3)


@given(LOADS, st.floats(0.01, 100))
def test_twice_the_load_is_twice_the_interval(values, factor):
    scaled = mean_interval([factor * value for value in values], days_in_period=30, u_day=0.1)
    plain = mean_interval(values, days_in_period=30, u_day=0.1)
    assert scaled == pytest.approx(tuple(factor * bound for bound in plain), rel=1e-9, abs=1e-6)


@given(LOADS, st.integers(9, 400))
def test_the_interval_holds_the_mean_and_a_longer_period_widens_it(values, days):
    shorter, longer = mean_interval(values, days), mean_interval(values, days + 1)
    assert shorter.lower <= shorter.mean <= shorter.upper
    assert longer.upper >= shorter.upper - 1e-9 * (1 + shorter.upper)


def test_an_endless_period_is_the_limit_of_a_long_one():
    assert mean_interval([1, 2, 4], 10**9) == pytest.approx(tuple(mean_interval([1, 2, 4])), rel=1e-6)


def test_without_shared_error_the_total_interval_is_the_sample_interval():
    mean, lower, upper = np.array([5.0]), np.array([4.0]), np.array([7.0])
    assert np.array(widen_by_shared(mean, lower, upper, np.zeros(1), 0.95)).ravel() == pytest.approx([4.0, 7.0])


def test_without_a_mean_the_limit_takes_the_shared_error_whole():
    # k = exp(1.95996 x 0.1) = 1.21653.
    nothing = np.array([np.nan])
    low, high = widen_by_shared(nothing, np.zeros(1), np.array([10.0]), np.array([0.1]), 0.95)
    assert (low.item(), high.item()) == pytest.approx((0.0, 12.1653), abs=1e-4)


def test_more_days_than_the_period_has_leave_no_scatter():
    one = np.ones(1)
    assert sampling_variance(one, 9 * one, 8 * one, 7 * one, 0 * one).item() == 0.0


@pytest.mark.parametrize(
    ("values", "more", "message"),
    [
        ([], {}, "0 values"),
        ([1.0, -2.0], {}, r"values \[-2.0\]"),
        ([1.0, float("nan")], {}, "nan"),
        ([[1.0], [2.0]], {}, r"shape \(2, 1\)"),
        ([1.0, 2.0], {"days_in_period": 1}, "2 days of a period of 1"),
        ([1.0], {}, "One day has no scatter"),
    ],
)
def test_what_is_no_list_of_days_is_refused(values, more, message):
    with pytest.raises(DataRefused, match=message) as refused:
        mean_interval(values, **more)
    assert refused.value.code == "HW-D301"


def test_a_level_of_one_is_refused():
    with pytest.raises(DataRefused, match="between 0 and 1"):
        mean_interval([1.0, 2.0], level=1.0)
