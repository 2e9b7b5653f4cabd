import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.assessment.small_areas import benchmark_to_parent
from headworks.core.errors import DataRefused, UsageError


@given(st.integers(0, 10_000), st.sampled_from(["ratio", "difference"]))
def test_areas_add_up_to_their_parents(seed, method):
    rng = np.random.default_rng(seed)
    parent = np.r_[0, 1, 2, rng.integers(0, 3, 9)]
    weight, total = rng.uniform(1, 9, 12), rng.uniform(10, 90, 3)
    found = benchmark_to_parent(rng.uniform(0.1, 5, 12), weight, parent, total, method, variance=rng.uniform(0.1, 2, 12))
    assert np.bincount(parent, weight * found.rate) == pytest.approx(total)


def test_the_doubtful_area_is_moved_most():
    # 100 (0.1 + 0.3) = 40, 4 are missing; variances 1 and 3 share them 1 to 3.
    found = benchmark_to_parent([0.1, 0.3], 100, [0, 0], [44.0], "difference", variance=[1, 3])
    assert found.rate == pytest.approx([0.11, 0.33])
    assert found.factor == pytest.approx([1.1])


def test_figures_that_add_up_already_stay():
    assert benchmark_to_parent([1.0, 2.0], 1.0, [0, 0], [3.0]).rate.tolist() == [1.0, 2.0]


def test_parents_that_do_not_fit_are_refused():
    with pytest.raises(DataRefused, match="totals of their parents do not fit"):
        benchmark_to_parent([1.0, 2.0], 1.0, [0, 2], [3.0, 4.0, 5.0])
    with pytest.raises(DataRefused, match="sum to nothing"):
        benchmark_to_parent([0.0, 0.0], 1.0, [0, 0], [3.0])
    with pytest.raises(UsageError, match="One of: ratio, difference"):
        benchmark_to_parent([1.0], 1.0, [0], [3.0], "sum")
