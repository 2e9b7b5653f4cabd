r"""Figures of an area and of its parts that add up, each with the variance it then has.

Every area has a direct estimate, or none. The true figures add up; the errors of direct estimates do not, so the province
differs from the sum of its cities. The best linear unbiased figures that add up (MinT with a diagonal matrix of variances) are
those of a Gaussian tree, found in time proportional to the nodes (R1, R2).

An error that all areas share, such as that of an excretion fraction, does not cancel between siblings and is noise of none
of them: it stays outside and multiplies all figures alike (:func:`with_shared_factor`, R4).

The trap: the variances are of what is *not* shared. Put a shared error into them and the province comes out far too certain.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.core.compiled import in_chunks
from headworks.core.errors import DataRefused
from headworks.trends.levels.non_negative import without_negatives
from headworks.trends.levels.recursion import reconcile_columns
from headworks.trends.levels.tree import Tree, tree_of

Array = npt.NDArray[np.float64]
# Columns done together, so that rows come from memory in long runs; fewer where one area has very many parts, of all of which
# a number per column is kept.
_TOGETHER, _FEWEST, _MOST_KEPT = 128, 8, 2_000_000


class Reconciled(NamedTuple):
    """Mean and variance of each node, in the shape that was given; infinite variance and no mean where nothing is known."""

    mean: Array
    variance: Array


def reconcile(
    tree: npt.ArrayLike | Tree,
    mean: npt.ArrayLike,
    variance: npt.ArrayLike,
    *,
    leaf_mean: npt.ArrayLike | None = None,
    leaf_variance: npt.ArrayLike | None = None,
    non_negative: bool = False,
    threads: int | None = None,
    out: Reconciled | None = None,
) -> Reconciled:
    """Figures that add up, from direct estimates that do not (R1, R2).

    Parameters
    ----------
    tree
        Place of the parent of each node, -1 of a root, shape ``(n_nodes,)`` in any order; several roots are several trees.
    mean, variance
        Direct estimates and the variances of what they do not share, shape ``(n_nodes,)`` or ``(n_nodes, n_columns)``; a
        column is a week of a residue. An infinite variance is no estimate, and its mean may be missing; a variance of 0 is
        kept exactly. Where two exact figures contradict each other, that of the parts stands.
    leaf_mean, leaf_variance
        A weak prior for every leaf, one for all or of the shape of ``mean``; without it a leaf that nothing determines stays
        unknown.
    non_negative
        Figures at least 0: where one came out negative, its tree is solved again with the leaves held (R3). Variances stay
        those of the unconstrained figures.
    threads
        Threads at most; the result does not depend on it.
    out
        An earlier result of the same shape, to be written over: a third faster for blocks of many columns, whose memory
        the machine would else hand out anew each time.

    Returns
    -------
    Reconciled
        Children sum to their parent to rounding, wherever all are known.

    Raises
    ------
    DataRefused
        ``HW-D536`` for what is no tree; ``HW-D537`` for shapes that differ, a negative variance or a missing mean;
        ``HW-D538`` where figures at least 0 cannot be had.

    Examples
    --------
    Cities 10 and 20, variance 1 each, province 36 of variance 4: their sum 30 of variance 2 moves by 2/(2 + 4) x 6 = 2.

    >>> found = reconcile([-1, 0, 0], [36.0, 10.0, 20.0], [4.0, 1.0, 1.0])
    >>> found.mean.round(6).tolist(), found.variance.round(6).tolist()
    ([32.0, 11.0, 21.0], [1.333333, 0.833333, 0.833333])
    """
    forest = tree if isinstance(tree, Tree) else tree_of(tree)
    given, spread = _require_estimates(forest, mean, variance)
    columns = (forest.parent.size, -1)
    direct, doubt = given.reshape(columns), spread.reshape(columns)
    if leaf_variance is not None:
        direct, doubt = _with_leaf_prior(forest, direct, doubt, 0.0 if leaf_mean is None else leaf_mean, leaf_variance)
    written = None if out is None else Reconciled(*(_writable(one, given.shape).reshape(columns) for one in out))
    found = _solved(forest, direct, doubt, threads, written)
    if non_negative:

        def solve(held_mean: Array, held_variance: Array) -> Array:
            return _solved(forest, held_mean, held_variance, threads).mean

        found = found._replace(mean=without_negatives(forest, direct, doubt, found.mean, solve))
    return Reconciled(found.mean.reshape(given.shape), found.variance.reshape(given.shape))


def with_shared_factor(mean: npt.ArrayLike, variance: npt.ArrayLike, u_shared: npt.ArrayLike) -> Array:
    """Variance of each node with a factor all of them share (R4).

    Parameters
    ----------
    mean, variance
        Reconciled.
    u_shared
        Relative standard uncertainty of the factor, at least 0; one for all, or one per column.

    Returns
    -------
    Array
        ``variance (1 + u^2) + mean^2 u^2``. The factor moves all nodes together, so they add up whatever it is, and shares
        of a parent and changes between weeks do not hang on it: compare those with the variance given in.

    Examples
    --------
    32 of variance 1.333 with 10 %: 1.333 x 1.01 + 1024 x 0.01.

    >>> with_shared_factor(32.0, 4 / 3, 0.1).round(4).item()
    11.5867
    """
    u_squared = np.asarray(u_shared, dtype=np.float64) ** 2
    centre, spread = np.asarray(mean, dtype=np.float64), np.asarray(variance, dtype=np.float64)
    result: Array = spread * (1.0 + u_squared) + np.where(np.isfinite(spread), centre, 0.0) ** 2 * u_squared
    return result


def _solved(tree: Tree, mean: Array, variance: Array, threads: int | None, out: Reconciled | None = None) -> Reconciled:
    found = Reconciled(np.empty(mean.shape), np.empty(mean.shape)) if out is None else out
    faults: list[int] = []
    family = int(np.diff(tree.start).max()) + 1
    most = min(_TOGETHER, max(_FEWEST, _MOST_KEPT // family))
    blocks = -(-mean.shape[1] // most)
    # An even width, for a narrow last block costs as much as a wide one.
    width = -(-mean.shape[1] // max(blocks, 1))

    def work(first: int, last: int) -> None:
        until = min(last * width, mean.shape[1])
        at = tree.order, tree.start, tree.children, mean, variance, found.mean, found.variance
        faults.append(reconcile_columns(*at, first * width, until, width))

    in_chunks(work, blocks, threads)
    if any(faults):
        raise _unreadable(mean, variance)
    return found


def _require_estimates(tree: Tree, mean: npt.ArrayLike, variance: npt.ArrayLike) -> tuple[Array, Array]:
    given = np.ascontiguousarray(mean, dtype=np.float64)
    spread = np.ascontiguousarray(variance, dtype=np.float64)
    if given.shape != spread.shape or given.ndim not in (1, 2) or given.shape[0] != tree.parent.size:
        raise DataRefused(
            "Every node needs a mean and a variance.",
            found=f"{tree.parent.size} nodes, means of shape {given.shape}, variances of shape {spread.shape}",
            remedy="Give an infinite variance to a node without an estimate",
            code="HW-D537",
        )
    return given, spread


def _writable(one: Array, shape: tuple[int, ...]) -> Array:
    if one.shape == shape and one.dtype == np.float64 and one.flags.c_contiguous and one.flags.writeable:
        return one
    raise DataRefused(
        "There is no room for the result in what was given for it.",
        found=f"{one.dtype} of shape {one.shape} for {shape}",
        remedy="Give an earlier result of the same shape",
        code="HW-D537",
    )


def _unreadable(mean: Array, variance: Array) -> DataRefused:
    wrong = ~(variance >= 0) | (np.isfinite(variance) & ~np.isfinite(mean))
    node, column = (int(place[0]) for place in np.nonzero(wrong))
    return DataRefused(
        "A direct estimate is a finite mean with a variance of at least 0.",
        where=f"node {node}, column {column}; {int(wrong.sum())} in all",
        found=f"mean {mean[node, column]}, variance {variance[node, column]}",
        remedy="Give an infinite variance to a node without an estimate",
        code="HW-D537",
    )


def _with_leaf_prior(
    tree: Tree, mean: Array, variance: Array, leaf_mean: npt.ArrayLike, leaf_variance: npt.ArrayLike
) -> tuple[Array, Array]:
    """Direct estimates of leaves merged with their prior by inverse variance."""
    leaf = tree.is_leaf
    prior = np.broadcast_to(np.asarray(leaf_mean, dtype=np.float64), mean.shape)[leaf]
    doubt = np.broadcast_to(np.asarray(leaf_variance, dtype=np.float64), mean.shape)[leaf]
    if not (np.isfinite(prior).all() and np.all((doubt > 0) & np.isfinite(doubt))):
        raise DataRefused(
            "The prior of a leaf is a finite mean with a finite variance above 0.", remedy="Leave it out", code="HW-D537"
        )
    direct, merged = mean.copy(), variance.copy()
    known = np.isfinite(variance[leaf])
    k = doubt / (doubt + np.where(known, variance[leaf], 1.0))
    direct[leaf] = np.where(known, prior + k * (np.where(known, mean[leaf], 0.0) - prior), prior)
    merged[leaf] = np.where(known, k * np.where(known, variance[leaf], 0.0), doubt)
    # What cannot be read stays as it was, to be refused with its place.
    bad = known & ~(np.isfinite(mean[leaf]) & (variance[leaf] >= 0)) | np.isnan(variance[leaf])
    direct[leaf], merged[leaf] = np.where(bad, mean[leaf], direct[leaf]), np.where(bad, variance[leaf], merged[leaf])
    return direct, merged
