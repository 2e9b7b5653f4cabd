"""A table of a workspace as CSV, Parquet, XLSX or JSON; and the refused rows of an import, to be mended.

Text that a spreadsheet would run as a formula is disarmed with an apostrophe in CSV and XLSX; Parquet and JSON carry it as
it is. Numbers are written in full.
"""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl

from headworks.core.errors import UsageError
from headworks.reports import write_workbook
from headworks.reports.downloads import neutralise_formulas
from headworks.store import Workspace, read_imports, write_atomically

FORMATS = {".csv": "csv", ".parquet": "parquet", ".xlsx": "xlsx", ".json": "json"}


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
    plain = frame.with_columns(pl.col(pl.Enum).cast(pl.String))
    try:
        if kind == "csv":
            write_atomically(target, csv_text(plain))
        elif kind == "json":
            write_atomically(target, json_text(plain))
        elif kind == "xlsx":
            write_atomically(target, write_workbook({table[:31]: plain}))
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            plain.write_parquet(target)
    except OSError as problem:
        raise UsageError(
            "The file cannot be written.",
            where=str(target),
            found=problem.strerror or str(problem),
            remedy="Choose another folder, or free some space",
            code="HW-U013",
        ) from problem


def csv_text(frame: pl.DataFrame) -> str:
    """CSV without a byte-order mark, formulas disarmed."""
    return neutralise_formulas(frame.with_columns(pl.col(pl.Enum).cast(pl.String))).write_csv()


def json_text(frame: pl.DataFrame) -> str:
    """A JSON list of rows."""
    return json.dumps(frame.to_dicts(), ensure_ascii=False, default=str) + "\n"


def refused_files(workspace: Workspace, import_id: str | None) -> list[Path]:
    """The refused rows as written, of the import named (or of the newest that refused any).

    Raises
    ------
    UsageError
        ``HW-U014`` when there are none.
    """
    folder = workspace.path / "imports"
    names = [import_id] if import_id else [path.name for path in _newest_first(workspace)]
    for name in names:
        matches = sorted(folder.glob(f"{name}*/refused-rows*.csv"))
        if matches:
            return matches
    raise UsageError(
        "No refused rows are kept.",
        where=str(folder),
        found=import_id or "no import with refusals",
        remedy="See headworks show WORKSPACE imports",
        code="HW-U014",
    )


def write_refused_rows(workspace: Workspace, import_id: str | None, target: Path) -> list[Path]:
    """Copy the refused rows of an import to a file to be mended; several sheets become numbered files."""
    sources = refused_files(workspace, import_id)
    written = []
    for number, source in enumerate(sources, 1):
        path = target if len(sources) == 1 else target.with_stem(f"{target.stem}-{number}")
        write_atomically(path, source.read_bytes())
        written.append(path)
    return written


def _newest_first(workspace: Workspace) -> list[Path]:
    folder = workspace.path / "imports"
    seqs = dict(read_imports(workspace).select("import_id", "seq").rows())
    paths = [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []
    return sorted(paths, key=lambda path: (seqs.get(path.name, 0), path.stat().st_mtime), reverse=True)
