r"""Estimates of small areas that add up to the figure of the area they lie in.

Model estimates e of rates, with people w, do not add up to the parent's direct figure T. Either all are multiplied, or each
is moved:

    ratio:      e_i T / sum w e                                                                           (B12)
    difference: e_i + v_i w_i (T - sum w e) / sum v w^2,    v_i its error variance

The difference with variances moves the doubtful figures most; it is the least-squares answer. The ratio keeps zeros and
never makes a figure negative, so it is the default.

The trap: a parent's figure that is itself poor spoils good children. The factor is given back to be looked at: far from 1
it says that model and measurement disagree, which is a finding and not a correction.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.assessment.comparison.equal_lists import equal_lists, refuse, require_all, require_one_of

Array = npt.NDArray[np.float64]
BenchmarkMethod = Literal["ratio", "difference"]
BENCHMARK_METHODS: tuple[BenchmarkMethod, ...] = ("ratio", "difference")


class Benchmarked(NamedTuple):
    """Rates that add up, shape ``(n_areas,)``; and per parent the sum before over what it should have been."""

    rate: Array
    factor: Array


def benchmark_to_parent(
    rate: npt.ArrayLike,
    weight: npt.ArrayLike,
    parent: npt.ArrayLike,
    parent_total: npt.ArrayLike,
    method: BenchmarkMethod = "ratio",
    *,
    variance: npt.ArrayLike = 1.0,
) -> Benchmarked:
    """Rates of areas so that people times rate adds up to each parent's total (B12).

    Parameters
    ----------
    rate, weight
        Estimate of each area and its people (or exposure), weights above 0.
    parent
        Place of each area's parent in ``parent_total``, from 0.
    parent_total
        Direct total of each parent: people times rate.
    method
        ``ratio`` or ``difference``.
    variance
        Error variance of each rate, above 0; used by ``difference``.

    Returns
    -------
    Benchmarked
        ``factor`` is ``parent_total`` over the sum of its areas before.

    Raises
    ------
    DataRefused
        ``HW-D764`` for lists that do not fit, a parent that does not exist, or one without areas.
    UsageError
        ``HW-U258`` for another method.

    Examples
    --------
    Areas of 100 people at 0.1 and 0.3 sum to 40; the parent was measured at 44.

    >>> benchmark_to_parent([0.1, 0.3], [100, 100], [0, 0], [44.0]).rate.round(4).tolist()
    [0.11, 0.33]
    >>> benchmark_to_parent([0.1, 0.3], [100, 100], [0, 0], [44.0], "difference").rate.round(4).tolist()
    [0.12, 0.32]
    """
    require_one_of("method", method, BENCHMARK_METHODS)
    e, w, v = equal_lists("HW-D764", rate=rate, weight=weight, variance=variance)
    total = np.atleast_1d(np.asarray(parent_total, dtype=np.float64))
    above = np.asarray(parent)
    require_all("HW-D764", (w > 0) & (v > 0), "weight", w, "A weight or variance is not above 0.", "Leave the area out")
    if above.shape != e.shape or not np.array_equal(np.unique(above), np.arange(total.size)):
        told = f"parents {np.unique(above).tolist()[:5]} of {total.size} totals"
        refuse(
            "HW-D764",
            "Areas and the totals of their parents do not fit.",
            found=told,
            remedy="Number the parents from 0, none empty",
        )
    place = above.astype(np.int64)
    before = np.bincount(place, w * e, total.size)
    if method == "difference":
        move = (total - before) / np.bincount(place, v * w**2, total.size)
        moved = e + v * w * move[place]
    require_all(
        "HW-D764",
        before > 0,
        "rate",
        np.asarray(before, dtype=np.float64),
        "The areas of a parent sum to nothing.",
        "Use its direct figure",
    )
    factor = total / before
    return Benchmarked(moved if method == "difference" else e * factor[place], factor)
