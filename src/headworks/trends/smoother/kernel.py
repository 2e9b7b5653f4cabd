r"""Level and slope of many series at once: Kalman filter and smoother whose days are summed up by expectation propagation.

Series go eight at a time through the runs of :mod:`passes`; levels on the days wanted are read off at the end
(:mod:`wanted`). The trap: outputs stand by column, ``predicted[k, row]`` and ``out[k, place]``, so that each is one piece of
memory, and a chunk of series writes its own stretch of every column.
"""

# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False
from __future__ import annotations

# ruff: noqa: I001 - a column a line would be longer than the arithmetic
import numpy as np

from headworks.core.compiled import compiled
from headworks.trends.smoother.lanes import (
    A, INFORMATION, K0, K2, LANES, LOG_Z, M0, MEAN, ODD, ROW, SCORE, SPREAD, lay_out, list_censored,
)  # fmt: skip
from headworks.trends.smoother.passes import forward_first, settle
from headworks.trends.smoother.transition import LONGEST_GAP_DAYS
from headworks.trends.smoother.wanted import N_LINK, changes, levels_by_row

# Of a wanted day: smoothed level, its variance, slope, its variance, covariance; filtered level and variance, slope and
# variance.
N_OUT = 9
# Of a seen day: prediction's mean and variance without the day's noise, probability of an outlier, smoothed signal and
# variance; what the day says against all others, g and h of (S4), if that is asked for.
N_SEEN, N_UNSCORED = 7, 5
# Of a series, before and after: level, slope, batch error; covariances 00 01 11 02 12 22; last day; last batch.
N_STATE = 11


@compiled
def carry(state, gap, setting, table):
    """Takes a state on over a gap."""
    f, g, wander, slope_variance = table[gap, 0], table[gap, 1], setting[0], setting[1]
    p01, p11 = state[4], state[5]
    state[0] += g * state[1]
    state[1] *= f
    state[3] += g * (2.0 * p01 + g * p11) + wander * gap + slope_variance * table[gap, 2]
    state[4] = f * (p01 + g * p11) + slope_variance * table[gap, 3]
    state[5] = f * f * p11 + slope_variance * (1.0 - f * f)
    state[6] += g * state[7]
    state[7] *= f


@compiled
def begin(days, day, wanted, out_day, setting, table, state):
    """Brings a state to the first day of a series when that lies before it, or further after it than gaps are told apart."""
    if days[1] == days[0] and wanted[1] == wanted[0]:
        return
    if days[1] == days[0]:
        first = out_day[wanted[0]]
    elif wanted[1] == wanted[0]:
        first = day[days[0]]
    else:
        first = min(day[days[0]], out_day[wanted[0]])
    if first - int(state[9]) > LONGEST_GAP_DAYS:
        carry(state, LONGEST_GAP_DAYS, setting, table)
        state[9] = first
    state[9] = min(int(state[9]), first)


@compiled
def state_after(work, lane, days, seen, wanted, out_day, setting, table, state):
    """The state after a series' last day, seen or wanted, from the first run forwards."""
    row = (days[1] - days[0]) * ROW + lane + M0
    for c in range(9):
        state[c] = work[row + c * LANES]
    if days[1] > days[0]:
        state[9], state[10] = seen[0][days[1] - 1], seen[5][days[1] - 1]
    if wanted[1] > wanted[0] and out_day[wanted[1] - 1] > int(state[9]):
        carry(state, out_day[wanted[1] - 1] - int(state[9]), setting, table)
        state[9] = out_day[wanted[1] - 1]


@compiled
def write_days(work, series, start, n, is_last, scored, log_z, predicted):
    """What was expected of each day, after the first run; what became of it, after the last."""
    for t in range(n):
        for lane in range(LANES):
            i = series[lane]
            if i < 0 or start[i] + t >= start[i + 1]:
                continue
            row, day = (t + 1) * ROW + lane, start[i] + t
            if is_last:
                predicted[2, day], predicted[3, day], predicted[4, day] = work[row + ODD], work[row + MEAN], work[row + SPREAD]
                if scored:
                    predicted[5, day], predicted[6, day] = work[row + SCORE], work[row + INFORMATION]
            else:
                predicted[0, day], predicted[1, day] = work[row + A], work[row + K0] + work[row + K2]
                log_z[i] += work[row + LOG_Z]


@compiled
def longest(series, start):
    """Most rows of any of the series."""
    most = 0
    for i in series.flat:
        if i >= 0:
            most = max(most, start[i + 1] - start[i])
    return most


@compiled
def smooth_rows(
    first, last, lanes, start, seen, out_start, out_day, settings, table, sweeps, scored, lags, work, state, log_z, predicted,
    out, change
):  # fmt: skip
    """Smooth the series in rows ``first`` to ``last``, exclusive, of ``lanes``; -1 there is nobody.

    ``work`` is room for two rows more than the longest series has days. Writes ``state, log_z, predicted, out, change``.
    """
    day, lower, upper = seen[0], seen[1], seen[2]
    most = longest(lanes[first:last], start)
    some, since = np.empty(8 * LANES), np.zeros(LANES, np.int64)
    n_below, n_between = np.empty(most, np.int64), np.empty(most, np.int64)
    below, between = np.empty(most * LANES, np.int64), np.empty(most * LANES, np.int64)
    links = np.empty((LANES, N_LINK, longest(lanes[first:last], out_start) if lags.size > 0 else 0))
    for group in range(first, last):
        series = lanes[group]
        n = longest(series, start)
        for lane in range(LANES):
            i = series[lane]
            if i >= 0:
                begin(start[i : i + 2], day, out_start[i : i + 2], out_day, settings[i], table, state[i])
                since[lane] = int(state[i, 9])
        lay_out(work, n, series, start, seen, settings, table, state)
        n_of_below, n_of_between = list_censored(series, start, lower, upper, n_below[:n], n_between[:n], below, between)
        forward_first(work, n, n_below, n_between)
        write_days(work, series, start, n, False, scored, log_z, predicted)
        levels_by_row(work, n, series, start, day, since, out_start, out_day, settings, table, False, out, links)
        for lane in range(LANES):
            i = series[lane]
            if i >= 0:
                state_after(work, lane, start[i : i + 2], seen, out_start[i : i + 2], out_day, settings[i], table, state[i])
        settle(work, n, sweeps[series[0]], scored, below[:n_of_below], between[:n_of_between], some)
        write_days(work, series, start, n, True, scored, log_z, predicted)
        levels_by_row(work, n, series, start, day, since, out_start, out_day, settings, table, True, out, links)
        if lags.size > 0:
            changes(work, series, start, day, out_start, out_day, table, lags, links, out, change)
