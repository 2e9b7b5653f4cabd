"""Figures that cross: neither holds the other, and yet they share people.

A village sampled above a town's plant, with a second site outside the plant's sewers, crosses the plant: plant + village -
town is the first site alone. What figures that cross give away is not seen in blocks, so none are published: of two that
cross, the one with fewer residents is withheld (D6). What is left is a family without crossings, for which blocks are all
there is to know.

Areas of one tree never cross; a site shared out to several areas does not either, since who knows its load knows each share.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from headworks.core.disclosure.groups import Index
from headworks.core.disclosure.incidence import Chains, Incidence, published_chains

Mask = npt.NDArray[np.bool_]


def crossing_units(incidence: Incidence, published: Mask, fixed: Mask) -> Index:
    """Units to withhold so that no two published figures cross; empty when none do.

    Parameters
    ----------
    incidence
        Figures of one kind of period.
    published, fixed
        By unit: shown so far; out already.
    """
    withheld = set[int]()
    published = published.copy()
    while True:
        chains = published_chains(incidence, published)
        found = {_dearest_last(incidence, pair, fixed) for pair in crossing_pairs(incidence, chains)} - {-1}
        if not found:
            return np.array(sorted(withheld), dtype=np.int64)
        withheld |= found
        published[sorted(found)] = False


def _dearest_last(incidence: Incidence, slots: tuple[int, int], fixed: Mask) -> int:
    """Unit of the slot with fewer residents among those that can be withheld; -1 when none can."""
    free = [slot for slot in slots if not fixed[incidence.unit_of[slot]]]
    if not free:
        return -1
    return int(incidence.unit_of[min(free, key=lambda slot: (incidence.slot_people[slot], incidence.unit_of[slot]))])


def crossing_pairs(incidence: Incidence, chains: Chains) -> list[tuple[int, int]]:
    """Slots that cross. A part that lies in larger ones lies, with all of its cells, in one and the same next larger part."""
    rows = chains.rows
    if not rows.size:
        return []
    part = incidence.part[rows]
    follows = np.append(~chains.is_owner[1:], False)
    onward = np.where(follows, np.append(part[1:], -1), -1)
    place = np.full(incidence.part.size, -1, dtype=np.int64)
    place[rows] = np.arange(rows.size)
    order = place[incidence.by_part]
    order = order[order >= 0]
    first = np.flatnonzero(np.diff(part[order], prepend=-1))
    least, most = np.minimum.reduceat(onward[order], first), np.maximum.reduceat(onward[order], first)
    flagged = part[order][first][least != most]
    slot_of = np.zeros(incidence.n_parts, dtype=np.int64)
    slot_of[part] = incidence.slot[rows]
    nearby = np.union1d(flagged, onward[np.isin(part, flagged) & (onward >= 0)]).tolist()
    cells = {one: set(incidence.cell[rows[part == one]].tolist()) for one in nearby}
    pairs = [
        (int(slot_of[one]), int(slot_of[other]))
        for one in flagged.tolist()
        for other in np.unique(onward[part == one]).tolist()
        if other >= 0 and not cells[one] <= cells[other]
    ]
    return [pair for pair in pairs if pair[0] != pair[1]]
