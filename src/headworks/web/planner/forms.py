"""What a planner types in: fractions as per cent, everything with a value to begin with."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from headworks.jobs.planner import DetectionOrder
from headworks.planning import known_analytes
from headworks.planning.power import PowerQuestion, SamplingDays, reference_scatter
from headworks.reference import read_set
from headworks.web.figures.naming import drug_name, residue_name

_PERCENT = 100.0
_MOST_SITES, _MOST_PEOPLE = 100_000, 50_000_000
_MOST_DAYS = 366
PERIOD_WORDS = {"month": _("month"), "quarter": _("quarter"), "half": _("half year"), "year": _("year")}
WEEKDAY_WORDS = {
    "rotating": _("another weekday each week"),
    "working": _("the same working days"),
    "random": _("drawn anew each week"),
}


def _whole(label: Any, most: int, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=most, **more)


def _percent(label: Any, least: float, most: float, **more: Any) -> forms.FloatField:
    return forms.FloatField(label=label, min_value=least, max_value=most, **more)


class PowerForm(forms.Form):
    """A sampling plan and what is known of the residue."""

    analyte = forms.ChoiceField(label=_("Residue"), initial="methamphetamine")
    days = _whole(_("Days sampled"), 49, initial=2)
    per = forms.ChoiceField(
        label=_("in each"), choices=[("week", _("week")), ("quarter", _("quarter, in a row"))], initial="week"
    )
    weekdays = forms.ChoiceField(label=_("Weekdays"), choices=list(WEEKDAY_WORDS.items()), initial="rotating")
    sites = _whole(_("Sites"), _MOST_SITES, initial=1)
    coverage = _percent(_("People covered, %"), 1, 100, initial=100)
    period = forms.ChoiceField(label=_("Period"), choices=list(PERIOD_WORDS.items()), initial="year")
    nondetects = _percent(_("Results below the limit, %"), 0, 95, initial=0)
    change = _percent(
        _("Change to be seen, %"), -99, 1_000, initial=20, help_text=_("20 for a rise by a fifth, -20 for a fall.")
    )

    def __init__(self, *said: Any, **more: Any) -> None:
        super().__init__(*said, **more)
        self.fields["analyte"].choices = [(name, residue_name(name)) for name in known_analytes()]

    def question(self) -> PowerQuestion:
        """What was asked."""
        said = self.cleaned_data
        return PowerQuestion(
            plan=SamplingDays(said["days"], said["per"], said["weekdays"] if said["per"] == "week" else "rotating"),
            scatter=reference_scatter(said["analyte"], said["nondetects"] / _PERCENT),
            n_sites=said["sites"],
            coverage=said["coverage"] / _PERCENT,
            period=said["period"],
            change=said["change"] / _PERCENT or None,
        )


class DetectForm(forms.Form):
    """A town, its users and its samples."""

    drug = forms.ChoiceField(label=_("Drug"), initial="methamphetamine")
    people = _whole(_("People in the town"), _MOST_PEOPLE, initial=100_000)
    flow = forms.FloatField(
        label=_("Water of a day, m³"), min_value=1, max_value=1e9, required=False, help_text=_("Empty: 260 L a person.")
    )
    users = forms.FloatField(label=_("Users a day"), min_value=0, max_value=_MOST_PEOPLE, initial=10)
    days = _whole(_("Days on which they use"), _MOST_DAYS, initial=7)
    days_per_week = _whole(_("Days sampled each week"), 7, initial=2)
    probability = _percent(_("Wanted chance, %"), 1, 99.9, initial=95)

    def __init__(self, *said: Any, **more: Any) -> None:
        super().__init__(*said, **more)
        known = read_set().factors.filter(use="primary").drop_nulls(["dose_mg", "correction_factor"])
        names = known["drug"].unique(maintain_order=True).to_list()
        self.fields["drug"].choices = [(name, drug_name(name)) for name in names]

    def order(self) -> DetectionOrder:
        """What was asked."""
        said = self.cleaned_data
        return DetectionOrder(
            drug=said["drug"],
            people=float(said["people"]),
            flow_m3_per_day=said["flow"],
            probability=said["probability"] / _PERCENT,
            users=said["users"],
            n_days=said["days"],
            days_per_week=said["days_per_week"],
        )
