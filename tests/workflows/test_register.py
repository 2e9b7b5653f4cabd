import datetime as dt

import polars as pl
from tests.places import builders as places
from tests.workflows.builders import facts, table

from headworks.trends.areas.network import Network
from headworks.workflows.register import build_register, newest_code_date, therapeutic_of_sites, with_ends, with_populations

YEAR = dt.date(2020, 1, 1)


def members(network: Network) -> dict[str, list[str]]:
    """Sites of each area."""
    unit_of = {int(network.first_unit[place]): site for site, place in network.site_of.items()}
    found: dict[str, list[str]] = {}
    for unit, area in zip(network.unit, network.area, strict=True):
        found.setdefault(network.areas["area_id"][int(area)], []).append(unit_of[int(unit)])
    return found


def dated_population(site, people, valid_from, how="register"):
    return {"site_id": site, "valid_from": valid_from, "population": people, "population_method": how}


def test_a_site_speaks_for_its_town_and_for_all_the_town_lies_in():
    found = members(build_register(facts()).network)
    assert found == {"P": ["a", "b", "v"], "K": ["a", "b", "v"], "T1": ["a", "v"], "T2": ["b"]}


def test_the_newest_dated_population_counts_before_the_register():
    dated = [dated_population("a", 18_000.0, dt.date(2021, 1, 1)), dated_population("a", 19_000.0, YEAR)]
    told = facts(populations=dated)
    sites = with_populations(told["sites"], told["populations"]).sort("site_id")
    assert sites["population_served"].to_list() == [18_000.0, 25_000.0, 900.0]
    assert sites["population_method"].to_list() == ["register", None, None]


def test_a_re_coded_county_carries_its_sites_on_under_the_new_code():
    areas = [
        places.area("P"), places.area("K", "P", 3, valid_to=dt.date(2022, 12, 31)),
        places.area("N", "P", 3, valid_from=dt.date(2023, 1, 1), population=60_000.0),
    ]  # fmt: skip
    sites = [places.site("a", "K", 20_000.0)]
    register = build_register(facts(areas=areas, sites=sites, code_changes=[places.change("K", "N", dt.date(2023, 1, 1))]))
    assert members(register.network) == {"P": ["a"], "N": ["a"]}
    assert register.network.areas["area_population"].to_list() == [None, 60_000.0]


def test_a_merged_town_s_site_speaks_for_the_town_that_took_it():
    merged = dt.date(2023, 1, 1)
    areas = [
        places.area("K", level=3), places.area("T1", "K", 4), places.area("T2", "K", 4, valid_to=dt.date(2022, 12, 31)),
    ]  # fmt: skip
    sites = [places.site("a", "T1", 20_000.0), places.site("b", "T2", 5_000.0)]
    told = facts(areas=areas, sites=sites, code_changes=[places.change("T2", "T1", merged, "merge")])
    assert members(build_register(told).network) == {"K": ["a", "b"], "T1": ["a", "b"]}


def test_shares_in_merged_towns_are_added():
    areas = [
        places.area("T1", level=4),
        places.area("T2", level=4, valid_to=dt.date(2022, 12, 31)),
        places.area("T3", level=4),
    ]
    drains = [places.drains("a", "T1", 300.0), places.drains("a", "T2", 200.0), places.drains("a", "T3", 500.0)]
    changes = [places.change("T2", "T1", dt.date(2023, 1, 1), "merge")]
    network = build_register(
        facts(areas=areas, sites=[places.site("a", "T1", 1e3)], site_areas=drains, code_changes=changes)
    ).network
    shares = dict(zip(network.areas["area_id"], network.share.tolist(), strict=True))
    assert shares == {"T1": 0.5, "T3": 0.5}


def test_the_register_is_read_as_of_its_newest_code_date_and_no_clock():
    future = dt.date(2199, 1, 1)
    areas = [places.area("T1", level=4), places.area("T9", level=4, valid_from=future)]
    register = build_register(facts(areas=areas, sites=[places.site("a", "T1", 10.0), places.site("b", "T9", 10.0)]))
    assert members(register.network) == {"T1": ["a"], "T9": ["b"]}


def test_the_newest_code_date_is_that_of_an_area_or_of_a_change():
    areas = table("areas", [places.area("T")])
    changes = table("code_changes", [places.change("A", "B", dt.date(2024, 1, 1))])
    assert newest_code_date(areas, changes) == dt.date(2024, 1, 1)
    assert newest_code_date(areas, changes.clear()) == places.LONG_AGO
    assert newest_code_date(areas.clear(), changes.clear()) == dt.date(1900, 1, 1)


def test_a_code_that_was_written_again_ends_the_day_before():
    rows = [places.area("T", valid_from=YEAR), places.area("T", "K", valid_from=dt.date(2022, 1, 1)), places.area("U")]
    ended = with_ends(table("areas", rows))
    assert ended.select("area_id", "valid_to").rows() == [("T", dt.date(2021, 12, 31)), ("T", None), ("U", None)]
    known = with_ends(
        table("areas", [places.area("T", valid_to=dt.date(2021, 1, 1)), places.area("T", valid_from=dt.date(2022, 1, 1))])
    )
    assert known["valid_to"].to_list() == [dt.date(2021, 1, 1), None]


def test_a_workspace_without_a_register_has_an_empty_network():
    register = build_register(facts(areas=(), sites=()))
    assert (register.network.n_units, register.network.unit.size, register.sites.height) == (0, 0, 0)


def test_medical_use_is_that_of_the_nearest_area_drug_by_drug():
    def use(area, drug, amount):
        return {"area_id": area, "drug": drug, "valid_from": YEAR, "use_mg_per_1000_per_day": amount, "u_use": 0.1}

    told = facts(therapeutic_use=[use("P", "morphine", 10.0), use("T1", "morphine", 40.0), use("P", "codeine", 7.0)])
    found = therapeutic_of_sites(told).select("site_id", "drug", "use_mg_per_1000_per_day").rows()
    assert found == [
        ("a", "codeine", 7.0), ("a", "morphine", 40.0), ("b", "codeine", 7.0), ("b", "morphine", 10.0),
        ("v", "codeine", 7.0), ("v", "morphine", 40.0),
    ]  # fmt: skip
    assert therapeutic_of_sites(facts()).columns == therapeutic_of_sites(told).columns
    assert therapeutic_of_sites(told).schema["u_use"] == pl.Float64
