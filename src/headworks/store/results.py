"""Result tables: written by a run, read as a run left them, compared bit for bit."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping

import numpy as np
import polars as pl

from headworks.core.errors import UsageError
from headworks.core.schema import polars_schema, sort_by_key, split_by
from headworks.store import delta
from headworks.store.runs import Manifest, latest_run
from headworks.store.workspace import Workspace
from headworks.tables import PART, RESULTS, SHELF


def require_run(workspace: Workspace, as_of: dt.datetime | None = None) -> Manifest:
    """The newest finished run, or the newest one by a moment.

    Raises
    ------
    UsageError
        ``HW-U008`` when no run had finished by then.
    """
    run = latest_run(workspace, as_of)
    if run is None:
        raise UsageError(
            "There are no results yet." if as_of is None else "There were no results by then.",
            where=str(workspace.path),
            found="" if as_of is None else as_of.isoformat(),
            remedy=f"Compute them: headworks run {workspace.path}",
            code="HW-U008",
        )
    return run


def read_result(workspace: Workspace, table: str, as_of: dt.datetime | None = None) -> pl.DataFrame:
    """A result table as the newest run left it, or the newest one by a moment; sorted by its key.

    Raises
    ------
    UsageError
        ``HW-U008`` when no run had finished by then.
    """
    return read_result_of(workspace, require_run(workspace, as_of), table)


def read_result_of(
    workspace: Workspace,
    run: Manifest,
    table: str,
    parts: list[str] | None = None,
    only: pl.Expr | None = None,
    columns: list[str] | None = None,
) -> pl.DataFrame:
    """A result table as a run left it; several tables of one run belong together.

    Parameters
    ----------
    parts
        Only these parts (months, and years for what is longer); all when None.
    only
        Only rows for which this holds.
    columns
        Only these columns, in no order of rows; all of them, sorted by the key, when None.
    """
    return read_result_version(workspace, table, run.results.get(table, {}).get("version", -1), parts, only, columns)


def read_result_version(
    workspace: Workspace,
    table: str,
    at_version: int,
    parts: list[str] | None = None,
    only: pl.Expr | None = None,
    columns: list[str] | None = None,
) -> pl.DataFrame:
    """A result table at a version of its own, as :func:`read_result_of`."""
    schema = SHELF[table].schema
    path = workspace.results(table)
    rows = delta.scan(path, polars_schema(schema), at_version, None if parts is None else (PART, parts))
    if only is not None:
        rows = rows.filter(only)
    if columns is not None:
        return delta.collect(path, rows.select(columns))
    return sort_by_key(delta.collect(path, rows), schema)


def replace_result(workspace: Workspace, table: str, rows: Mapping[str, pl.DataFrame], *, is_whole: bool = False) -> int:
    """Write parts of a result table; its version.

    Parameters
    ----------
    rows
        Of every part that is replaced; a part may be left without rows.
    is_whole
        Whether they replace the whole table.
    """
    empty = pl.DataFrame(schema=polars_schema(SHELF[table].schema))
    return delta.replace_parts(workspace.results(table), PART, rows, empty, is_whole=is_whole)


def digest_of_parts(parts: Mapping[str, Mapping[str, object]]) -> str:
    """SHA-256 of a table from those of its parts."""
    return digest_of_pieces({part: str(said["sha256"]) for part, said in parts.items()})


def result_digest(frame: pl.DataFrame, table: str, *, is_sorted: bool = False, by: str | None = None) -> str:
    """SHA-256 of rows in key order: equal digests are equal rows, bit for bit.

    Parameters
    ----------
    is_sorted
        Whether the rows stand in order already.
    by
        The column of the key by whose values the digest is taken, each value's rows for themselves.
    """
    ordered = frame if is_sorted else sort_by_key(frame, SHELF[table].schema)
    return _digest(ordered) if by is None else digest_of_pieces(piece_digests(ordered, by))


def piece_digests(ordered: pl.DataFrame, by: str) -> dict[str, str]:
    """SHA-256 of the rows of each value of a column; they stand in key order."""
    return {value: _digest(rows) for value, rows in split_by(ordered, by).items()}


def digest_of_pieces(digests: Mapping[str, str]) -> str:
    """SHA-256 of all rows from those of each value."""
    return hashlib.sha256("".join(f"{value}:{digests[value]};" for value in sorted(digests)).encode()).hexdigest()


def _digest(ordered: pl.DataFrame) -> str:
    plain = ordered.with_columns(pl.col(pl.Enum).cast(pl.String))
    digest = hashlib.sha256(",".join(f"{name}:{dtype}" for name, dtype in ordered.schema.items()).encode())
    for column in plain:
        digest.update(_memory(column.is_null()) if column.null_count() else bytes(len(column)))
        if column.dtype == pl.String:
            filled = column.fill_null("")
            digest.update(_memory(filled.str.len_bytes()))
            digest.update(filled.str.join("").item().encode() if len(filled) else b"")
        elif column.dtype == pl.Float64:
            digest.update(_memory(column.fill_null(0.0)))
        else:
            digest.update(_memory(column.to_physical().cast(pl.Int64).fill_null(0)))
    return digest.hexdigest()


def _memory(column: pl.Series) -> memoryview:
    """The numbers of a column without gaps, where they lie."""
    return np.ascontiguousarray(column.to_numpy()).data


def result_versions(workspace: Workspace) -> dict[str, int]:
    """Version of every result table on disk, finished or not."""
    return {name: delta.version(workspace.results(name)) for name in RESULTS}


def is_as_left(workspace: Workspace, run: Manifest) -> bool:
    """Whether the tables on disk hold what a run left; compaction changes no row."""
    return all(delta.holds_version(workspace.results(name), run.results.get(name, {}).get("version", -1)) for name in RESULTS)
