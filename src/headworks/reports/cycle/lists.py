"""Lists in a report: which areas entered or left, by which rule, how probable; names of the shipped rule sets in words.

Rule sets name lists and criteria by codes. Those of the sets that come with the program have words here; a code of any other
set is printed as it is, without its underscores.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from headworks.reports.content import Column, Message, Prose, Section, TableBlock, tell
from headworks.reports.cycle.inputs import CycleTables
from headworks.reports.cycle.standing import chance_of

_CHANGED = ("entered", "left", "to_review", "returned", "lost", "appeal_upheld")
_OUTCOMES = {
    "entered": tell("entered"),
    "left": tell("left"),
    "to_review": tell("under review before it leaves"),
    "returned": tell("returned"),
    "lost": tell("lost"),
    "appeal_upheld": tell("off after an appeal"),
    "stays_on": tell("stays on"),
    "stays_in_review": tell("stays under review"),
    "stays_off": tell("stays off"),
    "not_assessable": tell("not assessable"),
}
_LISTS = {
    "watch": tell("Watch list"),
    "rectification": tell("Rectification list"),
    "demonstration": tell("Demonstration list"),
    "red_line": tell("Red-line list"),
}
_CRITERIA = {
    "load_rose": tell("load rose"),
    "load_high": tell("load is high"),
    "load_low": tell("load is low"),
    "load_red_line": tell("load is beyond the red line"),
    "contacts_rose": tell("health contacts rose"),
    "contacts_high": tell("health contacts are high"),
    "sampled": tell("sampled often enough"),
    "more_than_100": tell("more than 100 registered users"),
    "above_3_per_mille": tell("above 3 per mille registered users"),
}
_RULES = {"recommended": tell("recommended rules"), "programme_register": tell("rules of the programmes")}


def outcome_words(outcome: str) -> Message | str:
    """What became of an area on a list."""
    return _OUTCOMES.get(outcome, outcome)


def list_words(name: str) -> Message | str:
    """Name of a list."""
    return _LISTS.get(name) or name.replace("_", " ")


def criterion_words(names: str | None) -> Message | str | None:
    """Names of criteria, as an outcome keeps them: ``load_rose, load_high``."""
    if not names:
        return None
    first, _, others = names.partition(", ")
    said = _CRITERIA.get(first) or first.replace("_", " ")
    return tell("{before}, {name}", before=said, name=criterion_words(others)) if others else said


def lists_first(tables: CycleTables, most: int) -> Section | None:
    """List changes for the first page, ``most`` of them in words; nothing where no list was assessed."""
    if not tables.has_lists:
        return None
    heading = tell("List changes")
    moved = tables.lists.filter(pl.col("outcome").is_in(_CHANGED)).sort("list_name", "area_id")
    if moved.is_empty():
        return Section("list-changes", heading, (tell("No area entered or left a list."),))
    lines = tuple(_line(row, tables) for row in moved.head(most).to_dicts())
    more = moved.height - most
    rest: tuple[Message, ...] = (tell("{n} more are in the table of lists.", n=more),) if more > 0 else ()
    return Section("list-changes", heading, (), (Prose(lines + rest),))


def _line(row: dict[str, Any], tables: CycleTables) -> Message:
    said = {
        "area": tables.area(row["area_id"]), "outcome": outcome_words(row["outcome"]), "name": list_words(row["list_name"]),
        "rules": _rules(row["rule_set"]),
    }  # fmt: skip
    if row["probability"] is None:
        return tell("{area}: {outcome} – {name} ({rules}).", **said)
    return tell("{area}: {outcome} – {name} ({rules}); {criterion}, probability {p}.", p=chance_of(row["probability"]),
                criterion=criterion_words(row["criterion"]) or "–", **said)  # fmt: skip


def _rules(rule_set: str) -> Message | str:
    return _RULES.get(rule_set, rule_set)


def lists_table(tables: CycleTables) -> TableBlock:
    """Areas on lists, with the rule and how probable; areas that stay off are not printed."""
    columns = (
        Column("area", tell("Area")), Column("list", tell("List")), Column("outcome", tell("Outcome")),
        Column("rules", tell("Rules")), Column("criterion", tell("Criterion")),
        Column("p", tell("Probability"), None, "probability"), Column("since", tell("Since")),
        Column("factor", tell("Would change at"), tell("times its figures"), "amount", 2),
    )  # fmt: skip
    on = tables.lists.filter(~pl.col("outcome").is_in(["stays_off", "not_assessable"])).sort("list_name", "area_id")
    cells = tuple(
        (tables.area(row["area_id"]), list_words(row["list_name"]), outcome_words(row["outcome"]), _rules(row["rule_set"]),
         criterion_words(row["criterion"]), row["probability"], row["since"], row["change_factor"])
        for row in on.to_dicts()
    )  # fmt: skip
    empty = tell("No area is on a list.") if tables.has_lists else tell("No lists were assessed with this run.")
    return TableBlock("lists", tell("Lists"), columns, cells, empty)
