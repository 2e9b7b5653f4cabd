"""Workbooks: what stands in the cells is read, what would inflate, run or hide is not."""

import datetime as dt
import io
import struct
import zipfile

import openpyxl
import pytest

from headworks.core.errors import DataRefused
from headworks.intake.files import workbook
from headworks.intake.files.workbook import read_workbook


def book(*sheets, hidden=()):
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets:
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
        if name in hidden:
            sheet.sheet_state = "hidden"
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def with_sheet_xml(xml):
    """A workbook whose one sheet is this XML."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book(("s", [["a"]])))) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, xml if entry.filename == "xl/worksheets/sheet1.xml" else old.read(entry))
    return written.getvalue()


def sheet_xml(rows):
    return f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'


def test_numbers_days_instants_and_formulas_become_the_texts_a_csv_would_have():
    content = book(
        ("s", [["a", "b", "c", "d", "e"], [7, 1.5, dt.datetime.fromisoformat("2024-02-28T00:00:00"), "=A1*2", True]])
    )
    (table,), _ = read_workbook(content, "x.xlsx")
    assert table.frame.row(0) == ("7", "1.5", "2024-02-28 00:00:00", "=A1*2", "true", 2)


def test_a_day_without_an_hour_in_its_format_is_a_day():
    made = openpyxl.Workbook()
    made.active.append(["a"])
    made.active.append([dt.datetime.fromisoformat("2024-02-28T00:00:00")])
    made.active["A2"].number_format = "yyyy-mm-dd"
    written = io.BytesIO()
    made.save(written)
    assert read_workbook(written.getvalue(), "x.xlsx")[0][0].frame["a"].to_list() == ["2024-02-28"]


def test_empty_sheets_are_no_tables_and_hidden_ones_are_named_and_not_read():
    content = book(("s", [["a"], [1]]), ("empty", []), ("secret", [["a"], [2]]), hidden=("secret",))
    tables, hidden = read_workbook(content, "x.xlsx")
    assert ([table.sheet for table in tables], hidden) == (["s"], ["secret"])
    assert [table.sheet for table in read_workbook(content, "x.xlsx", sheet="secret")[0]] == ["secret"]


def test_cells_beyond_the_header_and_under_merged_headers_have_a_column_of_their_own():
    made = openpyxl.Workbook()
    for row in (["id", "result", None], [1, 2, 3], [4, 5, 6, 7]):
        made.active.append(row)
    made.active.merge_cells("B1:C1")
    written = io.BytesIO()
    made.save(written)
    (table,), _ = read_workbook(written.getvalue(), "x.xlsx")
    assert table.columns == ["id", "result", "(column 3)", "(column 4)"]
    assert table.frame["(column 4)"].to_list() == [None, "7"]


def test_rows_count_as_the_spreadsheet_shows_them():
    (table,), _ = read_workbook(book(("s", [[None], ["a"], [None], [1]])), "x.xlsx")
    assert table.frame.rows() == [("1", 4)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x89PNG", "not an XLSX workbook"),
        (b"PK\x03\x04garbage", "not an XLSX workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "password-protected"),
        (with_sheet_xml("<worksheet><not closed"), "not an XLSX workbook"),
        (with_sheet_xml(sheet_xml('<row r="1">' + "<c/>" * 400_000 + "</row>")), "too wide.*row 1"),
        (
            with_sheet_xml(sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row><row r="99999999"><c><v>1</v></c></row>')),
            "too large",
        ),
    ],
)
def test_a_file_that_is_no_modest_workbook_is_refused(content, message):
    with pytest.raises(DataRefused, match=message) as refusal:
        read_workbook(content, "x.xlsx")
    assert "x.xlsx" in refusal.value.where
    assert refusal.value.remedy


def test_a_small_zip_that_declares_more_than_the_limit_is_refused_before_it_is_unpacked():
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/worksheets/sheet1.xml", "w") as part:
        for _ in range(600):
            part.write(bytes(1 << 20))
    assert len(written.getvalue()) < 2 << 20
    with pytest.raises(DataRefused, match=r"too large.*unpack to 629,145,600"):
        read_workbook(written.getvalue(), "x.xlsx")


def test_a_header_that_lies_about_the_size_gives_no_more_than_it_declares(monkeypatch):
    monkeypatch.setattr(workbook, "_MOST_UNPACKED", 1 << 20)
    xml = sheet_xml('<row r="1"><c r="A1" t="str"><v>' + "a" * (8 << 20) + "</v></c></row>").encode()
    content = bytearray(with_sheet_xml(xml.decode()))
    size, lie = struct.pack("<I", len(xml)), struct.pack("<I", 1000)
    assert content.count(size) >= 1
    with pytest.raises(DataRefused, match=r"too large"):
        read_workbook(bytes(content), "x.xlsx")
    with pytest.raises(DataRefused, match=r"not an XLSX workbook"):
        read_workbook(bytes(content.replace(size, lie)), "x.xlsx")


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(DataRefused, match=r"no such sheet.*Name one of s"):
        read_workbook(book(("s", [["a"]])), "x.xlsx", sheet="t")
