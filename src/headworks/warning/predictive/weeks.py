r"""The weeks of many series against what was expected of them, a row after the other.

The baseline of a week is learnt from the weeks before its predecessor, so that the pair of both is new to it. Given ``phi``
the mean is gamma about its estimate with relative variance ``v = phi x' I^-1 x``, and the count

    y ~ sum_k share_k NB(mean m, variance phi_k m + v_k m^2)                                              (H5)

exactly so where the level alone is learnt. The trap: ``v`` grows with ``phi``, so it belongs inside the sum.
"""

# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False
from __future__ import annotations

import math

import numpy as np

from headworks.core.compiled import compiled
from headworks.warning.predictive.baseline import LEAST_SHARE, N_PHI, PHI_STEP, fit, leverage
from headworks.warning.predictive.few_cases import few_cases_p, paired_up_to
from headworks.warning.predictive.negative_binomial import quantile, tail
from headworks.warning.predictive.pair import together

# What is written of a week.
EXPECTED, VARIANCE, P_WEEK, P_PAIR, P_VALUE, LOWER, UPPER, DISPERSION, BELIEF, N_WEEKS = range(10)
N_OUT = 10


@compiled
def tail_over_phi(y, mean, spread, share):
    """Probability of a count above ``y``, of ``y`` itself, and the variance, over the weights of ``phi`` (H5)."""
    above, here, variance = 0.0, 0.0, 0.0
    for k in range(N_PHI):
        if share[k] > LEAST_SHARE:
            phi = math.exp(PHI_STEP * k)
            each = phi * (mean + spread * mean * mean)
            one, tie = tail(y, mean, each)
            above += share[k] * one
            here += share[k] * tie
            variance += share[k] * each
    return above, here, variance


@compiled
def assess(y, t, before, tie, columns, beta, inverse, share, phi, level, out):
    """A week ``t``, and with it the week ``before`` unless that is -1, against a baseline."""
    x = columns[t]
    mean = _mean(x, beta)
    spread = leverage(x, inverse)
    out[EXPECTED] = mean
    above, here, variance = tail_over_phi(y[t] if y[t] >= 0 else 0.0, mean, spread, share)
    out[VARIANCE], out[DISPERSION] = variance, phi
    out[LOWER], out[UPPER] = quantile(0.5 - 0.5 * level, mean, variance), quantile(0.5 + 0.5 * level, mean, variance)
    if not y[t] >= 0:
        return
    out[P_WEEK] = out[P_VALUE] = above + tie * here
    if before < 0:
        return
    both = np.empty(x.size)
    mean_before = _mean(columns[before], beta)
    total = mean + mean_before
    for i in range(x.size):
        both[i] = (mean * x[i] + mean_before * columns[before, i]) / total
    spread_both = leverage(both, inverse)
    above, here, variance_both = tail_over_phi(y[t] + y[before], total, spread_both, share)
    out[P_PAIR] = above + tie * here
    size = paired_up_to(total, variance_both)
    if size > 0:
        out[P_VALUE] = out[P_PAIR]  # beyond the table, where all pairs are odder than within it, the sum decides
        if y[t] + y[before] < size:
            x_before, x_now = int(y[before]), int(y[t])
            out[P_VALUE] = few_cases_p(x_before, x_now, tie, size, mean_before, mean, spread_both, phi, share)
        return
    shared = 0.5 * (variance_both + variance - tail_over_phi(0.0, mean_before, leverage(columns[before], inverse), share)[2])
    correlation = min(max(shared / math.sqrt(variance * variance_both), 0.0), 1.0)
    out[P_VALUE] = together(out[P_WEEK], out[P_PAIR], mean, mean_before, phi, correlation)


@compiled
def _mean(x, beta):
    eta = 0.0
    for i in range(x.size):
        eta += x[i] * beta[i]
    return math.exp(min(max(eta, -30.0), 30.0))


@compiled
def assess_rows(counts, is_kept, ties, columns, precision, first, last, longest, fewest, level, start, stop, out):
    """Weeks ``first`` to ``last``, exclusive, of the series ``start`` to ``stop``; what cannot be said stays not a number."""
    p = columns.shape[1]
    beta, inverse, share = np.empty(p), np.empty((p, p)), np.empty(N_PHI)
    rows = np.empty(counts.shape[1], np.int64)
    weight, mu = np.empty(rows.size), np.empty(rows.size)
    for series in range(start, stop):
        y = counts[series]
        for t in range(first, last):
            n = 0
            for s in range(max(0, t - 1 - longest), t - 1):
                if y[s] >= 0 and is_kept[series, s]:
                    rows[n] = s
                    n += 1
            out[series, t - first, N_WEEKS] = n
            if n < fewest:
                continue
            at = fit(y, rows, n, columns, precision, beta, inverse, share, weight, mu)
            total = 0.0
            for k in range(n):
                total += weight[k]
            out[series, t - first, BELIEF] = total
            before = t - 1 if y[t - 1] >= 0 and is_kept[series, t - 1] else -1
            phi = math.exp(PHI_STEP * at)
            if at == N_PHI - 1:  # the law that fits best may lie beyond, and every week would be an alarm
                out[series, t - first, DISPERSION] = phi
                continue
            assess(y, t, before, ties[series, t - first], columns, beta, inverse, share, phi, level, out[series, t - first])
