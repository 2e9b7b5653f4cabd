"""What a tier may see, and that nothing withheld follows from it."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.disclosure.builders import Province, province, random_province, shown

from headworks.core.disclosure import brute_force_differences, protect, tier_rule
from headworks.core.errors import DataRefused

PUBLIC, PARTNER, ANALYST = tier_rule("public"), tier_rule("partner"), tier_rule("analyst")


def reasons(of: Province, rule=PUBLIC, **more) -> dict[tuple[str, str], str | None]:
    rows = protect(*of, rule, **more).select("unit_id", "period", "why").rows()
    return {(unit, period): why for unit, period, why in rows}


def of_2026(found: dict[tuple[str, str], str | None]) -> dict[str, str | None]:
    return {unit: why for (unit, period), why in found.items() if period == "2026"}


def test_an_area_is_shown_from_its_floor_and_its_sites_on():
    people = {"a": 12_000.0, "b": 8_000.0, "c": 7_999.0, "d": 30_000.0}
    found = of_2026(reasons(province({"AB": "ab", "AC": "c", "D": "d"}, people)))
    assert found == {"AB": None, "AC": "primary_population", "D": "primary_sites"}


def test_a_named_city_stands_alone_before_the_public_and_an_unnamed_one_does_not():
    assert of_2026(reasons(province({"D": "d"}, {"d": 30_000.0}, named="d"))) == {"D": None}
    assert of_2026(reasons(province({"D": "d"}, {"d": 19_000.0}, named="d"))) == {"D": "primary_population"}


def test_a_hamlet_does_not_make_two_sites_of_one():
    # 30,000 of 30,800 is 97 %: the figure is that of a; the rest, 800, is below the floor.
    people = {"a": 30_000.0, "b": 800.0}
    assert of_2026(reasons(province({"C": "ab"}, people))) == {"C": "dominance"}
    # Named, a could be shown alone; and with 20,000 others it is no longer alone.
    assert of_2026(reasons(province({"C": "ab"}, people, named="a"))) == {"C": None}
    assert of_2026(reasons(province({"C": "ab"}, {"a": 500_000.0, "b": 20_000.0}))) == {"C": None}


def test_what_would_be_left_of_a_county_takes_its_smallest_town_along():
    # County 45,800 less towns 25,000 and 20,000 would be the village, 800 people.
    people = {"a": 13_000.0, "b": 12_000.0, "c": 11_000.0, "d": 9_000.0, "v": 800.0}
    found = of_2026(reasons(province({"C": "abcdv", "T": "ab", "U": "cd"}, people)))
    assert found == {"C": None, "T": None, "U": "secondary"}


def test_two_small_towns_that_hide_one_another_must_reach_the_floor_together():
    # 3,000 + 1,500 = 4,500 people would be left of the county: below the partners' floor, though two.
    people = {"a": 6_000.0, "b": 7_000.0, "c": 3_000.0, "d": 1_500.0}
    found = of_2026(reasons(province({"P": "abcd", "A": "a", "B": "b", "C": "c", "D": "d"}, people), PARTNER))
    assert found == {"P": None, "A": "secondary", "B": None, "C": "primary_population", "D": "primary_population"}


def test_an_institution_is_never_shown_as_such_and_adds_nothing():
    people = {"a": 12_000.0, "h": 9_000.0, "b": 9_000.0}
    of = province({"C": "ah", "D": "abh"}, people, institutions="h", sites_shown=True)
    assert of_2026(reasons(of))["h"] == "institution"
    assert of_2026(reasons(of))["C"] == "primary_population"  # 12,000 without the hospital
    assert of_2026(reasons(of))["D"] is None
    assert of_2026(reasons(of, ANALYST))["h"] is None


def test_a_month_is_too_fine_for_the_public():
    people = {"a": 30_000.0, "b": 30_000.0}
    found = reasons(province({"C": "ab"}, people, sampled={"2026-01": "ab", "2026-Q1": "ab", "2026": "ab"}))
    assert found == {("C", "2026-01"): "detail", ("C", "2026-Q1"): None, ("C", "2026"): None}


def test_a_unit_is_withheld_in_all_quarters_or_in_none():
    # In Q1 only a was sampled; Q1 alone withheld would be the year less Q2 to Q4.
    people = {"a": 30_000.0, "b": 30_000.0}
    sampled = {"2026-Q1": "a", "2026-Q2": "ab", "2026-H1": "ab", "2026": "ab"}
    found = reasons(province({"C": "ab"}, people, sampled=sampled))
    assert found == {
        ("C", "2026-Q1"): "primary_sites", ("C", "2026-Q2"): "secondary", ("C", "2026-H1"): None, ("C", "2026"): None,
    }  # fmt: skip


def test_a_year_less_the_quarters_of_a_larger_area_leaves_nothing_small():
    # In Q2 the province was sampled in county C only: C's half-year less the province's Q2 is s in Q1, 2,000 people.
    people = {"s": 2_000.0, "t": 9_000.0, "x": 9_000.0}
    sampled = {"2026-Q1": "sx", "2026-Q2": "t", "2026-H1": "stx"}
    of = province({"P": "stx", "C": "st"}, people, sampled=sampled)
    found = reasons(of, PARTNER)
    assert (found[("C", "2026-H1")], found[("P", "2026-Q2")]) == ("secondary", None)
    assert brute_force_differences(shown(protect(*of, PARTNER)), of.members, of.sites, PARTNER).is_empty()


def test_figures_that_cross_are_not_both_shown():
    # X and C share b: X + C - P is b alone.
    people = {"a": 6_000.0, "b": 900.0, "c": 7_000.0}
    found = of_2026(reasons(province({"P": "abc", "X": "ab", "C": "bc"}, people), PARTNER))
    # X has fewer residents. Then P less C is a, 6,000 people: above the floor.
    assert found == {"P": None, "X": "secondary", "C": None}


def test_a_site_added_between_two_editions_is_not_their_difference():
    people = {"a": 9_000.0, "b": 9_000.0, "v": 900.0}
    first = province({"C": "ab"}, people)
    second = province({"C": "abv"}, people)
    assert of_2026(reasons(second, PARTNER)) == {"C": None}
    assert of_2026(reasons(second, PARTNER, history=first.members)) == {"C": "secondary"}
    large = province({"C": "abv"}, {**people, "v": 5_000.0})
    assert of_2026(reasons(large, PARTNER, history=first.members)) == {"C": None}


def test_a_new_parent_less_old_children_is_guarded_too():
    # Edition 1: towns A, B. Edition 2: the county with v in it, no towns: C - A - B is v.
    people = {"a": 9_000.0, "b": 9_000.0, "v": 900.0}
    first = province({"A": "a", "B": "b"}, people)
    found = of_2026(reasons(province({"C": "abv"}, people), PARTNER, history=first.members))
    assert found == {"C": "secondary"}


def test_who_is_behind_a_figure_must_be_known():
    of = province({"C": "ab"}, {"a": 9_000.0, "b": 9_000.0})
    with pytest.raises(DataRefused, match="not known who is behind") as refused:
        protect(of.figures.with_columns(unit_id=pl.lit("D")), of.members, of.sites, PUBLIC)
    assert refused.value.code == "HW-D491"
    with pytest.raises(DataRefused, match="not known who"):
        protect(of.figures, of.members, of.sites.head(1), PUBLIC)


def test_the_steward_sees_all_and_nothing_makes_nothing():
    of = province({"C": "a"}, {"a": 9.0})
    assert of_2026(reasons(of, tier_rule("steward"))) == {"C": None}
    assert protect(of.figures.clear(), of.members, of.sites, PUBLIC).is_empty()
    month = province({"C": "a"}, {"a": 9e6}, sampled={"2026-01": "a"}, named="a")
    assert reasons(month) == {("C", "2026-01"): "detail"}


def test_what_the_figures_say_counts_where_it_is_stricter():
    of = province({"C": "ab"}, {"a": 30_000.0, "b": 30_000.0})
    figures = of.figures.with_columns(n_sites=pl.lit(1), largest_share=pl.lit(1.0))
    assert protect(figures, of.members, of.sites, PUBLIC)["why"].to_list() == ["primary_sites"]
    assert protect(figures.drop("n_sites"), of.members, of.sites, PUBLIC)["why"].to_list() == ["dominance"]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.booleans(), st.sampled_from([PUBLIC, PARTNER, ANALYST]))
def test_no_pair_or_triple_of_a_random_province_discloses(seed, crossing, rule):
    of = random_province(seed, n_sites=9, crossing=crossing, scale=float(rule.floor))
    seen = shown(protect(*of, rule))
    if seen.height:
        assert brute_force_differences(seen, of.members, of.sites, rule).rows() == []


def test_a_naive_publication_of_the_same_provinces_is_found_out():
    found = 0
    for seed in range(5):
        of = random_province(seed, n_sites=9, scale=5_000.0)
        large = of.figures.filter(pl.col("population") >= PARTNER.floor)
        found += brute_force_differences(large, of.members, of.sites, PARTNER, together=2).height
    assert found > 20


@pytest.mark.parametrize("seed", [5, 27, 28, 38, 40, 51, 59])
def test_provinces_that_an_earlier_rule_for_time_let_out(seed):
    # Half-years less quarters of larger areas, found by brute force while the rule was written.
    for rule in (PUBLIC, PARTNER, ANALYST):
        for crossing in (False, True):
            of = random_province(1000 + seed, n_sites=8, crossing=crossing, missing=0.3, scale=float(rule.floor))
            seen = shown(protect(*of, rule))
            if seen.height:
                assert brute_force_differences(seen, of.members, of.sites, rule).rows() == []


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_two_editions_of_a_random_province_disclose_nothing(seed):
    first = random_province(seed, n_sites=8, scale=5_000.0, kinds=("year",) if seed % 2 else ("half_year", "year"))
    # The late results of one more site.
    late = first.members["site_id"].unique().sort()[0]
    old = first.members.filter(pl.col("site_id") != late)
    before = Province(
        old.group_by("unit_kind", "unit_id", "period", maintain_order=True).agg(population=pl.col("people").sum()),
        old,
        first.sites,
    )
    seen = shown(protect(*before, PARTNER))
    out = old.join(seen, on=["unit_kind", "unit_id", "period"], how="semi")
    now_seen = shown(protect(*first, PARTNER, history=out))
    as_old = [frame.with_columns(unit_id="first " + pl.col("unit_id")) for frame in (seen, old)]
    both = pl.concat([now_seen, as_old[0]])
    members = pl.concat([first.members, as_old[1]])
    if both.height:
        assert brute_force_differences(both, members, first.sites, PARTNER).rows() == []


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_the_order_of_rows_does_not_matter(seed):
    of = random_province(seed, n_sites=8, scale=5_000.0)
    plain = protect(*of, PARTNER)
    mixed = protect(of.figures.reverse(), of.members.reverse(), of.sites.reverse(), PARTNER)
    assert plain.sort("unit_kind", "unit_id", "period").equals(mixed.sort("unit_kind", "unit_id", "period"))
