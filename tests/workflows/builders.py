"""Fact tables in memory, small enough to be written down in a test."""

import datetime as dt

import polars as pl
from tests.places import builders as places

from headworks.core.schema import polars_schema
from headworks.reference import read_set, uncertainty_defaults, week_conventions
from headworks.tables import FACTS, SHELF
from headworks.workflows import Method


def table(name, rows=()):
    """A fact table; what a row does not say is empty."""
    types = polars_schema(SHELF[name].schema)
    return pl.DataFrame([{column: row.get(column) for column in types} for row in rows], schema=types)


def method(**more):
    """The shipped method."""
    joined = pl.col("weekday_days", "weekend_days").cast(pl.List(pl.String)).list.join(";")
    uncertainty = dict(uncertainty_defaults().select("parameter", "rsd").rows())
    return Method(read_set(), uncertainty, week_conventions().with_columns(joined), **more)


def sample(site, day, *, number=1, flow=10_000.0, **more):
    start = dt.datetime(day.year, day.month, day.day, 8, tzinfo=dt.UTC)
    row = {
        "sample_id": f"{site}/{day}/{number}", "site_id": site, "matrix": "sewage", "collected_from": start, "utc_offset_min": 0,
        "mode": "flow_proportional", "flow_m3_per_day": flow,
    }  # fmt: skip
    return row | more


def result(of, conc, analyte="methamphetamine", **more):
    """A result of a sample; a concentration of None is below the LOQ."""
    row = {
        "sample_id": of["sample_id"], "analyte": analyte, "replicate": 1, "concentration_ng_per_l": conc,
        "detection": "below_loq" if conc is None else "quantified", "loq_ng_per_l": 5.0, "lod_ng_per_l": 1.0,
        "qc_flag": "accepted",
    }  # fmt: skip
    return row | more


AREAS = [
    places.area("P", population=100_000.0),
    places.area("K", "P", 3, population=60_000.0),
    places.area("T1", "K", 4, population=30_000.0),
    places.area("T2", "K", 4, population=30_000.0),
]
SITES = [places.site("a", "T1", 20_000.0), places.site("b", "T2", 25_000.0), places.site("v", "T1", 900.0, "a")]


def facts(samples=(), results=(), **more):
    """Every fact table: a county of two plants and a village above the first, unless said otherwise."""
    said = {"areas": AREAS, "sites": SITES, "samples": samples, "measurements": results} | more
    return {name: table(name, said.get(name, ())) for name in FACTS}
