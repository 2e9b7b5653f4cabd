"""Release, amendment, withdrawal: one proposes, another approves, the worker does it.

Approval and the request to the worker are one transaction, so an approved release is always done, and what is done was
approved. What was released never changes: a correction is a further version with its reason, and the older stays readable.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from headworks.core.errors import HeadworksError, UsageError
from headworks.web.access.policy import NotVisible
from headworks.web.access.reader import Reader
from headworks.web.audit.chain import record
from headworks.web.operations.custody import Said, perform
from headworks.web.operations.custody.guards import current_entries
from headworks.web.operations.laboratory.entries import VALUES, add_version
from headworks.web.operations.models import Batch, InstrumentFile, MeasurementEntry, Release, SampleRecord
from headworks.web.operations.states import RELEASED
from headworks.web.work.queue import ask

_OF_BATCH = "samples of a batch on whose area the reader has the scope"
_OF_RELEASE = "results of a release on whose area the reader has the scope"
WORK = "release_results"


def review(reader: Reader, batch: Batch, note: str = "", *, request_id: str = "") -> tuple[list[str], list[HeadworksError]]:
    """Every measured sample of a batch is reviewed; those that were, and why others were not."""
    if not (reader.has("approve", batch.area_path) or reader.has("measure", batch.area_path)):
        raise NotVisible(f"batch {batch.pk}: review")
    done: list[str] = []
    refused: list[HeadworksError] = []
    evaluated = _evaluated_by(reader, batch)
    for sample in samples_of(batch).filter(state="measured"):
        if evaluated & {entry.evaluation.split(" ")[0] for entry in current_entries(sample.sample_id)}:
            refused.append(_own_evaluation(reader, sample))
            continue
        said = Said(event_id=str(uuid.uuid4()), kind="review", at=timezone.now(), note=note)
        try:
            with transaction.atomic():
                perform(reader, sample.sample_id, said, request_id=request_id)
                for entry in current_entries(sample.sample_id):
                    entry.reviewed_by = reader.username
                    entry.save(update_fields=["reviewed_by"])
            done.append(sample.sample_id)
        except UsageError as problem:
            refused.append(problem)
    return done, refused


def _evaluated_by(reader: Reader, batch: Batch) -> set[str]:
    """Evaluations of exports that the reader sent; whoever then took the results over, they are the sender's."""
    sent = InstrumentFile.objects.unscoped("exports of a batch that the reader reviews")
    return set(sent.filter(batch=batch, sent_by=reader.username).exclude(evaluation="").values_list("evaluation", flat=True))


def _own_evaluation(reader: Reader, sample: SampleRecord) -> UsageError:
    return UsageError(
        _("Who entered results does not review them."), where=sample.sample_id, found=reader.username,
        remedy=_("Ask somebody else"), code="HW-U144",
    )  # fmt: skip


def samples_of(batch: Batch) -> Any:
    """Samples of a batch, for whoever was let at the batch."""
    return SampleRecord.objects.unscoped(_OF_BATCH).filter(batch=batch).order_by("sample_id")


def propose_release(
    reader: Reader, batch: Batch, *, reason: str = "", override_reason: str = "", request_id: str = ""
) -> Release:
    """Propose to release the reviewed samples of a batch.

    Raises
    ------
    NotVisible
        When the reader does not release on the batch's area.
    UsageError
        ``HW-U153`` nothing reviewed, or a release is open; ``HW-U154`` the batch's quality control is not accepted and no
        reason is given to release all the same.
    """
    _require(reader, batch, "release")
    if batch.verdict != "accepted" and not override_reason.strip():
        raise UsageError(
            _("The quality control of the batch is not accepted."), where=batch.name, found=str(batch.get_verdict_display()),
            remedy=_("Accept it first, or say why it is released all the same; then another person must approve"),
            code="HW-U154",
        )  # fmt: skip
    ready = list(samples_of(batch).filter(state="reviewed").values_list("sample_id", flat=True))
    entries = [entry for sample_id in ready for entry in current_entries(sample_id) if not entry.is_released]
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
    _require(reader, batch, "release")
    _require(reader, batch, "measure")
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


def _require(reader: Reader, batch: Batch, scope: str) -> None:
    if not reader.has(scope, batch.area_path):
        raise NotVisible(f"batch {batch.pk}: {scope}")


def _require_released(reader: Reader, sample: SampleRecord, reason: str) -> Batch:
    if sample.batch is None:
        raise NotVisible(f"sample {sample.sample_id} has no batch")
    _require(reader, sample.batch, "release")
    _require(reader, sample.batch, "measure")
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
            _record(reader, f"{kind}_proposed", release, {"results": len(entries), "reason": reason}, request_id)
    except IntegrityError as problem:
        raise UsageError(
            _("A release of this batch waits already."), where=batch.name, remedy=_("Approve or refuse that first"),
            code="HW-U153",
        ) from problem  # fmt: skip
    return release


def approve(reader: Reader, release: Release, *, request_id: str = "") -> None:
    """Approve what somebody else proposed; the worker is asked in the same transaction.

    Raises
    ------
    NotVisible
        When the reader does not approve on its area.
    UsageError
        ``HW-U144`` one's own proposal or one's own results, ``HW-U153`` decided already.
    """
    _require(reader, release.batch, "approve")
    _require_another(reader, release)
    with transaction.atomic():
        _decide(reader, release, "releasing", "")
        ask(WORK, {"release": release.pk}, by=reader.username, area_path=release.area_path, once=f"release-{release.pk}")
        _record(reader, f"{release.kind}_approved", release, {"proposed_by": release.proposed_by}, request_id)


def refuse(reader: Reader, release: Release, reason: str, *, request_id: str = "") -> None:
    """Refuse a proposal with a reason; its results are free again, drafts of corrections are dropped and stay readable.

    Raises
    ------
    UsageError
        ``HW-U143``, ``HW-U153``.
    """
    if release.proposed_by != reader.username:
        _require(reader, release.batch, "approve")
    if not reason.strip():
        raise UsageError(_("A reason is needed."), where=str(release.pk), remedy=_("Say why"), code="HW-U143")
    with transaction.atomic():
        _decide(reader, release, "refused", reason)
        free_entries(release)
        _record(reader, f"{release.kind}_refused", release, {"reason": reason}, request_id)


def free_entries(release: Release) -> None:
    """Results of a release that did not come about."""
    rows = MeasurementEntry.objects.unscoped(_OF_RELEASE).filter(release=release, is_released=False)
    if release.kind != "release":
        rows.update(is_dropped=True)
    rows.update(release=None)


def _require_another(reader: Reader, release: Release) -> None:
    entered = set(MeasurementEntry.objects.unscoped(_OF_RELEASE).filter(release=release).values_list("entered_by", flat=True))
    is_own = reader.username == release.proposed_by or (release.kind != "release" and reader.username in entered)
    if is_own and (settings.SERVER.two_person_release or release.override_reason):
        raise UsageError(
            _("Who proposed a release does not approve it."), where=str(release.pk), found=reader.username,
            remedy=_("Ask somebody else who may approve"), code="HW-U144",
        )  # fmt: skip


def _decide(reader: Reader, release: Release, state: str, reason: str) -> None:
    now = timezone.now()
    rows = Release.objects.unscoped("the release that the reader was let at").filter(pk=release.pk, state="proposed")
    changed = rows.update(state=state, decided_by=reader.username, decided_at=now, decision_reason=reason.strip()[:1000])
    if not changed:
        raise UsageError(
            _("The release was decided already."), where=str(release.pk), remedy=_("Look at it again"), code="HW-U153"
        )
    release.state = state


def _record(reader: Reader, action: str, release: Release, detail: dict[str, object], request_id: str) -> None:
    record(
        action, actor=reader.username, purpose=reader.purpose, request_id=request_id, object_kind="release",
        object_id=str(release.pk), area_path=release.area_path, detail=detail,
    )  # fmt: skip
