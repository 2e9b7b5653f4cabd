"""Which site or area is meant, and its rows as a tier may see them: weeks of its trend, figures of weeks, sites behind it."""

from __future__ import annotations

import difflib
from typing import Any, NamedTuple

import polars as pl

from headworks.core.errors import UsageError
from headworks.jobs.area_figures import find_area
from headworks.jobs.disclosed import disclose
from headworks.jobs.disclosure import Disclosure
from headworks.places.catchments import site_area_people
from headworks.places.code_changes import carry_site_areas
from headworks.store import Manifest, read_result_of
from headworks.workflows.register import newest_code_date, with_ends, with_populations

NEAREST = 5
_OF_WEEKS = pl.col("period").str.contains("W")


class Unit(NamedTuple):
    """A site or an area, and what it is called."""

    kind: str
    unit_id: str
    name: str


def find_unit(disclosure: Disclosure, said: str) -> Unit:
    """A site by its id, or an area by id or name.

    Raises
    ------
    UsageError
        ``HW-U200``.
    """
    sites = disclosure.facts("sites").select("site_id", "name")
    if said in sites["site_id"].to_list():
        return Unit("site", said, sites.filter(site_id=said)["name"][0] or said)
    try:
        area_id, name = find_area(disclosure.facts("areas"), said)
    except UsageError as problem:
        near = difflib.get_close_matches(said, sites["site_id"].to_list(), n=NEAREST)
        hint = f"Did you mean site {', '.join(near)}? Areas: " if near else ""
        raise UsageError(
            "There is no such site or area.", found=said, code="HW-U200",
            remedy=f"{hint}look it up with `headworks areas find`, sites with `headworks show WORKSPACE sites`",
        ) from problem  # fmt: skip
    if area_id == "all":
        raise UsageError("A trend is of one site or area.", found=said, remedy="Name one", code="HW-U200")
    return Unit("area", area_id, name or area_id)


def trend_rows_of(disclosure: Disclosure, run: Manifest, unit: Unit) -> pl.DataFrame:
    """Weeks of a unit in ``trends``.

    Raises
    ------
    UsageError
        ``HW-U201`` where there is none, or none that the tier may see.
    """
    only = (pl.col("unit_kind") == unit.kind) & (pl.col("unit_id") == unit.unit_id)
    raw = read_result_of(disclosure.workspace, run, "trends", None, only)
    found = disclose(disclosure, "trends", raw)
    if found.frame.is_empty():
        withheld = f"{raw.height} weeks that {disclosure.tier} readers may not see" if raw.height else "no week"
        raise UsageError(
            f"There is no trend of this {unit.kind}.", where=unit.unit_id, found=withheld, code="HW-U201",
            remedy="Give another --tier" if raw.height else "A trend needs three sampled days of a residue, and a run",
        )  # fmt: skip
    return found.frame


def weeks_of(disclosure: Disclosure, run: Manifest, unit: Unit, residue: str) -> list[dict[str, Any]]:
    """Figures of weeks with ``state``, oldest first."""
    table, column = ("period_means", "site_id") if unit.kind == "site" else ("area_loads", "area_id")
    only = (pl.col(column) == unit.unit_id) & (pl.col("analyte") == residue) & _OF_WEEKS
    rows = disclose(disclosure, table, read_result_of(disclosure.workspace, run, table, None, only)).frame
    is_value = pl.col("detection").cast(pl.String) == "quantified"
    return (
        rows.with_columns(state=pl.when(is_value).then(pl.lit("value")).otherwise(pl.lit("below_limit")))
        .sort("period")
        .to_dicts()
    )


def sites_of(disclosure: Disclosure, unit: Unit) -> list[str]:
    """The site, or the sites that serve an area and are shown to the tier."""
    if unit.kind == "site":
        return [unit.unit_id]
    sites = with_populations(disclosure.facts("sites"), disclosure.facts("populations"))
    areas, changes = with_ends(disclosure.facts("areas")), disclosure.facts("code_changes")
    as_of = newest_code_date(areas, changes)
    site_areas, sites = carry_site_areas(disclosure.facts("site_areas"), sites, changes, areas, as_of)
    serving = site_area_people(sites, site_areas, areas, as_of).filter(area_id=unit.unit_id)
    shown = disclosure.sites.filter(~pl.col("is_suppressed")).select("site_id")
    return serving.join(shown, on="site_id", how="semi")["site_id"].unique().sort().to_list()


def shown_weeks(disclosure: Disclosure, run: Manifest, sites: list[str], residue: str) -> pl.DataFrame | None:
    """``site_id, period`` of the weeks whose figure of a site the tier is shown; None for who is shown everything."""
    if disclosure.rule.is_open:
        return None
    only = pl.col("site_id").is_in(sites) & (pl.col("analyte") == residue) & _OF_WEEKS
    rows = read_result_of(disclosure.workspace, run, "period_means", None, only)
    return disclose(disclosure, "period_means", rows).frame.select("site_id", "period")
