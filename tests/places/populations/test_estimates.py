"""All methods side by side, combined, and the one that is used."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from tests.places.populations.builders import ERRORS, cigarettes, load, loads, per_capita, populations, sites

from headworks.core.errors import DataRefused, UsageError
from headworks.core.schema import require_promise
from headworks.places.populations import combine_populations, population_estimates, populations_used
from headworks.tables import PopulationEstimates, Populations

SITE = {
    "site_id": "S1",
    "population_served": 1e5,
    "population_method": "census",
    "design_population": 1.5e5,
    "domestic_share": 0.85,
}


def estimate(*rows, register=None, smoked=None, **more):
    table = population_estimates(
        loads(*rows), sites(register or SITE), populations(), per_capita(), smoked if smoked is not None else cigarettes(),
        errors=ERRORS, **more,
    )  # fmt: skip
    require_promise(PopulationEstimates, table, where="test")
    return table


def by_method(table):
    return {row["method"]: row for row in table.iter_rows(named=True)}


def test_every_method_has_a_row_and_the_register_is_used():
    rows = by_method(estimate(load(8e8), load(200_000.0, analyte="cotinine"), load(5.0, analyte="MDMA")))
    assert list(rows) == ["ammonium", "combined", "cotinine", "design", "register"]
    assert [method for method, row in rows.items() if row["is_used"]] == ["register"]
    assert rows["register"]["u_population"] == pytest.approx(0.12)
    assert rows["cotinine"]["population"] == pytest.approx(303_571.43, abs=0.01)


def test_the_combined_row_is_what_combining_the_others_gives():
    rows = by_method(estimate(load(8e8)))
    others = [rows[name] for name in ("ammonium", "design", "register")]
    expected = combine_populations([row["population"] for row in others], [row["u_population"] for row in others])
    found = rows["combined"]
    assert (found["population"], found["lower"], found["upper"]) == pytest.approx(tuple(expected))
    only_two = by_method(estimate(load(8e8), combined_of=["ammonium", "register"]))["combined"]
    pair = [rows["ammonium"], rows["register"]]
    expected = combine_populations([row["population"] for row in pair], [row["u_population"] for row in pair])
    assert only_two["population"] == pytest.approx(expected.median)


def test_methods_that_disagree_are_told_apart():
    rows = by_method(estimate(load(4e9)))
    assert rows["combined"]["note"].startswith("methods disagree (Q ")
    assert rows["combined"]["note"].endswith("ammonium is 5.00 times register")
    assert by_method(estimate(load(8e8)))["combined"]["note"] is None


def test_a_marker_that_could_not_be_used_is_told_with_the_combination():
    rows = by_method(estimate(load(200_000.0, analyte="cotinine"), smoked=cigarettes(None, None, None, None)))
    assert "cotinine" not in rows
    assert "no area of the site states its cigarettes" in rows["combined"]["note"]


def test_another_method_may_be_used_and_the_register_stands_in_where_it_is_missing():
    asked = {"quarters": pl.DataFrame({"site_id": ["S1", "S1"], "quarter": ["2026-Q3", "2026-Q4"]}), "used": "ammonium"}
    table = estimate(load(8e8), **asked)
    used = table.filter("is_used").select("quarter", "method").rows()
    assert used == [("2026-Q3", "register"), ("2026-Q4", "ammonium")]
    stand_in = table.filter(quarter="2026-Q3", method="register")["note"].item()
    assert stand_in == "method: census; used because there is no estimate by ammonium"
    rows = populations_used(table)
    require_promise(Populations, rows, where="test")
    assert rows.select("site_id", "valid_from", "population_method").rows() == [("S1", dt.date(2026, 10, 1), "ammonium")]


def test_the_combination_may_be_used():
    rows = by_method(estimate(load(8e8), used="combined"))
    assert [method for method, row in rows.items() if row["is_used"]] == ["combined"]


def test_a_calibrated_cotinine_goes_before_the_rule():
    own = per_capita(("cotinine", 0.9, 1.0, 1.1, "calibrated")).with_columns(site_id=pl.lit("S1"))
    table = population_estimates(
        loads(load(200_000.0, analyte="cotinine")), sites(SITE), populations(), own, cigarettes(), errors=ERRORS
    )
    assert by_method(table)["cotinine"]["population"] == pytest.approx(200_000.0)


def test_a_register_without_error_does_not_silence_arithmetic():
    exact = {
        "site_id": "S1",
        "valid_from": dt.date(2020, 1, 1),
        "population": 1e5,
        "population_method": "register",
        "u_population": 0.0,
    }
    table = population_estimates(loads(load(4e9)), sites(), populations(exact), per_capita(), cigarettes(), errors=ERRORS)
    combined = by_method(table)["combined"]
    assert 1e5 < combined["population"] < 5e5
    assert np.isfinite(combined["upper"])


def test_a_quarter_rests_on_its_own_days_and_a_site_on_itself():
    rng = np.random.default_rng(5)
    days = [dt.date(2026, 1, 6) + dt.timedelta(days=7 * i) for i in range(50)]
    rows = [
        load(float(rng.lognormal(20, 0.3)), site=f"S{s}", day=day, analyte=analyte, u_batch=0.06, batch=f"b{i // 4}")
        for s in range(7) for i, day in enumerate(days) for analyte in ("ammonium", "acesulfame")
    ]  # fmt: skip
    register = [{"site_id": f"S{s}", "population_served": 5e4 * (s + 1), "design_population": 7e4} for s in range(7)]
    known = per_capita(("ammonium", 6e3, 8e3, 12e3, "from memory"), ("acesulfame", 5.0, 20.0, 60.0, "from memory"))

    def of(table, *some_sites):
        return population_estimates(table, sites(*some_sites), populations(), known, cigarettes(), errors=ERRORS)

    full = of(loads(*rows), *register)
    assert full.height == 7 * 4 * 5
    shuffled = of(loads(*rows).sample(fraction=1.0, shuffle=True, seed=1), *register[::-1])
    assert shuffled.equals(full)
    one = loads(*[row for row in rows if row[0] == "S3" and row[1] < dt.date(2026, 4, 1)])
    assert of(one, register[3]).equals(full.filter(site_id="S3", quarter="2026-Q1"))


@pytest.mark.parametrize("n_days", [1, 4, 13])
def test_intervals_hold_the_true_population_when_the_errors_are_as_stated(n_days):
    rng = np.random.default_rng(31)
    n_sites, sigma_day, sigma_person = 4_000, 0.2, np.log(2) / (2 * 1.959964)
    truth = rng.lognormal(10, 1, n_sites)
    person = 8_000 * np.exp(rng.normal(0, sigma_person, n_sites))
    mg = truth[:, None] * person[:, None] * np.exp(rng.normal(0, sigma_day, (n_sites, n_days)))
    names = [f"S{i:04d}" for i in range(n_sites)]
    days = [dt.date(2026, 10, 1) + dt.timedelta(days=7 * i) for i in range(n_days)]
    u_day = float(np.sqrt(np.expm1(sigma_day**2)))
    table = loads(
        *(load(float(mg[s, d]), site=names[s], day=days[d], u_day=u_day) for s in range(n_sites) for d in range(n_days))
    )
    found = population_estimates(
        table, sites({"site_id": "none"}), populations(), per_capita(), cigarettes(), errors=ERRORS
    ).filter(method="ammonium")  # fmt: skip
    covered = np.mean((found["lower"].to_numpy() <= truth) & (truth <= found["upper"].to_numpy()))
    # The range 6 to 12 g about 8 is not quite symmetric on the log scale; the Monte Carlo error is 0.0035.
    assert 0.93 < covered < 0.97


def test_no_days_and_no_quarters_give_an_empty_table():
    assert estimate().is_empty()
    bare = estimate(load(5.0, analyte="MDMA"), register={"site_id": "S1"})
    assert bare.is_empty()


def test_what_cannot_be_asked_is_refused():
    with pytest.raises(UsageError, match="no such way to count people"):
        estimate(load(8e8), used="phones")
    with pytest.raises(UsageError, match="no such way to count people"):
        estimate(load(8e8), combined_of=["combined"])
    with pytest.raises(DataRefused, match="Marker loads lack columns"):
        population_estimates(loads().drop("u_day"), sites(), populations(), per_capita(), cigarettes(), errors=ERRORS)
