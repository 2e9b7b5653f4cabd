import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from headworks.assessment.evaluation import Counted, Window, before_after
from headworks.core.errors import DataRefused

EARLY, LATE = Window.of_years(2020), Window.of_years(2022)


def compared(was, now, early=EARLY, late=LATE, **others):
    options = {"shape": 5.0, "rate": 0.5, **others}
    return before_after(Counted(was, [1.0], early, early), Counted(now, [2.0], late, late), **options)


@given(st.integers(1, 80), st.integers(0, 80))
def test_bounds_of_the_ratio_are_exact(was, now):
    found = compared([was], [now])
    share = binomtest(now, was + now).proportion_ci(method="exact")
    assert found.ratio_lower[0] == pytest.approx(share.low / (1 - share.low) / 2)
    assert found.ratio_upper[0] == pytest.approx(share.high / (1 - share.high) / 2)


def test_the_effect_is_what_is_left_after_the_expected_fall():
    # (5 + 20) / (0.5 + 1) = 16.67 a year are expected after 20, 33.3 in two; 25 were seen.
    found = compared([20], [25])
    assert found.expected_ratio[0] == pytest.approx(25 / 1.5 / 20)
    assert found.ratio[0] == pytest.approx(0.625)
    assert found.effect[0] == pytest.approx(0.75)
    assert found.effect_lower[0] < found.effect[0] < found.effect_upper[0]


def test_nothing_counted_before_has_no_ratio_and_still_an_effect():
    found = compared([0], [4])
    assert np.isnan(found.ratio[0])
    assert found.ratio_upper[0] == np.inf
    assert found.effect[0] == pytest.approx(4 / (2 * 5 / 1.5))


def test_claims_on_windows_that_overlap_are_refused_before_anything_is_computed():
    with pytest.raises(DataRefused, match=r"overlap: 67 %.*cannot be seen"):
        compared([20], [25], Window.of_years(2020, 3), Window.of_years(2021, 3))


def test_a_denominator_of_another_window_is_refused():
    wrong = Counted([20], [1.0], Window.of_years(2020, 3), EARLY)
    with pytest.raises(DataRefused, match=r"2\.99 times what it should be. Where: before"):
        before_after(wrong, Counted([20], [1.0], LATE, LATE), shape=5.0, rate=0.5)


def test_nothing_counted_at_all_is_refused():
    with pytest.raises(DataRefused, match="Nothing was counted before or after"):
        compared([0], [0])
