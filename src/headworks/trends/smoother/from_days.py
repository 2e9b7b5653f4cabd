"""From days of load to what the smoother reads, and which days it cannot use.

Errors have mean one (decision 013), so the logarithm of a measured load lies half its error's variance below that of the
true one; that half is put back here, on values and limits alike, for the day's error and the batch's. The site's error
stays: it is common to all days of a series, cancels in every change, and widens a level only when sites are compared.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from headworks.trends.day_arrays import DayArrays, is_dated
from headworks.trends.smoother.observations import NO_BATCH, Array, Index, Observations, observations
from headworks.trends.smoother.offsets import WEEK

# 1970-01-01 was a Thursday; weeks begin on Monday, and none before the year 1 has a day.
_MONDAY, _BEFORE = 3, 110_000


class DaysRead(NamedTuple):
    """``seen``, series as in ``days.series``; ``rows`` of the days read; how many were left out, and why."""

    seen: Observations
    rows: Index
    n_undated: int
    n_without_limit: int


def observations_of(days: DayArrays, detection_limit: Array | None = None, n_days: Array | None = None) -> DaysRead:
    """What the smoother reads of days of load.

    Parameters
    ----------
    days
        Days in order of series and time. ``limit`` of a day not detected is its limit of detection, of one detected and not
        quantified its limit of quantification.
    detection_limit
        Load at the limit of detection, of each day; without, a day detected and not quantified may lie anywhere below its
        limit.
    n_days
        Days each sample covers, one without.

    Returns
    -------
    DaysRead
        A day without a date, and a censored day whose limit is unknown or 0, is left out.
    """
    is_seen = days.value > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        upper = np.log(np.where(is_seen, days.value, days.limit))
        lower = upper.copy()
        lower[~is_seen] = -np.inf
        if detection_limit is not None:
            between = ~is_seen & ~days.is_not_detected & (detection_limit > 0) & (detection_limit < days.limit)
            lower[between] = np.log(detection_limit[between])
    dated, bounded = is_dated(days.ordinal), np.isfinite(upper)
    rows = np.flatnonzero(dated & bounded)
    variance, shared = (np.log1p(np.nan_to_num(u[rows]) ** 2) for u in (days.u_day, days.u_batch))
    start = np.searchsorted(days.of_series[rows], np.arange(days.series.height + 1))
    shift = (variance + shared) / 2
    seen = observations(
        start, days.ordinal[rows], lower[rows] + shift, upper[rows] + shift, variance,
        1.0 if n_days is None else n_days[rows], _batches(days.batch[rows], days.ordinal[rows]), shared,
    )  # fmt: skip
    return DaysRead(seen, rows, int((~dated).sum()), int((dated & ~bounded).sum()))


def _batches(batch: Index, day: Index) -> Index:
    """Batches as named; days without one are taken to share it with the days of their week."""
    first = int(batch.max(initial=0)) + 1
    return np.where(batch == NO_BATCH, first + (day + _MONDAY) // WEEK + _BEFORE, batch)
