"""Events over weeks: what begins, what goes on, what widened, with the count that the budget's year needs.

An alarm that continues is the same event, not a new discovery: nothing in a unit whose event is open is new for that drug.
An area around it becomes an event of its own only where its evidence is the stronger (``fold``); then it takes the narrower
one over. The trap: an event is closed after quiet weeks only, else each flicker would be counted again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from headworks.core.errors import DataRefused
from headworks.warning.budget.select import (
    BUDGET_WEEKS,
    N_LEVELS,
    Families,
    Selected,
    count_by_level,
    one_family,
    select_week,
)
from headworks.warning.budget.units import Units
from headworks.warning.budget.words import Budget

Array = npt.NDArray[np.float64]
# An event goes on while its own p-value is no chance of an ordinary week; after so many weeks without, it is over.
GOES_ON = 0.01
QUIET_WEEKS = 4


@dataclass(frozen=True)
class Event:
    """A unit and drug, first and last week of support, p when first shown and smallest since, what was allowed then.

    ``folded`` are units inside and around it that were rejected with it; ``took_over`` the units whose events it widened.
    """

    unit: int
    drug: int
    first_week: int
    last_week: int
    p: float
    p_least: float
    allowed: float
    folded: tuple[int, ...] = ()
    took_over: tuple[int, ...] = ()


@dataclass(frozen=True)
class Ledger:
    """To go on from: the next week, events of the budget's year, seven levels a family, and those that are open."""

    week: int = 0
    shown: tuple[int, ...] = (0,) * N_LEVELS
    is_open: tuple[Event, ...] = ()


def follow_weeks(
    p: npt.ArrayLike, units: Units, budget: Budget, *, families: Families | None = None, ledger: Ledger | None = None,
    budget_weeks: int = BUDGET_WEEKS,
) -> tuple[list[Event], Ledger]:  # fmt: skip
    """All events that began in these weeks, as they stand at the end, and what to go on from.

    Parameters
    ----------
    p
        p-values, or 1/e, shape ``(n_units, n_drugs, n_weeks)``; not a number where not assessable.
    units, budget
        The tree and what the reader allows.
    families
        Which columns ask alike, as of :func:`select_week`.
    ledger
        What an earlier call returned; the beginning without. Weeks go on counting from there.
    budget_weeks
        Weeks of a budget's year, after which the count of shown events begins anew.

    Returns
    -------
    tuple
        Events by first week, unit and drug - of an event that was open before, its newer state comes first -, and the ledger.

    Raises
    ------
    DataRefused
        ``HW-D823`` when the ledger's events are of other units or families, ``HW-D822`` as :func:`select_week`.

    Examples
    --------
    A site that is odd for two weeks is one event.

    >>> from headworks.warning.budget.units import units_of
    >>> events, ledger = follow_weeks([[[0.5, 1e-6, 1e-5, 0.5]]], units_of([-1], [6]), Budget(0.1))
    >>> [(one.unit, one.first_week, one.last_week) for one in events], ledger.shown[6]
    ([(0, 1, 2)], 1)
    """
    values = np.asarray(p, np.float64)
    if values.ndim != 3:
        raise _of_others(values)
    alike = one_family(values.shape[1]) if families is None else families
    state = Ledger(shown=(0,) * (alike.part.size * N_LEVELS)) if ledger is None else ledger
    is_alike = len(state.shown) == alike.part.size * N_LEVELS
    if not is_alike or any(one.unit >= values.shape[0] or one.drug >= values.shape[1] for one in state.is_open):
        raise _of_others(values)
    finished: list[Event] = []
    for column in range(values.shape[2]):
        state, over = _one_week(values[:, :, column], units, budget, alike, state, budget_weeks)
        finished += over
    every = finished + list(state.is_open)
    return sorted(every, key=lambda one: (one.first_week, one.unit, one.drug)), state


def _of_others(values: Array) -> DataRefused:
    return DataRefused(
        "Weeks are of other units or drugs than the ledger.", found=f"shape {values.shape}",
        remedy="Give units, drugs and weeks, in the order of the last time", code="HW-D823",
    )  # fmt: skip


def _one_week(
    p: Array, units: Units, budget: Budget, families: Families, state: Ledger, budget_weeks: int
) -> tuple[Ledger, list[Event]]:
    """The state after a week, and the events that ended in it."""
    shown = np.reshape(np.asarray(state.shown, np.float64) * (state.week % budget_weeks > 0), (-1, N_LEVELS))
    seen, going_on = p.copy(), np.zeros(p.shape, dtype=np.bool_)
    for one in state.is_open:
        inside = units.inside(one.unit)
        # Assessable but not new: 1, so that the number of hypotheses stays what it is.
        seen[inside, one.drug] = np.where(np.isnan(p[inside, one.drug]), np.nan, 1.0)
        # With this week's: else an area would outdo a narrower event by what both learnt in it.
        seen[one.unit, one.drug] = np.fmin(one.p_least, p[one.unit, one.drug])
        going_on[one.unit, one.drug] = True
    found = select_week(
        seen, units, budget, families=families, shown_before=shown, is_open=going_on, budget_weeks=budget_weeks
    )
    begun = [_begin(int(u), int(d), p, found, units, state) for u, d in np.argwhere(found.shown)]
    taken = {(inner, one.drug) for one in begun for inner in one.took_over}
    still = [_go_on(one, p, state.week) for one in state.is_open if (one.unit, one.drug) not in taken]
    over = [one for one in state.is_open if (one.unit, one.drug) in taken]
    over += [one for one in still if state.week - one.last_week >= QUIET_WEEKS]
    remain = [one for one in still if state.week - one.last_week < QUIET_WEEKS]
    counts = shown + count_by_level(found.shown, units, families)
    return Ledger(state.week + 1, tuple(counts.astype(int).ravel().tolist()), (*remain, *begun)), over


def _begin(unit: int, drug: int, p: Array, found: Selected, units: Units, state: Ledger) -> Event:
    """A new event with all that was rejected around and inside it."""
    inside = units.inside(unit)
    related = inside.copy()
    related[units.above(unit)] = True
    folded = np.flatnonzero(related & found.rejected[:, drug])
    return Event(
        unit, drug, state.week, state.week, float(p[unit, drug]), float(p[unit, drug]),
        float(found.allowed[units.level[unit], drug]), tuple(one for one in folded.tolist() if one != unit),
        tuple(one.unit for one in state.is_open if one.drug == drug and inside[one.unit]),
    )  # fmt: skip


def _go_on(one: Event, p: Array, week: int) -> Event:
    """An open event after one more week."""
    now = p[one.unit, one.drug]
    if not now <= GOES_ON:
        return one
    return replace(one, last_week=week, p_least=float(min(one.p_least, now)))
