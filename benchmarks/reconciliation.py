"""Figures of a country that add up, five levels of it, week by week and residue by residue, against sparse normal equations.

Ours: 45,000 nodes x 522 weeks x 40 residues, means and variances, in blocks of columns so that a country never lies in memory
at once; making the blocks is not timed. The peer solves the same problem as generalised least squares on the leaves with
SciPy's sparse factorisation, means only, of a tree of 600 nodes: every node above covers all leaves below it, so its matrix
fills up, and at 45,000 nodes it holds 10^9 numbers. Both are told in node-weeks a second of processor time, in one run.
"""

from __future__ import annotations

import resource
import time
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sparse
from scipy.sparse.linalg import splu

from headworks.trends.levels import reconcile
from headworks.trends.levels.tree import tree_of

Array = npt.NDArray[np.float64]
# Country, provinces, cities, counties; the rest are villages and sites.
_LEVELS = (1, 31, 340, 2_850)
_SMALL_LEVELS = (1, 5, 20, 74)
_WEEKS, _RESIDUES = 522, 40
_BLOCK = 261
_MOST_SECONDS = 60.0
_PEER_COLUMNS, _ROUNDS = 40, 3
_LEAST_RATIO = 50.0


def measure(nodes: int = 45_000, residues: int = _RESIDUES) -> list[dict[str, Any]]:
    wall, processor, grown = _whole_country(nodes, residues)
    cells = nodes * _WEEKS * residues
    ours, peer, worst = _beside_the_peer()
    assert worst < 1e-9
    name = f"reconcile {nodes:,} nodes x {_WEEKS} weeks x {residues} residues"
    most = _MOST_SECONDS * residues / _RESIDUES
    return [
        {"name": f"{name} ({cells / processor / 1e6:,.0f} M node-weeks per CPU-s, {grown:,.0f} MiB)", "ours": wall,
         "peer": None, "ratio": None, "target": most, "met": wall < most, "unit": "s"},
        {"name": "reconcile 600 nodes, vs SciPy's sparse normal equations (means only)", "ours": ours, "peer": peer,
         "ratio": ours / peer, "target": _LEAST_RATIO, "met": ours / peer >= _LEAST_RATIO, "unit": "node-weeks/CPU-s"},
    ]  # fmt: skip


def _whole_country(nodes: int, residues: int) -> tuple[float, float, float]:
    """Seconds of wall and of processor, and MiB that the process grew by."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    parent, rng = _country(nodes, _LEVELS), np.random.default_rng(7)
    tree = tree_of(parent)
    mean, variance = _estimates(parent, _BLOCK, rng)
    found = reconcile(tree, mean, variance)
    wall = processor = 0.0
    for _ in range(residues * _WEEKS // _BLOCK):
        # Another block: other figures of the same size.
        mean *= rng.uniform(0.9, 1.1)
        variance *= rng.uniform(0.9, 1.1)
        began, used = time.perf_counter(), time.process_time()
        reconcile(tree, mean, variance, out=found)
        wall += time.perf_counter() - began
        processor += time.process_time() - used
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return wall, processor, grown


def _beside_the_peer() -> tuple[float, float, float]:
    """Node-weeks a second of processor time of both, best of several, and the worst relative difference."""
    parent, rng = _country(600, _SMALL_LEVELS), np.random.default_rng(8)
    mean, variance = _estimates(parent, _PEER_COLUMNS, rng)
    sums = _adding(parent)
    # Ours takes a block of columns at a time, so it is timed on many copies: one call would be too short to measure.
    wide = np.tile(mean, 50), np.tile(variance, 50)
    cells = mean.size
    ours = max(cells * 50 / _processor(lambda: reconcile(parent, *wide)) for _ in range(_ROUNDS))
    peer = max(cells / _processor(lambda: _normal_equations(sums, mean, variance)) for _ in range(_ROUNDS))
    other = _normal_equations(sums, mean, variance)
    worst = float(np.abs(reconcile(parent, mean, variance).mean / other - 1.0).max())
    return ours, peer, worst


def _processor(work: Any) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _country(nodes: int, levels: tuple[int, ...]) -> npt.NDArray[np.int64]:
    """Parents: each node of a level lies in a random one of the level above."""
    rng, parent, above = np.random.default_rng(1), [np.array([-1])], 0
    for size, over in zip((*levels[1:], nodes - sum(levels)), levels, strict=True):
        # Every area has a part, so that the last level holds the leaves.
        parent.append(above + np.concatenate([np.arange(over), rng.integers(0, over, size - over)]))
        above += over
    return np.concatenate(parent)


def _estimates(parent: npt.NDArray[np.int64], columns: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Direct estimates with 15 to 40 % of error."""
    truth = np.where(np.isin(np.arange(parent.size), parent), 0.0, rng.uniform(1, 30, parent.size))
    for node in range(parent.size - 1, 0, -1):
        truth[parent[node]] += truth[node]
    sd = truth[:, None] * rng.uniform(0.15, 0.4, (parent.size, columns))
    return truth[:, None] + sd * rng.standard_normal(sd.shape), sd**2


def _adding(parent: npt.NDArray[np.int64]) -> sparse.csc_array:
    """The matrix that sums leaves to nodes."""
    leaves = np.flatnonzero(~np.isin(np.arange(parent.size), parent))
    rows, columns, at, here = [], [], leaves, np.arange(leaves.size)
    while here.size:
        rows.append(at)
        columns.append(here)
        kept = parent[at] >= 0
        at, here = parent[at[kept]], here[kept]
    row, column = np.concatenate(rows), np.concatenate(columns)
    return sparse.csc_array((np.ones(row.size), (row, column)), shape=(parent.size, leaves.size))


def _normal_equations(sums: sparse.csc_array, mean: Array, variance: Array) -> Array:
    found = np.empty(mean.shape)
    for column in range(mean.shape[1]):
        weighted = sums.multiply(1.0 / variance[:, [column]]).tocsc()
        solved = splu(sparse.csc_matrix(sums.T @ weighted)).solve(weighted.T @ mean[:, column])
        found[:, column] = sums @ solved
    return found
