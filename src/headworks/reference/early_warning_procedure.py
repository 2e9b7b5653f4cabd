"""The procedure that follows a new substance, as data: its states, who may move it on, on what evidence.

Beside it the rules of a first appearance. Rows are data of a place and a time, not of the software: another country's
procedure is another two files. The trap is the clock: terms are from memory or our choice, and say which.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import polars as pl

from headworks.core.errors import ParameterError
from headworks.reference.parameter_files import DATA_DIR

RULES_FILE, STATES_FILE, MOVES_FILE = "appearance_rules.csv", "early_warning_states.csv", "early_warning_moves.csv"


class Move(NamedTuple):
    """A step that may be taken: by whom (one of ``roles``), and with what evidence (all of ``evidence``)."""

    from_state: str
    to_state: str
    roles: tuple[str, ...]
    evidence: tuple[str, ...]
    status: str
    citation: str


class ProcedureState(NamedTuple):
    """A state; ``next_step_due`` should follow within ``within_days`` where there is such a term."""

    state: str
    rank: int
    title_en: str
    title_zh: str
    within_days: int | None
    next_step_due: str
    status: str
    citation: str


class Procedure(NamedTuple):
    """States in their order, and the steps between them; the first step comes from no state (``""``)."""

    states: tuple[ProcedureState, ...]
    moves: tuple[Move, ...]


@cache
def early_warning_procedure() -> Procedure:
    """The shipped procedure, after the European early warning system.

    Examples
    --------
    >>> [move.to_state for move in early_warning_procedure().moves if move.from_state == "event"]
    ['formal_notification', 'closed']
    """
    states = [
        ProcedureState(
            row["state"], int(row["rank"]), row["title_en"], row["title_zh"],
            int(row["within_days"]) if row["within_days"] else None, row["next_step_due"] or "", row["status"],
            row["citation"] or "",
        )
        for row in _rows(STATES_FILE)
    ]  # fmt: skip
    moves = [
        Move(
            row["from_state"] or "", row["to_state"], tuple(row["roles"].split(";")), tuple(row["evidence"].split(";")),
            row["status"], row["citation"] or "",
        )
        for row in _rows(MOVES_FILE)
    ]  # fmt: skip
    return Procedure(tuple(states), tuple(moves))


@cache
def appearance_rules() -> pl.DataFrame:
    """Rules of a first appearance: rule, value, unit, status, citation, note."""
    return pl.read_csv(DATA_DIR / RULES_FILE, infer_schema=False).with_columns(pl.col("value").cast(pl.Float64))


def appearance_rule(name: str) -> float:
    """One rule, in the unit of its row.

    Raises
    ------
    ParameterError
        ``HW-D729`` when there is no such row.

    Examples
    --------
    >>> appearance_rule("least_samples")
    2.0
    """
    found = appearance_rules().filter(rule=name)["value"]
    if found.is_empty():
        raise ParameterError(
            "There is no such rule of first appearances.",
            where=RULES_FILE,
            found=name,
            remedy="Add a row with its source and status",
            code="HW-D729",
        )
    return float(found[0])


def _rows(name: str) -> list[dict[str, str]]:
    return pl.read_csv(DATA_DIR / name, infer_schema=False).to_dicts()
