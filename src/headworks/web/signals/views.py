"""Pages of the signal desk: the inbox, one signal with its decisions, a new one, the counts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from headworks.core.errors import UsageError
from headworks.web.access.decorators import signed_in
from headworks.web.access.policy import NotVisible, require_area
from headworks.web.audit.chain import digest
from headworks.web.audit.middleware import about, record_change
from headworks.web.signals.counts import count_signals
from headworks.web.signals.decide import decide
from headworks.web.signals.detected import detected_context
from headworks.web.signals.forms import Decision, NewSignal, StepTimes
from headworks.web.signals.intake import report_signal
from headworks.web.signals.models import Signal, StepTime
from headworks.web.signals.shown import shown_to
from headworks.web.signals.states import KINDS, OPEN_STATES, OUTCOME_WORDS, STATE_WORDS, moves_from

_PAGE = 50
_CHANGED = "HW-U174"


@require_GET
@signed_in("view")
def signals(request: HttpRequest) -> HttpResponse:
    """The inbox: what is open, most specific first; what is closed when asked for."""
    reader = request.reader  # type: ignore[attr-defined]
    rows = Signal.objects.visible_to(reader)
    chosen = {name: request.GET.get(name, "") for name in ("state", "kind", "area")}
    states = [chosen["state"]] if chosen["state"] in STATE_WORDS else OPEN_STATES
    rows = rows.filter(state__in=states)
    if chosen["kind"] in KINDS:
        rows = rows.filter(kind=chosen["kind"])
    if chosen["area"]:
        rows = rows.filter(area_path__startswith=require_area(reader, chosen["area"]).path)
    page = Paginator(rows, _PAGE).get_page(request.GET.get("page"))
    about(request, "signals", chosen["area"])
    return render(
        request,
        "signals/inbox.html",
        {
            "page": page, "shown": shown_to(reader, list(page)), "chosen": chosen, "kinds": KINDS, "states": STATE_WORDS,
            "may_report": reader.has("decide"),
        },
    )  # fmt: skip


@require_GET
@signed_in("view")
def counts(request: HttpRequest) -> HttpResponse:
    """Verified share, time per step, by kind."""
    about(request, "signals", "counts")
    return _counts_page(request, None)


@require_POST
@signed_in("import")
def step_times(request: HttpRequest) -> HttpResponse:
    """Set the hours that each step may take; for stewards of everything, since every area's clocks go by it."""
    reader = request.reader  # type: ignore[attr-defined]
    if not reader.has("import", ""):
        raise NotVisible("needs import on everything")
    form = StepTimes(request.POST)
    if not form.is_valid():
        return _counts_page(request, form)
    with transaction.atomic():
        before = StepTime.all_hours()
        for state, hours in form.cleaned_data.items():
            StepTime.objects.update_or_create(state=state, defaults={"hours": hours})
        record_change(
            request, "step_times_set", object_kind="signals", object_id="step_times", before=digest(before),
            after=digest(form.cleaned_data), detail=form.cleaned_data,
        )  # fmt: skip
    messages.success(request, _("The next steps go by these hours."))
    return redirect("signals-counts")


def _counts_page(request: HttpRequest, form: StepTimes | None) -> HttpResponse:
    reader = request.reader  # type: ignore[attr-defined]
    offered = StepTimes(initial=StepTime.all_hours()) if form is None else form
    said = {"counts": count_signals(reader), "form": offered if reader.has("import", "") else None}
    return render(request, "signals/counts.html", said, status=200 if form is None else 400)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in("decide")
def new_signal(request: HttpRequest) -> HttpResponse:
    """Report something about an area or a site."""
    reader = request.reader  # type: ignore[attr-defined]
    first = {"area_id": request.GET.get("area", ""), "site_id": request.GET.get("site", "")}
    form = NewSignal(request.POST or None, reader=reader, initial=first)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            made = report_signal(reader, **form.cleaned_data)
            record_change(
                request, "signal_reported", object_kind="signal", object_id=str(made.pk), area_path=made.area_path
            )  # fmt: skip
        messages.success(request, _("The signal is in the inbox."))
        return redirect("signals-one", made.pk)
    return render(request, "signals/new.html", {"form": form}, status=400 if request.method == "POST" else 200)


@require_GET
@signed_in("view")
def signal(request: HttpRequest, signal_id: int) -> HttpResponse:
    """One signal: what, why, decisions with their clocks."""
    return _page(request, signal_id, None)


@require_POST
@signed_in("decide")
def decide_signal(request: HttpRequest, signal_id: int) -> HttpResponse:
    """Take it to its next step."""
    reader = request.reader  # type: ignore[attr-defined]
    one: Signal = Signal.objects.require(reader, "decide", pk=signal_id)
    form = _decision_form(one, request.POST)
    if form.is_valid():
        to_state, _mark, outcome = form.cleaned_data["step"].partition(":")
        said = {"reason": form.cleaned_data["reason"], "version": form.cleaned_data["version"]}
        try:
            with transaction.atomic():
                made = decide(reader, signal_id, to_state=to_state, outcome=outcome, **said)
                record_change(
                    request, "signal_decided", object_kind="signal", object_id=str(signal_id), area_path=one.area_path,
                    detail={"from": made.from_state, "to": to_state, "outcome": outcome},
                )  # fmt: skip
        except UsageError as problem:
            form.add_error(None, f"{problem.what} {problem.remedy} ({problem.code})")
            return _page(request, signal_id, form, 409 if problem.code == _CHANGED else 400)
        messages.success(request, _("The decision is kept."))
        return redirect("signals-one", signal_id)
    # A step that is not offered any more: somebody decided meanwhile.
    is_stale = "step" in form.errors and str(one.version) != request.POST.get("version", "")
    if is_stale:
        form.add_error(None, _("Somebody else decided on this signal meanwhile. Read what was decided, then decide anew."))
    return _page(request, signal_id, form, 409 if is_stale else 400)


def _page(request: HttpRequest, signal_id: int, form: Decision | None, status: int = 200) -> HttpResponse:
    reader = request.reader  # type: ignore[attr-defined]
    one: Signal = Signal.objects.require(reader, pk=signal_id)
    may_decide = Signal.objects.visible_to(reader, "decide").filter(pk=signal_id).exists()
    shown = shown_to(reader, [one])[0]
    about(request, "signal", str(signal_id), one.area_path)
    said = {
        "shown": shown, "decisions": [_said(made) for made in one.decisions.all()], "states": _ladder(one),
        "form": (form or _decision_form(one)) if may_decide and one.state != "closed" else None,
        **detected_context(reader, shown),
    }  # fmt: skip
    return render(request, "signals/signal.html", said, status=status)


def _decision_form(one: Signal, said: Any = None) -> Decision:
    form = Decision(said, initial={"version": one.version})
    steps = []
    for state, outcome in moves_from(one.state):
        ends = _("Close: %(outcome)s") % {"outcome": OUTCOME_WORDS[outcome]} if outcome else ""
        steps.append((f"{state}:{outcome}", ends or _("On to %(step)s") % {"step": STATE_WORDS[state]}))
    form.fields["step"].choices = steps
    return form


def _ladder(one: Signal) -> list[dict[str, Any]]:
    """All states with where the signal stands, for the line above the page."""
    reached = {made.to_state for made in one.decisions.all()} | {"signal"}
    return [
        {"words": words, "is_here": state == one.state, "is_passed": state in reached} for state, words in STATE_WORDS.items()
    ]


def _said(made: Any) -> dict[str, Any]:
    is_late = made.was_due_at is not None and made.decided_at > made.was_due_at
    return {
        "made": made, "from": STATE_WORDS[made.from_state], "to": STATE_WORDS[made.to_state],
        "outcome": OUTCOME_WORDS.get(made.outcome, ""), "is_late": is_late,
        "hours": (made.decided_at - made.step_began_at).total_seconds() / 3600,
    }  # fmt: skip
