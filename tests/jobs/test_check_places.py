"""The check tells what is odd about the network of a workspace."""

from __future__ import annotations

import datetime as dt

from headworks.jobs.check.places import check_places
from headworks.store import Workspace

AREAS = """area_id,parent_id,level,name_en,population,valid_from
P,,1,Province,,2020-01-01
C,P,2,City,,2020-01-01
C1,C,3,First County,50000,2020-01-01
C2,C,3,Second County,,2020-01-01
D,P,2,No Counties,,2020-01-01
Da,D,4,Town,,2020-01-01
"""
SITES = """site_id,area_id,name,population_served,upstream_of
A,C1,Plant,53500,
V,C1,Village,500,A
B,C2,Across,,
"""
SHARES = """site_id,area_id,population
B,C1,100
B,C2,300
"""


def found(workspace: Workspace) -> dict[str, str]:
    return {one.code: one.message for one in check_places(workspace, as_of=dt.date(2025, 9, 1))}


def test_an_empty_workspace_has_nothing_odd(workspace: Workspace) -> None:
    assert found(workspace) == {}


def test_two_plants_have_nothing_odd(two_plants: Workspace) -> None:
    assert found(two_plants) == {}


def test_the_odd_things_of_a_network_are_told_with_their_numbers(workspace: Workspace, give) -> None:
    for name, text in (("areas", AREAS), ("sites", SITES), ("site_areas", SHARES)):
        give(workspace, name, text)
    said = found(workspace)
    assert "C1 First County 107 % (53,600 of 50,000)" in said["HW-C408"]
    assert "B: C2 75.0 %, C1 25.0 %" in said["HW-C407"]
    assert "D No Counties (1 towns)" in said["HW-C406"]
    assert set(said) == {"HW-C406", "HW-C407", "HW-C408"}


def test_a_site_amended_to_another_area_is_told_until_its_rows_have_dates(workspace: Workspace, give) -> None:
    give(workspace, "areas", AREAS)
    give(workspace, "sites", SITES)
    give(workspace, "sites", SITES.replace("V,C1,Village,500,A", "V,C2,Village,500,A"))
    assert "V from C1 to C2" in found(workspace)["HW-C416"]
    give(
        workspace, "site_areas", "site_id,area_id,population,valid_from,valid_to\nV,C1,500,,2025-06-30\nV,C2,500,2025-07-01,\n"
    )
    said = found(workspace)
    assert "HW-C416" not in said
    assert "V: C1 until 2025-06-30; V: C2 from 2025-07-01" in said["HW-C409"]


def test_a_table_that_cannot_be_read_is_told_as_an_error(two_plants: Workspace) -> None:
    next((two_plants.facts("areas") / "_delta_log").glob("*.json")).write_text("{", encoding="utf-8")
    assert [one.severity for one in check_places(two_plants)] == ["error"]
