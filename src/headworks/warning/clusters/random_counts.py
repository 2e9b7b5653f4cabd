"""Cases as chance alone would place them, from a generator that is a function of a number.

Draw ``i`` of replicate ``r`` is SplitMix64 (Steele, Lea and Flood 2014) at a counter (G7)::

    start_r = mix(mix(seed) + (r + 1) GAMMA),    x_i = mix(start_r + (i + 1) GAMMA)    modulo 2^64

so a replicate is the same whatever was drawn before, by whichever thread, in whatever pieces. A case finds its location by
Walker's alias table: one draw, one comparison (G8). A relabelling is the partial shuffle of Fisher and Yates.

The trap is a remainder for a choice among ``n``: the high 32 bits times ``n`` are used, off by less than ``n / 2^32``.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from headworks.core.compiled import compiled, inlined

Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int32]
Index = npt.NDArray[np.int64]
# Constants of SplitMix64 as published.
_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31, _32 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
_ONE = np.uint64(1)
_TO_UNIT = 2.0**-32
_TO_UNIT_53 = 2.0**-53
_11 = np.uint64(11)


@inlined
def mix(word: np.uint64) -> np.uint64:
    """The finaliser of SplitMix64."""
    word = (word ^ (word >> _30)) * _FIRST
    word = (word ^ (word >> _27)) * _SECOND
    return word ^ (word >> _31)


@inlined
def start_of(seed: np.uint64, replicate: int) -> np.uint64:
    """Where the counter of a replicate begins."""
    return mix(mix(seed) + (np.uint64(replicate) + _ONE) * _GAMMA)


@compiled
def scatter_cases(seed: np.uint64, first: int, n_cases: int, keep: Array, other: Index, counts: Counts) -> None:
    """Cases of some replicates, each at a cell of (location, period) with its chance; adds to ``counts``.

    Parameters
    ----------
    seed, first
        Of the generator; the number of the first replicate.
    n_cases
        Cases of each replicate.
    keep, other
        Alias table of the cells, location by location (:func:`alias_table`).
    counts
        Shape ``(n_periods, n_rows, n_replicates)``; rows beyond the locations are left alone.
    """
    cells = np.uint64(keep.size)
    for replicate in range(counts.shape[2]):
        counter = start_of(seed, first + replicate)
        for _ in range(n_cases):
            counter += _GAMMA
            word = mix(counter)
            cell = np.int64(((word >> _32) * cells) >> _32)
            if np.float64(word & _LOW) * _TO_UNIT >= keep[cell]:
                cell = other[cell]
            counts[cell % counts.shape[0], cell // counts.shape[0], replicate] += 1


@compiled
def shuffle_cases(
    seed: np.uint64, first: int, n_cases: int, label: Index, place: Index, shuffled: Index, counts: Counts
) -> None:
    """The first ``n_cases`` of a shuffled row of labels, each added at its place.

    Bernoulli: ``label`` has the cell of every person (location times ``n_periods`` plus period), ``place`` is empty.
    Space-time permutation: ``label`` has the period of every case, ``place`` its location.

    Parameters
    ----------
    seed, first, n_cases
        As of :func:`scatter_cases`.
    label, place
        Shape ``(n_people,)``, and ``(n_cases,)`` or empty.
    shuffled
        Room of the shape of ``label``.
    counts
        Shape ``(n_periods, n_rows, n_replicates)``.
    """
    for replicate in range(counts.shape[2]):
        shuffled[:] = label
        counter = start_of(seed, first + replicate)
        for case in range(n_cases):
            counter += _GAMMA
            left = np.uint64(label.size - case)
            chosen = case + np.int64(((mix(counter) >> _32) * left) >> _32)
            shuffled[case], shuffled[chosen] = shuffled[chosen], shuffled[case]
            if place.size:
                counts[shuffled[case], place[case], replicate] += 1
            else:
                counts[shuffled[case] % counts.shape[0], shuffled[case] // counts.shape[0], replicate] += 1


@compiled
def standard_normals(seed: np.uint64, first: int, values: Array) -> None:
    """Standard normal numbers by Box and Muller, two draws for two numbers, replicate by replicate.

    ``values`` has shape ``(n_numbers, n_replicates)``.
    """
    for replicate in range(values.shape[1]):
        counter = start_of(seed, first + replicate)
        for pair in range((values.shape[0] + 1) // 2):
            counter += _GAMMA
            # Above 0, so that its logarithm is a number.
            radius = np.sqrt(-2.0 * np.log((np.float64(mix(counter) >> _11) + 1.0) * _TO_UNIT_53))
            counter += _GAMMA
            turn = 2.0 * np.pi * np.float64(mix(counter) >> _11) * _TO_UNIT_53
            values[2 * pair, replicate] = radius * np.cos(turn)
            if 2 * pair + 1 < values.shape[0]:
                values[2 * pair + 1, replicate] = radius * np.sin(turn)


def alias_table(weight: Array) -> tuple[Array, Index]:
    """Walker's table in Vose's order: cell ``i`` stays with chance ``keep[i]``, else it is ``other[i]``.

    Parameters
    ----------
    weight
        Weights of the cells, at least 0, not all 0.

    Examples
    --------
    Of 3 and 1: the second cell stays half the time and gives the rest to the first.

    >>> keep, other = alias_table(np.array([3.0, 1.0]))
    >>> keep.tolist(), other.tolist()
    ([1.0, 0.5], [0, 0])
    """
    keep = weight * (weight.size / weight.sum())
    other = np.arange(weight.size)
    small, large = [int(i) for i in np.flatnonzero(keep < 1.0)], [int(i) for i in np.flatnonzero(keep >= 1.0)]
    while small and large:
        low, high = small.pop(), large.pop()
        other[low] = high
        keep[high] -= 1.0 - keep[low]
        (small if keep[high] < 1.0 else large).append(high)
    # What is left differs from 1 by rounding; a cell without weight must not be drawn for it.
    keep[np.array(large, dtype=np.int64)] = 1.0
    keep[[cell for cell in small if weight[cell] > 0]] = 1.0
    return keep, other
