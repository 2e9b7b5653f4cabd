"""What is usual here: centre and spread of a first phase, against which a second phase is watched.

Points of the first phase (``is_baseline``) give the centre and the spread; the others are judged and give nothing. Otherwise
a slow rise would widen its own limits. Where seasons are given, each season has its own centre, taken off before the spread
is measured. The spread is the mean moving range over d2: it hardly sees a shift that stands between two neighbours, which an
ordinary standard deviation would.

The trap: neighbours must be independent. Where weeks follow one another smoothly the moving range is too small, and every
chart calls; chart then the residuals of a smoother.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.assessment.comparison.equal_lists import refuse

Array = npt.NDArray[np.float64]
# Mean range of two standard normal numbers, and its standard deviation: 2/sqrt(pi) and sqrt(2 - 4/pi).
MEAN_RANGE = 2 / np.sqrt(np.pi)
SPREAD_OF_RANGE = float(np.sqrt(2 - 4 / np.pi))
# From fewer moving ranges no spread is known: eight give it within a quarter.
_LEAST_POINTS = 8


class Baseline(NamedTuple):
    """Of each series: ``centre`` at every point, ``(n_series, n_points)``; ``mean_range`` and ``sigma``, ``(n_series, 1)``."""

    centre: Array
    mean_range: Array
    sigma: Array


def baseline(values: npt.ArrayLike, is_baseline: npt.ArrayLike, season: npt.ArrayLike | None = None) -> Baseline:
    """Centre and spread of the first phase of many series.

    Parameters
    ----------
    values
        Shape ``(n_series, n_points)``, in order of time, on a scale on which chance is about normal (log load); missing
        points are not a number.
    is_baseline
        Which points are of the first phase, shape ``(n_points,)``.
    season
        Season of each point, whole numbers from 0, shape ``(n_points,)``; every season must occur in the first phase.

    Raises
    ------
    DataRefused
        ``HW-D765`` for shapes that do not fit, a first phase of fewer than eight known points, or a season without one.

    Examples
    --------
    Moving ranges of 1, 3, 1, 3 … are 2 each: sigma = 2 / 1.128.

    >>> found = baseline([[1.0, 3.0] * 5], [True] * 10)
    >>> found.centre[0, 0].item(), found.sigma.round(4).item()
    (2.0, 1.7725)
    """
    x, first = require_series(values, is_baseline)
    seasons = np.zeros(x.shape[1], dtype=np.int64) if season is None else np.asarray(season, dtype=np.int64)
    known = np.isfinite(x) & first
    if seasons.shape != first.shape or (known.sum(axis=1) < _LEAST_POINTS).any():
        told = f"{int(known.sum(axis=1).min())} known points of the first phase, {seasons.size} seasons"
        remedy = f"At least {_LEAST_POINTS} points before those to be judged"
        refuse("HW-D765", "The first phase does not say what is usual.", found=told, remedy=remedy)
    centre = np.empty_like(x)
    for one in np.unique(seasons):
        mine = seasons == one
        n = (known & mine).sum(axis=1)
        if not n.all():
            refuse("HW-D765", "A season has no point in the first phase.", found=f"season {one}", remedy="Take fewer seasons")
        centre[:, mine] = (np.where(known & mine, x, 0.0).sum(axis=1) / n)[:, None]
    mean_range = mean_moving_range(np.where(known, x - centre, np.nan))
    return Baseline(centre, mean_range, mean_range / MEAN_RANGE)


def mean_moving_range(values: Array) -> Array:
    """Mean distance of each known point from the known one before, ``(n_series, 1)``; gaps are passed over."""
    return np.nan_to_num(np.nanmean(moving_ranges(values), axis=1, keepdims=True)) if values.shape[1] > 1 else np.zeros((1, 1))


def moving_ranges(values: Array) -> Array:
    """Distance of each known point from the known one before it; not a number at gaps and at the first."""
    place = np.where(np.isfinite(values), np.arange(values.shape[1])[None, :], -1)
    last = np.maximum.accumulate(place, axis=1)
    before = np.concatenate([np.full((values.shape[0], 1), -1), last[:, :-1]], axis=1)
    earlier = np.take_along_axis(values, np.maximum(before, 0), axis=1)
    return np.where(before >= 0, np.abs(values - earlier), np.nan)


def require_series(values: npt.ArrayLike, is_baseline: npt.ArrayLike) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Series as rows and the first phase as flags (``HW-D765``)."""
    x, first = np.asarray(values, dtype=np.float64), np.asarray(is_baseline, dtype=bool)
    if x.ndim != 2 or first.shape != x.shape[1:] or np.isinf(x).any():
        told = f"values {'x'.join(map(str, x.shape))}, first phase {first.shape}"
        refuse(
            "HW-D765",
            "A chart needs a row per series and a column per point.",
            found=told,
            remedy="Give finite values or gaps",
        )
    return x, first
