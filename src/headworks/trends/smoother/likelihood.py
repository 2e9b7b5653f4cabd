r"""Log likelihood of series at many settings at once, each day from those before it.

A node is a setting, and a day on which level and slope may change by more than they do, with the variances of both. Nodes go
through the days of a series side by side, as series do in :mod:`lanes`: number ``lane`` of column ``c`` of a block of nodes
stands at ``c * LANES + lane``. All see the same day, so none waits for what another needs.
"""

# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False
from __future__ import annotations

import math

import numpy as np

from headworks.core.compiled import compiled
from headworks.trends.smoother.elementary import logarithm
from headworks.trends.smoother.lanes import LANES
from headworks.trends.smoother.tilted import below_site, between_site, value_site

# Columns times lanes: the state, what the node is, what a day says: mean, covariances, noise, g, h, ln Z; and their sum.
M0, M1, M2, P00, P01, P11, P02, P12, P22 = (LANES * c for c in range(9))
WANDER, SLOPE, EXTRA, SHARE, SCALE, ODDS, KEPT, CHANGE_DAY, JUMP, BEND = (LANES * c for c in range(9, 19))
A, K0, K1, K2, NOISE, GAIN, W, LOG_Z, TOTAL, BOUND = (LANES * c for c in range(19, 29))
BLOCK = LANES * 29


@compiled
def lay_out_nodes(work, nodes):
    """Nodes into blocks of lanes; the last block is filled up with the last node."""
    for block in range(-(-nodes.shape[0] // LANES)):
        x = work[block * BLOCK : (block + 1) * BLOCK]
        for l in range(LANES):  # noqa: E741
            node = nodes[min(block * LANES + l, nodes.shape[0] - 1)]
            x[WANDER + l], x[SLOPE + l], x[EXTRA + l], x[SHARE + l], x[SCALE + l] = node[0], node[1], node[2], node[3], node[4]
            x[ODDS + l], x[KEPT + l] = node[3] / (1.0 - node[3]), 1.0 - node[3]
            x[CHANGE_DAY + l], x[JUMP + l], x[BEND + l] = node[5], node[6], node[7]


@compiled
def expect(x, now, then, transition, batch_variance, is_new, variance, n_days):
    """The state of a block of nodes carried to a day, and what each expects of it."""
    gap, f, g, grown, shared = transition
    stays, fresh = (0.0, batch_variance) if is_new else (1.0, 0.0)
    for l in range(LANES):  # noqa: E741
        slope_variance, p01, p11, m1, p12 = x[SLOPE + l], x[P01 + l], x[P11 + l], x[M1 + l], x[P12 + l]
        changes = now < x[CHANGE_DAY + l] and x[CHANGE_DAY + l] <= then
        m0, m2 = x[M0 + l] + g * m1, x[M2 + l] * stays
        p00 = x[P00 + l] + g * (2.0 * p01 + g * p11) + x[WANDER + l] * gap + slope_variance * grown
        p00 += x[JUMP + l] if changes else 0.0
        p01 = f * (p01 + g * p11) + slope_variance * shared
        p11 = f * f * p11 + slope_variance * (1.0 - f * f) + (x[BEND + l] if changes else 0.0)
        p02, p12, p22 = (x[P02 + l] + g * p12) * stays, f * p12 * stays, x[P22 + l] * stays + fresh
        x[M0 + l], x[M1 + l], x[M2 + l], x[P00 + l], x[P01 + l], x[P11 + l] = m0, f * m1, m2, p00, p01, p11
        x[P02 + l], x[P12 + l], x[P22 + l] = p02, p12, p22
        x[A + l], x[K0 + l], x[K1 + l], x[K2 + l] = m0 + m2, p00 + p02, p01 + p12, p02 + p22
        x[NOISE + l] = variance + x[EXTRA + l] / n_days


@compiled
def compare_value(x, value):
    """What a quantified day says to a block of nodes."""
    for l in range(LANES):  # noqa: E741
        s = x[K0 + l] + x[K2 + l]
        g, h, _, factor, power = value_site(value - x[A + l], s, x[NOISE + l], x[ODDS + l], x[SCALE + l])
        x[GAIN + l], x[W + l], x[LOG_Z + l] = g, h, logarithm(factor * x[KEPT + l]) + power


@compiled
def compare_below(x, upper):
    """What a day below a bound says to a block of nodes."""
    for l in range(LANES):  # noqa: E741
        x[BOUND + l] = upper
    for l in range(LANES):  # noqa: E741
        s, bound = x[K0 + l] + x[K2 + l], x[BOUND + l]
        g, h, _, z = below_site(bound, x[A + l], s, x[NOISE + l], x[SHARE + l], x[SCALE + l])
        x[GAIN + l], x[W + l], x[LOG_Z + l] = g, h, z
    for l in range(LANES):  # noqa: E741
        x[LOG_Z + l] = logarithm(x[LOG_Z + l])


@compiled
def compare_between(x, lower, upper):
    """What a day between two bounds says to a block of nodes."""
    for l in range(LANES):  # noqa: E741
        s = x[K0 + l] + x[K2 + l]
        g, h, log_z, _ = between_site(lower, upper, x[A + l], s, x[NOISE + l], x[SHARE + l], x[SCALE + l])
        x[GAIN + l], x[W + l], x[LOG_Z + l] = g, h, log_z


@compiled
def learn(x):
    """The state of a block of nodes after the day."""
    for l in range(LANES):  # noqa: E741
        k0, k1, k2, g, h = x[K0 + l], x[K1 + l], x[K2 + l], x[GAIN + l], x[W + l]
        w = h if h > 0.0 else 0.0
        w0, w1 = w * k0, w * k1
        x[TOTAL + l] += x[LOG_Z + l]
        x[M0 + l] += k0 * g
        x[M1 + l] += k1 * g
        x[M2 + l] += k2 * g
        x[P00 + l] -= k0 * w0
        x[P01 + l] -= k1 * w0
        x[P11 + l] -= k1 * w1
        x[P02 + l] -= k2 * w0
        x[P12 + l] -= k2 * w1
        x[P22 + l] -= k2 * k2 * w


@compiled
def likelihood_rows(first, last, start, seen, series, nodes, table, begin, log_z):
    """Log likelihood of some ``series`` at every node of settings: ``log_z[row, node]``."""
    day, lower, upper, variance, n_days, batch, batch_variance = seen
    n = nodes.shape[0]
    n_blocks = -(-n // LANES)
    work = np.empty(n_blocks * BLOCK)
    lay_out_nodes(work, nodes)
    for row in range(first, last):
        one = series[row]
        for block in range(n_blocks):
            x = work[block * BLOCK : (block + 1) * BLOCK]
            for l in range(LANES):  # noqa: E741
                for c in (M1, M2, P01, P02, P12, P22, TOTAL):
                    x[c + l] = 0.0
                x[M0 + l], x[P00 + l], x[P11 + l] = begin[row, 0], begin[row, 1], x[SLOPE + l]
        now, last_batch = day[start[one]] if start[one] < start[one + 1] else 0, -1
        for i in range(start[one], start[one + 1]):
            gap = min(day[i] - now, table.shape[0] - 1)
            transition = (float(gap), table[gap, 0], table[gap, 1], table[gap, 2], table[gap, 3])
            is_new = batch[i] != last_batch or batch[i] < 0
            for block in range(n_blocks):
                x = work[block * BLOCK : (block + 1) * BLOCK]
                expect(x, now, day[i], transition, batch_variance[i], is_new, variance[i], n_days[i])
                if lower[i] == upper[i]:
                    compare_value(x, lower[i])
                elif lower[i] == -math.inf:
                    compare_below(x, upper[i])
                else:
                    compare_between(x, lower[i], upper[i])
                learn(x)
            now, last_batch = day[i], batch[i]
        for k in range(n):
            log_z[row, k] = work[k // LANES * BLOCK + TOTAL + k % LANES]
