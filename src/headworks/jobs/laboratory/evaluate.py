"""Evaluate an export of an instrument, keep it, and change what was decided: every change is a new version with a person.

The same export, profile and sheet change nothing. What batches before this one say of its controls and its noise is taken
once, when it is evaluated, so that a version can be read years later as it was. The trap: an evaluation anew, with another
profile, keeps the calibrators that were left out and drops the overrides, which were of other verdicts.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from headworks import __version__
from headworks.core.errors import UsageError
from headworks.intake.instrument import InstrumentExport, Question, propose_profile, read_instrument_export
from headworks.intake.instrument.layouts.grid import require_size
from headworks.jobs.clock import now
from headworks.jobs.laboratory.profiles import LabProfile, default_profile, lab_profile
from headworks.jobs.laboratory.rounds import read_rounds
from headworks.jobs.laboratory.stored import (
    StoredEvaluation,
    evaluation_id,
    list_evaluations,
    list_versions,
    read_evaluation,
    store_version,
    tables_of,
)
from headworks.lab.quality import Override, require_second_person
from headworks.store import Workspace, write_atomically
from headworks.workflows.laboratory import (
    EXCLUSION_SCHEMA,
    BatchEvaluation,
    evaluate_batch,
    no_sheet,
    open_points,
    read_sheet,
)


class Exclusion(NamedTuple):
    """A calibrator that is left out, and why; an empty analyte means all of the injection."""

    batch_id: str
    analyte: str | None
    injection: int
    reason: str


@dataclass(frozen=True)
class EvaluationOrder:
    """How an export is to be evaluated.

    ``profile`` is that of the workspace named ``default`` where none is given; ``sheet`` the batch sheet's bytes and file
    name; ``run_at`` the start of a batch whose export has no times; ``by`` who evaluates.
    """

    profile: LabProfile | None = None
    sheet: tuple[bytes, str] | None = None
    run_at: dt.datetime | None = None
    by: str = ""
    accept_guesses: bool = False


@dataclass(frozen=True)
class EvaluationOutcome:
    """``status``: evaluated, already_evaluated, or questions (nothing was kept); what was asked, what is wrong."""

    status: str
    file: str
    questions: tuple[Question, ...]
    faults: pl.DataFrame
    profile: LabProfile
    stored: StoredEvaluation | None = None
    accepted: tuple[Question, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        asked = [vars(question) | {"answer": question.remedy} for question in self.questions]
        found = self.stored.as_dict() if self.stored else {}
        return {"status": self.status, "file": self.file, "questions": asked, "faults": self.faults.to_dicts(), **found}


def evaluate(
    workspace: Workspace, file: Path | bytes, order: EvaluationOrder | None = None, *, name: str | None = None,
    tell: Callable[[str], None] = lambda step: None,
) -> EvaluationOutcome:  # fmt: skip
    """Read, evaluate and keep an export.

    Parameters
    ----------
    file
        The export, or its bytes with ``name``.
    order
        Profile, sheet, person.

    Returns
    -------
    EvaluationOutcome
        With blocking questions nothing is computed and nothing kept.

    Raises
    ------
    DataRefused, UsageError, ParameterError
        As the import and the workflow.
    """
    order = order or EvaluationOrder()
    content, label = _content(file, name)
    tell("reading")
    profile = order.profile or default_profile(workspace)
    export, profile, accepted = _read(content, label, profile, guesses=order.accept_guesses)
    asked = (*export.questions, *open_points(export.rows, profile.method, label))
    if not export.is_ready or any(question.is_blocking for question in asked):
        return EvaluationOutcome("questions", label, asked, export.faults, profile, accepted=accepted)
    sheet = read_sheet(*order.sheet) if order.sheet else no_sheet()
    _require_known_samples(sheet, export, order)
    with workspace.writing(tell=tell):
        versions = list_versions(workspace, evaluation_id(export.content_hash))
        made_of = _made_of(export.content_hash, profile, sheet, order.run_at)
        # Nobody said before who evaluated it: now somebody does, and a second person can be told from the first.
        is_named = bool(versions) and bool(versions[-1].record["evaluated_by"] or not order.by)
        if is_named and versions[-1].record["made_of"] == made_of:
            return EvaluationOutcome("already_evaluated", label, asked, export.faults, profile, versions[-1], accepted)
        tell("computing")
        exclusions = versions[-1].record["exclusions"] if versions else []
        found = _computed(workspace, export.rows, export.faults, profile, sheet, exclusions, order.run_at, export.content_hash)
        record = {
            **_record(versions, "evaluation", order.by), "evaluation": evaluation_id(export.content_hash), "file": label,
            "format": export.format, "content_hash": export.content_hash, "profile": profile.as_toml(), "made_of": made_of,
            "method_name": profile.method.name, "run_at": order.run_at, "batches": sorted(set(export.rows["batch_id"])),
            "evaluated_by": order.by, "exclusions": exclusions, "overrides": [], "reason": "",
            "questions": [vars(question) for question in asked],
        }  # fmt: skip
        tell("writing")
        write_atomically(workspace.path / "laboratory" / "sources" / export.content_hash, content)
        tables = {**found.tables(), "faults": export.faults, "sheet": sheet, "injection_results": export.rows}
        stored = store_version(workspace, record, tables)
    return EvaluationOutcome("evaluated", label, asked, export.faults, profile, stored, accepted)


def exclude_calibrators(workspace: Workspace, evaluation: str, exclusions: Iterable[Exclusion], by: str) -> StoredEvaluation:
    """A new version without these calibrators; overrides must be decided again.

    Raises
    ------
    DataRefused
        ``HW-D682`` without a reason or of what is no calibrator.
    UsageError
        ``HW-U222`` without such an evaluation, ``HW-U223`` without a person.
    """
    _require_person(by)
    with workspace.writing():
        old = read_evaluation(workspace, evaluation)
        more = [{**one._asdict(), "decided_by": by} for one in exclusions]
        all_of_them = [*old.record["exclusions"], *more]
        profile, tables = lab_profile(old.record["profile"]), tables_of(old)
        run_at = dt.datetime.fromisoformat(old.record["run_at"]) if old.record["run_at"] else None
        found = _computed(workspace, tables["injection_results"], tables["faults"], profile, tables["sheet"], all_of_them,
                          run_at, old.record["content_hash"])  # fmt: skip
        reason = "; ".join(str(one["reason"]) for one in more)
        record = {
            **old.record,
            **_record([old], "exclusion", by),
            "exclusions": all_of_them,
            "overrides": [],
            "reason": reason,
        }
        return store_version(workspace, record, tables | found.tables())


def override_verdict(workspace: Workspace, evaluation: str, override: Override) -> StoredEvaluation:
    """A new version in which a second person has decided of an analyte.

    Raises
    ------
    DataRefused
        ``HW-D638``, ``HW-D639`` as of :func:`headworks.lab.quality.require_second_person`.
    UsageError
        ``HW-U222`` without such an evaluation, ``HW-U224`` without such a verdict.
    """
    with workspace.writing():
        old = read_evaluation(workspace, evaluation)
        require_evaluator(old)
        require_second_person(override, old.people)
        if old.verdicts.filter(batch_id=override.batch_id, analyte=override.analyte).is_empty():
            raise UsageError(
                "The evaluation has no such verdict.", where=old.id, found=f"{override.batch_id}, {override.analyte}",
                remedy="Name a batch and an analyte of it", code="HW-U224",
            )  # fmt: skip
        overrides = [*old.record["overrides"], {**override._asdict(), "recorded_at": now()}]
        record = {**old.record, **_record([old], "override", override.decided_by), "overrides": overrides,
                  "reason": override.reason}  # fmt: skip
        return store_version(workspace, record, tables_of(old))


def _content(file: Path | bytes, name: str | None) -> tuple[bytes, str]:
    if isinstance(file, bytes):
        require_size(len(file), name or "export")
        return file, name or "export"
    try:
        require_size(file.stat().st_size, file.name)
        return file.read_bytes(), name or file.name
    except OSError as problem:
        raise UsageError(
            "The file cannot be read.", where=str(file), found=problem.strerror or str(problem),
            remedy="Name a file that is there", code="HW-U225",
        ) from problem  # fmt: skip


def _read(
    content: bytes, label: str, profile: LabProfile, *, guesses: bool
) -> tuple[InstrumentExport, LabProfile, tuple[Question, ...]]:
    if not guesses:
        return read_instrument_export(content, profile.reading, file=label), profile, ()
    proposal = propose_profile(content, profile.reading, file=label)
    export = read_instrument_export(content, proposal.profile, file=label)
    return export, LabProfile(proposal.profile, profile.method), proposal.answered


def _require_known_samples(sheet: pl.DataFrame, export: InstrumentExport, order: EvaluationOrder) -> None:
    strange = sheet.filter(~pl.col("sample_name").is_in(export.rows["sample_name"].unique().to_list()))
    if strange.height and order.sheet:
        raise UsageError(
            "The batch sheet has samples that the export does not have.", where=order.sheet[1],
            found=", ".join(strange["sample_name"][:6]), remedy="Write the names as the export does, or give its own sheet",
            code="HW-U226",
        )  # fmt: skip


def _made_of(content_hash: str, profile: LabProfile, sheet: pl.DataFrame, run_at: dt.datetime | None) -> str:
    parts = [content_hash, profile.as_toml(), sheet.write_csv(), str(run_at)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _computed(
    workspace: Workspace, rows: pl.DataFrame, faults: pl.DataFrame, profile: LabProfile, sheet: pl.DataFrame,
    exclusions: list[dict[str, Any]], run_at: dt.datetime | None, content_hash: str,
) -> BatchEvaluation:  # fmt: skip
    before = [one for one in list_evaluations(workspace) if one.record["content_hash"] != content_hash]
    return evaluate_batch(
        rows, profile.method, sheet=sheet, faults=faults, exclusions=pl.DataFrame(exclusions, schema=EXCLUSION_SCHEMA),
        controls=history(before, "controls", ["batch_id", "analyte", "level", "injection"]),
        earlier=history(before, "earlier", ["batch_id", "analyte", "expected_concentration", "response"]),
        rounds=read_rounds(workspace), run_at=run_at,
    )  # fmt: skip


def history(evaluations: list[StoredEvaluation], table: str, key: list[str]) -> pl.DataFrame | None:
    """A table of several evaluations together; of a batch exported twice the newer one, as the list has it."""
    parts = [part for one in evaluations if (part := one.table(table)).height]
    return pl.concat(parts).unique(key, keep="first", maintain_order=True) if parts else None


def _record(versions: list[StoredEvaluation], kind: str, by: str) -> dict[str, Any]:
    involved = set(versions[-1].people if versions else ()) | ({by} if by else set())
    return {
        "version": versions[-1].version + 1 if versions else 1, "kind": kind, "made_by": by, "involved": sorted(involved),
        "recorded_at": now().isoformat(timespec="microseconds"), "code_version": __version__,
    }  # fmt: skip


def require_evaluator(stored: StoredEvaluation) -> None:
    """Refuse to let a second person act where the first is not known.

    Raises
    ------
    UsageError
        ``HW-U223``.
    """
    if not str(stored.record["evaluated_by"]).strip():
        raise UsageError(
            "Nobody is named as who evaluated the batch, so no second person can be told from the first.",
            where=f"evaluation {stored.id}", remedy="Evaluate it again and say who: --by", code="HW-U223",
        )  # fmt: skip


def _require_person(by: str) -> None:
    if not by.strip():
        raise UsageError("Who decides must be said.", remedy="Give --by, or sign in", code="HW-U223")
