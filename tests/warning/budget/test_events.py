import numpy as np
import pytest
from tests.warning.budget.builders import p_of, small_province

from headworks.core.errors import DataRefused
from headworks.warning.budget import Budget, Families, follow_weeks

UNITS = small_province()
BUDGET = Budget(0.1)


def weeks(*small):
    return np.stack([p_of(UNITS, one) for one in small], axis=2)


def seen(events):
    return [(one.unit, one.first_week, one.last_week) for one in events]


def test_an_alarm_that_goes_on_is_one_event():
    events, ledger = follow_weeks(weeks({3: 1e-6}, {3: 1e-7, 5: 1e-5}, {}, {3: 1e-6}), UNITS, BUDGET)
    assert seen(events) == [(3, 0, 3)]
    assert events[0].p_least == 1e-7
    assert ledger.shown == (0, 0, 0, 1, 0, 0, 0)


def test_after_four_quiet_weeks_it_is_over_and_may_begin_again():
    events, _ = follow_weeks(weeks({5: 1e-6}, {}, {}, {}, {}, {5: 1e-6}), UNITS, BUDGET)
    assert seen(events) == [(5, 0, 0), (5, 5, 5)]


def test_an_area_with_stronger_evidence_takes_over_what_is_inside():
    events, ledger = follow_weeks(weeks({5: 1e-6}, {3: 1e-9, 5: 1e-6}), UNITS, BUDGET)
    assert seen(events) == [(5, 0, 0), (3, 1, 1)]
    assert events[1].took_over == (5,)
    assert [one.unit for one in ledger.is_open] == [3]


def test_an_area_does_not_outdo_its_site_by_what_both_learnt_this_week():
    events, _ = follow_weeks(weeks({5: 1e-6}, {3: 1e-9, 5: 1e-12}), UNITS, BUDGET)
    assert seen(events) == [(5, 0, 1)]


def test_an_area_that_only_echoes_its_site_is_no_event():
    events, _ = follow_weeks(weeks({5: 1e-9}, {3: 1e-6}), UNITS, BUDGET)
    assert seen(events) == [(5, 0, 0)]


def test_what_was_folded_is_told():
    events, _ = follow_weeks(weeks({3: 1e-9, 5: 1e-6, 1: 1e-5}), UNITS, BUDGET)
    assert events[0].folded == (1, 5)


def test_other_drugs_are_other_events():
    p = np.full((10, 2, 1), 0.5)
    p[3, 0, 0] = p[5, 1, 0] = 1e-7
    events, _ = follow_weeks(p, UNITS, BUDGET)
    assert [(one.unit, one.drug) for one in events] == [(3, 0), (5, 1)]


def test_a_further_week_is_as_if_all_had_been_followed_at_once():
    p = np.random.default_rng(4).random((10, 3, 30)) ** 6
    whole, at_end = follow_weeks(p, UNITS, BUDGET, budget_weeks=12)
    kept, ledger = {}, None
    for first, last in ((0, 7), (7, 8), (8, 30)):
        events, ledger = follow_weeks(p[:, :, first:last], UNITS, BUDGET, ledger=ledger, budget_weeks=12)
        kept |= {(one.unit, one.drug, one.first_week): one for one in events}
    assert ledger == at_end
    assert sorted(kept.values(), key=lambda one: (one.first_week, one.unit, one.drug)) == whole


def test_the_count_begins_anew_with_a_new_budget_year():
    events, ledger = follow_weeks(weeks({5: 1e-6}, {}, {8: 1e-6}), UNITS, BUDGET, budget_weeks=2)
    assert len(events) == 2
    assert ledger.shown[6] == 1


def test_weeks_of_other_units_than_the_ledger_are_refused():
    _, ledger = follow_weeks(weeks({9: 1e-6}), UNITS, BUDGET)
    with pytest.raises(DataRefused, match="other units") as refused:
        follow_weeks(np.full((2, 1, 1), 0.5), UNITS, BUDGET, ledger=ledger)
    assert refused.value.code == "HW-D823"


def test_each_family_counts_its_own_events_over_weeks():
    p = np.full((10, 2, 2), 0.5)
    p[5, 0, 0] = p[8, 0, 1] = p[9, 1, 1] = 1e-6
    apart = Families(np.array([0, 1]), np.array([0.5, 0.5]))
    _, ledger = follow_weeks(p, UNITS, BUDGET, families=apart)
    assert np.reshape(ledger.shown, (2, 7))[:, 6].tolist() == [2, 1]
    with pytest.raises(DataRefused, match="other units") as refused:
        follow_weeks(p, UNITS, BUDGET, ledger=ledger)
    assert refused.value.code == "HW-D823"
