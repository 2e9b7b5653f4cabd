"""Why an area is on a list or not: sentences, evidence, the smallest change, its past, the rule with its lines."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from headworks.core.errors import HeadworksError
from headworks.web.access.decorators import signed_in
from headworks.web.access.models import AreaNode
from headworks.web.access.policy import require_area
from headworks.web.audit.middleware import about
from headworks.web.lists.changing import changed
from headworks.web.lists.matters.matters import possible_kinds, raise_matter, waiting_on
from headworks.web.lists.models import Assessment, ListOutcome, RuleSetText
from headworks.web.lists.outcomes.assessments import in_use, outcomes_of
from headworks.web.lists.outcomes.shown import ShownOutcome, of_area, past_of
from headworks.web.lists.outcomes.views import require_assessment
from headworks.web.lists.rules.error_rates import error_rates
from headworks.web.lists.rules.rule_sets import parsed
from headworks.web.lists.rules.rule_text import passages
from headworks.web.lists.words.criterion_words import list_words, own_words
from headworks.web.lists.words.outcome_words import (
    KIND_WORDS,
    OUTCOME_WORDS,
    STATE_WORDS,
    chance_words,
    change_words,
    dwell_of,
    explained,
    headline,
    read_evidence,
    rule_words,
)


@require_safe
@signed_in("view")
def area(request: HttpRequest, area_id: str) -> HttpResponse:
    """Every list that speaks of an area, by the assessments in use, or by the one that is asked for."""
    return _page(request, area_id)


@require_POST
@signed_in("view")
def raise_an_issue(request: HttpRequest, area_id: str) -> HttpResponse:
    """Appeal, or propose that an area leaves after its review."""
    said = request.POST
    number = int(said["outcome"]) if said.get("outcome", "").isdecimal() and len(said["outcome"]) < 10 else 0

    def raised(reader: Any) -> dict[str, Any]:
        made = raise_matter(reader, area_id, number, said.get("kind", ""), said.get("reason", ""))
        detail = {"kind": made.kind, "list": made.list_name}
        return {"object_kind": "matter", "object_id": str(made.pk), "area_path": made.area_path, "detail": detail}

    done = _("It was raised. Somebody else decides on it.")
    return changed(
        request, "matter_raised", raised, done, lambda problem: _page(request, area_id, problem), "lists-area", area_id
    )


def _page(request: HttpRequest, area_id: str, problem: HeadworksError | None = None) -> HttpResponse:
    reader = request.reader  # type: ignore[attr-defined]
    one = require_area(reader, area_id)
    about(request, "lists of an area", area_id, one.path)
    shown = [_set(request, one, each) for each in _assessments(request)]
    said = {"area": one, "sets": shown, "problem": problem, "said": request.POST}
    return render(request, "lists/area.html", said, status=400 if problem else 200)


def _assessments(request: HttpRequest) -> list[Assessment]:
    asked = request.GET.get("assessment", "")
    if asked.isdecimal() and len(asked) < 10:
        return [require_assessment(request, int(asked))]
    ids = RuleSetText.objects.filter(state="active").order_by("rule_set_id").values_list("rule_set_id", flat=True)
    return [one for one in map(in_use, ids) if one is not None]


def _set(request: HttpRequest, area_of: AreaNode, one: Assessment) -> dict[str, Any]:
    reader = request.reader  # type: ignore[attr-defined]
    order = [rule.name for rule in parsed(one.rule_set).lists]
    rows = sorted(of_area(reader, area_of, one), key=lambda shown: order.index(shown.row.list_name))
    return {
        "assessment": one,
        "title": own_words(one.rule_set.title),
        "rates": error_rates(one.rule_set),
        "lists": [_list(reader, one, row) for row in rows],
    }


def _list(reader: Any, one: Assessment, shown: ShownOutcome) -> dict[str, Any]:
    row, rules = shown.row, parsed(one.rule_set)
    rule = next(each for each in rules.lists if each.name == row.list_name)
    evidence = read_evidence(_record(one, row))
    return {
        "row": row, "words": list_words(row.list_name), "headline": headline(row), "state": STATE_WORDS[row.state],
        "change": change_words(row), "is_listed": row.state != "off",
        "rule": rule_words(rule, dwell_of(evidence) if row.state != "off" else None),
        "explained": explained(rules, evidence, row) if shown.has_evidence else None,
        "passages": passages(one.rule_set.text, rule.name, rule.criteria),
        "past": [_past(old) for old in past_of(reader, row)],
        "kinds": [(kind, KIND_WORDS[kind]) for kind in possible_kinds(reader, row)], "matter": waiting_on(row),
    }  # fmt: skip


def _past(old: ListOutcome) -> dict[str, Any]:
    return {"row": old, "state": STATE_WORDS[old.state], "outcome": OUTCOME_WORDS[old.outcome],
            "probability": chance_words(old.probability)}  # fmt: skip


def _record(one: Assessment, row: ListOutcome) -> str:
    found = outcomes_of(one).filter(area_id=row.area_id, list_name=row.list_name)
    return str(found["evidence"].item())
