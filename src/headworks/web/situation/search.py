"""Search: areas by code and by their names in Chinese, pinyin and English; sites and samples by id; only what one may see."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from headworks.jobs.disclosure import rule_of
from headworks.jobs.site_detail import site_of_sample
from headworks.jobs.site_evidence import shown_sites
from headworks.web.access.decorators import signed_in
from headworks.web.access.models import AreaNode
from headworks.web.access.policy import NotVisible, visible_areas, visible_sites
from headworks.web.access.reader import Reader
from headworks.web.access.roles import TIERS
from headworks.web.audit.middleware import about
from headworks.web.figures.cells import register_version
from headworks.web.opened import the_workspace
from headworks.web.situation.sites import require_shown_site

_MOST = 50
_LONGEST = 80
_SUGGESTED = 60


@signed_in("view", "view_samples")
def search(request: HttpRequest) -> HttpResponse:
    """What was found, areas first; a whole code or id leads to its page at once from the link."""
    reader: Reader = request.reader  # type: ignore[attr-defined]
    said = " ".join(request.GET.get("q", "").split())[:_LONGEST]
    about(request, "search", said)
    areas = found_areas(reader, said) if said else []
    return render(request, "situation/search.html", {
        "said": said, "areas": areas[:_MOST], "is_cut": len(areas) > _MOST, "sites": _sites(reader, said) if said else [],
        "sample": _sample(reader, said) if said else None, "suggestions": _suggestions(reader),
    })  # fmt: skip


def found_areas(reader: Reader, said: str) -> list[AreaNode]:
    """Visible areas of which a code or a name holds what was said; whole matches first, higher areas before lower ones.

    Parameters
    ----------
    said
        In any script; pinyin with or without spaces.
    """
    joined = said.replace(" ", "")
    rule = Q(area_id__startswith=said) | Q(name_en__icontains=said) | Q(name_zh__contains=said)
    rule |= Q(name_pinyin__icontains=said) | Q(name_pinyin__icontains=joined)
    rows = visible_areas(reader).filter(rule).order_by("level", "area_id")[: _MOST + 1]
    folded = said.casefold()
    whole = (folded, joined.casefold())
    return sorted(rows, key=lambda area: not any(
        name.casefold() in whole for name in (area.area_id, area.name_en, area.name_zh, area.name_pinyin)))  # fmt: skip


def _sites(reader: Reader, said: str) -> list[dict[str, Any]]:
    """Visible sites whose id begins with or whose name holds what was said, as far as the reader's tier shows sites."""
    rows = visible_sites(reader, "view").filter(Q(site_id__istartswith=said) | Q(name__icontains=said)).order_by("site_id")
    found = []
    for node in rows.prefetch_related("places")[: _MOST * 2]:
        paths = [node.owner_path, *(place.area_path for place in node.places.all())]
        tier = max((reader.tier_at(path) for path in paths if path), key=TIERS.index, default="public")
        row = shown_sites(the_workspace(), tier, register_version()).get(node.site_id)
        if row is not None:
            found.append({"row": row, "href": reverse("site", args=[node.site_id])})
    return found[:_MOST]


def _sample(reader: Reader, said: str) -> str | None:
    """The sample of this id, if the reader may see it."""
    where = site_of_sample(the_workspace(), said, register_version())
    if where is None:
        return None
    try:
        tier = require_shown_site(reader, where, "view_samples").tier
    except NotVisible:
        return None
    return said if rule_of(the_workspace(), tier).detail == "day" else None


def _suggestions(reader: Reader) -> list[AreaNode]:
    """The highest areas of the reader, for the list under the field."""
    return list(visible_areas(reader).order_by("level", "area_id")[:_SUGGESTED])
