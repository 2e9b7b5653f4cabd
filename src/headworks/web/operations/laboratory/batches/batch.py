"""A batch: which samples it holds, and the verdict on its quality control."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from headworks.core.errors import HeadworksError, UsageError
from headworks.jobs.desk import read_sample_code
from headworks.web.access.policy import NotVisible
from headworks.web.access.reader import Reader
from headworks.web.audit.chain import record
from headworks.web.operations.custody import Said, perform
from headworks.web.operations.models import Batch, SampleRecord

_OF_BATCH = "samples of a batch on whose area the reader has the scope"


def batches_of(reader: Reader) -> list[Batch]:
    """Batches that the reader sees, newest first."""
    return list(Batch.objects.visible_to(reader).order_by("-made_at"))


def make_batch(reader: Reader, name: str, method: str, area_path: str, *, request_id: str = "") -> Batch:
    """A new batch of an area on which the reader measures.

    Raises
    ------
    NotVisible
        When they do not.
    UsageError
        ``HW-U150`` for a name that is taken or empty.
    """
    if not reader.has("measure", area_path):
        raise NotVisible(f"batch in {area_path}")
    plain = name.strip()[:60]
    try:
        with transaction.atomic():
            if not plain:
                raise IntegrityError
            batch: Batch = Batch.objects.create(
                name=plain, method=method.strip()[:80], area_path=area_path, made_by=reader.username
            )
            _record(reader, "batch_made", batch, {"method": batch.method}, request_id)
    except IntegrityError as problem:
        raise UsageError(
            _("A batch needs a name that no other has."), found=plain, remedy=_("Give another name"), code="HW-U150"
        ) from problem
    return batch


def samples_of(batch: Batch) -> Any:
    """Samples of a batch, for whoever was let at the batch."""
    return SampleRecord.objects.unscoped(_OF_BATCH).filter(batch=batch).order_by("sample_id")


def add_samples(
    reader: Reader,
    batch: Batch,
    codes: Sequence[str],
    *,
    at: dt.datetime | None = None,
    reason: str = "",
    request_id: str = "",
) -> tuple[list[str], list[HeadworksError]]:
    """Samples are prepared into a batch, each for itself; those that were, and why others were not.

    A sample held too long goes on only with a reason, which is kept as its deviation.
    """
    if not reader.has("measure", batch.area_path):
        raise NotVisible(f"batch {batch.pk}: measure")
    added: list[str] = []
    refused: list[HeadworksError] = []
    for text in codes:
        try:
            added.append(_add(reader, batch, read_sample_code(text), at or timezone.now(), reason, request_id))
        except UsageError as problem:
            refused.append(problem)
        except NotVisible:
            refused.append(no_such_sample(text))
    return added, refused


def no_such_sample(code: str) -> UsageError:
    """The same words for a sample that is not there and for one that is not this reader's."""
    return UsageError(
        _("There is no such sample of yours."), where=code[:80], remedy=_("Scan the label again"), code="HW-U150"
    )


def _add(reader: Reader, batch: Batch, code: str, at: dt.datetime, reason: str, request_id: str) -> str:
    sample = SampleRecord.objects.require(reader, "measure", pk=code)
    if not sample.owner_path.startswith(batch.area_path):
        raise NotVisible(f"sample {code} in batch {batch.pk}")
    said = Said(
        event_id=str(uuid.uuid4()), kind="prepare", at=at, note=reason, overrides=bool(reason.strip()),
        sample={"batch_id": batch.pk},
    )  # fmt: skip
    perform(reader, code, said, request_id=request_id)
    return code


def give_verdict(reader: Reader, batch: Batch, verdict: str, reason: str, *, request_id: str = "") -> None:
    """Say whether the batch's quality control is accepted; a rejection has a reason.

    Raises
    ------
    UsageError
        ``HW-U154`` for another word, ``HW-U143`` without a reason.
    """
    if not (reader.has("measure", batch.area_path) or reader.has("approve", batch.area_path)):
        raise NotVisible(f"batch {batch.pk}: verdict")
    if verdict not in ("accepted", "rejected"):
        raise UsageError(
            _("There is no such verdict."), found=verdict[:40], remedy=_("Say accepted or rejected"), code="HW-U154"
        )
    if verdict == "rejected" and not reason.strip():
        raise UsageError(_("A reason is needed."), where=batch.name, remedy=_("Say why"), code="HW-U143")
    with transaction.atomic():
        before = batch.verdict
        batch.verdict, batch.verdict_by, batch.verdict_reason = verdict, reader.username, reason.strip()[:1000]
        batch.save(update_fields=["verdict", "verdict_by", "verdict_reason"])
        _record(reader, "batch_verdict", batch, {"before": before, "after": verdict, "reason": reason}, request_id)


def _record(reader: Reader, action: str, batch: Batch, detail: dict[str, object], request_id: str) -> None:
    record(
        action, actor=reader.username, purpose=reader.purpose, request_id=request_id, object_kind="batch",
        object_id=str(batch.pk), area_path=batch.area_path, detail=detail,
    )  # fmt: skip
