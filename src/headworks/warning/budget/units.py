"""Which unit lies in which: sites in villages, towns, counties, cities and provinces, as arrays.

The trap: a site may lie in a town or a county directly; levels are names of units, not depths of the tree.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.core.errors import DataRefused

Index = npt.NDArray[np.int64]
# Numbers of levels as in the table of signals, with the words a budget uses.
LEVELS = {"province": 1, "city": 2, "county": 3, "town": 4, "village": 5, "site": 6}


class Units(NamedTuple):
    """``parent`` (-1 of a root) and ``level`` of each unit; ``depths`` lists the units of each depth, roots first."""

    parent: Index
    level: Index
    depths: tuple[Index, ...]

    def above(self, unit: int) -> list[int]:
        """What a unit lies in, the nearest first."""
        found = []
        at = int(self.parent[unit])
        while at >= 0:
            found.append(at)
            at = int(self.parent[at])
        return found

    def inside(self, unit: int) -> npt.NDArray[np.bool_]:
        """Whether each unit is this one or lies in it."""
        within = np.zeros(self.parent.size, dtype=np.bool_)
        within[unit] = True
        for members in self.depths[1:]:
            within[members] |= within[self.parent[members]]
        return within


def units_of(parent: npt.ArrayLike, level: npt.ArrayLike) -> Units:
    """Units from the place of what each lies in.

    Parameters
    ----------
    parent
        Place of the unit each lies in, -1 of a root, shape ``(n_units,)``, any order.
    level
        1 province, 2 city, 3 county, 4 town, 5 village, 6 site; larger than the parent's.

    Returns
    -------
    Units
        In the order given.

    Raises
    ------
    DataRefused
        ``HW-D820`` when a parent is not there, or a unit's level is not below its parent's (so nothing lies in itself).

    Examples
    --------
    >>> units_of([-1, 0, 1], [1, 3, 6]).above(2)
    [1, 0]
    """
    parents, levels = np.asarray(parent, np.int64), np.asarray(level, np.int64)
    if parents.ndim != 1 or parents.shape != levels.shape or not parents.size:
        raise _refused(f"{parents.shape} parents and {levels.shape} levels")
    if ((parents < -1) | (parents >= parents.size)).any():
        raise _refused(f"parent {parents[(parents < -1) | (parents >= parents.size)][0]} of {parents.size} units")
    own = levels[np.flatnonzero(parents >= 0)]
    outer = levels[parents[parents >= 0]]
    if (own <= outer).any() or ((levels < 1) | (levels > LEVELS["site"])).any():
        raise _refused(f"levels {sorted(set(levels.tolist()))}, {np.count_nonzero(own <= outer)} not below their parent's")
    depth, at = np.zeros(parents.size, dtype=np.int64), parents.copy()
    while (at >= 0).any():
        depth += at >= 0
        at = np.where(at >= 0, parents[at], -1)
    return Units(parents, levels, tuple(np.flatnonzero(depth == i) for i in range(int(depth.max()) + 1)))


def _refused(found: str) -> DataRefused:
    return DataRefused(
        "Units give each the place of the larger unit it lies in, -1 to a root, and a level from 1 to 6.",
        found=found, remedy="Look at the parents and levels of those units", code="HW-D820",
    )  # fmt: skip
