r"""The best figures of a tree that add up and are at least 0.

    minimise  sum over nodes of (Y - y)^2 / v   where Y adds up and every leaf is at least 0                       (R3)

Leaves at least 0 make all sums so. Held leaves are exact zeros to the tree, so each trial is one more walk up and down. A held
leaf is let go where the sum would fall if it rose: the slope is the sum over the leaf and all above it of ``(Y - y) / v``. All
faults are put right at once while that helps, and one at a time when it does not (Judice and Pires 1994; Kim and Park 2011),
which ends at the one solution.

The trap: setting negative leaves to 0 and summing again is not the solution, and moves every total upwards.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from headworks.core.errors import DataRefused
from headworks.trends.levels.tree import Tree

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Solve = Callable[[Array, Array], Array]
# Exchanges of all faults that may pass without fewer faults before they are put right one at a time.
_PATIENCE = 3
# Rounds beyond one for each node; trees met so far need fewer than ten.
_MOST_EXCHANGES = 1_000
# Beside the size of a tree's figures, smaller than this is 0.
_SAME = 1e-12


def without_negatives(tree: Tree, mean: Array, variance: Array, found: Array, solve: Solve) -> Array:
    """Reconciled means with the columns that hold a negative one solved again.

    Parameters
    ----------
    mean, variance
        Direct estimates, shape ``(n_nodes, n_columns)``.
    found
        Reconciled means without the constraint.
    solve
        Reconciled means of other direct estimates on the same tree.
    """
    result = found.copy()
    columns = np.flatnonzero((found < 0).any(axis=0))
    if columns.size:
        y, v = np.ascontiguousarray(mean[:, columns]), np.ascontiguousarray(variance[:, columns])
        _require_feasible(tree, y, v, found[:, columns])
        result[:, columns] = _exchanged(tree, y, v, found[:, columns], solve)
    return result


def _exchanged(tree: Tree, y: Array, v: Array, found: Array, solve: Solve) -> Array:
    leaf = tree.is_leaf[:, None]
    # A leaf known exactly is neither held nor let go.
    free = leaf & (v > 0)
    held = np.zeros(y.shape, dtype=np.bool_)
    result = found.copy()
    fewest = np.full(y.shape[1], y.shape[0] + 1)
    patience = np.full(y.shape[1], _PATIENCE)
    active = np.arange(y.shape[1])
    for _ in range(_MOST_EXCHANGES + y.shape[0]):
        now = result[:, active]
        slope = _slope(tree, now, y[:, active], v[:, active])
        size = np.abs(now).max(axis=0) * _SAME
        steep = np.abs(slope).max(axis=0) * _SAME
        wrong = free[:, active] & np.where(held[:, active], slope < -steep, now < -size)
        count = wrong.sum(axis=0)
        better = count < fewest[active]
        fewest[active] = np.where(better, count, fewest[active])
        patience[active] = np.where(better, _PATIENCE, patience[active] - 1)
        last_only = (patience[active] < 0)[None, :]
        place = wrong.shape[0] - 1 - np.argmax(wrong[::-1], axis=0)
        single = np.arange(wrong.shape[0])[:, None] == place
        held[:, active] ^= wrong & np.where(last_only, single, True)
        active = active[count > 0]
        if not active.size:
            break
        block = held[:, active]
        solved = solve(np.where(block, 0.0, y[:, active]), np.where(block, 0.0, v[:, active]))
        result[:, active] = np.where(block, 0.0, solved)
    else:
        raise _refused(f"{active.size} columns whose leaves do not settle")
    # What is left below 0 is rounding.
    return np.where((result < 0) & (result > -1e-9 * np.abs(result).max(axis=0)), 0.0, result)


def _slope(tree: Tree, now: Array, y: Array, v: Array) -> Array:
    """Sum over each node and all above it of (Y - y) / v."""
    known = np.isfinite(v) & (v > 0)
    slope = np.where(known, (now - np.where(known, y, 0.0)) / np.where(known, v, 1.0), 0.0)
    for node in tree.order:
        if tree.parent[node] >= 0:
            slope[node] += slope[tree.parent[node]]
    return slope


def _require_feasible(tree: Tree, y: Array, v: Array, found: Array) -> None:
    faults = []
    if np.isnan(found).any():
        faults.append("a leaf that nothing determines")
    if np.any((v == 0) & (y < 0)):
        faults.append("an exact figure below 0")
    if np.any((v == 0) & ~tree.is_leaf[:, None]):
        faults.append("an exact figure of an area with parts")
    if faults:
        raise _refused("; ".join(faults))


def _refused(found: str) -> DataRefused:
    return DataRefused(
        "Figures of at least 0 cannot be had from these estimates.",
        found=found,
        remedy="Give leaves a weak prior (leaf_variance), and exact figures a small variance",
        code="HW-D538",
    )
