"""Evaluations: plans that were registered, the form that registers one, and one with what came out of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from headworks.core.errors import HeadworksError
from headworks.web.access.decorators import signed_in
from headworks.web.audit.middleware import about
from headworks.web.lists.changing import changed
from headworks.web.lists.evaluations.came_out import METHOD_WORDS, figure_words, method_words, shown_result
from headworks.web.lists.evaluations.plans import (
    COUNTED,
    evaluated,
    is_readable,
    may_register,
    register,
    require_plan,
    visible_plans,
)
from headworks.web.lists.indicators import indicator_names
from headworks.web.situation.asked import asked_of_all, drug_choice


@require_safe
@signed_in("view")
def evaluations(request: HttpRequest) -> HttpResponse:
    """Every plan of which the reader sees all areas."""
    about(request, "evaluations")
    return _all(request)


@require_POST
@signed_in("view")
def register_evaluation(request: HttpRequest) -> HttpResponse:
    """Register a plan before there is anything to see."""

    def registered(reader: Any) -> dict[str, Any]:
        made = register(reader, request.POST.dict())
        one, areas = require_plan(reader, made.registration.fingerprint)
        detail = {"areas": list(one.plan.area_ids), "compared": list(one.plan.comparison_ids), "method": one.plan.method}
        path = areas[one.plan.area_ids[0]].path
        return {"object_kind": "evaluation", "object_id": one.registration.fingerprint, "area_path": path, "detail": detail}

    done = _("The plan is registered. It is evaluated once its later window is over.")
    return changed(
        request, "evaluation_registered", registered, done, lambda problem: _all(request, problem), "lists-evaluations"
    )


@require_safe
@signed_in("view")
def evaluation(request: HttpRequest, fingerprint: str) -> HttpResponse:
    """One plan; what came out of it once its later window is over."""
    reader = request.reader  # type: ignore[attr-defined]
    one, areas = require_plan(reader, fingerprint)
    about(request, "evaluation", fingerprint, areas[one.plan.area_ids[0]].path)
    said = {**_plan(one), "areas": [areas[code] for code in one.plan.area_ids],
            "compared": [areas[code] for code in one.plan.comparison_ids], "method": method_words(one.plan)}  # fmt: skip
    if is_readable(one.plan):
        said |= shown_result(one.plan, evaluated(reader, one, areas), areas)
    return render(request, "lists/evaluation.html", said)


def _plan(one: Any) -> dict[str, Any]:
    plan = one.plan
    return {
        "one": one, "plan": plan, "figure": figure_words(plan), "is_over": is_readable(plan), "fall": 1 - plan.smallest_effect,
    }  # fmt: skip


def _all(request: HttpRequest, problem: HeadworksError | None = None) -> HttpResponse:
    reader = request.reader  # type: ignore[attr-defined]
    found = visible_plans(reader)
    said = {
        "plans": [_plan(one) for one in found.plans], "damaged": found.damaged, "problem": problem, "said": request.POST,
        "may_register": may_register(reader), "drugs": drug_choice(asked_of_all(request).figures),
        "counted": [(f"{COUNTED}{name}", name) for name in indicator_names(reader)], "methods": METHOD_WORDS.items(),
    }  # fmt: skip
    return render(request, "lists/evaluations.html", said, status=400 if problem else 200)
