"""Review: every measured sample of a batch, by somebody who did not measure it."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from headworks.core.errors import HeadworksError, UsageError
from headworks.web.access.policy import NotVisible
from headworks.web.access.reader import Reader
from headworks.web.operations.custody import Said, perform
from headworks.web.operations.custody.guards import current_entries
from headworks.web.operations.laboratory.batches import samples_of
from headworks.web.operations.models import Batch, InstrumentFile, SampleRecord


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
