"""Appeals and acceptances: what waits, with its clock; one with its reasons; the decision."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from headworks.core.errors import HeadworksError
from headworks.web.access.decorators import signed_in
from headworks.web.access.policy import require_area, visible_areas
from headworks.web.audit.middleware import about
from headworks.web.lists.changing import changed
from headworks.web.lists.matters.matters import decide_matter
from headworks.web.lists.models import Matter
from headworks.web.lists.rights import may_decide
from headworks.web.lists.words.criterion_words import list_words
from headworks.web.lists.words.outcome_words import KIND_WORDS

_PAGE = 50
WORDS = {
    ("appeal", "waiting"): gettext_lazy("waits for a decision"), ("appeal", "granted"): pgettext_lazy("appeal", "upheld"),
    ("appeal", "denied"): pgettext_lazy("appeal", "dismissed"),
    ("acceptance", "waiting"): gettext_lazy("waits for a decision"),
    ("acceptance", "granted"): pgettext_lazy("acceptance", "accepted: it leaves"),
    ("acceptance", "denied"): pgettext_lazy("acceptance", "refused: it stays"),
}  # fmt: skip


@require_safe
@signed_in("view")
def matters(request: HttpRequest) -> HttpResponse:
    """What waits, most specific first; what was decided when asked for."""
    reader = request.reader  # type: ignore[attr-defined]
    shows_decided = request.GET.get("state") == "decided"
    rows = Matter.objects.visible_to(reader)
    rows = rows.exclude(state="waiting").order_by("-decided_at") if shows_decided else rows.filter(state="waiting")
    code = request.GET.get("area", "")
    if code:
        rows = rows.filter(area_path__startswith=require_area(reader, code).path)
    page = Paginator(rows, _PAGE).get_page(request.GET.get("page"))
    areas = visible_areas(reader).in_bulk([one.area_id for one in page])
    about(request, "matters")
    said = {
        "page": page,
        "rows": [_shown(one, areas.get(one.area_id)) for one in page],
        "shows_decided": shows_decided,
        "code": code,
    }
    return render(request, "lists/matters.html", said)


@require_safe
@signed_in("view")
def matter(request: HttpRequest, number: int) -> HttpResponse:
    """One, with both reasons."""
    return _page(request, number)


@require_POST
@signed_in("view")
def decide_on_matter(request: HttpRequest, number: int) -> HttpResponse:
    """Decide on what somebody else raised."""
    one: Matter = Matter.objects.require(request.reader, pk=number)  # type: ignore[attr-defined]
    is_granted = request.POST.get("decision") == "grant"

    def decided(reader: Any) -> dict[str, Any]:
        made = decide_matter(reader, number, is_granted=is_granted, reason=request.POST.get("reason", ""))
        detail = {"kind": made.kind, "state": made.state, "from": made.decision_period}
        return {"object_kind": "matter", "object_id": str(number), "area_path": one.area_path, "detail": detail}

    return changed(request, "matter_decided", decided, _("The decision is kept."),
                   lambda problem: _page(request, number, problem), "lists-matter", number)  # fmt: skip


def _page(request: HttpRequest, number: int, problem: HeadworksError | None = None) -> HttpResponse:
    reader = request.reader  # type: ignore[attr-defined]
    one: Matter = Matter.objects.require(reader, pk=number)
    about(request, "matter", str(number), one.area_path)
    waits = one.state == "waiting" and may_decide(reader, one.area_path)
    area = visible_areas(reader).filter(pk=one.area_id).first()
    said = {
        "shown": _shown(one, area), "one": one, "area": area, "problem": problem, "reason": request.POST.get("reason", ""),
        "may_decide": waits and one.proposed_by != reader.username, "is_own": waits and one.proposed_by == reader.username,
    }  # fmt: skip
    return render(request, "lists/matter.html", said, status=400 if problem else 200)


def _shown(one: Matter, area: Any) -> dict[str, Any]:
    return {
        "one": one, "area": area, "kind": KIND_WORDS[one.kind], "list": list_words(one.list_name),
        "state": WORDS[one.kind, one.state], "is_late": one.state == "waiting" and one.due_at < timezone.now(),
    }  # fmt: skip
