"""Results of an evaluation become entries of its batch, and go the way of every other: review, proposal, approval, import.

Taken again after a decision, the batch follows: a result that may no longer stand gets a further version marked *rejected*,
with the reason; where it was released already, that is proposed as an amendment, which another person approves. The trap:
what a person entered by hand is not of the evaluation and stays.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from headworks.core.errors import UsageError
from headworks.intake import parse_file
from headworks.jobs.laboratory import StoredEvaluation
from headworks.web.access.policy import NotVisible
from headworks.web.access.reader import Reader
from headworks.web.operations.laboratory.batches import samples_of
from headworks.web.operations.laboratory.batches.entries import VALUES, keep_rows
from headworks.web.operations.laboratory.exports.files import evaluation_of, record_file
from headworks.web.operations.laboratory.releases import propose_batch_amendment
from headworks.web.operations.models import InstrumentFile, MeasurementEntry, Release
from headworks.web.operations.states import RELEASED, STATE_WORDS

_OPEN = ("prepared", "measured")
_MINE = "results of a batch in which the reader measures"
_Key = tuple[str, str, int]


class Taken(NamedTuple):
    """How many results are new or other than before, how many were taken back, and the amendment that waits, if any."""

    n_kept: int
    n_taken_back: int
    amendment: Release | None


class Changes(NamedTuple):
    """Rows that differ from the batch as it stands, those that are taken back, and what stands in the way."""

    rows: list[dict[str, Any]]
    taken_back: list[dict[str, Any]]
    faults: list[dict[str, Any]]


def changes_of(file: InstrumentFile, stored: StoredEvaluation) -> Changes:
    """What taking the results over would change; the caller was let at the export."""
    facts, faults = _as_facts(stored)
    rows = MeasurementEntry.objects.unscoped(_MINE).filter(batch=file.batch, is_dropped=False).order_by("version")
    newest: dict[_Key, MeasurementEntry] = {(row.sample_id, row.analyte, row.replicate): row for row in rows}
    name = f"{stored.id} v{stored.version}"
    wanted = {(row["sample_id"], row["analyte"], int(row["replicate"] or 1)): row for row in facts}
    new = [
        row | {"evaluation": name}
        for key, row in wanted.items()
        if key not in newest or any(getattr(newest[key], value) != row.get(value) for value in VALUES)
    ]
    why = stored.record["reason"] or f"not released by evaluation {name}"
    gone = [
        {"sample_id": entry.sample_id, "analyte": entry.analyte, "replicate": entry.replicate, "evaluation": name,
         "reason": why, **{value: getattr(entry, value) for value in VALUES}, "qc_flag": "rejected"}
        for key, entry in newest.items()
        if entry.evaluation.startswith(stored.id) and key not in wanted and entry.qc_flag != "rejected"
    ]  # fmt: skip
    return Changes(new, gone, faults)


def _as_facts(stored: StoredEvaluation) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows read by the rules of every file of results, and faults of those rules."""
    table = stored.release.measurements
    if table.is_empty():
        return [], []
    parsed = parse_file(table.write_csv().encode(), "measurements.csv", "headworks")
    faults = [
        {"row": None, "column": one["column"] or "", "found": str(one["found"] or "")[:200], "problem": one["problem"],
         "remedy": one["remedy"] or ""}
        for one in parsed.refusals.to_dicts()
    ]  # fmt: skip
    return parsed.tables["measurements"].to_dicts() if "measurements" in parsed.tables else [], faults


def take_results(reader: Reader, file: InstrumentFile, *, request_id: str = "") -> Taken:
    """Bring the batch to what the newest version of the evaluation says, all of it or nothing.

    Raises
    ------
    NotVisible
        When the reader does not measure there, or nothing was evaluated.
    UsageError
        ``HW-U288`` where nothing would change, or a sample is in a state in which nothing is entered.
    """
    stored = evaluation_of(file) if reader.has("measure", file.area_path) else None
    if stored is None:
        raise NotVisible(f"export {file.pk}: measure")
    found = changes_of(file, stored)
    states = dict(samples_of(file.batch).values_list("sample_id", "state"))
    every = [*found.rows, *found.taken_back]
    _require_able(file, found, every, states)
    now = [row for row in every if states[row["sample_id"]] in _OPEN]
    later = [row for row in every if states[row["sample_id"]] in RELEASED]
    with transaction.atomic():
        if now:
            keep_rows(reader, file.batch, now, request_id=request_id)
        why = stored.record["reason"] or f"evaluation {stored.id} v{stored.version}"
        amendment = propose_batch_amendment(reader, file.batch, later, why, request_id=request_id) if later else None
        rows = InstrumentFile.objects.unscoped("the export the reader was let at").filter(pk=file.pk)
        rows.update(taken_version=stored.version)
        detail: dict[str, object] = {
            "evaluation": stored.id, "version": stored.version, "rows": len(found.rows), "taken_back": len(found.taken_back)
        }  # fmt: skip
        record_file(reader, "evaluation_taken", file, detail, request_id)
    return Taken(len(found.rows), len(found.taken_back), amendment)


def _require_able(file: InstrumentFile, found: Changes, every: list[dict[str, Any]], states: dict[str, str]) -> None:
    if found.faults:
        one = found.faults[0]
        raise UsageError(one["problem"], where=file.file, found=one["found"], remedy=one["remedy"], code="HW-U288")
    if not every:
        raise UsageError(
            _("There is nothing to take over."), where=file.file,
            remedy=_("See why results are held; say whose samples they are"), code="HW-U288",
        )  # fmt: skip
    closed = sorted({row["sample_id"] for row in every if states.get(row["sample_id"]) not in (*_OPEN, *RELEASED)})
    if closed:
        said = [f"{one}: {STATE_WORDS[states[one]]}" if one in states else one for one in closed[:6]]
        raise UsageError(
            _("Results of a sample in this state are not entered."), where=file.file, found="; ".join(said),
            remedy=_("Send it back, or amend what was released"), code="HW-U288",
        )  # fmt: skip
