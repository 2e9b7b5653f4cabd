"""One drug in the areas of a report: maps, ranked intervals, the ladder of levels, what changed; each with its table."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from headworks.reports.area_standing import (
    AREA_STATE_WORDS,
    CHANGE_WORDS,
    LEVELS_WORDS,
    area_hover,
    area_label,
    area_notes,
    area_sentence,
)
from headworks.reports.area_tables import AreaTables
from headworks.reports.content import (
    Amount,
    Block,
    Column,
    Figure,
    Label,
    Message,
    Notice,
    Sentence,
    Share,
    TableBlock,
    Tile,
    section_id,
    tell,
)
from headworks.reports.drawing.classes import class_captions, class_edges, class_of, decade_domain
from headworks.reports.drawing.outlines import Outlines
from headworks.reports.ranks import rank_intervals

# Names stand on a map of so many areas; of more, on hovering and in the table.
_MOST_NAMES = 24
_BARS_PER_TILE = 40
_MOST_BARS = 80
LOAD_UNIT = tell("mg per 1,000 people a day")


def focus_row(areas: AreaTables, rows: pl.DataFrame) -> dict[str, Any] | None:
    """The row of the report's own area."""
    found = rows.filter(pl.col("area_id") == areas.focus) if areas.focus else rows.clear()
    return found.row(0, named=True) if found.height else None


def area_headline(name: Label, areas: AreaTables, rows: pl.DataFrame) -> Sentence:
    """The sentence of the report's area for one drug; of several areas without one above, how many rose and fell."""
    own = focus_row(areas, rows)
    if own is not None:
        said = area_sentence(own)
        return Sentence(tell("{drug}: {words}", drug=name, words=said.words), said.number, said.interval, said.coverage)
    top = rows.filter(pl.col("area_id").is_in(areas.children()))
    count = dict(top["change"].value_counts().rows())
    shown = top.filter(pl.col("state").is_in(["value", "below_limit"])).height
    words = tell("{drug}: rose in {rose} of {n} areas, fell in {fell}", drug=name, rose=count.get("rose", 0),
                 fell=count.get("fell", 0), n=top.height)  # fmt: skip
    covered = tell("{shown} of {n} areas have a figure", shown=shown, n=top.height)
    return Sentence(words, tell("no number for all together"), tell("no interval"), covered)


def area_lead(areas: AreaTables, rows: pl.DataFrame) -> list[Message]:
    """What must be known of the area's figure: what is not covered, what is held downstream, what it means as consumption."""
    own = focus_row(areas, rows)
    if own is None or own["n_sites"] is None:
        return []
    lead = [tell("{n} sites are added; each of them holds everything upstream of it.", n=own["n_sites"])]
    if own["coverage"] is not None and own["coverage"] < 1:
        lead.append(tell("{share} of the residents are not covered; nothing is filled in for them.",
                         share=Share(1.0 - own["coverage"])))  # fmt: skip
    lead += [tell("{note}.", note=note) for note in area_notes(own)]
    if own["consumption_mg_per_1000_per_day"] is not None:
        lead.append(tell(
            "As pure drug used: {amount} mg per 1,000 people a day ({low}–{high}).",
            amount=Amount(own["consumption_mg_per_1000_per_day"]), low=Amount(own["consumption_lower"]),
            high=Amount(own["consumption_upper"]),
        ))  # fmt: skip
    return lead


def drawn_areas(areas: AreaTables, outlines: Outlines | None) -> tuple[list[str], list[str]]:
    """Areas of the two maps: those directly in the focus, and those one level deeper (the area itself where it has none)."""
    if outlines is None:
        return [], []
    near = [area for area in areas.children() if area in outlines.paths]
    parent_of = areas.tree.filter(pl.col("parent_id").is_in(near)).sort("area_id").select("parent_id", "area_id").rows()
    below: dict[str, list[str]] = {}
    for parent, area in parent_of:
        if area in outlines.paths:
            below.setdefault(parent, []).append(area)
    deeper = [area for parent in near for area in below.get(parent, [parent])]
    return near, deeper if deeper != near else []


def map_blocks(areas: AreaTables, drug: str, name: Label, rows: pl.DataFrame, outlines: Outlines | None) -> list[list[Block]]:
    """A map and its table twin for each of the next two levels; a reason where nothing can be drawn."""
    near, deeper = drawn_areas(areas, outlines)
    if outlines is None or not near:
        return [[Notice(tell(
            "No map: no boundary of these areas is known. Load your own with `headworks areas boundaries`;"
            " the intervals and the table below say the same."
        ), "empty")]]  # fmt: skip
    maps: list[list[Block]] = []
    for number, drawn in enumerate(part for part in (near, deeper) if part):
        mine = rows.filter(pl.col("area_id").is_in(drawn))
        edges = near if drawn is deeper else [area for area in [areas.focus or ""] if area in outlines.edges]
        maps.append([_map_figure(f"{section_id(drug)}-areas-{number}", drug, name, mine, outlines, edges)])
        maps[-1].append(area_table(f"{section_id(drug)}-areas-table-{number}", mine, name))
    return maps


def _level_word(rows: pl.DataFrame) -> Message:
    levels = rows["level"].unique().to_list()
    return LEVELS_WORDS[levels[0]] if len(levels) == 1 else tell("areas")


def _map_figure(figure_id: str, drug: str, name: Label, rows: pl.DataFrame, outlines: Outlines, edges: list[str]) -> Figure:
    count = dict(rows["state"].value_counts().rows())
    classes = class_edges(drug)
    dots = tuple(
        {
            "area_id": row["area_id"],
            "label": area_label(row),
            "state": row["state"],
            "class": class_of(row["load_mg_per_1000_per_day"], classes) if row["state"] == "value" else None,
            "hover": area_hover(row),
        }
        for row in rows.to_dicts()
    )
    values = {state: count.get(state, 0) for state in ("value", "below_limit", "suppressed", "not_sampled")}
    title = tell("{drug} in {n} {levels}: {value} with a value, {below_limit} below the limit, {not_sampled} not sampled,"
                 " {suppressed} suppressed", drug=name, n=rows.height, levels=_level_word(rows), **values)  # fmt: skip
    note = (
        tell("Schematic, not boundaries: cells show which areas adjoin. Colour classes are the same in every report.")
        if outlines.is_schematic
        else tell("Boundaries as loaded by the operator. Colour classes are the same in every report.")
    )
    alt = tell("Map of {n} areas for {drug}; the figures are in the table below", n=rows.height, drug=name)
    scale = {
        "outlines": outlines,
        "edges": edges,
        "has_labels": rows.height <= _MOST_NAMES,
        "classes": class_captions(classes),
    }
    return Figure(figure_id, "areas", title, note, (Tile(dots, alt),), scale)


_COLUMNS = (
    Column("name", tell("Area")),
    Column("state", tell("State")),
    Column("load_mg_per_1000_per_day", tell("Load"), LOAD_UNIT, "amount", 2),
    Column("lower", tell("95 % from"), LOAD_UNIT, "amount", 2),
    Column("upper", tell("95 % to"), LOAD_UNIT, "amount", 2),
    Column("coverage", tell("Coverage"), tell("of residents"), "share"),
    Column("n_sites", tell("Sites"), tell("added"), "count"),
    Column("n_nested", tell("Sites"), tell("held downstream"), "count"),
    Column("change", tell("Since a year before")),
)


def area_table(block_id: str, rows: pl.DataFrame, name: Label) -> TableBlock:
    """The table twin of a map or an interval chart: value, interval, coverage of every area, the largest first."""
    words: dict[str, dict[Any, Message]] = {"state": AREA_STATE_WORDS, "change": CHANGE_WORDS}
    ordered = rows.sort(["load_mg_per_1000_per_day", "area_id"], descending=[True, False], nulls_last=True)
    cells = tuple(
        (area_label(row), *(words[c.name][row[c.name]] if c.name in words else row[c.name] for c in _COLUMNS[1:]))
        for row in ordered.with_columns(
            change=pl.when(pl.col("state").is_in(["value", "below_limit"])).then("change").otherwise(pl.lit("none"))
        ).to_dicts()
    )
    caption = tell(
        "Table: {drug} in {n} {levels}, load, interval and coverage", drug=name, n=rows.height, levels=_level_word(rows)
    )
    return TableBlock(block_id, caption, _COLUMNS, cells, tell("No areas."))


def interval_bar(row: dict[str, Any], said: Message | str, *, is_focus: bool = False) -> dict[str, Any]:
    """A row of an interval chart: name, state, interval, and what stands at its right."""
    return {
        "label": area_label(row), "state": row["state"], "mean": row["load_mg_per_1000_per_day"], "lower": row["lower"],
        "upper": row["upper"], "said": said, "hover": area_hover(row), "is_focus": is_focus,
    }  # fmt: skip


def interval_domain(rows: pl.DataFrame) -> tuple[float, float]:
    """One log axis for all areas of a drug."""
    names = ("load_mg_per_1000_per_day", "lower", "upper")
    return decade_domain([x for name in names for x in rows[name].drop_nulls().to_list()])


def rank_blocks(areas: AreaTables, drug: str, name: Label, rows: pl.DataFrame, *, has_table: bool) -> list[Block]:
    """Intervals of the areas in the focus on one scale, each with the ranks it can hold."""
    mine = rows.filter(pl.col("area_id").is_in(areas.children()) & pl.col("state").is_in(["value", "below_limit"]))
    if mine.is_empty():
        return []
    first, last = rank_intervals(
        mine["lower"].fill_null(0.0).to_numpy(), mine["upper"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    )
    ranked = mine.with_columns(rank_first=pl.Series(first), rank_last=pl.Series(last))
    ranked = ranked.sort(["load_mg_per_1000_per_day", "area_id"], descending=[True, False], nulls_last=True)
    shown = ranked.head(_MOST_BARS)
    tiles = []
    for start in range(0, shown.height, _BARS_PER_TILE):
        part = shown.slice(start, _BARS_PER_TILE)
        bars = tuple(interval_bar(row, _ranks(row)) for row in part.to_dicts())
        alt = tell("95 % intervals for {drug}, areas {first} to {last} of {n}; the figures are in the table", drug=name,
                   first=start + 1, last=start + part.height, n=ranked.height)  # fmt: skip
        tiles.append(Tile(bars, alt))
    clear = ranked.filter(pl.col("rank_last") - pl.col("rank_first") + 1 < ranked.height).height
    title = tell("For {clear} of {n} {levels} the intervals rule out at least one rank", clear=clear, n=ranked.height,
                 levels=_level_word(mine))  # fmt: skip
    note = tell(
        "Bar: 95 % interval; thin line: load; hatched: below the limit, up to its bound. At the right the ranks it can hold."
    )
    figure = Figure(f"{section_id(drug)}-area-ranks", "intervals", title, note, tuple(tiles),
                    {"domain": interval_domain(rows), "said": tell("ranks")})  # fmt: skip
    table = area_table(f"{section_id(drug)}-area-ranks-table", rows.filter(pl.col("area_id").is_in(areas.children())), name)
    return [figure, table] if has_table else [figure]


def _ranks(row: dict[str, Any]) -> str:
    return str(row["rank_first"]) if row["rank_first"] == row["rank_last"] else f"{row['rank_first']}–{row['rank_last']}"
