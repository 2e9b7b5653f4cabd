import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.trends.smoother.transition import SLOPE_MEMORY_DAYS, transitions

TABLE = transitions(800)


@given(st.integers(0, 400), st.integers(0, 400))
def test_two_gaps_are_one_gap(first, second):
    step = [np.array([[1.0, TABLE[n, 1]], [0.0, TABLE[n, 0]]]) for n in (first, second, first + second)]
    noise = [
        np.array([[TABLE[n, 2], TABLE[n, 3]], [TABLE[n, 3], 1 - TABLE[n, 0] ** 2]]) for n in (first, second, first + second)
    ]
    assert step[1] @ step[0] == pytest.approx(step[2], rel=1e-12)
    assert step[1] @ noise[0] @ step[1].T + noise[1] == pytest.approx(noise[2], rel=1e-6, abs=1e-9)


def test_a_day_grows_as_a_third_of_its_cube():
    # The slope's variance grows by 2/120 a day; added up twice, 2/120 x 1^3 / 3 = 1/180.
    assert TABLE[1, 2] == pytest.approx(2 / SLOPE_MEMORY_DAYS / 3, rel=0.01)
