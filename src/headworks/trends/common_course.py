r"""What the sites of an area have in common week by week: the festival, the season, a wave of use.

A site of a town scatters by half from day to day, and no smoother of its days alone can see that everybody is away for the
festival; a thousand sites together can. The course of a residue in an area is learnt from what its sites' days say against
their own mean. With ``g`` and ``h`` of (S4), the slope and curvature of the log likelihood in a shift of that day, the days
of a week and area together say

    r = sum g / sum h,    var r = 1 / sum h                                                              (T23)

and to this variance comes what laboratory batches leave, because the sites that share one err together: the sum over batches
of ``(sum of h u_batch over its days / sum h)^2``. The weekly values are smoothed as days are, but without outliers: a week in
which everybody stands out is the course. How much it wanders is learnt over the areas of a level. The province comes first;
what is left is the course of a city about its province's, then of a county about its city's. Sites are then smoothed about
the sum of their courses.

The trap: an area of a few sites has no course of its own, or the course would be those sites' noise, counted twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.trends.smoother import Observations, Settings, observations, smooth
from headworks.trends.smoother.fit import log_likelihoods, node_weights, pooled_prior
from headworks.trends.smoother.smooth import level_guess

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
# Sites that an area's course is learnt from at least; with fewer it is that of the area above.
LEAST_SITES = 8
# Days about a mean that hardly moves, so that what moves together is left to the course; three in a hundred stand out.
_STEADY = 1e-8
_BETWEEN_DAYS, _OUTLIER_SHARE, _OUTLIER_SCALE = 0.4, 0.03, 25.0
WEEK_DAYS = 7
# How far a course may wander in a day, and what a week may add that is gone in the next; standard deviations, log scale.
_WANDER = (0.0005, 0.002, 0.005, 0.01, 0.016, 0.024, 0.036, 0.06, 0.12)
_WEEK = (0.0, 0.05, 0.1)


class LevelCourse(NamedTuple):
    """The courses of the areas of a level: ``group`` of each series, -1 without; log scale, ``(n_groups + 1, n_weeks)`` each.

    The last row is 0: that of series without a course, which -1 finds.
    """

    group: Index
    value: Array
    variance: Array
    online: Array
    slope: Array
    slope_variance: Array
    change_variance: Array


class Course(NamedTuple):
    """Courses of all levels, the highest first; weeks stand for the Sundays from ``first`` on."""

    first: int
    levels: tuple[LevelCourse, ...]

    def of(self, name: str, series: Index, week: Index) -> Array:
        """Sum over the levels of ``value``, ``variance`` … of a series in a week."""
        return self.at(series, week).of(name)

    def at(self, series: Index, week: Index) -> CourseAt:
        """What is said of some series in some weeks, when several things are asked."""
        # The course of nobody is the last.
        group = [np.where(level.group < 0, level.value.shape[0] - 1, level.group)[series] for level in self.levels]
        shapes = [level.value.shape for level in self.levels]
        places = tuple(np.ravel_multi_index((one, week), shape) for one, shape in zip(group, shapes, strict=True))
        return CourseAt(self.levels, places, series.size)


class CourseAt(NamedTuple):
    """Courses of ``size`` series and weeks: the place of each in the arrays of every level."""

    levels: tuple[LevelCourse, ...]
    places: tuple[Index, ...]
    size: int

    def of(self, name: str) -> Array:
        """Sum over the levels of ``value``, ``variance`` …."""
        total = np.zeros(self.size)
        for level, place in zip(self.levels, self.places, strict=True):
            total += getattr(level, name).ravel()[place]
        return total

    def of_level(self, level: int, name: str) -> Array:
        """Of one level."""
        found: Array = getattr(self.levels[level], name).ravel()[self.places[level]]
        return found


def common_course(
    seen: Observations, groups: Sequence[Index], first: int, n_weeks: int, lag: int, threads: int | None = None
) -> Course:
    """Courses of one residue.

    Parameters
    ----------
    seen
        Days of all series, their values as read.
    groups
        By level, the highest first: the area of each series, -1 of a site that no area knows.
    first, n_weeks
        The first Sunday, and how many.
    lag
        Weeks after which a change is told.
    threads
        As for ``smooth``.

    Returns
    -------
    Course
        Without a level of which no area has ``LEAST_SITES`` sites.
    """
    n = seen.n_series
    steady = Settings.same(n, _STEADY, 0.0, _BETWEEN_DAYS**2, _OUTLIER_SHARE, _OUTLIER_SCALE)
    nothing = np.zeros(n + 1, np.int64), np.zeros(0, np.int64)
    found = smooth(seen, steady, *nothing, scored=True, threads=threads)
    score, information = np.nan_to_num(found.score), np.maximum(np.nan_to_num(found.information), 0.0)
    week = (seen.day - first + WEEK_DAYS - 1) // WEEK_DAYS
    batches, levels = _Batches(seen, week), list[LevelCourse]()
    for group in groups:
        kept = _with_enough_sites(group)
        if not (kept >= 0).any():
            continue
        cells = _Cells(kept, seen, batches, n_weeks)
        course = _smoothed(kept, *cells.values(score, information), first, n_weeks, lag)
        levels.append(course)
        # What this course explains is not left for the next.
        of_row = course.group[seen.of_series]
        score = score - np.where(of_row >= 0, information * course.value[np.maximum(of_row, 0), week], 0.0)
    return Course(first, tuple(levels))


def _with_enough_sites(group: Index) -> Index:
    """Groups numbered from 0, those of too few series forgotten."""
    known = group >= 0
    counts = np.bincount(group[known]) if known.any() else np.zeros(0, np.int64)
    enough = np.flatnonzero(counts >= LEAST_SITES)
    place = np.full(counts.size + 1, -1, dtype=np.int64)
    place[enough] = np.arange(enough.size)
    return place[group]


class _Cells:
    """Rows of the series that some area speaks for, by area and week."""

    def __init__(self, group: Index, seen: Observations, batches: _Batches, n_weeks: int) -> None:
        of_row = group[seen.of_series]
        self._rows = np.flatnonzero(of_row >= 0)
        self._group, self._pair, self._batches = of_row[self._rows], batches.pair[self._rows], batches
        self._n_groups, self._n_weeks = int(group.max()) + 1, n_weeks
        self._cell = self._group * n_weeks + batches.week_of_pair[self._pair]

    def values(self, score: Array, information: Array) -> tuple[Index, Array, Array]:
        """The cells with anything to say, the value of each and its variance (T23)."""
        says, weight = score[self._rows], information[self._rows]
        n = self._n_groups * self._n_weeks
        total: Array = np.bincount(self._cell, weight, n).astype(np.float64)
        met = np.flatnonzero(total > 0)
        value = np.bincount(self._cell, says, n)[met] / total[met]
        return met, value, 1.0 / total[met] + self._left_by_batches(weight)[met] / total[met] ** 2

    def _left_by_batches(self, weight: Array) -> Array:
        """Squares of what each batch leaves in each area's week, summed."""
        n_pairs = self._batches.week_of_pair.size
        error = weight * self._batches.error[self._rows]
        by_batch = np.bincount(self._group * n_pairs + self._pair, error, self._n_groups * n_pairs)
        found = np.zeros((self._n_groups, self._n_weeks))
        # Pairs stand in order of their weeks.
        weeks, first = np.unique(self._batches.week_of_pair, return_index=True)
        found[:, weeks] = np.add.reduceat(by_batch.reshape(self._n_groups, n_pairs) ** 2, first, axis=1)
        return found.ravel()


class _Batches:
    """Weeks and batches as they occur together: ``pair`` of each row, and the week and the standard error of each."""

    def __init__(self, seen: Observations, week: Index) -> None:
        width = int(seen.batch.max(initial=-1)) + 2
        distinct, self.pair = np.unique(week * width + seen.batch + 1, return_inverse=True)
        self.week_of_pair = distinct // width
        self.error = np.sqrt(seen.batch_variance)


def _smoothed(group: Index, met: Index, value: Array, variance: Array, first: int, n_weeks: int, lag: int) -> LevelCourse:
    """Weekly values of every area, smoothed."""
    n_groups = int(group.max()) + 1
    start = np.searchsorted(met, np.arange(n_groups + 1) * n_weeks)
    weekly = observations(start, first + WEEK_DAYS * (met % n_weeks), value, value, variance)
    wanted = np.tile(first + WEEK_DAYS * np.arange(n_weeks), n_groups)
    told = smooth(weekly, _settings(weekly), np.arange(n_groups + 1) * n_weeks, wanted, lags=(lag,), threads=1)

    def grid(values: Array) -> Array:
        return np.vstack([values.reshape(n_groups, n_weeks), np.zeros(n_weeks)])

    return LevelCourse(
        group, grid(told.level), grid(told.level_variance), grid(told.filtered), grid(told.slope), grid(told.slope_variance),
        grid(told.change_variance[:, 0]),
    )  # fmt: skip


def _settings(weekly: Observations) -> Settings:
    """How each area's course moves, pooled over the areas of its level."""
    nodes = np.array([(wander**2, 0.0, week**2, 0.0, 1.0) for wander in _WANDER for week in _WEEK])
    log_z = log_likelihoods(weekly, np.arange(weekly.n_series), nodes, level_guess(weekly), 1)
    deviations = node_weights(log_z, pooled_prior(log_z)) @ np.sqrt(nodes[:, :3])
    n = weekly.n_series
    return Settings._make((*(deviations**2).T.copy(), np.zeros(n), np.ones(n)))
