"""Rows of the audit log that an auditor asks for: by who, what, which object, where and when; in their area only."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from headworks.web.access.policy import within
from headworks.web.access.reader import Reader
from headworks.web.audit.models import AuditRow


class SearchForm(forms.Form):
    """What to look for; nothing is everything."""

    actor = forms.CharField(label=_("Who"), required=False, max_length=64)
    action = forms.CharField(label=_("Action"), required=False, max_length=40)
    object = forms.CharField(label=_("Object"), required=False, max_length=200)
    area = forms.CharField(label=_("Area code"), required=False, max_length=64)
    begin = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    end = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


def visible_rows(reader: Reader) -> Any:
    """Rows of the auditor's subtrees; rows that speak of no area are for auditors of everything."""
    return AuditRow.objects.filter(within(reader.roots("audit"), "area_path"))


def matching(reader: Reader, said: dict[str, Any]) -> Any:
    """Rows that a form asks for, newest first."""
    rows = visible_rows(reader)
    for name, field in (("actor", "actor"), ("action", "action")):
        if said.get(name):
            rows = rows.filter(**{field: said[name]})
    if said.get("object"):
        kind, _sep, name = said["object"].rpartition(" ")
        rows = rows.filter(object_id__icontains=name)
        if kind:
            rows = rows.filter(object_kind=kind)
    if said.get("area"):
        rows = rows.filter(area_path__contains=f"{said['area'].strip('/')}/")
    # Moments are text in UTC, all of one form, so they compare as text.
    if said.get("begin"):
        rows = rows.filter(at__gte=_utc(said["begin"]))
    if said.get("end"):
        rows = rows.filter(at__lt=_utc(said["end"] + dt.timedelta(days=1)))
    return rows.order_by("-seq")


def _utc(day: dt.date) -> str:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min)).astimezone(dt.UTC).isoformat()
