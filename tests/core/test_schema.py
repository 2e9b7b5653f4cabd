"""A table keeps its promise or is refused."""

import datetime as dt

import dataframely as dy
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.core.errors import DataRefused
from headworks.core.schema import Table, describe, require_promise, sort_by_key, split_by
from headworks.tables import SHELF, Loads, SiteAreas


def shares(**columns):
    return pl.DataFrame(
        {"site_id": ["S1"], "area_id": ["A1"], "population": [10.0], "valid_from": [None], "valid_to": [None]} | columns
    )


def test_a_table_that_keeps_its_promise_comes_back():
    assert require_promise(SiteAreas, shares(), where="here").height == 1


def test_a_missing_column_is_named():
    with pytest.raises(DataRefused, match=r"lacks columns.*Where: here.*Add population"):
        require_promise(SiteAreas, shares().drop("population"), where="here")


def test_a_broken_rule_is_named():
    with pytest.raises(DataRefused, match=r"(?s)breaks its promise.*min"):
        require_promise(SiteAreas, shares(population=[-1.0]), where="here")


@pytest.mark.parametrize("name", list(SHELF))
def test_every_column_of_every_table_has_a_unit_and_a_meaning(name):
    for promise in describe(SHELF[name].schema):
        assert promise.unit, promise
        assert promise.meaning.endswith((".", "…")), promise


@pytest.mark.parametrize("name", list(SHELF))
def test_every_table_has_a_key_and_a_docstring(name):
    schema = SHELF[name].schema
    assert schema.primary_key()
    assert (schema.__doc__ or "").strip().endswith(".")


def test_columns_that_carry_a_unit_in_their_name_carry_it_in_their_promise():
    units = {promise.name: promise.unit for promise in describe(Loads)}
    assert units["load_mg_per_day"] == "mg/d"
    assert units["load_mg_per_1000_per_day"] == "mg/d per 1,000 people"


@given(st.lists(st.tuples(st.text(max_size=3), st.text(max_size=3)), max_size=30))
def test_sorting_by_ranks_is_sorting_by_text(pairs):
    frame = pl.DataFrame(pairs, schema={"site_id": pl.String, "area_id": pl.String}, orient="row").with_columns(population=1.0)
    assert sort_by_key(frame, SiteAreas).rows() == frame.sort("site_id", "area_id").rows()


@given(
    st.lists(
        st.tuples(st.sampled_from(["week", "year", "month"]), st.integers(-5, 2**40), st.dates(dt.date(1900, 1, 1))),
        unique=True,
    )
)
def test_numbers_days_and_words_of_a_list_are_sorted_as_they_are_compared(rows):
    class Mixed(Table):
        kind = dy.Enum(["week", "month", "year"], primary_key=True)
        number = dy.Int64(primary_key=True)
        day = dy.Date(primary_key=True)

    frame = pl.DataFrame(
        rows, schema={"kind": pl.Enum(["week", "month", "year"]), "number": pl.Int64, "day": pl.Date}, orient="row"
    )
    assert sort_by_key(frame, Mixed).rows() == frame.sort("kind", "number", "day").rows()


def test_a_key_too_large_for_one_number_and_one_with_a_gap_are_sorted_all_the_same():
    class Wide(Table):
        one = dy.Int64(primary_key=True)
        other = dy.Int64(primary_key=True)

    frame = pl.DataFrame({"one": [2**40, -(2**40), 0], "other": [-(2**40), 2**40, 1]})
    assert sort_by_key(frame, Wide).rows() == frame.sort("one", "other").rows()
    gap = pl.DataFrame({"one": [2, None, 1], "other": [1, 1, 1]})
    assert sort_by_key(gap, Wide).rows() == gap.sort("one", "other").rows()


@given(st.lists(st.tuples(st.sampled_from("ab"), st.text(max_size=2), st.text(max_size=2)), max_size=30))
def test_within_another_column_rows_stand_in_its_order_first(rows):
    frame = pl.DataFrame(rows, schema=dict.fromkeys(("part", "site_id", "area_id"), pl.String), orient="row")
    found = sort_by_key(frame.with_columns(population=1.0), SiteAreas, within="part")
    assert found.drop("population").rows() == sorted(rows)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), max_size=20))
def test_rows_are_split_by_a_value_whether_they_stand_together_or_not(rows):
    frame = pl.DataFrame(rows, schema={"part": pl.String, "load": pl.Int64}, orient="row")
    found = {value: part.rows() for value, part in split_by(frame, "part").items()}
    assert found == {value: [row for row in rows if row[0] == value] for value, _ in rows}
