"""Sums over the members of every area, of values and of errors: those of a member alone, and those that members share.

An error that several members share is added over them before it is squared, whoever they share it with: a laboratory, or the
county whose course they follow. The sums are products with sparse matrices: a row per area, or per area and group of members.

Values are told by unit, 0 where a unit is not there, and an entry has those of its unit: so what a site says to five levels is
made once. The trap: an entry that a sampled site downstream holds in some weeks is not always what its unit is.
"""

from __future__ import annotations

from copy import copy
from typing import Any

import numpy as np
import numpy.typing as npt

from headworks.trends.areas.network import Network

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Members:
    """Which entries of a network add up in which weeks.

    Parameters
    ----------
    network
        Entries, units and areas.
    is_present
        Whether a unit is there, ``(n_units, n_weeks)``.
    active
        Whether an entry is added, ``(n_entries, n_weeks)``; never where its unit is not there.
    """

    def __init__(self, network: Network, is_present: Mask, active: Mask) -> None:
        differs = (active != is_present[network.unit]).any(axis=1)
        self.network, self.is_present = network, is_present
        self.as_units, self.held = np.flatnonzero(~differs), np.flatnonzero(differs)
        self._active = active[self.held]

    def of_held(self, values: Array) -> Array:
        """Values of units for the entries that are held in some weeks, 0 in these."""
        result: Array = np.where(self._active, values[self.network.unit[self.held]], 0.0)
        return result

    def in_both(self, weeks: int) -> Members:
        """The entries that are added in a week and so many weeks before it as well."""
        result = copy(self)
        result.is_present, result._active = _and_before(self.is_present, weeks), _and_before(self._active, weeks)
        return result

    def since(self, week: int) -> Members:
        """The same in the weeks from one on."""
        result = copy(self)
        result.is_present, result._active = self.is_present[:, week:], self._active[:, week:]
        return result


def _and_before(mask: Mask, weeks: int) -> Mask:
    both = np.zeros_like(mask)
    both[:, weeks:] = mask[:, weeks:] & mask[:, :-weeks]
    return both


class SumOver:
    """Sums of values of units over the entries of each row, times a power of the entries' share.

    Parameters
    ----------
    members
        Entries that are added.
    row
        Row of each entry, -1 without; an area, or a group of an area's entries.
    n_rows
        Number of rows.
    power
        Of the share: 0 counts, 1 sums loads and standard errors, 2 variances.
    """

    def __init__(self, members: Members, row: Index, n_rows: int, power: int) -> None:
        network = members.network
        held = np.arange(members.held.size)
        self._as_units = _added(
            members.as_units, network.unit[members.as_units], network.n_units, network.share, row, n_rows, power
        )
        self._held = _added(members.held, held, held.size, network.share, row, n_rows, power)

    def __call__(self, values: Array, members: Members) -> Array:
        """Sums ``(n_rows, n_weeks)`` of values ``(n_units, n_weeks)`` that are 0 where a unit is not there."""
        total = self._as_units @ values
        if self._held.nnz:
            total += self._held @ members.of_held(values)
        return np.asarray(total)


def _added(entry: Index, column: Index, n_columns: int, share: Array, row: Index, n_rows: int, power: int) -> Any:
    """Sparse matrix that adds some columns, those of entries with a row."""
    from scipy.sparse import csr_array

    in_row = row[entry] >= 0
    weight = share[entry[in_row]] ** power
    return csr_array((weight, (row[entry[in_row]], column[in_row])), shape=(n_rows, n_columns))


class SharedBy:
    """Groups of the members of each area: those of one label share an error; -1 shares it with nobody.

    Parameters
    ----------
    members
        Entries and areas.
    label
        Of each unit.
    """

    def __init__(self, members: Members, label: Index) -> None:
        network, n_labels = members.network, int(label.max(initial=-1)) + 1
        of_entry = label[network.unit]
        known = of_entry >= 0
        distinct, place = np.unique((network.area * n_labels + of_entry)[known], return_inverse=True)
        group = np.full(network.unit.size, -1, dtype=np.int64)
        group[known] = place
        self._sum = SumOver(members, group, distinct.size, 1)
        self.area = distinct // max(n_labels, 1)
        every = np.arange(distinct.size)
        self._areas = _added(every, every, distinct.size, np.ones(distinct.size), self.area, network.start.size, 0)

    def errors(self, errors: Array, members: Members) -> Array:
        """Error of each group, the sum of the standard errors of its members; errors by unit."""
        return self._sum(errors, members)

    def variance(self, errors: Array) -> Array:
        """Variance of each area's sum from the errors of its groups, ``(n_areas, n_weeks)``."""
        return np.asarray(self._areas @ errors**2)
