import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.warning.budget.builders import p_of, small_province

from headworks.core.errors import DataRefused
from headworks.warning.budget import Budget, Families, select_week, units_of

UNITS = small_province()


def test_what_is_allowed_by_hand():
    # 5 sites x 1 drug, 1 week a budget: 0.1 x 1/5 = 0.02 for one event, 0.04 for two.
    one = select_week(p_of(UNITS, {5: 0.03}), UNITS, Budget(0.1), budget_weeks=1)
    two = select_week(p_of(UNITS, {5: 0.03, 8: 0.03}), UNITS, Budget(0.1), budget_weeks=1)
    assert not one.shown.any()
    assert np.flatnonzero(two.shown[:, 0]).tolist() == [5, 8]
    assert two.allowed[6] == pytest.approx(0.04)


def test_what_was_shown_before_earns_room():
    p = p_of(UNITS, {5: 0.03})
    assert select_week(p, UNITS, Budget(0.1), budget_weeks=1, shown_before=[0, 0, 0, 0, 0, 0, 1]).shown[5, 0]


def test_each_level_pays_for_itself():
    # 2 counties: 0.05 for one of them, though none of the 5 sites passes.
    found = select_week(p_of(UNITS, {3: 0.045, 5: 0.045}), UNITS, Budget(0.1), budget_weeks=1)
    assert np.flatnonzero(found.shown[:, 0]).tolist() == [3]


def test_what_is_folded_or_capped_earns_no_room():
    # The site at 0.005 is folded under its county, so the other one stands alone, and 0.03 is too much for one.
    found = select_week(p_of(UNITS, {3: 0.001, 5: 0.005, 8: 0.03}), UNITS, Budget(0.1), budget_weeks=1)
    assert np.flatnonzero(found.shown[:, 0]).tolist() == [3]
    capped = select_week(p_of(UNITS, {5: 0.03, 8: 0.03}), UNITS, Budget(0.1, ((0, 1),)), budget_weeks=1)
    assert not capped.shown.any()


@given(st.lists(st.floats(0, 1), min_size=20, max_size=20), st.floats(0.01, 0.5), st.integers(0, 3))
def test_every_event_shown_is_paid_for_by_the_number_shown(values, share, before):
    p = np.array(values).reshape(10, 2) ** 2
    found = select_week(p, UNITS, Budget(share), budget_weeks=1, shown_before=np.full(7, before))
    for level in range(1, 7):
        at = UNITS.level == level
        if found.shown[at].any():
            allowed = share * (before + found.shown[at].sum()) / (2 * at.sum())
            assert p[at][found.shown[at]].max() <= allowed * (1 + 1e-12)


@given(st.permutations(range(5)))
def test_the_order_of_sites_does_not_matter(order):
    units = units_of([-1] * 5, [6] * 5)
    p = np.array([0.001, 0.02, 0.03, 0.5, 0.9])[:, None]
    found, moved = (select_week(one, units, Budget(0.1), budget_weeks=1).shown for one in (p, p[list(order)]))
    assert (moved == found[list(order)]).all()


def test_weeks_that_cannot_be_assessed_are_not_shown_and_not_counted():
    p = p_of(UNITS, {5: 0.04})
    p[[7, 8, 9]] = np.nan
    found = select_week(p, UNITS, Budget(0.1), budget_weeks=1)
    assert np.flatnonzero(found.shown[:, 0]).tolist() == [5]
    assert not select_week(np.full((10, 1), np.nan), UNITS, Budget(0.1)).shown.any()


@pytest.mark.parametrize("p", [np.full((10, 1), 1.5), np.full((10, 1), -0.1), np.full((3, 1), 0.5), np.full(10, 0.5)])
def test_what_are_no_p_values_of_the_units_is_refused(p):
    with pytest.raises(DataRefused, match="between 0 and 1") as refused:
        select_week(p, UNITS, Budget(0.1))
    assert refused.value.code == "HW-D822"


def test_events_of_one_family_earn_no_room_for_another():
    # 5 sites, two columns: of one family 0.1 / 10 an event, and the four of the first column make room for the second's.
    p = np.concatenate([p_of(UNITS, dict.fromkeys(range(5, 9), 1e-6)), p_of(UNITS, {9: 0.04})], axis=1)
    apart = Families(np.array([0, 1]), np.array([0.5, 0.5]))
    together, alone = (select_week(p, UNITS, Budget(0.1), families=one, budget_weeks=1).shown for one in (None, apart))
    assert together[9, 1]
    assert alone[:, 1].sum() == 0
    assert alone[:, 0].tolist() == together[:, 0].tolist()


def test_a_family_spends_its_part_of_the_share():
    # One of 5 hypotheses, a quarter of 0.1.
    quarter = Families(np.zeros(1, np.int64), np.array([0.25]))
    found = [select_week(p_of(UNITS, {5: p}), UNITS, Budget(0.1), families=quarter, budget_weeks=1) for p in (0.0049, 0.0051)]
    assert [one.shown.any() for one in found] == [True, False]
    assert found[0].allowed[6, 0] == pytest.approx(0.005)
