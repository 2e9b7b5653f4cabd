import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.core.errors import DataRefused
from headworks.trends.statements import doubling_time, p_rose_by, rise_over


def test_a_rise_of_a_tenth_expected_and_asked_for_is_even():
    # ln 1.1 is 0.0953: half of what may be lies above it.
    assert p_rose_by(0.0953102, 0.01, 10.0).item() == pytest.approx(0.5, abs=1e-5)


@given(st.floats(-2, 2), st.floats(0.001, 2), st.floats(-90, 300), st.floats(0.1, 100))
def test_a_larger_rise_is_less_likely(change, variance, percent, more):
    assert p_rose_by(change, variance, percent + more) <= p_rose_by(change, variance, percent)


@given(st.floats(-2, 2), st.floats(0.001, 2))
def test_a_fall_is_a_rise_backwards(change, variance):
    there, back = rise_over(change, variance), rise_over(-change, variance)
    assert there.p_rose + back.p_rose == pytest.approx(1)
    assert there.lower * back.upper == pytest.approx(1)


def test_a_change_without_doubt_is_certain():
    assert p_rose_by([0.2, -0.2], [0.0, 0.0], 0.0).tolist() == [1.0, 0.0]


def test_nothing_falls_by_all():
    with pytest.raises(DataRefused, match="falls by 100") as refused:
        p_rose_by(0.0, 1.0, -100.0)
    assert refused.value.code == "HW-D545"


def test_a_slope_that_may_be_none_doubles_perhaps_never():
    found = doubling_time([0.01, -0.01], [1.0, 1e-12])
    assert found.longest[0] == np.inf
    assert found.days[1] == pytest.approx(-np.log(2) / 0.01)
    assert np.isinf(doubling_time(0.0, 1.0).days)
