"""Cells become values, or refusals that say row, column, found and remedy."""

import polars as pl
import pytest

from headworks.intake.cells import CellReader
from headworks.intake.raw import build_raw


def reader(cells, notes=("delimiter ','",), **said):
    return CellReader(build_raw(pl.DataFrame({"c": cells}), pl.Series(range(2, len(cells) + 2)), "x.csv", notes=notes), **said)


@pytest.mark.parametrize(
    ("cell", "code", "problem"),
    [
        ("\u22125", "HW-D105", "look-alike"),
        ("\uff0d5", "HW-D105", "look-alike"),
        ("NaN", "HW-D105", "not a finite number"),
        ("inf", "HW-D105", "not a finite number"),
        ("1e400", "HW-D105", "too large"),
        ("1.234.567", "HW-D105", "thousands separator"),
        ("1,234.5", "HW-D105", "thousands separator"),
        ("1 234", "HW-D105", "thousands separator"),
        ("12,5", "HW-D105", "decimal sign differs"),
        ("5%", "HW-D105", "percent"),
        ("\uff11\uff12", "HW-D105", "full-width"),
        ("2024-03-04", "HW-D105", "made a date"),
        ("=A1*2", "HW-D113", "formula"),
        ("#DIV/0!", "HW-D113", "error of the spreadsheet"),
        ("twelve", "HW-D105", "not a number"),
        ("1_000", "HW-D105", "not a number"),
    ],
)
def test_what_is_no_number_is_refused_with_its_reason(cell, code, problem):
    one = reader(["1.5", cell])
    assert one.number("c").to_list() == [1.5, None]
    refusal = one.refusals().row(0, named=True)
    assert (refusal["file"], refusal["row"], refusal["column"], refusal["code"]) == ("x.csv", 3, "c", code)
    assert problem in refusal["problem"]
    assert refusal["found"] == cell
    assert refusal["remedy"]
    assert one.is_kept().to_list() == [True, False]


def test_blanks_around_numbers_are_no_part_of_them():
    assert reader([" 1.5 ", "+2", ".5", "1e3"]).number("c").to_list() == [1.5, 2.0, 0.5, 1000.0]


def test_whole_numbers_have_no_decimals():
    one = reader(["1.0", "1.5"])
    assert one.integer("c").to_list() == [1, None]
    assert one.refusals()["problem"].to_list() == ["A whole number is wanted."]


def test_names_that_look_like_numbers_or_dates_stay_as_written():
    assert reader(["007", "1E5", "2024-01-02", "1,5"]).text("c", is_key=True).to_list() == ["007", "1E5", "2024-01-02", "1,5"]


@pytest.mark.parametrize("cell", ["a\nb", "a\u200bb", "a\u00adb", "a\u2028b"])
def test_a_name_with_an_unseen_mark_is_refused_in_a_key_only(cell):
    one = reader([cell])
    assert one.text("c").to_list() == [cell]
    one.text("c", is_key=True)
    assert "cannot be seen" in one.refusals()["problem"][0]


def test_a_cell_longer_than_a_spreadsheets_is_refused():
    assert reader(["x" * 32_768]).refusals()["code"].to_list() == ["HW-D103"]


def test_words_are_known_in_any_case_and_by_the_mappings_own():
    one = reader(["Plant Influent", "Kläranlage", "moon"])
    read = one.category("c", ["plant_influent"], {"Kläranlage": "plant_influent"})
    assert read.to_list() == ["plant_influent", "plant_influent", None]
    assert one.refusals().select("row", "code", "remedy").rows() == [(4, "HW-D108", "Use one of plant_influent")]


def test_an_empty_required_cell_is_refused():
    one = CellReader(build_raw(pl.DataFrame({"c": [None], "d": ["x"]}), pl.Series([2]), "x.csv"))
    one.text("c", required=True)
    assert one.refusals()["code"].to_list() == ["HW-D107"]


def test_a_row_and_column_refused_twice_for_one_reason_is_said_once():
    one = reader(["x"])
    one.number("c")
    one.number("c")
    assert one.refusals().height == 1
