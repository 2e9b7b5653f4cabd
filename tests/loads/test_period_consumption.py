"""Consumption over a period, from its mean load."""

import polars as pl
import pytest

from headworks.core.schema import polars_schema, require_promise
from headworks.loads import period_consumption
from headworks.reference import read_set
from headworks.tables import PeriodConsumption, PeriodMeans

FACTOR = 303.36 / 289.33 / 0.292


def period(**more):
    row = {
        "site_id": "S1", "period": "2024", "period_kind": "year", "analyte": "benzoylecgonine", "drug": "cocaine", "mean": 100.0,
        "lower": 80.0, "upper": 120.0, "lower_total": 100 / 1.5, "upper_total": 150.0, "sd": 20.0, "detection": "quantified",
        "n_days": 7, "n_censored": 0, "n_months": 1, "days_in_period": 366, "method": "t_interval", "u_day": 0.2, "u_batch": 0.1,
        "u_site": 0.1,
    } | more  # fmt: skip
    types = polars_schema(PeriodMeans)
    frame = pl.DataFrame([{name: row[name] for name in types}], schema=types)
    used = period_consumption(frame, read_set().factors, "headworks-2026.1")
    require_promise(PeriodConsumption, used, where="test")
    return used.row(0, named=True)


def test_the_mean_times_the_factor_with_both_spreads_added_as_variances():
    row = period()
    assert row["consumption_mg_per_1000_per_day"] == pytest.approx(100 * FACTOR)
    assert row["doses_per_1000_per_day"] == pytest.approx(FACTOR)
    # ln 1.5 on either side is the load's part; 26 % gives 0.25576 x 1.96 = 0.50128 on the log scale.
    half = (0.405465**2 + 0.501282**2) ** 0.5
    assert row["upper"] == pytest.approx(100 * FACTOR * 2.718281828**half, rel=1e-4)
    assert row["lower"] == pytest.approx(100 * FACTOR / 2.718281828**half, rel=1e-4)


def test_a_lower_bound_of_zero_stays_zero():
    assert period(lower_total=0.0)["lower"] == 0.0


def test_a_period_without_a_quantified_day_has_only_an_upper_bound():
    row = period(mean=None, lower_total=0.0, upper_total=5.0, lower=0.0, upper=5.0, detection="below_loq", sd=None)
    assert row["consumption_mg_per_1000_per_day"] is None
    assert row["lower"] == 0.0
    assert row["upper"] == pytest.approx(5.0 * FACTOR * 2.718281828**0.501282, rel=1e-4)


def test_an_unknown_limit_leaves_the_upper_bound_empty():
    row = period(mean=None, lower_total=0.0, upper_total=None, lower=0.0, upper=None, detection="below_loq", sd=None)
    assert (row["lower"], row["upper"]) == (0.0, None)
