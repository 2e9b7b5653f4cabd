"""Results are entered: a file is read whole and every fault said by row and column, then all of it is kept, or nothing.

A result entered again before its release takes the place of the earlier one; that one stays, as an earlier version.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from headworks.core.errors import DataRefused, UsageError
from headworks.intake import parse_file
from headworks.intake.raw import ROW
from headworks.web.access.policy import NotVisible
from headworks.web.access.reader import Reader
from headworks.web.audit.chain import record
from headworks.web.opened import the_workspace
from headworks.web.operations.custody import Said, perform
from headworks.web.operations.models import Batch, MeasurementEntry, SampleRecord
from headworks.web.operations.states import STATE_WORDS

VALUES = ("concentration_ng_per_l", "detection", "lod_ng_per_l", "loq_ng_per_l", "u_analysis", "u_batch", "qc_flag")
_OPEN = ("prepared", "measured")
_ENDINGS = {".csv": "measurements.csv", ".tsv": "measurements.tsv", ".xlsx": "measurements.xlsx"}
_VERSIONS = "versions of a result of a sample that the reader measures"


@dataclass
class Sheet:
    """What a file of results says: rows that can be kept, faults by row and column, what to look at."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    faults: list[dict[str, Any]] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)

    def fault(self, row: int | None, column: str, found: str, problem: str, remedy: str = "") -> None:
        """Add one."""
        said = {"row": row, "column": column, "found": found, "problem": problem, "remedy": remedy}
        self.faults.append(said)


def read_sheet(reader: Reader, batch: Batch, content: bytes, file: str) -> Sheet:
    """A file of results of a batch, dry: nothing is kept.

    Raises
    ------
    UsageError
        ``HW-U151`` for another kind of file.
    """
    name = next((ours for ending, ours in _ENDINGS.items() if file.lower().endswith(ending)), None)
    if name is None:
        raise UsageError(
            _("This kind of file is not read here."), where=file[-80:], remedy=_("Send .csv, .tsv or .xlsx"), code="HW-U151"
        )
    sheet = Sheet()
    try:
        parsed = parse_file(content, name, "headworks", timezone=the_workspace().settings.timezone)
    except DataRefused as problem:
        sheet.fault(None, "", problem.found[:200], problem.what, problem.remedy)
        return sheet
    for one in parsed.refusals.to_dicts():
        sheet.fault(one["row"], one["column"] or "", str(one["found"] or "")[:200], one["problem"], one["remedy"] or "")
    sheet.findings = [str(message) for message in parsed.findings["message"].to_list()]
    foreign = sorted(set(parsed.tables) - {"measurements"})
    if foreign:
        sheet.fault(None, "", ", ".join(foreign), _("The file holds another table than results."))
    if "measurements" in parsed.tables:
        _check_samples(reader, batch, parsed.tables["measurements"].to_dicts(), sheet)
    return sheet


def _check_samples(reader: Reader, batch: Batch, rows: list[dict[str, Any]], sheet: Sheet) -> None:
    mine = SampleRecord.objects.visible_to(reader, "measure").filter(batch=batch)
    states = dict(mine.values_list("sample_id", "state"))
    for row in rows:
        state = states.get(row["sample_id"])
        if state is None:
            sheet.fault(row[ROW], "sample_id", row["sample_id"][:80], _("There is no such sample in the batch."))
        elif state not in _OPEN:
            sheet.fault(
                row[ROW], "sample_id", f"{row['sample_id']}: {STATE_WORDS[state]}",
                _("Results of a sample in this state are not entered."), _("Send it back, or amend what was released"),
            )  # fmt: skip
        else:
            sheet.rows.append(row)


def keep_rows(reader: Reader, batch: Batch, rows: list[dict[str, Any]], *, request_id: str = "") -> int:
    """Keep results and move their samples on to measured; how many are new or other than before.

    Raises
    ------
    NotVisible
        When the reader does not measure in the batch's area.
    """
    if not reader.has("measure", batch.area_path):
        raise NotVisible(f"batch {batch.pk}: measure")
    with transaction.atomic():
        kept = sum(_keep(reader, batch, row) for row in rows)
        for sample_id in sorted({str(row["sample_id"]) for row in rows}):
            sample = SampleRecord.objects.require(reader, "measure", pk=sample_id)
            if sample.state == "prepared":
                said = Said(event_id=str(uuid.uuid4()), kind="measure", at=timezone.now())
                perform(reader, sample_id, said, request_id=request_id)
        record(
            "results_entered", actor=reader.username, purpose=reader.purpose, request_id=request_id, object_kind="batch",
            object_id=str(batch.pk), area_path=batch.area_path, detail={"rows": len(rows), "kept": kept},
        )  # fmt: skip
    return kept


def _keep(reader: Reader, batch: Batch, row: dict[str, Any]) -> bool:
    sample = SampleRecord.objects.require(reader, "measure", pk=row["sample_id"], batch=batch)
    if sample.state not in _OPEN:
        raise UsageError(
            _("Results of a sample in this state are not entered."), where=sample.sample_id,
            found=str(STATE_WORDS[sample.state]), remedy=_("Send it back, or amend what was released"), code="HW-U150",
        )  # fmt: skip
    return add_version(reader, sample, batch, row) is not None


def add_version(
    reader: Reader, sample: SampleRecord, batch: Batch, row: dict[str, Any], reason: str = ""
) -> MeasurementEntry | None:
    """A further version of a result, for a sample of which the caller has asked the policy; None when it says the same.

    A row may name its ``evaluation``, and its own ``reason``.
    """
    rows = MeasurementEntry.objects.unscoped(_VERSIONS)
    key = {"sample_id": sample.sample_id, "analyte": row["analyte"], "replicate": int(row.get("replicate") or 1)}
    versions = rows.filter(**key).order_by("-version")
    values = {name: row.get(name) for name in VALUES}
    last = versions.filter(is_dropped=False).first()
    if last is not None and all(getattr(last, name) == value for name, value in values.items()):
        return None
    number = (versions.values_list("version", flat=True).first() or 0) + 1
    made: MeasurementEntry = MeasurementEntry.objects.create(
        **key, **values, version=number, batch=batch, site_id=sample.site_id, owner_path=sample.owner_path,
        entered_by=reader.username, reason=(reason or str(row.get("reason") or ""))[:1000],
        evaluation=str(row.get("evaluation") or "")[:24],
    )  # fmt: skip
    return made
