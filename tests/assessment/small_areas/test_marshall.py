import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.assessment.small_areas import marshall
from headworks.core.errors import DataRefused


def test_equal_rates_stay():
    found = marshall([2, 4, 6], [1.0, 2.0, 3.0])
    assert (found.variance, found.rate.tolist()) == (0.0, [2.0, 2.0, 2.0])


@given(st.lists(st.tuples(st.integers(0, 50), st.floats(0.5, 30)), min_size=2, max_size=20))
def test_an_estimate_lies_between_the_crude_and_the_common_rate(areas):
    y, n = np.array(areas).T
    if y.sum() == 0:
        return
    found = marshall(y, n)
    low, high = np.minimum(y / n, found.common), np.maximum(y / n, found.common)
    assert np.all((found.rate >= low - 1e-12) & (found.rate <= high + 1e-12))


def test_no_case_anywhere_is_refused():
    with pytest.raises(DataRefused, match="Nothing was counted anywhere"):
        marshall([0, 0], [1.0, 1.0])
