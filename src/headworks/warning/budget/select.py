"""What is shown of a week, so that of all that was shown in the budget's year at most the stated share is false.

At each level ``l`` on its own, with ``m`` hypotheses that could be assessed this week, ``S`` events shown there before in
the budget's year of ``W`` weeks and ``s`` shown now, every event shown has

    p <= share_false (S + s) / (W m)                                                                          (X6)

``s`` is what is left after folding and capping, so neither can break the rate. For e-values, ``p = 1/e``: then (X6) is
e-LOND in batches and self-consistent, and holds the rate under any dependence. The trap: thresholds, folding and counts
hang on one another; they are lowered until all agree.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.core.errors import DataRefused
from headworks.warning.budget.fold import cap, fold
from headworks.warning.budget.units import LEVELS, Units
from headworks.warning.budget.words import Budget

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Index = npt.NDArray[np.int64]
N_LEVELS = len(LEVELS) + 1
# The promise is for what a reader sees in a year; then the count begins anew.
BUDGET_WEEKS = 52


class Selected(NamedTuple):
    """Of a week: ``shown`` and ``rejected`` ``(n_units, n_drugs)``, and the p-value allowed at each level (0 unused)."""

    shown: Flags
    rejected: Flags
    allowed: Array


def select_week(
    p: npt.ArrayLike, units: Units, budget: Budget, *,
    shown_before: npt.ArrayLike | None = None, is_open: Flags | None = None, budget_weeks: int = BUDGET_WEEKS,
) -> Selected:  # fmt: skip
    """New events of a week under the budget (X6).

    Parameters
    ----------
    p
        p-values, or 1/e, of units and drugs, shape ``(n_units, n_drugs)``; not a number where not assessable.
    units, budget
        The tree and what the reader allows.
    shown_before
        Events shown in the budget's year by level, shape ``(7,)``; none without.
    is_open
        Units and drugs of events that go on: not new, but they fold what they lie in.
    budget_weeks
        Weeks of a budget's year.

    Returns
    -------
    Selected
        With ``shown`` only new events.

    Raises
    ------
    DataRefused
        ``HW-D822`` when p is outside 0 to 1, or not of these units.

    Examples
    --------
    One site, one drug: 0.1 x 1 / (52 x 1) = 0.0019 is allowed.

    >>> from headworks.warning.budget.units import units_of
    >>> select_week([[0.001]], units_of([-1], [6]), Budget(0.1)).shown.tolist()
    [[True]]
    """
    values = np.asarray(p, np.float64)
    if values.ndim != 2 or values.shape[0] != units.parent.size or (values < 0).any() or (values > 1).any():
        raise DataRefused(
            "p-values lie between 0 and 1, a row a unit and a column a drug.", found=f"shape {values.shape}",
            remedy="Give 1/e, at most 1, for e-values", code="HW-D822",
        )  # fmt: skip
    before = np.zeros(N_LEVELS) if shown_before is None else np.asarray(shown_before, np.float64)
    going_on = np.zeros(values.shape, dtype=np.bool_) if is_open is None else is_open
    safe = np.where(np.isnan(values), 1.0, values)
    unit_price = _price(values, units, budget, budget_weeks)
    counted = before + _most(np.where(going_on, 1.0, safe), units, unit_price, before)
    while True:
        allowed = unit_price * counted
        rejected = (safe <= allowed[units.level][:, None]) & ~np.isnan(values)
        found = fold(rejected | going_on, np.where(going_on, np.minimum(safe, allowed[units.level][:, None]), safe), units)
        shown = cap(found & ~going_on, safe, units, budget.most_per_week)
        count = before + np.maximum(np.bincount(units.level, shown.sum(axis=1), N_LEVELS), 1)
        if (count >= counted).all():
            return Selected(shown, rejected, allowed)
        counted = np.minimum(count, counted)


def _price(values: Array, units: Units, budget: Budget, weeks: int) -> Array:
    """p-value that one event at a level allows; 0 where nothing could be assessed."""
    m = np.bincount(units.level, (~np.isnan(values)).sum(axis=1), N_LEVELS)
    price = np.zeros(N_LEVELS)
    np.divide(budget.share_false / weeks, m, out=price, where=m > 0)
    return price


def _most(safe: Array, units: Units, price: Array, before: Array) -> Array:
    """As many as could be shown at each level if nothing were folded; at least one is tried for."""
    most = np.ones(N_LEVELS)
    for level in LEVELS.values():
        ordered = np.sort(safe[units.level == level].ravel())
        rank = np.arange(1, ordered.size + 1)
        below = np.flatnonzero(ordered <= price[level] * (before[level] + rank))
        most[level] = max(1, below[-1] + 1) if below.size else 1
    return most
