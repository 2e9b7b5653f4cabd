r"""Level and trend of every site's residues at the end of each ISO week, as arrays.

The smoother (:mod:`headworks.trends.smoother`) gives the logarithm ``a`` of the median day; of loads that vary by ``sigma^2``
from day to day the mean day's is ``exp(a + sigma^2 / 2)``, and its expectation given all days ``exp(a + sigma^2 / 2 + v / 2)``
with ``v`` the variance of ``a`` (T21). Means add up over sites, medians do not, so the level is this mean everywhere.

A site is smoothed about the course that it shares with the sites of its county, city and province
(:mod:`headworks.trends.common_course`); what is its own and what it shares are kept apart here, because the first averages
out over the sites of an area and the second does not.

A level is told from the week of a series' first day to six weeks after its last, as long as others were still sampled, and
never further than two months from a sampled day: what nobody sampled is not known. The six weeks keep a site that is sampled
once a month among the members of its area in the newest weeks. The trap: the window. Weeks are smoothed from the days given,
so a caller gives days on both sides of the weeks wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.trends.common_course import WEEK_DAYS, Course, common_course
from headworks.trends.day_arrays import DayArrays
from headworks.trends.smoother import FittedSettings, Observations, Offsets, Trends, observations_of, smooth_trends

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
# 1970-01-04 was a Sunday: the day on which an ISO week ends.
_A_SUNDAY = 3
# A quarter of a year in weeks: how far back a change looks.
QUARTER_WEEKS = 13
# A trend of fewer days is no trend.
LEAST_DAYS = 3
# A week a quarter leaves no week further than this from a sampled one; a week a year leaves most.
MOST_WEEKS_AWAY = 9
# So long a site is told on after its last day.
WEEKS_AFTER = 6


class Learnt(NamedTuple):
    """Settings of every series, and offsets of the residue's weekdays."""

    settings: FittedSettings
    offsets: Offsets


class SiteTrends(NamedTuple):
    """Rows stand in order of series and week; ``start`` of shape ``(n_series + 1,)`` tells those of a series.

    Rows, all without what is shared: ``sunday`` (days since 1970-01-01), ``log_level`` of the mean day and its ``variance``,
    ``slope`` per day and its variance, ``change`` of the level from ``QUARTER_WEEKS`` weeks before and its variance (not a
    number where there is none),
    ``log_online`` as the days up to that Sunday say it, days and censored days of the week, ``is_near`` a sampled one. Series:
    ``has_value``, ``people``, ``u2_site`` (log-scale variance of the people), ``batch_share`` of the noise that a laboratory
    batch leaves, mean ``limit`` of censored days (not a number without one). ``learnt`` is what the smoother learnt on the
    way, and said of the days ``read``.
    """

    start: Index
    sunday: Index
    log_level: Array
    variance: Array
    slope: Array
    slope_variance: Array
    change: Array
    change_variance: Array
    log_online: Array
    n_days: Array
    n_censored: Array
    is_near: npt.NDArray[np.bool_]
    has_value: npt.NDArray[np.bool_]
    people: Array
    u2_site: Array
    batch_share: Array
    limit: Array
    learnt: Trends
    read: Index
    course: Course

    @property
    def of_series(self) -> Index:
        """Series of each row."""
        return np.repeat(np.arange(self.start.size - 1), np.diff(self.start))

    @property
    def week(self) -> Index:
        """Week of the course of each row."""
        return (self.sunday - self.course.first) // WEEK_DAYS


def week_end(ordinal: npt.ArrayLike) -> Index:
    """The Sunday that ends the ISO week of a day, both as days since 1970-01-01.

    Examples
    --------
    Monday 2026-11-16 and Sunday 2026-11-22 are of one week.

    >>> week_end([20773, 20779]).tolist()
    [20779, 20779]
    """
    days = np.asarray(ordinal, dtype=np.int64)
    result: Index = days + (_A_SUNDAY - days) % WEEK_DAYS
    return result


def site_trends(
    days: DayArrays,
    groups: Sequence[Index] = (),
    learnt_before: Learnt | None = None,
    *,
    since: int | None = None,
    threads: int | None = None,
) -> SiteTrends:
    """Trends of every series of one residue.

    Parameters
    ----------
    days
        From :func:`headworks.trends.day_arrays.days_of_residue`: those of the weeks wanted and around them, all with a date.
    groups
        By level, the highest first: a number of the area of each series, -1 without one.
    learnt_before
        Settings and offsets of the series, learnt before; from these days without.
    since
        The first Sunday wanted. Weeks that its change looks back on are told as well, and none before them; all without.
    threads
        As for ``smooth``.

    Returns
    -------
    SiteTrends
        A series of fewer than ``LEAST_DAYS`` days has no row.
    """
    n_series = days.series.height
    is_told = np.bincount(days.of_series, minlength=n_series) >= LEAST_DAYS
    weeks = _told_weeks(days, n_series, is_told, None if since is None else since - QUARTER_WEEKS * WEEK_DAYS)
    start, sunday = weeks.start, weeks.sunday
    read = observations_of(days)
    course, seen = about_course(days, read.seen, groups, threads)
    settings, offsets = learnt_before or (None, None)
    learnt = smooth_trends(
        seen, np.zeros(n_series, np.int64), start, sunday, lags=(QUARTER_WEEKS,), settings=settings, offsets=offsets,
        threads=threads,
    )  # fmt: skip
    smoothed, raised = learnt.smoothed, learnt.mean_level - learnt.smoothed.level
    earlier = np.maximum(np.arange(sunday.size) - QUARTER_WEEKS, 0)
    change_variance = smoothed.change_variance[:, 0]
    change = np.where(np.isnan(change_variance), np.nan, smoothed.level - smoothed.level[earlier])
    quantified, means = ~np.isnan(days.value), _Means(days, n_series)
    return SiteTrends(
        start, sunday, learnt.mean_level, learnt.mean_level_variance, smoothed.slope, smoothed.slope_variance, change,
        change_variance, smoothed.filtered + raised, weeks.n_days, weeks.n_censored,
        weeks.is_near, np.bincount(days.of_series, quantified, n_series) > 0,
        means.of(days.population), np.log1p(means.of(days.u_site**2)),
        _batch_share(means, days, learnt.settings.central.day_variance), means.of(np.where(quantified, np.nan, days.limit)),
        learnt, read.rows, course,
    )  # fmt: skip


def about_course(
    days: DayArrays, seen: Observations, groups: Sequence[Index], threads: int | None = None
) -> tuple[Course, Observations]:
    """What sites share, and the days less what their week shares."""
    first, last = (int(week_end(edge)) for edge in (days.ordinal.min(), days.ordinal.max()))
    course = common_course(seen, groups, first, (last - first) // WEEK_DAYS + 1, QUARTER_WEEKS, threads)
    shared = course.of("value", seen.of_series, (week_end(seen.day) - first) // WEEK_DAYS)
    return course, seen._replace(lower=seen.lower - shared, upper=seen.upper - shared)


class _Weeks(NamedTuple):
    """Weeks told of every series: start of each series, and of each row Sunday, days, censored days, whether near sampled."""

    start: Index
    sunday: Index
    n_days: Array
    n_censored: Array
    is_near: npt.NDArray[np.bool_]


def _told_weeks(days: DayArrays, n_series: int, is_told: npt.NDArray[np.bool_], since: int | None) -> _Weeks:
    """The weeks from ``since`` on; what is near a sampled week is so whether that one is told or not."""
    start, sunday = _weeks(days, n_series, is_told)
    n_days, n_censored = _counts(days, start, sunday, is_told)
    is_near = _near(n_days > 0)
    if since is None:
        return _Weeks(start, sunday, n_days, n_censored, is_near)
    rows = np.flatnonzero(sunday >= since)
    return _Weeks(np.searchsorted(rows, start), sunday[rows], n_days[rows], n_censored[rows], is_near[rows])


def _counts(days: DayArrays, start: Index, sunday: Index, is_told: npt.NDArray[np.bool_]) -> tuple[Array, Array]:
    """Days and censored days of each row."""
    told = is_told[days.of_series]
    series, ordinal, censored = days.of_series[told], days.ordinal[told], np.isnan(days.value[told])
    row = start[series] + (week_end(ordinal) - sunday[start[series]]) // WEEK_DAYS
    n_days: Array = np.bincount(row, minlength=sunday.size).astype(np.float64)
    n_censored: Array = np.bincount(row, censored.astype(np.float64), sunday.size).astype(np.float64)
    return n_days, n_censored


def _near(is_sampled: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Whether a row is at most ``MOST_WEEKS_AWAY`` from a sampled one; the first of a series is sampled."""
    place = np.arange(is_sampled.size)
    before = np.maximum.accumulate(np.where(is_sampled, place, 0))
    after = np.minimum.accumulate(np.where(is_sampled, place, is_sampled.size)[::-1])[::-1]
    return np.asarray(np.minimum(place - before, after - place) <= MOST_WEEKS_AWAY)


class _Means:
    """Means over the days of each series; what is not a number does not count."""

    def __init__(self, days: DayArrays, n_series: int) -> None:
        self._of_series, self._n = days.of_series, n_series

    def of(self, values: Array) -> Array:
        """Mean of each series; not a number where none is known."""
        known = ~np.isnan(values)
        total = np.bincount(self._of_series[known], values[known], self._n)
        with np.errstate(invalid="ignore"):
            result: Array = total / np.bincount(self._of_series[known], minlength=self._n)
        return result


def _weeks(days: DayArrays, n_series: int, is_told: npt.NDArray[np.bool_]) -> tuple[Index, Index]:
    """Start of each series' weeks and the Sunday of each: from the week of the first day to some weeks after the last."""
    # Days stand in order of series and time.
    begin = np.searchsorted(days.of_series, np.arange(n_series + 1))
    first, last = np.zeros(n_series, np.int64), np.zeros(n_series, np.int64)
    first[is_told], last[is_told] = days.ordinal[begin[:-1][is_told]], days.ordinal[begin[1:][is_told] - 1]
    first, last = week_end(first), week_end(last)
    last = np.minimum(last + WEEK_DAYS * WEEKS_AFTER, np.maximum(last, int(week_end(days.ordinal.max(initial=0)))))
    count = np.where(is_told, (last - first) // WEEK_DAYS + 1, 0)
    start = np.concatenate([[0], np.cumsum(count)])
    place = np.arange(start[-1]) - np.repeat(start[:-1], count)
    return start, np.repeat(first, count) + WEEK_DAYS * place


def _batch_share(means: _Means, days: DayArrays, day_variance: Array) -> Array:
    """Of the noise of a series' days the share that a laboratory batch leaves."""
    batch = means.of(np.log1p(np.where(days.batch >= 0, days.u_batch, 0.0) ** 2))
    own = means.of(np.log1p(days.u_day**2))
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Array = np.nan_to_num(batch / (batch + own + day_variance))
    return result
