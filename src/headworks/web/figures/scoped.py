"""Figures for a reader: the policy between pages and prepared sets.

Of an area in a granted subtree the reader sees the set of the grant's tier. Of an area that own ones lie in, the public's
figures, and only where what is left when one's own is taken off could be published by itself. Of everything else nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import polars as pl

from headworks.core.disclosure import is_suppressed
from headworks.jobs.disclosure import rule_of
from headworks.web.access.models import AreaNode, SiteArea, SiteNode, codes_of
from headworks.web.access.policy import require_area, require_site, visible_areas, within
from headworks.web.access.reader import Reader
from headworks.web.access.roles import TIERS
from headworks.web.figures.sets import FigureSet, open_set
from headworks.web.opened import the_workspace

_EMPTY = pl.DataFrame(schema={"period": pl.String, "drug": pl.String, "analyte": pl.String, "state": pl.String})


class Figures(NamedTuple):
    """Rows, and by which tier and run they are shown; ``run_id`` is empty where nothing was prepared yet."""

    rows: pl.DataFrame
    tier: str
    run_id: str


def area_figures(reader: Reader, area_id: str, table: str = "area_loads") -> Figures:
    """Figures of an area that the reader was granted.

    Parameters
    ----------
    reader
        Who asks.
    area_id
        Area.
    table
        ``area_loads``, ``area_consumption``, ``area_changes``, ``area_trends`` or ``area_estimates``.

    Raises
    ------
    NotVisible
        For an area that is not there or not the reader's.
    """
    area = require_area(reader, area_id)
    return _read(open_set(reader.tier_at(area.path)), table, area_id, reader.tier_at(area.path))


def figures_above(reader: Reader, area: AreaNode, table: str = "area_loads") -> dict[str, Figures]:
    """Public figures of the areas that an own area lies in, nearest first, where they tell nothing of the neighbours.

    Those that the reader was granted as well come at their own tier.
    """
    found = {}
    for code in reversed(codes_of(area.path)[:-1]):
        above = AreaNode.objects.filter(pk=code).first()
        if above is None:
            continue
        if reader.has("view", above.path):
            found[code] = area_figures(reader, code, table)
        else:
            found[code] = _public_above(reader, above, table)
    return found


def _public_above(reader: Reader, above: AreaNode, table: str) -> Figures:
    figures = _read(open_set("public"), table, above.area_id, "public")
    own = [(open_set(reader.tier_at(mine.path)), mine.area_id) for mine in _own_in(reader, above)]
    known = [one.rows("area_loads", name) for one, name in own if one is not None]
    if figures.rows.is_empty() or not known:
        return figures
    key = [name for name in ("period", "analyte", "drug") if name in figures.rows.columns and name in known[0].columns]
    covered = (
        pl.concat([rows.select(*key, "population", "n_sites") for rows in known])
        .group_by(key)
        .agg(pl.col("population").sum().alias("_own"), pl.col("n_sites").cast(pl.Int64).sum().alias("_own_sites"))
    )
    of_above = open_set("public")
    whole = _EMPTY if of_above is None else of_above.rows("area_loads", above.area_id)
    rule = rule_of(the_workspace(), "public")
    left = whole.join(covered, on=key, how="left").with_columns(
        _left=pl.col("population") - pl.col("_own").fill_null(0.0),
        _sites=pl.col("n_sites").cast(pl.Int64) - pl.col("_own_sites").fill_null(0),
    )
    is_little = is_suppressed(pl.col("_left"), rule.floor, tier="public") | (pl.col("_sites") < rule.min_sites)
    gives_away = left.filter((pl.col("_left") > 0) & is_little).select(key).unique()
    hidden = figures.rows.join(gives_away, on=key, how="semi")
    if hidden.is_empty():
        return figures
    spoken = [name for name in ("area_id", "period", "drug", "analyte", "period_kind", "level") if name in hidden.columns]
    blank = hidden.select(spoken).with_columns(state=pl.lit("suppressed"))
    kept = figures.rows.join(gives_away, on=key, how="anti")
    return figures._replace(rows=pl.concat([kept, blank], how="diagonal"))


def _own_in(reader: Reader, above: AreaNode) -> list[AreaNode]:
    """The roots of the reader's grants that lie in an area."""
    roots = [root for root in reader.roots("view") if root.startswith(above.path) and root != above.path]
    return list(AreaNode.objects.filter(path__in=roots))


def site_figures(reader: Reader, site_id: str, table: str = "site_means") -> Figures:
    """Figures of a site that serves an area the reader was granted, at the tier of that area.

    Raises
    ------
    NotVisible
        For a site that is not there or not the reader's.
    """
    site = require_site(reader, site_id, "view")
    tier = tier_of_site(reader, site)
    return _read(open_set(tier), table, site_id, tier)


def figures_of_sites(reader: Reader, area_id: str, sites: Iterable[str], table: str = "site_means") -> dict[str, Figures]:
    """Figures of sites that serve an area the reader was granted, at the tier of that area; of other sites nothing.

    Raises
    ------
    NotVisible
        For an area that is not there or not the reader's.
    """
    area = require_area(reader, area_id)
    tier, wanted = reader.tier_at(area.path), list(sites)
    serving = SiteArea.objects.filter(within((area.path,), "area_path"), site_id__in=wanted).values_list("site_id", flat=True)
    known = set(serving)
    return {site: _read(open_set(tier), table, site, tier) for site in wanted if site in known}


def tier_of_site(reader: Reader, site: SiteNode) -> str:
    """The highest tier of a granted area that the site serves; of a catchment over two areas either may be it."""
    paths = [site.owner_path, *site.places.values_list("area_path", flat=True)]
    return max((reader.tier_at(path) for path in paths if path), key=TIERS.index, default="public")


def map_figures(reader: Reader, area_id: str, level: int, period: str, analyte: str) -> Figures:
    """Figures of all areas of a level that lie in an area, as far as the reader was granted them.

    Parameters
    ----------
    reader
        Who asks.
    area_id
        Area; empty for all that the reader was granted.
    level, period, analyte
        Which figures.

    Raises
    ------
    NotVisible
        For an area that is not there or not the reader's.
    """
    return _of_map(reader, area_id, level, lambda served: served.map_rows(period, analyte, level))


def map_trends(reader: Reader, area_id: str, level: int, year: str, analyte: str) -> Figures:
    """Weekly trends of a year of all areas of a level, as :func:`map_figures`."""
    return _of_map(reader, area_id, level, lambda served: served.trend_rows(year, analyte, level))


def _of_map(reader: Reader, area_id: str, level: int, rows_of: Callable[[FigureSet], pl.DataFrame]) -> Figures:
    mine = visible_areas(reader).filter(level=level)
    tier = lowest_tier(reader)
    if area_id:
        area = require_area(reader, area_id)
        mine, tier = mine.filter(path__startswith=area.path), reader.tier_at(area.path)
    inside = mine.values_list("area_id", "path")
    by_tier: dict[str, list[str]] = {}
    for code, path in inside:
        by_tier.setdefault(reader.tier_at(path), []).append(code)
    parts, run_id = [], ""
    for tier, codes in by_tier.items():
        served = open_set(tier)
        rows = None if served is None else rows_of(served)
        if served is not None and rows is not None and "area_id" in rows.columns:
            run_id = served.run_id
            parts.append(rows.filter(pl.col("area_id").is_in(codes)))
    rows = pl.concat(parts, how="diagonal") if parts else _EMPTY.with_columns(area_id=pl.lit("", pl.String))
    return Figures(rows, tier, run_id)


def lowest_tier(reader: Reader) -> str:
    """The lowest tier at which the reader sees one of the areas granted: what holds for all of a map of them."""
    return min((reader.tier_at(root) for root in reader.roots("view")), key=TIERS.index, default="public")


def _read(served: FigureSet | None, table: str, unit: str, tier: str) -> Figures:
    if served is None:
        return Figures(_EMPTY, tier, "")
    return Figures(served.rows(table, unit), tier, served.run_id)
