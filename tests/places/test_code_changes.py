"""A series outlives its code: recode, rename, merge, split, reparent, in chains."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.places.builders import area, areas, change, code_changes, drains, site, site_areas, sites

from headworks.core.errors import DataRefused
from headworks.places.code_changes import carry_site_areas, current_ids

LATER = dt.date(2030, 1, 1)
Y1, Y2, Y3 = dt.date(2010, 1, 1), dt.date(2014, 1, 1), dt.date(2018, 1, 1)


def current(changes, *codes, as_of=LATER):
    return current_ids(code_changes(*changes), areas(*(area(code) for code in codes)), as_of).rows()


def test_a_recoded_area_goes_on_whole():
    assert current([change("A", "B")], "B") == [("A", "B", 1.0, "")]


def test_a_renamed_or_reparented_area_keeps_its_code_and_needs_no_carrying():
    assert current([change("A", "A", kind="rename"), change("B", "B", kind="reparent")], "A", "B") == []


def test_merged_areas_end_under_one_code():
    assert current([change("A", "C", kind="merge"), change("B", "C", kind="merge")], "C") == [
        ("A", "C", 1.0, ""),
        ("B", "C", 1.0, ""),
    ]


def test_a_recode_followed_by_a_merge_and_a_split_is_one_chain():
    rows = [
        change("A", "B", Y1),
        change("B", "C", Y2, "merge"),
        change("C", "D", Y3, "split", 0.25),
        change("C", "E", Y3, "split", 0.75),
    ]
    found = current(rows, "D", "E")
    assert found[:2] == [("A", "D", 0.25, ""), ("A", "E", 0.75, "")]
    assert current(rows, "B", as_of=dt.date(2012, 1, 1)) == [("A", "B", 1.0, "")]
    assert current(rows, "A", as_of=dt.date(2009, 1, 1)) == []


def test_an_unknown_share_keeps_the_figures_under_the_code_that_was_split():
    rows = [change("Z", "A", Y1), change("A", "B", Y2, "split", None), change("A", "C", Y2, "split", 0.4)]
    stuck = "the share of a split is not known"
    assert current(rows, "B", "C") == [("A", "A", 1.0, stuck), ("Z", "A", 1.0, stuck)]


def test_shares_that_leave_a_rest_leave_it_under_the_old_code():
    rows = [change("A", "B", Y2, "split", 0.5), change("A", "C", Y2, "split", 0.3)]
    found = current(rows, "B", "C")
    rest = ("A", "the shares of a split leave a rest")
    assert [(new, problem) for _, new, _, problem in found] == [rest, ("B", ""), ("C", "")]
    assert [share for _, _, share, _ in found] == pytest.approx([0.2, 0.5, 0.3])


def test_codes_that_changed_places_on_one_day_do_not_run_in_a_circle():
    swap = [change("A", "B", Y1), change("B", "A", Y1)]
    assert current(swap, "A", "B") == []  # both are codes of today and count as they are
    assert current([*swap, change("A", "C", Y2)], "B", "C") == [("A", "C", 1.0, "")]
    assert current([*swap, change("A", "C", Y2), change("B", "D", Y2)], "C", "D") == [("A", "C", 1.0, ""), ("B", "D", 1.0, "")]


def test_a_code_used_twice_is_taken_in_its_newest_sense():
    rows = [change("A", "X", Y1), change("A", "Y", Y3), change("Q", "A", Y2)]
    assert current(rows, "X", "Y") == [("A", "Y", 1.0, ""), ("Q", "Y", 1.0, "")]


def test_an_end_that_is_no_area_is_said():
    assert current([change("A", "B")], "C") == [("A", "B", 1.0, "the code is not in the table of areas")]


def test_shares_above_one_are_refused_all_at_once():
    rows = [
        change("A", "B", Y2, "split", 0.7),
        change("A", "C", Y2, "split", 0.7),
        change("D", "E", Y2, "split", 0.9),
        change("D", "F", Y2, "split", 0.2),
    ]
    with pytest.raises(DataRefused, match="add up to more than one") as refused:
        current(rows, "B", "C", "E", "F")
    assert refused.value.found == "A on 2014-01-01: 1.4; D on 2014-01-01: 1.1"
    assert refused.value.code == "HW-D405"


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 3), st.sampled_from([0.25, 0.5, 1.0, None])),
        max_size=12,
    )
)
def test_shares_of_every_old_code_add_up_to_one(drawn):
    rows, used = [], {}
    for old, new, year, share in drawn:
        weight = 0.0 if share is None else share
        if (old, new, year) in used or used.get((old, year), 0.0) + weight > 1.0:
            continue
        used[old, new, year] = True
        used[old, year] = used.get((old, year), 0.0) + weight
        rows.append(change(f"c{old}", f"c{new}", dt.date(2010 + year, 1, 1), "split", share))
    found = current_ids(code_changes(*rows), areas(area("c0"), area("c1")), LATER)
    total = found.group_by("old_id").agg(pl.col("share").sum())
    assert total["share"].to_list() == pytest.approx([1.0] * total.height)
    assert not set(found["old_id"]) & {"c0", "c1"}


def carried(share_rows, site_rows, changes, *codes):
    shares, moved = carry_site_areas(
        site_areas(*share_rows), sites(*site_rows), code_changes(*changes), areas(*(area(code) for code in codes)), LATER
    )
    return shares.select("site_id", "area_id", "population").rows(), moved.select("site_id", "area_id").rows()


def test_the_register_is_carried_to_the_codes_of_the_day():
    changes = [
        change("A", "C", kind="merge"),
        change("B", "C", kind="merge"),
        change("D", "E", kind="split", share=0.25),
        change("D", "F", kind="split", share=0.75),
    ]
    rows = [drains("S", "A", 100.0), drains("S", "B", 50.0), drains("S", "D", 80.0), drains("T", "X", 5.0)]
    shares, moved = carried(rows, [site("S", "A"), site("T", "D"), site("U", "X")], changes, "C", "E", "F", "X")
    assert shares == [("S", "C", 150.0), ("S", "E", 20.0), ("S", "F", 60.0), ("T", "X", 5.0)]
    assert moved == [("S", "C"), ("T", "F"), ("U", "X")]


def test_a_site_known_only_by_its_own_area_is_shared_out_when_that_was_split():
    changes = [change("D", "E", kind="split", share=0.25), change("D", "F", kind="split", share=0.75)]
    shares, moved = carried([], [site("S", "D", 80.0), site("T", "D")], changes, "E", "F")
    assert shares == [("S", "E", 20.0), ("S", "F", 60.0)]
    assert moved == [("S", "F"), ("T", "F")]


def test_without_changes_registers_stay_as_they_are():
    assert carried([drains("S", "A", 1.0)], [site("S", "A")], [], "A") == ([("S", "A", 1.0)], [("S", "A")])


def test_rows_of_different_days_are_not_added_up():
    day = dt.date(2025, 7, 1)
    rows = [drains("S", "A", 100.0, None, dt.date(2025, 6, 30)), drains("S", "B", 60.0, day, None)]
    changes = [change("A", "C", kind="merge"), change("B", "C", kind="merge")]
    shares, _ = carried(rows, [site("S")], changes, "C")
    assert shares == [("S", "C", 100.0), ("S", "C", 60.0)]
