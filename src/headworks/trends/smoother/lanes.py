r"""Eight series side by side: where each number of a day stands.

A day of one series needs the day before it, so one series alone keeps the processor waiting. Eight at once go through their
days in step, each with its own gaps, and each operation is done for all eight together. A row holds a day of each of the
eight, column by column, and a column the eight numbers side by side: number ``lane`` of column ``c`` stands at
``c * LANES + lane``. Row 0 is what was known before; a series with fewer days than its neighbours stands still in the rows
that it does not have. Lanes never meet, so a series has the same bits whoever its neighbours are.

The trap: rows lie in one flat array and are cut out of it two at a time, as ``work[t * ROW : (t + 2) * ROW]``. Only then does
the compiler see that what is written is never what is still to be read, and does eight at once.
"""

# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False
from __future__ import annotations

import math

import numpy as np

from headworks.core.compiled import compiled

LANES = 8
# Columns times lanes. What a day is: transition from the day before, noise the transition brings, whether the batch goes on,
# its variance if not, bounds, noise, whether it is one, and the series' slope variance, outliers' share, odds and scale.
F, G, GROWN, STAYS, FRESH, LOWER, UPPER, NOISE, IS_DAY, SLOPE, SHARE, ODDS, SCALE = (LANES * c for c in range(13))
# What it says, as tau and nu; what is known after it, means and covariances.
TAU, NU, M0, M1, M2, P00, P01, P11, P02, P12, P22 = (LANES * c for c in range(13, 24))
# Of the run forwards: what was expected, covariance with each of the state, h and g of (S4).
A, K0, K1, K2, W, GAIN = (LANES * c for c in range(24, 30))
# Of the run backwards: what later days say of the state before this one (S6), and the smoothed day.
R0, R1, R2, N00, N01, N11, N02, N12, N22, MEAN, SPREAD = (LANES * c for c in range(30, 41))
# What all others say of the day, g and h; the probability of an outlier; ln Z.
SCORE, INFORMATION, ODD, LOG_Z = (LANES * c for c in range(41, 45))
ROW = LANES * 45
# Rows laid out lane by lane before the next: few enough to stay in the processor's own memory, and each series is read in
# stretches instead of a number here and there.
_ROWS_AT_ONCE = 64


@compiled
def lay_out(work, n_rows, series, start, seen, settings, table, state):
    """The days of up to eight series into their lanes, from row 1 on; in rows that a series does not have it stands still."""
    day, lower, upper, variance, n_days, batch, batch_variance = seen
    now, last_batch = np.zeros(LANES, np.int64), np.zeros(LANES, np.int64)
    for lane in range(LANES):
        one = max(series[lane], 0)
        now[lane], last_batch[lane] = int(state[one, 9]), int(state[one, 10])
        for c in range(9):
            work[M0 + c * LANES + lane] = state[one, c]
    for row in range(0, n_rows, _ROWS_AT_ONCE):
        for lane in range(LANES):
            one = series[lane]
            n_own = start[one + 1] - start[one] if one >= 0 else 0
            for t in range(row, min(row + _ROWS_AT_ONCE, n_rows)):
                x = work[(t + 1) * ROW : (t + 2) * ROW]
                if t >= n_own:
                    x[F + lane], x[G + lane], x[GROWN + lane], x[STAYS + lane], x[FRESH + lane] = 1.0, 0.0, 0.0, 1.0, 0.0
                    x[LOWER + lane], x[UPPER + lane], x[NOISE + lane], x[IS_DAY + lane] = 0.0, 0.0, 1.0, 0.0
                    x[SLOPE + lane], x[SHARE + lane], x[ODDS + lane], x[SCALE + lane] = 0.0, 0.0, 0.0, 1.0
                    continue
                i = start[one] + t
                gap, slope_variance, share = day[i] - now[lane], settings[one, 1], settings[one, 3]
                x[F + lane], x[G + lane] = table[gap, 0], table[gap, 1]
                x[GROWN + lane] = settings[one, 0] * gap + slope_variance * table[gap, 2]
                stays = batch[i] == last_batch[lane] and batch[i] >= 0
                x[STAYS + lane], x[FRESH + lane] = (1.0, 0.0) if stays else (0.0, batch_variance[i])
                x[LOWER + lane], x[UPPER + lane], x[IS_DAY + lane] = lower[i], upper[i], 1.0
                x[NOISE + lane] = variance[i] + settings[one, 2] / n_days[i]
                x[SLOPE + lane], x[SHARE + lane], x[SCALE + lane] = slope_variance, share, settings[one, 4]
                x[ODDS + lane] = share / (1.0 - share)
                now[lane], last_batch[lane] = day[i], batch[i]


@compiled
def list_censored(series, start, lower, upper, n_below, n_between, below, between):
    """Lists where the censored days stand, ``row * ROW + lane``: those below a bound, and those between two.

    Counts them by row, for the run that must take rows one at a time; returns how many there are of each.
    """
    n, m = 0, 0
    for t in range(n_below.size):
        n_before, m_before = n, m
        for lane in range(LANES):
            one = series[lane]
            i = start[one] + t
            if one >= 0 and i < start[one + 1] and lower[i] != upper[i]:
                if lower[i] == -math.inf:
                    below[n] = (t + 1) * ROW + lane
                    n += 1
                else:
                    between[m] = (t + 1) * ROW + lane
                    m += 1
        n_below[t], n_between[t] = n - n_before, m - m_before
    return n, m
