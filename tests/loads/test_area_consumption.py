import polars as pl
import pytest
from tests.loads.builders import table

from headworks.core.schema import polars_schema, require_promise
from headworks.loads.area_consumption import area_consumption
from headworks.reference import read_set
from headworks.tables import AreaConsumption, AreaLoads

FACTORS = read_set().factors


def load(area="K", period="2025", analyte="benzoylecgonine", value=100.0, lower=80.0, upper=125.0, **more):
    row = {
        "area_id": area, "period": period, "analyte": analyte, "drug": "cocaine", "period_kind": kind_of(period), "level": 3,
        "load_mg_per_1000_per_day": value, "lower": lower, "upper": upper, "least_mg_per_day": 1.0, "population": 1e4,
        "detection": "quantified" if value is not None else "below_loq", "n_sites": 1, "n_nested": 0, "n_days": 1,
        "largest_share": 1.0, "coverage": 0.5,
    }  # fmt: skip
    return row | more


def kind_of(period):
    return {"W": "week", "Q": "quarter", "H": "half_year"}.get(period[5:6], "month" if period[5:] else "year")


def used(*rows, factors=FACTORS):
    return area_consumption(table(AreaLoads, rows), factors, "test")


def factor_of(analyte):
    return FACTORS.filter(drug="cocaine", analyte=analyte)["correction_factor"].item()


def test_consumption_is_load_times_factor():
    row = used(load()).row(0, named=True)
    assert row["consumption_mg_per_1000_per_day"] == pytest.approx(100.0 * factor_of("benzoylecgonine"))
    dose = FACTORS.filter(drug="cocaine", analyte="benzoylecgonine")["dose_mg"].item()
    assert row["doses_per_1000_per_day"] == pytest.approx(100.0 * factor_of("benzoylecgonine") / dose)
    assert (row["coverage"], row["residues"], row["drug"]) == (0.5, "benzoylecgonine", "cocaine")
    require_promise(AreaConsumption, used(load()), where="test")


def test_without_doubt_about_the_factor_the_bounds_are_those_of_the_load_times_the_factor():
    columns = ["excretion_low", "excretion_high"]
    sure = FACTORS.with_columns(u_factor=pl.lit(0.0), **{name: pl.col("excretion_fraction") for name in columns})
    row = used(load(lower=70.0, upper=160.0), factors=sure).row(0, named=True)
    factor = factor_of("benzoylecgonine")
    assert (row["lower"], row["upper"]) == (pytest.approx(70 * factor, rel=1e-6), pytest.approx(160 * factor, rel=1e-6))


def test_the_factor_widens_both_sides():
    row = used(load()).row(0, named=True)
    factor = factor_of("benzoylecgonine")
    assert row["lower"] < 80 * factor < 125 * factor < row["upper"]


def test_each_side_has_its_own_spread():
    row = used(load(lower=10.0)).row(0, named=True)
    even = used(load()).row(0, named=True)
    assert row["lower"] < even["lower"]
    value = row["consumption_mg_per_1000_per_day"]
    assert value / row["lower"] > row["upper"] / value


def test_where_nothing_was_quantified_there_is_no_value_and_the_least_is_zero():
    row = used(load(value=None, lower=0.0, upper=50.0)).row(0, named=True)
    assert (row["consumption_mg_per_1000_per_day"], row["lower"], row["detection"]) == (None, 0.0, "below_loq")
    assert row["upper"] > 0
    assert row["doses_per_1000_per_day"] is None


def test_weeks_and_months_are_passed_over():
    periods = ["2025", "2025-H1", "2025-Q2", "2025-04", "2025-W15"]
    assert used(*[load(period=one) for one in periods])["period"].to_list() == ["2025", "2025-H1", "2025-Q2"]


def test_the_primary_residue_speaks_where_there_are_several():
    rows = used(load(analyte="EDDP"), load(analyte="methadone"), load("L", analyte="methadone"))
    assert rows.select("area_id", "drug", "residues").rows() == [("K", "methadone", "EDDP"), ("L", "methadone", "methadone")]


def test_a_residue_of_no_drug_has_no_consumption():
    assert used(load(analyte="compound 7")).height == 0
    assert area_consumption(pl.DataFrame(schema=polars_schema(AreaLoads)), FACTORS, "test").height == 0
