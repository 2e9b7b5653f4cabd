"""The report of an area that has areas in it: what every part of it says, from the figures of areas.

Sites are drawn only where they are few; of many, a map of dots would hide the areas it is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from headworks.reports.area_standing import LEVELS_WORDS, area_standing
from headworks.reports.area_tables import AreaTables
from headworks.reports.content import (
    Block,
    Column,
    Figure,
    Fold,
    Label,
    Message,
    Section,
    Sentence,
    TableBlock,
    Tile,
    section_id,
    tell,
)
from headworks.reports.downloads import area_dictionary, select_area_figures
from headworks.reports.drawing.outlines import Outlines, outlines_of, shape_id
from headworks.reports.inputs import View
from headworks.reports.sections.areas import (
    area_headline,
    area_lead,
    drawn_areas,
    focus_row,
    map_blocks,
    rank_blocks,
)
from headworks.reports.sections.computed import computed_fold
from headworks.reports.sections.drill import tree_block
from headworks.reports.sections.drug import factor_notices, site_blocks
from headworks.reports.sections.evidence import inconsistent_section, method_section, suppressed_message
from headworks.reports.sections.headlines import limits_of_what_is_said
from headworks.reports.sections.ladder import change_blocks, ladder_blocks
from headworks.reports.sections.quality import MOST_SITES, events_section, quality_section
from headworks.reports.sections.trends import trend_panel
from headworks.reports.standing import standing


class Parts(NamedTuple):
    """What a report says besides who, when and for whom."""

    headlines: tuple[tuple[str, Label, Sentence], ...]
    cannot_say: tuple[Message, ...]
    overview: tuple[Block, ...]
    drugs: tuple[Section, ...]
    evidence: tuple[Section, ...]
    figures: pl.DataFrame
    dictionary: pl.DataFrame
    shapes: Mapping[str, str]


def area_report(view: View, areas: AreaTables) -> Parts:
    """All parts of the report.

    Parameters
    ----------
    view
        What the reader may see of the sites.
    areas
        And of the areas.
    """
    period = view.request.period
    rows = {drug: area_standing(areas, drug, view.analyte(drug), period) for drug in view.drugs}
    outlines = _outlines(areas)
    heads = tuple(
        (section_id(drug), view.name("drug", drug), area_headline(view.name("drug", drug), areas, mine))
        for drug, mine in rows.items()
    )
    near, deeper = drawn_areas(areas, outlines)
    drawn = {*near, *deeper}
    shapes = {shape_id(area): outlines.paths[area] for area in sorted(drawn)} if outlines else {}
    evidence = [_coverage(view, areas, rows), events_section(areas, view), quality_section(areas)]
    if view.tables.inconsistent_means.height:
        evidence.append(inconsistent_section(view))
    return Parts(
        headlines=heads,
        cannot_say=limits_of_what_is_said(view),
        overview=_overview(view, areas, rows),
        drugs=tuple(_drug(view, areas, drug, mine, outlines) for drug, mine in rows.items()),
        evidence=(*evidence, method_section(view)),
        figures=select_area_figures(areas, rows),
        dictionary=area_dictionary(),
        shapes=shapes,
    )


def _outlines(areas: AreaTables) -> Outlines | None:
    """Paths of the next two levels and of the area itself; of nothing that is not drawn."""
    near = areas.children()
    below = areas.tree.filter(pl.col("parent_id").is_in(near))["area_id"].to_list()
    wanted = {*near, *below, areas.focus}
    return outlines_of({area: shape for area, shape in areas.shapes.items() if area in wanted})


def _drug(view: View, areas: AreaTables, drug: str, rows: pl.DataFrame, outlines: Outlines | None) -> Section:
    name, analyte = view.name("drug", drug), view.analyte(drug)
    lead = [tell("Residue measured: {residue}.", residue=view.name("analyte", analyte))] if analyte else []
    maps = map_blocks(areas, drug, name, rows, outlines)
    has_map = isinstance(maps[0][0], Figure)
    first, rest = maps[0][0], [block for blocks in (maps[0][1:], *maps[1:]) for block in blocks]
    blocks: list[Block] = [first, *rest, *rank_blocks(areas, drug, name, rows, has_table=not has_map)]
    blocks += [*trend_panel(view, areas, drug), *change_blocks(areas, drug, name, rows)]
    blocks += [tree_block(areas, name, rows, len(view.drugs))]
    blocks += factor_notices(view, drug)
    if analyte in areas.computed:
        blocks.append(computed_fold(areas.computed[analyte], name))
    if 0 < view.sites.height <= MOST_SITES and view.tables.period_means.height:
        below, beside = site_blocks(view, drug, standing(view, drug), [])
        blocks.append(Fold(tell("The {n} sites of the area, one by one", n=view.sites.height), (*below, *beside)))
    ladder = tuple(ladder_blocks(areas, drug, name, rows))
    headline = area_headline(name, areas, rows)
    return Section(section_id(drug), name, (*lead, *area_lead(areas, rows)), tuple(blocks), ladder, headline)


def _overview(view: View, areas: AreaTables, rows: Mapping[str, pl.DataFrame]) -> tuple[Block, ...]:
    """Areas in which each drug fell, cannot be told, rose, in one strip and its table."""
    children = areas.children()
    counted = []
    for drug, mine in rows.items():
        count = dict(mine.filter(pl.col("area_id").is_in(children))["change"].value_counts().rows())
        if sum(count.get(word, 0) for word in ("rose", "fell", "unclear")):
            words = {"falling": "fell", "unclear": "unclear", "rising": "rose", "unknown": "none"}
            counted.append({"drug": view.name("drug", drug), **{name: count.get(word, 0) for name, word in words.items()}})
    if not counted:
        return ()
    levels = areas.tree.filter(pl.col("area_id").is_in(children))["level"].unique().to_list()
    unit = LEVELS_WORDS[levels[0]] if len(levels) == 1 else tell("areas")
    columns = (
        Column("drug", tell("Drug")),
        Column("falling", tell("▼ fell"), unit, "count"),
        Column("unclear", tell("◆ cannot tell"), unit, "count"),
        Column("rising", tell("▲ rose"), unit, "count"),
        Column("unknown", tell("○ no earlier year"), unit, "count"),
    )
    cells = tuple(tuple(row[column.name] for column in columns) for row in counted)
    title = tell("What changed in a year, over the sites sampled in both, by {levels}", levels=unit)
    note = tell(
        "Left: fell, middle: cannot tell, right: rose (probability above 90 %). Areas without an earlier year are not drawn."
    )
    alt = tell("Share of areas in which each drug fell, cannot be told and rose; the figures are in the table below")
    table = TableBlock("overview-table", tell("Table: what changed in a year"), columns, cells, tell("No changes."))
    return (Figure("overview", "overview", title, note, (Tile(tuple(counted), alt),)), table)


def _coverage(view: View, areas: AreaTables, rows: Mapping[str, pl.DataFrame]) -> Section:
    """Sites, people, days and what is not covered, per drug, for the report's own area."""
    columns = (
        Column("drug", tell("Drug")),
        Column("n_sites", tell("Sites"), tell("added"), "count"),
        Column("n_nested", tell("Sites"), tell("held downstream"), "count"),
        Column("population", tell("Residents covered"), tell("people"), "count"),
        Column("coverage", tell("Coverage"), tell("of residents"), "share"),
        Column("uncovered", tell("Not covered"), tell("of residents"), "share"),
        Column("largest_share", tell("Largest site"), tell("of the covered"), "share"),
        Column("n_days", tell("Site days"), tell("sampled"), "count"),
        Column("share_censored", tell("Rests on limits"), tell("of the load"), "share"),
    )
    cells = []
    for drug, mine in rows.items():
        own = focus_row(areas, mine)
        if own is not None and own["n_sites"] is not None:
            uncovered = None if own["coverage"] is None else max(0.0, 1.0 - own["coverage"])
            said = {**own, "uncovered": uncovered}
            cells.append((view.name("drug", drug), *(said[column.name] for column in columns[1:])))
    table = TableBlock("coverage-table", tell("Table: coverage per drug"), columns, tuple(cells),
                       tell("The area itself has no figure that this reader may see."), is_open=True)  # fmt: skip
    n_withheld = areas.withheld["area_id"].n_unique()
    lead = [suppressed_message(view)]
    if n_withheld:
        lead.append(
            tell(
                "{n} areas have figures that this reader may not see; they are dotted on maps and counted in trees.",
                n=n_withheld,
            )
        )
    return Section("coverage", tell("Coverage"), tuple(lead), (table,))
