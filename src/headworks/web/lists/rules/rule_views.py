"""Rule sets: which are in force, which wait, each with its text by the line and its error rates."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from headworks.assessment.rules import ListRule
from headworks.core.errors import HeadworksError
from headworks.web.access.decorators import signed_in
from headworks.web.access.policy import NotVisible
from headworks.web.audit.middleware import about
from headworks.web.lists.changing import changed
from headworks.web.lists.models import RuleSetText
from headworks.web.lists.rights import may_assess, may_confirm
from headworks.web.lists.rules.error_rates import error_rates
from headworks.web.lists.rules.rule_sets import REFERENCE, activate, ask_trial, parsed, propose_rule_set, refuse, shipped
from headworks.web.lists.words.criterion_words import list_words, own_words
from headworks.web.lists.words.outcome_words import rule_words

STATE_WORDS = {
    "proposed": pgettext_lazy("rule set", "waits for a decision"), "active": pgettext_lazy("rule set", "in force"),
    "refused": pgettext_lazy("rule set", "refused"), "retired": pgettext_lazy("rule set", "no longer in force"),
}  # fmt: skip


@require_safe
@signed_in("view")
def rules(request: HttpRequest) -> HttpResponse:
    """All rule sets, newest first."""
    about(request, "rule sets")
    return _all(request)


@require_POST
@signed_in("view")
def propose_rules(request: HttpRequest) -> HttpResponse:
    """Propose a shipped set or a text."""
    said = request.POST
    made: list[RuleSetText] = []

    def proposed(reader: Any) -> dict[str, Any]:
        one = propose_rule_set(
            reader, text=said.get("text", ""), shipped_name=said.get("shipped", ""), reason=said.get("reason", "")
        )
        made.append(one)
        return {"object_kind": "rule set", "object_id": str(one.pk), "detail": {"set": str(one), "digest": one.digest}}

    return changed(request, "rules_proposed", proposed, _("The rule set waits for a decision."),
                   lambda problem: _all(request, problem), "lists-rules")  # fmt: skip


@require_safe
@signed_in("view")
def rule_set(request: HttpRequest, number: int) -> HttpResponse:
    """One: what it asks, how often it errs, its text."""
    return _page(request, number)


@require_POST
@signed_in("view")
def decide_rules(request: HttpRequest, number: int) -> HttpResponse:
    """Bring into force, or refuse, what somebody else proposed."""
    one, said = _require(number), request.POST

    def decided(reader: Any) -> dict[str, Any]:
        if said.get("decision") == "activate":
            activate(reader, one, reason=said.get("reason", ""), trial_digest=said.get("trial", ""))
        else:
            refuse(reader, one, reason=said.get("reason", ""))
        detail = {"set": str(one), "state": one.state, "digest": one.digest, "trial": one.trial_digest}
        return {"object_kind": "rule set", "object_id": str(number), "detail": detail}

    return changed(request, "rules_decided", decided, _("The decision is kept."),
                   lambda problem: _page(request, number, problem), "lists-rule-set", number)  # fmt: skip


@require_POST
@signed_in("view")
def ask_for_trial(request: HttpRequest, number: int) -> HttpResponse:
    """Have the worker try it."""
    one = _require(number)

    def asked(reader: Any) -> dict[str, Any]:
        item = ask_trial(reader, one)
        return {"object_kind": "work", "object_id": str(item.pk), "detail": {"set": str(one)}}

    done = _("The trial was asked for. It takes some minutes.")
    return changed(
        request, "trial_asked", asked, done, lambda problem: _page(request, number, problem), "lists-rule-set", number
    )


def _require(number: int) -> RuleSetText:
    found = RuleSetText.objects.filter(pk=number).first()
    if found is None:
        raise NotVisible(f"rule set {number}")
    return found


def _all(request: HttpRequest, problem: HeadworksError | None = None) -> HttpResponse:
    reader = request.reader  # type: ignore[attr-defined]
    known = list(RuleSetText.objects.all())
    said = {
        "sets": [_shown(one) for one in known],
        "may_propose": may_assess(reader), "shipped": shipped(), "problem": problem, "said": request.POST,
    }  # fmt: skip
    return render(request, "lists/rules.html", said, status=400 if problem else 200)


def _page(request: HttpRequest, number: int, problem: HeadworksError | None = None) -> HttpResponse:
    reader = request.reader  # type: ignore[attr-defined]
    one = _require(number)
    about(request, "rule set", str(number))
    waits = one.state == "proposed" and may_confirm(reader)
    said = {
        **_shown(one), "one": one, "problem": problem,
        "lists": [_list(rule) for rule in parsed(one).lists],
        "lines": list(enumerate(one.text.splitlines(), 1)), "reason": request.POST.get("reason", ""),
        "may_decide": waits and one.proposed_by != reader.username, "is_own": waits and one.proposed_by == reader.username,
        "may_activate": bool(one.trial_text) and one.status != REFERENCE, "is_reference": one.status == REFERENCE,
        "may_try": one.state == "proposed" and not one.trial_text and (may_assess(reader) or may_confirm(reader)),
    }  # fmt: skip
    return render(request, "lists/rule_set.html", said, status=400 if problem else 200)


def _shown(one: RuleSetText) -> dict[str, Any]:
    return {"set": one, "title": own_words(one.title), "state": STATE_WORDS[one.state], "rates": error_rates(one)}


def _list(rule: ListRule) -> dict[str, Any]:
    return {"words": list_words(rule.name), "rule": rule_words(rule), "is_merit": rule.is_merit}
