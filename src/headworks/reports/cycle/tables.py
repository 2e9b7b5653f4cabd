"""The tables of a report: figures, changes, doses, sampling, quality.

On paper stand all figures of the report's own area, and of each area in it what surely rose or fell. The workbook has every
row, and the page says so.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl

from headworks.reports.content import Amount, Block, Column, Message, Notice, TableBlock, tell
from headworks.reports.cycle.inputs import CycleRequest, CycleTables
from headworks.reports.cycle.proposals import names_of, rule_words
from headworks.reports.cycle.standing import (
    LOAD,
    RATIO,
    STATES,
    change_words,
    figure_of,
    interval_of_ratio,
    ratio_as_seen,
    short_words,
)

DOSES = tell("doses a day per 1,000 people")
# Two pages hold so many rows; a table that has no more is printed whole, and none is printed longer.
MOST_ROWS = 80
AREA, DRUG = Column("area", tell("Area")), Column("drug", tell("Drug"))
_VERDICTS = {"broken": tell("broken"), "not_stated": tell("not stated")}


def figures_table(rows: pl.DataFrame, tables: CycleTables, *, is_whole: bool = False) -> TableBlock:
    """Every figure with its interval and coverage; printed without areas that have none of the drug."""
    columns = (
        AREA, DRUG, Column("state", tell("State")), Column("load", tell("Load"), LOAD, "amount", 2),
        Column("lower", tell("95 % from"), LOAD, "amount", 2), Column("upper", tell("95 % to"), LOAD, "amount", 2),
        Column("coverage", tell("Coverage"), None, "share"), Column("n_sites", tell("Sites"), None, "count"),
        Column("n_days", tell("Site days"), None, "count"),
    )  # fmt: skip
    shown = rows if is_whole else rows.filter(pl.col("state") != "not_sampled")
    fields = ("load_mg_per_1000_per_day", "lower", "upper", "coverage", "n_sites", "n_days")
    cells = tuple(
        (tables.area(row["area_id"]), tables.drug(row["drug"]), STATES[row["state"]], *(row[name] for name in fields))
        for row in shown.to_dicts()
    )
    return TableBlock("figures", tell("Figures of the period"), columns, cells, tell("No figures."))


def printed_figures(rows: pl.DataFrame, tables: CycleTables, request: CycleRequest) -> tuple[list[TableBlock], Message | None]:
    """Figures and changes as they stand on paper, and what of them is in the workbook only.

    Parameters
    ----------
    rows
        The report's area and the areas in it, from :func:`headworks.reports.cycle.standing.standing_of`.

    Returns
    -------
    list of blocks, sentence
        One table of all where it is short; else one of the area itself, and one with a row for each area in it.
    """
    known = rows.filter(pl.col("state") != "not_sampled")
    if known.height <= MOST_ROWS:
        return [_side_by_side(known, tables)], None
    is_own = pl.col("area_id") == request.area_id
    said = tell("Printed are the figures of {area} itself, and what surely rose or fell in each area in it. The workbook has "
                "all {n} figures, with sites and days.", area=tables.area(request.area_id), n=known.height)  # fmt: skip
    own = known.filter(is_own & (pl.col("state") != "suppressed"))
    blocks = [moved_table(known.filter(~is_own), tables)]
    if own.height:
        itself = tell("{area} itself", area=tables.area(request.area_id))
        block = _side_by_side(own, tables)
        blocks.insert(0, replace(block, caption=itself, columns=block.columns[1:], rows=tuple(row[1:] for row in block.rows)))
    return blocks, said


def _side_by_side(shown: pl.DataFrame, tables: CycleTables) -> TableBlock:
    has_change = shown.select((pl.col("change") != "none").any()).item()
    columns: tuple[Column, ...] = (AREA, DRUG, Column("load", tell("Load (95 % interval)"), LOAD))
    columns += (Column("coverage", tell("Coverage"), None, "share"),)
    if has_change:
        columns += (Column("words", tell("Change")), Column("ratio", tell("Ratio (95 % interval)")),
                    Column("p_rose", tell("Probability of a rise"), None, "probability"))  # fmt: skip
    cells = []
    for row in shown.to_dicts():
        own_cells = (tables.area(row["area_id"]), tables.drug(row["drug"]), figure_of(row), row["coverage"])
        compared = (short_words(row), interval_of_ratio(row), row["p_rose"]) if has_change else ()
        cells.append((*own_cells, *compared))
    return TableBlock("figures", tell("Figures of the period"), columns, tuple(cells), tell("No figures."))


def moved_table(inside: pl.DataFrame, tables: CycleTables) -> TableBlock:
    """Areas in the order of their codes: the drugs that surely rose and fell with their ratios, and how many others.

    Parameters
    ----------
    inside
        Measured or withheld figures of the areas in the report's own; where these are many, the areas in which nothing surely
        moved are left out.
    """
    caption = tell("Areas in it: drugs that rose or fell")
    if inside["area_id"].n_unique() > MOST_ROWS:
        has_moved = pl.col("change").is_in(["rose", "fell"]).any().over("area_id")
        inside = inside.filter(has_moved)
        caption = tell("Areas in it where a drug rose or fell")
    how_much = tell("ratio, 95 % interval")
    columns = (
        AREA, Column("rose", tell("Rose"), how_much), Column("fell", tell("Fell"), how_much),
        Column("unclear", tell("Not clear"), None, "count"), Column("none", tell("Not compared"), None, "count"),
        Column("withheld", tell("Withheld"), None, "count"),
    )  # fmt: skip
    is_alone = (pl.col("change") == "none") & (pl.col("state") != "suppressed")
    if inside.height and inside.select(is_alone.all()).item():
        return TableBlock("moved", caption, columns, (), tell("Nothing can be compared."))
    # Areas that drain to the same sites have the same changes; they stand in one row, as do those in which nothing moved.
    found: dict[tuple[Any, ...], tuple[list[str], pl.DataFrame]] = {}
    for (area,), rows in inside.group_by("area_id", maintain_order=True):
        moved = rows.filter(pl.col("state") != "suppressed", pl.col("change").is_in(["rose", "fell"]))
        seen = tuple(moved.select("drug", "analyte", "change", *ratio_as_seen()).rows())
        found.setdefault((seen, _unmoved(rows)), ([], moved))[0].append(str(area))
    cells = []
    for (_, counts), (areas, moved) in found.items():
        named = (_moved(moved.filter(pl.col("change") == word), tables) for word in ("rose", "fell"))
        cells.append((names_of(areas, tables), *named, *counts))
    return TableBlock("moved", caption, columns, tuple(cells), tell("No areas."))


def _unmoved(rows: pl.DataFrame) -> tuple[int, ...]:
    """How many figures of an area are not clear, not compared, withheld."""
    is_withheld = pl.col("state") == "suppressed"
    counted = [(~is_withheld & (pl.col("change") == word)).sum().alias(word) for word in ("unclear", "none")]
    return tuple(rows.select(*counted, withheld=is_withheld.sum()).row(0))


def _moved(rows: pl.DataFrame, tables: CycleTables) -> Message | None:
    found: Message | None = None
    for row in rows.to_dicts():
        one = Message("{drug} {ratio}", {"drug": tables.drug(row["drug"]), "ratio": interval_of_ratio(row)})
        found = tell("{before}; {name}", before=found, name=one) if found else one
    return found


def changes_table(rows: pl.DataFrame, tables: CycleTables) -> TableBlock:
    """Every comparison, sure or not, in the order of the figures."""
    columns = (
        AREA, DRUG, Column("words", tell("Change")), Column("ratio", tell("Ratio"), None, "amount", 2),
        Column("ratio_lower", tell("95 % from"), None, "amount", 2), Column("ratio_upper", tell("95 % to"), None, "amount", 2),
        Column("p_rose", tell("Probability of a rise"), None, "probability"),
    )  # fmt: skip
    fields = (*RATIO, "p_rose")
    cells = tuple(
        (tables.area(row["area_id"]), tables.drug(row["drug"]), change_words(row), *(row[name] for name in fields))
        for row in rows.filter(pl.col("change") != "none").to_dicts()
    )
    return TableBlock("changes", tell("Changes"), columns, cells, tell("Nothing can be compared."))


def doses_table(tables: CycleTables) -> TableBlock:
    """Doses of areas with the uncertainty of the excretion factor."""
    columns = (
        AREA, DRUG, Column("doses", tell("Doses"), DOSES, "amount", 2), Column("lower", tell("95 % from"), DOSES, "amount", 2),
        Column("upper", tell("95 % to"), DOSES, "amount", 2), Column("coverage", tell("Coverage"), None, "share"),
    )  # fmt: skip
    rows = tables.consumption.filter(pl.col("doses_per_1000_per_day").is_not_null()).sort("area_id", "drug")
    cells = tuple(
        (tables.area(row["area_id"]), tables.drug(row["drug"]), row["doses_per_1000_per_day"], row["doses_lower"],
         row["doses_upper"], row["coverage"])
        for row in rows.to_dicts()
    )  # fmt: skip
    return TableBlock("doses", tell("Doses"), columns, cells, tell("No doses for this period."))


def printed_doses(tables: CycleTables, request: CycleRequest) -> TableBlock:
    """Doses as they stand on paper: of the report's own area only, where all would be pages."""
    rows = tables.consumption.filter(pl.col("doses_per_1000_per_day").is_not_null()).sort("area_id", "drug")
    caption = tell("Doses")
    if rows.height > MOST_ROWS:
        rows = rows.filter(pl.col("area_id") == request.area_id)
        caption = tell("Doses of {area}; those of the areas in it are in the workbook", area=tables.area(request.area_id))
    columns = (
        AREA, DRUG, Column("doses", tell("Doses (95 % interval)"), DOSES), Column("coverage", tell("Coverage"), None, "share"),
    )  # fmt: skip
    cells = []
    for row in rows.to_dicts():
        doses = tell("{load} ({low}–{high})", load=Amount(row["doses_per_1000_per_day"]), low=Amount(row["doses_lower"]),
                     high=Amount(row["doses_upper"]))  # fmt: skip
        cells.append((tables.area(row["area_id"]), tables.drug(row["drug"]), doses, row["coverage"]))
    return TableBlock("doses", caption, columns, tuple(cells), tell("No doses for this period."))


def coverage_table(rows: pl.DataFrame, tables: CycleTables, request: CycleRequest) -> TableBlock:
    """What was sampled in each area of the report's own, and what came in late."""
    inside = rows.filter((pl.col("parent_id") == request.area_id) | (pl.col("area_id") == request.area_id))
    best = inside.group_by("area_id", maintain_order=True).agg(
        pl.col("population").first(), pl.col("coverage").max(), pl.col("n_sites").max(), pl.col("n_days").max(),
        is_withheld=((pl.col("state") == "suppressed").any() & pl.col("coverage").is_null().all()),
    )  # fmt: skip
    best = best.join(tables.late, on="area_id", how="left", maintain_order="left")
    has_before = best["n_before"].is_not_null().any()
    columns: tuple[Column, ...] = (
        AREA, Column("residents", tell("Residents"), None, "count"), Column("coverage", tell("Coverage"), None, "share"),
        Column("n_sites", tell("Sites"), None, "count"), Column("n_days", tell("Site days"), None, "count"),
    )  # fmt: skip
    columns += (Column("missing", tell("Sites fewer than before"), None, "count"),) if has_before else ()
    columns += (Column("word", tell("State")),)
    cells = tuple(_covered(row, tables, has_before=has_before) for row in best.to_dicts())
    return TableBlock("coverage", tell("What was covered"), columns, cells, tell("No areas."))


def _covered(row: dict[str, Any], tables: CycleTables, *, has_before: bool) -> tuple[Any, ...]:
    state = "suppressed" if row["is_withheld"] else "not_sampled" if row["n_sites"] is None else "value"
    fewer = None if row["n_before"] is None else max(0, row["n_before"] - row["n_now"])
    word = tell("sampled") if state == "value" else STATES[state]
    told = (tables.area(row["area_id"]), row["population"], row["coverage"], row["n_sites"], row["n_days"])
    return (*told, *((fewer,) if has_before else ()), word)


def sampling_blocks(tables: CycleTables) -> list[Block]:
    """The shorter periods side by side, and conformity of the samples."""
    columns = (
        Column("part", tell("Period")), Column("coverage", tell("Coverage"), None, "share"),
        Column("n_sites", tell("Sites"), None, "count"), Column("n_days", tell("Site days"), None, "count"),
    )  # fmt: skip
    rows = tuple(tables.parts.sort("part").rows())
    blocks: list[Block] = [
        TableBlock("parts", tell("Sampling, period by period"), columns, rows, tell("No shorter period has a figure."))
    ]
    if tables.quality.is_empty():
        said = tell("Conformity of samples is not told to these readers, or no sample departs from the rules.")
        return [*blocks, Notice(said)]
    of_rules = (
        Column("rule", tell("Rule")), Column("verdict", tell("Verdict")), Column("n", tell("Samples"), None, "count"),
        Column("share", tell("Share"), None, "share"),
    )  # fmt: skip
    cells = tuple(
        (rule_words(row["rule"]), _VERDICTS.get(row["verdict"], row["verdict"]), row["n"], row["n"] / row["n_samples"])
        for row in tables.quality.to_dicts()
    )
    return [*blocks, TableBlock("quality", tell("Where samples depart from the rules"), of_rules, cells, tell("None."))]
