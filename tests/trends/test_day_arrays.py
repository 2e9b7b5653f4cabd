import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headworks.core.periods import Period, period_label
from headworks.trends.day_arrays import day_arrays, distinct_places, group_by_code, group_by_period, group_by_week

KINDS = ["week", "month", "quarter", "half_year", "year"]


def labels_of(groups):
    return [groups.labels[code] for code in groups.label]


def test_days_stand_in_order_of_series_and_time_whatever_order_they_come_in(build):
    rows = [build.dated(dt.date(2025, 1, day), float(day), site_id=site) for site in "ba" for day in (9, 2, 30)]
    arrays = day_arrays(build.frame(rows))
    assert arrays.series["site_id"].to_list() == ["a", "b"]
    assert arrays.of_series.tolist() == [0, 0, 0, 1, 1, 1]
    assert arrays.value.tolist() == [2.0, 9.0, 30.0] * 2


def test_an_empty_cell_is_not_a_number_and_no_batch_is_minus_one(build):
    arrays = day_arrays(build.frame([build.dated(dt.date(2025, 1, 2), None), build.dated(dt.date(2025, 1, 3), batch_id="b")]))
    assert np.isnan([arrays.value[0], arrays.limit[0], arrays.population[0]]).all()
    assert arrays.batch.tolist() == [-1, 0]
    assert arrays.is_not_detected.tolist() == [False, False]


def test_days_of_which_only_the_year_is_known_come_first_by_year_and_weekday(build):
    rows = [build.dated(dt.date(1999, 1, 5)), *[build.one_day(weekday=day, year=year) for year, day in ((2021, 1), (2020, 7))]]
    arrays = day_arrays(build.frame(rows))
    assert list(zip(arrays.year, arrays.weekday, arrays.is_dated, strict=True)) == [
        (2020, 7, False), (2021, 1, False), (1999, 2, True),
    ]  # fmt: skip


def test_a_day_without_a_date_has_its_year_and_no_smaller_period(build):
    arrays = day_arrays(build.frame([build.one_day(year=2020), build.dated(dt.date(2020, 5, 5))]))
    assert labels_of(group_by_period(arrays, "year")) == ["2020"]
    assert group_by_period(arrays, "year").size.tolist() == [2]
    assert labels_of(group_by_period(arrays, "month")) == ["2020-05"]


def test_the_second_of_january_2027_is_of_2027_and_of_week_53_of_2026(build):
    arrays = day_arrays(build.frame([build.dated(dt.date(2027, 1, 2))]))
    assert [labels_of(group_by_period(arrays, kind)) for kind in KINDS] == [
        ["2026-W53"], ["2027-01"], ["2027-Q1"], ["2027-H1"], ["2027"],
    ]  # fmt: skip
    assert group_by_week(arrays)[1] == [(2026, 53)]


def test_only_the_periods_wanted_have_groups(build):
    arrays = day_arrays(build.frame([build.dated(dt.date(2025, month, 1)) for month in (1, 2, 3)]))
    assert labels_of(group_by_period(arrays, "month", frozenset({"2025-02", "2030-01"}))) == ["2025-02"]
    assert group_by_period(arrays, "month", frozenset()).start.size == 0
    assert group_by_week(arrays, frozenset({(2025, 5)}))[1] == [(2025, 5)]


def test_days_of_no_group_are_left_out(build):
    arrays = day_arrays(build.frame([build.dated(dt.date(2025, 1, day), float(day)) for day in (1, 2, 3)]))
    groups = group_by_code(arrays, np.array([1, -1, 0]), ["later", "earlier"])
    assert labels_of(groups) == ["later", "earlier"]
    assert arrays.value[groups.rows].tolist() == [3.0, 1.0]
    assert groups.of_row.tolist() == [0, 1]


def test_no_days_make_no_groups(build):
    none = day_arrays(build.frame([build.dated(dt.date(2025, 1, 1))])).take(np.zeros(0, dtype=np.int64))
    assert group_by_period(none, "week").start.size == 0
    assert group_by_week(none)[0].size.tolist() == []


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 900)), unique=True, max_size=30), st.sampled_from(KINDS))
@settings(max_examples=60, deadline=None)
def test_groups_are_those_of_a_plain_group_by(build, days, kind):
    rows = [build.dated(dt.date(2024, 1, 1) + dt.timedelta(days=n), float(n + 1), site_id=site) for site, n in days]
    frame = build.frame(rows) if rows else build.frame([build.dated(dt.date(2024, 1, 1))]).clear()
    arrays = day_arrays(frame)
    groups = group_by_period(arrays, kind)
    sums = np.add.reduceat(arrays.value[groups.rows], groups.start) if groups.start.size else np.zeros(0)
    sites = arrays.series["site_id"].to_numpy()[groups.of_series] if groups.start.size else []
    found = dict(zip(zip(sites, labels_of(groups), strict=True), sums.tolist(), strict=True))
    plain = frame.group_by("site_id", label=period_label(pl.col("day"), kind)).agg(pl.col("value").sum())
    assert found == pytest.approx({(site, label): value for site, label, value in plain.rows()})
    assert all(Period.parse(label).kind == kind for label in groups.labels)


def test_some_days_are_taken_out_by_site_day_and_residue_whatever_their_heading(build):
    first, second = dt.date(2025, 1, 1), dt.date(2025, 1, 2)
    rows = [build.dated(day, site_id=site, analyte=name) for day in (first, second) for site in "ab" for name in ("x", "y")]
    out = pl.DataFrame({"site_id": ["a", "b", "c"], "day": [first, first, first], "analyte": ["x", "y", "x"]})
    arrays = day_arrays(build.frame(rows), lambda: out)
    names = arrays.series.select("site_id", "analyte").rows()
    told = [(*names[one], day) for one, day in zip(arrays.of_series, arrays.ordinal, strict=True)]
    one, other = ((day - dt.date(1970, 1, 1)).days for day in (first, second))
    assert told == [
        ("a", "x", other), ("a", "y", one), ("a", "y", other), ("b", "x", one), ("b", "x", other), ("b", "y", other),
    ]  # fmt: skip


def test_taking_out_no_day_leaves_all(build):
    frame = build.frame([build.dated(dt.date(2025, 1, 1))])
    none = pl.DataFrame(schema={"site_id": pl.String, "day": pl.Date, "analyte": pl.String})
    assert day_arrays(frame, lambda: none).ordinal.tolist() == day_arrays(frame).ordinal.tolist()


@given(st.lists(st.integers(-3_000_000, 3_000_000), max_size=40))
def test_distinct_values_are_those_of_numpy_whether_counted_or_sorted(values):
    array = np.array(values, dtype=np.int64)
    found, place = distinct_places(array)
    assert found.tolist() == sorted(set(values))
    assert found[place].tolist() == values
