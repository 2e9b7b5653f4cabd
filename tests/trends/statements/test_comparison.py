import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.trends.statements import compare_levels


def test_own_errors_count_and_shared_ones_do_not():
    # Variances 0.01 and 0.02, own ln(1.04) = 0.0392 each: sd = sqrt(0.1084) = 0.3293.
    found = compare_levels(1.0, 0.01, 1.0, 0.02, u_first=0.2, u_second=0.2)
    assert found.upper.item() == pytest.approx(np.exp(1.959964 * np.sqrt(0.03 + 2 * np.log(1.04))))
    assert compare_levels(1.0, 0.01, 1.0, 0.02, u_first=0.2, u_second=0.2, u_shared=0.2).upper < found.upper


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(0.001, 1), st.floats(0, 0.5))
def test_the_other_way_round_is_the_inverse(first, second, variance, u):
    there = compare_levels(first, variance, second, variance, u_first=u)
    back = compare_levels(second, variance, first, variance, u_second=u)
    assert there.ratio * back.ratio == pytest.approx(1)
    assert there.p_higher + back.p_higher == pytest.approx(1)
