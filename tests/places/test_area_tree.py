"""Areas of a day form a tree, or it is said where they do not."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.places.builders import DAY, area, areas, province

from headworks.core.errors import DataRefused
from headworks.places.area_tree import AreaTree, ancestors_table, areas_at, tree_breaches


def test_a_town_may_lie_directly_in_a_city():
    tree = AreaTree.at(province(), DAY)
    assert (tree.parent("Da"), tree.level("Da"), tree.level("D")) == ("D", 4, 2)
    assert tree.path("Da") == ["P", "D", "Da"]
    assert tree.path("V") == ["P", "C", "C1", "C1a", "V"]


def test_descendants_come_after_their_parents_and_children_by_code():
    tree = AreaTree.at(province(), DAY)
    assert tree.children("C") == ["C1", "C2"]
    assert tree.descendants("C") == ["C1", "C1a", "V", "C1b", "C2", "C2a"]
    assert tree.ancestors("V") == ["C1a", "C1", "C", "P"]
    assert tree.parent("P") is None


def test_the_table_of_ancestors_is_what_the_tree_says_one_by_one():
    tree = AreaTree.at(province(), DAY)
    rows = ancestors_table(province(), DAY).rows()
    assert rows == [(code, up, tree.level(up)) for code in sorted(tree.levels) for up in tree.path(code)]


def test_no_areas_have_no_ancestors():
    assert ancestors_table(areas(), DAY).is_empty()


def test_the_code_of_the_day_counts():
    old = area("C9", "P", 3, valid_to=dt.date(2020, 12, 31))
    new = area("C8", "P", 3, valid_from=dt.date(2021, 1, 1))
    rows = areas(area("P"), old, new)
    assert areas_at(rows, dt.date(2020, 12, 31))["area_id"].to_list() == ["C9", "P"]
    assert areas_at(rows, dt.date(2021, 1, 1))["area_id"].to_list() == ["C8", "P"]
    with pytest.raises(DataRefused, match="There is no area C9 on 2025-01-01") as refused:
        AreaTree.at(rows, DAY).parent("C9")
    assert refused.value.code == "HW-D402"


def test_an_area_that_moved_to_another_parent_has_the_parent_of_the_day():
    before = area("T", "A", 4, valid_to=dt.date(2020, 12, 31))
    rows = areas(area("A", None, 3), area("B", None, 3), before, area("T", "B", 4, valid_from=dt.date(2021, 1, 1)))
    assert AreaTree.at(rows, dt.date(2020, 6, 1)).parent("T") == "A"
    assert AreaTree.at(rows, DAY).parent("T") == "B"


def test_every_breach_is_found_at_once():
    rows = areas(
        area("P"),
        area("P", valid_from=dt.date(2001, 1, 1)),
        area("X", "Y", 3),
        area("Y", "X", 3),
        area("O", "gone", 4),
        area("S", "P", 1),
    )
    found = tree_breaches(rows, DAY).select("area_id", "breach").rows()
    assert found == [
        ("O", "orphan"), ("P", "two_rows"), ("S", "level"), ("X", "cycle"), ("X", "level"), ("Y", "cycle"), ("Y", "level"),
    ]  # fmt: skip
    with pytest.raises(DataRefused, match="The areas of 2025-01-01 are no tree") as refused:
        ancestors_table(rows, DAY)
    assert refused.value.code == "HW-D401"
    assert "X (cycle: parent Y)" in refused.value.found
    assert "and 1 more" in refused.value.found


def test_a_sixth_level_is_a_breach():
    rows = areas(area("P")).with_columns(level=pl.lit(6, dtype=pl.Int8))
    assert tree_breaches(rows, DAY).rows() == [("P", "level", "level 6")]


def test_an_area_below_a_circle_is_not_called_a_circle():
    rows = areas(area("X", "Y", 2), area("Y", "X", 2), area("Z", "X", 3))
    assert tree_breaches(rows, DAY).filter(pl.col("breach") == "cycle")["area_id"].to_list() == ["X", "Y"]


def test_an_orphan_stands_at_the_top():
    rows = areas(area("T", "gone", 4), area("V", "T", 5))
    assert AreaTree.at(rows, DAY).path("V") == ["T", "V"]
    assert ancestors_table(rows, DAY).rows() == [("T", "T", 4), ("V", "T", 4), ("V", "V", 5)]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=25))
def test_each_areas_ancestors_are_its_parents_and_itself(choices):
    rows, level_of = [], {}
    for number, choice in enumerate(choices):
        above = [code for code, level in level_of.items() if level < 5]
        parent = above[choice % len(above)] if above and choice % 4 else None
        level_of[f"a{number}"] = level_of[parent] + 1 if parent else 1
        rows.append(area(f"a{number}", parent, level_of[f"a{number}"]))
    table = areas(*rows)
    tree = AreaTree.at(table, DAY)
    of = ancestors_table(table, DAY).group_by("area_id").agg(pl.col("ancestor_id"))
    up = {code: set(found) for code, found in of.rows()}
    for code in level_of:
        parent = tree.parent(code)
        assert up[code] == {code} | (up[parent] if parent else set())
    assert sum(len(tree.descendants(code)) + 1 for code in level_of) == sum(map(len, up.values()))
