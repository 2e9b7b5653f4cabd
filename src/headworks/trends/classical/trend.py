"""A monotonic trend or association when x, y or both hold non-detects: Kendall's tau and the Akritas–Theil–Sen line.

Without non-detects and with time as x, ``p`` is the test of Mann and Kendall and ``slope`` that of Theil and Sen. On the log
scale the slope is of ln y on x: ``exp(slope) - 1`` is the relative change for one unit of x.

The trap: ``tau`` counts unknown pairs as no evidence, so it shrinks with every non-detect. It compares no two sites with
different limits; the slope does.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.core.errors import DataRefused
from headworks.trends.classical.kendall import kendall
from headworks.trends.classical.observations import (
    Observations,
    require_detected,
    require_observations,
    require_positive,
    unknown_option,
)
from headworks.trends.classical.theil_sen import lift, line_intercept, residual_score, score_root, steepest

TrendScale = Literal["linear", "log"]
TREND_SCALES: tuple[TrendScale, ...] = ("linear", "log")


class CensoredTrend(NamedTuple):
    """The line y = intercept + slope x, of ln y on the log scale; Kendall's tau, its p-value and S; pairs of results."""

    slope: float
    intercept: float
    tau: float
    p: float
    s: float
    n: int


def censored_trend(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    x_is_nondetect: npt.ArrayLike | None = None,
    y_is_nondetect: npt.ArrayLike | None = None,
    scale: TrendScale = "linear",
) -> CensoredTrend:
    """Slope and intercept of Akritas, Theil and Sen, with Kendall's tau and its test (C8 to C13).

    Parameters
    ----------
    x, y
        Results, the limit where not detected, shape ``(n,)``, n at least 3. Time is an x without non-detects.
    x_is_nondetect, y_is_nondetect
        Whether each is a limit; none where no list is given.
    scale
        ``log`` for a line of ln y on x.

    Returns
    -------
    CensoredTrend
        ``p`` is not a number where the variance of S cannot be given (C9).

    Raises
    ------
    DataRefused
        ``HW-D531`` for lists that do not fit, ``HW-D532`` where nothing of y was detected, ``HW-D533`` for a logarithm of
        nothing, ``HW-D534`` for a scale that is not there, ``HW-D535`` for fewer than 3 pairs or an x that never changes.

    Examples
    --------
    Every slope between two results is 2.

    >>> found = censored_trend([1, 2, 3, 4], [2, 4, 6, 8])
    >>> round(found.slope, 6), round(found.intercept, 6), found.tau
    (2.0, 0.0, 1.0)
    """
    across, along = require_pairs(x, y, x_is_nondetect, y_is_nondetect)
    lifted = lift(on_scale(along, scale))
    if np.ptp(across.values) == 0:
        raise _no_trend(f"x is {across.values[0]} throughout")
    seen = [np.where(one.is_nondetect, 0.0, one.values) for one in (across, lifted.observed)]
    low, high = steepest(*seen) if np.ptp(seen[0]) > 0 else (0.0, 0.0)
    slope = score_root(residual_score(across.values, lifted.observed), low, high)
    test = kendall(across, along)
    intercept = line_intercept(across.values, lifted, slope, across.is_nondetect)
    return CensoredTrend(slope, intercept, test.tau, test.p, test.s, along.values.size)


def require_pairs(
    x: npt.ArrayLike, y: npt.ArrayLike, x_is_nondetect: npt.ArrayLike | None, y_is_nondetect: npt.ArrayLike | None
) -> tuple[Observations, Observations]:
    """Two lists of one length, at least 3, with something of y detected."""
    across = require_observations(x, _flags(x, x_is_nondetect), "x")
    along = require_observations(y, _flags(y, y_is_nondetect), "y")
    if across.values.size != along.values.size:
        raise DataRefused(
            "A trend needs an x for every y.",
            found=f"{across.values.size} of x, {along.values.size} of y",
            remedy="Give lists of one length",
            code="HW-D531",
        )
    if along.values.size < 3:
        raise _no_trend(f"{along.values.size} pairs")
    require_detected(along, 1, "A trend")
    require_detected(across, 1, "A trend")
    return across, along


def on_scale(y: Observations, scale: TrendScale) -> Observations:
    """Results as they are, or their logarithms."""
    if scale not in TREND_SCALES:
        raise unknown_option("scale of a trend", scale, TREND_SCALES)
    if scale == "linear":
        return y
    require_positive(y.values, "A trend on the log scale")
    return y._replace(values=np.log(y.values))


def _flags(values: npt.ArrayLike, flags: npt.ArrayLike | None) -> npt.ArrayLike:
    return np.zeros(np.shape(values), dtype=np.bool_) if flags is None else flags


def _no_trend(found: str) -> DataRefused:
    return DataRefused(
        "A trend needs at least 3 pairs and an x that changes.", found=found, remedy="Pool more results", code="HW-D535"
    )
