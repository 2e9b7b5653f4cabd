r"""How a residue's weekdays and holidays differ, over all its sites; nothing where nothing is seen.

What a day says against all others (``score`` g and ``information`` h of (S4)) is the slope of the likelihood in the offset
of its weekday, so the offsets of a residue are climbed to by

    offset += (sum g - offset / prior) / (sum h + 1 / prior),      centred so that the week adds up to 0     (S9)

with a prior of mean 0: a weekday seldom sampled stays at 0. The trap: with Tuesday the only day ever sampled, its offset and
the level are one thing; the prior then decides, and leaves the offset at 0.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.trends.smoother.fit import DAY_SD, OUTLIER_SCALE, OUTLIER_SHARE, WANDER_SD, evenly, require_groups
from headworks.trends.smoother.observations import Array, Index, Observations
from headworks.trends.smoother.smooth import Settings, smooth

WEEK = 7
# 1970-01-01 was a Thursday; Monday is 0.
_FIRST_WEEKDAY = 3
# A weekend may be half as much again; log-scale variance of an offset before anything is seen.
PRIOR_VARIANCE = 0.25**2
_MOST_LEARNT_FROM, _ROUNDS, _LONGEST_STEP = 200, 5, 0.5
# Offsets hardly hang on the settings, so a middling one does while they are learnt.
_MIDDLING = (WANDER_SD[3] ** 2, 0.0, DAY_SD[5] ** 2, OUTLIER_SHARE, OUTLIER_SCALE)


class Offsets(NamedTuple):
    """Log-scale offsets: of each of ``groups`` its ``weekday`` (Monday first), shape ``(n_groups, 7)``, and its ``holiday``.

    ``…_variance`` say how sure they are.
    """

    groups: Index
    weekday: Array
    holiday: Array
    weekday_variance: Array
    holiday_variance: Array


def no_offsets(group: npt.ArrayLike) -> Offsets:
    """Offsets of 0 for every group, for series whose rows are weeks, months or years."""
    groups = np.unique(np.asarray(group, np.int64))
    week, one = np.zeros((groups.size, WEEK)), np.zeros(groups.size)
    return Offsets(groups, week, one, week, one)


def weekday_of(day: Index) -> Index:
    """Weekday of a day since 1970-01-01, Monday 0.

    Examples
    --------
    >>> weekday_of(np.array([0, 4])).tolist()
    [3, 0]
    """
    return (day + _FIRST_WEEKDAY) % WEEK


def offset_of_rows(seen: Observations, group: npt.ArrayLike, offsets: Offsets, is_holiday: npt.ArrayLike = False) -> Array:
    """Offset of each row: of a composite the mean over the weekdays it covers.

    Examples
    --------
    >>> from headworks.trends.smoother import observations
    >>> two = observations([0, 2], [4, 7], [0.0, 0.0], [0.0, 0.0], n_days=[1.0, 8.0])
    >>> week = np.array([[0.6, -0.1, -0.1, -0.1, -0.1, -0.1, -0.1]])
    >>> offset_of_rows(two, [0], Offsets(np.array([0]), week, np.zeros(1), week * 0, np.zeros(1))).round(9).tolist()
    [0.6, 0.075]
    """
    place = np.searchsorted(offsets.groups, np.asarray(group, np.int64))
    of_row = np.repeat(place, np.diff(seen.start))
    result = offsets.weekday[of_row, weekday_of(seen.day)]
    several = np.flatnonzero(seen.n_days > 1)
    if several.size:
        share = _weekday_share(seen.day[several], seen.n_days[several])
        result[several] = (share * offsets.weekday[of_row[several]]).sum(axis=1)
    return result + np.where(np.broadcast_to(is_holiday, seen.day.shape), offsets.holiday[of_row], 0.0)


def _weekday_share(middle: Index, n_days: Array) -> Array:
    """Share of each weekday among the days of composites, shape ``(n, 7)``."""
    share = np.zeros((middle.size, WEEK))
    whole = n_days.astype(np.int64)
    share += (whole // WEEK)[:, None]
    for step in range(WEEK - 1):
        more = np.flatnonzero(step < whole % WEEK)
        share[more, weekday_of(middle[more] - (whole[more] - 1) // 2 + step)] += 1
    result: Array = share / whole[:, None]
    return result


def without_offsets(seen: Observations, offset: Array) -> Observations:
    """The rows with their offsets taken off values and limits; what was equal stays equal."""
    lower, upper = seen.lower - offset, seen.upper - offset
    return seen._replace(lower=lower, upper=upper)


def fit_offsets(
    seen: Observations, group: npt.ArrayLike, is_holiday: npt.ArrayLike = False, threads: int | None = None
) -> Offsets:
    """Weekday and holiday offsets of every group.

    Parameters
    ----------
    seen
        Days as they were seen.
    group
        Residue of each series.
    is_holiday
        Of each row, whether it is a holiday there.
    threads
        At most.

    Returns
    -------
    Offsets
        Groups in order of their number.

    Raises
    ------
    DataRefused
        ``HW-D544`` when there is not one group for each series.

    Examples
    --------
    Twenty weeks with twice as much on Sundays: six sevenths of ln 2 above the week's mean, the others a seventh below.

    >>> from headworks.trends.smoother import observations
    >>> day = np.arange(4, 144)
    >>> load = np.where(weekday_of(day) == 6, np.log(2.0), 0.0)
    >>> week = fit_offsets(observations([0, 140], day, load, load), [0]).weekday[0]
    >>> bool(abs(week[6] - 6 / 7 * np.log(2.0)) < 0.05), bool(abs(week.sum()) < 1e-12)
    (True, True)
    """
    groups = require_groups(seen, group)
    holiday = np.broadcast_to(np.asarray(is_holiday, np.bool_), seen.day.shape)
    found = no_offsets(groups)
    weekday, feast = found.weekday.copy(), found.holiday.copy()
    weekday_variance, feast_variance = found.weekday_variance.copy(), found.holiday_variance.copy()
    for place, one in enumerate(found.groups):
        series = evenly(np.flatnonzero((groups == one) & (np.diff(seen.start) > 1)), _MOST_LEARNT_FROM)
        if series.size:
            chosen = seen.take(series)
            of_day = holiday[np.repeat(np.isin(np.arange(seen.n_series), series), np.diff(seen.start))]
            offset, variance = _climb(chosen, of_day, threads)
            weekday[place], feast[place] = offset[:WEEK], offset[WEEK]
            weekday_variance[place], feast_variance[place] = variance[:WEEK], variance[WEEK]
    return Offsets(found.groups, weekday, feast, weekday_variance, feast_variance)


def _climb(seen: Observations, is_holiday: npt.NDArray[np.bool_], threads: int | None) -> tuple[Array, Array]:
    """Offsets of one group, seven weekdays and the holiday, and their variances, by (S9)."""
    share = np.column_stack([_weekday_share(seen.day, seen.n_days), is_holiday])
    settings = Settings.same(seen.n_series, *_MIDDLING)
    nothing = np.zeros(seen.n_series + 1, np.int64)
    offset, information = np.zeros(WEEK + 1), np.ones(WEEK + 1)
    for _ in range(_ROUNDS):
        found = smooth(without_offsets(seen, share @ offset), settings, nothing, nothing[:0], scored=True, threads=threads)
        information = found.information @ share**2 + 1.0 / PRIOR_VARIANCE
        step = (found.score @ share - offset / PRIOR_VARIANCE) / information
        # What outliers leave of the information may be little; no weekday is found in one step.
        offset = offset + np.clip(step, -_LONGEST_STEP, _LONGEST_STEP)
        offset[:WEEK] -= offset[:WEEK].mean()
    return offset, 1.0 / information
