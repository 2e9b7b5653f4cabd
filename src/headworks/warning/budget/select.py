"""What is shown of a week, so that of all that was shown in the budget's year at most the stated share is false.

At each level ``l`` and for each family ``f`` of questions on its own, with ``m`` hypotheses that could be assessed this week,
``S`` events shown there before in the budget's year of ``W`` weeks and ``s`` shown now, every event shown has

    p <= w_f share_false (S + s) / (W m),    w_f of all families at most 1 together                            (X6)

``s`` is what is left after folding and capping, so neither can break the rate. For e-values, ``p = 1/e``: then (X6) is
e-LOND in batches and self-consistent, and holds the rate under any dependence. Families apart, for events of one earn no
room for another: forty true rises must not make a drop easier to be told. The trap: thresholds, folding and counts hang on
one another; they are lowered until all agree.
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


class Families(NamedTuple):
    """Family of each column (drug), and the part of the share of false events that each family may spend, at most 1 in all."""

    of_column: Index
    part: Array


class Selected(NamedTuple):
    """Of a week: ``shown`` and ``rejected`` ``(n_units, n_drugs)``, p ``allowed`` at each level ``(7, n_drugs)``, 0 unused."""

    shown: Flags
    rejected: Flags
    allowed: Array


def select_week(
    p: npt.ArrayLike, units: Units, budget: Budget, *, families: Families | None = None,
    shown_before: npt.ArrayLike | None = None, is_open: Flags | None = None, budget_weeks: int = BUDGET_WEEKS,
) -> Selected:  # fmt: skip
    """New events of a week under the budget (X6).

    Parameters
    ----------
    p
        p-values, or 1/e, of units and drugs, shape ``(n_units, n_drugs)``; not a number where not assessable.
    units, budget
        The tree and what the reader allows.
    families
        Which columns ask alike; all of them without.
    shown_before
        Events shown in the budget's year by family and level, seven numbers a family; none without.
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
    alike = one_family(values.shape[1]) if families is None else families
    before = np.reshape(np.zeros(alike.part.size * N_LEVELS) if shown_before is None else shown_before, (-1, N_LEVELS))
    going_on = np.zeros(values.shape, dtype=np.bool_) if is_open is None else is_open
    safe = np.where(np.isnan(values), 1.0, values)
    unit_price = _price(values, units, budget, alike, budget_weeks)
    counted = before + _most(np.where(going_on, 1.0, safe), units, alike, unit_price, before)
    while True:
        allowed = (unit_price * counted)[alike.of_column].T
        rejected = (safe <= allowed[units.level]) & ~np.isnan(values)
        found = fold(rejected | going_on, np.where(going_on, np.minimum(safe, allowed[units.level]), safe), units)
        shown = cap(found & ~going_on, safe, units, budget.most_per_week)
        count = before + np.maximum(count_by_level(shown, units, alike), 1)
        if (count >= counted).all():
            return Selected(shown, rejected, allowed)
        counted = np.minimum(count, counted)


def one_family(n_columns: int) -> Families:
    """All columns together, with the whole share."""
    return Families(np.zeros(n_columns, np.int64), np.ones(1))


def count_by_level(flags: Flags, units: Units, families: Families) -> Array:
    """How many are flagged, by family and level, shape ``(n_families, 7)``."""
    found = np.zeros((families.part.size, N_LEVELS))
    unit, column = np.nonzero(flags)
    np.add.at(found, (families.of_column[column], units.level[unit]), 1.0)
    return found


def _price(values: Array, units: Units, budget: Budget, families: Families, weeks: int) -> Array:
    """p-value that one event of a family at a level allows; 0 where nothing could be assessed."""
    m = count_by_level(~np.isnan(values), units, families)
    price = np.zeros(m.shape)
    np.divide(budget.share_false / weeks * families.part[:, None], m, out=price, where=m > 0)
    return price


def _most(safe: Array, units: Units, families: Families, price: Array, before: Array) -> Array:
    """As many as could be shown of each family and level if nothing were folded; at least one is tried for."""
    most = np.ones(price.shape)
    for family in range(families.part.size):
        mine = families.of_column == family
        for level in LEVELS.values():
            ordered = np.sort(safe[np.ix_(units.level == level, mine)].ravel())
            rank = np.arange(1, ordered.size + 1)
            below = np.flatnonzero(ordered <= price[family, level] * (before[family, level] + rank))
            most[family, level] = max(1, below[-1] + 1) if below.size else 1
    return most
