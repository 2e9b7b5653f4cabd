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
from headworks.tables import RESULTS, SHELF

# A list longer than this is not written into a predicate; the table is written whole.
_MOST_VALUES = 2_000


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


def read_result_of(workspace: Workspace, run: Manifest, table: str) -> pl.DataFrame:
    """A result table as a run left it; several tables of one run belong together."""
    return read_result_version(workspace, table, run.results.get(table, {}).get("version", -1))


def read_result_version(workspace: Workspace, table: str, at_version: int) -> pl.DataFrame:
    """A result table at a version of its own; sorted by its key."""
    schema = SHELF[table].schema
    path = workspace.results(table)
    return sort_by_key(delta.collect(path, delta.scan(path, polars_schema(schema), at_version)), schema)


def replace_result(
    workspace: Workspace, table: str, frame: pl.DataFrame, touched: tuple[str, list[str]] | None = None, at_version: int = -1
) -> int:
    """Write a result table; its version.

    Parameters
    ----------
    frame
        The whole table, or the rows that were recomputed.
    touched
        Column and values whose rows were recomputed; None replaces the whole table.
    at_version
        The version whose other rows stay.
    """
    path = workspace.results(table)
    if touched is None or not delta.is_table(path):
        return delta.replace(path, frame)
    column, values = touched
    if len(values) > _MOST_VALUES:
        kept = read_result_version(workspace, table, at_version).filter(~pl.col(column).is_in(values))
        whole = pl.concat([kept, frame.cast(dict(kept.schema.items()))])
        return delta.replace(path, sort_by_key(whole, SHELF[table].schema))
    return delta.replace(path, frame, predicate=f"{column} IN ({', '.join(map(delta.quoted, values))})")


def result_digest(frame: pl.DataFrame, table: str) -> str:
    """SHA-256 of a table's rows in key order: equal digests are equal tables, bit for bit."""
    ordered = sort_by_key(frame, SHELF[table].schema)
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
