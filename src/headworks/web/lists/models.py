"""Rule sets, assessments with their outcomes, and matters of areas: appeals and acceptances. No column speaks of a person.

What two people must do is held by the database too: nobody decides on what they proposed, and no rule set is in force without
the trial of its very text.
"""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from headworks.web.access.policy import ScopedManager
from headworks.web.access.roles import TIERS

RULE_STATES = ("proposed", "active", "refused", "retired")
ASSESSMENT_STATES = ("computed", "confirmed", "refused")
MATTER_KINDS = ("appeal", "acceptance")
MATTER_STATES = ("waiting", "granted", "denied")


class _Decided(models.Model):
    """Proposed by one, decided by another, both with their reasons."""

    proposed_by = models.CharField(max_length=64)
    proposed_at = models.DateTimeField(default=timezone.now)
    reason = models.TextField(blank=True)
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.TextField(blank=True)

    class Meta:
        """Not a table of its own."""

        abstract = True

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Never."""
        raise TypeError("what was decided is not taken away")


class RuleSetText(_Decided):
    """A rule set as its text, with the trial of that very text; speaks of all areas."""

    rule_set_id = models.CharField(max_length=80)
    version = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    status = models.CharField(max_length=20)
    digest = models.CharField(max_length=64, unique=True)
    text = models.TextField()
    trial_text = models.TextField(blank=True)
    # SHA-256 of the trial's text: what was attached when the set came into force.
    trial_digest = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=12, choices=[(one, one) for one in RULE_STATES], default="proposed")
    retired_by = models.CharField(max_length=64, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Newest first; one in force of each id, with its trial and by two people."""

        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule_set_id"], condition=Q(state="active"), name="one_rule_set_in_force"),
            models.CheckConstraint(condition=Q(decided_by="") | ~Q(decided_by=F("proposed_by")), name="two_people_rules"),
            models.CheckConstraint(condition=~Q(state="active") | ~Q(trial_digest=""), name="in_force_with_trial"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_set_id} {self.version}"


class Assessment(_Decided):
    """What a rule set said of all areas in a period; in use once somebody else than who asked for it confirmed it."""

    rule_set = models.ForeignKey(RuleSetText, on_delete=models.PROTECT, related_name="assessments")
    period = models.CharField(max_length=12)
    run_id = models.CharField(max_length=64)
    # Below the workspace; its outcomes have this SHA-256.
    folder = models.CharField(max_length=300, unique=True)
    outcomes_digest = models.CharField(max_length=64)
    decisions_digest = models.CharField(max_length=64, blank=True)
    n_areas = models.PositiveIntegerField()
    n_without = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=[(one, one) for one in ASSESSMENT_STATES], default="computed")

    class Meta:
        """Newest first; nobody confirms what they asked for."""

        ordering: ClassVar = ["-period", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(decided_by="") | ~Q(decided_by=F("proposed_by")), name="two_people_assessment")
        ]

    def __str__(self) -> str:
        return f"{self.rule_set} {self.period} {self.state}"


class ListOutcome(models.Model):
    """Where an area stands on a list; the evidence stays in the assessment's file."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="outcomes")
    area_path = models.CharField(max_length=400, db_index=True)
    area_id = models.CharField(max_length=64)
    list_name = models.CharField(max_length=80)
    state = models.CharField(max_length=8)
    outcome = models.CharField(max_length=20)
    previous = models.CharField(max_length=8)
    since = models.CharField(max_length=12, blank=True)
    is_appealed = models.BooleanField(default=False)
    level = models.SmallIntegerField()
    population = models.FloatField(null=True)
    probability = models.FloatField(null=True)
    criterion = models.CharField(max_length=80, blank=True)
    families = models.SmallIntegerField()
    changed = models.TextField(blank=True)
    change_criteria = models.TextField(blank=True)
    change_factor = models.FloatField(null=True)
    change_scope = models.CharField(max_length=12, blank=True)
    change_outcome = models.CharField(max_length=20, blank=True)
    # Lowest tiers that see this row, and the figures behind it: of the window one may be withheld where the newest is not.
    shown_from = models.CharField(max_length=12, default=TIERS[-1])
    evidence_from = models.CharField(max_length=12, default=TIERS[-1])

    view_scope: ClassVar[str] = "view"
    area_path_field: ClassVar[str] = "area_path"
    objects = ScopedManager()

    class Meta:
        """By code, never by probability: an order would be a ranking that the intervals do not bear."""

        ordering: ClassVar = ["area_id", "list_name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assessment", "area_id", "list_name"], name="one_outcome_per_list")
        ]
        indexes: ClassVar = [models.Index(fields=["assessment", "list_name", "state"], name="outcomes_of_list")]

    def __str__(self) -> str:
        return f"{self.area_id} {self.list_name}: {self.state}"


class Matter(_Decided):
    """An appeal against a listing, or the acceptance that lets an area leave after its review."""

    kind = models.CharField(max_length=12, choices=[(one, one) for one in MATTER_KINDS])
    rule_set_id = models.CharField(max_length=80)
    list_name = models.CharField(max_length=80)
    area_path = models.CharField(max_length=400, db_index=True)
    area_id = models.CharField(max_length=64)
    level = models.SmallIntegerField(default=0)
    # The assessment that was looked at, and the periods in which what was said takes effect.
    about_period = models.CharField(max_length=12)
    from_period = models.CharField(max_length=12)
    decision_period = models.CharField(max_length=12, blank=True)
    state = models.CharField(max_length=8, choices=[(one, one) for one in MATTER_STATES], default="waiting", db_index=True)
    due_at = models.DateTimeField()

    view_scope: ClassVar[str] = "view"
    area_path_field: ClassVar[str] = "area_path"
    objects = ScopedManager()

    class Meta:
        """Most specific first, then by what is due; one waits per area and list; nobody decides on their own."""

        ordering: ClassVar = ["-level", "due_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["rule_set_id", "list_name", "area_id"], condition=Q(state="waiting"), name="one_matter_waits"
            ),
            models.CheckConstraint(condition=Q(decided_by="") | ~Q(decided_by=F("proposed_by")), name="two_people_matter"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}: {self.area_id} {self.list_name} {self.state}"
