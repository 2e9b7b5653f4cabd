"""Routes of what stands behind figures: samples, measurements and daily loads of a site, a page at a time."""

from __future__ import annotations

from typing import Any, Literal

import polars as pl
from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from headworks.jobs.site_evidence import one_sample, sample_measurements, site_days, site_samples
from headworks.store import latest_run, read_manifests
from headworks.web.access.policy import NotVisible
from headworks.web.api.answers import REFUSALS, TABLE, Page, json_rows, rows_answer
from headworks.web.api.rows import DayConsumptionRow, LoadRow, MeasurementRow, SampleRow, listing
from headworks.web.api.seen import SeenSite, last_import, require_seen_site
from headworks.web.audit.middleware import about
from headworks.web.figures.sets import open_set
from headworks.web.opened import the_workspace

router = Router(tags=["evidence"])
SampleRows, MeasurementRows = listing("SampleRows", SampleRow), listing("MeasurementRows", MeasurementRow)
LoadRows = listing("LoadRows", LoadRow | DayConsumptionRow)


_DAY = r"^([0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))?$"


class Span(Schema):
    """Which days; of samples, the day on which their collection began (UTC)."""

    first: str = Field("", pattern=_DAY, description="First day, such as 2026-11-02.")
    last: str = Field("", pattern=_DAY, description="Last day.")


class ResidueFilter(Schema):
    """Which results."""

    analyte: str = Field("", max_length=80, description="Residue.")


class DayTable(Schema):
    """Which rows of days."""

    table: Literal["loads", "consumption"] = "loads"


@router.get(
    "/sites/{path:site_id}/samples", response={200: SampleRows, **REFUSALS}, openapi_extra=TABLE, summary="Samples of a site"
)
def samples(request: HttpRequest, site_id: str, span: Query[Span], page: Query[Page]) -> HttpResponse:
    """Samples of a site as collected, for tiers that see samples."""
    seen = _seen(request, site_id, "view_samples")
    rows = _within(site_samples(the_workspace(), site_id, seen.tier, last_import()), span)
    return rows_answer(request, rows, page, name="samples", area_path=seen.site.owner_path, tier=seen.tier)


@router.get(
    "/sites/{path:site_id}/measurements", response={200: MeasurementRows, **REFUSALS}, openapi_extra=TABLE,
    summary="Measurements of a site",
)  # fmt: skip
def measurements(
    request: HttpRequest,
    site_id: str,
    span: Query[Span],
    wanted: Query[ResidueFilter],
    page: Query[Page],
) -> HttpResponse:
    """Concentrations in the samples of a site, as released."""
    seen = _seen(request, site_id, "view_samples")
    taken = _within(site_samples(the_workspace(), site_id, seen.tier, last_import()), span)
    rows = sample_measurements(the_workspace(), taken, seen.tier, last_import())
    if wanted.analyte:
        rows = rows.filter(pl.col("analyte") == wanted.analyte)
    return rows_answer(request, rows, page, name="measurements", area_path=seen.site.owner_path, tier=seen.tier)


@router.get("/sites/{path:site_id}/loads", response={200: LoadRows, **REFUSALS}, openapi_extra=TABLE, summary="Days of a site")
def loads(request: HttpRequest, site_id: str, of: Query[DayTable], span: Query[Span], page: Query[Page]) -> HttpResponse:
    """Loads or consumption of the days of a site, for tiers that see days."""
    seen = _seen(request, site_id, "view")
    served = open_set(seen.tier)
    runs = {run.run_id: run for run in read_manifests(the_workspace())}
    run = runs.get(served.run_id) if served else latest_run(the_workspace())
    said = {"tier": seen.tier, "area_path": seen.site.owner_path}
    if run is None:
        return rows_answer(request, pl.DataFrame(), page, name=of.table, **said)
    weeks = frozenset[str]()
    if served is not None:
        of_weeks = served.rows("site_means", site_id)
        weeks = frozenset(of_weeks.filter(pl.col("state") != "suppressed")["period"].to_list())
    wanted = None
    if span.first or span.last:
        wanted = (span.first or "0000", span.last or "9999")
    rows = site_days(the_workspace(), run, of.table, site_id, seen.tier, weeks, wanted)
    return rows_answer(request, rows, page, name=of.table, run_id=run.run_id, **said)


@router.get(
    "/samples/{path:sample_id}/measurements", response={200: MeasurementRows, **REFUSALS}, openapi_extra=TABLE,
    summary="Measurements of a sample",
)  # fmt: skip
def measurements_of_sample(request: HttpRequest, sample_id: str, page: Query[Page]) -> HttpResponse:
    """Concentrations in a sample, as released."""
    rows, seen = _sample(request, sample_id)
    found = sample_measurements(the_workspace(), rows, seen.tier, last_import())
    return rows_answer(request, found, page, name="measurements", area_path=seen.site.owner_path, tier=seen.tier)


@router.get("/samples/{path:sample_id}", response={200: SampleRow, **REFUSALS}, summary="One sample")
def sample(request: HttpRequest, sample_id: str) -> Any:
    """A sample by its identifier."""
    rows, _seen_at = _sample(request, sample_id)
    return json_rows(rows)[0]


def _seen(request: HttpRequest, site_id: str, scope: str) -> SeenSite:
    seen = require_seen_site(request.reader, site_id, scope)  # type: ignore[attr-defined]
    about(request, "site", site_id, seen.site.owner_path)
    return seen


def _sample(request: HttpRequest, sample_id: str) -> tuple[pl.DataFrame, SeenSite]:
    found = one_sample(the_workspace(), sample_id)
    if found.is_empty():
        raise NotVisible(f"sample {sample_id}")
    seen = _seen(request, found["site_id"][0], "view_samples")
    about(request, "sample", sample_id, seen.site.owner_path)
    rows = site_samples(the_workspace(), seen.site.pk, seen.tier, last_import()).filter(pl.col("sample_id") == sample_id)
    if rows.is_empty():
        raise NotVisible(f"sample {sample_id}: withheld")
    return rows, seen


def _within(rows: pl.DataFrame, span: Span) -> pl.DataFrame:
    day = pl.col("collected_from").dt.date().dt.to_string("iso")
    if span.first:
        rows = rows.filter(day >= span.first)
    if span.last:
        rows = rows.filter(day <= span.last)
    return rows
