"""Days, ISO weeks, months, quarters, half-years and years."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.core.errors import UsageError
from headworks.core.periods import KINDS, Period, period_label, sampling_day

days = st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31))


def test_the_drawn_example_of_the_new_year_holds():
    # 2026 has 53 weeks; its last Thursday is 31 December, so 2 January 2027 is in 2026-W53.
    saturday = dt.date(2027, 1, 2)
    assert Period.containing(saturday, "week").label == "2026-W53"
    assert Period.containing(saturday, "year").label == "2027"
    assert Period.containing(dt.date(2027, 1, 4), "week").label == "2027-W01"


@pytest.mark.parametrize(
    ("label", "first", "last"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-H1", "2024-01-01", "2024-06-30"),
        ("2024-H2", "2024-07-01", "2024-12-31"),
        ("2023-Q1", "2023-01-01", "2023-03-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2020-W53", "2020-12-28", "2021-01-03"),
        ("2024-05-07", "2024-05-07", "2024-05-07"),
    ],
)
def test_a_label_names_its_first_and_last_day(label, first, last):
    period = Period.parse(label)
    assert (period.first.isoformat(), period.last.isoformat(), period.label) == (first, last, label)


@given(days, st.sampled_from(KINDS))
def test_the_period_of_a_day_holds_it_and_its_label_parses_back(day, kind):
    period = Period.containing(day, kind)
    assert period.holds(day)
    assert Period.parse(period.label) == period


@given(days, st.sampled_from(KINDS))
def test_periods_of_a_kind_follow_each_other_without_gap(day, kind):
    period = Period.containing(day, kind)
    assert period.previous().last + dt.timedelta(days=1) == period.first
    assert period.previous().kind == kind


@given(days, st.sampled_from(KINDS))
def test_the_column_expression_gives_the_same_label(day, kind):
    frame = pl.DataFrame({"day": [day]})
    assert frame.select(period_label(pl.col("day"), kind)).item() == Period.containing(day, kind).label


@pytest.mark.parametrize("text", ["2024-13", "2024-Q5", "2023-W53", "31/02/2024", "2023-02-29", "", "abc", "2024-H3"])
def test_what_is_no_period_is_refused_with_the_forms_that_would_do(text):
    with pytest.raises(UsageError, match=r"Give 2024, 2024-H1, 2024-Q2, 2024-05, 2024-W19 or 2024-05-07"):
        Period.parse(text)


def test_a_year_before_a_leap_day_and_a_week_53_exists():
    assert Period.parse("2024-02-29").a_year_before().label == "2023-02-28"
    assert Period.parse("2020-W53").a_year_before().label == "2019-W52"
    assert Period.parse("2024-Q3").a_year_before().label == "2023-Q3"


def test_the_sampling_day_is_the_local_day_on_which_the_window_began():
    # Monday 08:00 in China is Monday 00:00 UTC; Tuesday 07:59 there is still Monday 23:59 UTC, but Tuesday's sample.
    frame = pl.DataFrame({"t": ["2026-12-28 00:00:00", "2026-12-28 23:59:00"], "offset": [480, 480]})
    days_found = frame.select(sampling_day(pl.col("t").str.to_datetime(), pl.col("offset"))).to_series().to_list()
    assert days_found == [dt.date(2026, 12, 28), dt.date(2026, 12, 29)]
