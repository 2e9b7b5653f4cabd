r"""Level and slope of many series at once: Kalman filter and smoother whose days are summed up by expectation propagation.

A step is a day that was seen or one at which the level is wanted; between steps stands (S2). The state is level, slope and the
error that the days of a batch share; a day sees level plus batch error. Each day is stood in for by a normal
``exp(nu x - tau x^2 / 2)``: first from what the days before it say (S4), then, sweep by sweep, from what all other days say:

    1/s' = 1/s_i - tau_i,   a' = s' (a_i / s_i - nu_i),   tau_i = h / (1 - s' h),   nu_i = (g + a' h) / (1 - s' h)       (S5)

Backwards runs the disturbance form (de Jong 1989; Durbin and Koopman 2012, section 4.4): it inverts nothing, so gaps, days
that say next to nothing and slopes that cannot move do no harm. The covariance of two days is (ibid., section 4.7)

    Cov(x_s, x_t | all) = P_s L_s' ... L_(t-1)' (I - N_t P_t)                                                            (S6)

An outlier half believed says less than nothing (``h < 0``); taken at its word it could leave a variance below zero, so
``tau`` is at least 0. The trap: what a step keeps is the state *before* its day is used.
"""

# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False
from __future__ import annotations

import numpy as np

from headworks.core.compiled import compiled
from headworks.trends.smoother.tilted import tilted_interval, tilted_value

# Kept of a step: of a seen day a, P h (3), w, w v; of a wanted one level, slope and five covariances; the gap; tau, nu.
WIDTH = 10
# Of a wanted day: smoothed level, its variance, slope, its variance, covariance; filtered level and variance, slope and
# variance.
N_OUT = 9
# Of a seen day: prediction's mean and variance without the day's noise, probability of an outlier, smoothed signal and
# variance; what the day says against all others, g and h of (S4).
N_SEEN = 7
# Of a series, before and after: level, slope, batch error; covariances 00 01 11 02 12 22; last day; last batch.
N_STATE = 11


@compiled
def merge_steps(day, first, last, out_day, out_first, out_last, kind):
    """Rows and wanted days of a series in order of time, the row first: rows as they are, wanted days as -1 - place."""
    n, i, j = 0, first, out_first
    while i < last or j < out_last:
        if j >= out_last or (i < last and day[i] <= out_day[j]):
            kind[n] = i
            i += 1
        else:
            kind[n] = -1 - j
            j += 1
        n += 1
    return n


@compiled
def site_of(lower, upper, a, s, v, share, scale):
    """``g``, ``h``, ``ln Z`` and the outlier's probability of one day, quantified or not."""
    if lower == upper:
        return tilted_value(lower, a, s, v, share, scale)
    return tilted_interval(lower, upper, a, s, v, share, scale)


@compiled
def forward(kind, n, seen, out_day, setting, table, state, keep, reset, predicted, out, is_first):
    """One run forwards; ``keep`` takes what the run backwards needs, ``state`` becomes that after the last step.

    In the first run each day is summed up from the days before it, and what it says is kept with it.
    """
    day, lower, upper, variance, n_days, batch, batch_variance = seen
    wander, slope_variance, extra, share, scale = setting
    m0, m1, m2 = state[0], state[1], state[2]
    p00, p01, p11, p02, p12, p22 = state[3], state[4], state[5], state[6], state[7], state[8]
    now, last_batch = int(state[9]), int(state[10])
    log_z = 0.0
    for t in range(n):
        i = kind[t]
        j = -1 - i
        then = day[i] if i >= 0 else out_day[j]
        gap = min(then - now, table.shape[0] - 1)
        if gap > 0:
            f, g = table[gap, 0], table[gap, 1]
            m0 += g * m1
            m1 *= f
            p00 += g * (2.0 * p01 + g * p11) + wander * gap + slope_variance * table[gap, 2]
            p01 = f * (p01 + g * p11) + slope_variance * table[gap, 3]
            p11 = f * f * p11 + slope_variance * (1.0 - f * f)
            p02 += g * p12
            p12 *= f
        keep[t, 7] = gap
        now = then
        if i < 0:
            keep[t, 0], keep[t, 1] = m0, m1
            keep[t, 2], keep[t, 3], keep[t, 4], keep[t, 5], keep[t, 6] = p00, p01, p11, p02, p12
            if is_first:
                out[j, 5], out[j, 6], out[j, 7], out[j, 8] = m0, p00, m1, p11
            continue
        reset[t] = batch[i] != last_batch or batch[i] < 0
        if reset[t]:
            last_batch = batch[i]
            m2, p02, p12, p22 = 0.0, 0.0, 0.0, batch_variance[i]
        a, k0, k1, k2 = m0 + m2, p00 + p02, p01 + p12, p02 + p22
        s = k0 + k2
        if is_first:
            v = variance[i] + extra / n_days[i]
            gain, w, density, odd = site_of(lower[i], upper[i], a, s, v, share, scale)
            log_z += density
            w = max(w, 0.0)
            left = 1.0 - s * w
            keep[t, 8], keep[t, 9] = w / left, (gain + a * w) / left
            predicted[i, 0], predicted[i, 1], predicted[i, 2] = a, s, odd
        else:
            tau = keep[t, 8]
            w = tau / (1.0 + tau * s)
            gain = (keep[t, 9] - tau * a) / (1.0 + tau * s)
        keep[t, 0], keep[t, 1], keep[t, 2], keep[t, 3], keep[t, 4], keep[t, 5] = a, k0, k1, k2, w, gain
        m0 += k0 * gain
        m1 += k1 * gain
        m2 += k2 * gain
        p00 -= k0 * k0 * w
        p01 -= k0 * k1 * w
        p11 -= k1 * k1 * w
        p02 -= k0 * k2 * w
        p12 -= k1 * k2 * w
        p22 -= k2 * k2 * w
    state[0], state[1], state[2] = m0, m1, m2
    state[3], state[4], state[5], state[6], state[7], state[8] = p00, p01, p11, p02, p12, p22
    state[9], state[10] = now, last_batch
    return log_z


@compiled
def backward(kind, n, seen, setting, table, keep, reset, predicted, out, told, is_last, scored):
    """One run backwards: the next sites of the days or, in the last run, the smoothed days and levels.

    ``told`` takes, of each wanted day, what (S6) needs: ``N_t P_t`` of the level.
    """
    lower, upper, variance, n_days = seen[1], seen[2], seen[3], seen[4]
    extra, share, scale = setting[2], setting[3], setting[4]
    r0 = r1 = r2 = 0.0
    n00 = n01 = n11 = n02 = n12 = n22 = 0.0
    for t in range(n - 1, -1, -1):
        i = kind[t]
        if i < 0:
            if is_last:
                j = -1 - i
                p00, p01, p11, p02, p12 = keep[t, 2], keep[t, 3], keep[t, 4], keep[t, 5], keep[t, 6]
                a0 = n00 * p00 + n01 * p01 + n02 * p02
                a1 = n01 * p00 + n11 * p01 + n12 * p02
                a2 = n02 * p00 + n12 * p01 + n22 * p02
                b0 = n00 * p01 + n01 * p11 + n02 * p12
                b1 = n01 * p01 + n11 * p11 + n12 * p12
                b2 = n02 * p01 + n12 * p11 + n22 * p12
                out[j, 0] = keep[t, 0] + p00 * r0 + p01 * r1 + p02 * r2
                out[j, 1] = p00 - (p00 * a0 + p01 * a1 + p02 * a2)
                out[j, 2] = keep[t, 1] + p01 * r0 + p11 * r1 + p12 * r2
                out[j, 3] = p11 - (p01 * b0 + p11 * b1 + p12 * b2)
                out[j, 4] = p01 - (p01 * a0 + p11 * a1 + p12 * a2)
                told[t, 0], told[t, 1], told[t, 2] = a0, a1, a2
        else:
            a, k0, k1, k2, w, gain = keep[t, 0], keep[t, 1], keep[t, 2], keep[t, 3], keep[t, 4], keep[t, 5]
            q0 = n00 * k0 + n01 * k1 + n02 * k2
            q1 = n01 * k0 + n11 * k1 + n12 * k2
            q2 = n02 * k0 + n12 * k1 + n22 * k2
            kr = k0 * r0 + k1 * r1 + k2 * r2
            kk = k0 * q0 + k1 * q1 + k2 * q2
            # Adding h (1, 0, 1)' to r, and w h h' - w (h q' + q h') + w^2 kk h h' to N.
            step = gain - w * kr
            r0 += step
            r2 += step
            more = w + w * w * kk
            n00 += more - 2.0 * w * q0
            n02 += more - w * (q0 + q2)
            n22 += more - 2.0 * w * q2
            n01 -= w * q1
            n12 -= w * q1
            s = k0 + k2
            left = 1.0 - w * s
            mean = a + s * gain + left * kr
            spread = s * left - left * left * kk
            if is_last:
                predicted[i, 3], predicted[i, 4] = mean, spread
            known = 1.0 / spread - keep[t, 8]
            if known > 0.0 and (scored or not is_last):
                s = 1.0 / known
                a = s * (mean / spread - keep[t, 9])
                v = variance[i] + extra / n_days[i]
                g, h, _, odd = site_of(lower[i], upper[i], a, s, v, share, scale)
                predicted[i, 2] = odd
                h = max(h, 0.0)
                if is_last:
                    predicted[i, 5], predicted[i, 6] = g, h
                else:
                    left = 1.0 - s * h
                    keep[t, 8], keep[t, 9] = h / left, (g + a * h) / left
            if reset[t]:
                r2 = n02 = n12 = n22 = 0.0
        gap = int(keep[t, 7])
        if gap > 0:
            f, g = table[gap, 0], table[gap, 1]
            r1 = g * r0 + f * r1
            n11 = g * g * n00 + 2.0 * g * f * n01 + f * f * n11
            n01 = g * n00 + f * n01
            n12 = g * n02 + f * n12


@compiled
def changes(kind, n, keep, reset, table, told, between, places, lags, out, change):
    """Variance of the change from each wanted day to the one ``lag`` wanted days later (S6)."""
    n_out = 0
    for t in range(n):
        gap = int(keep[t, 7])
        if n_out > 0:
            link = between[n_out - 1]
            if gap > 0:
                f, g = table[gap, 0], table[gap, 1]
                for c in range(3):
                    link[0, c] += g * link[1, c]
                    link[1, c] *= f
            if kind[t] >= 0:
                for c in range(3):
                    if reset[t]:
                        link[2, c] = 0.0
                    seen = keep[t, 4] * (link[0, c] + link[2, c])
                    link[0, c] -= keep[t, 1] * seen
                    link[1, c] -= keep[t, 2] * seen
                    link[2, c] -= keep[t, 3] * seen
        if kind[t] < 0:
            for c in range(3):
                for d in range(3):
                    between[n_out, c, d] = 1.0 if c == d else 0.0
            places[n_out] = t
            n_out += 1
    for first in range(n_out):
        s = places[first]
        c0, c1, c2 = keep[s, 2], keep[s, 3], keep[s, 5]
        reached = first
        for which in range(lags.size):
            last = first + lags[which]
            if last >= n_out:
                break
            while reached < last:
                link = between[reached]
                c0, c1, c2 = (
                    link[0, 0] * c0 + link[0, 1] * c1 + link[0, 2] * c2,
                    link[1, 0] * c0 + link[1, 1] * c1 + link[1, 2] * c2,
                    link[2, 0] * c0 + link[2, 1] * c1 + link[2, 2] * c2,
                )
                reached += 1
            t = places[last]
            shared = c0 - (c0 * told[t, 0] + c1 * told[t, 1] + c2 * told[t, 2])
            i, j = -1 - kind[s], -1 - kind[t]
            change[j, which] = out[i, 1] + out[j, 1] - 2.0 * shared


@compiled
def smooth_rows(
    first, last, start, seen, out_start, out_day, settings, table, sweeps, scored, lags, state, log_z, predicted, out, change
):
    """Smooth series ``first`` to ``last``, exclusive; writes ``state, log_z, predicted, out, change``."""
    most, most_out = 1, 1
    for i in range(first, last):
        n_out = out_start[i + 1] - out_start[i]
        most_out, most = max(most_out, n_out), max(most, start[i + 1] - start[i] + n_out)
    kind, reset = np.empty(most, np.int64), np.zeros(most, np.bool_)
    keep, told = np.empty((most, WIDTH)), np.empty((most, 3))
    between, places = np.empty((most_out, 3, 3)), np.empty(most_out, np.int64)
    begin, again = np.empty(N_STATE), np.empty(N_STATE)
    for i in range(first, last):
        n = merge_steps(seen[0], start[i], start[i + 1], out_day, out_start[i], out_start[i + 1], kind)
        setting = (settings[i, 0], settings[i, 1], settings[i, 2], settings[i, 3], settings[i, 4])
        begin[:] = state[i]
        log_z[i] = forward(kind, n, seen, out_day, setting, table, state[i], keep, reset, predicted, out, True)
        for _ in range(sweeps[i]):
            backward(kind, n, seen, setting, table, keep, reset, predicted, out, told, False, False)
            again[:] = begin
            forward(kind, n, seen, out_day, setting, table, again, keep, reset, predicted, out, False)
        backward(kind, n, seen, setting, table, keep, reset, predicted, out, told, True, scored)
        if lags.size > 0:
            changes(kind, n, keep, reset, table, told, between, places, lags, out, change)


@compiled
def likelihood_rows(first, last, start, seen, series, nodes, table, begin, log_z):
    """Log likelihood of some ``series`` at every node of settings, each day from those before it: ``log_z[row, node]``.

    A node is a setting, and a day on which level and slope may change by more than they do, with the variances of both. All
    nodes go through the days together: none waits for another, so the processor always has one to go on with.
    """
    day, lower, upper, variance, n_days, batch, batch_variance = seen
    n = nodes.shape[0]
    m0, m1, m2 = np.empty(n), np.empty(n), np.empty(n)
    p00, p01, p11, p02, p12, p22 = np.empty(n), np.empty(n), np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    for row in range(first, last):
        one = series[row]
        m0[:], m1[:], m2[:] = begin[row, 0], 0.0, 0.0
        p00[:], p01[:], p11[:], p02[:], p12[:], p22[:] = begin[row, 1], 0.0, nodes[:, 1], 0.0, 0.0, 0.0
        log_z[row] = 0.0
        now, last_batch = day[start[one]] if start[one] < start[one + 1] else 0, -1
        for i in range(start[one], start[one + 1]):
            gap = min(day[i] - now, table.shape[0] - 1)
            f, g, grown, shared = table[gap, 0], table[gap, 1], table[gap, 2], table[gap, 3]
            is_new = batch[i] != last_batch or batch[i] < 0
            last_batch = batch[i]
            for k in range(n):
                slope_variance = nodes[k, 1]
                m0[k] += g * m1[k]
                m1[k] *= f
                p00[k] += g * (2.0 * p01[k] + g * p11[k]) + nodes[k, 0] * gap + slope_variance * grown
                p01[k] = f * (p01[k] + g * p11[k]) + slope_variance * shared
                p11[k] = f * f * p11[k] + slope_variance * (1.0 - f * f)
                p02[k] += g * p12[k]
                p12[k] *= f
                if now < nodes[k, 5] <= day[i]:
                    p00[k] += nodes[k, 6]
                    p11[k] += nodes[k, 7]
                if is_new:
                    m2[k], p02[k], p12[k], p22[k] = 0.0, 0.0, 0.0, batch_variance[i]
                k0, k1, k2 = p00[k] + p02[k], p01[k] + p12[k], p02[k] + p22[k]
                v = variance[i] + nodes[k, 2] / n_days[i]
                gain, w, density, _ = site_of(lower[i], upper[i], m0[k] + m2[k], k0 + k2, v, nodes[k, 3], nodes[k, 4])
                w = max(w, 0.0)
                log_z[row, k] += density
                m0[k] += k0 * gain
                m1[k] += k1 * gain
                m2[k] += k2 * gain
                p00[k] -= k0 * k0 * w
                p01[k] -= k0 * k1 * w
                p11[k] -= k1 * k1 * w
                p02[k] -= k0 * k2 * w
                p12[k] -= k1 * k2 * w
                p22[k] -= k2 * k2 * w
            now = day[i]
