"""Small fact tables for the loads."""

import datetime as dt

import polars as pl

from headworks.core.schema import polars_schema
from headworks.loads import LoadInputs
from headworks.tables import Flows, Measurements, Populations, Samples, Sites

UNCERTAINTY = {"sampling": 0.10, "flow": 0.20, "analysis": 0.15, "calibration": 0.06, "population": 0.12, "excretion": 0.26}


def table(schema, rows):
    types = polars_schema(schema)
    return pl.DataFrame([{name: row.get(name) for name in types} for row in rows], schema=types)


def result(conc=None, *, sample="X1", analyte="benzoylecgonine", replicate=1, detection="quantified", **more):
    row = {
        "sample_id": sample,
        "analyte": analyte,
        "replicate": replicate,
        "concentration_ng_per_l": conc,
        "detection": detection,
    }
    return row | {"qc_flag": "accepted"} | more


def sample(sample_id="X1", *, site="S1", day=dt.date(2024, 3, 5), flow=120_000.0, **more):
    start = dt.datetime(day.year, day.month, day.day, 8, tzinfo=dt.UTC)
    row = {"sample_id": sample_id, "site_id": site, "matrix": "sewage", "collected_from": start, "utc_offset_min": 0}
    return row | {"mode": "flow_proportional", "flow_m3_per_day": flow} | more


def inputs(results, samples=None, *, people=380_000.0, populations=(), flows=(), sites=None):
    sites = sites or [{"site_id": "S1", "kind": "plant_influent", "matrix": "sewage", "population_served": people,
                       "population_method": "census"}]  # fmt: skip
    return LoadInputs(
        measurements=table(Measurements, results),
        samples=table(Samples, samples or [sample()]),
        sites=table(Sites, sites),
        populations=table(Populations, populations),
        flows=table(Flows, flows),
    )
