"""Runs: a manifest says what went in, what came out, and with it the results are committed.

A run writes its result tables as new Delta versions and then its manifest, by one rename: readers take the table versions
that the newest manifest names, so they see all of a run or nothing. "As published on" is the newest manifest by then.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any

import polars as pl

from headworks.core.errors import UsageError
from headworks.core.schema import polars_schema
from headworks.store import delta
from headworks.store.workspace import Workspace, write_json
from headworks.tables import RESULTS, SHELF


@dataclass(frozen=True)
class Manifest:
    """What a run was: enough to do it again and get the same bits."""

    run_id: str
    seq: int
    started_at: str
    finished_at: str
    code_version: str
    settings_digest: str
    parameter_set: str
    parameter_set_digest: str
    seed: int
    last_import_seq: int
    imports: list[dict[str, Any]]
    results: dict[str, dict[str, Any]]
    recomputed: dict[str, Any]
    left_out: dict[str, int] = field(default_factory=dict)
    timings_s: dict[str, float] = field(default_factory=dict)


def read_manifests(workspace: Workspace) -> list[Manifest]:
    """All finished runs, oldest first."""
    folder = workspace.path / "runs"
    files = sorted(folder.glob("*.json")) if folder.is_dir() else []
    manifests = [Manifest(**json.loads(path.read_text(encoding="utf-8"))) for path in files if not path.name.startswith(".")]
    return sorted(manifests, key=lambda manifest: manifest.seq)


def latest_run(workspace: Workspace, as_of: dt.datetime | None = None) -> Manifest | None:
    """The newest finished run, or the newest one finished by a moment."""
    runs = read_manifests(workspace)
    if as_of is not None:
        runs = [run for run in runs if dt.datetime.fromisoformat(run.finished_at) <= as_of]
    return runs[-1] if runs else None


def write_manifest(workspace: Workspace, manifest: Manifest) -> None:
    """Finish a run: from here on its results are the ones that are read."""
    write_json(workspace.path / "runs" / f"{manifest.run_id}.json", asdict(manifest))


def read_result(workspace: Workspace, table: str, as_of: dt.datetime | None = None) -> pl.DataFrame:
    """A result table as the newest run left it, or the newest one by a moment; sorted by its key.

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
    return read_result_version(workspace, table, run.results.get(table, {}).get("version", -1))


def read_result_version(workspace: Workspace, table: str, at_version: int) -> pl.DataFrame:
    """A result table at a version of its own; sorted by its key."""
    schema = SHELF[table].schema
    return delta.scan(workspace.results(table), polars_schema(schema), at_version).collect().sort(schema.primary_key())


def replace_result(workspace: Workspace, table: str, frame: pl.DataFrame, touched: tuple[str, list[str]] | None) -> int:
    """Write a result table, whole or for the values of one column that were recomputed; its version."""
    path = workspace.results(table)
    if touched is None or not delta.is_table(path):
        return delta.replace(path, frame)
    column, values = touched
    quoted = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
    return delta.replace(path, frame, predicate=f"{column} IN ({quoted})")


def result_digest(frame: pl.DataFrame, table: str) -> str:
    """SHA-256 of a table's rows in key order: equal digests are equal tables, bit for bit."""
    ordered = frame.sort(SHELF[table].schema.primary_key())
    plain = ordered.with_columns(pl.col(pl.Enum).cast(pl.String), pl.col(pl.Float64).reinterpret(signed=True))
    digest = hashlib.sha256(",".join(f"{name}:{dtype}" for name, dtype in ordered.schema.items()).encode())
    for name in plain.columns:
        column = plain[name]
        digest.update(column.is_null().to_numpy().tobytes())
        if column.dtype == pl.String:
            filled = column.fill_null("")
            digest.update(filled.str.len_bytes().to_numpy().tobytes())
            digest.update(filled.str.join("").item().encode() if len(filled) else b"")
        else:
            digest.update(column.fill_null(strategy="zero").to_physical().cast(pl.Int64).to_numpy().tobytes())
    return digest.hexdigest()


def result_versions(workspace: Workspace) -> dict[str, int]:
    """Version of every result table on disk, finished or not."""
    return {name: delta.version(workspace.results(name)) for name in RESULTS}
