"""Where sites lie beside each other: circles by their coordinates, and what drains to a site.

A site without coordinates stands in the middle of its smallest area that has a site with some. Sites at one point (a register
that knows only their county's) enter a circle together. The trap: how far apart sites are in degrees hangs on the latitude;
kilometres are made first.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.warning.clusters import (
    Windows,
    circular_windows,
    downstream_windows,
    joined_windows,
    windows_of_members,
    windows_of_several,
)
from headworks.workflows.warning.units import Units

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
# One or two sites are no cluster: they speak for themselves.
LEAST_SITES = 3
# A cluster of more sites is a county or a city, of which the tree asks; of a large map fewer, so that a week stays cheap.
MOST_SITES, _LEAST_MOST, _MOST_STEPS = 100, 30, 60_000
_LARGEST_SHARE = 0.5
# Below the county: the middle of a whole city is no place.
_NEAR_LEVELS = (5, 4, 3)
_KM_PER_DEGREE = 111.2


class SiteMap(NamedTuple):
    """``windows`` over the sites of ``Units``; ``n_located`` of them lie somewhere.

    ``below`` is the site that each one's sewage comes to next, -1 where that is none of these.
    """

    windows: Windows
    n_located: int
    below: Index


def site_map(units: Units, sites: pl.DataFrame) -> SiteMap:
    """The map of some sites.

    Parameters
    ----------
    units
        Sites and areas.
    sites
        Table ``sites``: ``site_id, latitude, longitude, upstream_of``.
    """
    known = {row[0]: row[1:] for row in sites.select("site_id", "latitude", "longitude", "upstream_of").rows()}
    mine = [known.get(site, (None, None, None)) for site in units.unit_id[: units.n_sites]]
    degrees = np.array([[np.nan if one is None else one for one in row[:2]] for row in mine], dtype=np.float64).reshape(-1, 2)
    degrees[np.isnan(degrees).any(axis=1)] = np.nan
    kilometres = _kilometres(_filled(degrees, units))
    located = ~np.isnan(kilometres[:, 0])
    location = np.full(units.n_sites, -1, dtype=np.int64)
    places, location[located] = np.unique(kilometres[located], axis=0, return_inverse=True)
    size = np.bincount(location[located], minlength=len(places))
    circles = windows_of_members(
        circular_windows(places[:, 0], places[:, 1], size, _share(units.n_sites, len(places))), location
    )
    below = _next_below(units, mine)
    drains = downstream_windows(below.tolist(), np.ones(units.n_sites), _share(units.n_sites, len(places)))
    windows = windows_of_several(joined_windows(circles, drains), LEAST_SITES)
    return SiteMap(windows, int(located.sum()), below)


def _filled(degrees: Array, units: Units) -> Array:
    """Sites without coordinates in the middle of those of their smallest area that has any."""
    found = degrees.copy()
    for level in _NEAR_LEVELS:
        member = units.member[level - 1]
        for site in np.flatnonzero(np.isnan(found[:, 0]) & (member >= 0)):
            beside = degrees[(member == member[site]) & ~np.isnan(degrees[:, 0])]
            if len(beside):
                found[site] = beside.mean(axis=0)
    return found


def _kilometres(degrees: Array) -> Array:
    """East and north of the middle latitude, near enough over a province."""
    known = degrees[~np.isnan(degrees[:, 0])]
    narrowed = np.cos(np.radians(known[:, 0].mean())) if len(known) else 1.0
    return np.column_stack([degrees[:, 1] * narrowed, degrees[:, 0]]) * _KM_PER_DEGREE


def _share(n_sites: int, n_places: int) -> float:
    """Largest share of the sites in a cluster."""
    most = min(MOST_SITES, max(_LEAST_MOST, _MOST_STEPS // max(n_places, 1)))
    return min(_LARGEST_SHARE, most / max(n_sites, 1))


def _next_below(units: Units, rows: list[tuple[float | None, float | None, str | None]]) -> Index:
    """The site that each one's sewage comes to next, -1 where that is none of these."""
    place = {site: at for at, site in enumerate(units.unit_id[: units.n_sites])}
    return np.array([place.get(below, -1) if below else -1 for _, _, below in rows], dtype=np.int64)
