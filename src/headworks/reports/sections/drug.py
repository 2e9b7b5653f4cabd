"""One drug: where, how much with what doubt, since when, on which weekday; each chart with its table beside it."""

from __future__ import annotations

from typing import Any

import polars as pl

from headworks.reports.content import (
    Amount,
    Block,
    Column,
    Figure,
    Label,
    Message,
    Notice,
    Section,
    TableBlock,
    Tile,
    section_id,
    tell,
)
from headworks.reports.drawing.classes import class_captions, class_edges, class_of, decade_domain, radius_of
from headworks.reports.inputs import View
from headworks.reports.sections.headlines import headline
from headworks.reports.sections.history import trend_blocks
from headworks.reports.sections.weekdays import weekday_blocks
from headworks.reports.standing import tally

# Rows of one drawing of the ranked intervals; the next site goes to the drawing beside it.
RANKS_PER_TILE = 40
# Half-width and half-height, in degrees, of the window drawn to position; sites outside are drawn beside it with names.
_WINDOW = (26.0, 19.0)
LOAD_UNIT = tell("mg per 1,000 people a day")
DOSE_UNIT = tell("doses per 1,000 people a day")
STATE_WORDS = {
    "value": tell("value"), "below_limit": tell("below the limit"), "not_sampled": tell("not sampled"),
}  # fmt: skip
CHANGE_WORDS = {
    "rising": tell("▲ rising"), "falling": tell("▼ falling"), "unclear": tell("◆ not clear"),
    "not_assessable": tell("○ not assessable"),
}  # fmt: skip


def _hover(row: dict[str, Any]) -> Message:
    if row["state"] == "value":
        return tell(
            "{site}: {mean} mg per 1,000 people a day ({low}–{high}), {days} days",
            site=row["label"], mean=Amount(row["mean"]), low=Amount(row["lower_total"]),
            high=Amount(row["upper_total"]), days=row["n_days"],
        )  # fmt: skip
    return tell("{site}: {state}", site=row["label"], state=STATE_WORDS[row["state"]])


def _dot(row: dict[str, Any], edges: tuple[float, ...]) -> dict[str, Any]:
    return {
        "label": row["label"],
        "state": row["state"],
        "longitude": row["longitude"],
        "latitude": row["latitude"],
        "class": class_of(row["mean"], edges) if row["state"] == "value" else None,
        "radius": radius_of(row["population_served"]),
        "hover": _hover(row),
    }


def _within_window(rows: pl.DataFrame) -> pl.Series:
    """Which sites are drawn to position: those in a window around the middle one."""
    half_width, half_height = _WINDOW
    return rows.select(
        ((pl.col("longitude") - pl.col("longitude").median()).abs() <= half_width)
        & ((pl.col("latitude") - pl.col("latitude").median()).abs() <= half_height)
    ).to_series()


def map_figures(view: View, drug: str, rows: pl.DataFrame) -> list[Block]:
    """The map, and beside it the sites too far away to be drawn to position."""
    placed = rows.drop_nulls(["longitude", "latitude"])
    if placed.is_empty():
        return [Notice(tell("No map: no site has a position. Add latitude and longitude to the table of sites."), "empty")]
    edges = class_edges(drug)
    near = _within_window(placed)
    counts = tally(rows)
    name = view.name("drug", drug)
    scale = {"classes": class_captions(edges), "n_suppressed": view.n_suppressed}
    note = tell("Each circle is a site, sized by its population; colour classes are the same in every report.")
    values = {"drug": name, "value": counts.n_sampled - counts.n_below, "below": counts.n_below,
              "none": counts.n_known - counts.n_sampled}  # fmt: skip
    alt = tell("Map of sites for {drug}: {value} with a value, {below} below the limit, {none} not sampled", **values)
    title = tell("{drug} was found at {value} sites, stayed below the limit at {below}, and {none} were not sampled", **values)
    dots = tuple(_dot(row, edges) for row in placed.filter(near).to_dicts())
    figures: list[Block] = [Figure(f"{section_id(drug)}-map", "map", title, note, (Tile(dots, alt),), scale)]
    far = placed.filter(~near)
    if far.height:
        beyond = tuple(_dot(row, edges) for row in far.sort("label").to_dicts())
        far_alt = tell("{n} sites too far away for the map, with names, in the same colours", n=far.height)
        far_title = tell("{n} sites are too far away to be drawn to position", n=far.height)
        figures.append(
            Figure(
                f"{section_id(drug)}-far", "elsewhere", far_title, tell("In order of name."), (Tile(beyond, far_alt),), scale
            )
        )
    return figures


def _bar(row: dict[str, Any], floor: float) -> dict[str, Any]:
    low, high = row["lower_total"], row["upper_total"]
    return {
        "label": row["label"],
        "state": row["state"],
        "mean": row["mean"],
        "lower": None if low is None and row["state"] == "value" else max(low or floor, floor),
        "upper": high,
        "rank": f"{row['rank_first']}–{row['rank_last']}" if row["rank_first"] != row["rank_last"] else str(row["rank_first"]),
        "hover": _hover(row),
    }


def rank_figure(view: View, drug: str, rows: pl.DataFrame) -> list[Block]:
    """Total 95 % intervals of the sampled sites on one log scale, each with the ranks it can hold."""
    sampled = rows.filter(pl.col("state") != "not_sampled")
    if sampled.is_empty():
        text = tell("Nothing to rank: no site was sampled. Import results for {period} and compute again.",
                    period=view.request.period.label)  # fmt: skip
        return [Notice(text, "empty")]
    values = [x for name in ("mean", "upper_total") for x in sampled[name].drop_nulls().to_list()]
    positive_lows = sampled.filter(pl.col("state") == "value")["lower_total"].drop_nulls()
    domain = decade_domain([*values, *positive_lows.to_list()])
    name = view.name("drug", drug)
    tiles = []
    for start in range(0, sampled.height, RANKS_PER_TILE):
        part = sampled.slice(start, RANKS_PER_TILE)
        alt = tell("95 % intervals for {drug}, sites {first} to {last} of {n}; the figures are in the table of sites",
                   drug=name, first=start + 1, last=start + part.height, n=sampled.height)  # fmt: skip
        tiles.append(Tile(tuple(_bar(row, domain[0]) for row in part.to_dicts()), alt))
    clear = sampled.filter(pl.col("rank_last") - pl.col("rank_first") + 1 < sampled.height).height
    title = tell("For {clear} of {n} sites the intervals rule out at least one rank", clear=clear, n=sampled.height)
    note = tell(
        "Bar: 95 % interval with everything the days share, none where one day alone was sampled; thin line: mean; log scale."
        " At the right the ranks a site can"
        " hold: 1 + the sites whose whole interval lies above its own, to n - the sites whose whole interval lies below."
    )
    return [Figure(f"{section_id(drug)}-ranks", "ranks", title, note, tuple(tiles), {"domain": domain})]


_COLUMNS = (
    Column("label", tell("Site")),
    Column("country", tell("Country"), kind="territory"),
    Column("population_served", tell("Population"), tell("people"), "count"),
    Column("state", tell("State")),
    Column("mean", tell("Mean load"), LOAD_UNIT, "amount", 1),
    Column("lower_total", tell("95 % from"), LOAD_UNIT, "amount", 1),
    Column("upper_total", tell("95 % to"), LOAD_UNIT, "amount", 1),
    Column("rank_first", tell("Rank from"), None, "count"),
    Column("rank_last", tell("Rank to"), None, "count"),
    Column("n_days", tell("Days"), tell("sampled"), "count"),
    Column("n_censored", tell("Days"), tell("below the limit"), "count"),
    Column("change", tell("Change in a year")),
    Column("p_rose", tell("Probability of a rise"), None, "share"),
    Column("consumption_mg_per_1000_per_day", tell("Consumption, pure drug"), LOAD_UNIT, "amount", 1),
    Column("consumption_lower", tell("95 % from"), LOAD_UNIT, "amount", 1),
    Column("consumption_upper", tell("95 % to"), LOAD_UNIT, "amount", 1),
    Column("doses_per_1000_per_day", tell("Doses"), DOSE_UNIT, "amount", 2),
    Column("doses_lower", tell("95 % from"), DOSE_UNIT, "amount", 2),
    Column("doses_upper", tell("95 % to"), DOSE_UNIT, "amount", 2),
)


def site_table(view: View, drug: str, rows: pl.DataFrame) -> TableBlock:
    """The table twin of the map and of the ranked intervals."""
    words = {"state": STATE_WORDS, "change": CHANGE_WORDS}
    cells = tuple(
        tuple(words[c.name].get(row[c.name]) if c.name in words else row[c.name] for c in _COLUMNS) for row in rows.to_dicts()
    )
    return TableBlock(
        f"{section_id(drug)}-sites",
        tell("Table: all sites for {drug}, {period}", drug=view.name("drug", drug), period=view.request.period.label),
        _COLUMNS,
        cells,
        tell("No sites. Import the table of sites."),
    )


def consumption_blocks(view: View, drug: str, rows: pl.DataFrame) -> tuple[list[Message], list[Block]]:
    """What the loads mean as consumption and doses, and a visible word on factors nobody has checked."""
    estimated = rows.drop_nulls("consumption_mg_per_1000_per_day")
    name: Label = view.name("drug", drug)
    if estimated.is_empty():
        text = tell("No consumption: the parameter set holds no factor for {drug}, or no site has a value.", drug=name)
        return [], [Notice(text, "empty")]
    middle = estimated.sort("consumption_mg_per_1000_per_day").row(estimated.height // 2, named=True)
    lead = [tell(
        "As pure drug used, the middle site stands at {amount} mg per 1,000 people a day (95 % interval {low} to {high});"
        " {n} sites have an estimate.",
        amount=Amount(middle["consumption_mg_per_1000_per_day"]), low=Amount(middle["consumption_lower"]),
        high=Amount(middle["consumption_upper"]), n=estimated.height,
    )]  # fmt: skip
    if middle["doses_per_1000_per_day"] is not None:
        lead.append(tell(
            "That makes {doses} doses per 1,000 people a day ({low} to {high}).",
            doses=Amount(middle["doses_per_1000_per_day"]), low=Amount(middle["doses_lower"]),
            high=Amount(middle["doses_upper"]),
        ))  # fmt: skip
    return lead, factor_notices(view, drug)


def drug_section(view: View, drug: str, rows: pl.DataFrame) -> Section:
    """The section of one drug.

    Parameters
    ----------
    view
        What the reader may see.
    drug
        A drug of the view.
    rows
        Its table from :func:`headworks.reports.standing.standing`.
    """
    analyte = view.analyte(drug)
    lead = [tell("Residue measured: {residue}.", residue=view.name("analyte", analyte))] if analyte else []
    used, notices = consumption_blocks(view, drug, rows)
    blocks, beside = site_blocks(view, drug, rows, notices)
    name = view.name("drug", drug)
    sentence = headline(name, tally(rows), view.request.period.label)
    return Section(section_id(drug), name, (*lead, *used), blocks, beside, sentence)


def site_blocks(
    view: View, drug: str, rows: pl.DataFrame, notices: list[Block]
) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """Everything about the sites of a drug: what stands below one another, and what beside the first."""
    first, *far = map_figures(view, drug, rows)
    blocks = (first, *rank_figure(view, drug, rows), site_table(view, drug, rows), *notices, *trend_blocks(view, drug, rows))
    return blocks, (*far, *weekday_blocks(view, drug))


def factor_notices(view: View, drug: str) -> list[Block]:
    """A visible word on factors nobody has checked."""
    factors = view.tables.factors.filter((pl.col("drug") == drug) & (pl.col("analyte") == view.analyte(drug)))
    if "from memory" not in {*factors["excretion_status"].to_list(), *factors["dose_status"].to_list()}:
        return []
    return [Notice(tell(
        "Factor from memory: the excretion factor or the dose of {drug} was not yet checked against its source."
        " Read consumption and doses as an order of magnitude; loads are not touched by it.", drug=view.name("drug", drug),
    ))]  # fmt: skip
