"""Small tables of per-capita loads and medical use for the tests of splitting."""

import datetime as dt

import polars as pl

from headworks.core.schema import polars_schema
from headworks.core.uncertainty import coverage_factor, sigma_log
from headworks.tables import Loads

DAY = dt.date(2024, 3, 5)
U = {"u_day": 0.27, "u_batch": 0.06, "u_site": 0.12}


def load(analyte, per_1000=None, *, limit=None, state=None, day=DAY, site="S1", people=100_000.0, **u):
    u = U | u
    spread = 2.718281828459045 ** (coverage_factor(0.95) * sum(sigma_log(x) ** 2 for x in u.values()) ** 0.5)
    most = per_1000 if per_1000 is not None else limit
    return {
        "site_id": site, "day": day, "analyte": analyte, "load_mg_per_1000_per_day": per_1000,
        "load_mg_per_day": None if per_1000 is None else per_1000 * people / 1000, "population": people,
        "detection": state or ("quantified" if per_1000 is not None else "below_loq"),
        "lower": 0.0 if per_1000 is None else per_1000 / spread, "upper": None if most is None else most * spread,
        "limit_mg_per_1000_per_day": limit, "n_results": 1,
    } | u  # fmt: skip


def loads(*rows):
    types = polars_schema(Loads)
    return pl.DataFrame([{name: row.get(name) for name in types} for row in rows], schema=types)


def medicine(*rows):
    """Rows of ``drug, use`` or of ``drug, use, u, valid_from, site``."""
    filled = [(*row, *(0.1, dt.date(2020, 1, 1), "S1")[len(row) - 2 :]) for row in rows]
    types = {"drug": pl.String, "use_mg_per_1000_per_day": pl.Float64, "u_use": pl.Float64, "valid_from": pl.Date,
             "site_id": pl.String}  # fmt: skip
    return pl.DataFrame(filled, schema=types, orient="row")
