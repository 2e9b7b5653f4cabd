"""Which catchments each figure holds, as arrays in which every catchment's figures stand smallest first.

A *cell* is a catchment in a period; a *slot* is a figure: a unit in a period. Read along a cell, the slots are the chain of
ever larger figures that hold the catchment. In a family without crossings the smallest published slot of each cell tells
everything: the cells that share it are its *block*, what is left of that figure when all published figures inside it are
subtracted (D4).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.core.disclosure.coding import CodedMembers
from headworks.core.disclosure.groups import Index, SiteFlags, by_group_and_site

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


class Incidence(NamedTuple):
    """Entries in order of cell and size; ``slot``, ``unit``, ``site``, ``people`` and ``part`` are of the entry.

    ``part`` is a set of catchments that is known as soon as the slot is: the whole slot, or one piece of a site that several
    areas share. ``period_of``, ``unit_of`` and ``slot_people`` are of the slot. ``by_site`` and ``by_part`` are the orders in
    which entries of a slot and site, and of a part, stand together.
    """

    cell: Index
    slot: Index
    part: Index
    unit: Index
    site: Index
    people: Array
    unit_of: Index
    period_of: Index
    n_parts: int
    slot_people: Array
    by_site: Index
    by_part: Index

    @property
    def n_slots(self) -> int:
        """Number of slots."""
        return int(self.unit_of.size)


def build_incidence(members: CodedMembers, is_area: Mask, flags: SiteFlags) -> Incidence:
    """Arrays of the members of figures of one kind of period.

    Parameters
    ----------
    members
        In order of unit and period.
    is_area
        By member: whether its unit is an area.
    flags
        Of the sites.
    """
    unit, period, atom, piece, site, people = members
    starts = (np.diff(unit, prepend=-1) != 0) | (np.diff(period, prepend=-1) != 0)
    slot, first = np.cumsum(starts) - 1, np.flatnonzero(starts)
    _, part, size_of = np.unique(slot * (int(piece.max(initial=0)) + 1) + piece, return_inverse=True, return_counts=True)
    cell = period * (int(atom.max(initial=0)) + 1) + atom
    order = np.lexsort((piece, unit, is_area, size_of[part], cell))
    slot_people = np.bincount(slot, people, first.size).astype(np.float64)
    slot, part, site = slot[order], part[order], site[order]
    return Incidence(
        cell=cell[order],
        slot=slot,
        part=part,
        unit=unit[order],
        site=site,
        people=people[order],
        unit_of=unit[first],
        period_of=period[first],
        n_parts=size_of.size,
        slot_people=slot_people,
        by_site=by_group_and_site(slot, site, flags),
        by_part=np.argsort(part, kind="stable"),
    )


class Chains(NamedTuple):
    """Entries of published slots only: rows of the incidence, and whether each is the smallest of its cell."""

    rows: Index
    is_owner: Mask


def published_chains(incidence: Incidence, is_published: Mask, without: Mask | None = None) -> Chains:
    """The chains that are left when only some units are published, without some of their slots."""
    is_kept = is_published[incidence.unit]
    rows = np.flatnonzero(is_kept if without is None else is_kept & ~without[incidence.slot])
    return Chains(rows, np.diff(incidence.cell[rows], prepend=-1) != 0)
