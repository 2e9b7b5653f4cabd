from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headworks.core.errors import UsageError
from headworks.places.catchments import downstream_pairs
from headworks.planning import SimulationPlan
from headworks.planning.network import build_network, plants_of
from headworks.planning.network.areas import populated_areas
from headworks.planning.network.site_choice import split_sites

DONGGUAN = "441900000000"


def whole_programme(province="44"):
    return build_network(SimulationPlan(province=province))


def test_the_whole_programme_has_a_plant_in_each_county_and_a_site_in_each_of_1611_towns():
    sites = whole_programme().sites
    assert dict(sites["kind"].value_counts().rows()) == {"plant": 122, "town": 1_611, "village": 210}
    assert sites.filter(kind="plant")["county"].n_unique() == 122
    in_dongguan = sites.filter(city=DONGGUAN)
    assert in_dongguan.height > 30
    assert set(in_dongguan["kind"]) <= {"town", "village"}


def test_guizhou_has_as_much_of_a_programme_as_it_has_counties():
    # 1,943 x 88 / 122 = 1,401.5.
    assert whole_programme("52").n_sites == 1_401


def test_a_small_province_keeps_the_proportions_and_still_nests():
    network = build_network(SimulationPlan(n_sites=150))
    assert split_sites(150) == (9, 125, 16)
    assert network.sites["upstream_of"].is_not_null().sum() > 20
    assert network.sites.filter(parent_kind="prefecture_city").height >= 1  # Dongguan or Zhongshan


@given(st.integers(3, 400), st.integers(0, 50), st.sampled_from(["44", "52"]))
@settings(max_examples=15)
def test_nobody_is_covered_twice_and_no_more_than_there_are(n_sites, seed, province):
    network = build_network(SimulationPlan(province=province, n_sites=n_sites, seed=seed))
    assert network.n_sites == n_sites
    assert (network.connected > 0).all()
    assert network.sites["site_id"].is_sorted()
    # What passes the last sites is everybody connected to any site, once.
    last = network.sites["upstream_of"].is_null().to_numpy()
    assert network.people[last].sum() == pytest.approx(network.connected.sum())
    # The rows of a site sum to its people.
    rows = network.shares.group_by("site").agg(pl.col("people").sum()).sort("site")
    assert rows["people"].to_numpy() == pytest.approx(network.people)
    at_the_end = network.shares.filter(pl.col("site").is_in(np.flatnonzero(last).tolist()))
    areas = network.areas.select("area_id", "parent_id", "level", "population")
    town = pl.when(pl.col("level") == 5).then("parent_id").otherwise("area_id")
    covered = at_the_end.join(areas, on="area_id").group_by(town=town).agg(pl.col("people").sum())
    covered = covered.join(areas, left_on="town", right_on="area_id")
    assert (covered["people"] <= covered["population"] + 1e-6).all()


def test_the_graph_has_no_circle_and_a_village_reaches_the_plant_through_its_town():
    network = whole_programme()
    pairs = downstream_pairs(network.sites.select("site_id", "upstream_of"))
    assert pairs.filter(pl.col("steps") == 2)["site_id"].str.starts_with("V").all()
    village = pairs.filter(pl.col("steps") == 2).row(0, named=True)
    index = {site: place for place, site in enumerate(network.sites["site_id"])}
    assert network.passes[index[village["downstream_id"]], index[village["site_id"]]] == 1.0


def test_a_downstream_site_has_the_people_of_every_site_above_it():
    network = whole_programme()
    index = {site: place for place, site in enumerate(network.sites["site_id"])}
    for site, below in network.sites.filter(pl.col("upstream_of").is_not_null()).select("site_id", "upstream_of").rows():
        assert network.people[index[below]] > network.people[index[site]]


def test_some_plants_serve_two_counties():
    network = whole_programme()
    counties = network.shares.filter(pl.col("site").is_in(plants_of(network).tolist())).select(
        "site", county=pl.col("area_id").str.head(6)
    )
    assert 3 <= counties.group_by("site").n_unique().filter(pl.col("county") > 1).height <= 25


def test_children_sum_to_their_parent_and_counties_are_of_real_size():
    areas = populated_areas(SimulationPlan())
    sums = areas.group_by("parent_id").agg(pl.col("population").sum().alias("below"))
    above = areas.join(sums, left_on="area_id", right_on="parent_id")
    assert (above["population"] == above["below"]).all()
    assert 5e5 < areas.filter(level=3)["population"].median() < 1.2e6
    assert areas.filter(area_id=DONGGUAN)["population"].item() > 2e6


def test_residents_do_not_depend_on_the_number_of_sites():
    few, many = (build_network(SimulationPlan(n_sites=n)).areas.filter(pl.col("level") < 5) for n in (30, 300))
    assert few.equals(many)


def test_the_register_errs_as_much_as_it_declares():
    network = whole_programme()
    ratio = network.registered / network.people
    assert ratio.mean() == pytest.approx(1.0, abs=0.012)
    assert ratio.std() == pytest.approx(0.12, abs=0.012)


@pytest.mark.parametrize("n_sites", [0, 2, 2_200, 100_000])
def test_too_few_or_too_many_sites_are_refused(n_sites):
    with pytest.raises(UsageError, match="Give --sites from 3 to 1943") as refused:
        build_network(SimulationPlan(n_sites=n_sites))
    assert refused.value.code == "HW-U062"
