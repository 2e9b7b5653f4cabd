"""Routes of signals: the inbox, one of them, a new one, a decision."""

from __future__ import annotations

from typing import Any, Literal

import polars as pl
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status

from headworks.web.access.policy import require_area, require_scope
from headworks.web.api.answers import CHANGE_REFUSALS, REFUSALS, TABLE, Page, limit_of, rows_answer
from headworks.web.api.rows import SignalRow, SignalWhole, listing
from headworks.web.audit.middleware import about, record_change
from headworks.web.signals.decide import decide
from headworks.web.signals.free_text import LONGEST
from headworks.web.signals.intake import MEASURES, report_signal
from headworks.web.signals.models import Signal
from headworks.web.signals.shown import ShownSignal, shown_to
from headworks.web.signals.states import moves_from

router = Router(tags=["signals"])
SignalRows = listing("SignalRows", SignalRow)
_DATABASE_MOST = 2**62
State = Literal["signal", "triage", "verification", "risk_assessment", "response", "closed"]
Kind = Literal[
    "exceedance", "rise", "drop", "variance", "ratio", "change", "cluster", "first_appearance", "disposal", "quality", "event"
]
_NUMBERS = {"id": pl.Int64, "version": pl.Int64} | dict.fromkeys(MEASURES, pl.Float64) | {"n_days": pl.Int64}
_SCHEMA = dict.fromkeys(SignalRow.model_fields, pl.String) | _NUMBERS | dict.fromkeys(("is_late", "is_withheld"), pl.Boolean)


class SignalFilter(Schema):
    """Which signals."""

    state: State | Literal[""] = Field("", description="All that are open when not said.")
    kind: Kind | Literal[""] = ""
    area: str = Field("", max_length=64, description="Only those of this area and what lies in it.")


class NewSignal(Schema):
    """A signal reported by a person, about an area or a site. No name, number or picture of anyone."""

    kind: Kind = "event"
    area_id: str = Field("", max_length=64)
    site_id: str = Field("", max_length=128)
    period: str = Field("", max_length=12)
    drug: str = Field("", max_length=80)
    words: str = Field(..., min_length=1, max_length=LONGEST)


class NewDecision(Schema):
    """The next step, and why; ``version`` is that of the signal that was read."""

    to_state: State
    outcome: Literal["", "true", "false", "undetermined"] = ""
    reason: str = Field(..., min_length=1, max_length=LONGEST)
    version: int = Field(..., ge=0, le=2**31 - 1)


@router.get("/signals", response={200: SignalRows, **REFUSALS}, openapi_extra=TABLE, summary="Signals of the reader")
def signals(request: HttpRequest, wanted: Query[SignalFilter], page: Query[Page]) -> HttpResponse:
    """Signals on the reader's areas and sites, most specific first."""
    reader = request.reader  # type: ignore[attr-defined]
    require_scope(reader, "view")
    rows = Signal.objects.visible_to(reader)
    rows = rows.filter(state=wanted.state) if wanted.state else rows.exclude(state="closed")
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.area:
        rows = rows.filter(area_path__startswith=require_area(reader, wanted.area).path)
    limit = limit_of(request, page)
    found = shown_to(reader, list(rows[page.offset : page.offset + limit]))
    frame = pl.DataFrame([_row(one) for one in found], schema=_SCHEMA)
    return rows_answer(request, frame, page, name="signals", total=rows.count())


@router.get("/signals/{int:signal_id}", response={200: SignalWhole, **REFUSALS}, summary="One signal")
def signal(request: HttpRequest, signal_id: int) -> Any:
    """A signal with its explanation, its decisions and the steps that may follow."""
    return _whole(request, signal_id)


@router.post("/signals", response={201: SignalWhole, **CHANGE_REFUSALS}, summary="Report a signal")
def report(request: HttpRequest, said: NewSignal) -> Any:
    """Put something seen at an area or a site into the inbox; needs the right to decide there."""
    reader = request.reader  # type: ignore[attr-defined]
    require_scope(reader, "decide")
    with transaction.atomic():
        made = report_signal(reader, **said.dict())
        record_change(request, "signal_reported", object_kind="signal", object_id=str(made.pk), area_path=made.area_path)
    return Status(201, _whole(request, made.pk))


@router.post("/signals/{int:signal_id}/decisions", response={201: SignalWhole, **CHANGE_REFUSALS}, summary="Decide")
def decision(request: HttpRequest, signal_id: int, said: NewDecision) -> Any:
    """Take a signal to its next step; refused (409) when somebody decided meanwhile."""
    reader = request.reader  # type: ignore[attr-defined]
    one = _found(reader, signal_id, "decide")
    with transaction.atomic():
        made = decide(reader, signal_id, **said.dict())
        record_change(
            request, "signal_decided", object_kind="signal", object_id=str(signal_id), area_path=one.area_path,
            detail={"from": made.from_state, "to": made.to_state, "outcome": made.outcome},
        )  # fmt: skip
    return Status(201, _whole(request, signal_id))


def _found(reader: Any, signal_id: int, scope: str | None = None) -> Signal:
    # A number that no database holds is not looked for.
    found: Signal = Signal.objects.require(reader, scope, pk=min(signal_id, _DATABASE_MOST))
    return found


def _whole(request: HttpRequest, signal_id: int) -> dict[str, Any]:
    reader = request.reader  # type: ignore[attr-defined]
    one = _found(reader, signal_id)
    shown = shown_to(reader, [one])[0]
    about(request, "signal", str(signal_id), one.area_path)
    decisions = [
        {
            **{name: getattr(made, name) for name in ("version", "from_state", "to_state", "outcome", "reason", "actor")},
            "decided_at": made.decided_at.isoformat(),
            "hours": (made.decided_at - made.step_began_at).total_seconds() / 3600,
        }
        for made in one.decisions.all()
    ]
    moves = [{"to_state": state, "outcome": outcome} for state, outcome in moves_from(one.state)]
    return {**_row(shown), "explanation": shown.explanation, "decisions": decisions, "moves": moves}


def _row(shown: ShownSignal) -> dict[str, Any]:
    one = shown.signal
    same = (
        "kind",
        "source",
        "drug",
        "analyte",
        "period",
        "since",
        "until",
        "method_version",
        "words",
        "state",
        "outcome",
        "version",
    )
    numbers = {name: value for name, value in shown.numbers.items() if name != "ratio"}
    return {
        "id": one.pk,
        **{name: getattr(one, name) for name in same},
        **numbers,
        "area_id": shown.area.pk if shown.area else None,
        "site_id": shown.site.pk if shown.site else None,
        "is_withheld": shown.is_withheld,
        "is_late": shown.is_late,
        "raised_at": one.raised_at.isoformat(),
        "due_at": one.due_at.isoformat() if one.due_at else None,
    }
