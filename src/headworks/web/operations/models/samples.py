"""A plan, and the samples it asks for. The planned sample and the one that is taken are one row, so nothing is kept twice."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from headworks.web.access.policy import ScopedManager
from headworks.web.operations.states import STATE_WORDS

PATH = 400


class SamplingPlan(models.Model):
    """On which days which sites of an area are sampled; ``rule`` keeps how the days were drawn."""

    name = models.CharField(max_length=80)
    area_path = models.CharField(max_length=PATH, blank=True, db_index=True)
    first_day = models.DateField()
    last_day = models.DateField()
    rule = models.JSONField(default=dict)
    made_by = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)

    view_scope: ClassVar[str] = "view_samples"
    area_path_field: ClassVar[str] = "area_path"
    objects = ScopedManager()

    def __str__(self) -> str:
        return self.name


class SampleRecord(models.Model):
    """A sample from the day it is planned: where it stands, and what was said of it. Its events are its custody."""

    sample_id = models.CharField(max_length=80, primary_key=True)
    plan = models.ForeignKey(SamplingPlan, null=True, on_delete=models.PROTECT, related_name="samples")
    site_id = models.CharField(max_length=128, db_index=True)
    owner_path = models.CharField(max_length=PATH, blank=True, db_index=True)
    planned_day = models.DateField(db_index=True)
    stratum = models.CharField(max_length=12, blank=True)
    state = models.CharField(max_length=24, choices=list(STATE_WORDS.items()), default="planned", db_index=True)
    role = models.CharField(max_length=16, default="routine")
    collected_from = models.DateTimeField(null=True)
    collected_to = models.DateTimeField(null=True)
    utc_offset_min = models.SmallIntegerField(default=0)
    mode = models.CharField(max_length=24, default="unknown")
    interval_min = models.FloatField(null=True)
    flow_m3_per_day = models.FloatField(null=True)
    temperature_c = models.FloatField(null=True)
    ph = models.FloatField(null=True)
    volume_ml = models.FloatField(null=True)
    transport_temperature_c = models.FloatField(null=True)
    received_at = models.DateTimeField(null=True)
    extracted_at = models.DateTimeField(null=True)
    seal = models.CharField(max_length=40, blank=True)
    batch = models.ForeignKey("operations.Batch", null=True, on_delete=models.PROTECT, related_name="samples")
    n_events = models.PositiveIntegerField(default=0)
    head_hash = models.CharField(max_length=64, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)

    view_scope: ClassVar[str] = "view_samples"
    area_path_field: ClassVar[str] = "owner_path"
    site_field: ClassVar[str] = "site_id"
    objects = ScopedManager()

    class Meta:
        """As lists are read: by state and day."""

        indexes: ClassVar = [models.Index(fields=["state", "planned_day"]), models.Index(fields=["site_id", "planned_day"])]

    def __str__(self) -> str:
        return self.sample_id
