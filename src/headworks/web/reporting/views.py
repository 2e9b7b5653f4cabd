"""The calendar of the five reports, one edition with its steps and revisions, and its files."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from headworks.core.errors import HeadworksError
from headworks.core.periods import Period
from headworks.jobs.cycle import StoredEdition, editions_of, move, next_states, print_edition, read_ledger, report_calendar
from headworks.jobs.cycle.editions import read_tables, request_of
from headworks.reports.content import Section, TableBlock
from headworks.reports.cycle import cycle_report
from headworks.reports.cycle.revised import revisions_last
from headworks.reports.formats import FORMATS, LANGUAGES
from headworks.reports.wording import Wording, wording_for
from headworks.web.access.decorators import signed_in
from headworks.web.access.policy import NotVisible
from headworks.web.access.roles import TIER_WORDS, TIERS
from headworks.web.audit.middleware import about, record_change
from headworks.web.figures.templatetags.figures import amount
from headworks.web.opened import the_workspace
from headworks.web.reporting.drafting import all_places, ask_draft
from headworks.web.reporting.scope import (
    EVERYWHERE,
    Place,
    may_draft,
    require_edition,
    require_place,
    scopes_on,
    tier_on,
    visible_editions,
)
from headworks.web.reporting.words import ACTION_WORDS, KIND_WORDS, STATE_WORDS, STEP_WORDS, WAY
from headworks.web.signals.free_text import require_no_person

# What is late and what comes: two months of weeks behind, one ahead.
_BEHIND, _AHEAD = dt.timedelta(weeks=9), dt.timedelta(weeks=5)
_OPEN = ("draft", "reviewed", "approved")
_NEWEST = 30
_REVISIONS = 40
# Rows of a table of the first page; the files have all.
_ROWS = 12
_TYPES = {
    "html": "text/html; charset=utf-8", "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
_LANGUAGE_NAMES = {"en": "English", "zh": "简体中文", "ja": "日本語"}


@require_safe
@signed_in("view")
def calendar(request: HttpRequest) -> HttpResponse:
    """What is due when, what waits for whom, and the newest editions."""
    return _calendar(request)


@require_POST
@signed_in("view")
def make_draft(request: HttpRequest) -> HttpResponse:
    """Ask the worker for a draft."""
    reader, said = request.reader, request.POST  # type: ignore[attr-defined]
    try:
        item = ask_draft(
            reader, kind=said.get("kind", ""), period=said.get("period", ""), area_id=said.get("of", ""),
            tier=said.get("tier", ""), today=timezone.localdate(),
        )  # fmt: skip
    except HeadworksError as problem:
        return _calendar(request, problem)
    detail = {name: said.get(name, "") for name in ("kind", "period", "tier")}
    record_change(request, "report_asked", object_kind="work", object_id=str(item.pk), area_path=item.area_path, detail=detail)
    messages.success(request, _("The draft was asked for. It is here when the worker has made it."))
    return redirect("reports")


@require_safe
@signed_in("view")
def edition(request: HttpRequest, snapshot_id: str) -> HttpResponse:
    """One edition: what it says first, what changed since the one before, its steps, its files."""
    return _edition(request, snapshot_id)


@require_POST
@signed_in("view")
def take_step(request: HttpRequest, snapshot_id: str) -> HttpResponse:
    """Review, approve, publish, send back or withdraw."""
    reader, said = request.reader, request.POST  # type: ignore[attr-defined]
    one, place = require_edition(reader, snapshot_id)
    scopes = scopes_on(reader, place.path)
    if not scopes:
        raise NotVisible(f"steps of {snapshot_id}")
    after, reason = said.get("step", ""), said.get("reason", "")
    try:
        require_no_person(reason, _("reason"))
        moved = move(the_workspace(), one.snapshot_id, after, by=reader.username, scopes=scopes, reason=reason)
    except HeadworksError as problem:
        return _edition(request, snapshot_id, problem)
    # The ledger is a file: it is written first, and what it says is then told to the audit log.
    detail = {"from": one.state, "to": moved.state}
    record_change(
        request, "report_step", object_kind="report", object_id=snapshot_id, area_path=place.path, detail=detail
    )  # fmt: skip
    messages.success(request, _("The decision is kept."))
    return redirect("reports-edition", snapshot_id)


@require_safe
@signed_in("view")
def file(request: HttpRequest, snapshot_id: str, language: str, form: str) -> HttpResponse:
    """An edition as a file."""
    one, place = require_edition(request.reader, snapshot_id)  # type: ignore[attr-defined]
    if form not in FORMATS or language not in LANGUAGES:
        raise NotVisible(f"{form} {language}")
    about(request, "report", f"{snapshot_id} {language} {form}", place.path, action="export")
    content = print_edition(the_workspace(), one, (form,), (language,))[form, language]
    answer = HttpResponse(content, content_type=_TYPES[form])
    name = f"{one.kind}-{one.period}-{one.area_id}-{one.tier}-e{one.number}.{language}.{form}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _calendar(request: HttpRequest, problem: HeadworksError | None = None) -> HttpResponse:
    reader = request.reader  # type: ignore[attr-defined]
    places = all_places(reader)
    place = _place(request, places)
    about(request, "reports", place.code if place else "", place.path if place else "")
    seen = visible_editions(reader)
    said: dict[str, Any] = {
        "place": place, "places": places, "has_all": reader.has("view", ""), "everywhere": EVERYWHERE, "problem": problem,
        "waiting": [_line(reader, one, of) for one, of in seen if one.state in _OPEN],
        "editions": [_line(reader, one, of) for one, of in seen if one.state not in _OPEN][-_NEWEST:][::-1],
        "kinds": KIND_WORDS, "said": request.POST,
    }  # fmt: skip
    if place is not None:
        highest = tier_on(reader, place.path)
        tier = request.GET.get("tier", "")
        tier = tier if tier in TIERS and TIERS.index(tier) <= TIERS.index(highest) else highest
        tiers = {name: TIER_WORDS[name] for name in TIERS[: TIERS.index(highest) + 1]}
        due = _due(place, tier)
        said |= {"tier": tier, "tiers": tiers, "due": due, "may_draft": may_draft(reader, place.path)}
    return render(request, "reporting/calendar.html", said, status=400 if problem else 200)


def _place(request: HttpRequest, places: list[Any]) -> Place | None:
    reader = request.reader  # type: ignore[attr-defined]
    asked = request.GET.get("area", "") or request.POST.get("of", "")
    if asked:
        return require_place(reader, asked)
    return Place(places[0].pk, places[0].path, places[0]) if places else None


def _due(place: Place, tier: str) -> list[dict[str, Any]]:
    today = timezone.localdate()
    rows = report_calendar(the_workspace(), place.code, tier, first=today - _BEHIND, last=today + _AHEAD, today=today)
    return [
        {
            **row,
            "words": KIND_WORDS[row["kind"]],
            "state_words": STATE_WORDS[row["state"]],
            "has_ended": Period.parse(row["period"]).last < today,
        }
        for row in rows.to_dicts()
    ]


def _line(reader: Any, one: StoredEdition, place: Place) -> dict[str, Any]:
    return {
        "one": one, "area": place.area, "kind": KIND_WORDS[one.kind], "state": STATE_WORDS[one.state],
        "tier": TIER_WORDS[one.tier], "steps": next_states(one.state, scopes_on(reader, place.path)),
    }  # fmt: skip


def _edition(request: HttpRequest, snapshot_id: str, problem: HeadworksError | None = None) -> HttpResponse:
    reader = request.reader  # type: ignore[attr-defined]
    one, place = require_edition(reader, snapshot_id)
    about(request, "report", snapshot_id, place.path)
    done = [line for line in read_ledger(the_workspace()) if line.get("snapshot_id") == one.snapshot_id]
    is_author = next((line["by"] for line in done if line["action"] == "draft"), "") == reader.username
    steps = next_states(one.state, scopes_on(reader, place.path))
    steps = [step for step in steps if not (is_author and step in ("reviewed", "approved"))]
    others = editions_of(the_workspace(), one.kind, one.area_id, one.period, one.tier)
    said = {
        **_line(reader, one, place), **_content(one), "problem": problem, "place": place, "is_author": is_author,
        "moves": [(step, STEP_WORDS[step]) for step in steps],
        "done": [_said(line) for line in done], "way": [_place_on_way(name, one.state) for name in WAY],
        "others": [{"one": other, "state": STATE_WORDS[other.state]} for other in others if other.number != one.number],
        "languages": [(code, _LANGUAGE_NAMES[code]) for code in LANGUAGES], "formats": FORMATS,
        "reason": request.POST.get("reason", ""),
    }  # fmt: skip
    return render(request, "reporting/edition.html", said, status=400 if problem else 200)


def _said(line: dict[str, Any]) -> dict[str, Any]:
    return {**line, "at": dt.datetime.fromisoformat(line["at"]), "words": ACTION_WORDS[line["action"]]}


def _place_on_way(name: str, state: str) -> dict[str, Any]:
    is_passed = state in WAY and WAY.index(name) < WAY.index(state)
    return {"words": STATE_WORDS[name], "is_here": name == state, "is_passed": is_passed}


def _content(one: StoredEdition) -> dict[str, Any]:
    """What the report says first, in the reader's language, and what changed since the edition before."""
    tables = read_tables(one)
    wording = wording_for({"zh": "zh", "ja": "ja"}.get((get_language() or "en")[:2], "en"))
    content = cycle_report(tables, request_of(one))
    parts = [(wording.say(part.heading), _sentences(part, wording)) for part in content.first_page]
    first = [one for one in parts if one[1]]
    last = revisions_last(tables, request_of(one), _REVISIONS)
    table = next((block for block in last.blocks if isinstance(block, TableBlock)), None) if last else None
    revisions = [[_written(cell, wording) for cell in row] for row in table.rows] if table else []
    return {
        "title": wording.say(content.title), "lead": wording.say(content.lead), "first": first, "revisions": revisions,
        "n_revisions": tables.revisions.height,
        "columns": [wording.say(column.header) for column in table.columns] if table else [],
        "cannot_say": [wording.say(words) for words in content.cannot_say],
    }  # fmt: skip


def _sentences(part: Section, wording: Wording) -> list[str]:
    """What a part says in words; a row of a table is one line."""
    found = [wording.say(words) for words in part.lead]
    for block in part.blocks:
        if isinstance(block, TableBlock):
            found += [" · ".join(_written(cell, wording) for cell in row) for row in block.rows[:_ROWS]]
        else:
            found += [wording.say(words) for words in getattr(block, "lines", ())]
    return found


def _written(cell: Any, wording: Wording) -> str:
    return amount(cell) if cell is None or isinstance(cell, (int, float)) else wording.say(cell)
