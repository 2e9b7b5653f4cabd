r"""Whether two lists move together, non-detects on either side: Kendall's S, tau and their test.

    S = pairs that rise together - pairs where one rises and the other falls,    tau = S / (n (n-1) / 2)          (C8)

A pair counts where both orders are sure. "Less than 5" is below 5 and above, but not above 3: where the greater of two is a
non-detect, nothing is known. What is tied, or unknown, lowers the variance of S:

    var S = n (n-1) (2n+5) / 18 - T(ties among non-detects) - T(ties among detected) - U                  (C9)

    T = sum t(t-1)(2t+5)/18 - sum t(t-1)(t-2) sum t'(t'-1)(t'-2) / (9 n (n-1)(n-2))
        - sum t(t-1) sum t'(t'-1) / (2 n (n-1)),      t of x, t' of y, the first sum over both            (C10)

    U = N + N' - 2 N N' / (n (n-1)) - sum (t-1) over ties among non-detects of both                       (C11)

with ``N`` the results and limits that stand below each non-detect, summed. ``z = (|S| - 1) / sqrt(var S)``. Without
non-detects and with x in time this is the test of Mann and Kendall. (C11) follows the program NADA, whose p-values people
compare with.

The trap: (C11) is an approximation, and among many limits var S may come out below 0. Then there is no p-value here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from headworks.core.compiled import compiled
from headworks.trends.classical.observations import Array, Flags, Observations

Index = npt.NDArray[np.int64]


class Kendall(NamedTuple):
    """S and its variance under no association, tau, and the two-sided p-value (C8, C9)."""

    s: float
    variance: float
    tau: float
    p: float


def kendall(x: Observations, y: Observations) -> Kendall:
    """Kendall's S of two lists of one length, non-detects in both.

    Examples
    --------
    1 < 2 < 3 with "less than 9" last: its pairs are unknown, S = 3 of 6.

    >>> x = Observations(np.array([1.0, 2.0, 3.0, 4.0]), np.zeros(4, dtype=bool))
    >>> y = Observations(np.array([1.0, 2.0, 3.0, 9.0]), np.array([False, False, False, True]))
    >>> kendall(x, y).s, kendall(x, y).tau
    (3.0, 0.5)
    """
    n = x.values.size
    s = score(x, y)
    variance = _variance(x, y)
    return Kendall(s, variance, s / (n * (n - 1) / 2), two_sided(s, variance))


def two_sided(s: float, variance: float) -> float:
    """p-value of S by the normal distribution, with the correction for steps of S; not a number without a variance."""
    if not variance > 0:
        return np.nan
    return float(min(2.0 * ndtr(-(abs(s) - abs(np.sign(s))) / np.sqrt(variance)), 1.0))


def score(x: Observations, y: Observations) -> float:
    """S of (C8), in n log n steps."""
    x_rank = ranks(x.values, x.is_nondetect)
    order = np.argsort(x_rank, kind="stable")
    y_rank = ranks(y.values, y.is_nondetect)
    return float(ordered_score(x_rank[order], x.is_nondetect[order], y_rank[order], y.is_nondetect[order]))


def ranks(values: Array, is_nondetect: Flags) -> Index:
    """Rank from 0, equal values alike, a limit just below a result of its size."""
    _, place = np.unique(values, return_inverse=True)
    if not is_nondetect.any():
        return place.astype(np.int64)
    _, place = np.unique(2 * place + ~is_nondetect, return_inverse=True)
    return place.astype(np.int64)


@compiled
def ordered_score(x_rank: Index, x_hidden: Flags, y_rank: Index, y_hidden: Flags) -> int:
    """S of lists in order of ``x_rank``: what came before is counted in two trees of partial sums."""
    n = x_rank.size
    size = y_rank.max() + 2
    met = np.zeros(size, dtype=np.int64)
    met_seen = np.zeros(size, dtype=np.int64)
    total, n_seen, first = 0, 0, 0
    while first < n:
        last = first
        while last < n and x_rank[last] == x_rank[first]:
            last += 1
        for row in range(first, last):
            if x_hidden[row]:
                continue
            node = y_rank[row]
            if not y_hidden[row]:
                while node > 0:
                    total += met[node]
                    node -= node & -node
            total -= n_seen
            node = y_rank[row] + 1
            while node > 0:
                total += met_seen[node]
                node -= node & -node
        for row in range(first, last):
            node = y_rank[row] + 1
            while node < size:
                met[node] += 1
                if not y_hidden[row]:
                    met_seen[node] += 1
                node += node & -node
            if not y_hidden[row]:
                n_seen += 1
        first = last
    return total


def _variance(x: Observations, y: Observations) -> float:
    n = float(x.values.size)
    ties = [_ties(one.values[one.is_nondetect]) for one in (x, y)]
    unknown = [_below_limits(one) for one in (x, y)]
    lost = sum(unknown) - 2 * unknown[0] * unknown[1] / (n * (n - 1)) - sum(float((t - 1).sum()) for t in ties)
    detected = [_ties(one.detected) for one in (x, y)]
    return n * (n - 1) * (2 * n + 5) / 18 - _taken_by(ties, n) - _taken_by(detected, n) - lost


def _ties(values: Array) -> Array:
    return np.unique(values, return_counts=True)[1].astype(np.float64)


def _taken_by(ties: list[Array], n: float) -> float:
    """T of (C10)."""
    single = sum(float((t * (t - 1) * (2 * t + 5)).sum()) for t in ties) / 18
    threes = [float((t * (t - 1) * (t - 2)).sum()) for t in ties]
    pairs = [float((t * (t - 1)).sum()) for t in ties]
    of_threes = threes[0] * threes[1] / (9 * n * (n - 1) * (n - 2)) if n > 2 else 0.0
    return single - of_threes - pairs[0] * pairs[1] / (2 * n * (n - 1))


def _below_limits(observed: Observations) -> float:
    """Places of the non-detects in order of size, counted from 0."""
    order = np.lexsort((~observed.is_nondetect, observed.values))
    return float(np.flatnonzero(observed.is_nondetect[order]).sum())
