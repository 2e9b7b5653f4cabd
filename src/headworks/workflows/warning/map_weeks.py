r"""Every site's week on the map: what was seen less what its own past let expect, with nothing of its county taken off.

A site's normals (Y3) are told beside its neighbours, so what a whole neighbourhood does is not in them. Here a site's week is

    r' = r - Huber mean of r over all sites of its tree                                                       (Y10)

with ``r`` of (Y1), followed one week ahead as weeks of areas are (Y4) and held against its own scatter (Y8). A site where the
drug comes and goes has its own normal (Y9), known as well as the middle site. The trap: cut at 4, or one odd site would make
a cluster with any two beside it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.workflows.warning.area_weeks import FARTHEST_FEW, OF_SITES, one_step_ahead
from headworks.workflows.warning.judged import Judged, Residue
from headworks.workflows.warning.kinds import LONGEST_REACH
from headworks.workflows.warning.scatter import own_spread
from headworks.workflows.warning.units import Units
from headworks.workflows.warning.weeks import huber_mean

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]


class MapWeeks(NamedTuple):
    """Shape ``(n_sites, n_weeks)``, log scale; not a number where nothing is judged.

    ``value`` is seen less expected, known to ``variance``; ``own`` is ``r'`` of (Y10), ``expected`` what was expected of it.
    """

    value: Array
    variance: Array
    own: Array
    expected: Array


def map_weeks(judged: Judged, one: Residue) -> MapWeeks:
    """Weeks of the sites of one residue.

    Parameters
    ----------
    judged, one
        All units, and the residue.
    """
    units, n = judged.units, judged.units.n_sites
    own = one.weeks.value[:n].copy()
    top = _tops(units)
    for tree in np.unique(top):
        own[top == tree] -= huber_mean(own[top == tree])
    told = one_step_ahead(own, one.weeks.variance[:n], judged.first, OF_SITES, judged.n_before)
    follows = ~np.isnan(told.z)
    middle = float(np.median(told.variance[follows])) if follows.any() else 1.0
    z = np.where(follows, told.z, np.where(np.isnan(own), one.sites.z[:n], np.nan))
    z = np.clip(own_spread(z, max(judged.n_before - LONGEST_REACH, 0)), -FARTHEST_FEW, FARTHEST_FEW)
    variance = np.where(follows, told.variance, middle)
    return MapWeeks(z * np.sqrt(variance), variance, own, told.expected)


def _tops(units: Units) -> Index:
    """The topmost unit that each site lies in; the site itself where it lies in none."""
    at = np.arange(units.n_sites)
    while (units.parent[at] >= 0).any():
        at = np.where(units.parent[at] >= 0, units.parent[at], at)
    return at
