from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.trends.areas.shared_errors import Members, SharedBy, SumOver

# Two areas: the first holds units 0, 1, 2, the second 1 and 2.
UNIT, AREA = np.array([0, 1, 2, 1, 2]), np.array([0, 0, 0, 1, 1])
SHARE = np.array([1.0, 0.5, 1.0, 0.5, 0.25])
NETWORK = SimpleNamespace(unit=UNIT, area=AREA, share=SHARE, n_units=3, start=np.array([0, 3]))


def members(is_present, held=()):
    active = is_present[UNIT]
    for entry, week in held:
        active[entry, week] = False
    return Members(NETWORK, is_present, active), active


def all_there(n_weeks=2):
    return np.ones((3, n_weeks), bool)


def test_an_entry_held_by_a_site_downstream_adds_nothing_in_that_week():
    # Unit 1 is held in the first area in week 0: 1 x 2 + 1 x 4, then 1 x 2 + 0.5 x 3 + 1 x 4.
    some, _ = members(all_there(), [(1, 0)])
    values = np.array([[2.0, 2.0], [3.0, 3.0], [4.0, 4.0]])
    assert SumOver(some, AREA, 2, 1)(values, some).tolist() == [[6.0, 7.5], [2.5, 2.5]]


@given(st.integers(0, 2**15 - 1), st.integers(0, 2**15 - 1), st.integers(0, 2))
def test_sums_are_those_of_active_entries_one_by_one(present, held, power):
    bits = np.arange(15)
    is_present = (present >> bits & 1).astype(bool)[:9].reshape(3, 3)
    some, active = members(is_present, zip(*np.nonzero((held >> bits & 1).reshape(5, 3)), strict=True))
    values = np.where(is_present, np.arange(1.0, 10.0).reshape(3, 3), 0.0)
    each = np.where(active, values[UNIT] * SHARE[:, None] ** power, 0.0)
    assert SumOver(some, AREA, 2, power)(values, some) == pytest.approx(np.array([each[:3].sum(axis=0), each[3:].sum(axis=0)]))


def test_what_a_laboratory_s_sites_share_is_added_before_it_is_squared():
    # Units 0 and 1 share a laboratory, unit 2 has none: (1 x 2 + 0.5 x 4)^2 = 16; in the second area (0.5 x 4)^2 = 4.
    some, _ = members(all_there(1))
    shared = SharedBy(some, np.array([7, 7, -1]))
    errors = shared.errors(np.array([[2.0], [4.0], [8.0]]), some)
    assert shared.variance(errors).tolist() == [[16.0], [4.0]]
    assert shared.area.tolist() == [0, 1]


def test_nobody_shares_anything_without_a_label():
    some, _ = members(all_there(1))
    shared = SharedBy(some, np.full(3, -1))
    assert shared.variance(shared.errors(np.ones((3, 1)), some)).tolist() == [[0.0], [0.0]]


def test_an_entry_is_in_both_weeks_only_where_it_is_added_in_both():
    some, _ = members(all_there(3), [(1, 0)])
    both = some.in_both(1)
    counted = SumOver(some, AREA, 2, 0)(both.is_present.astype(float), both)
    assert counted.tolist() == [[0.0, 2.0, 3.0], [0.0, 2.0, 2.0]]
