"""Compute what new facts touch, write it, and commit it with a manifest.

A run reads the facts as of the last finished import, recomputes the touched rows and replaces them in the result tables;
the manifest, written last, makes them the ones that are read. When settings, parameters or code changed, or an earlier run
was cut off, everything is recomputed. Nothing is drawn at random: bounds are in closed form, so the seed is recorded as 0.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass

import polars as pl

from headworks import __version__
from headworks.core.errors import UsageError
from headworks.jobs.clock import now
from headworks.jobs.left_out import carry_over, read_left_out, write_left_out
from headworks.jobs.method import code_digest, environment, is_method_of, method_of, method_record
from headworks.jobs.touched import newest_seq, touched_sites
from headworks.store import (
    Manifest,
    Workspace,
    delta,
    latest_run,
    read_facts,
    read_imports,
    read_result_of,
    replace_result,
    result_digest,
    undo_unfinished,
    write_manifest,
)
from headworks.store.results import is_as_left, read_result_version
from headworks.tables import FACTS, RESULTS
from headworks.workflows import Method, Situation, derive_situation

_SITE_TABLES = ("loads", "consumption")
# What a manifest says of each import.
_OF_IMPORT = ("import_id", "seq", "file", "format", "content_sha256", "rows_read", "rows_refused")


@dataclass(frozen=True)
class RunOutcome:
    """``status`` is computed or up_to_date; ``reason`` says why everything was recomputed, when it was."""

    status: str
    manifest: Manifest
    reason: str = ""

    def as_dict(self) -> dict[str, object]:
        """For ``--json``."""
        return {"status": self.status, "reason": self.reason, **asdict(self.manifest)}


@dataclass(frozen=True)
class _Inputs:
    """What a run begins with."""

    method: Method
    imports: pl.DataFrame
    last: Manifest | None
    started: dt.datetime


def run(workspace: Workspace, *, full: bool = False, tell: Callable[[str], None] = lambda step: None) -> RunOutcome:
    """Bring the results up to date with the facts.

    Parameters
    ----------
    full
        Recompute everything.
    tell
        Called with the name of each step.

    Returns
    -------
    RunOutcome
        With the manifest of this run, or of the last one when nothing was new.
    """
    with workspace.writing(tell=tell):
        undo_unfinished(workspace)
        inputs = _Inputs(method_of(workspace), read_imports(workspace), latest_run(workspace), now())
        if inputs.imports.is_empty():
            raise UsageError(
                "There is nothing to compute from.",
                where=str(workspace.path),
                remedy=f"Import a file first: headworks import {workspace.path} FILE --as FORMAT",
                code="HW-U010",
            )
        reason = "everything was asked for" if full else _why_everything(workspace, inputs)
        seq = newest_seq(inputs.imports)
        if not reason and inputs.last is not None and inputs.last.last_import_seq == seq:
            return RunOutcome("up_to_date", inputs.last)
        sites = (
            None if reason or inputs.last is None else touched_sites(workspace, inputs.last.last_import_seq, inputs.imports)
        )
        manifest = _compute(workspace, inputs, sites, tell)
    return RunOutcome("computed", manifest, reason)


def _why_everything(workspace: Workspace, inputs: _Inputs) -> str:
    """Why nothing of the last run can be kept; empty when it can."""
    if inputs.last is None:
        return "this is the first run"
    if not is_method_of(inputs.last, inputs.method):
        return "the settings, the parameters, the code or its libraries changed"
    if not is_as_left(workspace, inputs.last):
        return "an earlier run was cut off, or a table is not as the last run left it"
    return ""


def _compute(workspace: Workspace, inputs: _Inputs, sites: list[str] | None, tell: Callable[[str], None]) -> Manifest:
    seconds = {}
    tell("facts")
    began = time.perf_counter()
    facts = {name: read_facts(workspace, name, imports=inputs.imports) for name in FACTS}
    last = inputs.last if sites is not None else None
    previous = {name: read_result_of(workspace, last, name) for name in _SITE_TABLES} if last else None
    seconds["facts"] = round(time.perf_counter() - began, 3)
    situation = derive_situation(facts, inputs.method, touched_sites=sites, previous=previous, tell=tell)
    left_out = situation.left_out
    if last is not None and sites is not None:
        left_out = carry_over(left_out, read_left_out(workspace, last), facts["samples"], sites)
    tell("writing")
    began = time.perf_counter()
    versions = {name: _replace(workspace, name, situation, last) for name in RESULTS}
    results = _results(workspace, versions, last)
    seconds["writing"] = round(time.perf_counter() - began, 3)
    manifest = _manifest(workspace, inputs, situation, results, left_out, {**situation.timings_s, **seconds})
    write_left_out(workspace, manifest.run_id, left_out)
    write_manifest(workspace, manifest)
    return manifest


def _replace(workspace: Workspace, name: str, situation: Situation, last: Manifest | None) -> int:
    touched = situation.touched
    if touched.sites is None or last is None:
        return replace_result(workspace, name, situation.tables[name])
    column, values = ("site_id", touched.sites) if name in _SITE_TABLES else ("drug", touched.drugs or [])
    if not values:
        return delta.version(workspace.results(name))
    return replace_result(workspace, name, situation.tables[name], (column, values), last.results[name]["version"])


def _results(workspace: Workspace, versions: dict[str, int], last: Manifest | None) -> dict[str, dict[str, object]]:
    results: dict[str, dict[str, object]] = {}
    for name, at in versions.items():
        if last is not None and last.results[name]["version"] == at:
            results[name] = last.results[name]
            continue
        frame = read_result_version(workspace, name, at)
        results[name] = {"version": at, "rows": frame.height, "sha256": result_digest(frame, name), "columns": frame.columns}
    return results


def _manifest(
    workspace: Workspace,
    inputs: _Inputs,
    situation: Situation,
    results: dict[str, dict[str, object]],
    left_out: pl.DataFrame,
    seconds: dict[str, float],
) -> Manifest:
    sites, drugs = situation.touched.sites, situation.touched.drugs
    finished = now()
    return Manifest(
        run_id=f"{finished:%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}",
        seq=(inputs.last.seq if inputs.last else 0) + 1,
        started_at=inputs.started.isoformat(timespec="microseconds"),
        finished_at=finished.isoformat(timespec="microseconds"),
        code_version=__version__,
        settings_digest=workspace.settings.digest,
        parameter_set=inputs.method.parameters.set_id,
        parameter_set_digest=inputs.method.parameters.digest,
        seed=0,
        last_import_seq=newest_seq(inputs.imports),
        imports=inputs.imports.select(_OF_IMPORT).to_dicts(),
        results=results,
        recomputed={"sites": "all" if sites is None else len(sites), "drugs": "all" if drugs is None else drugs},
        left_out=dict(left_out["reason"].value_counts().sort("reason").rows()),
        timings_s=seconds,
        inputs={name: delta.version(workspace.facts(name)) for name in FACTS},
        method=method_record(inputs.method),
        code_digest=code_digest(),
        environment=environment(),
    )
