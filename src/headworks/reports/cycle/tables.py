"""The tables of a report: figures, changes, doses, sampling, quality, lists, revisions.

On paper stand the areas and drugs that matter: the report's own area, and where something surely rose or fell. The workbook
has every row, and the page says so.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl

from headworks.reports.content import Block, Column, Message, Notice, TableBlock, tell
from headworks.reports.cycle.first_page import LIST_WORDS, reason_words
from headworks.reports.cycle.inputs import CycleRequest, CycleTables
from headworks.reports.cycle.proposals import rule_words
from headworks.reports.cycle.standing import STATES, change_words, figure_of, interval_of_ratio, short_words

LOAD = tell("mg/d per 1,000 people")
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


def printed_figures(rows: pl.DataFrame, tables: CycleTables, request: CycleRequest) -> tuple[TableBlock, Message | None]:
    """Figures and changes side by side, as they stand on paper, and what of them is in the workbook only.

    Parameters
    ----------
    rows
        The report's area and the areas in it, from :func:`headworks.reports.cycle.standing.standing_of`.
    """
    known = rows.filter(pl.col("state") != "not_sampled")
    shown = known
    if known.height > MOST_ROWS:
        own, moved = pl.col("area_id") == request.area_id, pl.col("change").is_in(["rose", "fell"])
        # What is withheld is counted on the first page; here it would be lines without a number.
        shown = known.filter((own | moved) & (pl.col("state") != "suppressed")).head(MOST_ROWS)
    has_change = shown.select((pl.col("change") != "none").any()).item()
    columns: tuple[Column, ...] = (AREA, DRUG, Column("load", tell("Load (95 % interval)"), LOAD))
    columns += (Column("coverage", tell("Coverage"), None, "share"),)
    if has_change:
        columns += (Column("words", tell("Change")), Column("ratio", tell("Ratio (95 % interval)")),
                    Column("p_rose", tell("Probability of a rise"), None, "share"))  # fmt: skip
    cells = []
    for row in shown.to_dicts():
        own_cells = (tables.area(row["area_id"]), tables.drug(row["drug"]), figure_of(row), row["coverage"])
        compared = (short_words(row), interval_of_ratio(row), row["p_rose"]) if has_change else ()
        cells.append((*own_cells, *compared))
    block = TableBlock("figures", tell("Figures of the period"), columns, tuple(cells), tell("No figures."))
    if shown.height == known.height:
        return block, None
    said = tell("Printed are {area} itself and where something surely rose or fell: {n} of {all} rows, in the order of the "
                "codes. The workbook has all of them, with sites and days.", area=tables.area(request.area_id),
                n=shown.height, all=known.height)  # fmt: skip
    return block, said


def changes_table(rows: pl.DataFrame, tables: CycleTables) -> TableBlock:
    """Every comparison, sure or not, in the order of the figures."""
    columns = (
        AREA, DRUG, Column("words", tell("Change")), Column("ratio", tell("Ratio"), None, "amount", 2),
        Column("ratio_lower", tell("95 % from"), None, "amount", 2), Column("ratio_upper", tell("95 % to"), None, "amount", 2),
        Column("p_rose", tell("Probability of a rise"), None, "share"),
    )  # fmt: skip
    fields = ("ratio", "ratio_lower", "ratio_upper", "p_rose")
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
    whole = doses_table(tables)
    if len(whole.rows) <= MOST_ROWS:
        return whole
    own = doses_table(replace(tables, consumption=tables.consumption.filter(pl.col("area_id") == request.area_id)))
    caption = tell("Doses of {area}; those of the areas in it are in the workbook", area=tables.area(request.area_id))
    return replace(own, caption=caption)


def coverage_table(rows: pl.DataFrame, tables: CycleTables, request: CycleRequest) -> TableBlock:
    """What was sampled in each area of the report's own, and what came in late."""
    inside = rows.filter((pl.col("parent_id") == request.area_id) | (pl.col("area_id") == request.area_id))
    best = inside.group_by("area_id", maintain_order=True).agg(
        pl.col("population").first(), pl.col("coverage").max(), pl.col("n_sites").max(), pl.col("n_days").max(),
        is_withheld=((pl.col("state") == "suppressed").any() & pl.col("coverage").is_null().all()),
    )  # fmt: skip
    best = best.join(tables.late, on="area_id", how="left", maintain_order="left")
    columns = (
        AREA, Column("residents", tell("Residents"), None, "count"), Column("coverage", tell("Coverage"), None, "share"),
        Column("n_sites", tell("Sites"), None, "count"), Column("n_days", tell("Site days"), None, "count"),
        Column("missing", tell("Sites fewer than before"), None, "count"), Column("word", tell("State")),
    )  # fmt: skip
    cells = tuple(_covered(row, tables) for row in best.to_dicts())
    return TableBlock("coverage", tell("What was covered"), columns, cells, tell("No areas."))


def _covered(row: dict[str, Any], tables: CycleTables) -> tuple[Any, ...]:
    state = "suppressed" if row["is_withheld"] else "not_sampled" if row["n_sites"] is None else "value"
    fewer = None if row["n_before"] is None else max(0, row["n_before"] - row["n_now"])
    word = tell("sampled") if state == "value" else STATES[state]
    return (tables.area(row["area_id"]), row["population"], row["coverage"], row["n_sites"], row["n_days"], fewer, word)


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


def lists_table(tables: CycleTables) -> TableBlock:
    """Areas on lists, with the rule and how probable; areas that stay off are not printed."""
    columns = (
        AREA, Column("list", tell("List")), Column("outcome", tell("Outcome")), Column("rules", tell("Rules")),
        Column("criterion", tell("Criterion")), Column("p", tell("Probability"), None, "share"),
        Column("since", tell("Since")),
        Column("factor", tell("Other outcome if the figures were times"), None, "amount", 2),
    )  # fmt: skip
    on = tables.lists.filter(~pl.col("outcome").is_in(["stays_off", "not_assessable"])).sort("list_name", "area_id")
    cells = tuple(
        (tables.area(row["area_id"]), row["list_name"], LIST_WORDS.get(row["outcome"], row["outcome"]), row["rule_set"],
         row["criterion"], row["probability"], row["since"], row["change_factor"])
        for row in on.to_dicts()
    )  # fmt: skip
    empty = tell("No area is on a list.") if tables.has_lists else tell("No lists were assessed with this run.")
    return TableBlock("lists", tell("Lists"), columns, cells, empty)


def revisions_table(tables: CycleTables) -> TableBlock:
    """Figures that changed since the edition before, and why."""
    columns = (
        AREA, DRUG, Column("what", tell("What")), Column("before", tell("Before"), None, "amount", 2),
        Column("after", tell("Now"), None, "amount", 2), Column("reason", tell("Because")),
    )  # fmt: skip
    words: dict[str, Message] = {"load_mg_per_1000_per_day": tell("Load"), "state": tell("State"), "outcome": tell("Outcome")}
    cells = tuple(
        (tables.area(row["area_id"]), tables.drug(row["drug"]) if row["drug"] else "–", words.get(row["what"], row["what"]),
         row["before"], row["after"], reason_words(row["reason"]))
        for row in tables.revisions.to_dicts()
    )  # fmt: skip
    return TableBlock("revisions", tell("What changed since the last edition"), columns, cells, tell("Nothing changed."))
