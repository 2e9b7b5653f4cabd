import datetime as dt
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.core.errors import UsageError
from headworks.jobs.desk import CalendarRule, calendar_days, stratum_of

MONDAY = dt.date(2025, 1, 6)


def rule(days=1, per="week", weeks=13, **more):
    return CalendarRule(days, per, MONDAY, MONDAY + dt.timedelta(days=7 * weeks - 1), **more)


@given(st.integers(1, 7), st.integers(1, 30), st.integers(1, 1000), st.text(min_size=1, max_size=8))
def test_every_weekday_comes_equally_often_to_within_one(days, weeks, seed, site):
    found = calendar_days(rule(days, weeks=weeks, seed=seed), site)
    assert len(found) == days * weeks
    counts = Counter(day.isoweekday() for day in found)
    assert max(counts.values()) - min(counts.get(n, 0) for n in range(1, 8)) <= 1
    assert len(set(found)) == len(found)


@given(st.integers(1, 13), st.integers(1, 1000))
def test_days_of_a_quarter_are_spread_and_stratified(days, seed):
    year = CalendarRule(days, "quarter", dt.date(2025, 1, 1), dt.date(2025, 12, 31), seed)
    found = calendar_days(year, "P1")
    assert Counter((day.month - 1) // 3 for day in found) == dict.fromkeys(range(4), days)
    counts = Counter(day.isoweekday() for day in found)
    assert max(counts.values()) - min(counts.get(n, 0) for n in range(1, 8)) <= 1


def test_a_week_that_the_plan_cuts_off_does_not_send_everybody_out_on_its_one_day():
    sunday = CalendarRule(2, "week", MONDAY - dt.timedelta(days=1), MONDAY + dt.timedelta(days=6))
    first = [calendar_days(sunday, f"P{n}")[0] == sunday.first for n in range(400)]
    # Two days of seven.
    assert 0.2 < sum(first) / 400 < 0.38


def test_the_same_seed_draws_the_same_days_and_sites_differ():
    assert calendar_days(rule(), "P1") == calendar_days(rule(), "P1")
    firsts = {calendar_days(rule(weeks=1), f"P{n}")[0] for n in range(40)}
    assert len(firsts) == 7


def test_a_holiday_is_never_used():
    holidays = frozenset(MONDAY + dt.timedelta(days=n) for n in range(6))
    assert calendar_days(rule(weeks=1, days=2, holidays=holidays), "P1") == [MONDAY + dt.timedelta(days=6)]
    assert stratum_of(MONDAY, holidays) == "holiday"
    assert stratum_of(MONDAY) == "1"


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"per": "year"}, "no such period"),
        ({"days": 8}, "So many days"),
        ({"days": 0}, "So many days"),
        ({"weeks": 0}, "ends after"),
        ({"weeks": 200}, "two years"),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused(said, found):
    with pytest.raises(UsageError, match=found) as refused:
        calendar_days(rule(**said), "P1")
    assert refused.value.code == "HW-U148"
