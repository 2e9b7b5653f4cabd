"""From the province to the village on one scale, and what changed there since a year before."""

from __future__ import annotations

from typing import Any

import polars as pl

from headworks.reports.area_standing import CHANGE_WORDS, LEVELS_WORDS, area_label
from headworks.reports.area_tables import AreaTables
from headworks.reports.content import (
    Amount,
    Block,
    Column,
    Figure,
    Label,
    Message,
    Notice,
    Share,
    TableBlock,
    Tile,
    section_id,
    tell,
)
from headworks.reports.sections.areas import focus_row, interval_bar, interval_domain
from headworks.reports.standing import placed_quantile

_MOST_CHANGES = 40


def _rung(rows: pl.DataFrame, level: int) -> dict[str, Any]:
    """One level below the focus: the middle half of its areas, those below the limit placed lowest (D3)."""
    count = dict(rows["state"].value_counts().rows())
    values = sorted(rows.filter(pl.col("state") == "value")["load_mg_per_1000_per_day"].to_list())
    below = count.get("below_limit", 0)
    low, middle, high = (placed_quantile(values, below, share) for share in (0.25, 0.5, 0.75))
    shown = len(values) + below
    hover = tell(
        "{shown} of {n} {levels} have a figure: middle half {low} to {high}, median {middle}; {suppressed} suppressed,"
        " {none} not sampled", shown=shown, n=rows.height, levels=LEVELS_WORDS[level], low=Amount(low), high=Amount(high),
        middle=Amount(middle), suppressed=count.get("suppressed", 0), none=count.get("not_sampled", 0),
    )  # fmt: skip
    state = (
        "value" if high is not None else "below_limit" if shown else "suppressed" if "suppressed" in count else "not_sampled"
    )
    return {
        "label": LEVELS_WORDS[level], "state": state, "mean": middle, "lower": low, "upper": high, "is_spread": shown > 0,
        "said": tell("{shown} of {n}", shown=shown, n=rows.height), "hover": hover,
    }  # fmt: skip


def ladder_blocks(areas: AreaTables, drug: str, name: Label, rows: pl.DataFrame) -> list[Block]:
    """From the province to the village on one scale: areas above and the area itself, then each level below as a spread."""
    own = focus_row(areas, rows)
    by_id = {row["area_id"]: row for row in rows.to_dicts()}
    above: list[dict[str, Any]] = []
    here = own
    while here is not None and here["parent_id"] in by_id:
        here = by_id[here["parent_id"]]
        above.insert(0, here)
    inside = rows.filter(~pl.col("area_id").is_in([row["area_id"] for row in (*above, *([own] if own else []))]))
    rungs = [interval_bar(row, _covered(row), is_focus=row is own) for row in (*above, *([own] if own else []))]
    levels = sorted(inside["level"].unique().to_list())
    rungs += [_rung(inside.filter(pl.col("level") == level), level) for level in levels]
    if len(rungs) < 2:
        return []
    title = tell("{drug} from the largest area to the smallest, on one scale", drug=name)
    note = tell(
        "Filled: 95 % interval of one area, coverage at its right. Outlined: the middle half of all areas of a level, and how"
        " many of them have a figure; the line is their median."
    )
    alt = tell(
        "Ladder of {n} levels for {drug}; each bar's sentence is shown on hovering and in the tree below",
        n=len(rungs),
        drug=name,
    )
    scale = {"domain": interval_domain(rows), "said": tell("coverage")}
    return [Figure(f"{section_id(drug)}-ladder", "ladder", title, note, (Tile(tuple(rungs), alt),), scale)]


def _covered(row: dict[str, Any]) -> Message:
    if row["coverage"] is None:
        return tell("–")
    return (
        tell("⚠ {share}", share=Share(row["coverage"]))
        if row["coverage"] > 1
        else tell("{share}", share=Share(row["coverage"]))
    )


_CHANGE_COLUMNS = (
    Column("name", tell("Area")),
    Column("change", tell("In words")),
    Column("ratio", tell("Ratio"), tell("later over earlier"), "amount", 2),
    Column("ratio_lower", tell("95 % from"), None, "amount", 2),
    Column("ratio_upper", tell("95 % to"), None, "amount", 2),
    Column("p_rose", tell("Probability of a rise"), None, "share"),
    Column("n_matched", tell("Matched sites"), tell("in both years"), "count"),
    Column("matched_coverage", tell("Coverage"), tell("of residents"), "share"),
)


def change_blocks(areas: AreaTables, drug: str, name: Label, rows: pl.DataFrame, depth: int = 2) -> list[Block]:
    """What changed in the area and in those of the next levels, the surest first."""
    near = {areas.focus, *areas.children()}
    for _ in range(depth - 1):
        near |= set(rows.filter(pl.col("parent_id").is_in([area for area in near if area]))["area_id"].to_list())
    mine = rows.filter(pl.col("area_id").is_in([area for area in near if area]) & (pl.col("change") != "none"))
    if mine.is_empty():
        said = tell(
            "No change can be told for {drug}: no site was sampled in this period and in the one a year before.", drug=name
        )
        return [Notice(said, "empty")]
    is_own = pl.col("area_id") == (areas.focus or "")
    ordered = mine.sort([is_own, (pl.col("p_rose") - 0.5).abs(), "area_id"], descending=[True, True, False], nulls_last=True)
    cells = tuple(
        (area_label(row), CHANGE_WORDS[row["change"]], *(row[column.name] for column in _CHANGE_COLUMNS[2:]))
        for row in ordered.head(_MOST_CHANGES).to_dicts()
    )
    count = dict(mine["change"].value_counts().rows())
    caption = tell("Table: {drug} against a year before: rose in {rose} areas, fell in {fell}, cannot be told in {unclear};"
                   " the surest {shown}", drug=name, rose=count.get("rose", 0), fell=count.get("fell", 0),
                   unclear=count.get("unclear", 0), shown=len(cells))  # fmt: skip
    return [TableBlock(f"{section_id(drug)}-area-changes", caption, _CHANGE_COLUMNS, cells, tell("No changes."))]
