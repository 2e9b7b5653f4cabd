"""What a report is made of, and what its reader may see of it.

Everything a report says is computed from a :class:`View`: the tables cut down to the area, to the drugs asked for and to
the sites whose population reaches the floor of the reader's tier. The cut is made once, here, before any figure: a site
below the floor is counted and nothing else of it goes on. The trap: no total may include a suppressed site, or it could
be found by subtraction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from headworks.core.disclosure import is_suppressed
from headworks.core.errors import DataRefused
from headworks.core.periods import Period
from headworks.reports.area_tables import AreaTables
from headworks.reports.content import Label

EVERYWHERE = "all"
_SITE_TABLES = ("weekly_means", "period_means", "period_consumption", "changes", "inconsistent_means")


@dataclass(frozen=True)
class SituationTables:
    """The tables behind a situation report, as the rooms and the workspace give them.

    ``sites`` has the columns of the shelf's table plus ``country`` and ``city``; ``names`` has kind (``drug`` or
    ``analyte``), id, name_en, name_zh; ``factors`` one row per drug and analyte of the parameter set; ``method`` the facts of
    the run; ``days``, where given, one row per site, day (or year and weekday) and analyte; ``of_areas`` the figures of areas.

    Where ``sites`` has a column ``why``, it says why a site is withheld from the reader, and nothing else is asked; without it
    the floor of the request decides.
    """

    areas: pl.DataFrame
    sites: pl.DataFrame
    weekly_means: pl.DataFrame
    period_means: pl.DataFrame
    period_consumption: pl.DataFrame
    changes: pl.DataFrame
    inconsistent_means: pl.DataFrame
    names: pl.DataFrame
    factors: pl.DataFrame
    method: Mapping[str, Any]
    days: pl.DataFrame | None = None
    of_areas: AreaTables | None = None


@dataclass(frozen=True)
class ReportRequest:
    """Which area and period, for whom, and in which language."""

    area_id: str
    area_name: str
    period: Period
    language: str = "en"
    tier: str = "analyst"
    floor: int = 1_000
    drugs: tuple[str, ...] | list[str] | None = None


@dataclass(frozen=True)
class View:
    """The tables cut to what this reader may see; ``sites`` has a ``label`` that is unique."""

    tables: SituationTables
    request: ReportRequest
    sites: pl.DataFrame
    drugs: tuple[str, ...]
    n_suppressed: int
    n_suppressed_sampled: int
    n_unknown: int

    def name(self, kind: str, name_id: str) -> Label:
        """The name of a drug or analyte; its id where none is given. A residue beside another has both names."""
        found = self.tables.names.filter((pl.col("kind") == kind) & (pl.col("id") == name_id))
        drug, mark, residue = name_id.partition(": ")
        if found.is_empty() and mark:
            both = self.name("drug", drug), self.name("analyte", residue)
            return Label(f"{both[0].en}: {both[1].en}", f"{both[0].zh or both[0].en}：{both[1].zh or both[1].en}")
        if found.is_empty():
            return Label(name_id)
        return Label(found["name_en"][0] or name_id, found["name_zh"][0])

    @property
    def is_deep(self) -> bool:
        """Whether the report speaks of areas before sites."""
        return self.tables.of_areas is not None and self.tables.of_areas.is_deep

    def analyte(self, drug: str) -> str:
        """The residue a drug is read from: that of the factors where it was measured, else the most measured one."""
        measured = _measured(self.tables).filter(pl.col("drug") == drug)
        counts = measured.group_by("analyte").len().sort(["len", "analyte"], descending=[True, False])
        known = counts["analyte"].to_list()
        factors = self.tables.factors.filter(pl.col("drug") == drug)
        if "use" in factors.columns:
            factors = factors.sort(pl.col("use") != "primary", maintain_order=True)
        listed = factors["analyte"].to_list()
        return next((name for name in listed if name in known), known[0] if known else "")


def _measured(tables: SituationTables) -> pl.DataFrame:
    """Drug and analyte of every site's mean; where no site may be shown, of every area's figure."""
    pairs = tables.period_means.select(pl.col("drug", "analyte").cast(pl.String))
    if pairs.is_empty() and tables.of_areas is not None:
        both = (tables.of_areas.loads, tables.of_areas.withheld)
        pairs = pl.concat([frame.select(pl.col("drug", "analyte").cast(pl.String)) for frame in both])
    return pairs


def _areas_within(areas: pl.DataFrame, area_id: str) -> set[str]:
    """The area and every area below it."""
    inside = {area_id}
    pairs = areas.select("area_id", "parent_id").rows()
    grown = True
    while grown:
        below = {child for child, parent in pairs if parent in inside} - inside
        inside |= below
        grown = bool(below)
    return inside


def _labelled(sites: pl.DataFrame) -> pl.DataFrame:
    """Sites with the name readers know them by: city, else name, else id; made unique with the id."""
    said = pl.coalesce(pl.col("city"), pl.col("name"), pl.col("site_id"))
    return sites.with_columns(label=said).with_columns(
        label=pl.when(pl.col("label").is_duplicated())
        .then(pl.col("label") + " · " + pl.col("site_id"))
        .otherwise(pl.col("label"))
    )


def _select_seen(tables: SituationTables, sites: pl.DataFrame, drugs: tuple[str, ...]) -> SituationTables:
    kept: dict[str, Any] = {}
    for name in _SITE_TABLES:
        frame: pl.DataFrame = getattr(tables, name)
        kept[name] = frame.filter(pl.col("drug").is_in(drugs)).join(sites.select("site_id"), on="site_id", how="semi")
    if tables.days is not None:
        kept["days"] = tables.days.join(sites.select("site_id"), on="site_id", how="semi")
    return SituationTables(
        areas=tables.areas, sites=sites, names=tables.names, factors=tables.factors, method=tables.method,
        of_areas=tables.of_areas, **{"days": None, **kept},
    )  # fmt: skip


def select_view(tables: SituationTables, request: ReportRequest) -> View:
    """The tables as the reader of the request may see them, and how many sites were left out.

    Raises
    ------
    DataRefused
        ``HW-D004`` when the area holds no site at all.
    """
    scope = tables.sites
    if request.area_id != EVERYWHERE:
        scope = scope.filter(pl.col("area_id").is_in(_areas_within(tables.areas, request.area_id)))
    if scope.is_empty():
        raise DataRefused(
            "The area has no sites.",
            where=request.area_id,
            found="0 sites",
            remedy="Import the table of sites, or ask for 'all'",
            code="HW-D004",
        )
    is_below = is_suppressed(pl.col("population_served"), request.floor, tier=request.tier)
    hidden = scope.filter(pl.col("why").is_not_null() if "why" in scope.columns else is_below)
    seen = _labelled(scope.join(hidden.select("site_id"), on="site_id", how="anti").sort("site_id"))
    present = tables.period_means.filter(pl.col("period") == request.period.label)
    measured = {*tables.period_means.join(seen.select("site_id"), on="site_id", how="semi")["drug"].to_list()}
    if tables.of_areas is not None:
        measured |= {*tables.of_areas.loads["drug"].to_list(), *tables.of_areas.withheld["drug"].to_list()}
    asked = tuple(request.drugs) if request.drugs else tuple(sorted(measured))
    unknown = tables.period_means.select("site_id").unique().join(tables.sites.select("site_id"), on="site_id", how="anti")
    return View(
        tables=_select_seen(tables, seen, asked),
        request=request,
        sites=seen,
        drugs=asked,
        n_suppressed=hidden.height,
        n_suppressed_sampled=hidden.join(present, on="site_id", how="semi").height,
        n_unknown=unknown.height,
    )
