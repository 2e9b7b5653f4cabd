"""The list of finished imports, and how an import becomes visible: all of it, or nothing.

An import may touch several tables. Its rows carry its name; they count only once the ``imports`` table holds that name,
which is a single Delta commit. Before the first row is written a note of what is under way is left in ``pending/``; whoever
writes next and finds such a note without the import in ``imports`` takes the rows out again. So a process killed at any
moment leaves all of its import or nothing, and doing it again doubles nothing.

The trap: the commits of an import that was taken back stay in the tables' logs, so a commit's name there does not say that
its rows are there. Only in ``imports``, which is never taken back, does a name mean "done".

Names are content hashes: the same file again is the same import.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl

from headworks.store import delta
from headworks.store.workspace import Workspace, write_json
from headworks.tables import FACTS

IMPORTS_SCHEMA: dict[str, pl.DataType] = {
    "import_id": pl.String(),
    "seq": pl.Int64(),
    "recorded_at": pl.Datetime("us", "UTC"),
    "file": pl.String(),
    "format": pl.String(),
    "content_sha256": pl.String(),
    "rows_read": pl.Int64(),
    "rows_new": pl.Int64(),
    "rows_amended": pl.Int64(),
    "rows_unchanged": pl.Int64(),
    "rows_refused": pl.Int64(),
    "tables": pl.String(),
    "code_version": pl.String(),
}


def read_imports(workspace: Workspace, as_of: dt.datetime | None = None, up_to_seq: int | None = None) -> pl.DataFrame:
    """Finished imports in the order they were recorded, up to a moment or a sequence number."""
    path = workspace.facts("imports")
    imports = delta.scan(path, IMPORTS_SCHEMA).sort("seq")
    if as_of is not None:
        imports = imports.filter(pl.col("recorded_at") <= as_of)
    if up_to_seq is not None:
        imports = imports.filter(pl.col("seq") <= up_to_seq)
    return delta.collect(path, imports)


def is_imported(workspace: Workspace, import_id: str) -> bool:
    """Whether an import of that name has finished."""
    return delta.has_transaction(workspace.facts("imports"), _transaction(import_id))


def begin_import(workspace: Workspace, import_id: str) -> None:
    """Leave a note that an import is under way. The caller holds the lock until the import is committed."""
    write_json(_note(workspace, import_id), {"import_id": import_id})


def commit_import(
    workspace: Workspace, record: dict[str, object], tables: dict[str, pl.DataFrame], now: Callable[[], dt.datetime]
) -> int:
    """Make an import visible: its rows, then its name; its number in the list. The caller holds the lock and has begun it.

    Parameters
    ----------
    record
        A row of ``imports`` without ``seq`` and ``recorded_at``.
    tables
        Rows to append by table: its columns plus ``source_row``.
    now
        The clock; asked when the rows are written, so that no reader "as of" an earlier moment sees them.
    """
    import_id = str(record["import_id"])
    for name in FACTS:
        if name in tables and tables[name].height:
            delta.append(workspace.facts(name), tables[name].with_columns(import_id=pl.lit(import_id)))
    last = read_imports(workspace)["seq"].max()
    seq = (int(str(last)) if last is not None else 0) + 1
    row = pl.DataFrame([{**record, "seq": seq, "recorded_at": now()}], schema=IMPORTS_SCHEMA)
    delta.append(workspace.facts("imports"), row, transaction=_transaction(import_id))
    _note(workspace, import_id).unlink(missing_ok=True)
    return seq


def put_facts_together(workspace: Workspace) -> int:
    """Rewrite the many small files that imports leave as few; how many went. The caller holds the lock."""
    return sum(delta.compact(workspace.facts(name)) for name in (*FACTS, "imports"))


def undo_unfinished(workspace: Workspace) -> list[str]:
    """Take out what imports left that a crash cut off; their names. The caller holds the lock."""
    folder = workspace.path / "pending"
    undone = []
    for note in sorted(folder.glob("*.json")) if folder.is_dir() else []:
        import_id = note.stem
        if not is_imported(workspace, import_id):
            for name in FACTS:
                delta.delete(workspace.facts(name), f"import_id = {delta.quoted(import_id)}")
            shutil.rmtree(workspace.path / "imports" / import_id, ignore_errors=True)
            undone.append(import_id)
        note.unlink(missing_ok=True)
    # A note cut off while it was written; nothing else had been.
    for cut_off in folder.glob(".*") if folder.is_dir() else []:
        cut_off.unlink(missing_ok=True)
    return undone


def _note(workspace: Workspace, import_id: str) -> Path:
    return workspace.path / "pending" / f"{import_id}.json"


def _transaction(import_id: str) -> str:
    return f"headworks-import-{import_id}"
