"""From forty rejected rows to one event, at the most specific unit that the evidence supports.

Of a unit that is rejected and holds rejected units, one of two is shown: the unit itself when its evidence is at least as
strong as the strongest inside, else what is inside (X5). A county that doubled as a whole speaks louder than each of its
sites; a single site that doubled speaks louder than its county. The trap: what is folded is not counted, so the rate must
be reckoned on what is left; ``select`` does.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from headworks.warning.budget.units import Units

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def fold(rejected: Flags, p: Array, units: Units) -> Flags:
    """Which of the rejected are shown (X5).

    Parameters
    ----------
    rejected
        Shape ``(n_units, n_drugs)``.
    p
        p-values or the like, small for much evidence; shape of ``rejected``.
    units
        The tree.

    Returns
    -------
    Flags
        Shape of ``rejected``; no shown unit lies in another that is shown for the same drug.

    Examples
    --------
    County 0 with sites 1 and 2. The county is the strongest; then site 1.

    >>> from headworks.warning.budget.units import units_of
    >>> county = units_of([-1, 0, 0], [3, 6, 6])
    >>> fold(np.ones((3, 2), bool), np.array([[1e-9, 1e-4], [1e-5, 1e-9], [1e-5, 1e-5]]), county).T.tolist()
    [[True, False, False], [False, True, True]]
    """
    strongest = np.full(p.shape, np.inf)
    shown = np.zeros(rejected.shape, dtype=np.bool_)
    for members in units.depths[::-1]:
        mine = np.where(rejected[members], p[members], np.inf)
        shown[members] = rejected[members] & (mine <= strongest[members])
        strongest[members] = np.minimum(strongest[members], mine)
        inner = members[units.parent[members] >= 0]
        np.minimum.at(strongest, units.parent[inner], strongest[inner])
    covered = np.zeros(rejected.shape, dtype=np.bool_)
    for members in units.depths[1:]:
        outer = units.parent[members]
        covered[members] = covered[outer] | shown[outer]
    return shown & ~covered


def cap(shown: Flags, p: Array, units: Units, most_per_week: tuple[tuple[int, int], ...]) -> Flags:
    """The strongest of what is shown, so many for each unit of a level (0: all together).

    Examples
    --------
    >>> from headworks.warning.budget.units import units_of
    >>> sites = units_of([-1, 0, 0], [2, 6, 6])
    >>> cap(np.array([[False], [True], [True]]), np.array([[1.0], [1e-4], [1e-5]]), sites, ((2, 1),)).ravel().tolist()
    [False, False, True]
    """
    if not most_per_week or not shown.any():
        return shown
    unit, drug = np.nonzero(shown)
    order = np.lexsort((drug, unit, p[unit, drug]))
    kept, taken = np.zeros(shown.shape, dtype=np.bool_), dict[tuple[int, int], int]()
    for i in order.tolist():
        lies_in = [int(unit[i]), *units.above(int(unit[i]))]
        places = [
            (level, next((at for at in lies_in if units.level[at] == level), -1) if level else -1, most)
            for level, most in most_per_week
        ]
        # An event above the level of a cap is in none of its units.
        places = [one for one in places if one[0] == 0 or one[1] >= 0]
        if all(taken.get((level, at), 0) < most for level, at, most in places):
            kept[unit[i], drug[i]] = True
            for level, at, _ in places:
                taken[level, at] = taken.get((level, at), 0) + 1
    return kept
