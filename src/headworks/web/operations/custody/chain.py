"""The chain of a sample's events: how one is added, and how a changed, lost, added or moved one is found.

    hash_n = SHA-256(canonical JSON of event n and hash_(n-1))

The newest hash stands in the sample's row and in the audit log, whose heads are signed: events cut off at the end, or a chain
computed anew, disagree with what the log says.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from headworks.web.access.reader import Reader
from headworks.web.audit.models import AuditRow
from headworks.web.operations.models import CustodyEvent, SampleRecord

GENESIS = "0" * 64
OBJECT_KIND = "sample"
_FIELDS = (
    "sample_id", "site_id", "owner_path", "seq", "event_id", "said_digest", "kind", "state_from", "state_to", "container",
    "place_from", "place_to", "at", "utc_offset_min", "recorded_at", "actor", "seal", "temperature_c", "volume_ml", "ph",
    "preservative", "attachment_hash", "note", "detail", "previous_hash",
)  # fmt: skip
_CHAIN = "a chain is verified whole"


@dataclass(frozen=True)
class BrokenEvent:
    """An event that is not as it was written: of which sample, where, what is wrong."""

    sample_id: str
    seq: int
    what: str


def event_hash(event: CustodyEvent) -> str:
    """Hash of an event from its fields."""
    said = {name: _plain(getattr(event, name)) for name in _FIELDS}
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    return value.astimezone(dt.UTC).isoformat() if isinstance(value, dt.datetime) else value


def add_event(sample: SampleRecord, values: dict[str, Any]) -> CustodyEvent:
    """Add an event behind a sample's last, in the transaction under way; the caller holds the sample's row."""
    event = CustodyEvent(
        sample_id=sample.sample_id, site_id=sample.site_id, owner_path=sample.owner_path, seq=sample.n_events + 1,
        recorded_at=timezone.now(), previous_hash=sample.head_hash or GENESIS, **values,
    )  # fmt: skip
    event.hash = event_hash(event)
    event.save(force_insert=True)
    sample.n_events, sample.head_hash = event.seq, event.hash
    return event


def events_of(sample_id: str, reader: Reader) -> list[CustodyEvent]:
    """Events of a sample, oldest first; none for a sample that is not there or not for this reader."""
    seen = CustodyEvent.objects.visible_to(reader) | CustodyEvent.objects.visible_to(reader, "capture")
    return list(seen.filter(sample_id=sample_id).order_by("seq"))


def broken_events(sample: SampleRecord) -> list[BrokenEvent]:
    """Events of one sample that are not as they were written; empty when the chain holds."""
    found: list[BrokenEvent] = []
    expected, previous = 1, GENESIS
    for event in CustodyEvent.objects.unscoped(_CHAIN).filter(sample_id=sample.sample_id).order_by("seq"):
        if event.seq != expected:
            found.append(BrokenEvent(sample.sample_id, expected, f"an event is missing before number {event.seq}"))
        elif event.previous_hash != previous:
            found.append(BrokenEvent(sample.sample_id, event.seq, "does not follow the event before it"))
        if event.hash != event_hash(event):
            found.append(BrokenEvent(sample.sample_id, event.seq, "its content is not what was written"))
        expected, previous = event.seq + 1, event.hash
    return found + _ends(sample, expected - 1, previous)


def _ends(sample: SampleRecord, n_events: int, head: str) -> list[BrokenEvent]:
    """Whether the chain ends where the sample's row and the audit log say."""
    ends_with = head if n_events else ""
    if (sample.n_events, sample.head_hash) != (n_events, ends_with):
        return [BrokenEvent(sample.sample_id, n_events + 1, "the chain does not end where the sample's row says")]
    rows = AuditRow.objects.filter(object_kind=OBJECT_KIND, object_id=sample.sample_id, action__startswith="custody_")
    said = rows.order_by("-seq").values_list("after", flat=True).first()
    if (said or "") != ends_with:
        return [BrokenEvent(sample.sample_id, n_events + 1, "the chain does not end where the audit log says")]
    return []


def verify_custody() -> list[BrokenEvent]:
    """Every event of every sample that is not as it was written, and events without a sample."""
    found = []
    for sample in SampleRecord.objects.unscoped(_CHAIN).order_by("sample_id").iterator(chunk_size=1_000):
        found += broken_events(sample)
    return found
