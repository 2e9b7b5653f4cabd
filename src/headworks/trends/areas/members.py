r"""Sums over the independent members of every area and period, of one residue at a time.

A member's load and people count by its share in the area. Relative variances of the area's per-capita load, by scope:

    R_day = sum_i v_i / L^2,    R_batch = sum_b (sum_(i in b) u_i y_i)^2 / L^2,    R_site = sum_i (P_i u_i)^2 / P^2   (A2)

``L`` is the sum of the members' loads, ``P`` of their people. The trap: a batch's error is summed *before* it is squared, over
all members it holds, and so it does not average out over the sites of one laboratory. These sums are products of two sparse
matrices: which cells an area adds, and how large the error is that each batch leaves in each cell.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.trends.areas.cells import Cells
from headworks.trends.areas.network import Network

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Sums(NamedTuple):
    """Every field of shape ``(n_areas, n_periods)``; loads mg/d, ``variance`` (mg/d)^2 by scope, people.

    ``variance_df`` is the sum of squared variances over degrees of freedom, of Welch and Satterthwaite; ``batch`` the variance
    that batches leave; ``site`` the sum of squared standard deviations of the people.
    """

    n_sites: Array
    n_nested: Array
    n_days: Array
    n_quantified: Array
    n_not_detected: Array
    least: Array
    most: Array
    middle: Array
    people: Array
    largest: Array
    variance: Array
    variance_df: Array
    batch: Array
    site: Array


class Grid(NamedTuple):
    """Cells of one residue as dense arrays ``(n_units, n_periods)``, and the errors of all cells by batch."""

    cell: Index
    cells: Cells
    errors: Any

    @property
    def is_present(self) -> Mask:
        """Whether a unit has a cell in a period."""
        result: Mask = self.cell >= 0
        return result

    def dense(self, values: Array) -> Array:
        """Values of cells on the grid, 0 where there is none."""
        return np.where(self.is_present, values[np.maximum(self.cell, 0)], 0.0)


def grid_of(cells: Cells, analyte: int, n_units: int, n_periods: int, errors: Any = None) -> Grid:
    """The grid of one residue; ``errors`` as from :func:`errors_by_batch`, for several residues of the same cells."""
    mine = np.flatnonzero(cells.analyte == analyte)
    cell = np.full((n_units, n_periods), -1, dtype=np.int64)
    cell[cells.unit[mine], cells.period[mine]] = mine
    return Grid(cell, cells, errors_by_batch(cells) if errors is None else errors)


def errors_by_batch(cells: Cells) -> Any:
    """Standard error that each batch leaves in each cell, mg/d, sparse ``(n_cells, n_batches + 1)``; column 0 is no batch."""
    # Imported where it is needed: it takes a tenth of a second, and most commands add no areas.
    from scipy.sparse import csr_array

    error = cells.day_amount * np.sqrt(cells.day_u2)
    # Days stand in order of their cells.
    first = np.concatenate([[0], np.cumsum(np.bincount(cells.day_cell, minlength=cells.unit.size))])
    n_batches = int(cells.day_batch.max(initial=-1)) + 2
    return csr_array((error, cells.day_batch + 1, first), shape=(cells.unit.size, n_batches))


def active_entries(network: Network, is_present: Mask) -> tuple[Mask, Mask]:
    """Entries that are added, and entries that a sampled site downstream holds already, both ``(n_entries, n_periods)``."""
    present = is_present[network.unit]
    blocked = np.zeros_like(present)
    if network.blocked.size:
        first = np.flatnonzero(np.diff(network.blocked, prepend=-1))
        blocked[network.blocked[first]] = np.logical_or.reduceat(is_present[network.blocker], first, axis=0)
    return present & ~blocked, present & blocked


def sum_members(network: Network, grid: Grid, active: Mask, nested: Mask) -> Sums:
    """Sums over the active entries of every area and period."""
    unit, share = network.unit, network.share[:, None]
    cells = grid.cells

    def total(values: Array) -> Array:
        return np.add.reduceat(np.where(active, values, 0.0), network.start, axis=0)

    def of_entries(values: Array) -> Array:
        return grid.dense(values)[unit]

    people = of_entries(cells.people) * share
    return Sums(
        n_sites=total(_counts_once(network, active)),
        n_nested=np.add.reduceat(nested.astype(np.float64), network.start, axis=0),
        n_days=total(of_entries(cells.n_days)),
        n_quantified=total(of_entries(cells.n_quantified)),
        n_not_detected=total(of_entries(cells.n_not_detected)),
        least=total(of_entries(cells.least) * share),
        most=total(of_entries(cells.most) * share),
        middle=total(of_entries(cells.middle) * share),
        people=total(people),
        largest=np.maximum.reduceat(np.where(active, people, 0.0), network.start, axis=0),
        variance=total(of_entries(cells.variance) * share**2),
        variance_df=total(of_entries(cells.variance_df) * share**4),
        batch=batch_variance(network, grid, active),
        site=total(_site_squares(network, people, of_entries(cells.u2_site), active)),
    )


def _counts_once(network: Network, active: Mask) -> Array:
    """1 for an active entry, 0 for a further stretch of a site that moved and is counted already."""
    counted = np.ones(active.shape)
    twin = np.flatnonzero(network.is_twin)
    counted[twin] = ~active[twin - 1]
    return counted


def _site_squares(network: Network, people: Array, u2: Array, active: Mask) -> Array:
    """Squared error of the people of each entry; the stretches of a site that moved share theirs, so they are added first."""
    squares: Array = people**2 * u2
    twin = np.flatnonzero(network.is_twin)
    squares[twin] += np.where(active[twin - 1], 2 * people[twin] * people[twin - 1] * u2[twin], 0.0)
    return squares


def batch_variance(network: Network, grid: Grid, active: Mask) -> Array:
    """Variance that laboratory batches leave in the sums, (mg/d)^2, ``(n_areas, n_periods)``."""
    from scipy.sparse import csr_array

    n_areas, n_periods = network.start.size, active.shape[1]
    entry, period = np.nonzero(active)
    target = network.area[entry] * n_periods + period
    cell = grid.cell[network.unit[entry], period]
    shape = (n_areas * n_periods, grid.cells.unit.size)
    added = csr_array((network.share[entry], (target, cell)), shape=shape)
    # An area's batch adds its cells in their order, whatever else is computed.
    by_batch = added @ grid.errors
    of_row = np.repeat(np.arange(shape[0]), np.diff(by_batch.indptr))
    summed = np.bincount(of_row, by_batch.data**2, shape[0]).astype(np.float64)
    return summed.reshape(n_areas, n_periods)
