from __future__ import annotations

import io

import openpyxl
import polars as pl
import pytest

from headworks.reports import situation_report, write_csv_text, write_workbook
from headworks.reports.downloads import neutralise_formulas


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠"])
def test_a_text_that_would_run_gets_an_apostrophe(sign):
    assert neutralise_formulas(pl.DataFrame({"name": [f"{sign}1+1"]})).item() == f"'{sign}1+1"


def test_negative_numbers_stay_numbers():
    text = write_csv_text(pl.DataFrame({"name": ["-x", "x"], "change": [-7.5, 2.0]}))
    assert text == "\ufeffname,change\n'-x,-7.5\nx,2.0\n"


def test_a_header_that_would_run_is_neutralised_too():
    assert write_csv_text(pl.DataFrame({"=cmd": [1]})).startswith("\ufeff'=cmd")


def test_the_workbook_holds_values_and_a_dictionary_of_every_column(make_tables, request_2022):
    content = situation_report(make_tables({"A1": "=HYPERLINK(1)"}), request_2022)
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(content)))
    assert book.sheetnames == ["figures", "dictionary"]
    rows = list(book["figures"].iter_rows(values_only=True))
    assert len(rows) == 1 + 4
    first = dict(zip(rows[0], rows[1], strict=True))
    assert first["label"] == "'=HYPERLINK(1)"
    assert first["change_percent"] == -7.5
    assert not any(cell.data_type == "f" for row in book["figures"].iter_rows() for cell in row)
    dictionary = {row[0]: row for row in book["dictionary"].iter_rows(values_only=True, min_row=2)}
    assert set(dictionary) == set(rows[0])
    assert dictionary["mean"][1] == "mg/d per 1,000 people"
    assert all(row[2] for row in dictionary.values())


def test_the_same_frames_give_the_same_workbook():
    frames = {"one": pl.DataFrame({"a": [1.5, None], "b": ["x", None], "c": [True, False]})}
    assert write_workbook(frames) == write_workbook(frames)
