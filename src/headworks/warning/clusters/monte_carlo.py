"""How often chance alone gives a window as unusual as the one that was found.

Of ``R`` replicates, each with the largest ratio over all windows, ``k`` reach the ratio found (G11)::

    p = (k + 1) / (R + 1)

Two ways to pay less: stop once ``h`` replicates have reached it, at the ``l``-th replicate, with ``p = h / l`` (Besag and
Clifford 1991, G12); or fit a Gumbel law to the replicates by their mean and standard deviation, which also tells smaller
p-values than 1 / (R + 1) (Abrams, Kulldorff and Kleinman 2010, G13)::

    beta = s sqrt(6) / pi,   mu = mean - 0.57722 beta,   p = 1 - exp(-exp(-(ratio - mu) / beta))

The trap: a secondary cluster is held to the largest of all windows too, so its p is on the safe side.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.core.compiled import in_chunks
from headworks.warning.clusters.largest import TOGETHER, largest_ratios
from headworks.warning.clusters.likelihood import NORMAL
from headworks.warning.clusters.several import largest_sums
from headworks.warning.clusters.windows import Windows

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
# Replicates between two looks whether to stop: enough work for the threads.
_BETWEEN_LOOKS = 4 * TOGETHER
_EULER = float(np.euler_gamma)
# A replicate that repeats the data must reach their ratio although its sums were rounded elsewhere.
_SAME_RATIO = 1e-9


class ScanProblem(NamedTuple):
    """Everything a scan needs but where its windows lie on the map.

    ``values`` has shape ``(n_sets, n_periods, n_locations)``: cases, or weighted distances from the mean; ``measure`` the
    measure of every location in every span, ``(n_sets, n_spans, n_locations)``; ``periods`` the first and last period of
    every span; ``draw(first, values)`` writes replicates from number ``first`` into an array
    ``(n_sets, n_periods, n_locations, TOGETHER)``, whatever it held.
    """

    model: int
    values: Array
    measure: Array
    periods: Index
    total: Array
    whole: Array
    least: int
    draw: Callable[[int, npt.NDArray[np.int32] | Array], None]


def with_returns(values: Array, windows: Windows, axis: int) -> Array:
    """Values of the rows of the windows: those of the locations, and their negatives where steps take locations away."""
    return np.concatenate([values, -values], axis=axis) if windows.has_returns else values


def largest_of_replicates(windows: Windows, problem: ScanProblem, first: int, last: int, threads: int | None = None) -> Array:
    """The largest ratio of replicates ``first`` to ``last``, exclusive; the same in whatever pieces they are asked for.

    ``first`` is a multiple of ``TOGETHER``.
    """
    blocks = -(-(last - first) // TOGETHER)
    found = np.zeros((blocks, TOGETHER))
    measure = np.ascontiguousarray(with_returns(problem.measure, windows, 2))
    n_sets, n_periods, n = problem.values.shape
    is_fast = problem.model != NORMAL and n_sets == 1
    n_rows = measure.shape[2]

    def work(begin: int, end: int) -> None:
        drawn = np.zeros((n_sets, n_periods, n_rows, TOGETHER), np.int32 if is_fast else np.float64)
        for block in range(begin, end):
            problem.draw(first + block * TOGETHER, drawn[:, :, :n])
            drawn[:, :, n:] = -drawn[:, :, : n_rows - n]
            if is_fast:
                largest_ratios(
                    windows.start, windows.step, windows.is_end, measure[0], problem.periods, drawn[0], problem.model,
                    float(problem.total[0]), float(problem.whole[0]), problem.least, found[block],
                )  # fmt: skip
            else:
                largest_sums(
                    windows.start, windows.step, windows.is_end, measure, problem.periods, drawn, problem.model,
                    problem.total, problem.whole, float(problem.least), found[block],
                )  # fmt: skip

    in_chunks(work, blocks, threads)
    return found.ravel()[: last - first]


def replicates_until(
    windows: Windows, problem: ScanProblem, replicates: int, ratio: float, stop_after: int | None, threads: int | None = None
) -> tuple[Array, bool]:
    """Largest ratios of the replicates that were needed, and whether it was stopped early (G12)."""
    if stop_after is None:
        return largest_of_replicates(windows, problem, 0, replicates, threads), False
    found = np.zeros(0)
    while found.size < replicates:
        last = min(found.size + _BETWEEN_LOOKS, replicates)
        found = np.concatenate([found, largest_of_replicates(windows, problem, found.size, last, threads)])
        reached = np.flatnonzero(_reaches(found, ratio))
        if reached.size >= stop_after:
            return found[: reached[stop_after - 1] + 1], True
    return found, False


def monte_carlo_p(ratio: float, largest: Array, is_stopped: bool = False) -> float:
    """(G11), or (G12) of replicates that ended with the one that stopped them.

    Examples
    --------
    Of nine replicates two reach 4: (2 + 1) / (9 + 1).

    >>> monte_carlo_p(4.0, np.array([1.0, 2, 3, 4, 5, 1, 1, 1, 1]))
    0.3
    """
    reached = int(np.count_nonzero(_reaches(largest, ratio)))
    return max(reached, 1) / largest.size if is_stopped else (reached + 1) / (largest.size + 1)


def gumbel_p(ratio: float, largest: Array) -> float:
    """(G13): tail of a Gumbel law with the replicates' mean and standard deviation.

    Examples
    --------
    >>> round(gumbel_p(9.0, np.array([3.0, 4.0, 5.0, 6.0, 4.5])), 4)
    0.0032
    """
    beta = float(np.std(largest, ddof=1)) * np.sqrt(6.0) / np.pi
    if beta == 0.0:
        return monte_carlo_p(ratio, largest)
    return float(-np.expm1(-np.exp(-(ratio - float(largest.mean()) + _EULER * beta) / beta)))


def _reaches(largest: Array, ratio: float) -> npt.NDArray[np.bool_]:
    reached: npt.NDArray[np.bool_] = largest >= ratio * (1.0 - _SAME_RATIO)
    return reached
