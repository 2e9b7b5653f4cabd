"""A row of the audit log. Nothing in the code changes or deletes one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class AuditRow(models.Model):
    """What somebody did; ``hash`` is over everything before it in the row and the hash of the row before."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.CharField(max_length=40)
    actor = models.CharField(max_length=64, blank=True)
    action = models.CharField(max_length=40)
    object_kind = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=200, blank=True)
    area_path = models.CharField(max_length=400, blank=True)
    purpose = models.CharField(max_length=200, blank=True)
    request_id = models.CharField(max_length=32, blank=True)
    before = models.CharField(max_length=64, blank=True)
    after = models.CharField(max_length=64, blank=True)
    detail = models.TextField(blank=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        """Newest first, as it is read."""

        ordering: ClassVar = ["-seq"]
        indexes: ClassVar = [models.Index(fields=["actor", "seq"]), models.Index(fields=["object_kind", "object_id"])]

    def __str__(self) -> str:
        return f"{self.seq} {self.at} {self.actor} {self.action} {self.object_kind} {self.object_id}"
