"""Small tables of marker loads, sites and registers."""

import datetime as dt

import polars as pl

from headworks.core.schema import polars_schema
from headworks.places.populations import PopulationErrors
from headworks.tables import Populations, Sites

ERRORS = PopulationErrors(register=0.12, unstated=0.55)
LOADS = {"site_id": pl.String, "day": pl.Date, "analyte": pl.String, "load_mg_per_day": pl.Float64, "detection": pl.String,
         "u_day": pl.Float64, "u_batch": pl.Float64, "batch_id": pl.String}  # fmt: skip
PER_CAPITA = {"marker": pl.String, "load_low_mg_per_person_per_day": pl.Float64, "load_central_mg_per_person_per_day": pl.Float64,
              "load_high_mg_per_person_per_day": pl.Float64, "status": pl.String}  # fmt: skip


def load(
    mg, *, site="S1", day=dt.date(2026, 11, 3), analyte="ammonium", detection="quantified", u_day=0.2, u_batch=0.0, batch=None
):
    return (site, day, analyte, mg, detection, u_day, u_batch, batch)


def loads(*rows):
    return pl.DataFrame(list(rows), schema=LOADS, orient="row")


def per_capita(*rows):
    rows = rows or (("ammonium", 6_000.0, 8_000.0, 12_000.0, "from memory"), ("cotinine", None, None, None, "verified"))
    return pl.DataFrame(list(rows), schema=PER_CAPITA, orient="row")


def sites(*rows):
    types = polars_schema(Sites)
    rows = rows or ({"site_id": "S1", "area_id": "T"},)
    base = {"kind": "plant_influent", "matrix": "sewage"}
    return pl.DataFrame([{name: (base | row).get(name) for name in types} for row in rows], schema=types)


def populations(*rows):
    types = polars_schema(Populations)
    return pl.DataFrame([{name: row.get(name) for name in types} for row in rows], schema=types)


def cigarettes(number=4.0, low=3.0, high=5.0, status="from memory", site="S1"):
    types = {"site_id": pl.String, "cigarettes_per_person_day": pl.Float64, "cigarettes_low": pl.Float64,
             "cigarettes_high": pl.Float64, "status": pl.String}  # fmt: skip
    return pl.DataFrame([(site, number, low, high, status)], schema=types, orient="row")
