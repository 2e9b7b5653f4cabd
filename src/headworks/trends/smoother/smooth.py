"""Level and trend of many series on the days they are wanted, with what each new day was expected to be.

The arithmetic is in ``kernel.py``; here arrays are laid out and results named. The level is the logarithm of the *median*
day's load, weekdays evened out; the mean day's load is ``exp(level + day_variance / 2)``: ``Trends.mean_level``. Trap:
``filtered`` knows the days up to its own alone and is what could have been said then; ``level`` knows all days and moves as
new ones come.
"""

from __future__ import annotations

import threading
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.core.compiled import in_chunks
from headworks.core.errors import DataRefused
from headworks.trends.smoother.kernel import N_OUT, N_SEEN, N_STATE, N_UNSCORED, smooth_rows
from headworks.trends.smoother.lanes import LANES, ROW
from headworks.trends.smoother.observations import NO_BATCH, Array, Index, Observations
from headworks.trends.smoother.transition import LONGEST_GAP_DAYS, transitions

# Expectation propagation has settled after so many sweeps (docs/methods/smoother.md): more where most days are censored.
SWEEPS, SWEEPS_MOSTLY_CENSORED, MOSTLY_CENSORED = 2, 4, 0.3
# Nothing known: a factor of 20 either way of where a residue's days lie, at two standard deviations less.
UNKNOWN_LEVEL_SD = 3.0
# The median of so many days is known to a hundredth of how far days lie apart.
_ENOUGH_DAYS = 16_384


class Settings(NamedTuple):
    """What the days of each series obey, shape ``(n_series,)`` each; variances on the log scale.

    ``wander`` is the level's variance per day, ``slope_variance`` that of the slope in the long run (per day squared),
    ``day_variance`` that between days beyond what measuring explains; ``outlier_share`` and ``outlier_scale`` as in (S3).
    """

    wander: Array
    slope_variance: Array
    day_variance: Array
    outlier_share: Array
    outlier_scale: Array

    @classmethod
    def same(cls, n: int, wander: float, slope_variance: float, day_variance: float, share: float, scale: float) -> Settings:
        """One setting for ``n`` series."""
        return cls(*(np.full(n, value) for value in (wander, slope_variance, day_variance, share, scale)))


class Smoothed(NamedTuple):
    """What is known, of every wanted day (``out_start`` and ``out_day``), of every seen day, and of every series.

    Wanted days, shape ``(n_out,)``: ``level`` and ``slope`` (per day) with their variances and covariance, from all days;
    ``filtered_…`` from the days up to that one. ``change_variance[:, k]``: of the level less that of ``lags[k]`` wanted days
    before, not a number where there is none. Seen days, shape ``(n_rows,)``: ``expected`` and ``expected_variance`` of the day
    from those before it, without the day's own noise ``day_noise``; ``p_outlier``; ``signal``, the smoothed level with the
    batch's error, and its variance; ``score`` and ``information``, what the day says against all others (S4), whose quotient
    is its residual. Series: ``log_likelihood`` and ``state``, shape ``(n_series, 11)``, to start a next block.
    """

    out_start: Index
    out_day: Index
    level: Array
    level_variance: Array
    slope: Array
    slope_variance: Array
    level_slope_covariance: Array
    filtered: Array
    filtered_variance: Array
    filtered_slope: Array
    filtered_slope_variance: Array
    change_variance: Array
    expected: Array
    expected_variance: Array
    day_noise: Array
    p_outlier: Array
    signal: Array
    signal_variance: Array
    score: Array
    information: Array
    log_likelihood: Array
    state: Array


def first_state(seen: Observations, settings: Settings, level: Array | float, level_sd: float = UNKNOWN_LEVEL_SD) -> Array:
    """State of every series before its first day: a level hardly known and a slope as slopes are, shape ``(n_series, 11)``.

    Parameters
    ----------
    seen, settings
        Days, and what they obey.
    level, level_sd
        Where levels of the residue lie, log scale, and how far from there one may be.

    Returns
    -------
    Array
        Level, slope, batch error; covariances 00, 01, 11, 02, 12, 22; last day; last batch.
    """
    state = np.zeros((seen.n_series, N_STATE))
    has_days = np.diff(seen.start) > 0
    state[:, 0] = level
    state[:, 3] = level_sd**2
    state[:, 5] = settings.slope_variance
    state[has_days, 9] = seen.day[seen.start[:-1][has_days]]
    state[:, 10] = NO_BATCH
    return state


def level_guess(seen: Observations, series: Index | None = None) -> float:
    """Where the days of a residue lie: the median of their values and finite bounds, log scale; 0 without a day.

    Of very many days an even choice is looked at: it is the middle of what is hardly known (``UNKNOWN_LEVEL_SD``).
    """
    chosen = np.arange(seen.n_series) if series is None else series
    ends = np.cumsum(np.diff(seen.start)[chosen])
    if not ends.size or not ends[-1]:
        return 0.0
    # An odd step, since two samples a week taken every second row would be those of one weekday.
    place = np.arange(0, ends[-1], ends[-1] // _ENOUGH_DAYS | 1)
    which = np.searchsorted(ends, place, side="right")
    row = place - ends[which] + seen.start[chosen[which] + 1]
    upper = seen.upper[row]
    return float(np.median(np.where(np.isfinite(upper), upper, seen.lower[row])))


def censored_share(seen: Observations) -> Array:
    """Share of the days of each series that were not quantified; 0 without a day."""
    is_censored = np.zeros(seen.day.size + 1, np.int32)
    np.cumsum(~seen.is_quantified, out=is_censored[1:])
    counted = np.diff(seen.start)
    result: Array = np.diff(is_censored[seen.start]) / np.maximum(counted, 1)
    return result


def smooth(
    seen: Observations,
    settings: Settings,
    out_start: npt.ArrayLike,
    out_day: npt.ArrayLike,
    *,
    lags: tuple[int, ...] = (),
    state: Array | None = None,
    sweeps: int | None = None,
    scored: bool = False,
    threads: int | None = None,
) -> Smoothed:
    """Smoothed and filtered level of every series on the days wanted.

    Parameters
    ----------
    seen
        Days, their values less weekday and holiday offsets.
    settings
        What they obey, from ``fit_settings``.
    out_start, out_day
        Days wanted of each series, in order; laid out as ``seen.start`` and ``seen.day``. A day seen on a wanted day counts.
    lags
        Changes wanted, in wanted days, in rising order.
    state
        From ``first_state`` or a block before; without, a first state about where all the days lie.
    sweeps
        Of expectation propagation; without, 2, and 4 where more than three in ten days are censored.

    scored
        Whether ``score`` and ``information`` are wanted; not a number otherwise.
    threads
        At most; those of the machine without.

    Returns
    -------
    Smoothed
        Rows in the order given.

    Raises
    ------
    DataRefused
        ``HW-D543`` when settings, wanted days or state do not fit the series, or a wanted day lies before the state's.

    Examples
    --------
    One day of value 2 with noise of variance 1 about a level not known: the level is 2 and its variance nearly 1.

    >>> from headworks.trends.smoother import observations
    >>> one = observations([0, 1], [100], [2.0], [2.0], variance=1.0)
    >>> plain = Settings.same(1, 0.01, 0.0, 0.0, 0.0, 25.0)
    >>> found = smooth(one, plain, [0, 1], [100], state=first_state(one, plain, 0.0, 1000.0))
    >>> found.level.round(3).item(), found.level_variance.round(3).item()
    (2.0, 1.0)
    """
    starts, days = np.asarray(out_start, np.int64), np.asarray(out_day, np.int64)
    _require_fitting(seen, settings, starts, days, state)
    begun = first_state(seen, settings, level_guess(seen)) if state is None else np.array(state, np.float64)
    # All of it is written, by the thread whose it is.
    predicted, out = np.empty((N_SEEN if scored else N_UNSCORED, seen.day.size)), np.empty((N_OUT, days.size))
    change, log_z = np.full((days.size, len(lags)), np.nan), np.zeros(seen.n_series)
    runs = np.where(censored_share(seen) > MOSTLY_CENSORED, SWEEPS_MOSTLY_CENSORED, SWEEPS)
    runs = runs if sweeps is None else np.full(seen.n_series, sweeps)
    lanes = _side_by_side(np.diff(seen.start), runs)
    columns, laid = seen.as_kernels_read, np.ascontiguousarray(np.column_stack(settings))
    table, steps = transitions(_longest_span(seen.day, days)), np.asarray(lags, np.int64)

    rooms, size = threading.local(), (int(np.diff(seen.start).max(initial=0)) + 2) * ROW

    def some(first: int, last: int) -> None:
        # A thread keeps its room from piece to piece: memory that was never touched is dear.
        if not hasattr(rooms, "work"):
            rooms.work = np.empty(size)
        smooth_rows(  # type: ignore[no-untyped-call]
            first, last, lanes, seen.start, columns, starts, days, laid, table, runs, scored, steps, rooms.work, begun, log_z,
            predicted, out, change
        )  # fmt: skip

    in_chunks(some, lanes.shape[0], threads)
    noise = np.repeat(settings.day_variance, np.diff(seen.start))
    noise /= seen.n_days
    noise += seen.variance
    expected, expected_variance, *more = predicted
    if not scored:
        more += [np.broadcast_to(np.nan, seen.day.shape)] * (N_SEEN - N_UNSCORED)
    return Smoothed._make((starts, days, *out, change, expected, expected_variance, noise, *more, log_z, begun))


def _longest_span(*days: Index) -> int:
    """Days from the first to the last of all; those within which gaps are told apart at least."""
    known = [day for day in days if day.size]
    span = max(int(day.max()) for day in known) - min(int(day.min()) for day in known) if known else 0
    return max(span, LONGEST_GAP_DAYS)


def _side_by_side(n_days: Index, runs: Index) -> Index:
    """Series to be smoothed together, alike in sweeps and number of days, shape ``(n_groups, LANES)``; -1 is nobody.

    Examples
    --------
    >>> _side_by_side(np.array([5, 3, 9]), np.array([2, 4, 2]))[:, :2].tolist()
    [[0, 2], [1, -1]]
    """
    order = np.lexsort((n_days, runs))
    alike = np.split(order, np.flatnonzero(np.diff(runs[order])) + 1)
    filled = [np.append(series, np.full(-series.size % LANES, -1, np.int64)) for series in alike]
    return np.concatenate(filled).reshape(-1, LANES)


def _require_fitting(seen: Observations, settings: Settings, starts: Index, days: Index, state: Array | None) -> None:
    """Refuse arrays that do not belong together: the kernels would read beyond their ends."""
    n = seen.n_series
    faults = []
    if any(column.shape != (n,) for column in settings):
        faults.append(f"settings of {settings[0].size} series for {n}")
    if state is not None and state.shape != (n, N_STATE):
        faults.append(f"a state of shape {state.shape}")
    if starts.size != n + 1 or starts[0] != 0 or starts[-1] != days.size or np.any(np.diff(starts) < 0):
        faults.append("starts that do not cover the wanted days")
    elif not faults:
        of_series = np.repeat(np.arange(n), np.diff(starts))
        same = of_series[1:] == of_series[:-1]
        if np.any(same & (np.diff(days) < 0)):
            faults.append("wanted days out of order")
    if faults:
        raise DataRefused(
            "What is to be smoothed does not fit together.", found="; ".join(faults),
            remedy="Give one setting and one state a series, and the wanted days of each in order", code="HW-D543",
        )  # fmt: skip
