import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.core.periods import KINDS, Period
from headworks.tables import PART
from headworks.workflows.parts import part_of_label, part_of_week, with_part_of_day, with_part_of_period, with_part_of_week


@pytest.mark.parametrize(
    ("label", "part"),
    [
        ("2026-W53", "2026-12"), ("2027-W01", "2027-01"), ("2026-W01", "2026-01"), ("2026-W05", "2026-01"),
        ("2026-02", "2026-02"), ("2026-Q1", "2026-Q1"), ("2026-H1", "2026-H1"), ("2026", "2026"),
    ],
)  # fmt: skip
def test_every_period_has_its_own_part_and_a_week_that_of_its_month(label, part):
    assert part_of_label(label) == part


@given(st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)))
def test_the_part_of_a_week_is_the_same_by_label_and_by_number(day):
    year, week, _ = day.isocalendar()
    assert part_of_week(year, week) == part_of_label(Period.containing(day, "week").label)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)), st.sampled_from([kind for kind in KINDS if kind != "day"]))
def test_the_part_of_a_period_is_in_the_year_its_label_names(day, kind):
    label = Period.containing(day, kind).label
    assert part_of_label(label)[:4] == label[:4]


def test_rows_get_their_part_and_keep_their_order():
    periods = pl.DataFrame({"period": ["2026-W53", "2026", "2026-W53"], "x": [1, 2, 3]})
    assert with_part_of_period(periods).rows() == [("2026-W53", 1, "2026-12"), ("2026", 2, "2026"), ("2026-W53", 3, "2026-12")]
    weeks = pl.DataFrame({"year": [2026, 2019], "week": [53, 0]})
    assert with_part_of_week(weeks)[PART].to_list() == ["2026-12", "2019"]
    days = pl.DataFrame({"day": [dt.date(2027, 1, 2)]})
    assert with_part_of_day(days)[PART].to_list() == ["2027-01"]


def test_no_rows_have_no_parts():
    assert with_part_of_period(pl.DataFrame(schema={"period": pl.String})).schema[PART] == pl.String
    assert with_part_of_week(pl.DataFrame(schema={"year": pl.Int16, "week": pl.Int8})).schema[PART] == pl.String
