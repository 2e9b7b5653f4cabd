"""The trend of an area or a site to take away: specification for the page's script, SVG, PNG, and CSV week by week."""

from __future__ import annotations

from typing import Any

import polars as pl
import vl_convert
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from headworks.jobs.csv_text import disarmed_csv
from headworks.reports.drawing.trend import trend_spec
from headworks.web.access.decorators import signed_in
from headworks.web.access.policy import NotVisible
from headworks.web.access.reader import Reader
from headworks.web.audit.middleware import about
from headworks.web.figures.indexed import indexed
from headworks.web.figures.kept import kept
from headworks.web.figures.scoped import site_figures
from headworks.web.situation.asked import asked_of, chosen_drug
from headworks.web.situation.downloads import LOCALES, PNG_SCALE, dates
from headworks.web.situation.map_files import file_response
from headworks.web.situation.sites import require_shown_site, site_bar
from headworks.web.situation.trends import Course, area_course, site_course

_FILED = [
    "unit_kind", "unit_id", "period", "drug", "analyte", "state", "level", "lower", "upper", "lower_total", "upper_total",
    "level_online", "change_per_year", "p_rising", "quarter_ratio", "quarter_ratio_lower", "quarter_ratio_upper", "p_rose",
    "n_days", "share_censored", "n_sites", "n_matched",
]  # fmt: skip


def _spec(course: Course, *, is_dark: bool, is_alone: bool = False) -> dict[str, Any]:
    # On a page the sentence stands above it already; a title wider than a phone would shrink the chart.
    words = {"title": course.title if is_alone else "", "axis": _("mg per 1,000 people a day, log scale"), **dates()}
    return trend_spec(course.points, words, is_dark=is_dark)


def _require(course: Course | None, unit: str) -> Course:
    if course is None:
        raise NotVisible(f"no trend of {unit}")
    return course


def _file(course: Course, kind: str) -> HttpResponse:
    name = f"{course.unit}-{course.analyte}-trend.{kind}"
    if kind == "csv":
        frame = pl.DataFrame(course.rows, infer_schema_length=None)
        frame = frame.select([one for one in _FILED if one in frame.columns])
        return file_response(disarmed_csv(frame).encode(), "text/csv; charset=utf-8", name)
    locale = LOCALES.get((get_language() or "en")[:2])
    said: dict[str, Any] = {"format_locale": locale, "time_format_locale": locale, "allowed_base_urls": []}
    spec = _spec(course, is_dark=False, is_alone=True)
    if kind == "svg":
        return file_response(vl_convert.vegalite_to_svg(spec, **said).encode(), "image/svg+xml", name)
    return file_response(vl_convert.vegalite_to_png(spec, scale=PNG_SCALE, **said), "image/png", name)


@signed_in("view")
def area_trend_chart(request: HttpRequest, area_id: str) -> HttpResponse:
    """The specification of an area's trend, for the page's script."""
    asked, reader = asked_of(request, area_id), request.reader  # type: ignore[attr-defined]
    about(request, "trend", f"{area_id} {asked.period} {asked.analyte}", asked.area.path)
    is_dark = request.GET.get("dark") == "1"
    key = ("trend chart", asked.area.path, asked.period, asked.analyte, is_dark)
    return JsonResponse(kept(reader, key, lambda: _spec(_require(area_course(reader, asked), area_id), is_dark=is_dark)))


@signed_in("view")
def area_trend_file(request: HttpRequest, area_id: str, kind: str) -> HttpResponse:
    """An area's trend as a picture or week by week."""
    asked = asked_of(request, area_id)
    about(request, "trend", f"{area_id} {asked.period} {asked.analyte} {kind}", asked.area.path, action="export")
    return _file(_require(area_course(request.reader, asked), area_id), kind)  # type: ignore[attr-defined]


def _of_site(request: HttpRequest, site_id: str, how: str = "", **more: str) -> Course:
    reader: Reader = request.reader  # type: ignore[attr-defined]
    shown = require_shown_site(reader, site_id)
    index = indexed(site_figures(reader, site_id), "site_means", site_id)
    bar, of = site_bar(request, index), chosen_drug(index, request.GET.get("drug", ""))
    about(request, "trend", f"site {site_id} {of[0]} {how}".strip(), shown.node.owner_path, **more)
    return _require(site_course(reader, site_id, shown.row["name"] or site_id, index, bar, of), site_id)


@signed_in("view")
def site_trend_chart(request: HttpRequest, site_id: str) -> HttpResponse:
    """The specification of a site's trend, for the page's script."""
    return JsonResponse(_spec(_of_site(request, site_id), is_dark=request.GET.get("dark") == "1"))


@signed_in("view")
def site_trend_file(request: HttpRequest, site_id: str, kind: str) -> HttpResponse:
    """A site's trend as a picture or week by week."""
    return _file(_of_site(request, site_id, kind, action="export"), kind)
