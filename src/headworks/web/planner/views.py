"""The planner's page: a form, the answer in words, a picture, a table; the address holds the question and can be sent on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from headworks.core.errors import HeadworksError
from headworks.jobs.planner import answer_detection, answer_power, plans_beside
from headworks.jobs.planner.pictures import detect_picture, power_picture
from headworks.jobs.planner.power import FEW_QUANTIFIED
from headworks.planning.power import SamplingDays
from headworks.web.access.decorators import signed_in
from headworks.web.figures.naming import drug_name
from headworks.web.planner.forms import PERIOD_WORDS, WEEKDAY_WORDS, DetectForm, PowerForm

_BIAS_SHOWN = 0.01
_FORMS: dict[str, type[forms.Form]] = {"power": PowerForm, "detect": DetectForm}


@require_GET
@signed_in("view", "capture")
def planner(request: HttpRequest) -> HttpResponse:
    """What a plan sees, or what is seen at all, for whoever looks after an area or makes plans."""
    ask = request.GET.get("ask", "power")
    ask = ask if ask in _FORMS else "power"
    blank = _FORMS[ask]()
    first = {name: field.initial for name, field in blank.fields.items() if field.initial is not None}
    is_asked = any(name in request.GET for name in blank.fields)
    form = _FORMS[ask](request.GET if is_asked else first)
    context: dict[str, Any] = {"ask": ask, "form": form}
    if form.is_valid():
        try:
            context |= _power(form) if isinstance(form, PowerForm) else _detect(form)  # type: ignore[arg-type]
        except HeadworksError as problem:
            context["problem"] = problem
    has_failed = "problem" in context or not form.is_valid()
    return render(request, "planner/page.html", context, status=400 if has_failed else 200)


def _power(form: PowerForm) -> dict[str, Any]:
    answer = answer_power(form.question())
    plans = [_plan_words(plan) for plan in plans_beside(answer.asked.plan, answer.asked.period)]
    words = {
        "title": _("Changes that each plan does not see"),
        "alt": _("A bar for each plan, from the largest fall to the largest rise that it does not see."),
        "axis": _("change that stays unseen"),
    }
    power = answer.power
    return {
        "power": power,
        "asked": answer.asked,
        "plan": plans[0],
        "period": PERIOD_WORDS[answer.asked.period],
        "wanted": abs(answer.asked.change or 0.0),
        "is_fall": (answer.asked.change or 0.0) < 0,
        "fewest": _plan_words(answer.fewest) if answer.fewest else "",
        "bias": power.weekday_bias if abs(power.weekday_bias) >= _BIAS_SHOWN else None,
        "is_hopeful": answer.asked.scatter.nondetects > 0 and power.quantified < FEW_QUANTIFIED,
        "rows": list(zip(plans, answer.table.to_dicts(), strict=True)),
        "picture": mark_safe(power_picture(answer.table, plans, words, svg_id="planner-power")),  # noqa: S308  drawn here
    }


def _detect(form: DetectForm) -> dict[str, Any]:
    answer = answer_detection(form.order())
    words = {
        "title": _("Chance of being seen"),
        "alt": _("A rising curve: the chance that samples show so many users."),
        "users": _("users a day"),
        "probability": _("chance of being seen"),
    }
    picture = detect_picture(answer.curve, answer.users, answer.order.probability, words, svg_id="planner-detect")
    return {
        "detection": answer,
        "drug": drug_name(answer.order.drug),
        "per_1000": None if answer.users is None else 1_000 * answer.users / answer.order.people,
        "picture": mark_safe(picture),  # noqa: S308  drawn here
    }


def _plan_words(plan: SamplingDays) -> str:
    if plan.per == "quarter":
        return _("%(n)s days in a row each quarter") % {"n": plan.days}
    which = WEEKDAY_WORDS[str(plan.weekdays)] if plan.days < 7 else ""
    often = ngettext("%(n)s day a week", "%(n)s days a week", plan.days) % {"n": plan.days}
    return _("%(often)s, %(which)s") % {"often": often, "which": which} if which else often
