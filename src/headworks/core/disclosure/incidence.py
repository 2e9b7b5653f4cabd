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
import polars as pl

from headworks.core.disclosure.groups import Index

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


class Incidence(NamedTuple):
    """Entries in order of cell and size; ``slot``, ``unit``, ``site``, ``people`` and ``part`` are of the entry.

    ``part`` is a set of catchments that is known as soon as the slot is: the whole slot, or one piece of a site that several
    areas share. ``period_of`` and ``unit_of`` are of the slot, ``size_of`` of the part; ``atom`` is the entry's catchment.
    """

    cell: Index
    slot: Index
    part: Index
    unit: Index
    atom: Index
    site: Index
    people: Array
    unit_of: Index
    period_of: Index
    size_of: Index
    slot_people: Array

    @property
    def n_slots(self) -> int:
        """Number of slots."""
        return int(self.unit_of.size)


def build_incidence(entries: pl.DataFrame) -> Incidence:
    """Arrays of the entries of one kind of period.

    Parameters
    ----------
    entries
        Codes ``unit, period, atom, piece, site``, ``people``, ``is_area``; one row per figure and catchment.
    """
    unit, period, atom, piece, site = (entries[name].to_numpy() for name in ("unit", "period", "atom", "piece", "site"))
    people, is_area = entries["people"].to_numpy(), entries["is_area"].to_numpy()
    n_periods, n_pieces, n_atoms = (int(codes.max(initial=0)) + 1 for codes in (period, piece, atom))
    slots, slot = np.unique(unit * n_periods + period, return_inverse=True)
    _, part, size_of = np.unique(slot * n_pieces + piece, return_inverse=True, return_counts=True)
    cell = period * n_atoms + atom
    order = np.lexsort((piece, unit, is_area, size_of[part], cell))
    return Incidence(
        cell=cell[order],
        slot=slot[order],
        part=part[order],
        unit=unit[order],
        atom=atom[order],
        site=site[order],
        people=people[order],
        unit_of=slots // n_periods,
        period_of=slots % n_periods,
        size_of=size_of,
        slot_people=np.bincount(slot, people, slots.size).astype(np.float64),
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
