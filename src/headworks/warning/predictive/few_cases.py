r"""A week and its predecessor as one p-value where cases are few: by the likelihood of an outbreak that began in either.

    S(x, y) = sum_k share_k g_k(x, y) / sum_k share_k f_k(x, y),   p = P(S > s) + V P(S = s)               (H15)

``f_k`` is the law of two quiet weeks at one ``phi``, ``g_k`` that with an outbreak. Where counts scatter much more than
chance, one week of many cases is less odd than two weeks of half as many, which no sum of both can tell. ``P`` is summed over
all pairs, so the p-value is exact under the predictive law however few the cases. The trap: both weeks share the doubt of
their mean and of ``phi``; with both taken as known, a case in each week seems odder than it is, and a p-value below one in a
thousand comes twice as often as stated.
"""

# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False
from __future__ import annotations

import math

import numpy as np

from headworks.core.compiled import compiled
from headworks.warning.predictive.baseline import LEAST_SHARE, N_PHI, PHI_STEP
from headworks.warning.predictive.negative_binomial import log_pmf, tail

# Cases of an outbreak in each of two weeks, in standard deviations of such a week, one at least: small, middling, large.
SIZES = np.array([1.0, 2.0, 4.0])
# Far above every size likelihood falls again, and the largest outbreak would be none: so each further case adds a twentieth.
_RISING = 1.05
# Pairs are told apart up to so many cases and standard deviations above the expected sum; beyond, the sum decides.
_CASES_ABOVE, _SPREADS_ABOVE = 12.0, 8.0
# Larger tables cost more than the fit, and (H6) finds as much there.
_MOST_PAIRED = 120.0
# The doubt of the mean, which both weeks share, by Gauss and Hermite's nodes of a standard normal.
NODES, NODE_WEIGHTS = np.polynomial.hermite_e.hermegauss(5)
NODE_WEIGHTS /= NODE_WEIGHTS.sum()
# Sums of products in another order differ in the last digits.
_TIED = 1e-9


@compiled
def paired_up_to(total_mean, variance):
    """Totals below which pairs are told apart, from the history alone; 0 where it lets expect too many."""
    size = math.ceil(total_mean + _CASES_ABOVE + _SPREADS_ABOVE * math.sqrt(variance))
    return int(size) if size <= _MOST_PAIRED else 0


@compiled
def write_law(mean, variance, law):
    """Probability of 0, 1, … cases, each from the one before (H2)."""
    excess = max(variance / mean - 1.0, 0.0)
    term = math.exp(log_pmf(0.0, mean, variance))
    for n in range(law.size):
        law[n] = term
        term *= (mean + excess * n) / ((n + 1.0) * (1.0 + excess))


@compiled
def node_mean(mean, spread, j):
    """Mean at a node of its doubt: log-normal of relative variance ``spread`` about it."""
    width = math.sqrt(math.log(1.0 + spread))
    return mean * math.exp(width * NODES[j] - 0.5 * width * width)


@compiled
def write_weights(total_mean, spread, phi, laws, weights):
    """What the law of a pair at each node is multiplied by, total by total, for totals to keep the law of (H5)."""
    nodes, size = weights.shape
    write_law(total_mean, phi * (total_mean + spread * total_mean * total_mean), laws[nodes])
    for j in range(nodes):
        here = node_mean(total_mean, phi * spread, j)
        write_law(here, phi * here, laws[j])
    for n in range(size):
        mixed = 0.0
        for j in range(nodes):
            mixed += NODE_WEIGHTS[j] * laws[j, n]
        for j in range(nodes):
            weights[j, n] = NODE_WEIGHTS[j] * laws[nodes, n] / mixed if mixed > 0.0 else 0.0


@compiled
def add_pairs(mean_before, mean, phi, typical, weight, quiet, struck):
    """Adds the law of pairs at one ``phi`` and mean, and that with an outbreak; ``weight`` multiplies both by total."""
    size = weight.size
    before, now = np.empty(size), np.empty(size)
    struck_before, struck_now = np.empty((SIZES.size, size)), np.empty((SIZES.size, size))
    write_law(mean_before, phi * mean_before, before)
    write_law(mean, phi * mean, now)
    for j in range(SIZES.size):
        # Sizes are those of the typical phi in each of its values: an outbreak is no larger for what is not known.
        added_before = SIZES[j] * max(math.sqrt(typical * mean_before), 1.0)
        added = SIZES[j] * max(math.sqrt(typical * mean), 1.0)
        write_law(mean_before + added_before, phi * mean_before + added_before, struck_before[j])
        write_law(mean + added, phi * mean + added, struck_now[j])
    for x in range(size):
        for y in range(size - x):
            quiet[x, y] += weight[x + y] * before[x] * now[y]
            begun = 0.0
            for j in range(SIZES.size):
                begun += (before[x] + struck_before[j, x]) * struck_now[j, y]
            struck[x, y] += weight[x + y] * begun


@compiled
def rising_ratio(quiet, struck):
    """``S`` in place of ``struck``, never falling with a case more in either week."""
    size = quiet.shape[0]
    for x in range(size):
        for y in range(size - x):
            ratio = struck[x, y] / quiet[x, y] if quiet[x, y] > 0.0 else 0.0
            if x > 0:
                ratio = max(ratio, _RISING * struck[x - 1, y])
            if y > 0:
                ratio = max(ratio, _RISING * struck[x, y - 1])
            struck[x, y] = ratio


@compiled
def few_cases_p(x, y, tie, size, mean_before, mean, spread, typical, share):
    """p-value (H15) of ``x`` cases and then ``y``, fewer than ``size`` together; ``spread`` is that of the estimated total."""
    quiet, struck = np.zeros((size, size)), np.zeros((size, size))
    laws, weights = np.empty((NODES.size + 1, size)), np.empty((NODES.size, size))
    total, found = mean_before + mean, 0.0
    for k in range(N_PHI):
        if share[k] > LEAST_SHARE:
            phi = math.exp(PHI_STEP * k)
            write_weights(total, spread, phi, laws, weights)
            weights *= share[k]
            for j in range(NODES.size):
                weight_before, weight_now = node_mean(mean_before, phi * spread, j), node_mean(mean, phi * spread, j)
                add_pairs(weight_before, weight_now, phi, typical, weights[j], quiet, struck)
            found += share[k] * tail(size - 1.0, total, phi * (total + spread * total * total))[0]
    rising_ratio(quiet, struck)
    seen = struck[x, y]
    for a in range(size):
        for b in range(size - a):
            if abs(struck[a, b] - seen) <= _TIED * seen:
                found += tie * quiet[a, b]
            elif struck[a, b] > seen:
                found += quiet[a, b]
    return min(found, 1.0)
