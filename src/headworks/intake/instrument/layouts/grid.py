"""The cells of an export as written, before anybody knows where its header is.

Exports have title lines, two header rows or sections, so that no first row names the columns. Nothing is interpreted here;
``row`` counts as a spreadsheet shows it. The trap is memory: a file is looked at by its size before it is read, and its rows
go to columns piece by piece.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, replace
from itertools import islice, zip_longest

import openpyxl
import polars as pl

from headworks.core.errors import DataRefused
from headworks.intake.files.text_encoding import decode_text
from headworks.intake.files.workbook import _require_modest_zip, _text
from headworks.intake.instrument.profile import Profile
from headworks.intake.raw import LONGEST_CELL, MOST_COLUMNS, ROW, too_wide

# A batch of 500 injections of 100 compounds with every column is below 20 MB; beyond this it is not one batch.
MOST_BYTES = 64 * 1024**2
_PIECE = 20_000
_DELIMITERS = ("\t", ";", ",", "|")
_SEP_LINE = re.compile(r'\s*"?sep=([^\w\s"]|\t)"?[;,\t ]*')
_LOOKED_AT = 40


@dataclass(frozen=True)
class Grid:
    """Cells as text in columns ``c0, c1 …`` (empty ones null) with ``source_row`` and ``n_cells``; blank rows left out."""

    frame: pl.DataFrame
    file: str
    sheet: str | None = None
    notes: tuple[str, ...] = ()
    other_sheets: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """Number of columns."""
        return self.frame.width - 2

    def cells(self, position: int) -> list[str]:
        """The cells of one row, empty text for empty cells."""
        return [text or "" for text in self.frame.row(position)[: self.width]]

    def turned(self) -> Grid:
        """Rows as columns; ``source_row`` is then the number of the column."""
        cells = self.frame.drop(ROW, "n_cells")
        turned = cells.transpose(column_names=[f"c{i}" for i in range(cells.height)])
        rows = pl.int_range(1, turned.height + 1, dtype=pl.Int64, eager=True)
        return replace(self, frame=turned.with_columns(rows.alias(ROW), pl.lit(cells.height, dtype=pl.Int64).alias("n_cells")))


def read_grid(content: bytes, file: str, profile: Profile) -> Grid:
    r"""The cells of a text table or of one sheet of a workbook.

    Raises
    ------
    DataRefused
        ``HW-D641`` too large; ``HW-D101`` to ``HW-D103`` when it is no table; ``HW-D111`` for a sheet that is not there.

    Examples
    --------
    >>> read_grid(b"a;b\n1,5;2\n", "x.csv", Profile()).cells(1)
    ['1,5', '2']
    """
    require_size(len(content), file)
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _read_workbook(content, file, profile.sheet)
    text, note = decode_text(content, file, profile.encoding)
    if not text.strip():
        raise _no_table(file, f"{len(content)} bytes", "The file is empty.")
    said = _SEP_LINE.match(text.split("\n", 1)[0].rstrip("\r"))
    delimiter = profile.delimiter or (said[1] if said else _find_delimiter(text))
    grid = _read_text(text, file, delimiter)
    return replace(grid, notes=(*((note,) if note else ()), f"delimiter {delimiter!r}"))


def require_size(n_bytes: int, file: str) -> None:
    """Refuse a file that is no export of one batch, before it is read.

    Raises
    ------
    DataRefused
        ``HW-D641``.
    """
    if n_bytes > MOST_BYTES:
        raise DataRefused(
            "The file is too large to be the export of a batch.", where=file, found=f"{n_bytes:,} bytes",
            remedy=f"Export one batch at a time; at most {MOST_BYTES:,} bytes are read", code="HW-D641",
        )  # fmt: skip


def _no_table(where: str, found: str, what: str = "This is not a text table.") -> DataRefused:
    return DataRefused(what, where=where, found=found, remedy="Export the results again as text or XLSX", code="HW-D102")


def _find_delimiter(text: str) -> str:
    lines = [line for line in islice(io.StringIO(text), _LOOKED_AT) if line.strip()]
    bare = [re.sub(r'"[^"]*"', "", line) for line in lines]
    if any(line.count("\t") > 1 for line in bare):
        return "\t"
    for line in bare:
        counts = {mark: line.count(mark) for mark in _DELIMITERS}
        if any(counts.values()):
            return max(counts, key=lambda mark: counts[mark])
    return ","


def _read_text(text: str, file: str, delimiter: str) -> Grid:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    pieces: list[pl.DataFrame] = []
    rows: list[list[str]] = []
    numbers: list[int] = []
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            if len(cells) > MOST_COLUMNS:
                raise too_wide(f"{file}, row {number}", len(cells))
            if (number > 1 or not _SEP_LINE.fullmatch(delimiter.join(cells))) and any(map(str.strip, cells)):
                rows.append(cells)
                numbers.append(number)
            if len(rows) == _PIECE:
                pieces.append(_piece(rows, numbers))
                rows, numbers = [], []
    except csv.Error as problem:
        raise DataRefused(
            "A cell is too long." if "limit" in str(problem) else "A quoted cell is not closed or is followed by text.",
            where=f"{file}, row {number + 1}, line {reader.line_num}", found=str(problem),
            remedy="Export the file again; it may be cut off", code="HW-D102",
        ) from problem  # fmt: skip
    pieces.append(_piece(rows, numbers))
    return Grid(_tidy(pl.concat(pieces, how="diagonal")), file)


def _piece(rows: list[list[str]], numbers: list[int]) -> pl.DataFrame:
    columns = {f"c{i}": pl.Series(cells, dtype=pl.String) for i, cells in enumerate(zip_longest(*rows))}
    lengths = pl.Series([len(row) for row in rows], dtype=pl.Int64)
    return pl.DataFrame({**columns, ROW: pl.Series(numbers, dtype=pl.Int64), "n_cells": lengths})


def _tidy(frame: pl.DataFrame) -> pl.DataFrame:
    names = [name for name in frame.columns if name not in (ROW, "n_cells")]
    stripped = frame.with_columns(pl.col(names).str.strip_chars(" \t\r\n\u00a0\u200b\ufeff").replace("", None))
    return stripped.select(*names, ROW, "n_cells")


def _read_workbook(content: bytes, file: str, sheet: str | None) -> Grid:
    try:
        _require_modest_zip(content, file)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        try:
            names = [n for n in book.sheetnames if sheet == n or book[n].sheet_state == "visible"]
            if sheet is not None and sheet not in names:
                raise DataRefused(
                    "The workbook has no such sheet.", where=file, found=sheet, remedy="Name one of " + ", ".join(names),
                    code="HW-D111",
                )  # fmt: skip
            for name in [sheet] if sheet else names:
                grid = _read_sheet(book[name], file, name)
                if grid is not None:
                    others = () if sheet else tuple(n for n in names if n != name)
                    return replace(grid, other_sheets=others)
        finally:
            book.close()
    except DataRefused:
        raise
    except Exception as problem:
        raise _no_table(file, str(problem)[:200], "This is not an XLSX workbook that can be read.") from problem
    raise _no_table(file, "no sheet with cells", "The workbook is empty.")


def _read_sheet(sheet: object, file: str, name: str) -> Grid | None:
    if not hasattr(sheet, "iter_rows") or not hasattr(sheet, "reset_dimensions"):
        return None
    sheet.reset_dimensions()
    rows: list[list[str]] = []
    numbers: list[int] = []
    for number, cells in enumerate(sheet.iter_rows(), 1):
        texts = [(_text(cell) or "")[: LONGEST_CELL + 1] for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        if len(texts) > MOST_COLUMNS:
            raise too_wide(f"{file}, sheet {name}, row {number}", len(texts))
        if texts:
            rows.append(texts)
            numbers.append(number)
    return Grid(_tidy(_piece(rows, numbers)), file, name) if rows else None
