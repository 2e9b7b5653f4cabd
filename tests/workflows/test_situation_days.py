from __future__ import annotations

import pytest

from headworks.jobs.method import method_of
from headworks.jobs.run import run
from headworks.store import Workspace, read_facts, read_result
from headworks.workflows import default_scopes, residue_headings, situation_days, with_places

DAYS = "monday,tuesday,wednesday,thursday,friday,saturday,sunday"


def test_a_day_that_was_computed_and_published_counts_once_as_computed(two_plants: Workspace, give) -> None:
    # Site ES/Reus gets a load of its own on Tuesday of week 10 of 2024, and published ones on Tuesday and Wednesday.
    give(two_plants, "weeks", f"year,week,country,city,drug,{DAYS}\n2024,10,ES,Reus,cocaine,,77,88,,,,\n", "score")
    give(two_plants, "samples", "sample_id,site_id,collected_from,flow_m3_per_day\nZ1,ES/Reus,2024-03-05T08:00Z,2000\n")
    give(two_plants, "measurements", "sample_id,analyte,concentration_ng_per_l\nZ1,benzoylecgonine,5\n")
    give(two_plants, "populations", "site_id,valid_from,population,population_method\nES/Reus,2020-01-01,10000,census\n")
    run(two_plants)
    method = method_of(two_plants)
    loads, reported = read_result(two_plants, "loads"), read_facts(two_plants, "reported_loads")
    sites = with_places(read_facts(two_plants, "sites"), read_facts(two_plants, "areas"))
    days = situation_days(loads, reported, sites, residue_headings(method.parameters, loads, reported), method.uncertainty)
    found = days.filter(site_id="ES/Reus").select("weekday", "value").sort("weekday").rows()
    # 5 ng/L x 2,000 m3/d = 10 mg/d for 10 thousand people.
    assert found == [(2, pytest.approx(1.0)), (3, 88.0)]


def test_a_published_load_has_no_doubt_of_its_own_but_that_of_sampling_flow_and_analysis() -> None:
    none = {"sampling": 0.0, "flow": 0.0, "analysis": 0.0, "calibration": 0.0, "population": 0.0}
    assert default_scopes(none) == {"u_day": 0.0, "u_batch": 0.0, "u_site": 0.0}
