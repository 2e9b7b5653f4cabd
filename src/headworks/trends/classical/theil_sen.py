r"""The slope that leaves no trend: the line of Akritas, Theil and Sen through results with non-detects.

    slope: S(x, y - b x) = 0,      intercept: the median of y - b x, non-detects between 0 and their limit        (C13)

S of (C8) only falls as b rises, by steps. Where it is 0 over a stretch of slopes each of them solves (C13); where it jumps
across 0, the place of the jump does.

The trap: a stretch of solutions can be wide among few results. To agree with the reference program we take the slope it
takes: halve from the smallest to the largest slope between two results, non-detects at 0, until S is 0 or the rest is below
1e-7; then again above and below the place found; the slope is the mean of those two.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from headworks.trends.classical.kendall import ordered_score, ranks
from headworks.trends.classical.observations import Array, Flags, Observations
from headworks.trends.classical.turnbull import turnbull_median

Score = Callable[[float], float]
# The reference stops at this width whatever the unit. Slopes of which this would not be a ten-thousandth are sought on.
_WIDTH, _SHARE, _LEAST = 1e-7, 1e-4, 1e-13
_MOST_STEPS = 1_000
# A limit stands this share of the smallest result lower, so that it is not tied with a result of its size.
_APART = 1e-3
# Results below 0 are lifted to this before the search, because a non-detect is taken to lie above 0.
_LIFTED_TO = 1e-4


class Lifted(NamedTuple):
    """Results above 0 with limits set apart from them, and by how much they were lifted."""

    observed: Observations
    by: float


def lift(y: Observations) -> Lifted:
    """Results as the search for the slope takes them: none below 0, limits a little lower."""
    lowest = float(y.values.min())
    by = _LIFTED_TO - lowest if lowest < 0 else 0.0
    values = y.values + by
    return Lifted(Observations(values - values.min() * _APART * y.is_nondetect, y.is_nondetect), by)


def residual_score(x: Array, y: Observations) -> Score:
    """S of x and y - b x as a function of b."""
    order = np.argsort(x, kind="stable")
    x_sorted, known = x[order], np.zeros(x.size, dtype=np.bool_)
    x_rank, values, hidden = ranks(x_sorted, known), y.values[order], y.is_nondetect[order]

    def at(slope: float) -> float:
        # Not ranks(…, hidden): a limit equal to a result leaves the pair tied, as in the reference.
        return float(ordered_score(x_rank, known, ranks(values - slope * x_sorted, known), hidden))

    return at


def steepest(x: Array, y: Array) -> tuple[float, float]:
    """Smallest and largest slope between two results of different x."""
    low, high = np.inf, -np.inf
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    following = np.searchsorted(x, x, side="right")
    for row in range(int(np.searchsorted(x, x[-1]))):
        slopes = (y[following[row] :] - y[row]) / (x[following[row] :] - x[row])
        low, high = min(low, float(slopes.min())), max(high, float(slopes.max()))
    return low, high


def score_root(score: Score, low: float, high: float) -> float:
    """Where S crosses 0, or the place in a stretch of zeros that the reference program takes."""
    below, at, above = _halve(score, (low, score(low)), (high, score(high)))
    upper = _halve(score, at, above)[1][0]
    lower = _halve(score, below, at)[1][0]
    return 0.5 * (upper + lower)


def line_intercept(x: Array, lifted: Lifted, slope: float, x_hidden: Flags) -> float:
    """Median of the residuals of results whose x is known (C13)."""
    known = ~x_hidden
    values, hidden = lifted.observed.values[known], lifted.observed.is_nondetect[known]
    residual = values - slope * x[known]
    return turnbull_median(residual - values * hidden, residual) - lifted.by


Place = tuple[float, float]


def _halve(score: Score, low: Place, high: Place) -> tuple[Place, Place, Place]:
    """Ends and middle, each with its S, of the last interval looked at."""
    least = _LEAST * (high[0] - low[0])
    for _ in range(_MOST_STEPS):
        middle = (low[0] + high[0]) / 2
        found = low, (middle, score(middle)), high
        if low[1] * found[1][1] <= 0:
            high = found[1]
        else:
            low = found[1]
        width = abs(high[0] - low[0])
        narrow = width <= _WIDTH and width <= max(_SHARE * abs(middle), least)
        if found[1][1] == 0 or narrow:
            break
    return found
