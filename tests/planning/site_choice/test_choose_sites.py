from __future__ import annotations

from dataclasses import replace
from itertools import product
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headworks.core.errors import UsageError
from headworks.planning.site_choice import ChoiceRules, choose_sites, coverage_frontier, nesting


def network(people, downstream=None, county=None, cost=None, samples=None) -> pl.DataFrame:
    """Sites A, B, C … ; ``downstream`` by letter."""
    names = [chr(65 + i) for i in range(len(people))]
    return pl.DataFrame(
        {
            "site_id": names,
            "downstream_id": downstream or [None] * len(names),
            "population": people,
            "county_id": county or ["x"] * len(names),
            "cost": cost or [1.0] * len(names),
            "samples_per_week": samples or [1.0] * len(names),
        },
        schema_overrides={"downstream_id": pl.String, "population": pl.Float64, "county_id": pl.String},
    )


def chosen(found) -> str:
    return "".join(found.sites.filter("is_chosen")["site_id"])


def covered(following, own, picked) -> float:
    """Slow and obvious: everybody whose sewage passes a chosen site, once."""
    total = 0.0
    for site in range(len(own)):
        at = site
        while at is not None and at not in picked:
            at = following[at]
        total += own[site] if at is not None else 0.0
    return total


def has_nested(following, picked) -> bool:
    for site in picked:
        at = following[site]
        while at is not None:
            if at in picked:
                return True
            at = following[at]
    return False


@st.composite
def small_networks(draw):
    n = draw(st.integers(1, 8))
    # A site drains to an earlier one or to none, so there is no circle.
    following = [draw(st.one_of(st.none(), st.integers(0, i - 1))) if i else None for i in range(n)]
    own = [float(draw(st.integers(1, 50))) for _ in range(n)]
    passing = [sum(own[j] for j in range(n) if i in _way(following, j)) for i in range(n)]
    cost = [float(draw(st.integers(1, 5))) for _ in range(n)]
    county = [draw(st.sampled_from("xyz")) for _ in range(n)]
    table = network(passing, [None if f is None else chr(65 + f) for f in following], county, cost)
    budget = float(draw(st.integers(0, 16)))
    rules = ChoiceRules(
        budget=budget,
        capacity=draw(st.one_of(st.none(), st.integers(0, n).map(float))),
        least_people=float(draw(st.integers(0, 30))),
        one_per_county=draw(st.booleans()),
        is_nesting_allowed=draw(st.booleans()),
        forced_in=frozenset(draw(st.sets(st.sampled_from([chr(65 + i) for i in range(n)]), max_size=1))),
    )
    return table, rules, following, own


def _way(following, site):
    way = []
    at = site
    while at is not None:
        way.append(at)
        at = following[at]
    return way


def best_by_force(table, rules, following, own):
    rows = table.to_dicts()
    names = [row["site_id"] for row in rows]
    may = [row["site_id"] in rules.forced_in or row["population"] >= rules.least_people for row in rows]
    counties = {row["county_id"] for row, ok in zip(rows, may, strict=True) if ok}
    best = None
    for pick in product([False, True], repeat=len(rows)):
        picked = {i for i, one in enumerate(pick) if one}
        if any(not may[i] for i in picked) or not rules.forced_in <= {names[i] for i in picked}:
            continue
        if sum(rows[i]["cost"] for i in picked) > rules.budget:
            continue
        if rules.capacity is not None and len(picked) > rules.capacity:
            continue
        if rules.one_per_county and not counties <= {rows[i]["county_id"] for i in picked}:
            continue
        if not rules.is_nesting_allowed and has_nested(following, picked):
            continue
        value = covered(following, own, picked)
        best = value if best is None else max(best, value)
    return best


@settings(max_examples=100)
@given(small_networks())
def test_no_choice_by_brute_force_is_better(case):
    table, rules, following, own = case
    best = best_by_force(table, rules, following, own)
    if best is None:
        with pytest.raises(UsageError) as refused:
            choose_sites(table, rules)
        assert refused.value.code == "HW-U190"
        return
    found = choose_sites(table, rules)
    assert found.people == pytest.approx(best)
    picked = set(np.flatnonzero(found.sites["is_chosen"].to_numpy()))
    assert covered(following, own, picked) == pytest.approx(best)
    assert found.cost <= rules.budget + 1e-9
    assert found.people_of_all == pytest.approx(sum(own))
    assert rules.is_nesting_allowed or not has_nested(following, picked)


def test_a_site_upstream_counts_nobody_twice():
    # The plant A has 900 people, 500 of them from B; C is apart.
    table = network([900.0, 500.0, 80.0], [None, "A", None])
    assert chosen(choose_sites(table, ChoiceRules(budget=2.0))) == "AC"
    both = choose_sites(table, ChoiceRules(is_nesting_allowed=True, forced_in=frozenset("B")))
    assert (chosen(both), both.people) == ("ABC", 980.0)
    assert both.sites["people_counted"].to_list() == [900.0, 0.0, 80.0]


def test_sites_that_add_nobody_are_not_named():
    table = network([900.0, 500.0], [None, "A"])
    assert chosen(choose_sites(table, ChoiceRules(is_nesting_allowed=True))) == "A"


def test_a_plant_with_fewer_people_than_its_villages_has_theirs():
    # The register gives the plant 100, the two sites upstream 80 and 70.
    found = nesting(network([100.0, 80.0, 70.0], [None, "A", "A"]))
    assert found.passing.tolist() == [150.0, 80.0, 70.0]
    assert found.own.tolist() == [0.0, 80.0, 70.0]


def test_the_next_site_may_be_outside_the_table():
    assert nesting(network([10.0], ["Z"])).following.tolist() == [-1]


def test_one_per_county_gives_up_people_for_it():
    table = network([900.0, 800.0, 10.0], county=["x", "x", "y"])
    assert chosen(choose_sites(table, ChoiceRules(budget=2.0))) == "AB"
    assert chosen(choose_sites(table, ChoiceRules(budget=2.0, one_per_county=True))) == "AC"


def test_a_county_with_small_sites_only_is_named():
    table = network([900.0, 10.0], county=["x", "y"])
    found = choose_sites(table, ChoiceRules(least_people=100.0, one_per_county=True))
    assert (chosen(found), found.counties_without) == ("A", ("y",))


def test_floor_capacity_and_forced_sites_hold():
    table = network([900.0, 50.0, 40.0], samples=[2.0, 1.0, 1.0])
    assert chosen(choose_sites(table, ChoiceRules(capacity=2.0))) == "A"
    assert chosen(choose_sites(table, ChoiceRules(capacity=2.0, forced_out=frozenset("A")))) == "BC"
    assert chosen(choose_sites(table, ChoiceRules(capacity=3.0, forced_in=frozenset("C")))) == "AC"
    assert chosen(choose_sites(table, ChoiceRules(least_people=45.0, forced_in=frozenset("C")))) == "ABC"


def test_a_site_without_a_population_is_never_chosen():
    assert chosen(choose_sites(network([None, 3.0]), ChoiceRules())) == "B"


def test_a_frontier_never_falls_and_ends_where_all_are_covered():
    rng = np.random.default_rng(2)
    table = network(rng.integers(1, 1_000, 20).astype(float).tolist(), cost=rng.uniform(1, 5, 20).tolist())
    found = coverage_frontier(table, ChoiceRules(), [2.0, 5.0, 10.0, 20.0, 100.0])
    assert (np.diff(found["people"]) >= 0).all()
    assert (found["cost"] <= found["budget"] + 1e-9).all()
    assert found["share"][-1] == pytest.approx(1.0)


def test_budgets_that_no_rule_allows_are_left_out_of_the_frontier():
    table = network([900.0, 10.0], county=["x", "y"])
    found = coverage_frontier(table, ChoiceRules(one_per_county=True), [1.0, 2.0])
    assert found["budget"].to_list() == [2.0]


def test_an_impossible_choice_says_what_would_do():
    table = network([900.0, 800.0], county=["x", "y"], cost=[3.0, 4.0])
    with pytest.raises(UsageError, match=r"No choice of sites.*budget of 7") as refused:
        choose_sites(table, ChoiceRules(budget=5.0, one_per_county=True))
    assert refused.value.code == "HW-U190"


def test_two_nested_sites_cannot_both_be_forced():
    table = network([900.0, 500.0], [None, "A"])
    with pytest.raises(UsageError, match="Take back a rule"):
        choose_sites(table, ChoiceRules(forced_in=frozenset("AB")))


def test_a_solver_that_ran_out_of_time_says_so(monkeypatch):
    monkeypatch.setattr("headworks.planning.site_choice.model.milp", lambda *_, **__: SimpleNamespace(x=None, status=1))
    with pytest.raises(UsageError, match=r"No choice was found in time.*2 s") as refused:
        choose_sites(network([1.0]), ChoiceRules(), seconds=2.0)
    assert refused.value.code == "HW-U191"


def test_a_circle_is_refused_with_its_sites():
    with pytest.raises(UsageError, match=r"circle.*A, B") as refused:
        nesting(network([1.0, 2.0, 3.0], ["B", "A", None]))
    assert refused.value.code == "HW-U188"


@pytest.mark.parametrize(
    ("table", "rules", "found"),
    [
        (network([1.0]), ChoiceRules(forced_in=frozenset({"Z"})), "no site Z"),
        (network([1.0]), ChoiceRules(forced_in=frozenset("A"), forced_out=frozenset("A")), "A forced in and out"),
        (network([1.0]), ChoiceRules(budget=-1.0), "budget -1.0"),
        (network([1.0], cost=[-1.0]), ChoiceRules(), "cost below 0"),
        (network([1.0]).drop("cost"), ChoiceRules(), "columns cost are missing"),
        (network([1.0]).head(0), ChoiceRules(), "no sites"),
    ],
)
def test_sites_and_rules_that_cannot_be_are_refused(table, rules, found):
    with pytest.raises(UsageError, match=found) as refused:
        choose_sites(table, rules)
    assert refused.value.code == "HW-U189"


def test_the_order_of_the_sites_does_not_change_how_many_are_covered():
    rng = np.random.default_rng(6)
    table = network(rng.integers(1, 100, 12).astype(float).tolist(), cost=rng.integers(1, 4, 12).astype(float).tolist())
    rules = ChoiceRules(budget=9.0)
    assert choose_sites(table, rules).people == choose_sites(table.reverse(), replace(rules)).people
