"""Figures and charts to take away: CSV that no spreadsheet runs, JSON, and the chart as specification, SVG or PNG."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import vl_convert
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from headworks.jobs.csv_text import disarmed_csv
from headworks.reports.drawing.series import series_spec
from headworks.web.access.decorators import signed_in
from headworks.web.audit.middleware import about
from headworks.web.figures.indexed import Row, indexed
from headworks.web.figures.kept import kept
from headworks.web.figures.naming import drug_name
from headworks.web.figures.scoped import area_figures, site_figures
from headworks.web.figures.sentences import middle_of_row, said_of, state_of
from headworks.web.figures.templatetags.figures import area_name
from headworks.web.situation.asked import Asked, asked_of, chosen_drug, course_labels, first_day
from headworks.web.situation.map_files import file_response
from headworks.web.situation.sites import require_shown_site, site_bar

PNG_SCALE = 2.0
# How dates stand on an axis where a day does not come first.
_DATES = {language: {"days": "%-m月%-d日", "months": "%Y年%-m月"} for language in ("zh", "ja")}
LOCALES = {"zh": "zh-CN", "ja": "ja-JP"}
# Columns that say what is in the file, in the order they stand there.
_FILED = [
    "area_id", "period", "period_kind", "drug", "analyte", "state", "load_mg_per_1000_per_day", "lower", "upper", "detection",
    "share_censored", "population", "area_population", "coverage", "n_sites", "n_nested", "n_days", "u_day",
    "u_batch", "u_site",
]  # fmt: skip


def chart_rows(rows: Sequence[tuple[str, Row | None]]) -> list[dict[str, Any]]:
    """Rows of a course for the chart, oldest first: a new run after each gap, nothing where nothing is shown."""
    found, run = [], 0
    for label, row in rows:
        state = state_of(row)
        if row is None or state not in ("value", "below_limit"):
            run += 1
            continue
        if state == "below_limit":
            run += 1
        said = said_of(row)
        found.append({
            "first": first_day(label), "period": label, "state": state, "middle": middle_of_row(row), "run": run,
            "lower": row.get("lower"), "upper": row.get("upper"), "hover": f"{label}: {said.number} ({said.interval})",
        })  # fmt: skip
    return found


def dates() -> dict[str, str]:
    """How dates stand on an axis in the reader's language, where a day does not come first."""
    return _DATES.get((get_language() or "en")[:2], {})


def _area_spec(asked: Asked, *, is_dark: bool) -> dict[str, Any]:
    rows = chart_rows([(label, asked.row(period=label)) for label in course_labels(asked.bar)])
    title = _("%(drug)s in %(area)s, to %(period)s: bars are 95 %% intervals, triangles the limit of what was not quantified")
    said = {"drug": drug_name(asked.heading, asked.analyte), "area": area_name(asked.area), "period": asked.period}
    words = {"title": title % said, "axis": _("mg per 1,000 people a day, log scale"), **dates()}
    return series_spec(rows, words, is_dark=is_dark)


@signed_in("view")
def area_chart(request: HttpRequest, area_id: str) -> HttpResponse:
    """The specification of an area's chart, for the page's script."""
    asked = asked_of(request, area_id)
    about(request, "chart", f"{area_id} {asked.period} {asked.analyte}", asked.area.path)
    is_dark = request.GET.get("dark") == "1"
    key = ("chart", asked.area.path, asked.period, asked.analyte, is_dark)
    return JsonResponse(kept(request.reader, key, lambda: _area_spec(asked, is_dark=is_dark)))  # type: ignore[attr-defined]


@signed_in("view")
def area_chart_file(request: HttpRequest, area_id: str, kind: str) -> HttpResponse:
    """An area's chart as SVG or PNG, as it stands in a report."""
    asked = asked_of(request, area_id)
    about(request, "chart", f"{area_id} {asked.period} {asked.analyte} {kind}", asked.area.path, action="export")
    spec, locale = _area_spec(asked, is_dark=False), LOCALES.get((get_language() or "en")[:2])
    name = f"{area_id}-{asked.analyte}-{asked.period}.{kind}"
    said: dict[str, Any] = {"format_locale": locale, "time_format_locale": locale, "allowed_base_urls": []}
    if kind == "svg":
        return file_response(vl_convert.vegalite_to_svg(spec, **said).encode(), "image/svg+xml", name)
    return file_response(vl_convert.vegalite_to_png(spec, scale=PNG_SCALE, **said), "image/png", name)


@signed_in("view")
def area_figures_file(request: HttpRequest, area_id: str, kind: str) -> HttpResponse:
    """All figures of an area at the reader's tier; withheld ones are rows without numbers."""
    asked = asked_of(request, area_id)
    about(request, "area figures", f"{area_id} {kind}", asked.area.path, action="export")
    frame = area_figures(request.reader, area_id).rows  # type: ignore[attr-defined]
    frame = frame.select([name for name in _FILED if name in frame.columns])
    if kind == "csv":
        return file_response(disarmed_csv(frame).encode(), "text/csv; charset=utf-8", f"{area_id}-figures.csv")
    said = {"run_id": asked.run_id, "tier": asked.tier, "unit": "mg per 1,000 people a day", "figures": frame.to_dicts()}
    return file_response(json.dumps(said, ensure_ascii=False).encode(), "application/json", f"{area_id}-figures.json")


@signed_in("view")
def site_chart(request: HttpRequest, site_id: str) -> HttpResponse:
    """The specification of a site's chart, for the page's script."""
    site = require_shown_site(request.reader, site_id)  # type: ignore[attr-defined]
    index = indexed(site_figures(request.reader, site_id), "site_means", site_id)  # type: ignore[attr-defined]
    bar, (analyte, heading) = site_bar(request, index), chosen_drug(index, request.GET.get("drug", ""))
    about(request, "chart", f"site {site_id} {analyte}", site.node.owner_path)
    rows = chart_rows([(label, index.row(analyte, label)) for label in course_labels(bar)])
    title = _("%(drug)s at %(site)s: bars are 95 %% intervals, triangles the limit of what was not quantified")
    words = {"title": title % {"drug": drug_name(heading, analyte), "site": site.row["name"] or site_id},
             "axis": _("mg per 1,000 people a day, log scale"), **dates()}  # fmt: skip
    return JsonResponse(series_spec(rows, words, is_dark=request.GET.get("dark") == "1"))
