"""The map to take away: SVG and PNG with names, legend and source; CSV that no spreadsheet runs."""

from __future__ import annotations

import polars as pl
import vl_convert
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from headworks.core.errors import UsageError
from headworks.jobs.csv_text import disarmed_csv
from headworks.web.access.decorators import signed_in
from headworks.web.audit.chain import head
from headworks.web.audit.middleware import about
from headworks.web.figures.map_rows import MapShown
from headworks.web.figures.map_svg import map_file
from headworks.web.situation.maps import asked_here, chosen_level, map_title, shown_of

_PNG_SCALE = 2.0


@signed_in("view")
def map_download(request: HttpRequest, kind: str, area_id: str = "") -> HttpResponse:
    """The map as SVG, PNG or CSV, with names."""
    asked = asked_here(request, area_id)
    level = chosen_level(asked, request.GET.get("level", ""))
    about(request, "map", f"{area_id} {level} {asked.period} {asked.analyte} {kind}", asked.area.path, action="export")
    if level is None or asked.bar is None:
        raise UsageError(_("Nothing lies in this area that could be drawn."), found=area_id, code="HW-U133",
                         remedy=_("Choose the area above it"))  # fmt: skip
    shown = shown_of(request, asked, level)
    name = f"{area_id or 'areas'}-{level}-{asked.analyte}-{asked.period}.{kind}"
    if kind == "csv":
        return file_response(disarmed_csv(map_frame(shown)).encode(), "text/csv; charset=utf-8", name)
    source = _("Headworks · run %(run)s · %(tier)s readers · audit head %(head)s") % {
        "run": shown.run_id, "tier": shown.tier, "head": head()[:12]}  # fmt: skip
    drawn = map_file(shown, map_title(asked, level), source)
    if kind == "svg":
        return file_response(drawn.encode(), "image/svg+xml", name)
    return file_response(vl_convert.svg_to_png(drawn, scale=_PNG_SCALE), "image/png", name)


def map_frame(shown: MapShown) -> pl.DataFrame:
    """The map as a table: a row per area, sampled or not."""
    names = ("load_mg_per_1000_per_day", "lower", "upper", "coverage", "n_sites", "n_days")
    rows = [
        {"area_id": one.area_id, "name": one.name, "period": shown.period, "analyte": shown.analyte, "state": one.state,
         **{name: (one.row or {}).get(name) for name in names}, "ratio_to_previous": one.change.ratio,
         "ratio_lower": one.change.lower, "ratio_upper": one.change.upper}
        for one in shown.rows
    ]  # fmt: skip
    return pl.DataFrame(rows, infer_schema_length=None)


def file_response(body: bytes, content_type: str, name: str) -> HttpResponse:
    """A file to keep, named so that any system can save it."""
    safe = "".join(sign if sign.isalnum() or sign in "-_." else "-" for sign in name)
    response = HttpResponse(body, content_type=content_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, safe) or "attachment"
    response.headers["Cache-Control"] = "no-store"
    return response
