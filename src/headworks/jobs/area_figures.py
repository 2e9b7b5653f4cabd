"""The figures of areas behind a report: the area, what it lies in and what lies in it, cut to what a tier may see."""

from __future__ import annotations

import shlex

import polars as pl

from headworks.core.errors import UsageError
from headworks.core.periods import Period
from headworks.jobs.areas import read_boundaries
from headworks.jobs.disclosed import disclose
from headworks.jobs.disclosure import Disclosure
from headworks.places import ancestors_table, schematic_boundaries
from headworks.places.area_tree import areas_at
from headworks.places.boundaries import AreaBoundary, larger_boundaries
from headworks.places.catchments import site_area_people
from headworks.places.code_changes import carry_site_areas
from headworks.reports import AreaTables
from headworks.store import Manifest, read_result_of
from headworks.workflows.parts import part_of_label
from headworks.workflows.register import newest_code_date, with_ends, with_populations

# The shipped map has a cell for counties of these code systems.
_SCHEMATIC_DIGITS = 2
EVERYWHERE = "all"


def area_tables(
    disclosure: Disclosure, run: Manifest, area_id: str | None, period: Period, drugs: list[str] | None = None
) -> AreaTables:
    """Figures of an area, of those above it and of those in it.

    Parameters
    ----------
    disclosure, run
        Tier, and the run whose results are shown.
    area_id
        None for everything; where one area lies above all others it is the one.
    period
        Period of the figures.
    drugs
        Headings wanted; all when None.
    """
    tree = tree_of(disclosure)
    if area_id is None:
        tops = tree.filter(pl.col("parent_id").is_null())["area_id"].to_list()
        area_id = tops[0] if len(tops) == 1 else None
    tree = scope_of(tree, area_id)
    frames, withheld = {}, pl.DataFrame()
    for name in ("area_loads", "area_consumption", "area_changes"):
        raw = _rows(disclosure, run, name, tree, period, drugs)
        frames[name] = disclose(disclosure, name, raw).frame
        if name == "area_loads":
            withheld = raw.join(frames[name], on=["area_id", "analyte"], how="anti").select("area_id", "drug", "analyte")
    here = shlex.quote(str(disclosure.workspace.path))
    trends, weeks = trend_of_focus(disclosure, run, area_id, period, drugs)
    return AreaTables(
        focus=area_id, tree=tree, loads=frames["area_loads"], consumption=frames["area_consumption"],
        changes=frames["area_changes"], withheld=withheld, shapes={}, computed={}, events=pl.DataFrame(),
        nonconformities=pl.DataFrame(), populations=pl.DataFrame(), trends=trends, weeks=weeks,
        command=f"headworks report {here} --tier {disclosure.tier} --period {period.label} --area",
    )  # fmt: skip


def tree_of(disclosure: Disclosure) -> pl.DataFrame:
    """Areas of the newest day the codes know: ``area_id, parent_id, level, name_en, name_zh, population``."""
    areas = with_ends(disclosure.facts("areas"))
    as_of = newest_code_date(areas, disclosure.facts("code_changes"))
    rows = areas_at(areas, as_of).unique("area_id", keep="last", maintain_order=True).sort("level", "area_id")
    known = rows["area_id"].implode()
    parent = pl.when(pl.col("parent_id").is_in(known)).then(pl.col("parent_id"))
    return rows.select("area_id", parent.alias("parent_id"), "level", "name_en", "name_zh", "population")


def scope_of(tree: pl.DataFrame, area_id: str | None) -> pl.DataFrame:
    """The area, what it lies in and what lies in it; all areas for None.

    Raises
    ------
    UsageError
        ``HW-U015`` when the area is not among those of the day.
    """
    if area_id is None:
        return tree
    parents = dict(tree.select("area_id", "parent_id").rows())
    if area_id not in parents:
        raise UsageError(
            "The code of this area is no longer used.", found=area_id,
            remedy="Find what it became with `headworks areas find`", code="HW-U015",
        )  # fmt: skip
    wanted, above = {area_id}, parents[area_id]
    while above is not None:
        wanted.add(above)
        above = parents[above]
    grown = {area_id}
    while grown:
        grown = {area for area, parent in parents.items() if parent in grown} - wanted
        wanted |= grown
    return tree.filter(pl.col("area_id").is_in(sorted(wanted)))


def areas_inside(made: AreaTables) -> list[str]:
    """The focus and the areas in it; all where there is no focus."""
    if made.focus is None:
        return made.tree["area_id"].to_list()
    own = made.tree.filter(pl.col("area_id") == made.focus)["level"]
    inside = made.tree.filter((pl.col("level") > (own[0] if own.len() else 0)) | (pl.col("area_id") == made.focus))
    return inside["area_id"].to_list()


def sites_within(disclosure: Disclosure, made: AreaTables) -> pl.DataFrame:
    """``site_id`` of the sites to which residents of the area drain."""
    sites = with_populations(disclosure.facts("sites"), disclosure.facts("populations"))
    areas, changes = with_ends(disclosure.facts("areas")), disclosure.facts("code_changes")
    as_of = newest_code_date(areas, changes)
    site_areas, sites = carry_site_areas(disclosure.facts("site_areas"), sites, changes, areas, as_of)
    people = site_area_people(sites, site_areas, areas, as_of)
    return people.filter(pl.col("area_id").is_in(areas_inside(made))).select("site_id").unique().sort("site_id")


def boundaries_of(disclosure: Disclosure, tree: pl.DataFrame) -> dict[str, AreaBoundary]:
    """The operator's boundaries, the shipped map's where there are none, and what they make of the areas above."""
    known = set(tree["area_id"])
    found: dict[str, AreaBoundary] = {}
    for province in sorted({code[:_SCHEMATIC_DIGITS] for code in known if code.isdecimal()}):
        try:
            found |= schematic_boundaries(province)
        except UsageError:
            continue
    own = read_boundaries(disclosure.workspace)
    levels = dict(tree.select("area_id", "level").rows())
    # A map is of one kind: where an operator has loaded a level, no schematic cell stands beside it.
    loaded = {levels[code] for code in own if code in levels}
    found = {code: shape for code, shape in found.items() if code in known and levels[code] not in loaded}
    found |= {code: shape for code, shape in own.items() if code in known}
    if not found:
        return {}
    areas = with_ends(disclosure.facts("areas"))
    as_of = newest_code_date(areas, disclosure.facts("code_changes"))
    larger = larger_boundaries(found, ancestors_table(areas, as_of))
    return {code: shape for code, shape in larger.items() if code in known}


def _rows(
    disclosure: Disclosure, run: Manifest, name: str, tree: pl.DataFrame, period: Period, drugs: list[str] | None
) -> pl.DataFrame:
    only = (pl.col("period") == period.label) & pl.col("area_id").is_in(tree["area_id"].implode())
    if drugs:
        only = only & pl.col("drug").is_in(drugs)
    return read_result_of(disclosure.workspace, run, name, [part_of_label(period.label)], only)


def trend_of_focus(
    disclosure: Disclosure, run: Manifest, area_id: str | None, period: Period, drugs: list[str] | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Weekly trend of an area up to the end of a period, and its weekly figures with ``state``, as the tier may see them.

    Two years at most: what a panel of a page can show week by week.
    """
    last = Period.containing(period.last, "week").label
    years = [str(period.last.year - back) for back in (1, 0)]
    frames = []
    for name, unit in (("trends", "unit_id"), ("area_loads", "area_id")):
        only = (pl.col(unit) == (area_id or "")) & (pl.col("period") <= last) & pl.col("period").str.contains("W")
        only &= pl.col("unit_kind") == "area" if name == "trends" else pl.lit(value=True)
        only &= pl.col("drug").is_in(drugs) if drugs else pl.lit(value=True)
        parts = [part for part in run.results.get(name, {}).get("parts", {}) if part[:4] in years]
        raw = read_result_of(disclosure.workspace, run, name, parts, only)
        frames.append(disclose(disclosure, name, raw).frame.sort("period"))
    is_value = pl.col("detection").cast(pl.String) == "quantified"
    state = pl.when(is_value).then(pl.lit("value")).otherwise(pl.lit("below_limit"))
    return frames[0], frames[1].with_columns(state=state)


def find_area(areas: pl.DataFrame, said: str, language: str = "en") -> tuple[str, str]:
    """Id and name of the area that was meant: by id, by a whole name, by part of one name.

    Raises
    ------
    UsageError
        ``HW-U015`` when none or several are meant.
    """
    if said.lower() == EVERYWHERE:
        return EVERYWHERE, ""
    latest = areas.sort("valid_from").unique("area_id", keep="last").sort("level", "area_id")
    order = ("name_zh", "name_en", "area_id") if language == "zh" else ("name_en", "name_zh", "area_id")
    name = pl.coalesce(order)
    folded = said.casefold()
    names_of = [pl.col(column).fill_null("").str.to_lowercase() for column in ("area_id", "name_en", "name_zh")]
    exact = pl.any_horizontal(column == folded for column in names_of)
    partial = pl.any_horizontal(column.str.contains(folded, literal=True) for column in names_of)
    for rule in (pl.col("area_id") == said, exact, partial):
        found = latest.filter(rule).select("area_id", name.alias("name")).rows()
        if len(found) == 1:
            return found[0]
        if found:
            break
    listed = ", ".join(
        f"{area} ({label})" for area, label in (found or latest.select("area_id", name.alias("name")).rows())[:12]
    )
    raise UsageError(
        "Several areas are meant." if found else "There is no such area.",
        found=said,
        remedy=f"Use --area {EVERYWHERE} or one of {listed}",
        code="HW-U015",
    )
