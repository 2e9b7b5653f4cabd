"""Labels: the code as a QR picture and as text, on A4 sheets; every print is an event of the sample."""

from __future__ import annotations

import io
import uuid
from collections.abc import Sequence
from typing import Any

import segno
from django.db import transaction
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from headworks.web.access.policy import NotVisible, visible_sites
from headworks.web.access.reader import Reader
from headworks.web.operations.custody import Said, perform
from headworks.web.operations.models import SampleRecord

MOST_LABELS = 600


def qr_picture(code: str) -> SafeString:
    """The code as an inline picture; hidden from readers of screens, for the text stands beside it."""
    buffer = io.BytesIO()
    segno.make(code, error="m", micro=False).save(
        buffer, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=2, svgclass="qr", lineclass=None, light="white"
    )
    drawn = buffer.getvalue().decode().replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
    return mark_safe(drawn)  # noqa: S308  drawn here from a code of letters and digits


def print_labels(reader: Reader, sample_ids: Sequence[str], *, request_id: str = "") -> list[dict[str, Any]]:
    """Labels of some samples, and an event for each; all of them or none.

    Raises
    ------
    NotVisible
        When one of them is not there for this reader.
    """
    wanted = sorted(set(sample_ids))[:MOST_LABELS]
    seen = SampleRecord.objects.visible_to(reader, "capture") | SampleRecord.objects.visible_to(reader, "measure")
    samples = list(seen.filter(pk__in=wanted).order_by("owner_path", "site_id", "sample_id"))
    if len(samples) != len(wanted):
        raise NotVisible("labels")
    sites = visible_sites(reader, "capture") | visible_sites(reader, "measure")
    names = dict(sites.filter(pk__in={sample.site_id for sample in samples}).values_list("site_id", "name"))
    with transaction.atomic():
        for sample in samples:
            said = Said(event_id=str(uuid.uuid4()), kind="label_printed", at=timezone.now())
            perform(reader, sample.sample_id, said, request_id=request_id)
    return [
        {"sample": sample, "name": names.get(sample.site_id, ""), "qr": qr_picture(sample.sample_id)} for sample in samples
    ]
