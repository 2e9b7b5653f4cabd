"""A table of a workspace as CSV, Parquet, XLSX or JSON; and the refused rows of an import, to be mended.

What leaves is first cut down to what its readers may see (``jobs.disclosed``), and noted in the log of publications.

Text that a spreadsheet would run as a formula is disarmed with an apostrophe in CSV and XLSX; Parquet and JSON carry it as
it is. Numbers are written in full.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from headworks.core.errors import UsageError
from headworks.jobs.csv_text import csv_text
from headworks.jobs.disclosed import Disclosed
from headworks.jobs.disclosure import Disclosure
from headworks.jobs.publications import log_publication
from headworks.store import Workspace, write_atomically

FORMATS = {".csv": "csv", ".parquet": "parquet", ".xlsx": "xlsx", ".json": "json"}
# A sheet has 1,048,576 rows, one of them the header.
_MOST_SHEET_ROWS = 1_048_575


def export_table(frame: pl.DataFrame, table: str, target: Path) -> None:
    """Write a table; the target's ending says how.

    Raises
    ------
    UsageError
        ``HW-U013`` for an unknown ending or a folder that cannot be written to.
    """
    kind = FORMATS.get(target.suffix.lower())
    if kind is None:
        raise UsageError(
            "This ending is not known.", found=target.name, remedy="End the name in " + ", ".join(FORMATS), code="HW-U013"
        )
    if kind == "xlsx" and frame.height > _MOST_SHEET_ROWS:
        raise UsageError(
            "The table has more rows than a sheet can hold.",
            where=str(target),
            found=f"{frame.height:,} rows",
            remedy=f"Select with --where, at most {_MOST_SHEET_ROWS:,} rows, or write .csv or .parquet",
            code="HW-U013",
        )
    with writing_to(target):
        write_atomically(target, _WRITERS[kind](frame.with_columns(pl.col(pl.Enum).cast(pl.String)), table))


def record_export(disclosure: Disclosure, seen: Disclosed, what: str, target: Path) -> bool:
    """Note in the workspace what left it, for whom; False where the workspace cannot be written to.

    Parameters
    ----------
    what
        Table, or ``report``.
    """
    run_id = disclosure.run.run_id if disclosure.run else ""
    counts = {"rows": seen.frame.height, "withheld": seen.n_withheld, "blanked": seen.n_blanked}
    try:
        log_publication(disclosure.workspace, disclosure.rule, what, str(target), run_id, **counts)
        disclosure.keep()
    except OSError:
        return False
    return True


@contextmanager
def writing_to(target: Path) -> Iterator[None]:
    """What the operating system refuses inside becomes ``HW-U013``."""
    try:
        yield
    except OSError as problem:
        raise UsageError(
            "The file cannot be written.",
            where=str(target),
            found=problem.strerror or str(problem),
            remedy="Choose another folder, or free some space",
            code="HW-U013",
        ) from problem


def _parquet(frame: pl.DataFrame, table: str) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def _workbook(frame: pl.DataFrame, table: str) -> bytes:
    from headworks.reports import write_workbook

    # A sheet's dates know no zone and no microseconds: ISO 8601 text loses nothing.
    instants = pl.col(pl.Datetime).dt.to_string("iso:strict")
    return write_workbook({table[:31]: frame.with_columns(instants, pl.col(pl.Date).dt.to_string("iso"))})


_WRITERS: dict[str, Callable[[pl.DataFrame, str], str | bytes]] = {
    "csv": lambda frame, table: csv_text(frame),
    "json": lambda frame, table: json_text(frame),
    "xlsx": _workbook,
    "parquet": _parquet,
}


def json_text(frame: pl.DataFrame) -> str:
    """A JSON list of rows."""
    return json.dumps(frame.to_dicts(), ensure_ascii=False, default=str) + "\n"


def write_refused_rows(workspace: Workspace, import_id: str | None, target: Path) -> list[Path]:
    """Copy the refused rows of an import to a CSV file to be mended; several sheets become numbered files.

    Raises
    ------
    UsageError
        ``HW-U013`` when the file is no CSV file or cannot be written, ``HW-U014`` when there are no refused rows.
    """
    # Only here is that wanted which reads workbooks and parses XML; loading it costs each process 0.1 s and more.
    from headworks.jobs.import_record import refused_files

    if target.suffix.lower() != ".csv":
        raise UsageError("Refused rows are CSV.", found=target.name, remedy="End the name in .csv", code="HW-U013")
    sources = refused_files(workspace, import_id)
    written = []
    for number, source in enumerate(sources, 1):
        path = target if len(sources) == 1 else target.with_stem(f"{target.stem}-{number}")
        with writing_to(path):
            write_atomically(path, source.read_bytes())
        written.append(path)
    return written
