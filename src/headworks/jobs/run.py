"""Compute what new facts touch, write it, and commit it with a manifest.

A run reads the facts as of the last finished import, recomputes the touched rows and replaces them in the result tables;
the manifest, written last, makes them the ones that are read. When settings, parameters or code changed, or an earlier run
was cut off, everything is recomputed. Nothing is drawn at random: bounds are in closed form, so the seed is recorded as 0.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass

import polars as pl

from headworks import __version__
from headworks.core.errors import UsageError
from headworks.jobs.clock import now
from headworks.jobs.left_out import carry_over, read_left_out, write_left_out
from headworks.jobs.method import code_digest, environment, is_method_of, method_of, method_record
from headworks.jobs.result_writer import ResultWriter
from headworks.jobs.stored_source import StoredSource
from headworks.jobs.touched import newest_seq, touched_scope
from headworks.store import Manifest, Workspace, delta, latest_run, read_imports, undo_unfinished, write_manifest
from headworks.store.results import is_as_left
from headworks.tables import FACTS
from headworks.workflows import Method, Scope, Steps, derive_years
from headworks.workflows.year import Recomputed

# Why everything is recomputed.
ASKED_FOR, FIRST_RUN, OTHER_METHOD, CUT_OFF, OTHER_REGISTER = REASONS = (
    "everything was asked for",
    "this is the first run",
    "the settings, the parameters, the code or its libraries changed",
    "an earlier run was cut off, or a table is not as the last run left it",
    "the register of areas, sites or populations changed",
)
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
    """What a run begins with; ``is_sound`` says that the tables are as the last run left them."""

    method: Method
    imports: pl.DataFrame
    last: Manifest | None
    is_sound: bool
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
        last = latest_run(workspace)
        is_sound = last is not None and is_as_left(workspace, last)
        inputs = _Inputs(method_of(workspace), read_imports(workspace), last, is_sound, now())
        if inputs.imports.is_empty():
            raise UsageError(
                "There is nothing to compute from.",
                where=str(workspace.path),
                remedy=f"Import a file first: headworks import {workspace.path} FILE --as FORMAT",
                code="HW-U010",
            )
        reason = ASKED_FOR if full else _why_everything(inputs)
        seq = newest_seq(inputs.imports)
        if not reason and inputs.last is not None and inputs.last.last_import_seq == seq:
            return RunOutcome("up_to_date", inputs.last)
        scope = Scope()
        if not reason and inputs.last is not None:
            scope = touched_scope(workspace, inputs.last.last_import_seq, inputs.imports)
            reason = OTHER_REGISTER if scope.is_all else ""
        manifest = _compute(workspace, inputs, scope, is_anew=full, tell=tell)
    return RunOutcome("computed", manifest, reason)


def _why_everything(inputs: _Inputs) -> str:
    """Why nothing of the last run can be kept; empty when it can."""
    if inputs.last is None:
        return FIRST_RUN
    if not is_method_of(inputs.last, inputs.method):
        return OTHER_METHOD
    if not inputs.is_sound:
        return CUT_OFF
    return ""


def _compute(workspace: Workspace, inputs: _Inputs, scope: Scope, *, is_anew: bool, tell: Callable[[str], None]) -> Manifest:
    steps = Steps(tell)
    steps.begin("facts")
    last = None if scope.is_all else inputs.last
    source = StoredSource(workspace, inputs.imports, last)
    # Asked for everything, nothing on disk is relied on.
    base = None if is_anew or not inputs.is_sound else inputs.last
    with ResultWriter(workspace, scope, base) as writer:

        def take(said: Recomputed, name: str, frame: pl.DataFrame, /, *, more: bool = False) -> None:
            steps.begin("waiting for tables to be written")
            writer.take(said, name, frame, more=more)
            steps.end()

        computed = derive_years(source, inputs.method, scope, steps, take)
        steps.begin("writing the rest")
        results = writer.finish()
    listed = computed.left_out
    if last is not None:
        listed = carry_over(listed, read_left_out(workspace, last), source.facts["samples"], sorted(scope.days or ()))
    steps.end()
    recomputed: dict[str, object] = {"days": "all" if scope.days is None else len(scope.days), "years": computed.years}
    manifest = _manifest(workspace, inputs, recomputed, results, listed, steps.seconds)
    write_left_out(workspace, manifest.run_id, listed)
    write_manifest(workspace, manifest)
    return manifest


def _manifest(
    workspace: Workspace,
    inputs: _Inputs,
    recomputed: dict[str, object],
    results: dict[str, dict[str, object]],
    left_out: pl.DataFrame,
    seconds: dict[str, float],
) -> Manifest:
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
        recomputed=recomputed,
        left_out=dict(left_out["reason"].value_counts().sort("reason").rows()),
        timings_s=seconds,
        inputs={name: delta.version(workspace.facts(name)) for name in FACTS},
        method=method_record(inputs.method),
        code_digest=code_digest(),
        environment=environment(),
    )
