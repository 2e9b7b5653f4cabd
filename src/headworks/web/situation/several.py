"""Landing page of who looks after several areas: all of them on one map, where it rose, and a table of each area's newest."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from headworks.web.access.models import AreaNode
from headworks.web.access.reader import Reader
from headworks.web.audit.middleware import about
from headworks.web.figures.indexed import indexed
from headworks.web.figures.kept import kept
from headworks.web.figures.naming import drug_name
from headworks.web.figures.periods import period_bar
from headworks.web.figures.scoped import area_figures
from headworks.web.figures.sentences import middle_of_row, said_of, state_of
from headworks.web.situation.asked import Asked, asked_of_all, drug_choice, roots_of
from headworks.web.situation.changes import got_worse, late_areas, uncovered_areas
from headworks.web.situation.maps import map_context

_MOST_LISTED = 30


def several_areas(request: HttpRequest) -> HttpResponse:
    """All areas that a reader was granted, together."""
    context = several_of(request)
    asked, roots = context["asked"], context["roots"]
    about(request, "areas", " ".join([*(root.area_id for root in roots), asked.period, asked.analyte]).strip())
    return render(request, "situation/choose.html", context)


def several_of(request: HttpRequest) -> dict[str, Any]:
    """What the page says of them."""
    reader: Reader = request.reader  # type: ignore[attr-defined]
    asked, roots = asked_of_all(request), roots_of(reader)
    context: dict[str, Any] = {
        "asked": asked, "area": asked.area, "bar": asked.bar, "roots": roots, "drugs": drug_choice(asked.figures),
        "query": urlencode(asked.query), "drug_query": urlencode({"drug": asked.analyte}), "map": None,
        "drug": drug_name(asked.heading, asked.analyte) if asked.heading else "",
    }  # fmt: skip
    if asked.bar is not None:
        key = ("roots", asked.paths, asked.period, asked.analyte, asked.version)
        lines = kept(reader, key, lambda: [_line(reader, asked, root) for root in roots])
        context |= {"lines": lines, **map_context(request, asked)}
        context |= _told(context["map"]["shown"]) if context["map"] else {}
    return context


def _told(shown: Any) -> dict[str, Any]:
    """What changed, what is late and what nobody covers, of the areas on the map."""
    worse, n_known = got_worse(shown)
    words = Counter(one.change.words for one in shown.rows)
    late, uncovered = late_areas(shown), uncovered_areas(shown)
    return {
        "worse": worse, "n_known": n_known, "n_rose": words["rose"] + words["appeared"],
        "n_fell": words["fell"] + words["disappeared"], "n_unclear": words["unclear"], "late": late[:_MOST_LISTED],
        "n_late": len(late), "uncovered": uncovered[:_MOST_LISTED], "n_uncovered": len(uncovered),
    }  # fmt: skip


def _line(reader: Reader, asked: Asked, root: AreaNode) -> dict[str, Any]:
    """The newest figure of an area up to the period shown, of the same kind of period."""
    index = indexed(area_figures(reader, root.area_id), "area_loads", root.area_id)
    labels = index.periods.get(asked.bar.period.kind, ()) if asked.bar else ()
    label = next((one for one in reversed(labels) if one <= asked.period and index.row(asked.analyte, one) is not None), "")
    there = asked._replace(area=root, figures=index, bar=period_bar(index.periods, label) if label else None)
    row = there.row() if label else None
    change = there.change() if label else None
    is_shown = row is not None and state_of(row) != "suppressed"
    return {
        "root": root, "label": label, "row": row, "said": said_of(row, change), "words": change.words if change else "none",
        "middle": middle_of_row(row) if row is not None and state_of(row) == "value" else None,
        "computed": there.href("computed") if is_shown else "",
    }  # fmt: skip
