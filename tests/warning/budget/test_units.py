import numpy as np
import pytest
from tests.warning.budget.builders import small_province

from headworks.core.errors import DataRefused
from headworks.warning.budget import units_of


def test_what_lies_in_a_unit_and_around_it():
    units = small_province()
    assert np.flatnonzero(units.inside(1)).tolist() == [1, 3, 5, 6, 7]
    assert units.above(8) == [4, 2, 0]


def test_every_unit_comes_after_the_one_it_lies_in():
    units = units_of([2, 0, -1, 1], [3, 4, 1, 6])
    assert [members.tolist() for members in units.depths] == [[2], [0], [1], [3]]


@pytest.mark.parametrize(
    ("parent", "level", "found"),
    [
        ([-1, 5], [1, 2], "parent 5 of 2 units"),
        ([-1, 0], [3, 3], "1 not below"),
        ([1, 0], [2, 3], "1 not below"),
        ([-1], [7], "levels"),
        ([-1, 0], [1], "parents and"),
    ],
)
def test_a_tree_that_is_none_is_refused(parent, level, found):
    with pytest.raises(DataRefused, match="lies in") as refused:
        units_of(parent, level)
    assert refused.value.code == "HW-D820"
    assert found in refused.value.found
