"""Where a substance stands in the early-warning procedure: a dated list of steps, each with its evidence and who took it.

    event → formal notification → monitoring → intensive monitoring → alert → risk assessment → controlled

Which step may follow which, by whom and on what evidence is data (``reference/early_warning_procedure.py``). A step is only
ever added: what was believed on a day can be read off for good. The trap: a statistical signal is no step. It is evidence for
one that a person takes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl

from headworks.core.errors import DataRefused, UsageError
from headworks.reference.early_warning_procedure import Move, Procedure, early_warning_procedure


class Step(NamedTuple):
    """A step that was taken: state reached, day, role that took it, evidence (kind to reference), and a note."""

    state: str
    day: dt.date
    role: str
    evidence: Mapping[str, str]
    note: str = ""


History = tuple[Step, ...]


def state_on(history: Sequence[Step], day: dt.date | None = None) -> str:
    """State at the end of a day, or now; empty before the first step.

    Examples
    --------
    >>> opened = (Step("event", dt.date(2024, 5, 6), "analyst", {"finding": "s1"}),)
    >>> state_on(opened), state_on(opened, dt.date(2024, 5, 5))
    ('event', '')
    """
    reached = [step.state for step in history if day is None or step.day <= day]
    return reached[-1] if reached else ""


def moves_from(state: str, procedure: Procedure | None = None) -> list[Move]:
    """Steps that may follow a state.

    Examples
    --------
    >>> [move.to_state for move in moves_from("alert")]
    ['intensive_monitoring', 'risk_assessment']
    """
    return [move for move in (procedure or early_warning_procedure()).moves if move.from_state == state]


def advance(history: Sequence[Step], step: Step, procedure: Procedure | None = None) -> History:
    """The history with one more step.

    Parameters
    ----------
    history
        Steps so far, in order; empty of a new event.
    step
        The step to be taken.
    procedure
        The shipped one without.

    Returns
    -------
    tuple of Step
        The steps so far are untouched.

    Raises
    ------
    UsageError
        ``HW-U246`` a step that does not follow the state; ``HW-U247`` a role that may not take it.
    DataRefused
        ``HW-D733`` evidence that is missing; ``HW-D734`` a day before the last step.

    Examples
    --------
    >>> event = Step("event", dt.date(2024, 5, 6), "analyst", {"finding": "sample s1"})
    >>> proof = {"finding": "sample s1", "confirmation": "sample s2, batch 8"}
    >>> history = advance(advance((), event), Step("formal_notification", dt.date(2024, 5, 14), "coordinator", proof))
    >>> [step.state for step in history]
    ['event', 'formal_notification']
    """
    state = state_on(history)
    moves = moves_from(state, procedure)
    move = next((one for one in moves if one.to_state == step.state), None)
    if move is None:
        raise UsageError(
            "This step does not follow the state of the substance.",
            found=f"{state or 'no event yet'} → {step.state}",
            remedy="Steps from here: " + (", ".join(one.to_state for one in moves) or "none, open a new event"),
            code="HW-U246",
        )
    if step.role not in move.roles:
        raise UsageError(
            "This role may not take the step.",
            found=f"{step.role}, {state or 'no event yet'} → {step.state}",
            remedy="It is for: " + ", ".join(move.roles),
            code="HW-U247",
        )
    missing = [kind for kind in move.evidence if not step.evidence.get(kind, "").strip()]
    if missing:
        raise DataRefused(
            "A step lacks its evidence.",
            where=f"{state or 'no event yet'} → {step.state}",
            found="no " + ", ".join(missing),
            remedy="Name the samples, documents or reasons under each kind of evidence",
            code="HW-D733",
        )
    if history and step.day < history[-1].day:
        raise DataRefused(
            "A step lies before the one it follows.",
            where=f"{state} → {step.state}",
            found=f"{step.day}, after {history[-1].day}",
            remedy="Give the day on which the step was taken",
            code="HW-D734",
        )
    return (*history, step)


def replay(steps: Sequence[Step], procedure: Procedure | None = None) -> History:
    """A history read from elsewhere, held to the procedure step by step; refusals as of :func:`advance`."""
    history: History = ()
    for step in steps:
        history = advance(history, step, procedure)
    return history


def overdue(history: Sequence[Step], today: dt.date, procedure: Procedure | None = None) -> int | None:
    """Days by which the next step is late; None where no term runs or it is not over.

    Examples
    --------
    The term of an event is 10 days.

    >>> opened = (Step("event", dt.date(2024, 5, 1), "analyst", {"finding": "s1"}),)
    >>> overdue(opened, dt.date(2024, 5, 11)), overdue(opened, dt.date(2024, 5, 14))
    (None, 3)
    """
    if not history:
        return None
    states = {state.state: state for state in (procedure or early_warning_procedure()).states}
    term = states[history[-1].state].within_days
    late = 0 if term is None else (today - history[-1].day).days - term
    return late if late > 0 else None


def history_table(history: Sequence[Step]) -> pl.DataFrame:
    """A row per step: state, day, role, evidence (``kind: reference; …``), note, until (day of the next step)."""
    days: list[dt.date | None] = [step.day for step in history[1:]]
    rows = [
        {"state": step.state, "day": step.day, "role": step.role, "note": step.note, "until": until,
         "evidence": "; ".join(f"{kind}: {reference}" for kind, reference in step.evidence.items())}
        for step, until in zip(history, [*days, None], strict=True)
    ] if history else []  # fmt: skip
    types = {
        "state": pl.String, "day": pl.Date, "role": pl.String, "evidence": pl.String, "note": pl.String, "until": pl.Date,
    }  # fmt: skip
    return pl.DataFrame([{name: row[name] for name in types} for row in rows], schema=types)
