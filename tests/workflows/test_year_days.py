"""Days of a year, as arrays and as a table: the two must be one."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from tests.workflows.builders import facts, method, result, sample, table

from headworks.trends.day_arrays import day_arrays
from headworks.workflows import derive_situation, residue_headings, situation_days, with_places
from headworks.workflows.scope import YearScope
from headworks.workflows.year_days import LOOKED_BACK_ON, days_of_year

DAYS = [dt.date(2024, 12, 30), dt.date(2025, 1, 2), dt.date(2025, 5, 5), dt.date(2025, 12, 31), dt.date(2026, 1, 2)]
LAST = dt.date(2026, 1, 3)


def published(*rows):
    """Published loads of site b: ``(year, week, weekday, load)``; of week 0 only the year is known."""
    return table(
        "reported_loads",
        [
            {
                "site_id": "b", "country": "X", "city": "Y", "year": year, "week": week, "weekday": weekday,
                "analyte": "methamphetamine", "drug": "methamphetamine", "load_mg_per_1000_per_day": load,
                "detection": "quantified",
            }
            for year, week, weekday, load in rows
        ],
    )  # fmt: skip


@pytest.fixture(scope="module")
def known():
    """Loads of two sites on five days, some censored, and published days, one of them also computed here."""
    samples = [sample(site, day) for site in "ab" for day in DAYS]
    results = [
        result(one, None if n % 3 == 2 else 50.0 + n, name)
        for n, one in enumerate(samples)
        for name in ("methamphetamine", "new 1")
    ]
    told = facts(samples, results)
    loads = derive_situation(told, method()).tables["loads"]
    sites = with_places(told["sites"], told["areas"])
    reported = published((2025, 19, 1, 7.0), (2025, 19, 2, 8.0), (2025, 0, 3, 9.0), (2023, 0, 3, 1.0), (2026, 1, 7, 5.0))
    return loads, sites, reported


def days(known, kept_out=None):
    loads, sites, reported = known
    none = loads.select("site_id", "day", "analyte").clear()
    return days_of_year(
        2025, loads.select(LOOKED_BACK_ON), reported, sites, method(), LAST, lambda: none if kept_out is None else kept_out
    )


def test_the_arrays_are_those_of_the_table_of_days(known):
    loads, sites, reported = known
    headings = residue_headings(method().parameters, loads, reported)
    whole = situation_days(loads, reported, sites, headings, method().uncertainty)
    near = pl.col("day").is_between(dt.date(2024, 1, 1), LAST)
    expected = day_arrays(whole.filter(near.fill_null(pl.col("year") == 2025)))
    found = days(known).arrays
    assert found.series.equals(expected.series)
    for name in found._fields[1:]:
        assert np.array_equal(
            getattr(found, name), getattr(expected, name), equal_nan=name in {"value", "limit", "population"}
        )


def test_a_week_as_a_table_holds_its_days_in_order_with_their_places(known):
    found = days(known).of_weeks(frozenset({(2025, 1), (2025, 19), (2025, 0)}))
    told = found.select("site_id", "week", "weekday", "analyte").rows()
    assert told == sorted(told)
    assert set(told) == {
        *[(site, 1, weekday, name) for site in "ab" for weekday in (1, 4) for name in ("methamphetamine", "new 1")],
        *[(site, 19, 1, name) for site in "ab" for name in ("methamphetamine", "new 1")],
        ("b", 19, 2, "methamphetamine"), ("b", 0, 3, "methamphetamine"),
    }  # fmt: skip
    assert found["country"].null_count() == 0


def test_a_day_that_was_computed_counts_once_and_as_computed(known):
    found = days(known).of_weeks(frozenset({(2025, 19)})).filter(site_id="b", weekday=1, analyte="methamphetamine")
    assert found.height == 1
    assert found["value"].item() != 7.0


def test_a_day_kept_out_is_in_neither_form_whoever_tells_its_load(known):
    out = pl.DataFrame(
        {"site_id": ["a", "b", "b"], "day": [dt.date(2025, 5, 5), dt.date(2025, 5, 5), dt.date(2025, 5, 6)]}
    ).with_columns(analyte=pl.lit("methamphetamine"))
    whole, rest = days(known), days(known, out)
    assert whole.arrays.ordinal.size - rest.arrays.ordinal.size == 3
    told = rest.of_weeks(frozenset({(2025, 19)}))
    assert told.select("site_id", "analyte").rows() == [("a", "new 1"), ("b", "new 1")]


def test_everything_of_a_year_is_wanted_where_no_period_is_named(known):
    labels, weeks = days(known).wanted(YearScope())
    # 30 December is of week 1 of 2025, 31 December of week 1 of 2026; the published day without a week has its year.
    assert labels == {"2025", "2025-H1", "2025-H2", "2025-Q1", "2025-Q2", "2025-Q4", "2025-01", "2025-05", "2025-12",
                      "2025-W01", "2025-W19"}  # fmt: skip
    assert weeks == {(2025, 0), (2025, 1), (2025, 19)}
    assert days(known).wanted(YearScope(frozenset({"2025"}), frozenset())) == ({"2025"}, frozenset())
    assert days(known).sampled == [*DAYS[:3], dt.date(2025, 5, 6), *DAYS[3:]]
