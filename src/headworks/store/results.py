"""Result tables: written by a run, read as a run left them, compared bit for bit."""

from __future__ import annotations

import datetime as dt
import hashlib

import polars as pl

from headworks.core.errors import UsageError
from headworks.core.schema import polars_schema, sort_by_key
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


def replace_result(workspace: Workspace, table: str, frame: pl.DataFrame, parts: list[str] | None = None) -> int:
    """Write a result table; its version.

    Parameters
    ----------
    frame
        The whole table, or the rows of the parts, with their ``part``.
    parts
        Parts that are replaced; None replaces the whole table.
    """
    return delta.replace_parts(workspace.results(table), frame, PART, parts)


def digest_of_parts(parts: dict[str, dict[str, object]]) -> str:
    """SHA-256 of a table from those of its parts."""
    said = "".join(f"{part}:{parts[part]['sha256']};" for part in sorted(parts))
    return hashlib.sha256(said.encode()).hexdigest()


def result_digest(frame: pl.DataFrame, table: str, *, is_sorted: bool = False) -> str:
    """SHA-256 of rows in key order: equal digests are equal rows, bit for bit."""
    ordered = frame if is_sorted else sort_by_key(frame, SHELF[table].schema)
    plain = ordered.with_columns(pl.col(pl.Enum).cast(pl.String))
    digest = hashlib.sha256(",".join(f"{name}:{dtype}" for name, dtype in ordered.schema.items()).encode())
    for name in plain.columns:
        column = plain[name]
        digest.update(column.is_null().to_numpy().tobytes())
        if column.dtype == pl.String:
            filled = column.fill_null("")
            digest.update(filled.str.len_bytes().to_numpy().tobytes())
            digest.update(filled.str.join("").item().encode() if len(filled) else b"")
        elif column.dtype == pl.Float64:
            digest.update(column.fill_null(0.0).to_numpy().tobytes())
        else:
            digest.update(column.to_physical().cast(pl.Int64).fill_null(0).to_numpy().tobytes())
    return digest.hexdigest()


def result_versions(workspace: Workspace) -> dict[str, int]:
    """Version of every result table on disk, finished or not."""
    return {name: delta.version(workspace.results(name)) for name in RESULTS}


def is_as_left(workspace: Workspace, run: Manifest) -> bool:
    """Whether the tables on disk hold what a run left; compaction changes no row."""
    return all(delta.holds_version(workspace.results(name), run.results.get(name, {}).get("version", -1)) for name in RESULTS)
