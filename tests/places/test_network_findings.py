"""What is odd about a network is told with its code, its numbers and what would do; nothing else is told."""

import datetime as dt

import polars as pl
import pytest
from tests.places.builders import DAY, area, areas, change, code_changes, drains, province, site, site_areas, sites

from headworks.places.divisions import divisions, shipped_code_changes
from headworks.places.network_findings import Network, network_findings

JUNE, JULY = dt.date(2025, 6, 30), dt.date(2025, 7, 1)


def told(site_rows=(), share_rows=(), changes=(), tree=None, history=None, day=DAY):
    rows = (
        areas(area("P"), area("C", "P", 2), area("C1", "C", 3, population=50_000.0, name_en="Onetown"), area("C2", "C", 3))
        if tree is None
        else tree
    )
    network = Network(rows, sites(*site_rows), site_areas(*share_rows), code_changes(*changes), history)
    return {one.code: (one.severity, one.message, one.remedy) for one in network_findings(network, day)}


def message(found, code):
    return found[code][1]


def test_a_network_without_a_question_is_told_nothing_of():
    rows = [site("p", "C1", 40_000.0), site("t", "C1", 300.0, upstream_of="p")]
    assert told(rows) == {}
    assert told() == {}


def test_a_recoded_county_in_use_is_told_with_its_new_code():
    found = told([site("S", "old", 9.0)], changes=[change("old", "C1")])
    assert found["HW-C403"][0] == "info"
    assert (
        message(found, "HW-C403")
        == "1 old codes are in use; their series go on under the new ones: old is C1 since 2025-01-01."
    )
    assert "HW-C413" not in found


def test_a_merged_town_is_told_with_where_its_people_count():
    found = told([site("S", "old", 9.0)], changes=[change("old", "C1", kind="merge"), change("C9", "C1", kind="merge")])
    assert "old in C1 since 2025-01-01" in message(found, "HW-C404")
    assert "C9" not in message(found, "HW-C404")


def test_a_divided_area_is_told_with_its_shares_or_that_they_are_not_known():
    parts = [change("old", "C1", kind="split", share=0.4), change("old", "C2", kind="split", share=0.6)]
    assert "old to C1 (40.0 %); old to C2 (60.0 %)" in message(told([site("S", "old", 9.0)], changes=parts), "HW-C418")
    unknown = told([site("S", "old", 9.0)], changes=[change("old", "C1", kind="split", share=None)])
    assert unknown["HW-C405"][0] == "warning"
    assert "figures stay under the old code: old since 2025-01-01" in message(unknown, "HW-C405")
    assert "HW-C413" not in unknown


def test_a_city_whose_towns_lie_directly_in_it_is_told():
    assert (
        message(told(tree=province()), "HW-C406")
        == "1 cities have no counties: their towns lie directly in them: D  (1 towns)."
    )
    shipped = told(tree=divisions("44"), day=dt.date(2024, 1, 1))
    assert "441900000000 Dongguan (" in message(shipped, "HW-C406")
    assert "442000000000 Zhongshan (" in message(shipped, "HW-C406")
    assert list(shipped) == ["HW-C406"]


def test_a_catchment_across_two_counties_is_told_with_its_shares():
    found = told([site("S")], [drains("S", "C1", 3_000.0), drains("S", "C2", 1_000.0)])
    assert message(found, "HW-C407") == "1 catchments cross borders of counties: S: C1 75.0 %, C2 25.0 %."


def test_a_coverage_of_107_percent_is_told_with_its_numbers():
    found = told([site("S"), site("T")], [drains("S", "C1", 30_000.0), drains("T", "C1", 23_500.0)])
    assert found["HW-C408"][0] == "warning"
    assert "C1 Onetown 107 % (53,500 of 50,000)" in message(found, "HW-C408")


def test_a_village_upstream_of_the_plant_covers_nobody_twice():
    rows = [site("p"), site("v", upstream_of="p")]
    assert told(rows, [drains("p", "C1", 50_000.0), drains("v", "C1", 23_500.0)]) == {}


def test_a_site_moved_in_mid_year_is_told_with_its_days():
    found = told([site("S", "C2")], [drains("S", "C1", 9.0, None, JUNE), drains("S", "C2", 9.0, JULY)])
    assert "S: C1 until 2025-06-30; S: C2 from 2025-07-01" in message(found, "HW-C409")


def test_a_site_given_another_area_without_dates_is_a_warning():
    stamps = [dt.datetime(2025, 1, 5, tzinfo=dt.UTC), dt.datetime(2025, 7, 2, tzinfo=dt.UTC)]
    history = pl.DataFrame({"site_id": ["S", "S"], "area_id": ["C1", "C2"], "recorded_at": stamps})
    found = told([site("S", "C2", 9.0)], history=history)
    assert found["HW-C416"][0] == "warning"
    assert "S from C1 to C2" in message(found, "HW-C416")
    dated = [drains("S", "C1", 9.0, None, JUNE), drains("S", "C2", 9.0, JULY)]
    assert "HW-C416" not in told([site("S", "C2", 9.0)], dated, history=history)


def test_a_catchment_smaller_than_one_in_it_is_told():
    found = told([site("p", "C1", 100.0), site("t", "C1", 300.0, upstream_of="p")])
    assert "p (100) below t (300)" in message(found, "HW-C410")


def test_circles_and_unknown_sites_downstream_are_errors():
    found = told(
        [site("a", "C1", 1.0, upstream_of="b"), site("b", "C1", 1.0, upstream_of="a"), site("c", "C1", 1.0, upstream_of="x")]
    )
    assert found["HW-C411"][:2] == ("error", "1 catchments lie in one another in a circle: a → b.")
    assert found["HW-C412"][:2] == ("error", "1 sites drain to a site that is not known: c to x.")


def test_broken_trees_and_orphans_are_told_and_nothing_is_computed_on_a_broken_tree():
    broken = areas(area("P"), area("X", "Y", 2), area("Y", "X", 2), area("O", "gone", 2))
    found = told([site("S", "X", 5.0)], tree=broken)
    assert found["HW-C401"][0] == "error"
    assert message(found, "HW-C402") == "1 areas lie in one that the table of areas lacks: O (parent gone)."


@pytest.mark.parametrize(
    ("site_rows", "share_rows", "code", "words"),
    [
        ([site("S", "nowhere", 5.0)], [], "HW-C413", "not in the table of areas on that day: nowhere"),
        ([site("S", "C1", 5.0)], [drains("S", "gone", 5.0)], "HW-C413", "gone"),
        ([], [drains("S", "C1", 5.0)], "HW-C417", "S"),
        ([site("S", "C1", 5.0, kind="school")], [], "HW-C414", "no consent protocol: S"),
        ([site("S", "C1")], [], "HW-C415", "nobody is known to drain to them: S"),
        ([site("S", None, 5.0)], [], "HW-C415", "S"),
    ],
)
def test_what_is_missing_is_told(site_rows, share_rows, code, words):
    assert words in message(told(site_rows, share_rows), code)


def test_more_than_five_examples_are_counted():
    found = told([site(f"s{n}", "C1") for n in range(8)])
    assert message(found, "HW-C415").startswith("8 sites ")
    assert message(found, "HW-C415").endswith("s4; and 3 more.")


def test_codes_of_an_older_list_are_told_on_the_real_divisions():
    rows = [site("S", "440421000000", 9.0), site("T", "440107000000", 9.0), site("U", "522501000000", 9.0)]
    found = told(rows, changes=shipped_code_changes().changes.to_dicts(), tree=divisions(), day=dt.date(2024, 1, 1))
    assert "440421000000 is 440403000000 since 2001-01-01" in message(found, "HW-C403")
    assert "440107000000 in 440103000000 since 2005-01-01" in message(found, "HW-C404")
    assert "522501000000 since 2000-01-01" in message(found, "HW-C405")
