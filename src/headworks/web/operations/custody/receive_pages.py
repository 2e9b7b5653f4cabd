"""The laboratory receives: codes scanned or typed, one or many; each is accepted, also with a deviation, or rejected."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from headworks.core.errors import UsageError
from headworks.jobs.desk import limit_of, read_sample_code, rules_of
from headworks.web.access.decorators import signed_in
from headworks.web.access.policy import NotVisible
from headworks.web.access.reader import Reader
from headworks.web.opened import the_workspace
from headworks.web.operations.custody.reading import read_said
from headworks.web.operations.custody.transitions import perform
from headworks.web.operations.laboratory.batches import no_such_sample
from headworks.web.operations.models import SampleRecord
from headworks.web.operations.states import STATE_WORDS

MOST_CODES = 200
_DECISIONS = ("receive", "receive_with_deviation", "reject")


def split_codes(text: str) -> list[str]:
    """Codes one a line, or parted by commas; each once."""
    return list(dict.fromkeys(code for part in re.split(r"[\n,;]+", text[:20_000]) if (code := part.strip())))[:MOST_CODES]


@signed_in("measure")
def receive(request: HttpRequest) -> HttpResponse:
    """Receive samples; what became of each stands on the page."""
    reader = request.reader  # type: ignore[attr-defined]
    said: dict[str, Any] = {
        "on_the_way": _on_the_way(reader),
        "limit": limit_of(rules_of(the_workspace()), "transport_temperature_c"),
        "form": request.POST, "event_id": str(uuid.uuid4()), "outcomes": (),
    }  # fmt: skip
    if request.method == "POST":
        codes = split_codes(request.POST.get("codes", "")) + request.POST.getlist("sample")[:MOST_CODES]
        said["outcomes"] = [_receive(request, reader, code) for code in dict.fromkeys(codes)]
        said["is_all_done"] = all(outcome["problem"] is None for outcome in said["outcomes"]) and bool(said["outcomes"])
        request.is_audited = any(outcome["problem"] is None for outcome in said["outcomes"])  # type: ignore[attr-defined]
    return render(request, "operations/receive.html", said)


def _on_the_way(reader: Reader) -> Any:
    rows = SampleRecord.objects.visible_to(reader, "measure").filter(state="in_transit")
    return rows.order_by("collected_to", "sample_id")[:MOST_CODES]


def _receive(request: HttpRequest, reader: Reader, text: str) -> dict[str, Any]:
    """One sample of a list; a fault of one does not hold up the others."""
    kind = request.POST.get("decision", "")
    if kind not in _DECISIONS:
        raise NotVisible("decision")
    outcome: dict[str, Any] = {"code": text[:80], "problem": None, "event": None}
    try:
        code = outcome["code"] = read_sample_code(text)
        # The form's name and the sample's make the event's: the form sent twice is known, sample by sample.
        form = str(request.POST.get("event_id", ""))[:64]
        event_id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{form}|{code}|{kind}"))
        said = read_said(kind, {**request.POST.dict(), "event_id": event_id, "sample_id": code, "at": ""})
        event = outcome["event"] = perform(reader, code, said, request_id=request.request_id).event  # type: ignore[attr-defined]
        outcome["state"] = STATE_WORDS.get(event.state_to, event.state_to)
    except NotVisible:
        outcome["problem"] = no_such_sample(outcome["code"])
    except UsageError as problem:
        outcome["problem"] = problem
    return outcome
