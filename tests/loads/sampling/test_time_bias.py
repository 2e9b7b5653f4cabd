"""What a time-proportional composite misses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.core.errors import DataRefused
from headworks.loads.sampling import time_proportional_bias

days = st.lists(st.tuples(st.floats(0.1, 1e3), st.floats(0.1, 1e5)), min_size=1, max_size=24)


def test_concentration_that_rises_with_the_flow_makes_the_load_too_low():
    # 1 x 100 + 2 x 300 = 700 against 1.5 x 400 = 600: a sixth of itself is missing.
    assert time_proportional_bias([1.0, 2.0], [100.0, 300.0]) == pytest.approx(1 / 6)
    # Dilution: 2 x 100 + 1 x 300 = 500 against 600.
    assert time_proportional_bias([2.0, 1.0], [100.0, 300.0]) == pytest.approx(-1 / 6)


@given(days)
def test_it_is_the_covariance_over_the_product_of_means_and_corrects_exactly(pairs):
    c, q = np.array(pairs).T
    bias = time_proportional_bias(c, q)
    assert bias == pytest.approx(np.cov(c, q, ddof=0)[0, 1] / (c.mean() * q.mean()) if len(c) > 1 else 0.0, abs=1e-9)
    assert (1 + bias) * c.mean() * q.sum() == pytest.approx((c * q).sum())


@given(days, st.floats(0.1, 10.0))
def test_a_constant_flow_or_concentration_has_no_bias(pairs, constant):
    c, _ = np.array(pairs).T
    assert time_proportional_bias(c, np.full(len(c), constant)) == pytest.approx(0.0, abs=1e-12)
    assert time_proportional_bias(np.full(len(c), constant), c) == pytest.approx(0.0, abs=1e-12)


def test_days_are_rows():
    both = time_proportional_bias([[1.0, 2.0], [2.0, 1.0]], [[100.0, 300.0]] * 2)
    assert both.tolist() == pytest.approx([1 / 6, -1 / 6])


@pytest.mark.parametrize(
    ("c", "q"), [([1.0], [1.0, 2.0]), ([-1.0], [1.0]), ([0.0], [1.0]), ([1.0], [0.0]), ([], []), ([np.nan], [1.0])]
)
def test_what_is_no_day_is_refused(c, q):
    with pytest.raises(DataRefused, match="go in pairs"):
        time_proportional_bias(c, q)
