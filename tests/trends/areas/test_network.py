import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.places import builders as places
from tests.trends.areas.builders import LATE, change_of, day, figure, network, roll_up

from headworks.places.catchments import downstream_pairs, independent_members, site_area_people
from headworks.trends.areas.members import active_entries
from headworks.trends.areas.network import build_network

# A town of 10,000 with a plant; a village of 800 above it, sampled on its own.
TOWN = [("K", None, 3, 10_000.0), ("T", "K", 4, 10_000.0), ("V", "T", 5, 800.0)]
NESTED = [("plant", "T", 9_000.0, None), ("village", "V", 800.0, "plant")]


@pytest.fixture(scope="module")
def town():
    return network(TOWN, NESTED, [("plant", "T", 9_000.0), ("village", "V", 800.0)])


def test_a_village_upstream_of_a_town_s_plant_is_not_counted_twice(town):
    table = roll_up(town, day("plant", 10.0, people=9_000.0), day("village", 50.0, people=800.0))
    for area in "TK":
        row = figure(table, area)
        assert (row["load_mg_per_day"], row["population"]) == (90.0, 9_000.0)
        assert (row["n_sites"], row["n_nested"]) == (1, 1)


def test_the_village_s_own_figure_shows_at_its_own_level(town):
    table = roll_up(town, day("plant", 10.0, people=9_000.0), day("village", 50.0, people=800.0))
    row = figure(table, "V")
    assert (row["level"], row["load_mg_per_1000_per_day"], row["n_nested"]) == (5, pytest.approx(50.0), 0)


def test_while_the_plant_has_no_sample_the_village_speaks_for_the_town(town):
    later = dt.date(2025, 6, 4)
    table = roll_up(town, day("plant", 10.0, people=9_000.0), day("village", 50.0, later, people=800.0))
    june = figure(table, "T", "2025-06")
    assert (june["load_mg_per_day"], june["n_sites"], june["coverage"]) == (40.0, 1, 0.08)
    # In the year both have one, and the plant holds the village.
    year = figure(table, "T", "2025")
    assert (year["load_mg_per_day"], year["n_sites"], year["n_nested"]) == (90.0, 1, 1)


def test_a_plant_known_village_by_village_holds_the_sampled_village_in_the_village_too():
    net = network(TOWN, NESTED, [("plant", "V", 800.0), ("plant", "T", 9_000.0), ("village", "V", 800.0)])
    table = roll_up(net, day("plant", 10.0, people=9_000.0), day("village", 50.0, people=800.0))
    row = figure(table, "V")
    # 800 of the 9,000 residents: that share of 90 mg/d.
    assert row["load_mg_per_day"] == pytest.approx(8.0)
    assert (row["population"], row["n_nested"]) == (pytest.approx(800.0), 1)


def test_a_town_may_lie_in_a_city_without_a_county_between():
    dongguan = [("44", None, 1, None), ("4419", "44", 2, 100_000.0), ("4419001", "4419", 4, 40_000.0)]
    table = roll_up(network(dongguan, [("s", "4419001", 30_000.0, None)]), day("s", 10.0, people=30_000.0))
    shown = {row["area_id"]: (row["level"], row["load_mg_per_day"]) for row in table.filter(period="2025").to_dicts()}
    assert shown == {"44": (1, 300.0), "4419": (2, 300.0), "4419001": (4, 300.0)}


def test_a_catchment_across_two_counties_is_shared_by_people():
    tree = [
        ("C", None, 2, None),
        ("K1", "C", 3, 5_000.0),
        ("K2", "C", 3, 5_000.0),
        ("T1", "K1", 4, None),
        ("T2", "K2", 4, None),
    ]
    net = network(tree, [("s", "T1", 1_000.0, None)], [("s", "T1", 600.0), ("s", "T2", 400.0)])
    table = roll_up(net, day("s", 50.0, people=1_000.0))
    found = {area: figure(table, area)["load_mg_per_day"] for area in ("T1", "K1", "T2", "K2", "C")}
    assert found == pytest.approx({"T1": 30.0, "K1": 30.0, "T2": 20.0, "K2": 20.0, "C": 50.0})
    # A share of one site is as uncertain as the site.
    assert [figure(table, area)["u_site"] for area in ("T1", "C")] == pytest.approx([0.12, 0.12])


def test_a_site_without_an_area_or_without_people_is_in_no_figure():
    net = network([("T", None, 4, None)], [("a", "T", None, None), ("b", "elsewhere", 100.0, None), ("c", None, 100.0, None)])
    assert net.unit.size == 0
    assert roll_up(net, day("a"), day("b"), day("c")).height == 0


# --- a site that moves ----------------------------------------------------------------------------------------------

MOVES = [
    ("K", None, 3, 10_000.0), ("A", "K", 4, 5_000.0), ("B", "K", 4, 5_000.0),
]  # fmt: skip
ON = dt.date(2025, 7, 1)


@pytest.fixture(scope="module")
def moved():
    """Site ``s`` drains town A until 30 June 2025 and town B from 1 July."""
    drains = [("s", "A", 4_000.0, None, dt.date(2025, 6, 30)), ("s", "B", 4_000.0, ON)]
    return network(MOVES, [("s", "A", 4_000.0, None)], drains)


def test_days_before_a_move_go_to_the_old_area_and_days_after_to_the_new(moved):
    rows = [day("s", 10.0, dt.date(2025, 6, 30), people=4_000.0), day("s", 30.0, ON, people=4_000.0)]
    table = roll_up(moved, *rows)
    months = {
        row["period"]: (row["area_id"], row["load_mg_per_day"])
        for row in table.filter(level=4, period_kind="month").to_dicts()
    }
    assert months == {"2025-06": ("A", 40.0), "2025-07": ("B", 120.0)}
    county = {row["period"]: row["load_mg_per_day"] for row in table.filter(area_id="K", period_kind="month").to_dicts()}
    assert county == {"2025-06": 40.0, "2025-07": 120.0}


def test_the_area_that_holds_both_counts_the_site_once_in_the_year_of_the_move(moved):
    rows = [day("s", 10.0, dt.date(2025, 6, 30), people=4_000.0), day("s", 30.0, ON, people=4_000.0)]
    row = figure(roll_up(moved, *rows), "K", "2025")
    assert (row["population"], row["n_sites"]) == (4_000.0, 1)


def test_in_the_year_of_a_move_each_town_has_the_share_of_its_days_and_both_sum_to_the_county(moved):
    rows = [day("s", 10.0, dt.date(2025, 6, 30), people=4_000.0)]
    rows += [day("s", 30.0, ON + dt.timedelta(weeks=i), people=4_000.0) for i in range(3)]
    table = roll_up(moved, *rows)
    # One of four days in A, three in B: 10 x 4 / 4 = 10 and 30 x 4 x 3 / 4 = 90 mg/d; a quarter of the people and the rest.
    found = {area: (row["load_mg_per_day"], row["population"]) for area in "ABK" for row in [figure(table, area, "2025")]}
    assert found == {"A": (10.0, 1_000.0), "B": (90.0, 3_000.0), "K": (100.0, 4_000.0)}
    assert [figure(table, area, "2025")["load_mg_per_1000_per_day"] for area in "ABK"] == pytest.approx([10.0, 30.0, 25.0])


def test_the_register_of_a_site_that_moved_is_one_error_in_the_area_that_holds_both(moved):
    rows = [day("s", 10.0, dt.date(2025, 6, 30), people=4_000.0), day("s", 30.0, ON, people=4_000.0)]
    assert figure(roll_up(moved, *rows), "K", "2025")["u_site"] == pytest.approx(0.12)


def test_a_day_without_a_date_counts_where_the_site_was_first(moved):
    row = day("s", people=4_000.0) | {"day": None, "week": 0}
    table = roll_up(moved, row)
    assert sorted(table["area_id"]) == ["A", "K"]
    assert table["period"].unique().to_list() == ["2025"]


def test_nothing_changed_in_a_town_that_got_the_site_only_now(moved):
    rows = [day("s", 10.0, dt.date(2024, 9, 4), people=4_000.0), day("s", 30.0, dt.date(2025, 9, 3), people=4_000.0)]
    table = change_of(moved, *rows)
    assert table.filter(area_id="B").height == 0


# --- the slow twin --------------------------------------------------------------------------------------------------

CODES = ["P", "C", "K1", "K2", "T1", "T2", "T3", "V1", "V2"]
TREE = dict(zip(CODES, [None, "P", "C", "C", "K1", "K1", "K2", "T1", "T3"], strict=True))
LEVEL = dict(zip(CODES, [1, 2, 3, 3, 4, 4, 4, 5, 5], strict=True))
FIRST = dt.date(2025, 1, 1)


@st.composite
def provinces(draw):
    """A register of up to seven sites, nested at will, some of them moving; and which are sampled on which of three days."""
    n = draw(st.integers(1, 7))
    sites, drains = [], []
    for i in range(n):
        following = draw(st.none() | st.integers(0, i - 1)) if i else None
        sites.append((f"s{i}", draw(st.sampled_from(CODES)), draw(st.sampled_from([None, 100.0, 2_500.0])),
                      None if following is None else f"s{following}"))  # fmt: skip
        for code in draw(st.lists(st.sampled_from(CODES[2:]), unique=True, max_size=4)):
            begins = draw(st.none() | st.integers(0, 60))
            ends = draw(st.none() | st.integers(begins or 0, 90))
            dates = [None if part is None else FIRST + dt.timedelta(days=part) for part in (begins, ends)]
            drains.append((f"s{i}", code, draw(st.sampled_from([0.0, 10.0, 300.0])), *dates))
    on = [FIRST + dt.timedelta(days=d) for d in draw(st.lists(st.integers(0, 100), min_size=1, max_size=3, unique=True))]
    return sites, drains, {one: {f"s{i}" for i in range(n) if draw(st.booleans())} for one in on}


@given(provinces())
@settings(max_examples=150, deadline=None)
def test_members_are_those_of_the_slow_twin(province):
    sites, drains, sampled_on = province
    tree = places.areas(*[places.area(code, TREE[code], LEVEL[code]) for code in CODES])
    register = places.sites(*[places.site(*one) for one in sites])
    people = site_area_people(register, places.site_areas(*[places.drains(*one) for one in drains]), tree, LATE)
    pairs = downstream_pairs(register)
    net = build_network(people, pairs, tree)
    names = {place: name for name, place in net.site_of.items()}
    for on, sampled in sampled_on.items():
        known = sorted(sampled & set(net.site_of))
        ordinal = np.full(len(known), (on - dt.date(1970, 1, 1)).days)
        units = net.units_of(np.array([net.site_of[name] for name in known], dtype=np.int64), ordinal)
        is_present = np.zeros((net.n_units, 1), dtype=bool)
        is_present[units] = True
        active = active_entries(net, is_present)[0][:, 0] if net.unit.size else np.zeros(0, dtype=bool)
        of_unit = np.repeat(np.arange(len(net.site_of)), np.diff(np.append(net.first_unit, net.n_units)))
        for area_code in CODES:
            slow = independent_members(people, pairs, sampled, area_code, on)
            place = {code: i for i, code in enumerate(net.areas["area_id"])}.get(area_code, -1)
            fast = sorted(names[int(of_unit[net.unit[entry]])] for entry in np.flatnonzero(active & (net.area == place)))
            assert fast == slow, (area_code, on)


@given(provinces())
@settings(max_examples=60, deadline=None)
def test_shares_of_a_unit_s_topmost_areas_add_up_to_one(province):
    sites, drains, _ = province
    tree = places.areas(*[places.area(code, TREE[code], LEVEL[code]) for code in CODES])
    register = places.sites(*[places.site(*one) for one in sites])
    people = site_area_people(register, places.site_areas(*[places.drains(*one) for one in drains]), tree, LATE)
    net = build_network(people, downstream_pairs(register), tree)
    top = np.array([code == "P" for code in net.areas["area_id"]], dtype=bool)[net.area]
    assert net.share[top] == pytest.approx(1.0)
    assert np.all((net.share > 0) & (net.share <= 1 + 1e-12))
