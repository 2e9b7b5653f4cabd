r"""The median of results known to lie in intervals: Turnbull's estimate.

The mass sits on the innermost intervals, those that hold no end of another. It is found by self-consistency,

    p_k = 1/n sum over i of [k in i] p_k / sum over k' in i of p_k'                                        (C12)

The trap: the iteration creeps, and stops after 500 rounds as the reference program does. The median is the right end of the
innermost interval where half the mass is reached, so a creeping mass seldom moves it.
"""

from __future__ import annotations

import heapq

import numpy as np
import numpy.typing as npt

from headworks.trends.classical.observations import Array

Index = npt.NDArray[np.int64]

_MOST_ROUNDS = 500
_CLOSE = 2.220446049250313e-16
_SAME = 1e-12


def turnbull_median(lower: Array, upper: Array) -> float:
    """Right end of the innermost interval that holds the lower median.

    Parameters
    ----------
    lower, upper
        Ends of what is known of each result, shape ``(n,)``; the lower end is left out of an interval, and equal ends
        are a value.

    Examples
    --------
    The interval shares its mass between the two values, half on each: the lower median is 1.

    >>> turnbull_median(np.array([1.0, 2.0, 0.0]), np.array([1.0, 2.0, 3.0]))
    1.0
    """
    first, last, ends = _innermost(lower, upper)
    mass, n = _covered(first, last, np.ones(first.size), ends.size), first.size
    mass = mass / mass.sum()
    for _ in range(_MOST_ROUNDS):
        total = np.concatenate([[0.0], np.cumsum(mass)])
        weight = 1.0 / (total[last + 1] - total[first])
        moved = mass * _covered(first, last, weight, ends.size) / n
        change, mass = np.abs(moved - mass).sum(), moved
        if change < _CLOSE:
            break
    above = mass.sum() - np.cumsum(mass)
    return float(ends[np.flatnonzero(above <= 0.5 + _SAME)[0]])


def _covered(first: Index, last: Index, weight: Array, size: int) -> Array:
    """Sum of the weights of the intervals over each innermost one."""
    steps = np.bincount(first, weight, size + 1) - np.bincount(last + 1, weight, size + 1)
    return np.cumsum(steps)[:size]


def _innermost(lower: Array, upper: Array) -> tuple[Index, Index, Array]:
    """First and last innermost interval that lies in each interval, and the right ends of the innermost ones."""
    first = np.zeros(lower.size, dtype=np.int64)
    last = np.zeros(lower.size, dtype=np.int64)
    open_ones: list[tuple[float, int]] = []
    ends: list[float] = []
    for row in np.argsort(lower, kind="stable").tolist():
        if open_ones and lower[row] >= open_ones[0][0]:
            ends.append(open_ones[0][0])
            while open_ones and open_ones[0][0] <= lower[row]:
                last[heapq.heappop(open_ones)[1]] = len(ends) - 1
        first[row] = len(ends)
        heapq.heappush(open_ones, (float(upper[row]), row))
    ends.append(open_ones[0][0])
    for _, row in open_ones:
        last[row] = len(ends) - 1
    return first, last, np.array(ends)
