r"""The level of rare residues without a normal approximation: its whole distribution on a grid.

Where nearly all days are censored the level is skewed: it can have been far below the limits, and not far above. On a grid of
levels a day multiplies the distribution by its likelihood and a gap of ``D`` days blurs it by a normal of variance

    (q^2 + s^2 / kappa) D                                                                                      (S11)

the long-run rate of (S2), the slope's memory being short beside the gaps at which rare residues are seen. Blurring is a
product in the space of cosines, exact for any width, so one grid serves all gaps; forwards times backwards is the smoothed
distribution. The trap: this takes batches' shared error as the days' own, and it is hundreds of times slower than the kernel.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.fft import dct, idct
from scipy.special import log_ndtr, ndtr

from headworks.trends.smoother.observations import Array, Index, Observations
from headworks.trends.smoother.smooth import UNKNOWN_LEVEL_SD, Settings, level_guess
from headworks.trends.smoother.transition import SLOPE_MEMORY_DAYS

N_POINTS = 256
# Series on the grid at once: enough to fill a transform, few enough for 256 points and 500 days of each in memory.
_AT_ONCE = 64
_REACH = 3.0 * UNKNOWN_LEVEL_SD


class GridLevels(NamedTuple):
    """Of each wanted day: mean, variance and the ``quantiles`` asked for, shape ``(n_out, n_quantiles)``; log scale."""

    mean: Array
    variance: Array
    quantiles: Array


def grid_levels(
    seen: Observations,
    settings: Settings,
    out_start: npt.ArrayLike,
    out_day: npt.ArrayLike,
    quantiles: tuple[float, ...] = (0.025, 0.5, 0.975),
    n_points: int = N_POINTS,
) -> GridLevels:
    """Distribution of the level on the days wanted, from all days of its series.

    Parameters
    ----------
    seen, settings, out_start, out_day
        As for :func:`smooth`.
    quantiles
        Probabilities.
    n_points
        Levels on the grid; its step must be well below the level's standard deviation.

    Returns
    -------
    GridLevels
        Rows as ``out_day``.

    Examples
    --------
    One day not detected below 1: the level is most likely far below, and 97.5 % sure to be less than 0.7 above that.

    >>> from headworks.trends.smoother import observations
    >>> one = observations([0, 1], [0], [-np.inf], [0.0], variance=0.04)
    >>> found = grid_levels(one, Settings.same(1, 1e-4, 0.0, 0.05, 0.0, 25.0), [0, 1], [0])
    >>> bool(found.quantiles[0, 0] < -5), bool(0 < found.quantiles[0, 2] < 0.4)
    (True, True)
    """
    starts, days = np.asarray(out_start, np.int64), np.asarray(out_day, np.int64)
    mean, variance = np.zeros(days.size), np.zeros(days.size)
    found = np.zeros((days.size, len(quantiles)))
    level = level_guess(seen)
    known = np.concatenate([seen.lower[np.isfinite(seen.lower)], seen.upper[np.isfinite(seen.upper)], [level]])
    points = np.linspace(min(known.min(), level - _REACH) - 1, max(known.max(), level + 1.0) + 1, n_points)
    for first in range(0, seen.n_series, _AT_ONCE):
        some = np.arange(first, min(first + _AT_ONCE, seen.n_series))
        for rows, density in _densities(seen, settings, some, starts, days, points, level):
            total = density / density.sum(axis=1, keepdims=True)
            mean[rows] = total @ points
            variance[rows] = total @ points**2 - mean[rows] ** 2
            found[rows] = _quantiles(total, points, quantiles)
    return GridLevels(mean, variance, found)


def _quantiles(density: Array, points: Array, quantiles: tuple[float, ...]) -> Array:
    """Quantiles of each row, each point's weight spread evenly over its step."""
    step = points[1] - points[0]
    below = np.cumsum(density, axis=1)
    found = np.empty((density.shape[0], len(quantiles)))
    for which, p in enumerate(quantiles):
        place = np.minimum((below < p).sum(axis=1), points.size - 1)
        rows = np.arange(density.shape[0])
        inside = (p - (below[rows, place] - density[rows, place])) / np.maximum(density[rows, place], 1e-300)
        found[:, which] = points[place] + (inside - 0.5) * step
    return found


def _densities(
    seen: Observations, settings: Settings, some: Index, starts: Index, days: Index, points: Array, level: float
) -> list[tuple[Index, Array]]:
    """Smoothed distribution at every wanted day of some series: rows of ``days``, and their distributions."""
    when, row, out = _steps(seen, some, starts, days)
    n, most = when.shape
    rate = (settings.wander + settings.slope_variance * SLOPE_MEMORY_DAYS)[some]
    gaps = np.diff(when, axis=1, prepend=when[:, :1])
    frequency = np.pi * np.arange(points.size) / (points.size * (points[1] - points[0]))
    likelihood = [_likelihood(seen, settings, some, row[:, t], points) for t in range(most)]

    def blurred(density: Array, gap: Array) -> Array:
        factor = np.exp(-0.5 * (rate * gap)[:, None] * frequency**2)
        moved: Array = np.maximum(idct(dct(density, axis=1) * factor, axis=1), 0.0)
        result: Array = moved / moved.sum(axis=1, keepdims=True)
        return result

    density = np.tile(np.exp(-0.5 * ((points - level) / UNKNOWN_LEVEL_SD) ** 2), (n, 1))
    ahead = []
    for t in range(most):
        density = blurred(density, gaps[:, t]) * likelihood[t]
        density /= density.sum(axis=1, keepdims=True)
        ahead.append(density)
    behind, found = np.ones((n, points.size)), []
    for t in range(most - 1, -1, -1):
        wanted = np.flatnonzero(out[:, t] >= 0)
        if wanted.size:
            found.append((out[wanted, t], ahead[t][wanted] * behind[wanted]))
        behind = blurred(behind * likelihood[t], gaps[:, t])
    return found


def _steps(seen: Observations, some: Index, starts: Index, days: Index) -> tuple[Index, Index, Index]:
    """Day, row and wanted day of every step of some series, rows first; -1 for none, and no gap after the last."""
    merged = []
    for one in some:
        rows, outs = np.arange(seen.start[one], seen.start[one + 1]), np.arange(starts[one], starts[one + 1])
        when = np.concatenate([seen.day[rows], days[outs]])
        order = np.argsort(when, kind="stable")
        nothing = np.full(rows.size, -1), np.full(outs.size, -1)
        merged.append((when[order], np.concatenate([rows, nothing[1]])[order], np.concatenate([nothing[0], outs])[order]))
    most = max((one[0].size for one in merged), default=0)
    when, row, out = (np.full((some.size, most), -1) for _ in range(3))
    for i, (a, b, c) in enumerate(merged):
        when[i, : a.size], row[i, : a.size], out[i, : a.size] = a, b, c
        when[i, a.size :] = a[-1] if a.size else 0
    return when, row, out


def _likelihood(seen: Observations, settings: Settings, some: Index, row: Index, points: Array) -> Array:
    """Likelihood of the levels of one step, shape ``(n_some, n_points)``, its largest 1; 1 where no day was seen."""
    at = np.maximum(row, 0)
    v = (seen.variance + seen.batch_variance)[at] + settings.day_variance[some] / seen.n_days[at]
    share, scale = settings.outlier_share[some][:, None], settings.outlier_scale[some]
    value = (1 - share) * _one(seen, at, v, points) + share * _one(seen, at, v * scale, points)
    value /= value.max(axis=1, keepdims=True)
    return np.where(row[:, None] >= 0, value, 1.0)


def _one(seen: Observations, at: Index, v: Array, points: Array) -> Array:
    """Normal likelihood of days with a variance each."""
    root = np.sqrt(v)[:, None]
    low, high = (seen.lower[at][:, None] - points) / root, (seen.upper[at][:, None] - points) / root
    is_point = (seen.lower == seen.upper)[at][:, None]
    with np.errstate(invalid="ignore"):
        point = np.exp(-0.5 * np.where(is_point, high, 0.0) ** 2) / root
    flip = low > 0
    low, high = np.where(flip, -high, low), np.where(flip, -low, high)
    between = np.exp(log_ndtr(high)) - ndtr(low)
    return np.where(is_point, point, np.maximum(between, 0.0) * np.sqrt(2 * np.pi))
