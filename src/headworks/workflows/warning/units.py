"""The units of which a week is judged: every site, and every area that speaks for more than one of them.

A site belongs, at each level, to the area that most of its people live in. An area with one site is that site, and an area
whose sites all lie in one of its parts is that part; neither is asked twice. The trap: ``level`` 6 is a site, although no
area has that level.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.trends.areas.network import Network

Index = npt.NDArray[np.int64]
SITE_LEVEL = 6
LEVEL_NAMES = {1: "province", 2: "city", 3: "county", 4: "town", 5: "village", 6: "site"}
AREA_LEVELS = (1, 2, 3, 4, 5)
# Fewer units of one level beside each other do not tell what they share.
LEAST_PEERS = 5


class Units(NamedTuple):
    """Sites come first, in order of their id; then areas by level, the lowest first.

    ``member`` of shape ``(6, n_sites)``: at each level (row ``level - 1``) the unit that a site belongs to, -1 for none; the
    last row is the sites themselves. ``parent`` is the next unit above, -1 at the top; ``peers_in`` the nearest unit above
    with at least ``LEAST_PEERS`` units of the same level, -1 for none.
    """

    unit_id: tuple[str, ...]
    level: Index
    parent: Index
    peers_in: Index
    member: Index

    @property
    def n_sites(self) -> int:
        """How many of the units are sites."""
        return int(self.member.shape[1])

    @property
    def n(self) -> int:
        """How many units."""
        return len(self.unit_id)

    def sites_of(self, unit: int) -> Index:
        """Sites that speak for a unit."""
        return np.flatnonzero(self.member[self.level[unit] - 1] == unit)

    def table(self) -> pl.DataFrame:
        """``unit, unit_kind, unit_id, level, parent``, a row per unit."""
        kind = np.where(self.level == SITE_LEVEL, "site", "area")
        return pl.DataFrame(
            {"unit": np.arange(self.n), "unit_kind": kind, "unit_id": self.unit_id, "level": self.level, "parent": self.parent}
        )


def warning_units(site_ids: list[str], network: Network) -> Units:
    """The units of some sites.

    Parameters
    ----------
    site_ids
        Distinct, sorted.
    network
        Sites and areas.

    Returns
    -------
    Units
    """
    areas = main_areas(site_ids, network)
    n_sites = len(site_ids)
    member = np.full((SITE_LEVEL, n_sites), -1, dtype=np.int64)
    member[-1] = np.arange(n_sites)
    names, levels = list(site_ids), [np.full(n_sites, SITE_LEVEL, dtype=np.int64)]
    for level in reversed(AREA_LEVELS):
        asked = _worth_asking(areas[level - 1], member)
        place = np.full(int(areas[level - 1].max(initial=-1)) + 2, -1, dtype=np.int64)
        place[asked] = len(names) + np.arange(asked.size)
        member[level - 1] = place[areas[level - 1]]
        names += [str(network.areas["area_id"][int(area)]) for area in asked]
        levels.append(np.full(asked.size, level, dtype=np.int64))
    level_of = np.concatenate(levels)
    parent = _parents(member, level_of)
    return Units(tuple(names), level_of, parent, _peers_in(parent, level_of), member)


def main_areas(site_ids: list[str], network: Network) -> Index:
    """Area of each site at each level, ``(5, n_sites)``: that of most of its people, where it is now; -1 without one."""
    place = np.array([network.site_of.get(site, -1) for site in site_ids], dtype=np.int64)
    found = np.full((len(AREA_LEVELS), place.size), -1, dtype=np.int64)
    if not network.unit.size:
        return found
    ends = np.append(network.first_unit, network.n_units)
    level = network.areas["level"].cast(pl.Int64).to_numpy()[network.area]
    known = place >= 0
    for one in AREA_LEVELS:
        mine = np.flatnonzero(level == one)
        mine = mine[np.argsort(network.share[mine], kind="stable")]
        of_unit = np.full(network.n_units, -1, dtype=np.int64)
        of_unit[network.unit[mine]] = network.area[mine]
        found[one - 1, known] = of_unit[ends[place[known] + 1] - 1]
    return found


def common_unit(units: Units, sites: Index) -> int:
    """The smallest area that all of some sites lie in; -1 where there is none."""
    for member in units.member[-2::-1]:
        if member[sites[0]] >= 0 and np.all(member[sites] == member[sites[0]]):
            return int(member[sites[0]])
    return -1


def _worth_asking(area: Index, member: Index) -> Index:
    """Areas with several sites, not all of them in one unit below."""
    known = area >= 0
    counts = np.bincount(area[known]) if known.any() else np.zeros(0, dtype=np.int64)
    largest = np.ones(counts.size, dtype=np.int64)
    for below in member[:-1]:
        both = known & (below >= 0)
        if both.any():
            pairs, n = np.unique(area[both] * (int(below.max()) + 1) + below[both], return_counts=True)
            np.maximum.at(largest, pairs // (int(below.max()) + 1), n)
    return np.flatnonzero(counts > largest)


def _parents(member: Index, level: Index) -> Index:
    """Next unit above each unit, by its sites."""
    parent = np.full(level.size, -1, dtype=np.int64)
    for row in range(SITE_LEVEL - 1, -1, -1):
        for above in range(row):
            # Higher levels first, so that the nearest one is written last.
            mine = (member[row] >= 0) & (member[above] >= 0)
            parent[member[row, mine]] = member[above, mine]
    return parent


def _peers_in(parent: Index, level: Index) -> Index:
    """Nearest unit above with enough units of the same level."""
    counts: dict[tuple[int, int], int] = {}
    for unit in range(level.size):
        above = int(parent[unit])
        while above >= 0:
            counts[above, int(level[unit])] = counts.get((above, int(level[unit])), 0) + 1
            above = int(parent[above])
    found = np.full(level.size, -1, dtype=np.int64)
    for unit in range(level.size):
        above = int(parent[unit])
        while above >= 0 and counts[above, int(level[unit])] < LEAST_PEERS:
            above = int(parent[above])
        found[unit] = above
    return found
