"""Routes of figures: of areas and of sites, as they were cut to the tier of the reader."""

from __future__ import annotations

from typing import Literal

import polars as pl
from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from headworks.core.periods import Period
from headworks.web.access.policy import require_area
from headworks.web.api.answers import REFUSALS, TABLE, Page, rows_answer, tag_of, unchanged
from headworks.web.api.rows import AreaFigureRow, ChangeRow, ConsumptionRow, SiteFigureRow, listing
from headworks.web.api.seen import require_seen_site
from headworks.web.audit.middleware import about
from headworks.web.figures.scoped import Figures, area_figures, site_figures
from headworks.web.figures.sets import open_set

router = Router(tags=["figures"])
AreaFigureRows, SiteFigureRows = listing("AreaFigureRows", AreaFigureRow), listing("SiteFigureRows", SiteFigureRow)
ChangeRows, ConsumptionRows = listing("ChangeRows", ChangeRow), listing("ConsumptionRows", ConsumptionRow)
PERIOD = r"^([0-9]{4}(-(W(0[1-9]|[1-4][0-9]|5[0-3])|Q[1-4]|H[12]|0[1-9]|1[0-2]))?)?$"


class FigureFilter(Schema):
    """Which figures."""

    period: str = Field("", pattern=PERIOD, description="2026-W46, 2026-11, 2026-Q4, 2026-H2 or 2026.")
    kind: Literal["", "week", "month", "quarter", "half_year", "year"] = Field("", description="Kind of period.")
    drug: str = Field("", max_length=80)
    analyte: str = Field("", max_length=80, description="Residue.")
    state: Literal["", "value", "below_limit", "suppressed"] = ""


class AreaTable(Schema):
    """Which figures of an area."""

    table: Literal["area_loads", "area_consumption", "area_changes"] = "area_loads"


class SiteTable(Schema):
    """Which figures of a site."""

    table: Literal["site_means", "site_consumption", "site_changes"] = "site_means"


@router.get(
    "/areas/{path:area_id}/figures",
    response={200: AreaFigureRows, **REFUSALS},
    openapi_extra=TABLE,
    summary="Figures of an area",
)
def figures(
    request: HttpRequest, area_id: str, of: Query[AreaTable], wanted: Query[FigureFilter], page: Query[Page]
) -> HttpResponse:
    """Loads, consumption or changes of an area, by drug and period."""
    return _of_area(request, area_id, of.table, wanted, page)


@router.get(
    "/areas/{path:area_id}/changes", response={200: ChangeRows, **REFUSALS}, openapi_extra=TABLE, summary="What changed"
)
def changes(request: HttpRequest, area_id: str, wanted: Query[FigureFilter], page: Query[Page]) -> HttpResponse:
    """What changed in an area against a year earlier."""
    return _of_area(request, area_id, "area_changes", wanted, page)


@router.get(
    "/areas/{path:area_id}/consumption",
    response={200: ConsumptionRows, **REFUSALS},
    openapi_extra=TABLE,
    summary="Consumption",
)
def consumption(request: HttpRequest, area_id: str, wanted: Query[FigureFilter], page: Query[Page]) -> HttpResponse:
    """Consumption and doses in an area, for quarters and longer."""
    return _of_area(request, area_id, "area_consumption", wanted, page)


@router.get(
    "/sites/{path:site_id}/figures",
    response={200: SiteFigureRows, **REFUSALS},
    openapi_extra=TABLE,
    summary="Figures of a site",
)
def of_site(
    request: HttpRequest, site_id: str, of: Query[SiteTable], wanted: Query[FigureFilter], page: Query[Page]
) -> HttpResponse:
    """Means, consumption or changes of a site, by drug and period."""
    reader = request.reader  # type: ignore[attr-defined]
    seen = require_seen_site(reader, site_id, "view")
    about(request, "site", site_id, seen.site.owner_path)
    return _answer(request, site_figures(reader, site_id, of.table), of.table, wanted, page, seen.site.owner_path)


def _of_area(request: HttpRequest, area_id: str, table: str, wanted: FigureFilter, page: Page) -> HttpResponse:
    reader = request.reader  # type: ignore[attr-defined]
    area = require_area(reader, area_id)
    about(request, "area", area_id, area.path)
    # The tag is known before a row is read.
    served = open_set(reader.tier_at(area.path))
    tag = tag_of(request, reader, served.run_id if served else "", page)
    same = unchanged(request, tag, "area", area_id, area.path)
    return same or _answer(request, area_figures(reader, area_id, table), table, wanted, page, area.path)


def _answer(request: HttpRequest, found: Figures, table: str, wanted: FigureFilter, page: Page, path: str) -> HttpResponse:
    rows = _selected(found.rows, wanted)
    tag = tag_of(request, request.reader, found.run_id, page)  # type: ignore[attr-defined]
    return rows_answer(request, rows, page, name=table, tag=tag, area_path=path, run_id=found.run_id, tier=found.tier)


def _selected(rows: pl.DataFrame, wanted: FigureFilter) -> pl.DataFrame:
    for column in ("period", "drug", "analyte", "state"):
        said = getattr(wanted, column)
        if said and column in rows.columns:
            rows = rows.filter(pl.col(column) == said)
    if wanted.kind:
        labels = [label for label in rows["period"].unique().to_list() if Period.parse(label).kind == wanted.kind]
        rows = rows.filter(pl.col("period").is_in(labels))
    return rows
