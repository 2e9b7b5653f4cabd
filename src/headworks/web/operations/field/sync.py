"""What the phone asks and sends when there is signal. Every item is answered for itself: done, known, or refused and why."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from headworks.core.errors import UsageError
from headworks.jobs.desk import read_sample_code
from headworks.web.access.policy import NotVisible
from headworks.web.audit.middleware import about
from headworks.web.operations.custody.photos import keep_photo, read_upload
from headworks.web.operations.custody.reading import EVENT_ID, read_said
from headworks.web.operations.custody.transitions import Done, perform
from headworks.web.operations.laboratory.batches import no_such_sample
from headworks.web.operations.plan.routes import routes_of

_KINDS = ("collect", "hand_over")
_MOST_EVENTS = 200


def _for_samplers(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """For a script: 401 for whoever must sign in, not a page that asks to."""

    def guarded(request: HttpRequest) -> HttpResponse:
        reader = request.reader  # type: ignore[attr-defined]
        if not reader.is_signed_in:
            return JsonResponse({"what": _("Sign in again to send; nothing is lost.")}, status=401)
        if not reader.has("capture"):
            raise NotVisible("needs capture")
        return view(request)

    return guarded


@_for_samplers
@require_GET
def tasks(request: HttpRequest) -> HttpResponse:
    """Today's tasks, who asks, and the token that forms are sent with."""
    reader = request.reader  # type: ignore[attr-defined]
    today = timezone.localdate()
    about(request, "routes", today.isoformat())
    found = [
        {
            "sample_id": task["sample"].sample_id, "state": task["sample"].state,
            "day": task["sample"].planned_day.isoformat(),
            "site_id": task["sample"].site_id, "site": task["site"].name if task["site"] else "",
            "area": route.area.name_in(reader.language) if route.area else "", "role": task["sample"].role,
            "is_late": task["is_late"], "seal": task["sample"].seal,
        }
        for route in routes_of(reader, today, is_open_only=True)
        for task in route.tasks
    ]  # fmt: skip
    return JsonResponse({"account": reader.username, "csrf": get_token(request), "day": today.isoformat(), "tasks": found})


@_for_samplers
@require_POST
def events(request: HttpRequest) -> HttpResponse:
    """Events that a phone kept; sent again after a lost answer they are known."""
    try:
        said = json.loads(request.body)
        items = said["events"]
        if not isinstance(items, list) or len(items) > _MOST_EVENTS or not all(isinstance(item, dict) for item in items):
            raise TypeError
    except (ValueError, KeyError, TypeError, RecursionError):
        return JsonResponse({"what": _("This is no list of events."), "code": "HW-U146"}, status=400)
    reader = request.reader  # type: ignore[attr-defined]
    if said.get("account") != reader.username:
        return JsonResponse(
            {"what": _("These were recorded by another account; sign in as that one to send them.")}, status=409
        )
    results = [_answer(item, lambda one: _take(request, one)) for item in items]
    request.is_audited = any(result["status"] != "refused" for result in results)  # type: ignore[attr-defined]
    return JsonResponse({"results": results})


def _take(request: HttpRequest, item: dict[str, Any]) -> Done:
    kind, plain = item.get("kind"), {str(name): value for name, value in item.items() if isinstance(value, (str, int, float))}
    if kind not in _KINDS:
        raise NotVisible(f"event {str(kind)[:40]}")
    # Without a time of its own an event sent again would be another one.
    if not plain.get("at") or not EVENT_ID.match(str(plain.get("event_id", ""))):
        raise UsageError(
            _("An event has a name and a time."), where=str(plain.get("sample_id", ""))[:80],
            remedy=_("Bring the form up to date"), code="HW-U146",
        )  # fmt: skip
    code = read_sample_code(str(plain.get("sample_id", "")))
    return perform(request.reader, code, read_said(kind, plain), request_id=request.request_id)  # type: ignore[attr-defined]


@_for_samplers
@require_POST
def photos(request: HttpRequest) -> HttpResponse:
    """A photograph that a phone kept."""
    if request.POST.get("account") != request.reader.username:  # type: ignore[attr-defined]
        return JsonResponse(
            {"what": _("These were recorded by another account; sign in as that one to send them.")}, status=409
        )
    item = {"event_id": request.POST.get("event_id", ""), "sample_id": request.POST.get("sample_id", "")}
    result = _answer(item, lambda one: _take_photo(request, one))
    request.is_audited = result["status"] != "refused"  # type: ignore[attr-defined]
    return JsonResponse({"results": [result]})


def _take_photo(request: HttpRequest, item: dict[str, Any]) -> Done:
    file = request.FILES.get("photo")
    if file is None or not EVENT_ID.match(item["event_id"]):
        raise UsageError(_("No photograph was sent."), where="photo", remedy=_("Take it again"), code="HW-U147")
    code = read_sample_code(item["sample_id"])
    return keep_photo(request.reader, code, read_upload(file), item["event_id"], request_id=request.request_id)  # type: ignore[attr-defined]


def _answer(item: dict[str, Any], take: Callable[[dict[str, Any]], Done]) -> dict[str, Any]:
    known = {"event_id": str(item.get("event_id", ""))[:64], "sample_id": str(item.get("sample_id", ""))[:80]}
    try:
        return {**known, "status": take(item).status}
    except NotVisible:
        problem = no_such_sample(known["sample_id"])
    except UsageError as refused:
        problem = refused
    return {**known, "status": "refused", "problem": problem.as_dict()}
