"""A foreign table as it was written: text cells, each with the row it came from.

Nothing is interpreted here. ``row`` counts as a spreadsheet shows it: the first row of the file is 1, and a quoted cell with
line breaks inside is still one row. Rows of blanks are no rows. A column ``source_row`` and columns ``refusal_…`` are our own
marks in a file of refused rows that comes back mended; they are not data.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from headworks.core.errors import DataRefused

ROW = "source_row"
# Where a row that does not fit the header is kept as it was written; its cells are left empty, so that nobody shifts them.
AS_WRITTEN = "refusal_row_as_written"

REFUSAL_SCHEMA: dict[str, type[pl.DataType]] = {
    "file": pl.String,
    "sheet": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "code": pl.String,
    "problem": pl.String,
    "found": pl.String,
    "remedy": pl.String,
}
# A file wider than this is not a table of ours; the widest, MassHunter's batch table, has some hundreds.
MOST_COLUMNS = 2_000
# What a spreadsheet cell can hold.
LONGEST_CELL = 32_767


def no_refusals() -> pl.DataFrame:
    """An empty list of refusals."""
    return pl.DataFrame(schema=REFUSAL_SCHEMA)


def _no_misfits() -> pl.DataFrame:
    return pl.DataFrame(schema={AS_WRITTEN: pl.String, ROW: pl.Int64})


@dataclass(frozen=True)
class RawTable:
    """One table of a foreign file.

    Attributes
    ----------
    frame
        All columns String without surrounding blanks (empty cells null), plus ``source_row``.
    file, sheet
        Where it came from; ``sheet`` only for workbooks.
    refusals
        Refusals of the rows in ``misfits``.
    misfits
        Rows that could not be read as a row of this table: ``refusal_row_as_written, source_row``.
    notes
        What a reader should know: the encoding, the delimiter.
    """

    frame: pl.DataFrame
    file: str
    sheet: str | None = None
    refusals: pl.DataFrame = field(default_factory=no_refusals)
    misfits: pl.DataFrame = field(default_factory=_no_misfits)
    notes: tuple[str, ...] = ()

    @property
    def columns(self) -> list[str]:
        """Names of the foreign columns, in order."""
        return [name for name in self.frame.columns if name != ROW and not name.startswith("refusal_")]

    @property
    def where(self) -> str:
        """File and sheet, for messages."""
        return f"{self.file}, sheet {self.sheet}" if self.sheet else self.file


def build_raw(
    frame: pl.DataFrame,
    rows: pl.Series,
    file: str,
    *,
    sheet: str | None = None,
    misfits: list[tuple[int, int, str]] | None = None,
    notes: tuple[str, ...] = (),
) -> RawTable:
    """A raw table without blanks around cells, blank rows and nameless empty columns.

    Parameters
    ----------
    frame
        String columns.
    rows
        Row of the file for each row of ``frame``.
    misfits
        Row, number of cells and text of each row that has more or fewer cells than the header.
    """
    width = frame.width
    frame = frame.drop(ROW, strict=False)
    if frame.width:
        frame = frame.with_columns(pl.all().cast(pl.String).str.strip_chars().replace("", None))
    frame = frame.with_columns(rows.cast(pl.Int64).alias(ROW))
    cells = [name for name in frame.columns if name != ROW]
    is_blank = pl.all_horizontal(pl.col(cells).is_null()) if cells else pl.lit(value=True)
    if frame.height and frame.select(is_blank.any()).item():
        frame = frame.filter(~is_blank)
    nameless = [name for name in cells if name.startswith("(column ") and frame[name].null_count() == frame.height]
    misfits = misfits or []
    return RawTable(
        frame.drop(nameless),
        file,
        sheet,
        _misfit_refusals(file, sheet, misfits, width),
        pl.DataFrame([(text, row) for row, _, text in misfits], schema=_no_misfits().schema, orient="row"),
        notes,
    )


def _misfit_refusals(file: str, sheet: str | None, misfits: list[tuple[int, int, str]], width: int) -> pl.DataFrame:
    remedy = "Quote cells that hold the delimiter; give every row as many cells as the header"
    return pl.DataFrame(
        [
            (file, sheet, row, "(row)", "HW-D109", f"The row has {found} cells, the header {width}.", text[:200], remedy)
            for row, found, text in misfits
        ],
        schema=REFUSAL_SCHEMA,
        orient="row",
    )


def require_names(cells: list[str], where: str) -> list[str]:
    """The header's cells as column names; a cell without a name is called after its place.

    Raises
    ------
    DataRefused
        ``HW-D111`` when two are the same, ``HW-D103`` when there are too many.

    Examples
    --------
    >>> require_names(["site", ""], "x.csv, row 1")
    ['site', '(column 2)']
    """
    if len(cells) > MOST_COLUMNS:
        raise too_wide(where, len(cells))
    names = [cell.strip("\ufeff\u200b \t\r\n") or f"(column {position})" for position, cell in enumerate(cells, 1)]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise DataRefused(
            "Two columns have the same name.",
            where=where,
            found=", ".join(repeated)[:500],
            remedy="Give every column its own name",
            code="HW-D111",
        )
    return names


def too_wide(where: str, n_columns: int) -> DataRefused:
    """The refusal of a table with too many columns."""
    return DataRefused(
        "The table is too wide.",
        where=where,
        found=f"{n_columns:,} columns",
        remedy=f"Give at most {MOST_COLUMNS:,} columns; long tables have one row per result",
        code="HW-D103",
    )


def refuse_rows(
    table: RawTable, rows: pl.DataFrame, *, column: str, code: str, problem: str, found: pl.Expr, remedy: str
) -> pl.DataFrame:
    """One refusal for each of ``rows`` (which carry ``source_row``).

    Parameters
    ----------
    rows
        The offending rows of ``table.frame``.
    column
        Foreign name of the offending column.
    found
        What was read there.
    """
    return rows.select(
        file=pl.lit(table.file),
        sheet=pl.lit(table.sheet, dtype=pl.String),
        row=pl.col(ROW).cast(pl.Int64),
        column=pl.lit(column),
        code=pl.lit(code),
        problem=pl.lit(problem),
        found=found.cast(pl.String).str.slice(0, 200),
        remedy=pl.lit(remedy),
    )
