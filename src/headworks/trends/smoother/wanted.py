r"""Levels on the days that are wanted, and how they change, from the days seen on either side of them.

A wanted day is no step of the runs: what is known of it follows from the state after the last day seen before it and from
what the days after it say, each carried over the gap between. The covariance of two wanted days is (Durbin and Koopman 2012,
section 4.7)

    Cov(x_s, x_t | all) = P_s L_s' ... L_(t-1)' (I - N_t P_t)                                                            (S6)

A day seen on the wanted day itself is before it.
"""

# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False
from __future__ import annotations

# ruff: noqa: I001 - a column a line would be longer than the arithmetic
import numpy as np

from headworks.core.compiled import compiled, inlined
from headworks.trends.smoother.lanes import (
    K0, K1, K2, LANES, M0, M1, N00, N01, N02, N11, N12, N22, P00, P01, P02, P11, P12, R0, R1, R2, ROW, STAYS, W,
)  # fmt: skip

# Of a wanted day, for (S6): covariance of the level with each of the state, N P of the level, and the way to the next day.
N_LINK = 15


@compiled
def levels_by_row(work, n, series, start, day, since, out_start, out_day, settings, table, is_last, out, links):
    """Levels of the wanted days of up to eight series: filtered ones after the first run, smoothed ones after the last.

    ``since`` is the day of the state that each lane begins with. Row by row, so that a row is fetched once for all lanes.
    """
    reached, now = np.zeros(LANES, np.int64), since.copy()
    for lane in range(LANES):
        reached[lane] = out_start[max(series[lane], 0)]
    for t in range(n + 1):
        for lane in range(LANES):
            one = series[lane]
            if one < 0:
                continue
            i, j, end = start[one] + t, reached[lane], out_start[one + 1]
            if j == end or i > start[one + 1]:
                continue
            if t > 0:
                now[lane] = day[i - 1]
            while j < end and (i == start[one + 1] or out_day[j] < day[i]):
                if is_last:
                    gap = day[i] - out_day[j] if i < start[one + 1] else 0
                    smoothed_level(
                        work, t * ROW + lane, out_day[j] - now[lane], gap, settings, one, table, out, j, links[lane],
                        j - out_start[one]
                    )  # fmt: skip
                else:
                    filtered_level(work, t * ROW + lane, out_day[j] - now[lane], settings, one, table, out, j)
                j += 1
            reached[lane] = j


@inlined
def filtered_level(work, row, gap, settings, one, table, out, j):
    """Level and slope of a wanted day with their variances, from the days up to it."""
    slope_variance = settings[one, 1]
    f, g = table[gap, 0], table[gap, 1]
    m1, p01, p11 = work[row + M1], work[row + P01], work[row + P11]
    out[5, j] = work[row + M0] + g * m1
    out[6, j] = work[row + P00] + g * (2.0 * p01 + g * p11) + settings[one, 0] * gap + slope_variance * table[gap, 2]
    out[7, j], out[8, j] = f * m1, f * f * p11 + slope_variance * (1.0 - f * f)


@inlined
def smoothed_level(work, row, gap, next_gap, settings, one, table, out, j, links, k):
    """Level and slope of a wanted day with their variances and covariance, from all days."""
    wander, slope_variance = settings[one, 0], settings[one, 1]
    f, g = table[gap, 0], table[gap, 1]
    m1, p01, p11, p12 = work[row + M1], work[row + P01], work[row + P11], f * work[row + P12]
    carried = p01 + g * p11
    p00 = work[row + P00] + g * (p01 + carried) + wander * gap + slope_variance * table[gap, 2]
    p01 = f * carried + slope_variance * table[gap, 3]
    p11 = f * f * p11 + slope_variance * (1.0 - f * f)
    p02 = work[row + P02] + g * work[row + P12]
    mean, slope = work[row + M0] + g * m1, f * m1
    row += ROW
    f, g = table[next_gap, 0], table[next_gap, 1]
    r0, r2 = work[row + R0], work[row + R2]
    n00, n01, n02, n12 = work[row + N00], work[row + N01], work[row + N02], work[row + N12]
    r1 = g * r0 + f * work[row + R1]
    n11 = g * g * n00 + 2.0 * g * f * n01 + f * f * work[row + N11]
    n01 = g * n00 + f * n01
    n12 = g * n02 + f * n12
    a0 = n00 * p00 + n01 * p01 + n02 * p02
    a1 = n01 * p00 + n11 * p01 + n12 * p02
    a2 = n02 * p00 + n12 * p01 + work[row + N22] * p02
    b0 = n00 * p01 + n01 * p11 + n02 * p12
    b1 = n01 * p01 + n11 * p11 + n12 * p12
    b2 = n02 * p01 + n12 * p11 + work[row + N22] * p12
    out[0, j] = mean + p00 * r0 + p01 * r1 + p02 * r2
    out[1, j] = p00 - (p00 * a0 + p01 * a1 + p02 * a2)
    out[2, j] = slope + p01 * r0 + p11 * r1 + p12 * r2
    out[3, j] = p11 - (p01 * b0 + p11 * b1 + p12 * b2)
    out[4, j] = p01 - (p01 * a0 + p11 * a1 + p12 * a2)
    if links.shape[1] > 0:
        links[0, k], links[1, k], links[2, k], links[3, k], links[4, k], links[5, k] = p00, p01, p02, a0, a1, a2


@compiled
def ways_between(work, lane, days, day, wanted, out_day, table, links):
    """What becomes of the state of each wanted day until the next wanted day, as a matrix: the product of ``L`` in (S6)."""
    first, last, t = days[0], days[1], 0
    for j in range(wanted[0], wanted[1] - 1):
        while first + t < last and day[first + t] <= out_day[j]:
            t += 1
        b00, b01, b02, b10, b11, b12, b20, b21, b22 = 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0
        since = out_day[j]
        while True:
            is_day = first + t < last and day[first + t] <= out_day[j + 1]
            then = day[first + t] if is_day else out_day[j + 1]
            gap = then - since
            f, g = table[gap, 0], table[gap, 1]
            b00, b01, b02 = b00 + g * b10, b01 + g * b11, b02 + g * b12
            b10, b11, b12 = f * b10, f * b11, f * b12
            if not is_day:
                break
            t += 1
            since = then
            row = t * ROW + lane
            stays, k0, k1, k2, w = work[row + STAYS], work[row + K0], work[row + K1], work[row + K2], work[row + W]
            b20, b21, b22 = b20 * stays, b21 * stays, b22 * stays
            s0, s1, s2 = w * (b00 + b20), w * (b01 + b21), w * (b02 + b22)
            b00, b01, b02 = b00 - k0 * s0, b01 - k0 * s1, b02 - k0 * s2
            b10, b11, b12 = b10 - k1 * s0, b11 - k1 * s1, b12 - k1 * s2
            b20, b21, b22 = b20 - k2 * s0, b21 - k2 * s1, b22 - k2 * s2
        k = j - wanted[0]
        links[6, k], links[7, k], links[8, k] = b00, b01, b02
        links[9, k], links[10, k], links[11, k] = b10, b11, b12
        links[12, k], links[13, k], links[14, k] = b20, b21, b22


@compiled
def change_variances(links, wanted, lags, out, change):
    """Variance of the change from each wanted day to the one ``lag`` wanted days later (S6)."""
    out_first, n, which = wanted[0], wanted[1] - wanted[0], 0
    for far in range(1, min(lags[-1], n - 1) + 1):
        for k in range(n - far):
            c0, c1, c2 = links[0, k], links[1, k], links[2, k]
            b = k + far - 1
            links[0, k] = links[6, b] * c0 + links[7, b] * c1 + links[8, b] * c2
            links[1, k] = links[9, b] * c0 + links[10, b] * c1 + links[11, b] * c2
            links[2, k] = links[12, b] * c0 + links[13, b] * c1 + links[14, b] * c2
        while which < lags.size and lags[which] <= far:
            if lags[which] == far:
                for k in range(n - far):
                    c0, c1, c2, e = links[0, k], links[1, k], links[2, k], k + far
                    shared = c0 - (c0 * links[3, e] + c1 * links[4, e] + c2 * links[5, e])
                    change[out_first + e, which] = out[1, out_first + k] + out[1, out_first + e] - 2.0 * shared
            which += 1


@compiled
def changes(work, series, start, day, out_start, out_day, table, lags, links, out, change):
    """Variances of the changes of up to eight series, from what :func:`levels_by_row` left in ``links``."""
    for lane in range(LANES):
        i = series[lane]
        if i >= 0:
            wanted = out_start[i : i + 2]
            ways_between(work, lane, start[i : i + 2], day, wanted, out_day, table, links[lane])
            change_variances(links[lane], wanted, lags, out, change)
