"""What is proposed to be released, amended or withdrawn; another person approves it.

What was released never changes: a correction is a further version with its reason, and the older stays readable.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from headworks.core.errors import UsageError
from headworks.web.access.policy import NotVisible
from headworks.web.access.reader import Reader
from headworks.web.audit.chain import record
from headworks.web.operations.custody.guards import current_entries
from headworks.web.operations.laboratory.batches import samples_of
from headworks.web.operations.laboratory.batches.entries import VALUES, add_version
from headworks.web.operations.laboratory.rounds import held_by_rounds
from headworks.web.operations.models import Batch, MeasurementEntry, Release, SampleRecord
from headworks.web.operations.states import RELEASED


def propose_release(
    reader: Reader, batch: Batch, *, reason: str = "", override_reason: str = "", request_id: str = ""
) -> Release:
    """Propose to release the reviewed samples of a batch.

    Raises
    ------
    NotVisible
        When the reader does not release on the batch's area.
    UsageError
        ``HW-U153`` nothing reviewed, or a release is open; ``HW-U154`` the batch's quality control is not accepted, and
        ``HW-U340`` a round between laboratories holds an analyte back, and no reason is given to release all the same.
    """
    require(reader, batch, "release")
    if batch.verdict != "accepted" and not override_reason.strip():
        raise UsageError(
            _("The quality control of the batch is not accepted."), where=batch.name, found=str(batch.get_verdict_display()),
            remedy=_("Accept it first, or say why it is released all the same; then another person must approve"),
            code="HW-U154",
        )  # fmt: skip
    ready = list(samples_of(batch).filter(state="reviewed").values_list("sample_id", flat=True))
    entries = [entry for sample_id in ready for entry in current_entries(sample_id) if not entry.is_released]
    held = held_by_rounds(batch, entries)
    if held and not override_reason.strip():
        raise UsageError(
            _("A round between laboratories holds results back."), where=batch.name,
            found=" ".join(f"{one.analyte}: {one.reason}" for one in held)[:500],
            remedy=_("Say why they are released all the same; then another person must approve"), code="HW-U340",
        )  # fmt: skip
    return _propose(reader, batch, "release", entries, reason, override_reason, request_id)


def propose_amendment(
    reader: Reader, sample: SampleRecord, rows: Sequence[dict[str, Any]], reason: str, *, request_id: str = ""
) -> Release:
    """Propose other values for released results of a sample; rows that say the same are passed over.

    Raises
    ------
    UsageError
        ``HW-U143`` no reason, ``HW-U153`` nothing changed, not released, or a release is open.
    """
    batch = _require_released(reader, sample, reason)
    with transaction.atomic():
        made = [add_version(reader, sample, batch, row, reason) for row in rows]
        return _propose(reader, batch, "amendment", [entry for entry in made if entry], reason, "", request_id)


def propose_batch_amendment(
    reader: Reader, batch: Batch, rows: Sequence[dict[str, Any]], reason: str, *, request_id: str = ""
) -> Release:
    """Propose other values for released results of several samples of a batch, as their evaluation now has them.

    Raises
    ------
    NotVisible
        When the reader does not both measure and release on the batch's area.
    UsageError
        ``HW-U143`` no reason, ``HW-U153`` nothing changed, or a release is open.
    """
    require(reader, batch, "release")
    require(reader, batch, "measure")
    if not reason.strip():
        raise UsageError(_("A reason is needed."), where=batch.name, remedy=_("Say why"), code="HW-U143")
    samples = {sample.sample_id: sample for sample in samples_of(batch).filter(state__in=RELEASED)}
    with transaction.atomic():
        made = [add_version(reader, samples[row["sample_id"]], batch, row, reason) for row in rows]
        return _propose(reader, batch, "amendment", [entry for entry in made if entry], reason, "", request_id)


def propose_withdrawal(reader: Reader, sample: SampleRecord, reason: str, *, request_id: str = "") -> Release:
    """Propose to take back every released result of a sample; its values stay readable, marked rejected.

    Raises
    ------
    UsageError
        As for an amendment.
    """
    batch = _require_released(reader, sample, reason)
    with transaction.atomic():
        rows = [_values(entry) | {"qc_flag": "rejected"} for entry in current_entries(sample.sample_id)]
        made = [add_version(reader, sample, batch, row, reason) for row in rows]
        return _propose(reader, batch, "withdrawal", [entry for entry in made if entry], reason, "", request_id)


def _values(entry: MeasurementEntry) -> dict[str, Any]:
    return {"analyte": entry.analyte, "replicate": entry.replicate, **{name: getattr(entry, name) for name in VALUES}}


def require(reader: Reader, batch: Batch, scope: str) -> None:
    """Let through who has the scope on the batch's area."""
    if not reader.has(scope, batch.area_path):
        raise NotVisible(f"batch {batch.pk}: {scope}")


def _require_released(reader: Reader, sample: SampleRecord, reason: str) -> Batch:
    if sample.batch is None:
        raise NotVisible(f"sample {sample.sample_id} has no batch")
    require(reader, sample.batch, "release")
    require(reader, sample.batch, "measure")
    if not reason.strip():
        raise UsageError(_("A reason is needed."), where=sample.sample_id, remedy=_("Say why"), code="HW-U143")
    if sample.state not in RELEASED:
        raise UsageError(
            _("Only what is released is amended or withdrawn."), where=sample.sample_id,
            found=str(sample.get_state_display()), remedy=_("Send it back to be measured again"), code="HW-U153",
        )  # fmt: skip
    return sample.batch


def _propose(
    reader: Reader,
    batch: Batch,
    kind: str,
    entries: list[MeasurementEntry],
    reason: str,
    override_reason: str,
    request_id: str,
) -> Release:
    if not entries:
        raise UsageError(
            _("There is nothing to release."), where=batch.name, remedy=_("Review samples, or change a value"), code="HW-U153"
        )
    try:
        with transaction.atomic():
            release: Release = Release.objects.create(
                kind=kind, batch=batch, area_path=batch.area_path, proposed_by=reader.username, reason=reason.strip()[:1000],
                override_reason=override_reason.strip()[:1000],
            )  # fmt: skip
            for entry in entries:
                entry.release = release
                entry.save(update_fields=["release"])
            record_release(reader, f"{kind}_proposed", release, {"results": len(entries), "reason": reason}, request_id)
    except IntegrityError as problem:
        raise UsageError(
            _("A release of this batch waits already."), where=batch.name, remedy=_("Approve or refuse that first"),
            code="HW-U153",
        ) from problem  # fmt: skip
    return release


def record_release(reader: Reader, action: str, release: Release, detail: dict[str, object], request_id: str) -> None:
    """A row of the audit log about a release."""
    record(
        action, actor=reader.username, purpose=reader.purpose, request_id=request_id, object_kind="release",
        object_id=str(release.pk), area_path=release.area_path, detail=detail,
    )  # fmt: skip
