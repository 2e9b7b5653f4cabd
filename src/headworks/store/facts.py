"""Facts: rows of finished imports, the latest of every key, now or as of any earlier moment.

A fact is never overwritten. An amendment is a further row with the same key; which row counts is decided here, on reading.
"""

from __future__ import annotations

import datetime as dt
import json

import polars as pl

from headworks.core.schema import polars_schema, sort_by_key
from headworks.store import delta
from headworks.store.imports import read_imports
from headworks.store.workspace import Workspace
from headworks.tables import SHELF

_PROVENANCE: dict[str, pl.DataType] = {"import_id": pl.String(), "source_row": pl.Int64()}


def read_facts(
    workspace: Workspace,
    table: str,
    as_of: dt.datetime | None = None,
    *,
    up_to_seq: int | None = None,
    imports: pl.DataFrame | None = None,
    history: bool = False,
    among: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """The latest row of every key of a fact table, or all rows with their import.

    Parameters
    ----------
    table
        Name on the shelf.
    as_of, up_to_seq
        Only what was recorded by then.
    imports
        Only what these rows of ``imports`` brought; several tables read with the same ones belong together.
    history
        All rows, with ``import_id, source_row, seq, recorded_at``.
    among
        Only rows that match a row of this frame in all of its columns, which are columns of the key. Files whose range of
        keys lies elsewhere are not read.

    Returns
    -------
    pl.DataFrame
        Sorted by key; with ``history`` by key and ``seq``.
    """
    schema = SHELF[table].schema
    keys = schema.primary_key()
    imports = read_imports(workspace, as_of, up_to_seq) if imports is None else imports
    rows = _scan_rows(workspace, table, imports)
    if among is not None:
        rows = _select_among(rows, among)
    frame = delta.collect(workspace.facts(table), rows)
    if history:
        return frame.sort(*keys, "seq", "source_row")
    latest = _latest(frame, keys, _amending(imports, table))
    return sort_by_key(latest.select(schema.column_names()), schema)


def read_brought(workspace: Workspace, table: str, columns: list[str], imports: pl.DataFrame) -> pl.DataFrame:
    """Some columns of the rows that some imports brought, each row once."""
    rows = _scan_rows(workspace, table, imports).select(columns).unique()
    return delta.collect(workspace.facts(table), rows).sort(columns)


def read_unknown(
    workspace: Workspace, table: str, columns: list[str], imports: pl.DataFrame, known: pl.DataFrame
) -> pl.DataFrame:
    """Some columns of the rows of a table that match no row of ``known``, each once."""
    rows = _scan_rows(workspace, table, imports).join(known.lazy(), on=known.columns, how="anti")
    return delta.collect(workspace.facts(table), rows.select(columns).unique()).sort(columns)


def read_row_counts(workspace: Workspace, table: str) -> pl.DataFrame:
    """Rows of a fact table as stored, by import: ``import_id, rows``; of unfinished imports too."""
    rows = delta.scan(workspace.facts(table), {**polars_schema(SHELF[table].schema), **_PROVENANCE})
    counted = rows.group_by("import_id").agg(rows=pl.len().cast(pl.Int64)).sort("import_id")
    return delta.collect(workspace.facts(table), counted)


def _scan_rows(workspace: Workspace, table: str, imports: pl.DataFrame) -> pl.LazyFrame:
    rows = delta.scan(workspace.facts(table), {**polars_schema(SHELF[table].schema), **_PROVENANCE})
    known = imports.select("import_id", "seq", "recorded_at")
    return rows.join(known.lazy(), on="import_id", how="inner")


def _select_among(rows: pl.LazyFrame, among: pl.DataFrame) -> pl.LazyFrame:
    if among.is_empty():
        return rows.clear()
    for name in among.columns:
        rows = rows.filter(pl.col(name).is_between(pl.lit(among[name].min()), pl.lit(among[name].max())))
    return rows.join(among.lazy().unique(), on=among.columns, how="semi")


def _amending(imports: pl.DataFrame, table: str) -> list[int]:
    """Sequence numbers of the imports that amended rows of a table; only they repeat a key."""
    return [
        seq for seq, tables in imports.select("seq", "tables").rows() if json.loads(tables).get(table, {}).get("amended", 0)
    ]


def _latest(rows: pl.DataFrame, keys: list[str], amending: list[int]) -> pl.DataFrame:
    if not amending:
        return rows
    amended = rows.filter(pl.col("seq").is_in(amending)).select(keys).unique()
    once = rows.join(amended, on=keys, how="anti")
    several = rows.join(amended, on=keys, how="semi").sort("seq", "source_row")
    return pl.concat([once, several.unique(keys, keep="last", maintain_order=True)])
