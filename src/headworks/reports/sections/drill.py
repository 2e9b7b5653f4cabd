"""Areas that open one after another, from the report's area down to the village, each with its sentence.

The depth is bounded by how many rows fit into a page that is sent by mail; what lies deeper names the command that shows it.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from headworks.reports.area_standing import LEVELS_WORDS, area_label, area_notes, area_sentence
from headworks.reports.area_tables import AreaTables
from headworks.reports.content import Label, Message, Node, Tree, tell

# Rows of all trees of a report together; a row takes some 300 bytes.
MOST_ROWS = 6_000
_ALWAYS_LEVELS = 2


def tree_block(areas: AreaTables, name: Label, rows: pl.DataFrame, n_drugs: int) -> Tree:
    """The tree of one drug.

    Parameters
    ----------
    areas, rows
        What the reader may see; the standing of the areas.
    name
        The drug's.
    n_drugs
        Trees in the report, which share its room.
    """
    below: dict[str | None, list[dict[str, Any]]] = {}
    for row in rows.sort("area_id").to_dicts():
        below.setdefault(row["parent_id"], []).append(row)
    top = below.get(areas.focus, []) if areas.focus else [row for row in rows.to_dicts() if row["parent_id"] is None]
    n_shown = rows.filter(pl.col("state").is_in(["value", "below_limit"])).height
    depth = 5 if n_shown * n_drugs <= MOST_ROWS else _ALWAYS_LEVELS
    nodes, closing = _nodes(top, below, depth, areas.command)
    caption = tell("{drug}: from here down to the village", drug=name)
    note = tell(
        "In this order: words, load in mg per 1,000 people a day, 95 % interval, coverage. Open an area to see what lies in"
        " it."
    )
    if closing is not None:
        nodes = (*nodes, Node(Label("…"), closing))
    return Tree(caption, note, nodes, tell("No area in this one has a figure."))


def _nodes(
    mine: list[dict[str, Any]], below: dict[str | None, list[dict[str, Any]]], depth: int, command: str
) -> tuple[tuple[Node, ...], Message | None]:
    """Nodes of the areas that have a figure or hold one that has, and a word on the others."""
    nodes, silent = [], []
    for row in mine:
        inner = below.get(row["area_id"], [])
        if row["state"] in ("value", "below_limit") or _holds_figure(inner, below):
            nodes.append(_node(row, inner, below, depth, command))
        else:
            silent.append(row)
    return tuple(nodes), _silent(silent)


def _holds_figure(mine: list[dict[str, Any]], below: dict[str | None, list[dict[str, Any]]]) -> bool:
    return any(row["state"] in ("value", "below_limit") or _holds_figure(below.get(row["area_id"], []), below) for row in mine)


def _node(
    row: dict[str, Any], inner: list[dict[str, Any]], below: dict[str | None, list[dict[str, Any]]], depth: int, command: str
) -> Node:
    name, sentence, notes = area_label(row), area_sentence(row), area_notes(row)
    if depth > 1:
        children, closing = _nodes(inner, below, depth - 1, command)
        return Node(name, sentence, notes, children, closing if children else None)
    n_deeper = sum(1 for one in inner if one["state"] in ("value", "below_limit"))
    if not n_deeper:
        return Node(name, sentence, notes)
    said = tell("{n} {levels} in it: {command} {code}", n=n_deeper, levels=LEVELS_WORDS[inner[0]["level"]], command=command,
                code=row["area_id"])  # fmt: skip
    return Node(name, sentence, notes, (), said)


def _silent(rows: list[dict[str, Any]]) -> Message | None:
    if not rows:
        return None
    suppressed = sum(row["state"] == "suppressed" for row in rows)
    counted = {"levels": LEVELS_WORDS[rows[0]["level"]], "suppressed": suppressed, "none": len(rows) - suppressed}
    if not suppressed:
        return tell("{none} more {levels}: not sampled", none=counted["none"], levels=counted["levels"])
    if suppressed == len(rows):
        return tell("{suppressed} more {levels}: suppressed for this reader", suppressed=suppressed, levels=counted["levels"])
    return tell("{none} more {levels}: not sampled; {suppressed}: suppressed for this reader", **counted)
