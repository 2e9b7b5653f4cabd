import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.warning.budget.builders import p_of, small_province

from headworks.warning.budget import fold
from headworks.warning.budget.fold import cap

UNITS = small_province()


def shown_of(small):
    p = p_of(UNITS, small)
    return np.flatnonzero(fold(p < 0.01, p, UNITS)[:, 0]).tolist()


@pytest.mark.parametrize(
    ("small", "shown"),
    [
        ({3: 1e-8, 5: 1e-4, 6: 1e-4, 1: 1e-5}, [3]),  # all of a county
        ({3: 1e-3, 5: 1e-8, 1: 1e-3}, [5]),  # one site speaks louder
        ({3: 1e-6, 4: 1e-6, 0: 1e-4}, [3, 4]),  # two counties in two cities
        ({3: 1e-6, 4: 1e-6, 0: 1e-9}, [0]),  # the whole province
        ({0: 1e-3, 8: 1e-3}, [0]),  # equally strong: one event rather than many
        ({}, []),
    ],
)
def test_forty_rows_are_one_event_at_the_unit_that_speaks_loudest(small, shown):
    assert shown_of(small) == shown


@given(st.lists(st.floats(1e-9, 1.0), min_size=10, max_size=10))
def test_no_event_lies_in_another_and_every_rejected_unit_is_in_around_or_is_one(values):
    p = np.array(values)[:, None]
    rejected = p < 0.05
    shown = np.flatnonzero(fold(rejected, p, UNITS)[:, 0]).tolist()
    assert not any(outer in UNITS.above(unit) for unit in shown for outer in shown)
    for unit in np.flatnonzero(rejected[:, 0]).tolist():
        assert any(unit == one or unit in UNITS.above(one) or one in UNITS.above(unit) for one in shown)


def test_a_cap_keeps_the_strongest_of_each_city_and_of_all():
    p = p_of(UNITS, {5: 1e-3, 6: 1e-5, 8: 1e-4})
    shown = p < 0.01
    assert np.flatnonzero(cap(shown, p, UNITS, ((2, 1),))[:, 0]).tolist() == [6, 8]
    assert np.flatnonzero(cap(shown, p, UNITS, ((0, 1), (2, 1)))[:, 0]).tolist() == [6]


def test_an_event_of_a_province_is_in_no_city_and_not_held_back_by_its_cap():
    p = p_of(UNITS, {0: 1e-3})
    assert cap(p < 0.01, p, UNITS, ((2, 1),))[0, 0]
