"""From p-values of all units, residues and kinds to the events of a week, under one budget of false alarms.

Each residue stands in three columns (up, down, scatter) and each pair of residues in one, so that the budget counts every
question that was asked. Half of the share that may be false is for rises, which a warning is for; what else is asked has the
rest, and each family of questions counts its own events: a reader with forty true rises must not get drops by chance for it.
Weeks are followed from the begin of the year of the budget to the week asked for; so the events of a
week hang on the facts up to it, and on nothing kept in between.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.warning.budget import Budget, Event, Families, follow_weeks, units_of
from headworks.workflows.warning.judged import Judged
from headworks.workflows.warning.kinds import DOWN, FAMILIES, RATIO, SCATTER, UP, Family
from headworks.workflows.warning.units import SITE_LEVEL

Array = npt.NDArray[np.float64]
# Of the share of false events: a rise asks for somebody to act, a drop seldom, scatter and ratios of residues for a look.
PARTS = {UP: 0.5, DOWN: 0.25, SCATTER: 0.125, RATIO: 0.125}


class Column(NamedTuple):
    """What one column asks: number of the residue, or of the pair of residues, and the family."""

    number: int
    family: Family


class Asked(NamedTuple):
    """``p`` of shape ``(n_units, n_columns, n_weeks)``, not a number where not assessed; weeks from ``first_week`` on."""

    p: Array
    columns: tuple[Column, ...]
    first_week: int

    @property
    def families(self) -> Families:
        """The columns by what they ask."""
        of_column = [FAMILIES.index(column.family) for column in self.columns]
        return Families(np.array(of_column, dtype=np.int64), np.array([PARTS[one] for one in FAMILIES]))

    @property
    def n_assessed(self) -> int:
        """Questions that could be asked of the last week."""
        return int(np.count_nonzero(~np.isnan(self.p[:, :, -1])))


class Followed(NamedTuple):
    """All ``events`` of the weeks followed, and those ``open_now``, in the last of them."""

    events: tuple[Event, ...]
    open_now: tuple[Event, ...]


def ask(judged: Judged) -> Asked:
    """Every question of the weeks that are judged."""
    units = judged.units
    columns, found = list[Column](), list[Array]()
    for family in (UP, DOWN, SCATTER):
        for number in range(judged.z.shape[0]):
            p = family.p(judged.z[number])[:, judged.n_before :]
            # Areas average scatter out; of it only sites are asked.
            found.append(np.where((units.level < SITE_LEVEL)[:, None], np.nan, p) if family is SCATTER else p)
            columns.append(Column(number, family))
    for number in range(judged.ratio_z.shape[0]):
        p = np.full((units.n, judged.n_weeks - judged.n_before), np.nan)
        p[: units.n_sites] = RATIO.p(judged.ratio_z[number])[:, judged.n_before :]
        found.append(p)
        columns.append(Column(number, RATIO))
    stacked = np.stack(found, axis=1) if found else np.empty((units.n, 0, judged.n_weeks - judged.n_before))
    return Asked(np.minimum(stacked, 1.0), tuple(columns), judged.n_before)


def follow(judged: Judged, asked: Asked, budget: Budget) -> Followed:
    """The events of the weeks that are judged.

    Parameters
    ----------
    judged, asked
        Of the same days.
    budget
        How many may be false, and how many may come.
    """
    if not judged.units.n:
        return Followed((), ())
    tree = units_of(judged.units.parent, judged.units.level)
    events, ledger = follow_weeks(asked.p, tree, budget, families=asked.families)
    last = asked.p.shape[2] - 1
    return Followed(tuple(events), tuple(one for one in ledger.is_open if one.last_week == last))


def least_share(event: Event, p: float, budget: Budget) -> float:
    """Share of false signals at which it would just have been selected when it was first shown."""
    return min(1.0, budget.share_false * event.p / event.allowed) if event.allowed > 0 else min(1.0, p)


def z_of(judged: Judged, column: Column, unit: int) -> Array:
    """Normals of one unit, all weeks."""
    row: Array = (judged.ratio_z if column.family is RATIO else judged.z)[column.number, unit]
    return row
