"""Weeks, codes, default uncertainties and markers."""

from __future__ import annotations

import polars as pl
import pytest

from headworks.core.uncertainty import SCOPES, combine
from headworks.reference import country_codes, names, population_markers, uncertainty_defaults, week_conventions
from headworks.reference.parameter_files import STATUSES


def convention_of(year):
    holds = (pl.col("first_year").fill_null(0) <= year) & (year <= pl.col("last_year").fill_null(9999))
    return week_conventions().filter(holds).row(0, named=True)


@pytest.mark.parametrize(
    ("year", "weekdays", "weekend"),
    [(2011, [2, 3, 4], [1, 5, 6, 7]), (2021, [2, 3, 4, 5], [1, 6, 7]), (2024, [2, 3, 4], [1, 5, 6, 7])],
)
def test_the_narrower_convention_wins_in_its_year(year, weekdays, weekend):
    found = convention_of(year)
    assert (found["weekday_days"], found["weekend_days"]) == (weekdays, weekend)


def test_weekdays_and_weekend_make_a_week():
    for row in week_conventions().iter_rows(named=True):
        assert sorted(row["weekday_days"] + row["weekend_days"]) == list(range(1, 8))
        assert row["zero_is"] == "zero"
        assert row["citation"]


@pytest.mark.parametrize(("published", "iso"), [("H", "HU"), ("HU", "HU"), ("EL", "GR"), ("UK", "GB"), ("DE", "DE")])
def test_a_published_code_leads_to_its_iso_code(published, iso):
    assert country_codes().filter(published_code=published)["iso_code"].item() == iso


def test_codes_are_unique_and_iso_codes_lead_to_themselves():
    codes = country_codes()
    assert codes["published_code"].is_unique().all()
    assert codes.null_count().sum_horizontal().item() == 0
    assert set(codes["iso_code"]) <= set(codes["published_code"])
    for _, country in codes.group_by("iso_code"):
        assert country.select("name_en", "name_zh").n_unique() == 1


def test_default_uncertainties_of_a_day_combine_to_27_percent():
    # sampling 0.10, flow 0.20, analysis 0.15: 1.01 x 1.04 x 1.0225 = 1.074034, and sqrt(0.074034) = 0.27209.
    of_a_day = uncertainty_defaults().filter(scope="u_day")["rsd"]
    assert combine(of_a_day) == pytest.approx(0.27209, abs=5e-6)


def test_default_uncertainties_have_a_scope_a_status_and_a_citation():
    defaults = uncertainty_defaults()
    assert set(defaults["scope"]) == set(SCOPES)
    assert set(defaults["status"]) <= set(STATUSES)
    assert defaults["citation"].null_count() == 0
    within = (pl.col("low") <= pl.col("rsd")) & (pl.col("rsd") <= pl.col("high"))
    assert defaults.select(within.fill_null(True).all()).item()


def test_population_markers_are_in_milligrams_with_status_and_citation():
    markers = population_markers()
    # 6-8-12 g of ammonium nitrogen per person and day.
    assert markers.filter(marker="ammonium").row(0)[1:4] == (6000.0, 8000.0, 12000.0)
    assert set(markers["status"]) <= set(STATUSES)
    assert markers["citation"].null_count() == 0
    low, central, high = (pl.col(f"load_{which}_mg_per_person_per_day") for which in ("low", "central", "high"))
    assert markers.select(((low <= central) & (central <= high)).fill_null(True).all()).item()


def test_population_markers_that_are_measured_are_analytes():
    analytes = names().filter(kind="analyte")["id"].to_list()
    assert [marker for marker in population_markers()["marker"] if marker not in analytes] == ["mobile-phones"]


def test_a_marker_known_only_by_a_rule_has_no_number_and_says_the_rule():
    row = population_markers().filter(marker="cotinine").row(0, named=True)
    assert row["load_central_mg_per_person_per_day"] is None
    assert "cigarettes_per_person_per_day*0.14" in row["note"]
