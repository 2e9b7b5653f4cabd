"""Amphetamine that is not a metabolite of methamphetamine."""

import datetime as dt

import polars as pl
import pytest
from tests.loads.splitting.rows import DAY, load, loads

from headworks.core.errors import DataRefused
from headworks.core.schema import require_promise
from headworks.loads import calibrate_amphetamine_ratio, derive_amphetamine, derive_consumption, replace_consumption
from headworks.reference import read_set
from headworks.tables import Consumption

FACTORS = read_set().factors


def derive(*rows, ratios=None):
    derived = derive_amphetamine(loads(*rows), FACTORS, "headworks-2026.1", ratios)
    require_promise(Consumption, derived.consumption, where="test")
    return derived


def test_a_tenth_of_methamphetamine_is_taken_off():
    # 30 - 100 x 0.1 = 20; over 0.363.
    row = derive(load("amphetamine", 30.0), load("methamphetamine", 100.0)).consumption.row(0, named=True)
    assert row["consumption_mg_per_1000_per_day"] == pytest.approx(20 / 0.363)
    assert row["residues"] == "amphetamine - methamphetamine"
    assert 0 < row["lower"] < 20 / 0.363 < row["upper"]


def test_where_all_of_it_is_a_metabolite_none_is_left():
    derived = derive(load("amphetamine", 10.0), load("methamphetamine", 100.0))
    assert derived.consumption["consumption_mg_per_1000_per_day"].item() == pytest.approx(0.0, abs=1e-9)
    assert derived.split["clipped_share"].item() == pytest.approx(0.5, abs=0.01)


def test_without_methamphetamine_the_row_stays_what_it_was():
    rows = [load("amphetamine", 30.0), load("amphetamine", 30.0, site="S2"), load("methamphetamine", 100.0, site="S2")]
    before = derive_consumption(loads(*rows), FACTORS, "headworks-2026.1")
    after = replace_consumption(before, derive(*rows).consumption)
    amphetamine = after.filter(drug="amphetamine").select("site_id", "residues").rows()
    assert amphetamine == [("S1", "amphetamine"), ("S2", "amphetamine - methamphetamine")]
    assert after.filter(pl.col("drug") != "amphetamine").equals(before.filter(pl.col("drug") != "amphetamine"))


def test_methamphetamine_below_its_limit_takes_nothing_off_the_value():
    row = derive(load("amphetamine", 30.0), load("methamphetamine", limit=10.0)).consumption.row(0, named=True)
    assert row["consumption_mg_per_1000_per_day"] == pytest.approx(30 / 0.363)


def test_a_ratio_calibrated_at_the_site_counts_before_the_reference():
    days = [DAY + dt.timedelta(days=i) for i in range(3)]
    rows = [row for day, share in zip(days, (0.18, 0.20, 0.22), strict=True) for row in
            (load("amphetamine", 100 * share, day=day), load("methamphetamine", 100.0, day=day))]  # fmt: skip
    ratios = calibrate_amphetamine_ratio(loads(*rows), ["S1"])
    assert ratios.select("ratio", "n_days").row(0) == (pytest.approx(0.20), 3)
    assert 0.05 < ratios["u_ratio"].item() < 0.15
    row = derive(load("amphetamine", 30.0), load("methamphetamine", 100.0), ratios=ratios).consumption.row(0, named=True)
    assert row["consumption_mg_per_1000_per_day"] == pytest.approx(10 / 0.363)


def test_a_site_without_two_days_of_both_is_refused():
    rows = loads(load("amphetamine", 30.0), load("methamphetamine", 100.0))
    with pytest.raises(DataRefused, match="cannot be calibrated") as refusal:
        calibrate_amphetamine_ratio(rows, ["S1", "S9"])
    assert (refusal.value.code, refusal.value.where) == ("HW-D257", "site S1, S9")
