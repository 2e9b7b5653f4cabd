"""Landing page: my area, what changed and how sure, every drug at a glance, what is late and what nobody covers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from headworks.web.access.decorators import signed_in
from headworks.web.access.reader import Reader
from headworks.web.audit.middleware import about
from headworks.web.situation.areas import frame_of, panels_of, site_lines
from headworks.web.situation.asked import Asked, asked_of, roots_of, sites_of
from headworks.web.situation.changes import got_worse, late_areas, uncovered_areas, what_changed
from headworks.web.situation.maps import map_context
from headworks.web.situation.several import several_areas

# Whoever looks after many areas is told first which of them got worse.
_OF_MANY = ("director", "epidemiologist", "assessor")
_MOST_LISTED = 30
# Who sees figures begins with them; a sampler with today's route, the laboratory with its batches.
_BEGINNINGS = (
    ("view", "situation"), ("measure", "release"), ("approve", "release"), ("capture", "field"), ("administer", "accounts"),
    ("audit", "audit"),
)  # fmt: skip


def front(request: HttpRequest) -> HttpResponse:
    """The public's page for the public; for who signed in, the page where their work begins."""
    reader: Reader = request.reader  # type: ignore[attr-defined]
    if not reader.is_signed_in:
        return redirect("public")
    return redirect(next((route for scope, route in _BEGINNINGS if reader.has(scope)), "settings"))


@signed_in("view")
def situation(request: HttpRequest) -> HttpResponse:
    """My area; all of them on one map where there are several."""
    reader: Reader = request.reader  # type: ignore[attr-defined]
    roots = roots_of(reader)
    wanted = request.GET.get("area", "")
    if not wanted and len(roots) != 1:
        return several_areas(request)
    asked = asked_of(request, wanted or roots[0].area_id)
    about(request, "area", f"{asked.area.area_id} {asked.period}", asked.area.path)
    return render(request, "situation/landing.html", {**frame_of(request, asked), **landing_of(request, asked)})


def landing_of(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """What the landing page says of one area, but for its frame."""
    if asked.bar is None:
        return {"map": None}
    reader: Reader = request.reader  # type: ignore[attr-defined]
    changed, n_unclear = what_changed(asked)
    context = {"changed": changed, "n_unclear": n_unclear, "panels": panels_of(reader, asked), **map_context(request, asked)}
    if context["map"] is not None:
        shown = context["map"]["shown"]
        worse, n_known = got_worse(shown) if any(role in _OF_MANY for role in reader.roles) else ([], 0)
        late, uncovered = late_areas(shown), uncovered_areas(shown)
        context |= {"worse": worse, "n_known": n_known, "late": late[:_MOST_LISTED], "n_late": len(late),
                    "uncovered": uncovered[:_MOST_LISTED], "n_uncovered": len(uncovered)}  # fmt: skip
    if len(sites_of(asked.one, asked.version)) <= _MOST_LISTED:
        context["late_sites"] = site_lines(request, asked)["late"]
    return context
