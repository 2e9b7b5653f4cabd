"""Small tables of loads for the tests of direct disposal."""

import datetime as dt

import polars as pl

from headworks.core.schema import polars_schema
from headworks.core.uncertainty import coverage_factor, sigma_log
from headworks.tables import Loads

U_DAY, U_BATCH = 0.27, 0.06
_SPREAD = 2.718281828459045 ** (coverage_factor(0.95) * (sigma_log(U_DAY) ** 2 + sigma_log(U_BATCH) ** 2) ** 0.5)
START = dt.date(2024, 1, 1)


def load(analyte, mg_per_day=None, *, day=0, site="S1", limit=None, least=0.0, state=None):
    """One row; without a value it is censored, at most ``limit``."""
    most = mg_per_day if mg_per_day is not None else limit
    low = mg_per_day if mg_per_day is not None else least
    return {
        "site_id": site, "day": START + dt.timedelta(days=day) if isinstance(day, int) else day, "analyte": analyte,
        "load_mg_per_day": mg_per_day, "detection": state or ("quantified" if mg_per_day is not None else "below_loq"),
        "load_mg_per_day_lower": low / _SPREAD, "load_mg_per_day_upper": None if most is None else most * _SPREAD,
        "u_day": U_DAY, "u_batch": U_BATCH, "u_site": 0.0, "n_results": 1,
    }  # fmt: skip


def loads(*rows):
    types = polars_schema(Loads)
    return pl.DataFrame([{name: row.get(name) for name in types} for row in rows], schema=types)


def fraction(analyte, fraction_r, *, day=0, site="S1", u=0.02):
    types = {"site_id": pl.String, "day": pl.Date, "analyte": pl.String, "fraction_r": pl.Float64, "u_fraction": pl.Float64}
    when = START + dt.timedelta(days=day) if isinstance(day, int) else day
    return pl.DataFrame([(site, when, analyte, fraction_r, u)], schema=types, orient="row")
