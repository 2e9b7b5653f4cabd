"""Evaluations on disk: a folder per export, in it one per version; a version is never changed.

    laboratory/sources/<sha256>              the export as it came
    laboratory/evaluations/<id>/v0001/       record.json, <table>.parquet
    laboratory/under-way/                    what a crash left; removed by the next writer

``<id>`` is the beginning of the export's SHA-256. A version appears by one rename. The trap: a reader may look while a writer
works; it sees the versions that are whole and no others.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from headworks.core.errors import UsageError
from headworks.lab.quality import with_overrides
from headworks.lab.quality.verdict import OVERRIDE_COLUMNS
from headworks.store import Workspace
from headworks.store.workspace import refusing_os_errors
from headworks.workflows.laboratory import ReleaseRows, release_rows

RECORD = "record.json"
_ID_LENGTH = 16


def evaluation_id(content_hash: str) -> str:
    """Name of the evaluations of an export."""
    return content_hash[:_ID_LENGTH]


@dataclass(frozen=True)
class StoredEvaluation:
    """One version of an evaluation; ``record`` says who made it of what, when and why."""

    folder: Path
    record: dict[str, Any]

    @property
    def id(self) -> str:
        """Its name."""
        return str(self.record["evaluation"])

    @property
    def version(self) -> int:
        """Counted from 1."""
        return int(self.record["version"])

    @property
    def people(self) -> frozenset[str]:
        """Who measured, evaluated or decided of it so far."""
        return frozenset(self.record["involved"])

    def table(self, name: str) -> pl.DataFrame:
        """A table of the evaluation: curves, calibrators, limits, results, criteria, findings, chart, controls, faults …"""
        return pl.read_parquet(self.folder / f"{name}.parquet")

    @cached_property
    def verdicts(self) -> pl.DataFrame:
        """Verdicts as decided, what was computed beside."""
        rows = [{name: row[name] for name in OVERRIDE_COLUMNS} for row in self.record["overrides"]]
        return with_overrides(self.table("verdicts"), pl.DataFrame(rows, schema=dict.fromkeys(OVERRIDE_COLUMNS, pl.String)))

    @cached_property
    def release(self) -> ReleaseRows:
        """What may be released as things stand."""
        return release_rows(self.table("results"), self.verdicts, self.record["method_name"])

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        verdicts = self.verdicts.drop("touched_injections", "withheld_injections").to_dicts()
        release = self.release
        return {
            "evaluation": self.id, "version": self.version, "file": self.record["file"], "kind": self.record["kind"],
            "evaluated_by": self.record["evaluated_by"], "verdicts": verdicts, "curves": self.table("curves").to_dicts(),
            "may_be_released": release.measurements.height + release.others.height, "held": release.held.height,
        }  # fmt: skip


def list_evaluations(workspace: Workspace) -> list[StoredEvaluation]:
    """The newest version of every evaluation, the newest first."""
    folders = sorted(_root(workspace).glob("*/v*"))
    newest = {folder.parent.name: folder for folder in folders if (folder / RECORD).is_file()}
    found = [_read(folder) for folder in newest.values()]
    return sorted(found, key=lambda one: (str(one.record["recorded_at"]), one.id), reverse=True)


def list_versions(workspace: Workspace, evaluation: str) -> list[StoredEvaluation]:
    """Every version of an evaluation, in order; empty where there is none."""
    return [_read(folder) for folder in sorted((_root(workspace) / evaluation).glob("v*")) if (folder / RECORD).is_file()]


def read_evaluation(workspace: Workspace, evaluation: str, version: int | None = None) -> StoredEvaluation:
    """One version of an evaluation, the newest where none is named.

    Parameters
    ----------
    evaluation
        Its name, the beginning of it, or the name of the file or of a batch in it.

    Raises
    ------
    UsageError
        ``HW-U222`` when there is none, or several.
    """
    known = list_evaluations(workspace)
    mine = [one for one in known if one.id == evaluation]
    mine = mine or [one for one in known if one.id.startswith(evaluation) or evaluation in _names(one)]
    versions = list_versions(workspace, mine[0].id) if len(mine) == 1 else []
    chosen = [one for one in versions if version is None or one.version == version]
    if not chosen:
        shown = ", ".join(f"{one.id} ({one.record['file']})" for one in (mine or known)[:6])
        raise UsageError(
            "There is no such evaluation." if len(mine) < 2 else "Several evaluations answer to this name.",
            found=evaluation + (f", version {version}" if version else ""), remedy=f"Name one of {shown}" if shown else
            "Evaluate a batch: headworks lab evaluate WORKSPACE FILE", code="HW-U222",
        )  # fmt: skip
    return chosen[-1]


def _names(one: StoredEvaluation) -> set[str]:
    return {str(one.record["file"]), *one.record["batches"]}


def store_version(workspace: Workspace, record: dict[str, Any], tables: dict[str, pl.DataFrame]) -> StoredEvaluation:
    """A new version, whole or not at all; the caller holds the workspace's lock."""
    root = _root(workspace)
    under_way = workspace.path / "laboratory" / "under-way"
    with refusing_os_errors(workspace.path):
        shutil.rmtree(under_way, ignore_errors=True)
        under_way.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=under_way))
        for name, frame in tables.items():
            frame.write_parquet(folder / f"{name}.parquet")
        (folder / RECORD).write_text(json.dumps(record, ensure_ascii=False, indent=1, default=_text) + "\n", encoding="utf-8")
        folder.chmod(0o755)
        final = root / record["evaluation"] / f"v{record['version']:04d}"
        final.parent.mkdir(parents=True, exist_ok=True)
        # A rename onto a version that is there fails: nothing is overwritten.
        folder.rename(final)
    return _read(final)


def tables_of(stored: StoredEvaluation) -> dict[str, pl.DataFrame]:
    """Every table of a version."""
    return {path.stem: pl.read_parquet(path) for path in sorted(stored.folder.glob("*.parquet"))}


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, dt.datetime) else str(value)


def _root(workspace: Workspace) -> Path:
    return workspace.path / "laboratory" / "evaluations"


def _read(folder: Path) -> StoredEvaluation:
    return StoredEvaluation(folder, json.loads((folder / RECORD).read_text(encoding="utf-8")))
