r"""The runs forwards and backwards over the days of eight series at a time.

The state is level, slope and the error that the days of a batch share; a day sees level plus batch error. Each day is stood in
for by a normal ``exp(nu x - tau x^2 / 2)``: first from what the days before it say (S4), then, sweep by sweep, from what all
other days say:

    1/s' = 1/s_i - tau_i,   a' = s' (a_i / s_i - nu_i),   tau_i = h / (1 - s' h),   nu_i = (g + a' h) / (1 - s' h)       (S5)

Backwards runs the disturbance form (de Jong 1989; Durbin and Koopman 2012, section 4.4): it inverts nothing, so gaps, days
that say next to nothing and slopes that cannot move do no harm.

An outlier half believed says less than nothing (``h < 0``); taken at its word it could leave a variance below zero, so
``tau`` is at least 0.
"""

# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False
from __future__ import annotations

# ruff: noqa: I001 - a column a line would be longer than the arithmetic
import math

from headworks.core.compiled import compiled, inlined
from headworks.trends.smoother.elementary import logarithm
from headworks.trends.smoother.lanes import (
    A, F, FRESH, G, GAIN, GROWN, INFORMATION, IS_DAY, K0, K1, K2, LANES, LOG_Z, LOWER, M0, M1, M2, MEAN, N00, N01, N02, N11,
    N12, N22, NOISE, NU, ODD, ODDS, P00, P01, P02, P11, P12, P22, R0, R1, R2, ROW, SCALE, SCORE, SHARE, SLOPE,
    SPREAD, STAYS, TAU, UPPER, W,
)  # fmt: skip
from headworks.trends.smoother.tilted import below_site, tilted_interval, value_site
from headworks.trends.smoother.transition import SLOPE_MEMORY_DAYS

_PER_MEMORY = 1.0 / SLOPE_MEMORY_DAYS


@inlined
def gone_on(x, l):  # noqa: E741
    """The state of a lane after the row before, carried to this row's day, before the day is used."""
    f, g, slope_variance, stays = x[ROW + F + l], x[ROW + G + l], x[ROW + SLOPE + l], x[ROW + STAYS + l]
    m1, p01, p11, p12 = x[M1 + l], x[P01 + l], x[P11 + l], x[P12 + l]
    carried = p01 + g * p11
    return (
        x[M0 + l] + g * m1, f * m1, x[M2 + l] * stays,
        x[P00 + l] + g * (p01 + carried) + x[ROW + GROWN + l], f * carried + slope_variance * (g * g * _PER_MEMORY),
        f * f * p11 + slope_variance * (1.0 - f * f), (x[P02 + l] + g * p12) * stays, f * p12 * stays,
        x[P22 + l] * stays + x[ROW + FRESH + l],
    )  # fmt: skip


@compiled
def forward_first(work, n, n_below, n_between):
    """The first run forwards: each day is summed up from the days before it."""
    for t in range(n):
        x = work[t * ROW : (t + 2) * ROW]
        for l in range(LANES):  # noqa: E741
            m0, m1, m2, p00, p01, p11, p02, p12, p22 = gone_on(x, l)
            x[ROW + M0 + l], x[ROW + M1 + l], x[ROW + M2 + l] = m0, m1, m2
            x[ROW + P00 + l], x[ROW + P01 + l], x[ROW + P11 + l] = p00, p01, p11
            x[ROW + P02 + l], x[ROW + P12 + l], x[ROW + P22 + l] = p02, p12, p22
            a, k0, k2 = m0 + m2, p00 + p02, p02 + p22
            x[ROW + A + l], x[ROW + K0 + l], x[ROW + K1 + l], x[ROW + K2 + l] = a, k0, p01 + p12, k2
            d, v = x[ROW + LOWER + l] - a, x[ROW + NOISE + l]
            g, h, odd, factor, power = value_site(d, k0 + k2, v, x[ROW + ODDS + l], x[ROW + SCALE + l])
            x[ROW + GAIN + l], x[ROW + W + l], x[ROW + ODD + l] = g, h, odd
            x[ROW + LOG_Z + l] = logarithm(factor * (1.0 - x[ROW + SHARE + l])) + power
        if n_below[t] + n_between[t] > 0:
            censored_row(x, n_below[t], n_between[t])
        for l in range(LANES):  # noqa: E741
            k0, k1, k2 = x[ROW + K0 + l], x[ROW + K1 + l], x[ROW + K2 + l]
            g, h, is_day = x[ROW + GAIN + l], x[ROW + W + l], x[ROW + IS_DAY + l]
            w = h if h > 0.0 and is_day > 0.0 else 0.0
            g = g if is_day > 0.0 else 0.0
            per = 1.0 / (1.0 - (k0 + k2) * w)
            x[ROW + W + l], x[ROW + GAIN + l] = w, g
            x[ROW + TAU + l], x[ROW + NU + l] = w * per, (g + x[ROW + A + l] * w) * per
            w0, w1 = w * k0, w * k1
            x[ROW + M0 + l] += k0 * g
            x[ROW + M1 + l] += k1 * g
            x[ROW + M2 + l] += k2 * g
            x[ROW + P00 + l] -= k0 * w0
            x[ROW + P01 + l] -= k1 * w0
            x[ROW + P11 + l] -= k1 * w1
            x[ROW + P02 + l] -= k2 * w0
            x[ROW + P12 + l] -= k2 * w1
            x[ROW + P22 + l] -= k2 * k2 * w


@compiled
def censored_row(x, n_below, n_between):
    """What the censored days of a row say: all lanes at once if several lie below a bound, else one by one."""
    if n_below > 1:
        for l in range(LANES):  # noqa: E741
            is_below = x[ROW + LOWER + l] == -math.inf
            upper = x[ROW + UPPER + l] if is_below else 0.0
            s, v, share = x[ROW + K0 + l] + x[ROW + K2 + l], x[ROW + NOISE + l], x[ROW + SHARE + l]
            g, h, odd, z = below_site(upper, x[ROW + A + l], s, v, share, x[ROW + SCALE + l])
            x[ROW + GAIN + l] = g if is_below else x[ROW + GAIN + l]
            x[ROW + W + l] = h if is_below else x[ROW + W + l]
            x[ROW + ODD + l] = odd if is_below else x[ROW + ODD + l]
            x[ROW + LOG_Z + l] = logarithm(z) if is_below else x[ROW + LOG_Z + l]
    if n_below == 1 or n_between > 0:
        for l in range(LANES):  # noqa: E741
            lower, upper = x[ROW + LOWER + l], x[ROW + UPPER + l]
            if lower != upper and (n_below == 1 or lower > -math.inf):
                s, share, scale = x[ROW + K0 + l] + x[ROW + K2 + l], x[ROW + SHARE + l], x[ROW + SCALE + l]
                g, h, log_z, odd = tilted_interval(lower, upper, x[ROW + A + l], s, x[ROW + NOISE + l], share, scale)
                x[ROW + GAIN + l], x[ROW + W + l], x[ROW + ODD + l], x[ROW + LOG_Z + l] = g, h, odd, log_z


@compiled
def forward_again(work, n):
    """A run forwards with what the days say, as found in the run backwards before."""
    for t in range(n):
        x = work[t * ROW : (t + 2) * ROW]
        for l in range(LANES):  # noqa: E741
            m0, m1, m2, p00, p01, p11, p02, p12, p22 = gone_on(x, l)
            a, k0, k1, k2, tau = m0 + m2, p00 + p02, p01 + p12, p02 + p22, x[ROW + TAU + l]
            per = 1.0 / (1.0 + tau * (k0 + k2))
            w, gain = tau * per, (x[ROW + NU + l] - tau * a) * per
            x[ROW + A + l], x[ROW + K0 + l], x[ROW + K1 + l], x[ROW + K2 + l] = a, k0, k1, k2
            x[ROW + W + l], x[ROW + GAIN + l] = w, gain
            w0, w1 = w * k0, w * k1
            x[ROW + M0 + l], x[ROW + M1 + l], x[ROW + M2 + l] = m0 + k0 * gain, m1 + k1 * gain, m2 + k2 * gain
            x[ROW + P00 + l], x[ROW + P01 + l], x[ROW + P11 + l] = p00 - k0 * w0, p01 - k1 * w0, p11 - k1 * w1
            x[ROW + P02 + l], x[ROW + P12 + l], x[ROW + P22 + l] = p02 - k2 * w0, p12 - k2 * w1, p22 - k2 * k2 * w


@compiled
def backward(work, n):
    """A run backwards: the smoothed days, and what later days say of the state before each."""
    for l in range(LANES):  # noqa: E741
        for c in range(9):
            work[(n + 1) * ROW + R0 + c * LANES + l] = 0.0
        work[(n + 1) * ROW + F + l], work[(n + 1) * ROW + G + l] = 1.0, 0.0
    for t in range(n, 0, -1):
        x = work[t * ROW : (t + 2) * ROW]
        for l in range(LANES):  # noqa: E741
            f, g = x[ROW + F + l], x[ROW + G + l]
            r0, r2 = x[ROW + R0 + l], x[ROW + R2 + l]
            n00, n01, n02, n22 = x[ROW + N00 + l], x[ROW + N01 + l], x[ROW + N02 + l], x[ROW + N22 + l]
            r1 = g * r0 + f * x[ROW + R1 + l]
            n11 = g * g * n00 + 2.0 * g * f * n01 + f * f * x[ROW + N11 + l]
            n01 = g * n00 + f * n01
            n12 = g * n02 + f * x[ROW + N12 + l]
            k0, k1, k2, w, gain, stays = x[K0 + l], x[K1 + l], x[K2 + l], x[W + l], x[GAIN + l], x[STAYS + l]
            q0 = n00 * k0 + n01 * k1 + n02 * k2
            q1 = n01 * k0 + n11 * k1 + n12 * k2
            q2 = n02 * k0 + n12 * k1 + n22 * k2
            kr = k0 * r0 + k1 * r1 + k2 * r2
            kk = k0 * q0 + k1 * q1 + k2 * q2
            # Adding h (1, 0, 1)' to r, and w h h' - w (h q' + q h') + w^2 kk h h' to N.
            step = gain - w * kr
            more = w + w * w * kk
            x[R0 + l], x[R1 + l], x[R2 + l] = r0 + step, r1, (r2 + step) * stays
            x[N00 + l], x[N01 + l], x[N11 + l] = n00 + (more - 2.0 * w * q0), n01 - w * q1, n11
            x[N02 + l], x[N12 + l] = (n02 + (more - w * (q0 + q2))) * stays, (n12 - w * q1) * stays
            x[N22 + l] = (n22 + (more - 2.0 * w * q2)) * stays
            s = k0 + k2
            left = 1.0 - w * s
            x[MEAN + l], x[SPREAD + l] = x[A + l] + s * gain + left * kr, s * left - left * left * kk


@compiled
def values_against_others(work, n):
    """What quantified days say against all others of their series, and what they are stood in for by (S5)."""
    for t in range(1, n + 1):
        x = work[t * ROW : (t + 1) * ROW]
        for l in range(LANES):  # noqa: E741
            tau, nu, spread = x[TAU + l], x[NU + l], x[SPREAD + l]
            left = 1.0 - tau * spread
            says = left > 0.0 and x[IS_DAY + l] > 0.0 and x[LOWER + l] == x[UPPER + l]
            left = 1.0 / (left if left > 0.0 else 1.0)
            s, a = spread * left, (x[MEAN + l] - nu * spread) * left
            g, h, odd, _, _ = value_site(x[LOWER + l] - a, s, x[NOISE + l], x[ODDS + l], x[SCALE + l])
            h = h if h > 0.0 else 0.0
            per = 1.0 / (1.0 - s * h)
            x[TAU + l], x[NU + l] = h * per if says else tau, (g + a * h) * per if says else nu
            x[SCORE + l], x[INFORMATION + l] = g if says else math.nan, h if says else math.nan
            x[ODD + l] = odd if says else x[ODD + l]


@compiled
def below_against_others(work, places, some):
    """The same of days below a bound, which stand at ``places``; ``some`` is room for seven columns of lanes."""
    for first in range(0, places.size, LANES):
        for l in range(LANES):  # noqa: E741
            x = work[places[min(first + l, places.size - 1)] :]
            some[l], some[LANES + l], some[2 * LANES + l] = x[TAU], x[NU], x[MEAN]
            some[3 * LANES + l], some[4 * LANES + l], some[5 * LANES + l] = x[SPREAD], x[UPPER], x[NOISE]
            some[6 * LANES + l], some[7 * LANES + l] = x[SHARE], x[SCALE]
        for l in range(LANES):  # noqa: E741
            spread = some[3 * LANES + l]
            left = 1.0 - some[l] * spread
            per = 1.0 / (left if left > 0.0 else 1.0)
            s, a = spread * per, (some[2 * LANES + l] - some[LANES + l] * spread) * per
            g, h, odd, _ = below_site(some[4 * LANES + l], a, s, some[5 * LANES + l], some[6 * LANES + l], some[7 * LANES + l])
            some[l], some[LANES + l], some[2 * LANES + l], some[3 * LANES + l] = left, a, s, g
            some[4 * LANES + l], some[5 * LANES + l] = h if h > 0.0 else 0.0, odd
        for l in range(min(LANES, places.size - first)):  # noqa: E741
            if some[l] > 0.0:
                a, s, g, h = some[LANES + l], some[2 * LANES + l], some[3 * LANES + l], some[4 * LANES + l]
                put_day(work[places[first + l] :], a, s, g, h, some[5 * LANES + l])


@compiled
def between_against_others(work, places):
    """The same of days between two bounds."""
    for place in places:
        x = work[place:]
        left = 1.0 - x[TAU] * x[SPREAD]
        if left > 0.0:
            s, a = x[SPREAD] / left, (x[MEAN] - x[NU] * x[SPREAD]) / left
            g, h, _, odd = tilted_interval(x[LOWER], x[UPPER], a, s, x[NOISE], x[SHARE], x[SCALE])
            put_day(x, a, s, g, max(h, 0.0), odd)


@compiled
def put_day(x, a, s, g, h, odd):
    """What a day says against all others, and what it is stood in for by."""
    per = 1.0 / (1.0 - s * h)
    x[TAU], x[NU], x[SCORE], x[INFORMATION], x[ODD] = h * per, (g + a * h) * per, g, h, odd


@compiled
def settle(work, n, sweeps, scored, below, between, some):
    """Sweeps over the days until each is stood in for by what it says against all others; ends with a run backwards.

    ``below`` and ``between`` tell where the censored days stand. ``scored`` asks for what the days say at the end, too.
    """
    for sweep in range(sweeps + 1):
        backward(work, n)
        if sweep < sweeps or scored:
            values_against_others(work, n)
            below_against_others(work, below, some)
            between_against_others(work, between)
        if sweep < sweeps:
            forward_again(work, n)
