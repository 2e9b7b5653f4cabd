"""Routes of areas and sites."""

from __future__ import annotations

from typing import Any

import polars as pl
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from headworks.web.access.models import AreaNode, SiteNode
from headworks.web.access.policy import require_area, require_scope, visible_areas
from headworks.web.api.answers import REFUSALS, TABLE, Page, limit_of, rows_answer
from headworks.web.api.rows import AreaRow, SiteRow, listing
from headworks.web.api.seen import require_seen_site, tiers_of_sites
from headworks.web.audit.middleware import about

router = Router(tags=["places"])
AreaRows, SiteRows = listing("AreaRows", AreaRow), listing("SiteRows", SiteRow)
_AREA_SCHEMA = {
    "area_id": pl.String, "parent_id": pl.String, "level": pl.Int64, "name_en": pl.String, "name_zh": pl.String,
    "name_pinyin": pl.String, "population": pl.Float64, "tier": pl.String,
}  # fmt: skip
_SITE_SCHEMA = {
    "site_id": pl.String, "name": pl.String, "kind": pl.String, "area_id": pl.String, "population": pl.Float64,
    "latitude": pl.Float64, "longitude": pl.Float64, "tier": pl.String,
}  # fmt: skip


class AreaFilter(Schema):
    """Which areas."""

    search: str = Field("", max_length=100, description="Part of a name in any language, or of a code.")
    level: int = Field(0, ge=0, le=5, description="0 for every level.")
    inside: str = Field("", max_length=64, description="Only areas that lie in this one.")


class SiteFilter(Schema):
    """Which sites."""

    search: str = Field("", max_length=100, description="Part of a name or of an identifier.")
    area: str = Field("", max_length=64, description="Only sites that serve this area.")


@router.get("/areas", response={200: AreaRows, **REFUSALS}, openapi_extra=TABLE, summary="Areas of the reader")
def areas(request: HttpRequest, wanted: Query[AreaFilter], page: Query[Page]) -> HttpResponse:
    """Areas on which the reader may see figures, by code."""
    reader = request.reader  # type: ignore[attr-defined]
    require_scope(reader, "view")
    rows = visible_areas(reader)
    if wanted.inside:
        rows = rows.filter(path__startswith=require_area(reader, wanted.inside).path)
    return _areas(request, _searched(rows, wanted), page)


@router.get("/areas/{path:area_id}/children", response={200: AreaRows, **REFUSALS}, openapi_extra=TABLE, summary="Areas in it")
def children(request: HttpRequest, area_id: str, page: Query[Page]) -> HttpResponse:
    """Areas directly in an area."""
    reader = request.reader  # type: ignore[attr-defined]
    found = require_area(reader, area_id)
    return _areas(request, visible_areas(reader).filter(parent_id=found.pk), page, found.path)


@router.get("/sites", response={200: SiteRows, **REFUSALS}, openapi_extra=TABLE, summary="Sites of the reader")
def sites(request: HttpRequest, wanted: Query[SiteFilter], page: Query[Page]) -> HttpResponse:
    """Sites that serve an area of the reader and that the reader's tier is shown, by identifier."""
    reader = request.reader  # type: ignore[attr-defined]
    require_scope(reader, "view")
    tiers = tiers_of_sites(reader, "view")
    rows, path = SiteNode.objects.all(), ""
    if wanted.area:
        path = require_area(reader, wanted.area).path
        rows = rows.filter(Q(owner_path__startswith=path) | Q(places__area_path__startswith=path))
    if wanted.search:
        rows = rows.filter(Q(pk__icontains=wanted.search) | Q(name__icontains=wanted.search))
    if wanted.area or wanted.search:
        matching = set(rows.values_list("pk", flat=True))
        tiers = {site_id: tier for site_id, tier in tiers.items() if site_id in matching}
    limit = limit_of(request, page)
    cut = list(tiers)[page.offset : page.offset + limit]
    found = SiteNode.objects.in_bulk(cut) if len(cut) <= 500 else {one.pk: one for one in SiteNode.objects.all()}
    owners = _owners(reader, [found[site_id] for site_id in cut if site_id in found])
    made = [_site(found[site_id], tiers[site_id], owners) for site_id in cut if site_id in found]
    frame = pl.DataFrame(made, schema=_SITE_SCHEMA)
    return rows_answer(request, frame, page, name="sites", total=len(tiers), area_path=path)


# An identifier may hold a slash, so what takes all of an address comes last.
@router.get("/areas/{path:area_id}", response={200: AreaRow, **REFUSALS}, summary="One area")
def area(request: HttpRequest, area_id: str) -> Any:
    """An area by its code."""
    reader = request.reader  # type: ignore[attr-defined]
    found = require_area(reader, area_id)
    about(request, "area", area_id, found.path)
    return _area(request, found)


@router.get("/sites/{path:site_id}", response={200: SiteRow, **REFUSALS}, summary="One site")
def site(request: HttpRequest, site_id: str) -> Any:
    """A site by its identifier."""
    reader = request.reader  # type: ignore[attr-defined]
    seen = require_seen_site(reader, site_id, "view")
    about(request, "site", site_id, seen.site.owner_path)
    return _site(seen.site, seen.tier, _owners(reader, [seen.site]))


def _searched(rows: Any, wanted: AreaFilter) -> Any:
    if wanted.level:
        rows = rows.filter(level=wanted.level)
    if wanted.search:
        names = Q(pk__startswith=wanted.search)
        for column in ("name_en", "name_zh", "name_pinyin"):
            names |= Q(**{f"{column}__icontains": wanted.search})
        rows = rows.filter(names)
    return rows


def _areas(request: HttpRequest, rows: Any, page: Page, path: str = "") -> HttpResponse:
    limit = limit_of(request, page)
    made = [_area(request, one) for one in rows.order_by("pk")[page.offset : page.offset + limit]]
    frame = pl.DataFrame(made, schema=_AREA_SCHEMA)
    return rows_answer(request, frame, page, name="areas", total=rows.count(), area_path=path)


def _area(request: HttpRequest, one: AreaNode) -> dict[str, Any]:
    said = {name: getattr(one, name) for name in _AREA_SCHEMA if name != "tier"}
    return {**said, "tier": request.reader.tier_at(one.path)}  # type: ignore[attr-defined]


def _owners(reader: Any, found: list[SiteNode]) -> dict[str, str]:
    """By path, the code of the areas that own these sites, as far as the reader sees them."""
    paths = {one.owner_path for one in found}
    if len(paths) > 500:
        return dict(visible_areas(reader).values_list("path", "pk"))
    return dict(visible_areas(reader).filter(path__in=paths).values_list("path", "pk"))


def _site(one: SiteNode, tier: str, owners: dict[str, str]) -> dict[str, Any]:
    said = {name: getattr(one, name) for name in _SITE_SCHEMA if name not in ("tier", "area_id")}
    # Where a small site stands is nearly which houses drain to it: coordinates are for the stewards of the network.
    if tier != "steward":
        said |= {"latitude": None, "longitude": None}
    return {**said, "area_id": owners.get(one.owner_path), "tier": tier}
