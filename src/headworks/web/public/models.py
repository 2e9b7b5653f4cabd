"""An edition: a run whose public figures two people let out."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class Edition(models.Model):
    """Proposed by one, approved by another, perhaps withdrawn; speaks of all areas and is for everybody."""

    run_id = models.CharField(max_length=64)
    words = models.TextField(blank=True)
    proposed_by = models.CharField(max_length=64)
    proposed_at = models.DateTimeField(default=timezone.now)
    approved_by = models.CharField(max_length=64, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=64, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.TextField(blank=True)

    class Meta:
        """Newest first; nobody approves what they proposed."""

        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(approved_by="") | ~Q(approved_by=F("proposed_by")), name="two_people_publish")
        ]

    def __str__(self) -> str:
        return f"edition {self.pk} of {self.run_id}"

    @property
    def state(self) -> str:
        """``proposed``, ``published`` or ``withdrawn``."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        return "published" if self.published_at is not None else "proposed"
