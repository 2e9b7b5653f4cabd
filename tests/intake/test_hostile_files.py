"""A folder of files that mean harm or were made late on a Friday: each is refused in words, or its good rows are kept."""

import io
import zipfile

import openpyxl
import polars as pl
import pytest

from headworks.core.errors import DataRefused, HeadworksError
from headworks.intake import Mapping, parse_file
from headworks.intake.formats.table_headers import IMPORTABLE
from headworks.intake.raw import MOST_COLUMNS

M = "sample_id,analyte,concentration_ng_per_l,lod_ng_per_l,loq_ng_per_l\n"
OK = "S0,BE,5,1,2\n"


def xlsx(rows, **sheets):
    made = openpyxl.Workbook()
    made.active.title = "measurements"
    for row in rows:
        made.active.append(row)
    for name, more in sheets.items():
        sheet = made.create_sheet(name)
        for row in more:
            sheet.append(row)
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def zipped(*parts):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, size in parts:
            with archive.open(name, "w") as part:
                for _ in range(size >> 20):
                    part.write(b"<c/>" * (1 << 18))
    return written.getvalue()


# Name, bytes or text, and a word of the refusal: of rows (with row and column) or of the whole file.
ROWS = [
    ("unit", "sample_id,analyte,concentration,unit\nS0,BE,5,ng/L\nS1,BE,5,mg/mL\n", (3, "unit"), "unit"),
    ("negative", M + OK + "S1,BE,-5,1,2\n", (3, "concentration_ng_per_l"), "below zero"),
    ("nan", M + OK + "S1,BE,NaN,1,2\n", (3, "concentration_ng_per_l"), "finite"),
    ("inf", M + OK + "S1,BE,1e999,1,2\n", (3, "concentration_ng_per_l"), "too large"),
    ("minus", M + OK + "S1,BE,\u22125,1,2\n", (3, "concentration_ng_per_l"), "look-alike"),
    ("formula", M + OK + "S1,BE,=1+1,1,2\n", (3, "concentration_ng_per_l"), "formula"),
    ("command", M + OK + "=cmd|' /C calc'!A0,BE,5,1,2\n", (3, "sample_id"), "formula"),
    ("percent", M + OK + "S1,BE,5%,1,2\n", (3, "concentration_ng_per_l"), "percent"),
    ("thousands", M + OK + "S1,BE,1.234.567,1,2\n", (3, "concentration_ng_per_l"), "thousands"),
    ("error", M + OK + "S1,BE,#REF!,1,2\n", (3, "concentration_ng_per_l"), "error of the spreadsheet"),
    ("unseen", M + OK + "S\u200b1,BE,5,1,2\n", (3, "sample_id"), "cannot be seen"),
    ("crlf", M + OK + '"S\r\n1",BE,5,1,2\r\n', (3, "sample_id"), "line break"),
    ("ragged", M + OK + "S1,BE,5,1\n", (3, "(row)"), "cells"),
    ("long", M + OK + "S" * 1_000_000 + ",BE,5,1,2\n", (3, "sample_id"), "too long"),
    ("limits", M + OK + "S1,BE,5,3,2\n", (3, "lod_ng_per_l, loq_ng_per_l"), "above the limit of quantification"),
    ("zero-limit", M + OK + "S1,BE,5,0,2\n", (3, "concentration_ng_per_l"), "not above zero"),
    ("formula.xlsx", xlsx([M.strip().split(","), ["S0", "BE", 5, 1, 2], ["S1", "BE", "=1+1", 1, 2]]), (3, "concentration_ng_per_l"), "formula"),
    ("error.xlsx", xlsx([M.strip().split(","), ["S0", "BE", 5, 1, 2], ["S1", "BE", "#DIV/0!", 1, 2]]), (3, "concentration_ng_per_l"), "error"),
]  # fmt: skip
WHOLE = [
    ("empty", b"", "empty"),
    ("blank", b"\r\n \r\n", "empty"),
    ("latin", (M + "Sé,BE,5,1,2\n").encode("latin-1"), "neither UTF-8 nor GB18030"),
    ("nul", (M + "S\0,BE,5,1,2\n").encode(), "not a text table"),
    ("utf32", (M + OK).encode("utf-32"), "not a text table"),
    ("picture", b"\x89PNG\r\n\x1a\n" + bytes(64), "PNG picture"),
    ("zipped", b"\x1f\x8b\x08" + bytes(64), "gzip"),
    ("quote", M + 'S1,BE,"5,1,2\n' + OK, "not closed"),
    ("double", "sample_id,analyte,analyte,concentration_ng_per_l\n", "same name"),
    ("persons", "sample_id,身份证号,analyte,concentration_ng_per_l\n", "about persons"),
    ("column", "sample_id\nS1\n", "lacks required columns"),
    ("nounit", "sample_id,analyte,concentration\nS1,BE,5\n", "said nowhere"),
    ("wide", ",".join(f"c{i}" for i in range(1_000_000)) + "\n", "too wide"),
    ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "password-protected"),
    ("picture.xlsx", b"\x89PNG\r\n\x1a\n", "not an XLSX workbook"),
    ("archive.xlsx", zipped(("readme.txt", 0)), "not an XLSX workbook"),
    ("bomb.xlsx", zipped(("xl/worksheets/sheet1.xml", 600 << 20)), "too large"),
    ("row.xlsx", zipped(("xl/worksheets/sheet1.xml", 8 << 20)), "too wide"),
    ("empty.xlsx", xlsx([]), "workbook is empty"),
    ("notes.xlsx", xlsx([["Read me"], ["x"]]), "lacks required columns"),
    ("torn.parquet", b"PAR1\x00\x00", "not a Parquet file"),
    ("text.parquet", M + OK, "not a Parquet file"),
]


def in_folder(folder, name, content):
    path = folder / (f"measurements_{name}" if "." in name else f"measurements_{name}.csv")
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(("name", "content", "place", "word"), ROWS, ids=[case[0] for case in ROWS])
def test_a_bad_row_is_refused_by_file_row_column_and_remedy_and_the_good_one_kept(tmp_path, name, content, place, word):
    path = in_folder(tmp_path, name, content)
    parsed = parse_file(path.read_bytes(), path.name, "headworks")
    refusal = parsed.refusals.row(0, named=True)
    assert (refusal["file"], refusal["row"], refusal["column"]) == (path.name, *place)
    assert word in refusal["problem"]
    assert refusal["remedy"]
    assert parsed.tables["measurements"]["sample_id"].to_list() == ["S0"]
    assert (parsed.n_rows, parsed.n_refused) == (2, 1)


@pytest.mark.parametrize(("name", "content", "word"), WHOLE, ids=[case[0] for case in WHOLE])
def test_a_file_that_is_no_table_is_refused_whole_with_its_name_and_a_remedy(tmp_path, name, content, word):
    path = in_folder(tmp_path, name, content)
    with pytest.raises(DataRefused, match=word) as refusal:
        parse_file(path.read_bytes(), path.name, "headworks")
    assert path.name in refusal.value.where
    assert refusal.value.remedy
    assert refusal.value.code.startswith("HW-D1")


def test_mixed_decimal_signs_refuse_every_fraction_and_name_two_rows():
    content = "sample_id;analyte;concentration_ng_per_l\nS1;BE;1,5\nS2;BE;2.5\nS3;BE;3\n"
    parsed = parse_file(content.encode(), "measurements.csv", "headworks")
    assert parsed.refusals.select("row", "column").rows() == [(2, "concentration_ng_per_l"), (3, "concentration_ng_per_l")]
    assert "rows 3 and 2 differ" in parsed.refusals["remedy"][0]
    settled = parse_file(content.encode(), "measurements.csv", "headworks", mapping=Mapping(decimal=","))
    assert settled.refusals["row"].to_list() == [3]


@pytest.mark.parametrize(
    ("row", "column", "word"),
    [
        ("A,31/02/2024,5", "day", "no such day"),
        ("A,03/04/2024,5", "day", "either order"),
        ("A,2024-02-03,-5", "flow_m3_per_day", "not above the least"),
        ("A,2024-02-03,0", "flow_m3_per_day", "not above the least"),
        ("A,2024-02-03,", "flow_m3_per_day", "empty"),
    ],
)
def test_a_bad_flow_is_refused(row, column, word):
    content = f"site_id,day,flow_m3_per_day\n{row}\nA,2024-02-05,7\n"
    parsed = parse_file(content.encode(), "flows.csv", "headworks")
    assert parsed.refusals.select("file", "row", "column").row(0) == ("flows.csv", 2, column)
    assert word in parsed.refusals["problem"][0]
    assert parsed.tables["flows"].height == 1


def test_a_table_as_wide_as_is_allowed_is_read():
    names = ["sample_id", "analyte", "concentration_ng_per_l", *(f"c{i}" for i in range(MOST_COLUMNS - 3))]
    content = ",".join(names) + "\nS1,BE,5" + "," * (MOST_COLUMNS - 3) + "\n"
    assert parse_file(content.encode(), "measurements.csv", "headworks").tables["measurements"].height == 1


@pytest.mark.parametrize("name", IMPORTABLE)
@pytest.mark.parametrize("junk", ["=1", "\u2212", "1e999", "x" * 40_000, "#N/A", "31/02/2024", '"', "\u202e", "-0", "9" * 400])
def test_junk_in_any_column_of_any_table_gives_refusals_and_no_crash(name, junk):
    from headworks.tables import SHELF  # the shelf names the columns

    columns = [column for column in SHELF[name].schema.column_names() if column != "utc_offset_min"]
    cells = ['"' + junk.replace('"', '""') + '"'] * len(columns)
    parsed = parse_file((",".join(columns) + "\n" + ",".join(cells) + "\n").encode(), f"{name}.csv", "headworks")
    assert parsed.tables[name].height + parsed.n_refused + sum(parsed.set_aside.values()) == parsed.n_rows == 1
    assert parsed.refusals.filter(pl.col("remedy") == "").is_empty()


def said(content, file, format_name):
    try:
        parse_file(content, file, format_name)
    except HeadworksError as refusal:
        return str(refusal)
    return file


@pytest.mark.parametrize("format_name", ["headworks", "score", "odm"])
@pytest.mark.parametrize("step", range(0, 40, 4))
def test_a_damaged_file_of_any_kind_never_gives_a_traceback(format_name, step):
    text = (M + OK * 3).encode()
    parquet = io.BytesIO()
    pl.read_csv(text).write_parquet(parquet)
    for file, whole in (
        ("measures.csv", text),
        ("m.xlsx", xlsx([["siteID", "siteType"], ["A", 1]])),
        ("m.parquet", parquet.getvalue()),
    ):
        for place in range(step, len(whole), max(1, len(whole) // 12)):
            damaged = bytearray(whole)
            damaged[place] ^= 0xFF
            for content in (bytes(damaged), whole[:place]):
                assert file in said(content, file, format_name)
