"""Facts: appended import by import, visible all at once, readable as of any earlier moment.

An import may touch several tables. Its rows carry its name; they count only once the ``imports`` table holds that name,
which is a single Delta commit. Before the first row is written a note of what is under way is left in ``pending/``; whoever
writes next and finds such a note without the import in ``imports`` takes the rows out again. So a process killed at any
moment leaves all of its import or nothing, and doing it again doubles nothing.

Names are content hashes: the same file again is the same import.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import polars as pl

from headworks.core.schema import polars_schema
from headworks.store import delta
from headworks.store.workspace import Workspace, write_json
from headworks.tables import FACTS, SHELF

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
_PROVENANCE: dict[str, pl.DataType] = {"import_id": pl.String(), "source_row": pl.Int64()}


def read_imports(workspace: Workspace, as_of: dt.datetime | None = None, up_to_seq: int | None = None) -> pl.DataFrame:
    """Finished imports in the order they were recorded, up to a moment or a sequence number."""
    imports = delta.scan(workspace.facts("imports"), IMPORTS_SCHEMA).sort("seq")
    if as_of is not None:
        imports = imports.filter(pl.col("recorded_at") <= as_of)
    if up_to_seq is not None:
        imports = imports.filter(pl.col("seq") <= up_to_seq)
    return imports.collect()


def read_facts(
    workspace: Workspace,
    table: str,
    as_of: dt.datetime | None = None,
    *,
    up_to_seq: int | None = None,
    history: bool = False,
) -> pl.DataFrame:
    """The latest row of every key of a fact table, or all rows with their import.

    Parameters
    ----------
    table
        Name on the shelf.
    as_of, up_to_seq
        Only what was recorded by then.
    history
        All rows, with ``import_id, source_row, seq, recorded_at``.

    Returns
    -------
    pl.DataFrame
        Sorted by key; with ``history`` by key and ``seq``.
    """
    schema = SHELF[table].schema
    imports = read_imports(workspace, as_of, up_to_seq).select("import_id", "seq", "recorded_at")
    rows = delta.scan(workspace.facts(table), {**polars_schema(schema), **_PROVENANCE}).collect()
    rows = rows.join(imports, on="import_id", how="inner")
    keys = schema.primary_key()
    if history:
        return rows.sort(*keys, "seq")
    if rows["seq"].n_unique() > 1:
        rows = rows.sort("seq", "source_row").unique(keys, keep="last", maintain_order=True)
    return rows.select(schema.column_names()).sort(keys)


def is_imported(workspace: Workspace, import_id: str) -> bool:
    """Whether an import of that name has finished."""
    return bool((read_imports(workspace)["import_id"] == import_id).any())


def commit_import(workspace: Workspace, record: dict[str, object], tables: dict[str, pl.DataFrame]) -> None:
    """Make an import visible: its rows, then its name. The caller holds the lock.

    Parameters
    ----------
    record
        A row of ``imports`` without ``seq``.
    tables
        Rows to append by table: its columns plus ``source_row``.
    """
    import_id = str(record["import_id"])
    note = workspace.path / "pending" / f"{import_id}.json"
    write_json(note, {"import_id": import_id, "tables": sorted(tables)})
    for name in FACTS:
        if name in tables and tables[name].height:
            rows = tables[name].with_columns(import_id=pl.lit(import_id))
            delta.append(workspace.facts(name), rows, transaction=f"headworks-import-{import_id}")
    last = read_imports(workspace)["seq"].max()
    row = pl.DataFrame([{**record, "seq": (int(str(last)) if last is not None else 0) + 1}], schema=IMPORTS_SCHEMA)
    delta.append(workspace.facts("imports"), row, transaction=f"headworks-import-{import_id}")
    note.unlink(missing_ok=True)


def undo_unfinished(workspace: Workspace) -> list[str]:
    """Take out the rows of imports that a crash left half done; their names. The caller holds the lock."""
    undone = []
    for note in sorted(_notes(workspace)):
        said = json.loads(note.read_text(encoding="utf-8"))
        import_id = said["import_id"]
        if not is_imported(workspace, import_id):
            quoted = str(import_id).replace("'", "''")
            for name in said["tables"]:
                delta.delete(workspace.facts(name), f"import_id = '{quoted}'")
            undone.append(import_id)
        note.unlink(missing_ok=True)
    return undone


def _notes(workspace: Workspace) -> list[Path]:
    folder = workspace.path / "pending"
    return [path for path in folder.glob("*.json") if not path.name.startswith(".")] if folder.is_dir() else []
