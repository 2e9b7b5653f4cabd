"""Runs: a manifest says what went in, what came out, and with it the results are committed.

A run writes its result tables as new Delta versions and then its manifest, by one rename: readers take the table versions
that the newest manifest names, so they see all of a run or nothing. "As published on" is the newest manifest by then.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import MISSING, asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from headworks.core.errors import WorkspaceError
from headworks.store.workspace import Workspace, write_json


@dataclass(frozen=True)
class Manifest:
    """What a run was: enough to do it again and get the same bits.

    Attributes
    ----------
    imports
        What it read: every import up to ``last_import_seq``, with the hash of its file.
    inputs
        Version of every fact table that it read.
    results
        Version, rows and SHA-256 of every result table that it left, and rows and SHA-256 of each of its parts.
    method
        Rule of residues, default uncertainties and week conventions, as they were.
    code_digest, environment
        Hash of the code and the reference data that results hang on; versions of what computed them.
    recomputed, left_out
        Number of sampling days that were computed anew (or ``all``) and the years they reached; how many results made no load,
        by reason, in the whole workspace.
    """

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
    inputs: dict[str, int] = field(default_factory=dict)
    method: dict[str, Any] = field(default_factory=dict)
    code_digest: str = ""
    environment: dict[str, str] = field(default_factory=dict)


def read_manifests(workspace: Workspace) -> list[Manifest]:
    """All finished runs, oldest first.

    Raises
    ------
    WorkspaceError
        ``HW-W007`` when one of the manifests is damaged.
    """
    folder = workspace.path / "runs"
    files = sorted(folder.glob("*.json")) if folder.is_dir() else []
    return sorted((_read(path) for path in files if not path.name.startswith(".")), key=lambda manifest: manifest.seq)


def latest_run(workspace: Workspace, as_of: dt.datetime | None = None) -> Manifest | None:
    """The newest finished run, or the newest one finished by a moment."""
    runs = read_manifests(workspace)
    if as_of is not None:
        runs = [run for run in runs if dt.datetime.fromisoformat(run.finished_at) <= as_of]
    return runs[-1] if runs else None


def write_manifest(workspace: Workspace, manifest: Manifest) -> None:
    """Finish a run: from here on its results are the ones that are read."""
    write_json(workspace.path / "runs" / f"{manifest.run_id}.json", asdict(manifest))


def _read(path: Path) -> Manifest:
    # What a later version says beyond this one's fields is left aside.
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        manifest = Manifest(**{one.name: said[one.name] for one in fields(Manifest) if one.name in said or _is_needed(one)})
        moment = dt.datetime.fromisoformat(manifest.finished_at)
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise _damaged(path, str(problem)) from problem
    if moment.tzinfo is None or not isinstance(manifest.seq, int) or not isinstance(manifest.results, dict):
        raise _damaged(path, "a field of another kind")
    return manifest


def _is_needed(one: Any) -> bool:
    return one.default is MISSING and one.default_factory is MISSING


def _damaged(path: Path, found: str) -> WorkspaceError:
    return WorkspaceError(
        "The manifest of a run is damaged.",
        where=str(path),
        found=found,
        remedy="Restore it from a backup, or move it out of the folder and run headworks run WORKSPACE --full",
        code="HW-W007",
    )
