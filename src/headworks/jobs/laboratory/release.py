"""Results of an evaluation become facts, or are taken back; by the import of every other release.

    laboratory/releases/<name>/facts.xlsx      measurements of water, in ng/L
    laboratory/releases/<name>/others.csv      results of other matrices, each in its own unit

A release follows from a version and is named after it, so doing it again changes nothing. The trap: who evaluated a batch does
not release it.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from headworks.core.errors import UsageError
from headworks.jobs.csv_text import csv_text
from headworks.jobs.desk import ReleaseContent, release_results
from headworks.jobs.import_files import ImportOutcome
from headworks.jobs.laboratory.evaluate import _record, require_evaluator
from headworks.jobs.laboratory.stored import StoredEvaluation, list_versions, read_evaluation, store_version, tables_of
from headworks.lab.quality import Override, require_second_person
from headworks.store import Workspace, write_atomically


@dataclass(frozen=True)
class ReleaseOutcome:
    """What became facts: rows of ``measurements``, rows of other matrices, rows held with their reasons."""

    stored: StoredEvaluation
    n_measurements: int
    n_others: int
    held: pl.DataFrame
    imported: ImportOutcome | None


def release(workspace: Workspace, evaluation: str, by: str) -> ReleaseOutcome:
    """Release what may be released of an evaluation's newest version.

    Raises
    ------
    UsageError
        ``HW-U222`` without such an evaluation; ``HW-U227`` by a person who evaluated it, or nobody; ``HW-U228`` where nothing
        may be released; ``HW-U157`` when the import refuses a row.
    """
    stored = read_evaluation(workspace, evaluation)
    require_evaluator(stored)
    evaluated_by = str(stored.record["evaluated_by"]).strip().casefold()
    if not by.strip() or by.strip().casefold() == evaluated_by:
        raise UsageError(
            "Results are released by a second person.", where=f"evaluation {stored.id}", found=by.strip() or "nobody",
            remedy="Ask someone who did not evaluate the batch", code="HW-U227",
        )  # fmt: skip
    rows = stored.release
    if rows.measurements.is_empty() and rows.others.is_empty():
        found = rows.held.group_by("held_because").len().sort("len", descending=True).head(4).rows()
        raise UsageError(
            "Nothing of the evaluation may be released.", where=f"evaluation {stored.id}",
            found="; ".join(f"{count} results: {why}" for why, count in found) or "no results of samples",
            remedy="See the batch report; a second person may overrule a verdict with a reason", code="HW-U228",
        )  # fmt: skip
    released = _version(workspace, stored, "release", by, "")
    imported = _import(workspace, released, rows.measurements)
    if rows.others.height:
        write_atomically(workspace.path / "laboratory" / "releases" / _name(released) / "others.csv", csv_text(rows.others))
    return ReleaseOutcome(released, rows.measurements.height, rows.others.height, rows.held, imported)


def retract(workspace: Workspace, evaluation: str, decision: Override) -> ReleaseOutcome:
    """Take back what was released of an analyte: the rows stay readable, flagged *rejected*, and count no more.

    Parameters
    ----------
    decision
        Batch, analyte, ``rejected``, who and why; by someone other than who evaluated it.

    Raises
    ------
    DataRefused
        ``HW-D638``, ``HW-D639`` as of an override.
    UsageError
        ``HW-U229`` where nothing of it was released.
    """
    stored = read_evaluation(workspace, evaluation)
    require_evaluator(stored)
    require_second_person(decision._replace(verdict="rejected"), frozenset({str(stored.record["evaluated_by"])}))
    was = [one for one in list_versions(workspace, stored.id) if one.record["kind"] == "release"]
    rows = was[-1].release.measurements.filter(batch_id=decision.batch_id, analyte=decision.analyte) if was else None
    if rows is None or rows.is_empty():
        raise UsageError(
            "Nothing of this analyte was released.", where=f"evaluation {stored.id}",
            found=f"{decision.batch_id}, {decision.analyte}", remedy="Name a batch and an analyte that was released",
            code="HW-U229",
        )  # fmt: skip
    kept = {**decision._replace(verdict="rejected")._asdict()}
    taken = _version(workspace, stored, "retraction", decision.decided_by, decision.reason, kept)
    imported = _import(workspace, taken, rows.with_columns(qc_flag=pl.lit("rejected")))
    return ReleaseOutcome(taken, rows.height, 0, taken.release.held, imported)


def _version(
    workspace: Workspace, stored: StoredEvaluation, kind: str, by: str, reason: str, override: dict[str, str] | None = None
) -> StoredEvaluation:
    """The version that says it was released; the newest one if it says so already, after a crash in between."""
    if stored.record["kind"] == kind and override is None:
        return stored
    with workspace.writing():
        overrides = [*stored.record["overrides"], *([override] if override else [])]
        record = {**stored.record, **_record([stored], kind, by), "reason": reason, "overrides": overrides}
        return store_version(workspace, record, tables_of(stored))


def _name(stored: StoredEvaluation) -> str:
    return f"{stored.id}-v{stored.version:04d}"


def _import(workspace: Workspace, stored: StoredEvaluation, rows: pl.DataFrame) -> ImportOutcome | None:
    if rows.is_empty():
        return None
    folder = workspace.path / "laboratory" / "releases"
    return release_results(workspace, folder, ReleaseContent(_name(stored), [], rows.to_dicts()))
