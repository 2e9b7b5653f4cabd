"""Sums over the members of every area, of values and of errors: those of a member alone, and those that members share.

An error that several members share is added over them before it is squared, whoever they share it with: a laboratory, or the
county whose course they follow. The sums are products with sparse matrices: a row per area, or per area and group of members.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from headworks.trends.areas.network import Network

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class SharedBy:
    """Groups of the members of each area: those of one label share an error; -1 shares it with nobody.

    Parameters
    ----------
    network
        Entries and areas.
    label
        Of each unit.
    """

    def __init__(self, network: Network, label: Index) -> None:
        from scipy.sparse import csr_array

        entry = np.flatnonzero(label[network.unit] >= 0)
        pair, group = np.unique(
            np.column_stack([network.area[entry], label[network.unit[entry]]]), axis=0, return_inverse=True
        )
        ones = np.ones(entry.size)
        self._groups: Any = csr_array((ones, (group.ravel(), entry)), shape=(pair.shape[0], network.unit.size))
        shape = (network.start.size, pair.shape[0])
        self._areas: Any = csr_array((np.ones(pair.shape[0]), (pair[:, 0], np.arange(pair.shape[0]))), shape=shape)

    def variance(self, errors: Array) -> Array:
        """Variance of each area's sum from the standard errors of its entries, ``(n_areas, n_weeks)``."""
        return np.asarray(self._areas @ (self._groups @ errors) ** 2)


class MemberSums:
    """Sums over the active entries of every area; values by unit, or by unit and week."""

    def __init__(self, network: Network, active: Mask) -> None:
        from scipy.sparse import csr_array

        self.active, self.share, self._unit = active, network.share[:, None], network.unit
        self.area = network.area
        ones, shape = np.ones(network.unit.size), (network.start.size, network.unit.size)
        self._areas: Any = csr_array((ones, (network.area, np.arange(network.unit.size))), shape=shape)

    def entries(self, of_units: Array) -> Array:
        """Values of active entries; 0 elsewhere."""
        values = of_units[self._unit]
        return np.where(self.active, values if values.ndim > 1 else values[:, None], 0.0)

    def total(self, values: Array) -> Array:
        """Sum over the entries of each area, ``(n_areas, n_weeks)``."""
        return np.asarray(self._areas @ values)
