"""Which area lies in which, as arrays that a kernel walks.

The trap: the order of areas in a table says nothing. Here every area comes after the one it lies in, and the areas of one
parent stand together.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.core.errors import DataRefused

Index = npt.NDArray[np.int64]
_MOST_SHOWN = 5


class Tree(NamedTuple):
    """``parent`` of each node, -1 of a root; ``order`` with parents first, families together.

    The children of ``order[i]`` are ``children[start[i]:start[i + 1]]``.
    """

    parent: Index
    order: Index
    start: Index
    children: Index

    @property
    def is_leaf(self) -> npt.NDArray[np.bool_]:
        """Whether nothing lies in a node."""
        leaf = np.ones(self.parent.size, dtype=np.bool_)
        leaf[self.parent[self.parent >= 0]] = False
        return leaf


def tree_of(parent: npt.ArrayLike) -> Tree:
    """A forest from the parent of each node.

    Parameters
    ----------
    parent
        Place of the parent of each node, -1 of a root, shape ``(n_nodes,)``, in any order.

    Raises
    ------
    DataRefused
        ``HW-D536`` for a parent that is not there, or nodes that lie in themselves.

    Examples
    --------
    >>> tree = tree_of([2, 2, -1])
    >>> tree.order.tolist(), tree.children.tolist()
    ([2, 0, 1], [0, 1])
    """
    given = np.asarray(parent)
    if given.ndim != 1 or given.size == 0 or not np.issubdtype(given.dtype, np.integer):
        raise _refused(f"an array of {given.dtype} of shape {given.shape}")
    nodes = given.astype(np.int64)
    wrong = np.flatnonzero((nodes < -1) | (nodes >= nodes.size))
    if wrong.size:
        raise _refused(f"parent {nodes[wrong[:_MOST_SHOWN]].tolist()} of node {wrong[:_MOST_SHOWN].tolist()}")
    by_parent = np.argsort(nodes, kind="stable")
    edges = np.searchsorted(nodes[by_parent], np.arange(-1, nodes.size + 1))
    order = _parents_first(by_parent, edges, nodes.size)
    n_children = np.diff(edges)[1:][order]
    start = np.concatenate([[0], np.cumsum(n_children)])
    # The children of order[i] follow one another in the order by parent, so they are taken run by run.
    offset = np.arange(start[-1]) - np.repeat(start[:-1], n_children)
    children = by_parent[np.repeat(edges[1:-1][order], n_children) + offset]
    return Tree(nodes, order, start.astype(np.int64), children.astype(np.int64))


def _parents_first(by_parent: Index, edges: Index, size: int) -> Index:
    """Each node, then all that lies in it: a family stands together, so that its rows are still at hand."""
    level, levels, met = by_parent[: edges[1]], [], 0
    while level.size:
        levels.append(level)
        met += level.size
        first, last = edges[level + 1], edges[level + 2]
        counts = last - first
        offset = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        level = by_parent[np.repeat(first, counts) + offset]
    if met < size:
        reached = np.zeros(size, dtype=np.bool_)
        reached[np.concatenate([np.zeros(0, dtype=np.int64), *levels])] = True
        raise _refused(f"nodes that lie in themselves, such as {np.flatnonzero(~reached)[:_MOST_SHOWN].tolist()}")
    return _families_together(levels, by_parent, edges)


def _families_together(levels: list[Index], by_parent: Index, edges: Index) -> Index:
    """The place of a node is that of its parent, and 1, and the sizes of its earlier siblings' trees."""
    size, parent = by_parent.size, np.empty(by_parent.size, dtype=np.int64)
    parent[by_parent] = np.repeat(np.arange(-1, size), np.diff(edges))
    within = np.ones(size, dtype=np.int64)
    for level in levels[:0:-1]:
        np.add.at(within, parent[level], within[level])
    before = np.concatenate([[0], np.cumsum(within[by_parent])])
    place = np.empty(size, dtype=np.int64)
    place[by_parent] = before[:-1] - before[edges[parent[by_parent] + 1]]
    for level in levels[1:]:
        place[level] += place[parent[level]] + 1
    order = np.empty(size, dtype=np.int64)
    order[place] = np.arange(size)
    return order


def _refused(found: str) -> DataRefused:
    return DataRefused(
        "A tree gives each node the place of its parent, and -1 to a root.",
        found=found,
        remedy="Look at the parents of those areas",
        code="HW-D536",
    )
