"""The map of an area: what a page holds of it, and the routes its script and its downloads ask."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from headworks.core.errors import UsageError
from headworks.jobs.site_evidence import shown_sites
from headworks.reports.drawing.classes import radius_of
from headworks.web.access.decorators import signed_in
from headworks.web.access.policy import require_area
from headworks.web.access.reader import Reader
from headworks.web.audit.middleware import about
from headworks.web.figures.cells import cells_geojson, register_version
from headworks.web.figures.kept import kept
from headworks.web.figures.map_rows import MapShown, class_legend, map_shown
from headworks.web.figures.map_svg import MOST_LINKED, legend_swatch, map_svg
from headworks.web.figures.naming import drug_name
from headworks.web.figures.sentences import STATE_WORDS, STATES, middle_of_row
from headworks.web.figures.templatetags.figures import amount, area_name, percent
from headworks.web.opened import the_workspace
from headworks.web.situation.asked import (
    Asked,
    Granted,
    asked_of,
    asked_of_all,
    breadcrumbs,
    levels_below,
    levels_granted,
    sites_of,
)
from headworks.web.situation.trends import spark_cells

LEVEL_WORDS = {
    1: gettext_lazy("provinces"), 2: gettext_lazy("cities"), 3: gettext_lazy("counties"),
    4: gettext_lazy("towns and streets"), 5: gettext_lazy("villages"),
}  # fmt: skip
ONE_OF_LEVEL = {
    1: gettext_lazy("province"), 2: gettext_lazy("city"), 3: gettext_lazy("county"), 4: gettext_lazy("town or street"),
    5: gettext_lazy("village"),
}  # fmt: skip


# Of many areas at once the map shows the next level below, as long as it has no more than so many.
_MOST_AT_ONCE = 300


def level_words(asked: Asked, level: int, *, one: bool = False) -> str:
    """What areas of a level are called; the top of a tree that is coded by letters are countries."""
    code = asked.area.roots[0].area_id if isinstance(asked.area, Granted) and asked.area.roots else asked.area.area_id
    if level == 1 and not code.isdecimal():
        return _("country") if one else _("countries")
    return str((ONE_OF_LEVEL if one else LEVEL_WORDS)[level])


def chosen_level(asked: Asked, said: str) -> int | None:
    """The level that the map shows: the next one, or what was asked for; None for an area that nothing lies in.

    Raises
    ------
    UsageError
        ``HW-U132`` for a level that has no areas here.
    """
    levels = levels_below(asked)
    if not said:
        return _next_level(asked) if isinstance(asked.area, Granted) else levels[0] if levels else None
    if said.isdecimal() and int(said) in levels:
        return int(said)
    raise UsageError(
        _("No areas of this level lie here."), found=said[:20],
        remedy=_("Use one of %(list)s") % {"list": ", ".join(map(str, levels)) or "–"}, code="HW-U132",
    )  # fmt: skip


def _next_level(asked: Asked) -> int | None:
    known = levels_granted(asked.paths, settings.HEADWORKS_WORKSPACE, asked.version)
    below = [level for level, n in known[1:] if n <= _MOST_AT_ONCE]
    return below[0] if below else known[0][0] if known else None


def shown_of(request: HttpRequest, asked: Asked, level: int) -> MapShown:
    """The map of a request."""
    reader, where = request.reader, (asked.area.area_id, asked.paths)  # type: ignore[attr-defined]
    return map_shown(reader, where, level, (asked.analyte, asked.heading), (asked.period, asked.previous), asked.version)


def map_title(asked: Asked, level: int) -> str:
    """A sentence that says what is seen."""
    words = {"drug": drug_name(asked.heading, asked.analyte), "level": level_words(asked, level), "period": asked.period}
    if isinstance(asked.area, Granted):
        return _("%(drug)s in all my %(level)s, %(period)s") % words
    return _("%(drug)s in %(level)s of %(area)s, %(period)s") % {**words, "area": area_name(asked.area)}


def map_address(route: str, area_id: str, *more: Any) -> str:
    """Address of a part of the map of an area, or of all that the reader was granted."""
    return reverse(route, args=[area_id, *more]) if area_id else reverse(f"my-{route}", args=more)


def asked_here(request: HttpRequest, area_id: str) -> Asked:
    """What was asked of an area, or of all areas granted where none is named."""
    return asked_of(request, area_id) if area_id else asked_of_all(request)


def map_context(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """What a page needs of the map: the picture without a script, the legend, the table, and what the script reads."""
    level = chosen_level(asked, request.GET.get("level", ""))
    if level is None or asked.bar is None:
        return {"map": None}
    shown = shown_of(request, asked, level)
    reader: Reader = request.reader  # type: ignore[attr-defined]
    title = map_title(asked, level)
    query = {**asked.query, "level": str(level)}
    picture = kept(reader, ("picture", *shown.key), lambda: map_svg(shown, title, asked.query), len(shown.rows) // 4)
    is_long = len(shown.rows) > MOST_LINKED
    rows = "" if is_long else _kept_rows(reader, asked, shown, level)
    return {
        "map": {
            "title": title, "level": level, "shown": shown,
            "levels": [(one, level_words(asked, one)) for one in levels_below(asked)],
            "picture": mark_safe(picture), "rows": mark_safe(rows),  # noqa: S308
            "classes": [(legend_swatch("value", color), words) for _number, color, words in class_legend(shown.edges)],
            "states": [(legend_swatch(state), STATE_WORDS[state]) for state in STATES[1:]],
            "setup": _setup(asked, level, shown), "query": urlencode(query), "has_sites": _may_see_sites(request, asked),
            "is_schematic": shown.drawn.is_schematic, "unplaced": len(shown.drawn.unplaced), "n_round": shown.drawn.n_round,
            "round_words": level_words(asked, level), "table": map_address("map-table", asked.area.area_id),
            "files": [(kind.upper(), map_address("map-download", asked.area.area_id, kind)) for kind in ("png", "svg", "csv")],
            "extremes": _extremes(shown), "n_rows": len(shown.rows),
        }
    }  # fmt: skip


def _may_see_sites(request: HttpRequest, asked: Asked) -> bool:
    # Where several areas are shown at once, circles may stand far from their sites.
    return bool(asked.area.area_id) and bool(request.reader.has("view_samples", asked.area.path))  # type: ignore[attr-defined]


def _extremes(shown: MapShown) -> dict[str, list[str]]:
    """The three highest and the three lowest areas, for those who cannot see the map."""
    known = sorted((one for one in shown.rows if one.state == "value"), key=lambda one: middle_of_row(one.row or {}) or 0.0)
    return {"low": [one.name for one in known[:3]], "high": [one.name for one in known[:-4:-1]]}


def _setup(asked: Asked, level: int, shown: MapShown) -> dict[str, Any]:
    code = asked.area.area_id
    return {
        "cells": f"{map_address('map-cells', code, level)}?v={shown.drawn.version}",
        "figures": map_address("map-figures", code, level),
        "sites": reverse("map-sites", args=[code]) if code else "", "area": reverse("area", args=["AREA"]),
        "drug": asked.analyte, "period": asked.period, "periods": list(asked.bar.labels) if asked.bar else [],
        "colors": [color for _number, color, _words in class_legend(shown.edges)], "level": level,
        "words": {
            "hint": _("Arrow keys move between areas, Enter opens one, plus and minus zoom."), "loading": _("Loading the map"),
            "failed": _("The map could not be loaded; the picture and the table below say the same."),
            "scroll": _("Use Ctrl and scroll to zoom"), "touch": _("Use two fingers to move the map"),
            "zoom_in": _("Zoom in"), "zoom_out": _("Zoom out"), "map": _("Map"),
        },
    }  # fmt: skip


def _kept_rows(reader: Reader, asked: Asked, shown: MapShown, level: int) -> str:
    """Rows of the table twin, written once for all readers with the same rights."""

    def made() -> str:
        return _table_rows(shown, asked, spark_cells(reader, shown, asked.area.area_id, level))

    return kept(reader, ("rows", *shown.key), made, len(shown.rows) // 3)


def _table_rows(shown: MapShown, asked: Asked, courses: Mapping[str, str]) -> str:
    """Rows of the table twin: written at once, a template would take ten times as long."""
    kept, words = urlencode(asked.query), {state: str(word) for state, word in STATE_WORDS.items()}
    how = _("how computed")
    lines = []
    for one in shown.rows:
        row = one.row or {}
        middle = middle_of_row(row) if one.state == "value" else None
        computed = f'<a href="{reverse("computed", args=[one.area_id])}?{escape(kept)}">{how}</a>' if one.row else ""
        lines.append(
            f'<tr><th scope="row"><a href="{reverse("area", args=[one.area_id])}?{escape(kept)}">{escape(one.name)}</a></th>'
            f"<td>{words[one.state]}</td><td>{escape(one.said.words)}</td>"
            + _cell(middle, amount(middle)) + _cell(row.get("lower"), amount(row.get("lower")))
            + _cell(row.get("upper"), amount(row.get("upper"))) + _cell(row.get("coverage"), percent(row.get("coverage")))
            + courses.get(one.area_id, '<td></td><td class="number" data-value="">–</td>') + f"<td>{computed}</td></tr>"
        )  # fmt: skip
    return "".join(lines)


def _cell(value: float | None, text: str) -> str:
    return f'<td class="number" data-value="{"" if value is None else value}">{text}</td>'


@signed_in("view")
def map_table(request: HttpRequest, area_id: str = "") -> HttpResponse:
    """The table twin of a map on a page of its own, for maps of more areas than a page should hold."""
    asked = asked_here(request, area_id)
    level = chosen_level(asked, request.GET.get("level", ""))
    about(request, "map", f"{area_id} {level} {asked.period} {asked.analyte} table", asked.area.path)
    context: dict[str, Any] = {"area": asked.area, "asked": asked, "query": urlencode(asked.query), "table": None}
    context["crumbs"] = breadcrumbs(request.reader, asked.one) if area_id else []  # type: ignore[attr-defined]
    if level is not None and asked.bar is not None:
        shown = shown_of(request, asked, level)
        rows = _kept_rows(request.reader, asked, shown, level)  # type: ignore[attr-defined]
        context["table"] = {"title": map_title(asked, level), "rows": mark_safe(rows)}  # noqa: S308
    return render(request, "situation/map_table.html", context)


@signed_in("view")
def cells(request: HttpRequest, level: int, area_id: str = "") -> HttpResponse:
    """GeoJSON of the cells of a level: kept by the browser until the register or the boundaries change."""
    reader: Reader = request.reader  # type: ignore[attr-defined]
    area = require_area(reader, area_id) if area_id else None
    about(request, "map cells", area_id, area.path if area else "")
    body, version = cells_geojson((area.path,) if area else reader.roots("view"), level)
    tag = f'"{version}-{level}"'
    is_named = request.GET.get("v") == version
    cache = "private, max-age=86400, immutable" if is_named else "private, no-cache"
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(body, content_type="application/geo+json", headers={"Content-Encoding": "gzip"})
    # A browser that two readers share must ask again for the other one.
    for name, value in {"ETag": tag, "Cache-Control": cache, "Vary": "Cookie"}.items():
        response.headers[name] = value
    return response


@signed_in("view")
def figures(request: HttpRequest, level: int, area_id: str = "") -> HttpResponse:
    """State, class and sentence of every area of a level, for the map's script."""
    asked = asked_here(request, area_id)
    about(request, "map", f"{area_id} {level} {asked.period} {asked.analyte}", asked.area.path)
    chosen_level(asked, str(level))
    body = figures_body(request, asked, shown_of(request, asked, level), level)
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return HttpResponse(gzip.decompress(body), content_type="application/json")
    headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding, Cookie"}
    return HttpResponse(body, content_type="application/json", headers=headers)


def figures_body(request: HttpRequest, asked: Asked, shown: MapShown, level: int) -> bytes:
    """What the map's script reads of a level, gzipped."""
    key = ("map figures", *shown.key)
    return kept(request.reader, key, lambda: _figures_body(shown, asked, level), len(shown.rows) // 8)  # type: ignore[attr-defined]


def _figures_body(shown: MapShown, asked: Asked, level: int) -> bytes:
    """Gzipped: a sentence that many areas share (not sampled) is written once."""
    lines: dict[str, int] = {}
    areas = {
        one.area_id: [STATES.index(one.state), -1 if one.class_number is None else one.class_number, one.name,
                      lines.setdefault(one.said.line(), len(lines))]
        for one in shown.rows
    }  # fmt: skip
    said = {"period": asked.period, "drug": asked.analyte, "title": map_title(asked, level), "states": STATES,
            "lines": list(lines), "areas": areas}  # fmt: skip
    return gzip.compress(json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode(), 5, mtime=0)


@signed_in("view")
def sites(request: HttpRequest, area_id: str) -> HttpResponse:
    """Sites of an area as points, for readers who were granted samples; where a site stands as far as the tier says."""
    reader = request.reader  # type: ignore[attr-defined]
    area = require_area(reader, area_id)
    require_area(reader, area_id, "view_samples")
    about(request, "map sites", area_id, area.path)
    version = register_version()
    known = shown_sites(the_workspace(), reader.tier_at(area.path), version)
    features = []
    for site_id in sites_of(area, version):
        row = known.get(site_id)
        if row is None or row["latitude"] is None or row["longitude"] is None:
            continue
        features.append(
            {
                "type": "Feature",
                "properties": {"id": site_id, "name": row["name"] or site_id, "radius": radius_of(row["people"])},
                "geometry": {"type": "Point", "coordinates": [round(row["longitude"], 5), round(row["latitude"], 5)]},
            }
        )
    return JsonResponse({"type": "FeatureCollection", "features": features})
