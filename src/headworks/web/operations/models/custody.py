"""What happened to a sample: events in a chain, deviations, photographs. Nothing in the code changes or deletes a row."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from headworks.web.access.policy import ScopedManager
from headworks.web.operations.models.samples import PATH, SampleRecord


class _OfSample(models.Model):
    """A row that is seen by whoever sees its sample."""

    sample = models.ForeignKey(SampleRecord, on_delete=models.PROTECT, related_name="%(class)ss")
    site_id = models.CharField(max_length=128)
    owner_path = models.CharField(max_length=PATH, blank=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)

    view_scope: ClassVar[str] = "view_samples"
    area_path_field: ClassVar[str] = "owner_path"
    site_field: ClassVar[str] = "site_id"
    objects = ScopedManager()

    class Meta:
        """No table of its own."""

        abstract = True


class CustodyEvent(_OfSample):
    """One event; ``hash`` is over everything in the row and the hash of the event before."""

    seq = models.PositiveIntegerField()
    event_id = models.CharField(max_length=64)
    said_digest = models.CharField(max_length=64)
    kind = models.CharField(max_length=32)
    state_from = models.CharField(max_length=24, blank=True)
    state_to = models.CharField(max_length=24, blank=True)
    container = models.CharField(max_length=40, blank=True)
    place_from = models.CharField(max_length=120, blank=True)
    place_to = models.CharField(max_length=120, blank=True)
    utc_offset_min = models.SmallIntegerField(default=0)
    recorded_at = models.DateTimeField()
    seal = models.CharField(max_length=40, blank=True)
    temperature_c = models.FloatField(null=True)
    volume_ml = models.FloatField(null=True)
    ph = models.FloatField(null=True)
    preservative = models.CharField(max_length=80, blank=True)
    attachment_hash = models.CharField(max_length=64, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    detail = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        """In order; an event that a phone sends again is known by its identifier."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sample", "seq"], name="custody_in_order"),
            models.UniqueConstraint(fields=["sample", "event_id"], name="custody_event_once"),
        ]
        ordering: ClassVar = ["sample_id", "seq"]

    def __str__(self) -> str:
        return f"{self.sample_id} {self.seq} {self.kind}"


class Deviation(_OfSample):
    """What departed from the specification, and why the sample went on: the guard's words and the reason that was given."""

    event_id = models.CharField(max_length=64)
    kind = models.CharField(max_length=32)
    found = models.CharField(max_length=400)
    reason = models.CharField(max_length=1000, blank=True)

    def __str__(self) -> str:
        return f"{self.sample_id} {self.kind}: {self.found}"


class Photo(_OfSample):
    """A photograph of a sampling point; the file is named by its content."""

    event_id = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64, db_index=True)
    media_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField()

    class Meta:
        """A photograph belongs to a sample once."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["sample", "sha256"], name="photo_once")]

    def __str__(self) -> str:
        return f"{self.sample_id} {self.sha256[:12]}"
