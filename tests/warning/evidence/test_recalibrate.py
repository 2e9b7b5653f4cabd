import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

from headworks.core.errors import DataRefused
from headworks.warning.evidence import recalibrate


def test_a_rank_by_hand():
    # 1,000 of 9,999 earlier ones are at most 0.1: (1 + 1000) / (1 + 9999).
    earlier = np.arange(1, 10_000) / 10_000
    assert recalibrate([0.1], earlier).item() == pytest.approx(0.1001)


def test_a_law_too_wide_is_set_right():
    rng = np.random.default_rng(1)
    earlier, now = (ndtr(-0.8 * rng.standard_normal(20_000)) for _ in range(2))
    assert np.mean(now <= 0.01) < 0.004
    assert np.mean(recalibrate(now, earlier) <= 0.01) == pytest.approx(0.01, rel=0.25)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_what_was_smaller_stays_smaller(p, q):
    earlier = np.random.default_rng(2).random(3_000) ** 1.3
    first, second = recalibrate([p, q], earlier)
    assert (first - second) * (p - q) >= 0


def test_few_earlier_ones_are_refused_and_a_gap_stays_one():
    with pytest.raises(DataRefused, match=r"Too few earlier p-values.*Found: 3"):
        recalibrate([0.1], [0.1, 0.2, 0.3])
    assert np.isnan(recalibrate([np.nan], np.linspace(0.001, 1, 3_000))).all()
