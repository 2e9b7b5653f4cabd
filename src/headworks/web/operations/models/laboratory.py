"""Batches, exports of instruments, results in versions, and releases that two people make."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from headworks.web.access.policy import ScopedManager
from headworks.web.operations.models.samples import PATH, SampleRecord

VERDICTS = {"": _("not said"), "accepted": _("accepted"), "rejected": _("rejected")}
RELEASE_STATES = {
    "proposed": _("proposed"), "releasing": _("being released"), "released": _("released"), "refused": _("refused"),
    "failed": _("failed on import"),
}  # fmt: skip
FILE_STATES = {
    "waiting": _("waits for the worker"), "questions": _("asks something"), "evaluated": _("evaluated"),
    "failed": _("cannot be read"),
}  # fmt: skip
RELEASE_KINDS = {"release": _("release"), "amendment": _("amendment"), "withdrawal": _("withdrawal")}


class Batch(models.Model):
    """What a laboratory measures together; it belongs to the area that the laboratory works for."""

    name = models.CharField(max_length=60, unique=True)
    area_path = models.CharField(max_length=PATH, blank=True, db_index=True)
    method = models.CharField(max_length=80)
    verdict = models.CharField(max_length=10, choices=list(VERDICTS.items()), blank=True)
    verdict_by = models.CharField(max_length=64, blank=True)
    verdict_reason = models.CharField(max_length=1000, blank=True)
    made_by = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)

    view_scope: ClassVar[str] = "view_samples"
    area_path_field: ClassVar[str] = "area_path"
    objects = ScopedManager()

    def __str__(self) -> str:
        return self.name


class InstrumentFile(models.Model):
    """An export of an instrument that was sent for a batch; what is computed of it is kept in the workspace, in versions."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="instrument_files")
    area_path = models.CharField(max_length=PATH, blank=True, db_index=True)
    file = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    sheet_sha256 = models.CharField(max_length=64, blank=True)
    sheet_file = models.CharField(max_length=80, blank=True)
    # Start of a run whose export has no times.
    run_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=list(FILE_STATES.items()), default="waiting")
    evaluation = models.CharField(max_length=16, blank=True)
    # What stands open of it, and what a person said of names that are no codes: name in the export → sample, or nothing.
    questions = models.JSONField(default=list)
    matches = models.JSONField(default=dict)
    problem = models.JSONField(default=dict)
    sent_by = models.CharField(max_length=64)
    sent_at = models.DateTimeField(default=timezone.now)
    taken_version = models.PositiveIntegerField(null=True)

    view_scope: ClassVar[str] = "view_samples"
    area_path_field: ClassVar[str] = "area_path"
    objects = ScopedManager()

    class Meta:
        """A laboratory has an export once."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["area_path", "sha256"], name="export_once")]

    def __str__(self) -> str:
        return f"{self.pk} {self.file} {self.state}"


class HitReview(models.Model):
    """What a person said of a suspect that screening found in a sample, and why; later ones do not undo earlier ones."""

    sample_id = models.CharField(max_length=128, db_index=True)
    area_path = models.CharField(max_length=PATH, blank=True)
    substance = models.CharField(max_length=200)
    verdict = models.CharField(max_length=10)
    reason = models.CharField(max_length=1000)
    decided_by = models.CharField(max_length=64)
    decided_at = models.DateTimeField(default=timezone.now)

    view_scope: ClassVar[str] = "view_samples"
    area_path_field: ClassVar[str] = "area_path"
    objects = ScopedManager()

    def __str__(self) -> str:
        return f"{self.sample_id} {self.substance} {self.verdict}"


class Release(models.Model):
    """Results on their way to the facts: proposed by one, approved by another, done by the worker."""

    kind = models.CharField(max_length=12, choices=list(RELEASE_KINDS.items()), default="release")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="releases")
    area_path = models.CharField(max_length=PATH, blank=True, db_index=True)
    state = models.CharField(max_length=12, choices=list(RELEASE_STATES.items()), default="proposed", db_index=True)
    proposed_by = models.CharField(max_length=64)
    proposed_at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=1000, blank=True)
    override_reason = models.CharField(max_length=1000, blank=True)
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=1000, blank=True)
    released_at = models.DateTimeField(null=True)
    import_id = models.CharField(max_length=64, blank=True)
    problem = models.JSONField(default=dict)

    view_scope: ClassVar[str] = "view_samples"
    area_path_field: ClassVar[str] = "area_path"
    objects = ScopedManager()

    class Meta:
        """Of a batch one release is open."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["batch"], condition=models.Q(state__in=["proposed", "releasing"]), name="one_open_release_per_batch"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind} {self.state}"


class MeasurementEntry(models.Model):
    """A result in a version. Once released it stays as it is: what is corrected is a further version with a reason."""

    sample = models.ForeignKey(SampleRecord, on_delete=models.PROTECT, related_name="entries")
    site_id = models.CharField(max_length=128)
    owner_path = models.CharField(max_length=PATH, blank=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="entries")
    analyte = models.CharField(max_length=80)
    replicate = models.PositiveSmallIntegerField(default=1)
    version = models.PositiveSmallIntegerField(default=1)
    concentration_ng_per_l = models.FloatField(null=True)
    detection = models.CharField(max_length=16)
    lod_ng_per_l = models.FloatField(null=True)
    loq_ng_per_l = models.FloatField(null=True)
    u_analysis = models.FloatField(null=True)
    u_batch = models.FloatField(null=True)
    qc_flag = models.CharField(max_length=10, default="accepted")
    reason = models.CharField(max_length=1000, blank=True)
    entered_by = models.CharField(max_length=64)
    entered_at = models.DateTimeField(default=timezone.now)
    reviewed_by = models.CharField(max_length=64, blank=True)
    # The evaluation and version a result comes from; empty where a person entered it.
    evaluation = models.CharField(max_length=24, blank=True)
    is_dropped = models.BooleanField(default=False)
    release = models.ForeignKey(Release, null=True, on_delete=models.PROTECT, related_name="entries")
    is_released = models.BooleanField(default=False)

    view_scope: ClassVar[str] = "view_samples"
    area_path_field: ClassVar[str] = "owner_path"
    site_field: ClassVar[str] = "site_id"
    objects = ScopedManager()

    class Meta:
        """A version of a result is there once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sample", "analyte", "replicate", "version"], name="result_version_once")
        ]
        ordering: ClassVar = ["sample_id", "analyte", "replicate", "version"]

    def __str__(self) -> str:
        return f"{self.sample_id} {self.analyte} {self.replicate} v{self.version}"

    def save(self, *args: Any, **more: Any) -> None:
        """A released version is refused: it may not change."""
        if self.pk and MeasurementEntry.objects.unscoped("what it was before").filter(pk=self.pk, is_released=True).exists():
            raise ValueError(f"{self} is released and stays as it is; enter a new version")
        super().save(*args, **more)
