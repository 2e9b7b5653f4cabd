"""People behind a site in a quarter, by one method each."""

import datetime as dt
import math

import polars as pl
import pytest
from tests.places.populations.builders import cigarettes, load, loads, per_capita, populations, sites

from headworks.core.uncertainty import sigma_log
from headworks.places.populations import (
    population_by_cotinine,
    population_by_markers,
    population_design,
    population_from_cotinine,
    population_registered,
)

QUARTER = pl.DataFrame({"site_id": ["S1"], "quarter": ["2026-Q4"]})
EIGHTY_TONNES = 8e8  # mg/d: 100,000 people of 8 g


def dated(day, people, u=None, method="register"):
    return {"site_id": "S1", "valid_from": day, "population": people, "population_method": method, "u_population": u}


def only(frame):
    assert frame.height == 1
    return frame.row(0, named=True)


def registered(*rows, served=None):
    register = sites({"site_id": "S1", "population_served": served, "population_method": "census"})
    return population_registered(QUARTER, register, populations(*rows), 0.12)


def test_the_register_of_the_quarter_is_the_newest_row_valid_on_its_last_day():
    rows = [dated(dt.date(2020, 1, 1), 1e5), dated(dt.date(2026, 12, 31), 2e5, 0.05), dated(dt.date(2027, 1, 1), 9e5)]
    row = only(registered(*rows, served=3e5))
    assert (row["method"], row["population"], row["sigma"]) == ("register", 2e5, pytest.approx(sigma_log(0.05)))
    assert row["note"] == "method: register; valid from 2026-12-31, within the quarter"


def test_without_a_dated_row_the_register_of_sites_counts():
    row = only(registered(served=3e5))
    assert (row["population"], row["sigma"], row["note"]) == (3e5, pytest.approx(sigma_log(0.12)), "method: census")
    assert registered().is_empty()
    assert registered(served=0.0).is_empty()


def test_the_design_capacity_is_an_estimate_with_the_error_it_is_given():
    row = only(population_design(QUARTER, sites({"site_id": "S1", "design_population": 4e5}), 0.55))
    assert (row["method"], row["population"], row["sigma"]) == ("design", 4e5, pytest.approx(sigma_log(0.55)))
    assert population_design(QUARTER, sites(), 0.55).is_empty()


def test_a_marker_is_its_load_over_that_of_a_person_with_both_errors():
    row = only(population_by_markers(QUARTER, loads(load(EIGHTY_TONNES)), per_capita(), 0.55))
    assert row["population"] == pytest.approx(1e5)
    # 6 to 12 g is the 95 % range: ln 2 / (2 x 1.96).
    of_person = math.log(2) / (2 * 1.959964)
    assert row["sigma"] == pytest.approx(math.hypot(sigma_log(0.2), of_person), rel=1e-6)
    assert (row["n_days"], row["note"]) == (1, "per-capita load from memory")


def test_a_per_capita_load_of_the_sites_own_goes_first():
    own = per_capita(("ammonium", 3_900.0, 4_000.0, 4_100.0, "calibrated")).with_columns(site_id=pl.lit("S1"))
    general = per_capita().with_columns(site_id=pl.lit(None, dtype=pl.String))
    row = only(population_by_markers(QUARTER, loads(load(EIGHTY_TONNES)), pl.concat([own, general]), 0.55))
    assert (row["population"], row["note"]) == (pytest.approx(2e5), "per-capita load calibrated at this site")
    elsewhere = pl.concat([own.with_columns(site_id=pl.lit("S2")), general])
    assert only(population_by_markers(QUARTER, loads(load(EIGHTY_TONNES)), elsewhere, 0.55))["population"] == pytest.approx(
        1e5
    )


def test_a_per_capita_load_without_a_range_is_taken_as_very_uncertain():
    bare = per_capita(("ammonium", None, 8_000.0, None, "verified"))
    row = only(population_by_markers(QUARTER, loads(load(EIGHTY_TONNES)), bare, 0.55))
    assert row["sigma"] == pytest.approx(math.hypot(sigma_log(0.2), sigma_log(0.55)))
    assert row["note"] == "no range of the per-capita load is stated"


def test_censored_days_that_were_left_out_are_told():
    censored = load(None, day=dt.date(2026, 11, 4), detection="not_detected")
    row = only(population_by_markers(QUARTER, loads(load(EIGHTY_TONNES), censored), per_capita(), 0.55))
    assert "1 censored days left out" in row["note"]


def test_cotinine_follows_the_provincial_rule():
    # 2,500 ng/L in 8e4 m3/d is 200,000 mg/d.
    days = loads(load(200_000.0, analyte="cotinine"))
    share = sites({"site_id": "S1", "domestic_share": 0.85})
    row = only(population_by_cotinine(QUARTER, days, share, cigarettes(), 0.55))
    assert row["population"] == pytest.approx(population_from_cotinine(2_500.0, 8e4, 4.0, 0.85))
    of_smoking = math.log(5 / 3) / (2 * 1.959964)
    assert row["sigma"] == pytest.approx(math.hypot(sigma_log(0.2), of_smoking), rel=1e-6)
    assert row["note"] == "cigarettes per person from memory"


def test_a_domestic_share_that_is_not_stated_counts_as_one_and_is_told():
    row = only(population_by_cotinine(QUARTER, loads(load(200_000.0, analyte="cotinine")), sites(), cigarettes(), 0.55))
    assert row["population"] == pytest.approx(200_000 / 0.56)
    assert "domestic share not stated, taken as 1" in row["note"]


def test_without_cigarettes_there_is_no_estimate_but_the_reason():
    days = loads(load(200_000.0, analyte="cotinine"))
    row = only(population_by_cotinine(QUARTER, days, sites(), cigarettes(None, None, None, None), 0.55))
    assert row["population"] is None
    assert "no area of the site states its cigarettes" in row["note"]


def test_no_domestic_sewage_gives_no_estimate():
    days = loads(load(200_000.0, analyte="cotinine"))
    industry = sites({"site_id": "S1", "domestic_share": 0.0})
    assert population_by_cotinine(QUARTER, days, industry, cigarettes(), 0.55).is_empty()
