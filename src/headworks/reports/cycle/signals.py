"""A signal in a sentence of every language: what, how much against what was expected, and what it hangs on.

``explanation`` of a signal is JSON for a screen; of it only what names no site, sample or day is told here. The trap: a signal
is a departure that chance and the weeks before do not explain; it is no finding about why.
"""

from __future__ import annotations

import json
from typing import Any

from headworks.reports.content import Amount, Block, Column, Message, Prose, TableBlock, tell
from headworks.reports.cycle.inputs import CycleTables
from headworks.reports.cycle.standing import LOAD

_KINDS = {
    "exceedance": tell("far above what was expected"),
    "rise": tell("slowly rising"),
    "drop": tell("far below what was expected"),
    "variance": tell("days scatter more"),
    "ratio": tell("residues no longer fit each other"),
    "cluster": tell("areas together"),
    "first_appearance": tell("first seen here"),
}
# Of the explanation, what may be frozen for every reader: numbers that name nobody and no place.
_NUMBERS = ("switch_off", "n_batches", "n_kept_out")


def told_of(explanation: str | None) -> str:
    """What of an explanation is kept for a report, as JSON; names of sites, samples and days are not.

    Examples
    --------
    >>> told_of('{"left_out": {"p": 0.2, "part": "site 7"}, "allowed": 0.01, "n_batches": 1}')
    '{"hangs_on_one": true, "n_batches": 1}'
    >>> told_of("no JSON")
    '{}'
    """
    try:
        said = json.loads(explanation or "{}")
    except ValueError:
        return "{}"
    if not isinstance(said, dict):
        return "{}"
    kept: dict[str, Any] = {name: said[name] for name in _NUMBERS if isinstance(said.get(name), int | float)}
    left, allowed = said.get("left_out"), said.get("allowed")
    if isinstance(left, dict) and isinstance(left.get("p"), int | float) and isinstance(allowed, int | float):
        kept["hangs_on_one"] = left["p"] > allowed
    return json.dumps(kept, sort_keys=True)


def in_order(tables: CycleTables) -> list[dict[str, Any]]:
    """Signals by week, area and residue, not by size."""
    return tables.signals.sort("period", "unit_id", "analyte", "kind").to_dicts()


def signal_line(row: dict[str, Any], tables: CycleTables) -> Message:
    """The signal in one to four sentences."""
    said = _departure(row, tables)
    for more in _doubts(row):
        said = tell("{before} {more}", before=said, more=more)
    return said


def _departure(row: dict[str, Any], tables: CycleTables) -> Message:
    known = {"area": tables.area(row["unit_id"]), "drug": tables.drug(row["drug"]), "since": row["since"] or row["period"]}
    kind = _KINDS.get(row["kind"], row["kind"])
    if row["observed"] is None or row["expected"] is None or row["kind"] in ("ratio", "variance"):
        return tell("{area}, {drug}: {kind}, since {since}.", kind=kind, **known)
    numbers = {"observed": Amount(row["observed"]), "expected": Amount(row["expected"])}
    if row["expected_lower"] is None or row["expected_upper"] is None:
        return tell("{area}, {drug}: {kind}, {observed} mg per 1,000 people a day where {expected} was expected, since "
                    "{since}.", kind=kind, **numbers, **known)  # fmt: skip
    return tell("{area}, {drug}: {kind}, {observed} mg per 1,000 people a day where {expected} ({low}–{high}) was expected, "
                "since {since}.", kind=kind, low=Amount(row["expected_lower"]), high=Amount(row["expected_upper"]), **numbers,
                **known)  # fmt: skip


def _doubts(row: dict[str, Any]) -> list[Message]:
    said = json.loads(row["explanation"] or "{}")
    found = []
    if said.get("hangs_on_one") is True:
        found.append(tell("It hangs on one sample or site: without that it would not be shown."))
    elif said.get("hangs_on_one") is False:
        found.append(tell("It stays without any one of the samples and sites."))
    if said.get("n_batches") == 1 and (row["n_days"] or 0) > 1:
        found.append(tell("All its samples were measured in one batch: ask the laboratory first."))
    factor = said.get("switch_off")
    if factor and row["kind"] not in ("ratio", "variance"):
        share = round(100 * (factor - 1 if row["kind"] == "drop" else 1 - 1 / factor))
        word = tell("{n} % more", n=share) if row["kind"] == "drop" else tell("{n} % less", n=share)
        found.append(tell("Had the samples held {much}, it would have been silent.", much=word))
    return found


def signals_table(tables: CycleTables) -> TableBlock:
    """Signals with what was expected and what was seen."""
    columns = (
        Column("area", tell("Area")), Column("drug", tell("Drug")), Column("kind", tell("What")),
        Column("observed", tell("Seen"), LOAD, "amount", 2), Column("expected", tell("Expected"), LOAD, "amount", 2),
        Column("since", tell("Since")), Column("q_value", tell("Share of false signals"), None, "probability"),
    )  # fmt: skip
    cells = tuple(
        (tables.area(row["unit_id"]), tables.drug(row["drug"]), _KINDS.get(row["kind"], row["kind"]), row["observed"],
         row["expected"], row["since"], row["q_value"])
        for row in in_order(tables)
    )  # fmt: skip
    empty = tell("No signal was selected.") if tables.has_signals else tell("No signals were looked for in this run.")
    return TableBlock("signals", tell("Signals"), columns, cells, empty)


def signal_blocks(tables: CycleTables, most: int) -> list[Block]:
    """The table and, below it, every signal in words; the first ``most`` of them."""
    lines = tuple(signal_line(row, tables) for row in in_order(tables)[:most])
    table = signals_table(tables)
    shown = TableBlock(table.block_id, table.caption, table.columns, table.rows[:most], table.empty)
    more = len(table.rows) - most
    rest: tuple[Message, ...] = (tell("{n} more are in the workbook.", n=more),) if more > 0 else ()
    return [shown, Prose(lines + rest)] if lines else [table]
