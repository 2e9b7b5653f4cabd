import numpy as np
import pytest

from headworks.assessment.comparison.equal_lists import equal_lists, require_one_of, require_probability
from headworks.core.errors import DataRefused, UsageError


def test_one_number_stands_for_all_areas():
    assert [one.tolist() for one in equal_lists("HW-D760", a=2.0, b=[1, 2])] == [[2.0, 2.0], [1.0, 2.0]]


def test_lists_of_different_lengths_are_refused_with_their_lengths():
    with pytest.raises(DataRefused, match=r"not one number per area.*a 2, b 3"):
        equal_lists("HW-D760", a=[1, 2], b=[1, 2, 3])


def test_a_gap_is_refused_by_its_place():
    with pytest.raises(DataRefused, match=r"missing or infinite.*a, place 2") as refused:
        equal_lists("HW-D763", a=[1, np.nan])
    assert refused.value.code == "HW-D763"


@pytest.mark.parametrize("value", [0.0, 1.0, -1, np.nan])
def test_a_probability_lies_between_0_and_1(value):
    with pytest.raises(UsageError, match="not between 0 and 1"):
        require_probability("level", value)


def test_a_method_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(UsageError, match=r"no such method.*One of: ratio, difference"):
        require_one_of("method", "sum", ("ratio", "difference"))
