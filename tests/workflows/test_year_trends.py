import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.trends.areas.builders import COUNTY, PLANTS, day, days, network

from headworks.core.schema import require_promise
from headworks.tables import PART, OutlyingDays, Trends
from headworks.workflows.year_trends import Quarters, learn_from_year, quarters_of, trends_of_days

EPOCH = dt.date(1970, 1, 1)


OWN = ("2026-Q1", "2026-Q2", "2026-Q3")


@pytest.mark.parametrize(
    ("before", "after", "labels"),
    [
        (True, True, ("2025-Q4", *OWN)), (True, False, ("2025-Q4", *OWN, "2026-Q4")), (False, True, OWN),
        (False, False, (*OWN, "2026-Q4")),
    ],
)  # fmt: skip
def test_a_quarter_is_told_when_days_on_both_sides_of_it_are_known(before, after, labels):
    assert quarters_of(2026, has_before=before, has_after=after).labels == labels


@given(st.integers(2000, 2100), st.lists(st.booleans(), min_size=4, max_size=9))
def test_every_quarter_of_a_year_with_facts_is_told_once(first, known):
    present = {first + n for n, one in enumerate(known) if one}
    told = [
        label
        for year in present
        for label in quarters_of(year, has_before=year - 1 in present, has_after=year + 1 in present).labels
    ]
    assert sorted(told) == sorted(f"{year}-Q{quarter}" for year in present for quarter in range(1, 5))


@given(st.integers(1990, 2090))
def test_the_weeks_of_four_quarters_are_those_of_the_iso_year(year):
    weeks = Quarters(tuple(f"{year}-Q{quarter}" for quarter in range(1, 5))).weeks
    ends = [EPOCH + dt.timedelta(days=int(one)) for one in weeks]
    assert {one.isocalendar()[0] for one in ends} == {year}
    assert len(ends) == dt.date(year, 12, 28).isocalendar()[1]
    assert {one.isoweekday() for one in ends} == {7}
    assert np.all(np.diff(weeks) == 7)


def test_trends_of_sites_and_areas_come_with_their_part():
    rng = np.random.default_rng(3)
    rows = [
        day(site, float(10 * np.exp(rng.normal(0, 0.2))), dt.date(2025, 1, 6) + dt.timedelta(weeks=week), people=10_000.0)
        for site in "ab"
        for week in range(50)
    ]
    [(told, outlying)] = trends_of_days(days(*rows), network(COUNTY, PLANTS), Quarters(("2025-Q3", "2025-Q4")))
    require_promise(Trends, told.drop(PART), where="trends")
    require_promise(OutlyingDays, outlying.drop(PART), where="outlying days")
    assert set(told[PART]) == {"2025-Q3", "2025-Q4"}
    assert told["period"].min() == "2025-W27"
    assert set(told["unit_id"]) == {"a", "b", "K", "Ta", "Tb"}


def test_no_day_gives_no_trend():
    arrays = days(day("a"))
    nothing = arrays.take(np.zeros(1, bool))
    [(told, outlying)] = trends_of_days(nothing, network(COUNTY, PLANTS), Quarters(("2025-Q1", "2025-Q2")))
    assert told.is_empty()
    assert outlying.is_empty()


def province_of(first, weeks, seed=3):
    rng = np.random.default_rng(seed)
    return [
        day(site, float(10 * np.exp(rng.normal(0, 0.2))), first + dt.timedelta(weeks=week), people=10_000.0)
        for site in "ab"
        for week in range(weeks)
    ]


def test_a_year_teaches_what_the_next_uses_and_new_days_do_not_change_it():
    arrays = days(*province_of(dt.date(2024, 1, 1), 60))
    longer = days(*province_of(dt.date(2024, 1, 1), 60)[:-3], *province_of(dt.date(2025, 3, 3), 5, seed=8))
    net = network(COUNTY, PLANTS)
    learnt, again = learn_from_year(arrays, net, 2024), learn_from_year(longer, net, 2024)
    assert learnt.settings.filter(site_id="a").equals(again.settings.filter(site_id="a"))
    assert set(learnt.settings["year"]) == {2024}
    [(told, _)] = trends_of_days(arrays, net, Quarters(("2025-Q1", "2025-Q2")), learnt)
    [(anew, _)] = trends_of_days(arrays, net, Quarters(("2025-Q1", "2025-Q2")))
    assert told.height == anew.height
    assert not told["level"].equals(anew["level"])


def test_a_year_of_few_weeks_teaches_nothing():
    arrays = days(*province_of(dt.date(2024, 11, 4), 30))
    found = learn_from_year(arrays, network(COUNTY, PLANTS), 2024)
    assert (found.settings.height, found.offsets.height) == (0, 0)
