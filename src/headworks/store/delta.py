"""Delta Lake tables in a folder: append, replace, read a version; the one file that knows the library.

Delta has no enumerations, so they are written as text and cast back on reading. Old versions are kept (no log clean-up):
"as published on" is a version.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

import polars as pl
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError
from deltalake.transaction import AddAction, RemoveAction

from headworks.core.errors import WorkspaceBusy, WorkspaceError

_KEEP_ALL = {"delta.logRetentionDuration": "interval 36500 days", "delta.deletedFileRetentionDuration": "interval 36500 days"}
_AT_FAULT = (DeltaError, OSError, pl.exceptions.PolarsError)
_MOST_WORDS = 300
_COMMIT = re.compile(r"\d{20}\.json")


def append(path: Path, frame: pl.DataFrame, transaction: str | None = None) -> None:
    """Append rows in one commit; once only, when the transaction has a name.

    Raises
    ------
    WorkspaceBusy
        Another process committed at the same moment.
    WorkspaceError
        The disk is full or the table is damaged.
    """
    if transaction is not None and has_transaction(path, transaction):
        return
    properties = CommitProperties(app_transactions=[Transaction(transaction, 1)]) if transaction else None
    _write(path, frame, mode="append", commit_properties=properties, schema_mode="merge" if is_table(path) else None)


def replace_parts(
    path: Path, column: str, rows: Mapping[str, pl.DataFrame], empty: pl.DataFrame, *, is_whole: bool = False
) -> int:
    """Replace some parts of a table that is kept in parts, or all of it, in one commit; the version after it.

    Parameters
    ----------
    column
        Names the part of a row; the frames need not have it.
    rows
        Of the parts that are replaced, none where a part is given up.
    empty
        The table without a row and without its parts: the columns, in order.
    is_whole
        Whether the parts that are not named are given up as well.
    """
    if is_table(path) and not is_kept_in_parts(path, column):
        # A table of an earlier layout is set aside; what it held is computed again.
        path.rename(path.with_name(f"{path.name}.before-parts"))
    if is_whole or not is_table(path):
        whole = [frame.with_columns(pl.lit(part, pl.String).alias(column)) for part, frame in rows.items()]
        frame = pl.concat(whole or [empty.with_columns(pl.lit(None, pl.String).alias(column))])
        _write(path, frame, mode="overwrite", partition_by=[column], schema_mode="overwrite" if is_table(path) else None)
    elif rows:
        _commit_parts(path, column, rows, empty.columns)
    return version(path)


def is_kept_in_parts(path: Path, column: str) -> bool:
    """Whether a table is partitioned by a column."""
    return DeltaTable(str(path)).metadata().partition_columns == [column]


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
    except _AT_FAULT as problem:
        raise _damaged(path, problem) from problem


def quoted(text: str) -> str:
    """A text as it stands in a predicate."""
    return "'" + text.replace("'", "''") + "'"


def scan(
    path: Path, schema: dict[str, pl.DataType], at_version: int | None = None, parts: tuple[str, list[str]] | None = None
) -> pl.LazyFrame:
    """The table at a version (the latest when None), its columns in the order and types of ``schema``.

    A table that was never written is empty; a column added to the schema later is null in older rows. With ``parts``, the
    column that names the parts and those wanted, no other file is read.
    """
    if (at_version is not None and at_version < 0) or (at_version is None and not is_table(path)):
        return pl.LazyFrame(schema=schema)
    try:
        uris = DeltaTable(str(path), version=at_version).file_uris()
    except _AT_FAULT as problem:
        raise _damaged(path, problem) from problem
    if not uris:
        return pl.LazyFrame(schema=schema)
    # The library writes a blank or a Chinese character of the folder's name as %20; Polars looks for a folder of that name.
    files = [_file_of(path, uri) for uri in uris]
    if parts is not None:
        folders = {f"{parts[0]}={part}" for part in parts[1]}
        files = [file for file in files if file.parent.name in folders]
        if not files:
            return pl.LazyFrame(schema=schema)
    plain = {name: pl.String() if isinstance(dtype, pl.Enum) else dtype for name, dtype in schema.items()}
    lazy = pl.scan_parquet(
        files, glob=False, schema=plain, missing_columns="insert", extra_columns="ignore", hive_partitioning=False
    )
    # A cast that does nothing would keep a filter on the column from reaching the files.
    return lazy.with_columns(pl.col(name).cast(dtype) for name, dtype in schema.items() if isinstance(dtype, pl.Enum))


def _file_of(path: Path, uri: str) -> Path:
    """A file of the table; those of a part lie in a folder of it."""
    whole = PurePosixPath(unquote(uri))
    return path / whole.parent.name / whole.name if "=" in whole.parent.name else path / whole.name


def collect(path: Path, lazy: pl.LazyFrame) -> pl.DataFrame:
    """The rows of a scan.

    Raises
    ------
    WorkspaceError
        A file of the table is missing or damaged.
    """
    try:
        return lazy.collect()
    except _AT_FAULT as problem:
        raise _damaged(path, problem) from problem


def version(path: Path) -> int:
    """Version of the table; -1 when it was never written.

    It is the number of the newest commit, which is the name of a file: no commit is ever cleared away.
    """
    log = path / "_delta_log"
    commits = [file.name for file in log.iterdir()] if log.is_dir() else []
    return max((int(name[:-5]) for name in commits if _COMMIT.fullmatch(name)), default=-1)


def is_table(path: Path) -> bool:
    """Whether a table was ever committed there."""
    return version(path) >= 0


def has_transaction(path: Path, transaction: str) -> bool:
    """Whether a commit of that name is in the table."""
    return is_table(path) and DeltaTable(str(path)).transaction_version(transaction) is not None


def compact(path: Path) -> int:
    """Rewrite many small files as few; how many files went. Old versions stay readable."""
    try:
        return int(DeltaTable(str(path)).optimize.compact()["numFilesRemoved"]) if is_table(path) else 0
    except _AT_FAULT as problem:
        raise _damaged(path, problem) from problem


def holds_version(path: Path, at_version: int) -> bool:
    """Whether the rows are those of a version: nothing but compaction came after it."""
    now = version(path)
    if now <= at_version:
        return now == at_version
    later = DeltaTable(str(path)).history(now - at_version)
    return all(commit["operation"] == "OPTIMIZE" for commit in later)


def unnamed_files(path: Path) -> list[Path]:
    """Files in the table's folder that no commit ever named: what a killed writer left."""
    log = path / "_delta_log"
    if not is_table(path) or not (log / f"{0:020d}.json").is_file():
        return []
    named = set()
    for commit in log.glob("*.json"):
        for line in commit.read_text(encoding="utf-8").splitlines():
            for kind in ("add", "remove"):
                named |= {unquote(said["path"]) for said in [json.loads(line).get(kind)] if said}
    data = [file for file in path.rglob("*") if file.is_file() and log not in file.parents]
    cut_off = [file for file in log.iterdir() if file.name.endswith(".tmp") or "#" in file.name]
    return sorted(cut_off + [file for file in data if file.relative_to(path).as_posix() not in named])


def _commit_parts(path: Path, column: str, rows: Mapping[str, pl.DataFrame], columns: Sequence[str]) -> None:
    """Write a file for each part and commit them together: several times faster than the library writes rows."""
    with _refusing(path):
        table = DeltaTable(str(path))
        fields = {field.name for field in table.schema().fields}
        if differ := fields.symmetric_difference([column, *columns]):
            raise DeltaError(f"columns {sorted(differ)} are not in both, table and rows")
        files: list[AddAction | RemoveAction] = [
            _write_part(path, f"{column}={part}", {column: part}, _plain(frame.select(columns)))
            for part, frame in rows.items()
            if frame.height
        ]
        table.create_write_transaction(
            files, "overwrite", table.schema(), partition_by=[column], partition_filters=[(column, "in", list(rows))]
        )


def _write_part(path: Path, folder: str, values: Mapping[str, str | None], rows: pl.DataFrame) -> AddAction:
    """A file of a part; until it is committed nobody reads it."""
    name = f"{folder}/{uuid.uuid4()}.parquet"
    (path / folder).mkdir(exist_ok=True)
    rows.write_parquet(path / name, compression="zstd", compression_level=1)
    said = (path / name).stat()
    return AddAction(name, said.st_size, values, int(said.st_mtime * 1000), True, json.dumps({"numRecords": rows.height}))


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col(pl.Enum, pl.Categorical).cast(pl.String))


def _write(path: Path, frame: pl.DataFrame, **options: object) -> None:
    with _refusing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_deltalake(str(path), _plain(frame), configuration=_KEEP_ALL, **options)  # type: ignore[call-overload]


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """What goes wrong with a table inside becomes a refusal of ours."""
    try:
        yield
    except CommitFailedError as problem:
        raise WorkspaceBusy(
            "Another process wrote to the same table at the same moment.",
            where=str(path),
            found=str(problem)[:_MOST_WORDS],
            remedy="Nothing was changed; try again",
        ) from problem
    except _AT_FAULT as problem:
        raise _damaged(path, problem) from problem


def _damaged(path: Path, problem: Exception) -> WorkspaceError:
    if isinstance(problem, (TableNotFoundError, FileNotFoundError, pl.exceptions.PolarsError)):
        remedy = "A file of the table is missing or damaged: restore the workspace from a backup; results can be recomputed"
    else:
        remedy = "See whether the disk is full and the folder writable, then try again; nothing of it was counted"
    words = " ".join(str(problem).split())[:_MOST_WORDS]
    return WorkspaceError("A table cannot be read or written.", where=str(path), found=words, remedy=remedy, code="HW-W005")
