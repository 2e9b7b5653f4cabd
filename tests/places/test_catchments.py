"""Who drains where: sums over the tree, nested catchments, sites that move."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.places.builders import DAY, area, areas, drains, province, site, site_areas, sites

from headworks.core.errors import DataRefused
from headworks.places.area_tree import AreaTree
from headworks.places.catchments import downstream_pairs, independent_members, site_area_people

JUNE, JULY = dt.date(2025, 6, 30), dt.date(2025, 7, 1)


def people(site_rows, share_rows, tree=None):
    frame = site_area_people(sites(*site_rows), site_areas(*share_rows), province() if tree is None else tree, DAY)
    return frame.select("site_id", "area_id", "population").rows()


def test_people_of_towns_add_up_to_their_county_city_and_province():
    rows = people([site("S")], [drains("S", "C1a", 300.0), drains("S", "C1b", 200.0), drains("S", "C2a", 100.0)])
    assert rows == [
        ("S", "P", 600.0), ("S", "C", 600.0), ("S", "C1", 500.0), ("S", "C2", 100.0),
        ("S", "C1a", 300.0), ("S", "C1b", 200.0), ("S", "C2a", 100.0),
    ]  # fmt: skip


def test_the_larger_of_what_is_said_and_what_adds_up_counts():
    said_more = people([site("S")], [drains("S", "C1", 800.0), drains("S", "C1a", 300.0)])
    assert {code: number for _, code, number in said_more}["P"] == 800.0
    said_less = people([site("S")], [drains("S", "C1", 100.0), drains("S", "C1a", 300.0)])
    assert {code: number for _, code, number in said_less}["C1"] == 300.0


def test_a_site_without_shares_drains_its_own_area():
    assert people([site("S", "Da", 70.0)], []) == [("S", "P", 70.0), ("S", "D", 70.0), ("S", "Da", 70.0)]


def test_shares_count_before_the_site_register():
    assert people([site("S", "Da", 70.0)], [drains("S", "V", 5.0)])[-1] == ("S", "V", 5.0)
    assert "Da" not in [code for _, code, _ in people([site("S", "Da", 70.0)], [drains("S", "V", 5.0)])]


def test_a_site_of_unknown_population_or_area_has_no_row():
    assert people([site("S", "Da"), site("T", "nowhere", 9.0), site("U", None, 9.0)], []) == []


def test_a_town_of_a_city_without_counties_skips_the_county():
    frame = site_area_people(sites(site("S", "Da", 70.0)), site_areas(), province(), DAY)
    assert frame["level"].to_list() == [1, 2, 4]


def test_a_site_moved_in_mid_year_counts_for_each_area_on_its_days_and_for_the_county_all_year():
    rows = [drains("S", "C1a", 300.0, None, JUNE), drains("S", "C1b", 300.0, JULY, None)]
    frame = site_area_people(sites(site("S")), site_areas(*rows), province(), DAY)
    dated = {code: (begins, ends) for code, begins, ends in frame.select("area_id", "valid_from", "valid_to").rows()}
    assert dated == {"P": (None, None), "C": (None, None), "C1": (None, None), "C1a": (None, JUNE), "C1b": (JULY, None)}


def test_a_site_moved_to_another_county_changes_county_on_the_day():
    rows = [drains("S", "C1a", 300.0, None, JUNE), drains("S", "C2a", 310.0, JULY, None)]
    frame = site_area_people(sites(site("S")), site_areas(*rows), province(), DAY)
    found = frame.select("area_id", "population", "valid_from", "valid_to").rows()
    assert found == [
        ("P", 300.0, None, JUNE), ("P", 310.0, JULY, None), ("C", 300.0, None, JUNE), ("C", 310.0, JULY, None),
        ("C1", 300.0, None, JUNE), ("C2", 310.0, JULY, None), ("C1a", 300.0, None, JUNE), ("C2a", 310.0, JULY, None),
    ]  # fmt: skip


def test_shares_without_columns_of_dates_always_count():
    frame = site_areas(drains("S", "Da", 7.0)).drop("valid_from", "valid_to")
    assert site_area_people(sites(site("S")), frame, province(), DAY)["valid_to"].to_list() == [None] * 3


def test_no_sites_have_no_people():
    assert people([], []) == []
    assert people([site("S", "P", 1.0)], [], areas()) == []


_dates = st.one_of(st.none(), st.dates(dt.date(2025, 1, 1), dt.date(2025, 3, 1)))


@given(
    st.dictionaries(
        st.sampled_from(["P", "C", "C1", "C2", "C1a", "C1b", "V", "Da"]),
        st.tuples(st.integers(0, 900), _dates, _dates),
        min_size=1,
    ),
    st.dates(dt.date(2024, 12, 20), dt.date(2025, 3, 10)),
)
def test_on_every_day_the_table_is_what_a_slow_walk_of_the_tree_says(rows, day):
    rows = {a: (p, b, e if b is None or e is None or e >= b else None) for a, (p, b, e) in rows.items()}
    tree = AreaTree.at(province(), DAY)
    said = {a: p for a, (p, b, e) in rows.items() if (b is None or b <= day) and (e is None or day <= e)}

    def walk(code):
        below = [found for found in map(walk, tree.children(code)) if found is not None]
        options = ([sum(below)] if below else []) + ([said[code]] if code in said else [])
        return max(options) if options else None

    expected = {code: walk(code) for code in tree.levels if walk(code) is not None}
    frame = site_area_people(
        sites(site("S")), site_areas(*[drains("S", a, float(p), b, e) for a, (p, b, e) in rows.items()]), province(), DAY
    )
    begun = pl.col("valid_from").is_null() | (pl.col("valid_from") <= day)
    found = frame.filter(begun & (pl.col("valid_to").is_null() | (pl.col("valid_to") >= day)))
    assert found.height == found["area_id"].n_unique()
    assert dict(found.select("area_id", "population").rows()) == expected


def test_every_downstream_site_is_reached_with_its_steps():
    frame = downstream_pairs(sites(site("plant"), site("t1", upstream_of="plant"), site("v", upstream_of="t1")))
    assert frame.rows() == [("t1", "plant", 1), ("v", "t1", 1), ("v", "plant", 2)]


def test_an_unknown_next_site_ends_the_way():
    assert downstream_pairs(sites(site("a", upstream_of="b"), site("b", upstream_of="gone"))).rows() == [("a", "b", 1)]
    assert downstream_pairs(sites(site("a"))).is_empty()
    assert downstream_pairs(sites()).is_empty()


def test_a_circle_is_refused_and_named():
    rows = [site("b", upstream_of="c"), site("c", upstream_of="a"), site("a", upstream_of="b"), site("d", upstream_of="a")]
    with pytest.raises(DataRefused, match="in a circle") as refused:
        downstream_pairs(sites(*rows, site("self", upstream_of="self")))
    assert refused.value.found == "a → b → c → a; self → self"
    assert refused.value.code == "HW-D403"


@given(st.lists(st.integers(0, 100), min_size=1, max_size=20))
def test_pairs_are_what_following_the_sewage_says(choices):
    rows = [site(f"s{n}", upstream_of=f"s{choice % n}" if n and choice % 3 else None) for n, choice in enumerate(choices)]
    following = {row["site_id"]: row["upstream_of"] for row in rows}
    expected = set()
    for name in following:
        steps, at = 0, following[name]
        while at is not None:
            steps += 1
            expected.add((name, at, steps))
            at = following[at]
    assert set(downstream_pairs(sites(*rows)).rows()) == expected


def nested():
    """Village v → town plant t → trunk plant p; v2 drains to p directly; the plant serves towns C1a and C1b."""
    rows = [site("p"), site("t", upstream_of="p"), site("v", upstream_of="t"), site("v2", upstream_of="p")]
    shares = [
        drains("p", "C1a", 900.0),
        drains("p", "C1b", 500.0),
        drains("t", "C1a", 800.0),
        drains("v", "V", 50.0),
        drains("v2", "C1b", 20.0),
    ]
    frame = site_area_people(sites(*rows), site_areas(*shares), province(), DAY)
    return frame, downstream_pairs(sites(*rows))


@pytest.mark.parametrize(
    ("sampled", "area_id", "members"),
    [
        ("p t v v2", "C1", ["p"]),
        ("t v v2", "C1", ["t", "v2"]),
        ("v v2", "C1", ["v", "v2"]),
        ("p t v v2", "V", ["v"]),
        ("p t v v2", "C1a", ["p"]),
        ("v", "C1b", []),
        ("", "C1", []),
    ],
)
def test_only_the_most_downstream_sampled_sites_are_members(sampled, area_id, members):
    assert independent_members(*nested(), set(sampled.split()), area_id) == members


def test_a_site_that_moved_away_is_no_member_afterwards():
    rows = [drains("S", "C1a", 300.0, None, JUNE), drains("S", "C2a", 310.0, JULY, None)]
    frame = site_area_people(sites(site("S")), site_areas(*rows), province(), DAY)
    pairs = downstream_pairs(sites(site("S")))
    assert independent_members(frame, pairs, {"S"}, "C1", JUNE) == ["S"]
    assert independent_members(frame, pairs, {"S"}, "C1", JULY) == []


@given(st.sets(st.sampled_from(["p", "t", "v", "v2"])), st.sampled_from(["P", "C1", "C1a", "C1b", "V"]))
def test_no_member_lies_upstream_of_another_and_every_sampled_candidate_is_one_or_lies_upstream_of_one(sampled, area_id):
    frame, pairs = nested()
    members = set(independent_members(frame, pairs, sampled, area_id))
    flows = set(pairs.select("site_id", "downstream_id").rows())
    assert not [(a, b) for a in members for b in members if (a, b) in flows]
    candidates = set(frame.filter(pl.col("area_id") == area_id)["site_id"]) & sampled
    assert all(one in members or any((one, member) in flows for member in members) for one in candidates)


def test_an_area_of_the_register_that_the_tree_does_not_know_has_no_people():
    tree = areas(area("P"))
    assert people([site("S")], [drains("S", "P", 3.0), drains("S", "gone", 5.0)], tree) == [("S", "P", 3.0)]
