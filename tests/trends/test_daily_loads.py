import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headworks.core.errors import DataRefused
from headworks.core.schema import polars_schema
from headworks.tables.loads import Loads, ReportedLoads
from headworks.trends import daily_loads

DEFAULTS = {"u_day": 0.3, "u_batch": 0.1, "u_site": 0.2}
SITES = pl.DataFrame({"site_id": ["s"], "country": ["CN"], "city": ["Dalian"]})
DRUGS = pl.DataFrame({"analyte": ["x"], "drug": ["X"]})


def loads(*rows):
    whole = {"site_id": "s", "analyte": "x", "detection": "quantified", "population": 1000.0, "n_results": 1, "batch_id": "b",
             "u_day": 0.25, "u_batch": 0.06, "u_site": 0.12, "load_mg_per_1000_per_day": 5.0}  # fmt: skip
    return pl.DataFrame([whole | row for row in rows], schema=polars_schema(Loads))


def reported(*rows):
    whole = {"site_id": "p", "year": 2020, "week": 0, "weekday": 2, "analyte": "x", "drug": "printed", "country": "BE",
             "city": "Antwerp", "load_mg_per_1000_per_day": 5.0, "detection": "quantified"}  # fmt: skip
    return pl.DataFrame([whole | row for row in rows], schema=polars_schema(ReportedLoads))


def joined(ours, theirs, defaults=DEFAULTS):
    return daily_loads(ours, theirs, SITES, DRUGS, defaults)


def test_our_load_gets_its_iso_week_and_its_city():
    found = joined(loads({"day": dt.date(2027, 1, 2)}), reported()).row(0, named=True)
    assert (found["year"], found["week"], found["weekday"], found["city"], found["drug"]) == (2026, 53, 6, "Dalian", "X")
    assert (found["value"], found["u_day"], found["batch_id"]) == (5.0, 0.25, "b")


def test_a_published_load_keeps_its_names_and_takes_the_defaults():
    found = joined(loads(), reported({})).row(0, named=True)
    assert (found["country"], found["city"], found["drug"], found["day"]) == ("BE", "Antwerp", "printed", None)
    assert (found["u_day"], found["u_batch"], found["u_site"], found["batch_id"]) == (0.3, 0.1, 0.2, None)


@settings(deadline=None, max_examples=30)
@given(st.dates(dt.date(1991, 1, 1), dt.date(2099, 12, 20)))
def test_week_and_weekday_give_the_date_back(day):
    year, week, weekday = day.isocalendar()
    found = joined(loads(), reported({"year": year, "week": week, "weekday": weekday}))
    assert found["day"].item() == day


def test_a_censored_day_has_a_limit_and_no_value():
    row = {"detection": "below_loq", "load_mg_per_1000_per_day": None, "limit_mg_per_1000_per_day": 2.0}
    found = joined(loads(row | {"day": dt.date(2024, 5, 7)}), reported(row))
    assert found["value"].to_list() == [None, None]
    assert found["limit"].to_list() == [2.0, 2.0]


def test_a_load_without_population_and_a_residue_without_drug_are_left_out():
    rows = [
        {"day": dt.date(2024, 5, 6), "load_mg_per_1000_per_day": None, "population": None},
        {"day": dt.date(2024, 5, 7), "detection": "below_loq", "load_mg_per_1000_per_day": None, "population": None},
        {"day": dt.date(2024, 5, 8), "analyte": "cotinine"},
        {"day": dt.date(2024, 5, 9)},
    ]
    assert joined(loads(*rows), reported())["day"].to_list() == [dt.date(2024, 5, 9)]


def test_the_same_day_from_both_sources_is_refused():
    ours, theirs = loads({"day": dt.date(2024, 5, 7)}), reported({"site_id": "s", "year": 2024, "week": 19})
    with pytest.raises(DataRefused, match="primary_key"):
        joined(ours, theirs)


def test_a_missing_default_is_refused():
    with pytest.raises(DataRefused, match="Add u_batch, u_site") as refused:
        joined(loads(), reported({}), {"u_day": 0.1})
    assert refused.value.code == "HW-D306"
