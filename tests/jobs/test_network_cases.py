"""A re-coded county, a merged town, a city without counties, a catchment across two counties, coverage of 107 %, a site that moved:
each gives the documented figure from files to results, and `headworks check` says it."""

from __future__ import annotations

import polars as pl
import pytest

from headworks.jobs.check import check_workspace
from headworks.jobs.read_table import read_table
from headworks.jobs.run import run
from headworks.store import Workspace

# Old county 520221 became 520204 in 2021; town W was merged into town V in 2024; Dongguan has no county.
AREAS = """area_id,parent_id,level,name_en,valid_from,valid_to,population,code_system
520000,,1,Province,2020-01-01,,1000000,own
520200,520000,2,City,2020-01-01,,600000,own
520221,520200,3,Old county,1987-01-01,2020-12-31,200000,own
520204,520200,3,New county,2021-01-01,,200000,own
520205,520200,3,Next county,2020-01-01,,300000,own
V,520205,4,Town V,2020-01-01,,60000,own
W,520205,4,Town W,2020-01-01,2023-12-31,20000,own
441900,520000,2,Dongguan,2020-01-01,,90000,own
D,441900,4,Town in Dongguan,2020-01-01,,30000,own
X,520204,4,Town X,2020-01-01,,40000,own
Y,520204,4,Town Y,2020-01-01,,40000,own
"""
CHANGES = """old_id,new_id,changed_on,kind,share
520221,520204,2021-01-01,recode,1
W,V,2024-01-01,merge,1
"""
SITES = """site_id,area_id,population_served
recoded,520221,50000
merged,W,20000
own,V,44200
dongguan,D,20000
two,520204,40000
moving,X,10000
"""
SHARES = """site_id,area_id,population,valid_from,valid_to
two,520204,30000,,
two,520205,10000,,
moving,X,10000,,2025-06-30
moving,Y,10000,2025-07-01,
"""
DAYS = {"recoded": "2025-03-04", "merged": "2025-03-05", "own": "2025-03-06", "dongguan": "2025-03-04", "two": "2025-03-05"}


def facts(give, workspace: Workspace) -> None:
    tables = {"areas": AREAS, "code_changes": CHANGES, "sites": SITES, "site_areas": SHARES}
    for name, text in tables.items():
        give(workspace, name, text)
    days = [*DAYS.items(), ("moving", "2025-03-04"), ("moving", "2025-09-02")]
    samples = "sample_id,site_id,collected_from,flow_m3_per_day\n"
    samples += "".join(f"{site}-{day},{site},{day}T01:00Z,10000\n" for site, day in days)
    give(workspace, "samples", samples)
    results = "sample_id,analyte,concentration_ng_per_l,lod_ng_per_l,loq_ng_per_l\n"
    give(workspace, "measurements", results + "".join(f"{site}-{day},ketamine,100,1,5\n" for site, day in days))


@pytest.fixture
def figures(workspace: Workspace, give) -> pl.DataFrame:
    facts(give, workspace)
    run(workspace)
    return read_table(workspace, "area_loads")


def figure(figures: pl.DataFrame, area: str, period: str) -> dict:
    found = figures.filter(area_id=area, period=period)
    assert found.height == 1, (area, period)
    return found.row(0, named=True)


def test_a_series_goes_on_under_the_new_code_of_its_county(figures: pl.DataFrame) -> None:
    # 100 ng/L x 10,000 m3/d = 1,000 mg/d from each of recoded, three quarters of two, and moving.
    county = figure(figures, "520204", "2025-Q1")
    assert county["load_mg_per_day"] == pytest.approx(1_000 + 750 + 1_000)
    assert county["population"] == pytest.approx(50_000 + 30_000 + 10_000)
    assert figures.filter(area_id="520221").is_empty()


def test_a_merged_town_s_people_and_load_are_summed_under_the_town_it_joined_and_107_percent_is_said(figures) -> None:
    town = figure(figures, "V", "2025-Q1")
    assert town["load_mg_per_day"] == pytest.approx(2_000)
    assert town["coverage"] == pytest.approx((20_000 + 44_200) / 60_000)
    assert town["coverage"] == pytest.approx(1.07)


def test_a_town_of_dongguan_counts_in_its_city_and_in_no_county(figures: pl.DataFrame) -> None:
    assert figure(figures, "441900", "2025-Q1")["load_mg_per_day"] == pytest.approx(1_000)
    assert set(figures.filter(level=3)["area_id"]) == {"520204", "520205"}


def test_a_catchment_across_two_counties_is_shared_out_by_residents(figures: pl.DataFrame) -> None:
    assert figure(figures, "520205", "2025-Q1")["load_mg_per_day"] == pytest.approx(2_000 + 250)
    province = figure(figures, "520000", "2025-Q1")
    cities = [figure(figures, city, "2025-Q1")["load_mg_per_day"] for city in ("520200", "441900")]
    assert province["load_mg_per_day"] == pytest.approx(sum(cities)) == pytest.approx(6_000)


def test_the_days_of_a_site_that_moved_count_for_the_area_of_the_day(figures: pl.DataFrame) -> None:
    assert figure(figures, "X", "2025-Q1")["load_mg_per_day"] == pytest.approx(1_000)
    assert figure(figures, "Y", "2025-Q3")["load_mg_per_day"] == pytest.approx(1_000)
    assert figures.filter(area_id="Y", period="2025-Q1").is_empty()
    # In the year each town has half of the days, and the county the whole.
    assert [figure(figures, town, "2025")["load_mg_per_day"] for town in "XY"] == pytest.approx([500, 500])
    assert figure(figures, "520204", "2025")["population"] == pytest.approx(90_000)


def test_the_check_says_each_of_them(workspace: Workspace, give) -> None:
    facts(give, workspace)
    run(workspace)
    said = {one.code: one.message for one in check_workspace(workspace)}
    assert "520221" in said["HW-C403"]
    assert "W" in said["HW-C404"]
    assert "441900" in said["HW-C406"]
    assert "two" in said["HW-C407"]
    assert "107" in said["HW-C408"]
    assert "moving" in said["HW-C409"]
