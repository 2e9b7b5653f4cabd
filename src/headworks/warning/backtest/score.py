"""What became of outbreaks that were laid on a history, and what else was said.

An *episode* is a run of alarms of one series; one that touches no outbreak, nor the weeks after it in which a detector
may still speak of it, is false, or true of the history itself: of a real one nobody knows, so it is a bound.
The trap: a detector that is always silent has a perfect specificity.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.core.errors import DataRefused

Flags = npt.NDArray[np.bool_]
Index = npt.NDArray[np.int64]
WEEKS_A_YEAR = 52
# So long after an outbreak an alarm is still about it.
AFTER_WEEKS = 4


class Scores(NamedTuple):
    """Shares; not a number where nothing was to be found. Delays are means over the outbreaks that were found."""

    n_outbreaks: int
    found: float
    found_within_a_week: float
    sensitivity: float
    specificity: float
    n_episodes: int
    false_discovery: float
    predictive_value: float
    false_a_year: float
    delay_weeks: float
    delay_days: float
    delay_samples: float


def score(alarm: Flags, assessed: Flags, series: Index, start: Index, weeks: int, samples: npt.NDArray[np.float64]) -> Scores:
    """Scores of a detector.

    Parameters
    ----------
    alarm, assessed
        Shape ``(n_series, n_weeks)``.
    series, start
        Of each outbreak; at most one a series.
    weeks
        How long each lasts.
    samples
        Samples of each series and week.

    Returns
    -------
    Scores

    Raises
    ------
    DataRefused
        ``HW-D840`` when an outbreak lies outside the weeks, or a series has two.

    Examples
    --------
    An outbreak of weeks 1 and 2, found in the second of them; one false alarm in another series.

    >>> alarm = np.array([[False, False, True, False], [True, False, False, False]])
    >>> one = score(alarm, np.ones_like(alarm), np.array([0]), np.array([1]), 2, np.full((2, 4), 2.0))
    >>> one.found, one.sensitivity, one.false_discovery, one.delay_weeks, one.delay_samples, one.false_a_year
    (1.0, 0.5, 0.5, 1.0, 2.0, 13.0)
    """
    n_weeks = alarm.shape[1]
    if np.unique(series).size != series.size or ((start < 0) | (start + weeks > n_weeks)).any():
        raise DataRefused("Outbreaks lie within the weeks, at most one a series.", found=f"{start.tolist()[:5]}",
                          remedy="Begin them so that they end by the last week", code="HW-D840")  # fmt: skip
    during = np.zeros(alarm.shape, dtype=bool)
    about = during.copy()
    for one, first in zip(series, start, strict=True):
        during[one, first : first + weeks] = True
        about[one, first : first + weeks + AFTER_WEEKS] = True
    said = alarm & during
    is_found = said[series].any(axis=1)
    delay = np.argmax(said[series], axis=1) - start
    waited = np.array([samples[s, f : f + d].sum() for s, f, d in zip(series, start, delay, strict=True)])
    n_episodes, n_false = _episodes(alarm, about)
    quiet = assessed & ~about

    def mean(values: npt.ArrayLike) -> float:
        return float(np.mean(np.asarray(values, np.float64))) if np.size(values) else float("nan")

    return Scores(
        series.size, mean(is_found), mean(is_found & (delay <= 1)), mean(alarm[during & assessed]), mean(~alarm[quiet]),
        n_episodes, n_false / n_episodes if n_episodes else 0.0, 1 - n_false / n_episodes if n_episodes else float("nan"),
        n_false * WEEKS_A_YEAR / n_weeks, mean(delay[is_found]), 7.0 * mean(delay[is_found]), mean(waited[is_found]),
    )  # fmt: skip


def _episodes(alarm: Flags, about: Flags) -> tuple[int, int]:
    """Runs of alarms, and those that touch no outbreak."""
    begins = alarm.copy()
    begins[:, 1:] &= ~alarm[:, :-1]
    number = np.cumsum(begins, axis=1) * alarm
    n, n_true = int(begins.sum()), 0
    for row in np.flatnonzero((alarm & about).any(axis=1)):
        n_true += np.unique(number[row][alarm[row] & about[row]]).size
    return n, n - n_true
