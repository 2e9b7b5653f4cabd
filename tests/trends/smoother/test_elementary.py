import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import erfcx

from headworks.trends.smoother.elementary import exponential, logarithm, tail


def test_they_are_those_of_the_library_to_the_last_digits():
    for x in np.linspace(-700, 700, 1501):
        assert exponential(x) == pytest.approx(np.exp(x), rel=1e-15)
    for x in np.concatenate([np.linspace(0, 40, 801), np.geomspace(40, 1e6, 20)]):
        assert tail(x) == pytest.approx(0.5 * erfcx(x / np.sqrt(2)), rel=2e-15)
    for x in np.geomspace(1e-290, 1e290, 1501):
        assert logarithm(x) == pytest.approx(np.log(x), rel=5e-16, abs=3e-16)


def test_next_to_one_the_logarithm_keeps_its_digits():
    # ln(1 + d) = d - d^2 / 2
    assert logarithm(1 + 2.0**-30) == pytest.approx(2.0**-30 - 2.0**-61, rel=1e-15)
    assert logarithm(1.0) == 0.0


@given(st.floats(-300, 300))
def test_one_undoes_the_other(x):
    assert logarithm(exponential(x)) == pytest.approx(x, abs=1e-13)


def test_beyond_the_bounds_nothing_is_left_and_nothing_overflows():
    assert exponential(-1e9) < 1e-300
    assert np.isfinite(exponential(1e9))
