"""Workbooks as raw tables; what would inflate, run or hide is refused or left alone and said.

A workbook is a ZIP of XML. Its size unpacked, and the width of its rows, are looked at before anything is parsed; a formula is
kept as the text of the formula, so that a number which a formula made is refused where a number is wanted: only values that
stand in the file are read. A hidden sheet is not read unless a mapping names it: nobody saw it when the file was sent.
"""

from __future__ import annotations

import datetime as dt
import io
import warnings
import zipfile
from typing import Any

import openpyxl
import polars as pl

from headworks.core.errors import DataRefused
from headworks.intake.raw import MOST_COLUMNS, RawTable, build_raw, require_names, too_wide

# A workbook of a million rows of ours unpacks to about 300 MB.
_MOST_UNPACKED = 512 * 1024 * 1024
_MOST_ENTRIES = 2_000
# What the format itself allows.
_MOST_ROWS, _MOST_CELLS_IN_ROW = 1_048_576, 16_384
_CHUNK = 1 << 20


def read_workbook(content: bytes, file: str, *, sheet: str | None = None) -> tuple[list[RawTable], list[str]]:
    """The non-empty sheets of an XLSX file, or the one named; and the names of hidden sheets that were not read.

    Raises
    ------
    DataRefused
        ``HW-D102`` not an XLSX file, ``HW-D103`` too large unpacked or too wide, ``HW-D111`` no such sheet.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and dates it does not keep
            _require_modest_zip(content, file)
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
            try:
                return _read_sheets(book, file, sheet)
            finally:
                book.close()
    except DataRefused:
        raise
    except Exception as problem:
        raise _not_a_workbook(file, str(problem)) from problem


def _read_sheets(book: Any, file: str, sheet: str | None) -> tuple[list[RawTable], list[str]]:
    names = book.sheetnames
    if sheet is not None and sheet not in names:
        raise DataRefused(
            "The workbook has no such sheet.",
            where=file,
            found=sheet,
            remedy="Name one of " + ", ".join(names),
            code="HW-D111",
        )
    hidden = [name for name in names if sheet is None and getattr(book[name], "sheet_state", "visible") != "visible"]
    tables = [_read_sheet(book[name], file, name) for name in names if sheet in (None, name) and name not in hidden]
    return [table for table in tables if table is not None], hidden


def _require_modest_zip(content: bytes, file: str) -> None:
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise DataRefused(
            "This is an old (.xls) or a password-protected workbook.",
            where=file,
            found="OLE container",
            remedy="Save it as .xlsx without a password",
            code="HW-D102",
        )
    archive = zipfile.ZipFile(io.BytesIO(content))
    entries = archive.infolist()
    # zipfile never unpacks more than an entry declares, so the declared sum bounds what is read.
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > _MOST_UNPACKED or len(entries) > _MOST_ENTRIES:
        raise _too_large(file, f"{len(content):,} bytes that unpack to {unpacked:,} in {len(entries):,} parts")
    for entry in entries:
        if entry.filename.startswith("xl/worksheets/") and entry.file_size > _CHUNK:
            _require_modest_rows(archive, entry, file)


def _require_modest_rows(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, file: str) -> None:
    """Refuse a sheet with a row of more cells than the format allows, before a parser holds them all at once."""
    n_cells = n_rows = 0
    tail = b""
    with archive.open(entry) as part:
        while chunk := part.read(_CHUNK):
            first, *others = (tail + chunk).split(b"<row")
            tail = b""
            for number, piece in enumerate([first, *others]):
                if number:
                    n_rows, n_cells = n_rows + 1, 0
                n_cells += piece.count(b"<c ") + piece.count(b"<c>") + piece.count(b"<c/>")
                if n_cells > _MOST_CELLS_IN_ROW:
                    raise too_wide(f"{file}, {entry.filename}, row {n_rows}", n_cells)
            last = (others or [first])[-1]
            cut = last.rfind(b"<")
            if cut >= 0 and len(last) - cut < len(b"<row"):
                tail = last[cut:]


def _read_sheet(sheet: Any, file: str, name: str) -> RawTable | None:
    if not hasattr(sheet, "iter_rows"):
        return None  # a chart sheet
    sheet.reset_dimensions()
    where = f"{file}, sheet {name}"
    names: list[str] = []
    rows: list[list[str | None]] = []
    numbers: list[int] = []
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if number > _MOST_ROWS:
            raise _too_large(where, f"more than {_MOST_ROWS:,} rows")
        texts = [_text(cell) for cell in cells]
        while texts and texts[-1] is None:
            texts.pop()
        if len(texts) > MOST_COLUMNS:
            raise too_wide(f"{where}, row {number}", len(texts))
        if not texts:
            continue
        if not names:
            names = require_names([text or "" for text in texts], f"{where}, row {number}")
            continue
        if len(texts) > len(names):
            names = require_names(names + [""] * (len(texts) - len(names)), f"{where}, row {number}")
        rows.append(texts)
        numbers.append(number)
    if not names:
        return None
    padded = [row + [None] * (len(names) - len(row)) for row in rows]
    frame = pl.DataFrame(padded, schema=dict.fromkeys(names, pl.String), orient="row")
    return build_raw(frame, pl.Series(numbers, dtype=pl.Int64), file, sheet=name)


def _text(cell: Any) -> str | None:
    value = cell.value
    if value is None or isinstance(value, str):
        return (value or "").strip() or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        # A spreadsheet's day is midnight too; only the cell's format says whether the hour is meant.
        is_day = value.time() == dt.time() and "h" not in str(cell.number_format).lower()
        return value.date().isoformat() if is_day else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, (dt.date, dt.time, dt.timedelta)):
        return str(value)
    return str(getattr(value, "text", None) or "=(formula)")  # array formulas carry their text in an attribute


def _not_a_workbook(file: str, found: str) -> DataRefused:
    return DataRefused(
        "This is not an XLSX workbook that can be read.",
        where=file,
        found=found[:200],
        remedy="Save it as .xlsx from a spreadsheet program",
        code="HW-D102",
    )


def _too_large(where: str, found: str) -> DataRefused:
    return DataRefused(
        "The file is too large to be a table of results.",
        where=where,
        found=found,
        remedy="Split it, or give CSV or Parquet",
        code="HW-D103",
    )
