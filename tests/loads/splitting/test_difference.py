"""The rest of a whole after its parts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.loads.splitting.difference import Bounded, difference_interval

AMOUNTS = st.floats(0.01, 1e4)


def test_ten_less_four_by_hand():
    # 3 down and 2 for the part: sqrt(13) = 3.6056; 4 up and 1: sqrt(17) = 4.1231.
    rest = difference_interval(Bounded(10.0, 7.0, 14.0), [Bounded(4.0, 3.0, 6.0)])
    assert (rest.value, rest.lower, rest.upper) == pytest.approx((6.0, 2.39445, 10.12311), abs=1e-5)


def test_what_both_share_cancels():
    # Fully correlated: down 3 - 2 = 1, up 4 - 1 = 3.
    rest = difference_interval(Bounded(10.0, 7.0, 14.0), [Bounded(4.0, 3.0, 6.0, 1.0)])
    assert (rest.lower, rest.upper) == pytest.approx((5.0, 9.0))


@given(AMOUNTS, st.floats(1.0, 5.0))
def test_nothing_taken_off_leaves_the_whole_with_its_own_bounds(a, k):
    rest = difference_interval(Bounded(a, a / k, a * k), [Bounded(0.0, 0.0, 0.0)])
    assert (rest.value, rest.lower, rest.upper) == pytest.approx((a, a / k, a * k), rel=1e-9)


@given(AMOUNTS, AMOUNTS, st.floats(1.0, 5.0), st.floats(0.1, 10.0))
def test_the_unit_does_not_matter(a, d, k, scale):
    one = difference_interval(Bounded(a, a / k, a * k), [Bounded(d, d / k, d * k)])
    other = difference_interval(Bounded(a * scale, a / k * scale, a * k * scale),
                                [Bounded(d * scale, d / k * scale, d * k * scale)])  # fmt: skip
    assert tuple(np.multiply(one[:3], scale)) == pytest.approx(other[:3], rel=1e-6, abs=1e-9 * a * scale)


def test_a_rest_below_zero_is_zero_and_says_how_much_was_cut_off():
    rest = difference_interval(Bounded(1.0, 0.9, 1.1), [Bounded(5.0, 4.0, 6.0)])
    assert (rest.value, rest.lower, rest.upper) == (0.0, 0.0, 0.0)
    assert rest.clipped_share == pytest.approx(1.0)
    # Half of a distribution about 0 is cut off.
    assert difference_interval(Bounded(5.0, 4.0, 6.0), [Bounded(5.0, 4.0, 6.0)]).clipped_share == pytest.approx(0.5)
    # 2 less 1 with bounds of +/- 1: 1.96 standard deviations from 0, so 2.5 % is cut off.
    assert difference_interval(Bounded(2.0, 1.0, 3.0), [Bounded(1.0, 1.0, 1.0)]).clipped_share == pytest.approx(0.025)


def test_without_doubt_the_clip_is_all_or_nothing():
    assert difference_interval(Bounded(2.0, 2.0, 2.0), [Bounded(1.0, 1.0, 1.0)]).clipped_share == 0.0
    assert difference_interval(Bounded(1.0, 1.0, 1.0), [Bounded(2.0, 2.0, 2.0)]).clipped_share == 1.0
