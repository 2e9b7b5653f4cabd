"""A signal about an area or a site, what was decided on it, and the hours a step may take. No column speaks of a person."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.db import models
from django.utils import timezone

from headworks.web.access.policy import ScopedManager
from headworks.web.signals.states import KINDS, OUTCOME_WORDS, STATE_WORDS, STEP_HOURS


class Signal(models.Model):
    """Something that may need an answer: what was seen, where, and how much above what was expected."""

    # Of a detector, so that the same finding twice is one signal; of a person empty.
    key = models.CharField(max_length=200, null=True, blank=True, unique=True)
    kind = models.CharField(max_length=20, choices=list(KINDS.items()))
    source = models.CharField(max_length=60, default="reported")
    area_path = models.CharField(max_length=400, blank=True, db_index=True)
    site_id = models.CharField(max_length=128, blank=True, db_index=True)
    # Level of the area: villages come before counties.
    level = models.SmallIntegerField(default=0)
    drug = models.CharField(max_length=80, blank=True)
    analyte = models.CharField(max_length=80, blank=True)
    period = models.CharField(max_length=12, blank=True)
    statistic = models.FloatField(null=True, blank=True)
    expected = models.FloatField(null=True, blank=True)
    observed = models.FloatField(null=True, blank=True)
    # Of a detector's signal: first week of the evidence, and the last week in which the event was still there.
    since = models.CharField(max_length=12, blank=True)
    until = models.CharField(max_length=12, blank=True)
    expected_lower = models.FloatField(null=True, blank=True)
    expected_upper = models.FloatField(null=True, blank=True)
    e_value = models.FloatField(null=True, blank=True)
    p_value = models.FloatField(null=True, blank=True)
    q_value = models.FloatField(null=True, blank=True)
    n_days = models.PositiveIntegerField(null=True, blank=True)
    share_censored = models.FloatField(null=True, blank=True)
    method_version = models.CharField(max_length=60, blank=True)
    explanation = models.JSONField(default=dict)
    words = models.TextField(blank=True)
    state = models.CharField(max_length=16, choices=list(STATE_WORDS.items()), default="signal", db_index=True)
    outcome = models.CharField(max_length=12, choices=list(OUTCOME_WORDS.items()), blank=True)
    raised_at = models.DateTimeField(default=timezone.now)
    raised_by = models.CharField(max_length=64, blank=True)
    state_since = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True, blank=True)
    # Counts decisions: who decides on what has changed meanwhile is told so.
    version = models.PositiveIntegerField(default=0)

    view_scope: ClassVar[str] = "view"
    area_path_field: ClassVar[str] = "area_path"
    site_field: ClassVar[str] = "site_id"
    objects = ScopedManager()

    class Meta:
        """Most specific first, then by what is due."""

        ordering: ClassVar = ["-level", "due_at", "pk"]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind} {self.site_id or self.area_path} {self.period} {self.state}"


class SignalDecision(models.Model):
    """A step that was decided; never changed, never taken away."""

    signal = models.ForeignKey(Signal, on_delete=models.PROTECT, related_name="decisions")
    version = models.PositiveIntegerField()
    from_state = models.CharField(max_length=16, choices=list(STATE_WORDS.items()))
    to_state = models.CharField(max_length=16, choices=list(STATE_WORDS.items()))
    outcome = models.CharField(max_length=12, choices=list(OUTCOME_WORDS.items()), blank=True)
    reason = models.TextField()
    actor = models.CharField(max_length=64)
    decided_at = models.DateTimeField(default=timezone.now)
    step_began_at = models.DateTimeField()
    was_due_at = models.DateTimeField(null=True)

    class Meta:
        """In the order they were made; one for each version."""

        ordering: ClassVar = ["version"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["signal", "version"], name="one_decision_per_version")]

    def __str__(self) -> str:
        return f"{self.signal_id}: {self.from_state} to {self.to_state}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Once."""
        if self.pk is not None:
            raise TypeError("a decision is not changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Never."""
        raise TypeError("a decision is not taken away")


class SubstanceStep(models.Model):
    """A step of the early-warning procedure of a substance; never changed, never taken away.

    ``evidence`` is kind to reference, as ``warning.appearances.Step``; ``role`` is the office that took the step, ``actor``
    the account that wrote it down.
    """

    inchikey = models.CharField(max_length=80, db_index=True)
    state = models.CharField(max_length=24)
    day = models.DateField()
    role = models.CharField(max_length=24)
    evidence = models.JSONField(default=dict)
    note = models.TextField(blank=True)
    actor = models.CharField(max_length=64)
    written_at = models.DateTimeField(default=timezone.now)
    # Place among the substance's steps: of two who write at once, one is told.
    number = models.PositiveIntegerField()

    class Meta:
        """In the order they were taken."""

        ordering: ClassVar = ["inchikey", "number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["inchikey", "number"], name="one_step_per_number")]

    def __str__(self) -> str:
        return f"{self.inchikey}: {self.state} on {self.day}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Once."""
        if self.pk is not None:
            raise TypeError("a step is not changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Never."""
        raise TypeError("a step is not taken away")


class StepTime(models.Model):
    """Hours a step may take, where an operator set others than the default."""

    state = models.CharField(max_length=16, primary_key=True)
    hours = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.state}: {self.hours} h"

    @staticmethod
    def all_hours() -> dict[str, int]:
        """Hours of every step."""
        return {**STEP_HOURS, **dict(StepTime.objects.values_list("state", "hours"))}
