"""Evidence of an area from its own roll-up and from what lies in it.

    E_v = (e_v + mean of E_c over the children c of v) / 2                                                    (X4)

is an e-value whatever the children share, for a mean of e-values is one under any dependence. The trap: no product here;
sites share batches, factors, holidays and the weather.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from headworks.core.errors import DataRefused
from headworks.warning.budget.units import Units

Array = npt.NDArray[np.float64]


def area_evidence(own: npt.ArrayLike, units: Units) -> Array:
    """e-values of units, those of areas with the evidence of their children (X4).

    Parameters
    ----------
    own
        e-values of each unit's own residual, shape ``(n_units, …)``, not a number where not assessable.
    units
        The tree.

    Returns
    -------
    Array
        Shape of ``own``; an area that cannot be assessed itself has the mean of its children.

    Raises
    ------
    DataRefused
        ``HW-D821`` when there is evidence below zero, or not of these units.

    Examples
    --------
    Children 3 and 1, own 6: (6 + 2)/2.

    >>> from headworks.warning.budget.units import units_of
    >>> area_evidence([6.0, 3.0, 1.0], units_of([-1, 0, 0], [3, 6, 6])).tolist()
    [4.0, 3.0, 1.0]
    """
    evidence = np.array(own, np.float64)
    if evidence.shape[:1] != units.parent.shape or (evidence < 0).any():
        raise DataRefused(
            "Evidence is a number of at least 0 for each unit.",
            found=f"shape {evidence.shape}, least {np.nanmin(evidence):g}",
            remedy="Give e-values, a row a unit", code="HW-D821",
        )  # fmt: skip
    total, count = np.zeros(evidence.shape), np.zeros(evidence.shape)
    for members in units.depths[::-1]:
        mean = np.full(evidence[members].shape, np.nan)
        np.divide(total[members], count[members], out=mean, where=count[members] > 0)
        mine = evidence[members]
        both = np.where(np.isnan(mine), mean, np.where(np.isnan(mean), mine, (mine + mean) / 2))
        evidence[members] = both
        inner = members[units.parent[members] >= 0]
        judged = ~np.isnan(evidence[inner])
        np.add.at(total, units.parent[inner], np.where(judged, evidence[inner], 0.0))
        np.add.at(count, units.parent[inner], judged)
    return evidence
