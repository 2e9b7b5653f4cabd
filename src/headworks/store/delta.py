"""Delta Lake tables in a folder: append, replace, read a version; the one file that knows the library.

Delta has no enumerations, so they are written as text and cast back on reading. Old versions are kept (no log clean-up):
"as published on" is a version.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError

from headworks.core.errors import WorkspaceBusy, WorkspaceError

_KEEP_ALL = {"delta.logRetentionDuration": "interval 36500 days", "delta.deletedFileRetentionDuration": "interval 36500 days"}


def append(path: Path, frame: pl.DataFrame, transaction: str) -> int:
    """Append rows in one commit, once per transaction name; the version after it.

    Raises
    ------
    WorkspaceBusy
        Another process committed at the same moment.
    WorkspaceError
        The disk is full or the table is damaged.
    """
    if has_transaction(path, transaction):
        return version(path)
    properties = CommitProperties(app_transactions=[Transaction(transaction, 1)])
    _write(path, frame, mode="append", commit_properties=properties, schema_mode="merge" if is_table(path) else None)
    return version(path)


def replace(path: Path, frame: pl.DataFrame, predicate: str | None = None) -> int:
    """Replace the whole table, or the rows a predicate holds for, in one commit; the version after it."""
    if not is_table(path):
        predicate = None
    schema_mode = "overwrite" if predicate is None else None
    _write(path, frame, mode="overwrite", predicate=predicate, schema_mode=schema_mode if is_table(path) else None)
    return version(path)


def delete(path: Path, predicate: str) -> int:
    """Delete rows in one commit; how many."""
    if not is_table(path):
        return 0
    try:
        return int(DeltaTable(str(path)).delete(predicate)["num_deleted_rows"] or 0)
    except (DeltaError, OSError) as problem:
        raise _damaged(path, problem) from problem


def scan(path: Path, schema: dict[str, pl.DataType], at_version: int | None = None) -> pl.LazyFrame:
    """The table at a version (the latest when None), its columns in the order and types of ``schema``.

    A table that was never written is empty; a column added to the schema later is null in older rows.
    """
    if (at_version is not None and at_version < 0) or not is_table(path):
        return pl.LazyFrame(schema=schema)
    try:
        lazy = pl.scan_delta(str(path), version=at_version)
        present = lazy.collect_schema()
    except (DeltaError, OSError, pl.exceptions.PolarsError) as problem:
        raise _damaged(path, problem) from problem
    columns = [
        pl.col(name).cast(dtype) if name in present else pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in schema.items()
    ]
    return lazy.select(columns)


def version(path: Path) -> int:
    """Version of the table; -1 when it was never written."""
    return DeltaTable(str(path), without_files=True).version() if is_table(path) else -1


def is_table(path: Path) -> bool:
    """Whether a table was ever committed there."""
    return (path / "_delta_log").is_dir() and DeltaTable.is_deltatable(str(path))


def has_transaction(path: Path, transaction: str) -> bool:
    """Whether a commit of that name is in the table."""
    return is_table(path) and DeltaTable(str(path)).transaction_version(transaction) is not None


def compact(path: Path) -> int:
    """Rewrite many small files as few; how many files went. Old versions stay readable."""
    return int(DeltaTable(str(path)).optimize.compact()["numFilesRemoved"]) if is_table(path) else 0


def _write(path: Path, frame: pl.DataFrame, **options: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    plain = frame.with_columns(pl.col(pl.Enum, pl.Categorical).cast(pl.String))
    try:
        write_deltalake(str(path), plain, configuration=_KEEP_ALL, **options)  # type: ignore[call-overload]
    except CommitFailedError as problem:
        raise WorkspaceBusy(
            "Another process wrote to the same table at the same moment.",
            where=str(path),
            found=str(problem)[:200],
            remedy="Nothing was changed; try again",
        ) from problem
    except (DeltaError, OSError) as problem:
        raise _damaged(path, problem) from problem


def _damaged(path: Path, problem: Exception) -> WorkspaceError:
    if isinstance(problem, TableNotFoundError):
        remedy = "Run headworks check on the workspace"
    else:
        remedy = "See whether the disk is full and the folder writable, then try again; nothing of it was counted"
    return WorkspaceError("A table cannot be read or written.", where=str(path), found=str(problem)[:300], remedy=remedy)
