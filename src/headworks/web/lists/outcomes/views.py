"""The lists: who is on which, what came and went; assessments asked for, looked at and confirmed."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from headworks.core.errors import HeadworksError
from headworks.web.access.decorators import signed_in
from headworks.web.access.policy import NotVisible
from headworks.web.audit.middleware import about
from headworks.web.lists.changing import changed
from headworks.web.lists.models import Assessment, Matter, RuleSetText
from headworks.web.lists.outcomes.assessments import ask_assessment, in_use, may_see, review_assessment, waiting
from headworks.web.lists.outcomes.shown import ShownOutcome, shown_lists
from headworks.web.lists.rights import may_assess, may_confirm
from headworks.web.lists.rules.error_rates import error_rates
from headworks.web.lists.rules.rule_sets import parsed
from headworks.web.lists.words.criterion_words import changed_words, criterion_words, list_words, own_words
from headworks.web.lists.words.outcome_words import OUTCOME_WORDS, STATE_WORDS, chance_words, change_words, rule_words

# Of a list the first page shows so many; the rest is a click away.
_FIRST = 25
_PAGE = 100
# What the field of the period shows before anybody types.
_EXAMPLES = {"week": "2026-W36", "month": "2026-09", "quarter": "2026-Q3", "half_year": "2026-H2", "year": "2026"}


@require_safe
@signed_in("view")
def lists(request: HttpRequest) -> HttpResponse:
    """Every rule set in force with its error rates, and its lists as the reader sees them."""
    reader = request.reader  # type: ignore[attr-defined]
    about(request, "lists")
    return render(request, "lists/index.html", _overview(reader))


@require_POST
@signed_in("view")
def assess(request: HttpRequest) -> HttpResponse:
    """Ask the worker for an assessment."""
    rule_set = _rule_set(request.POST.get("rule_set", ""))
    period = request.POST.get("period", "")

    def asked(reader: Any) -> dict[str, Any]:
        item = ask_assessment(reader, rule_set, period)
        return {"object_kind": "work", "object_id": str(item.pk), "detail": {"rule_set": str(rule_set), "period": period}}

    done = _("The assessment was asked for. It waits for its review when it is done.")
    return changed(request, "assessment_asked", asked, done, lambda problem: _refused(request, problem), "lists")


@require_safe
@signed_in("view")
def assessment(request: HttpRequest, number: int) -> HttpResponse:
    """One assessment: where it comes from, what changes by it, its review."""
    return _assessment_page(request, number)


@require_POST
@signed_in("view")
def review(request: HttpRequest, number: int) -> HttpResponse:
    """Confirm or refuse what somebody else asked for."""
    one = require_assessment(request, number)
    is_confirmed = request.POST.get("decision") == "confirm"

    def reviewed(reader: Any) -> dict[str, Any]:
        review_assessment(reader, one, is_confirmed=is_confirmed, reason=request.POST.get("reason", ""))
        return {
            "object_kind": "assessment",
            "object_id": str(number),
            "detail": {"state": one.state, "digest": one.outcomes_digest},
        }

    return changed(request, "assessment_reviewed", reviewed, _("The decision is kept."),
                   lambda problem: _assessment_page(request, number, problem), "lists-assessment", number)  # fmt: skip


@require_safe
@signed_in("view")
def one_list(request: HttpRequest, number: int, list_name: str) -> HttpResponse:
    """All rows of one list, page by page, by code."""
    reader = request.reader  # type: ignore[attr-defined]
    one = require_assessment(request, number)
    rule = next((rule for rule in parsed(one.rule_set).lists if rule.name == list_name), None)
    if rule is None:
        raise NotVisible(f"list {list_name}")
    whole = shown_lists(reader, one, [list_name])[0]
    page = Paginator(whole.rows, _PAGE).get_page(request.GET.get("page"))
    about(request, "list", f"{one.rule_set} {list_name} {one.period}")
    said = {
        "one": one,
        "list": _list_words(whole, list(page)),
        "page": page,
        "rule": rule_words(rule),
        "is_merit": rule.is_merit,
    }
    return render(request, "lists/one.html", said)


def require_assessment(request: HttpRequest, number: int) -> Assessment:
    """An assessment that the reader may see.

    Raises
    ------
    NotVisible
        When it is not there, or is not confirmed and the reader neither assesses nor confirms.
    """
    found = Assessment.objects.filter(pk=number).select_related("rule_set").first()
    if found is None or not may_see(request.reader, found):  # type: ignore[attr-defined]
        raise NotVisible(f"assessment {number}")
    return found


def _rule_set(said: str) -> RuleSetText:
    found = RuleSetText.objects.filter(pk=int(said)).first() if said.isdecimal() and len(said) < 10 else None
    if found is None:
        raise NotVisible("rule set")
    return found


def _overview(reader: Any) -> dict[str, Any]:
    shows_waiting = may_assess(reader) or may_confirm(reader)
    sets = [_set_shown(reader, one) for one in RuleSetText.objects.filter(state="active").order_by("rule_set_id")]
    n_matters = Matter.objects.visible_to(reader).filter(state="waiting").count()
    return {
        "sets": sets, "waiting": waiting() if shows_waiting else [], "may_assess": may_assess(reader), "n_matters": n_matters,
    }  # fmt: skip


def _set_shown(reader: Any, one: RuleSetText) -> dict[str, Any]:
    rules, newest = parsed(one), in_use(one.rule_set_id)
    found = [] if newest is None else shown_lists(reader, newest, [rule.name for rule in rules.lists])
    return {
        "set": one, "title": own_words(one.title), "assessment": newest, "rates": error_rates(one),
        "example": _EXAMPLES[rules.period],
        "lists": [_list_words(whole, whole.rows[:_FIRST]) for whole in found],
    }  # fmt: skip


def _list_words(whole: Any, rows: list[ShownOutcome]) -> dict[str, Any]:
    return {
        "name": whole.name, "words": list_words(whole.name), "whole": whole, "rows": [_row_words(one) for one in rows],
        "n_more": len(whole.rows) - len(rows),
    }  # fmt: skip


def _row_words(one: ShownOutcome) -> dict[str, Any]:
    return {
        "row": one.row, "area": one.area, "state": STATE_WORDS[one.row.state], "outcome": OUTCOME_WORDS[one.row.outcome],
        "change": change_words(one.row), "changed": changed_words(one.row.changed),
        "criterion": criterion_words(one.row.criterion), "probability": chance_words(one.row.probability),
    }  # fmt: skip


def _refused(request: HttpRequest, problem: HeadworksError) -> HttpResponse:
    reader = request.reader  # type: ignore[attr-defined]
    return render(request, "lists/index.html", {**_overview(reader), "problem": problem}, status=400)


def _assessment_page(request: HttpRequest, number: int, problem: HeadworksError | None = None) -> HttpResponse:
    reader = request.reader  # type: ignore[attr-defined]
    one = require_assessment(request, number)
    about(request, "assessment", str(number))
    found = shown_lists(reader, one, [rule.name for rule in parsed(one.rule_set).lists])
    waits = one.state == "computed" and may_confirm(reader)
    shown = [
        _list_words(whole, [row for row in whole.rows if row.row.outcome not in ("stays_on", "stays_in_review")])
        for whole in found
    ]
    said = {
        "one": one, "lists": shown, "problem": problem, "may_review": waits and one.proposed_by != reader.username,
        "is_own": waits and one.proposed_by == reader.username, "sees_all": may_assess(reader) or may_confirm(reader),
        "reason": request.POST.get("reason", ""),
    }  # fmt: skip
    return render(request, "lists/assessment.html", said, status=400 if problem else 200)
