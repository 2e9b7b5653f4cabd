r"""What counts a series had before, week by week: level, trend and season, with past outbreaks kept from steering it.

    ln mu_t = b_0 + b_1 t + sum_{j = 1, 2} (c_j cos(2 pi j t / freq) + d_j sin(2 pi j t / freq))              (H1)

The variance is ``phi mu``. A week is believed to be free of an outbreak with weight ``w`` (H4), and counts so much; what that
takes from quiet weeks on average is put back (H14), or scatter would be understated and false alarms a tenth too many. Half a
count is shared out by leverage (Jeffreys' prior, Firth 1993), so a history without a case has a rate, and an honest doubt of
it. The trap: ``phi`` multiplies the doubt of the mean, so a prior on coefficients is multiplied by it as well.
"""

# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False
from __future__ import annotations

import math

import numpy as np

from headworks.core.compiled import compiled
from headworks.warning.predictive.negative_binomial import log_pmf, log_rising

N_COLUMNS = 6
# Factors between successive values of phi that are weighed, on the log scale: about one standard error of six years' weeks.
PHI_STEP = 0.12
N_PHI = 60
# Before anything is seen ln phi is Student's with three degrees of freedom: mostly within a factor of three of 1, and more
# is not excluded. A history without a case says nothing of phi, and would else take the largest.
PHI_SCALE = 1.15
# What lies so much below the best on the log scale has no weight worth its time.
_DEPTH = 8.0
# And a weight below this is not summed over: a thousandth of the smallest share that (H3) tells apart changes no digit shown.
LEAST_SHARE = 1e-4
# Chance alone, phi = 1, is the edge of what is weighed: estimates that would lie below it are put there, so it weighs as much
# as four values. Five years of weeks cannot tell 1 from 1.2: less makes alarms rarer than stated at 1, more makes them more
# frequent at 1.1 and 1.2, and with four both are an eighth off.
_WEIGHT_OF_CHANCE = 4.0
# Steps to the fit before weights are learnt, and after each learning; measured: the fit no longer moves in the third digit.
_FIRST_STEPS, _LATER_STEPS, _ROUNDS = 6, 3, 3
_LARGEST_STEP, _SETTLED = 2.0, 1e-6
# Share of weeks with an outbreak, before any is seen: a week in two years; and the weight of that belief, in weeks.
OUTBREAK_SHARE, OUTBREAK_WEEKS = 0.01, 50.0
# A past outbreak is so many standard deviations above its week, on average; and one case alone is none.
OUTBREAK_SIZE, FEWEST_CASES = 4.0, 2.0
# What doubt takes from quiet weeks is summed for every twentieth one, in steps of a third of a standard deviation at most: the
# mean moves slowly, and over six years such weeks fall on all seasons.
_STANDS_FOR, _SUMS_A_SPREAD, _NO_MORE = 20, 3.0, 1e-8


@compiled
def invert(matrix, inverse):
    """Inverse of a positive definite matrix, in place of ``inverse``, by elimination without exchange of rows."""
    n = matrix.shape[0]
    for i in range(n):
        for j in range(n):
            inverse[i, j] = 1.0 if i == j else 0.0
    for k in range(n):
        pivot = 1.0 / matrix[k, k]
        for j in range(n):
            matrix[k, j] *= pivot
            inverse[k, j] *= pivot
        for i in range(n):
            if i != k:
                factor = matrix[i, k]
                for j in range(n):
                    matrix[i, j] -= factor * matrix[k, j]
                    inverse[i, j] -= factor * inverse[k, j]


@compiled
def leverage(x, inverse):
    """``x' inverse x``."""
    total = 0.0
    for i in range(x.size):
        part = 0.0
        for j in range(x.size):
            part += inverse[i, j] * x[j]
        total += part * x[i]
    return total


@compiled
def step(seen, rows, n, columns, weight, precision, phi, beta, inverse, matrix, score, mu):
    """One step of Fisher's scoring; ``inverse`` is that of the information without ``phi``.

    Returns the largest change and how many coefficients the weeks tell.
    """
    p = beta.size
    for i in range(p):
        score[i] = -phi * precision[i] * beta[i]
        for j in range(p):
            matrix[i, j] = 0.0
        matrix[i, i] = phi * precision[i]
    for k in range(n):
        x = columns[rows[k]]
        eta = 0.0
        for i in range(p):
            eta += x[i] * beta[i]
        mu[k] = math.exp(min(max(eta, -30.0), 30.0))
        stiff = weight[k] * mu[k]
        for i in range(p):
            for j in range(i + 1):
                matrix[i, j] += stiff * x[i] * x[j]
    for i in range(p):
        for j in range(i):
            matrix[j, i] = matrix[i, j]
    invert(matrix, inverse)
    told = 0.0
    # Leverage of these means, not of those a step before: with few cases that would swing for ever.
    for k in range(n):
        x = columns[rows[k]]
        hat = weight[k] * mu[k] * leverage(x, inverse)
        told += hat
        pull = weight[k] * (seen[k] - mu[k]) + 0.5 * phi * hat
        for i in range(p):
            score[i] += pull * x[i]
    largest = 0.0
    for i in range(p):
        change = 0.0
        for j in range(p):
            change += inverse[i, j] * score[j]
        beta[i] += min(max(change, -_LARGEST_STEP), _LARGEST_STEP)
        largest = max(largest, abs(change))
    return largest, told


@compiled
def log_likelihood(phi, seen, n, weight, mu, told):
    """Of ``phi``, given the means; half a log for each of the ``told`` coefficients is put back (H3)."""
    prior = -2.0 * math.log(1.0 + (math.log(phi) / PHI_SCALE) ** 2 / 3.0)
    total = 0.5 * told * math.log(phi) + prior
    if phi <= 1.0:
        total += math.log(_WEIGHT_OF_CHANCE)
        for k in range(n):
            if weight[k] > 0.0:
                total += weight[k] * ((seen[k] * math.log(mu[k]) if seen[k] > 0 else 0.0) - mu[k])
        return total
    excess = phi - 1.0
    log_phi, log_share = math.log(phi), math.log(excess / phi)
    for k in range(n):
        r = mu[k] / excess
        part = -r * log_phi
        if seen[k] > 0:
            part += log_rising(r, seen[k]) + seen[k] * log_share
        total += weight[k] * part
    return total


@compiled
def weigh_phi(start, seen, n, weight, mu, told, share):
    """Puts the weights of ``phi = exp(PHI_STEP k)`` in ``share``, outwards from ``start``, and returns the best ``k``."""
    share[:] = -1e300
    best, at = -1e300, start
    for direction in (1, -1):
        k = start if direction == 1 else start - 1
        while 0 <= k < N_PHI:
            share[k] = log_likelihood(math.exp(PHI_STEP * k), seen, n, weight, mu, told)
            if share[k] > best:
                best, at = share[k], k
            elif share[k] < best - _DEPTH:
                break
            k += direction
    total = 0.0
    for k in range(N_PHI):
        share[k] = math.exp(share[k] - best) if share[k] > best - _DEPTH else 0.0
        total += share[k]
    for k in range(N_PHI):
        share[k] /= total
    return at


@compiled
def belief(y, mean, phi, odds):
    """That a week of count ``y`` is free of an outbreak (H4)."""
    spread, above = math.sqrt(phi * mean), y - mean
    if above <= spread or y < FEWEST_CASES:
        return 1.0
    scale = OUTBREAK_SIZE * spread + 1.0
    apart = -math.log(scale) - above / scale - log_pmf(y, mean, phi * mean)
    return 1.0 / (1.0 + odds * math.exp(min(apart, 50.0)))


@compiled
def weigh_weeks(seen, n, mu, phi, outbreaks, weight):
    """Belief that each week is free of an outbreak; returns the share of weeks with one."""
    odds = outbreaks / (1.0 - outbreaks)
    total = 0.0
    for k in range(n):
        weight[k] = belief(seen[k], mu[k], phi, odds)
        total += 1.0 - weight[k]
    return (total + OUTBREAK_SHARE * OUTBREAK_WEEKS) / (n + OUTBREAK_WEEKS)


@compiled
def wrongly_doubted(mean, phi, outbreaks):
    """Share of a quiet week that doubt takes away on average, and the mean count of what it takes (H14)."""
    odds, spread = outbreaks / (1.0 - outbreaks), math.sqrt(phi * mean)
    width = max(math.floor(spread / _SUMS_A_SPREAD), 1.0)
    y = math.floor(mean + spread) + 0.5 * (1.0 + width)
    lost, moment = 0.0, 0.0
    while True:
        part = width * math.exp(log_pmf(y, mean, phi * mean))
        doubt = part * (1.0 - belief(y, mean, phi, odds))
        lost += doubt
        moment += doubt * y
        if part < _NO_MORE:
            return lost, moment / max(lost, 1e-300)
        y += width


@compiled
def put_back(rows, n, mu, phi, outbreaks, seen, weight):
    """Writes behind the ``n`` weeks those that stand for what doubt takes from quiet ones; returns the rows there are."""
    m = n
    for k in range(min(_STANDS_FOR // 2, n - 1), n, _STANDS_FOR):
        lost, at = wrongly_doubted(mu[k], phi, outbreaks)
        rows[m], seen[m], weight[m], mu[m] = rows[k], at, lost * _STANDS_FOR, mu[k]
        m += 1
    return m


@compiled
def fit(y, rows, n, columns, precision, beta, inverse, share, weight, mu):
    """Coefficients, the inverse of their information without ``phi``, and the weights of ``phi``; returns its best place."""
    p, most = beta.size, n + n // _STANDS_FOR + 1
    matrix, score = np.empty((p, p)), np.empty(p)
    all_rows, seen, believed, means = np.empty(most, np.int64), np.empty(most), np.ones(most), np.empty(most)
    total = 0.0
    for k in range(n):
        all_rows[k], seen[k] = rows[k], y[rows[k]]
        total += seen[k]
    inverse[:], beta[:] = 0.0, 0.0
    beta[0] = math.log((total + 0.5) / n)
    phi, outbreaks, told = 1.0, OUTBREAK_SHARE, 0.0
    for _ in range(_FIRST_STEPS):
        change, told = step(seen, all_rows, n, columns, believed, precision, phi, beta, inverse, matrix, score, means)
        if change < _SETTLED:
            break
    squares = 0.0
    for k in range(n):
        squares += (seen[k] - means[k]) ** 2 / means[k]
    at = int(min(max(math.log(max(squares / max(n - p, 1), 1.0)) / PHI_STEP, 0.0), N_PHI - 1.0))
    m = n
    for _ in range(_ROUNDS):
        at = weigh_phi(at, seen, m, believed, means, told, share)
        phi = math.exp(PHI_STEP * at)
        outbreaks = weigh_weeks(seen, n, means, phi, outbreaks, believed)
        m = put_back(all_rows, n, means, phi, outbreaks, seen, believed)
        for _ in range(_LATER_STEPS):
            change, told = step(seen, all_rows, m, columns, believed, precision, phi, beta, inverse, matrix, score, means)
            if change < _SETTLED:
                break
    weight[:n], mu[:n] = believed[:n], means[:n]
    return weigh_phi(at, seen, m, believed, means, told, share)
