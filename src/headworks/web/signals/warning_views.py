"""Pages of warnings: signals by area beside their budget, back-tests, substances and their cards."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from headworks.core.errors import HeadworksError, UsageError
from headworks.warning.appearances import Step
from headworks.web.access.decorators import signed_in
from headworks.web.access.models import AreaNode, SiteNode
from headworks.web.access.policy import NotVisible
from headworks.web.audit.middleware import about, record_change
from headworks.web.opened import the_workspace
from headworks.web.signals.backtest_shown import shown_backtest
from headworks.web.signals.budget_words import LEVEL_WORDS, budget_words
from headworks.web.signals.by_area import budget_used
from headworks.web.signals.procedure_words import ladder, state_words, word
from headworks.web.signals.substances import card_of, may_step, offered_steps, sees_all, substance_rows, take_step
from headworks.web.signals.warning_results import read_backtests


@require_GET
@signed_in("view")
def by_area(request: HttpRequest) -> HttpResponse:
    """Signals of detectors by area of a level, with what of the budget is used."""
    used = budget_used(request.reader, request.GET.get("level", ""))  # type: ignore[attr-defined]
    about(request, "signals", "by area")
    words = budget_words(used.budget) if used.budget is not None else []
    levels = [(level, LEVEL_WORDS.get(level, level)) for level in used.levels]
    return render(request, "signals/by_area.html", {"used": used, "words": words, "levels": levels})


@require_GET
@signed_in("view")
def backtests(request: HttpRequest) -> HttpResponse:
    """Which detectors were tried, and how they did."""
    about(request, "signals", "backtests")
    shown = [shown_backtest(one) for one in read_backtests(the_workspace())]
    return render(request, "signals/backtests.html", {"shown": shown})


@require_GET
@signed_in("view")
def backtest(request: HttpRequest, name: str) -> HttpResponse:
    """One back-test by type of series."""
    found = next((one for one in read_backtests(the_workspace()) if one["name"] == name), None)
    if found is None:
        raise NotVisible(f"backtest {name}")
    about(request, "signals", f"backtest {name}")
    return render(request, "signals/backtest.html", {"one": shown_backtest(found)})


@require_GET
@signed_in("view")
def substances(request: HttpRequest) -> HttpResponse:
    """Substances that screening found at places of the reader."""
    reader = request.reader  # type: ignore[attr-defined]
    about(request, "substances")
    rows = [{"row": row, "state": state_words(row.state)} for row in substance_rows(reader)]
    return render(request, "signals/substances.html", {"rows": rows, "is_all": sees_all(reader)})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in("view")
def substance(request: HttpRequest, inchikey: str) -> HttpResponse:
    """The card of a substance; whoever decides on everything writes down steps of the procedure."""
    reader = request.reader  # type: ignore[attr-defined]
    refused = ""
    if request.method == "POST":
        try:
            card_of(reader, inchikey, timezone.localdate())
            _take(request, inchikey)
        except HeadworksError as problem:
            refused = f"{problem.what} {problem.found}. {problem.remedy}. ({problem.code})"
        else:
            messages.success(request, _("The step is kept."))
            return redirect("signals-substance", inchikey)
    card = card_of(reader, inchikey, timezone.localdate())
    about(request, "substance", inchikey)
    may = may_step(reader)
    said = {
        "card": card, "is_all": sees_all(reader), "where": _places(card.where.to_dicts()),
        "levels": [{**row, "doubt_words": word(row["doubt"])} for row in card.levels.to_dicts()],
        "first_site": SiteNode.objects.filter(pk=card.first_site).first(), "ladder": ladder(card.state),
        "steps": [{**row, "words": state_words(row["state"]), "by": word(row["role"])} for row in card.steps.to_dicts()],
        "offered": _offered(inchikey) if may else [], "refused": refused, "today": timezone.localdate().isoformat(),
    }  # fmt: skip
    return render(request, "signals/substance.html", said, status=400 if refused else 200)


def _take(request: HttpRequest, inchikey: str) -> None:
    """The step that a form says; ``HeadworksError`` where it does not do."""
    reader, said = request.reader, request.POST  # type: ignore[attr-defined]
    evidence = {key.removeprefix("evidence-"): value.strip() for key, value in said.items() if key.startswith("evidence-")}
    step = Step(said.get("state", ""), _day(said.get("day", "")), said.get("role", ""), evidence, said.get("note", "").strip())
    with transaction.atomic():
        made = take_step(reader, inchikey, step)
        record_change(
            request, "substance_step", object_kind="substance", object_id=inchikey,
            detail={"state": made.state, "role": made.role},
        )  # fmt: skip


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as problem:
        raise UsageError(
            _("The day of a step is no date."), found=text, remedy=_("Give it as 2026-11-14"), code="HW-U312"
        ) from problem


def _offered(inchikey: str) -> list[dict[str, Any]]:
    return [
        {
            "state": move.to_state, "words": state_words(move.to_state), "roles": [(role, word(role)) for role in move.roles],
            "evidence": [(kind, word(kind)) for kind in move.evidence],
        }
        for move in offered_steps(inchikey)
    ]  # fmt: skip


def _places(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of appearances with the node that each is of; those of the reader alone come in."""
    areas = AreaNode.objects.in_bulk([row["unit_id"] for row in rows if row["unit_kind"] == "area"])
    sites = SiteNode.objects.in_bulk([row["unit_id"] for row in rows if row["unit_kind"] == "site"])
    found = [{**row, "area": areas.get(row["unit_id"]), "site": sites.get(row["unit_id"])} for row in rows]
    return sorted(found, key=lambda row: (row["area_level"] or 9, row["first_day"], row["unit_id"]))
