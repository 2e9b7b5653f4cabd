"""A piece of work that waits, runs or is done."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from headworks.web.access.policy import ScopedManager

STATES = {
    "waiting": _("waiting"), "running": _("running"), "done": _("done"), "failed": _("failed"), "cancelled": _("cancelled"),
}  # fmt: skip


class WorkItem(models.Model):
    """What is to be done, by whom it was asked, and how far it is."""

    kind = models.CharField(max_length=40)
    said = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=list(STATES.items()), default="waiting", db_index=True)
    asked_by = models.CharField(max_length=64, blank=True)
    area_path = models.CharField(max_length=400, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    beat_at = models.DateTimeField(null=True, blank=True)
    step = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    is_cancel_asked = models.BooleanField(default=False)
    outcome = models.JSONField(default=dict)
    # Of several that ask for the same, one waits.
    once_key = models.CharField(max_length=120, blank=True)

    view_scope: ClassVar[str] = "import"
    area_path_field: ClassVar[str] = "area_path"
    objects = ScopedManager()

    class Meta:
        """Oldest first; one waits per key."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["once_key"], condition=models.Q(state="waiting") & ~models.Q(once_key=""), name="one_waits_per_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind} {self.state}"
