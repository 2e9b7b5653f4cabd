"""Target and scatter of a control as learnt from the runs before, robust while they are few.

    m = median,  s = 1.4826 f(n) median |x - m|;  those within 4 s are kept: target their mean, s their standard deviation
    (J10)

A run is judged by limits learnt from the runs *before* it: what comes later never changes a verdict. Until twenty controls
are kept they are provisional and say so; at sixty nothing more is learnt. The trap: limits that a control itself has moved
are blind to it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.reference.laboratory_rules import small_sample_factors

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
# Median absolute deviation of a normal distribution in standard deviations: 1 / Phi^-1(3/4).
_MAD = 1.4826022185056018
# Mean absolute deviation of a normal distribution, likewise: sqrt(pi / 2).
_MEAN_DEVIATION = 1.2533141373155003
# Kept are controls within so many robust standard deviations. With 3 the standard deviation of twenty sound controls comes out
# 5 % too small, with 4 2 %, and one control 6 s off in twenty still raises it by 5 % only.
_KEPT_WITHIN = 4.0
# Below this many the mean and standard deviation of those kept are worse than the robust ones.
_LEAST_TO_KEEP = 10
# Controls that may be thrown out before the search for sound ones ends, in multiples of those that make limits.
_WINDOW = 1


class ControlLimits(NamedTuple):
    """Per control: target and sd (not a number where nothing was learnt), controls learnt from, whether provisional."""

    target: Array
    sd: Array
    n_points: Index
    is_provisional: npt.NDArray[np.bool_]


def learn_limits(
    values: Array, series: Index, run: Index, *, target_points: int, least_points: int, settled_points: int = 0
) -> ControlLimits:
    """Limits of each control from earlier runs of its series (J10).

    Parameters
    ----------
    values
        Controls in order of measurement within their series, shape ``(n,)``; not a number where there is none.
    series
        What has limits of its own: laboratory, analyte, level and lot, ``0 … n_series - 1``.
    run
        Batch of each, rising within a series.
    target_points
        Controls kept from which on the limits are no longer provisional.
    least_points
        Controls below which nothing is learnt.
    settled_points
        Controls kept after which nothing more is learnt; ``target_points`` where that is more.

    Examples
    --------
    >>> values = np.array([9.0, 10.0, 11.0, 10.0, 10.0, 30.0])
    >>> one = np.zeros(6, dtype=np.int64)
    >>> found = learn_limits(values, one, np.arange(6), target_points=20, least_points=5)
    >>> found.target.tolist()[-1], found.n_points.tolist()[-1], found.is_provisional.tolist()[-1]
    (10.0, 5, True)
    """
    n_series, n = (int(series.max()) + 1 if series.size else 0), values.size
    order = np.argsort(series, kind="stable")
    told = order[np.isfinite(values[order])]
    start = np.searchsorted(series[told], np.arange(n_series))
    place = np.arange(told.size) - start[series[told]]
    settled = max(settled_points, target_points)
    width = settled + _WINDOW * target_points
    first = np.full((n_series, width), np.nan)
    early = place < width
    first[series[told[early]], place[early]] = values[told[early]]
    target, sd, kept = _by_prefix(first, settled, least_points)
    # Controls of earlier runs that each one has before it.
    before = np.zeros(n, dtype=np.int64)
    counted = np.isfinite(values[order])
    so_far = np.cumsum(counted) - counted
    opens = np.ones(n, dtype=bool)
    opens[1:] = (series[order][1:] != series[order][:-1]) | (run[order][1:] != run[order][:-1])
    at_run = np.maximum.accumulate(np.where(opens, so_far, 0)) if n else so_far
    before[order] = at_run - (start[series[order]] if n else 0)
    look = np.minimum(before, width)
    points = kept[series, look]
    return ControlLimits(target[series, look], sd[series, look], points, points < target_points)


def _by_prefix(first: Array, settled: int, least_points: int) -> tuple[Array, Array, Index]:
    """Target, sd and controls kept from the first ``p = 0 … width`` of each series; frozen once enough are kept."""
    n_series, width = first.shape
    target, sd = np.full((n_series, width + 1), np.nan), np.full((n_series, width + 1), np.nan)
    kept = np.zeros((n_series, width + 1), dtype=np.int64)
    have = np.isfinite(first).sum(axis=1)
    for count in range(1, width + 1):
        target[:, count], sd[:, count], kept[:, count] = target[:, count - 1], sd[:, count - 1], kept[:, count - 1]
        rows = np.flatnonzero((have >= count) & (kept[:, count - 1] < settled))
        if not rows.size:
            for numbers in (target, sd, kept):
                numbers[:, count:] = numbers[:, [count - 1]]
            break
        if count >= least_points:
            target[rows, count], sd[rows, count], kept[rows, count] = robust_moments(first[rows, :count])
    return target, sd, kept


def robust_moments(values: Array) -> tuple[Array, Array, Index]:
    """Target, standard deviation and number kept of each row, shape ``(n_rows, n_points)`` of finite numbers (J10).

    Examples
    --------
    >>> target, sd, kept = robust_moments(np.array([[1.0, 2.0, 3.0, 4.0, 5.0]]))
    >>> target.item(), round(sd.item(), 4)
    (3.0, 1.788)
    """
    n = values.shape[1]
    middle = np.median(values, axis=1)
    factor = small_sample_factors().get(n, n / (n - 0.8) if n > 1 else np.nan)
    apart = np.abs(values - middle[:, None])
    scale = _MAD * factor * np.median(apart, axis=1)
    # Where more than half are the same to the last digit printed, their mean deviation still tells a scatter.
    scale = np.where(scale > 0, scale, _MEAN_DEVIATION * np.mean(apart, axis=1))
    is_kept = apart <= _KEPT_WITHIN * scale[:, None]
    kept = is_kept.sum(axis=1)
    if n < _LEAST_TO_KEEP:
        return middle, scale, kept
    mean = np.where(is_kept, values, 0.0).sum(axis=1) / np.maximum(kept, 1)
    spread = np.where(is_kept, (values - mean[:, None]) ** 2, 0.0).sum(axis=1)
    sd = np.sqrt(spread / np.maximum(kept - 1, 1))
    return mean, sd, kept
