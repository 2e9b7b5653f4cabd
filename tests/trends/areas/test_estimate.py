import numpy as np
import polars as pl
import pytest

from headworks.core.schema import require_promise
from headworks.tables import AreaEstimates
from headworks.tables.areas import AreaLoads
from headworks.trends.areas.estimate import area_estimates_of, estimate_tree


def tree(*rows):
    return estimate_tree(pl.DataFrame(list(rows), schema=["area_id", "parent_id", "level", "population"], orient="row"))


def measured(*rows, period="2025-Q1"):
    """``area, level, load per 1,000, people covered, relative uncertainty``."""
    made = [
        {
            "area_id": code, "period": period, "analyte": "x", "drug": "X", "period_kind": "quarter", "level": level,
            "load_mg_per_day": rate * people / 1000, "least_mg_per_day": rate * people / 1000,
            "most_mg_per_day": rate * people / 1000, "population": float(people), "u_day": u, "u_batch": 0.0, "u_site": 0.0,
        }
        for code, level, rate, people, u in rows
    ]  # fmt: skip
    return pl.DataFrame(made, schema_overrides={"level": pl.Int8})


def row_of(found, code):
    return found.filter(area_id=code).row(0, named=True)


FOUR = [("P", None, 1, 4000.0), *[(f"C{n}", "P", 3, 1000.0) for n in range(4)]]


def test_a_province_measured_whole_is_the_sum_of_its_counties():
    rows = [(f"C{n}", 3, 10.0 * (n + 1), 1000, 0.1) for n in range(4)]
    found = area_estimates_of(measured(("P", 1, 25.0, 4000, 0.05), *rows), tree(*FOUR))
    require_promise(AreaEstimates, found, where="estimates")
    province = row_of(found, "P")
    assert province["load_mg_per_day"] == pytest.approx(100.0)
    assert (province["basis"], province["coverage"]) == ("measured", 1.0)
    # Its interval is that of its own figure, where batches were added before they were squared.
    assert np.log(province["upper"] / province["lower"]) == pytest.approx(2 * 1.959964 * np.sqrt(np.log1p(0.05**2)))


def test_an_unmeasured_county_is_modelled_and_flagged_and_children_still_add_up():
    five = [("P", None, 1, 5000.0), *[(f"C{n}", "P", 3, 1000.0) for n in range(5)]]
    rows = [(f"C{n}", 3, 20.0 * np.exp(0.3 * (n - 1.5)), 1000, 0.1) for n in range(4)]
    found = area_estimates_of(measured(("P", 1, 21.0, 4000, 0.05), *rows), tree(*five))
    fifth = row_of(found, "C4")
    assert (fifth["basis"], fifth["coverage"], fifth["measured_mg_per_1000_per_day"]) == ("modelled", 0.0, None)
    assert 10 < fifth["load_mg_per_1000_per_day"] < 40
    others = [row_of(found, f"C{n}") for n in range(5)]
    # The province was said to have measured 84 mg/d, its counties a little more: what it measured counts at its level.
    covered = 84.0 + (sum(one["load_mg_per_day"] for one in others[:4]) - 84.0)
    assert row_of(found, "P")["load_mg_per_day"] == pytest.approx(covered + fifth["load_mg_per_day"])
    assert np.log(fifth["upper"] / fifth["lower"]) > 2 * np.log(others[0]["upper"] / others[0]["lower"])
    assert row_of(found, "P")["basis"] == "partly_measured"


def test_residents_in_no_child_are_a_leaf_of_their_own():
    town = tree(("T", None, 4, 1000.0), ("V", "T", 5, 100.0))
    assert (town.parent.size, town.n_areas) == (3, 2)
    assert town.people.tolist() == [1000.0, 100.0, 900.0]
    assert town.summed(np.array([0.0, 1.0, 2.0])).tolist() == [3.0, 1.0, 2.0]


def test_a_partly_covered_county_takes_the_rest_from_the_model():
    rows = [(f"C{n}", 3, 10.0, 500 if n == 0 else 1000, 0.1) for n in range(4)]
    found = area_estimates_of(measured(("P", 1, 10.0, 3500, 0.05), *rows), tree(*FOUR))
    county = row_of(found, "C0")
    assert (county["basis"], county["coverage"]) == ("partly_measured", 0.5)
    assert county["load_mg_per_1000_per_day"] == pytest.approx(10.0, rel=0.05)


def test_three_measured_leaves_make_no_model_and_only_measured_areas_are_told():
    rows = [(f"C{n}", 3, 10.0, 1000, 0.1) for n in range(3)]
    found = area_estimates_of(measured(("P", 1, 10.0, 3000, 0.05), *rows), tree(*FOUR))
    assert sorted(found["area_id"]) == ["C0", "C1", "C2"]


def test_weeks_and_months_are_passed_over_and_nothing_gives_nothing():
    weekly = measured(("P", 1, 10.0, 4000, 0.1), period="2025-W10").with_columns(period_kind=pl.lit("week"))
    assert area_estimates_of(weekly, tree(*FOUR)).is_empty()
    assert area_estimates_of(AreaLoads.create_empty(), tree(*FOUR)).is_empty()


def test_an_area_without_residents_is_not_in_the_tree():
    assert tree(("P", None, 1, 1000.0), ("C", "P", 3, None)).n_areas == 1
