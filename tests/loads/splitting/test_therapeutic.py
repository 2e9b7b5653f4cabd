"""Use beyond medical use."""

import datetime as dt

import pytest
from tests.loads.splitting.rows import DAY, load, loads, medicine

from headworks.core.schema import require_promise
from headworks.loads import derive_beyond_therapeutic, derive_consumption
from headworks.loads.splitting import excreted_therapeutic
from headworks.reference import read_set
from headworks.tables import Consumption

FACTORS = read_set().factors


def derive(*rows, therapeutic):
    derived = derive_beyond_therapeutic(loads(*rows), FACTORS, medicine(*therapeutic), "headworks-2026.1")
    require_promise(Consumption, derived.consumption, where="test")
    return derived


def test_what_medicine_excretes_by_hand():
    # 8 mg of ketamine at 20 %: 1.6 mg.
    assert excreted_therapeutic(8.0, 5.0) == pytest.approx(1.6)


def test_use_beyond_medicine_is_consumption_less_sales():
    derived = derive(load("ketamine", 10.0), therapeutic=[("ketamine", 8.0)])
    row = derived.consumption.row(0, named=True)
    assert row["consumption_mg_per_1000_per_day"] == pytest.approx((10 - 1.6) * 5)
    assert row["residues"] == "ketamine - therapeutic"
    assert derived.split["therapeutic"].item() == pytest.approx(1.6)


def test_no_sales_of_a_drug_make_no_row():
    assert derive(load("ketamine", 10.0), therapeutic=[]).consumption.is_empty()
    assert derive(load("ketamine", 10.0), therapeutic=[("tramadol", 5.0)]).consumption.is_empty()
    later = [("ketamine", 8.0, 0.1, DAY + dt.timedelta(days=1))]
    assert derive(load("ketamine", 10.0), therapeutic=later).consumption.is_empty()


def test_sales_of_nothing_leave_the_consumption_of_the_table_to_the_bit():
    used = derive_consumption(loads(load("ketamine", 10.0)), FACTORS, "headworks-2026.1").row(0, named=True)
    row = derive(load("ketamine", 10.0), therapeutic=[("ketamine", 0.0)]).consumption.row(0, named=True)
    for name in ("consumption_mg_per_1000_per_day", "lower", "upper", "doses_upper", "u_day", "u_factor"):
        assert row[name] == pytest.approx(used[name], rel=1e-9)


def test_a_censored_load_stays_censored():
    row = derive(load("ketamine", limit=2.0), therapeutic=[("ketamine", 8.0)]).consumption.row(0, named=True)
    assert (row["consumption_mg_per_1000_per_day"], row["detection"], row["lower"]) == (None, "below_loq", 0.0)
    assert row["upper"] > 0


def test_morphine_is_left_to_the_heroin_split():
    assert derive(load("morphine", 10.0), therapeutic=[("morphine", 1.0)]).consumption.is_empty()
