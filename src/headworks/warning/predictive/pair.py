r"""One p-value for a week and the week before it together, at exactly its level, also where counts are few.

An outbreak mostly fills two weeks. So the week is asked, and the sum of both; with the smaller of the two p-values, ``a``,

    p = P(p_1 <= a or p_2 <= a) = 2 a - P(p_1 <= a and p_2 <= a)                                          (H6)

The last term is summed count by count where counts are few (sums of counts of one ``phi`` are of the same family), and is
that of two normals of the same correlation where they are many. The trap: one random number breaks the ties of both, so the
two must be summed together, not as if each had its own.
"""

# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False
from __future__ import annotations

import math

import numpy as np

from headworks.core.compiled import compiled
from headworks.warning.predictive.negative_binomial import quantile, tail

# Above this count the law of the pair is smooth enough for two normals.
_MANY = 150.0
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)


@compiled
def normal_quantile_above(p):
    """``z`` that a standard normal exceeds with probability ``p``, to 1e-12 or so: Newton's method on the logarithm."""
    if p > 0.5:
        return -normal_quantile_above_small(1.0 - p)
    return normal_quantile_above_small(p)


@compiled
def normal_quantile_above_small(p):
    """As above, for ``p`` up to one half."""
    if p <= 0.0:
        return 38.0
    z = math.sqrt(max(-2.0 * math.log(2.0 * p), 0.0))
    for _ in range(40):
        upper = 0.5 * math.erfc(z / math.sqrt(2.0))
        density = math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
        change = (math.log(upper) - math.log(p)) * upper / density
        z += change
        if abs(change) < 1e-12:
            break
    return z


@compiled
def both_above(z, correlation):
    """Probability that two standard normals both exceed ``z``: Plackett's integral over the correlation's angle."""
    angle = math.asin(correlation)
    total = 0.0
    for k in range(_NODES.size):
        turn = 0.5 * angle * (_NODES[k] + 1.0)
        total += _WEIGHTS[k] * math.exp(-z * z / (1.0 + math.sin(turn)))
    alone = 0.5 * math.erfc(z / math.sqrt(2.0))
    return alone * alone + 0.5 * angle * total / (2.0 * math.pi)


@compiled
def share_at(a, y, mean, variance):
    """Of the ties at a count of ``y``, the share that lies among the ``a`` most extreme."""
    above, here = tail(y, mean, variance)
    if above >= a:
        return 0.0
    return min((a - above) / here, 1.0) if here > 0.0 else 1.0


@compiled
def both_counted(a, mean, mean_before, phi, most):
    """Probability that both p-values are at most ``a``, count by count; ``most`` is the sum's own bound."""
    total_mean = mean + mean_before
    first = quantile(1.0 - a, mean, phi * mean)
    at_first, at_sum = share_at(a, first, mean, phi * mean), share_at(a, most, total_mean, phi * total_mean)
    found = 0.0
    y = first
    while True:
        above, here = tail(y, mean, phi * mean)
        if y >= most + 1.0:  # the sum is above its bound whatever the week before was
            return found + here + above
        left = most - y
        above_before, here_before = tail(left, mean_before, phi * mean_before)
        if y == first:
            found += here * (at_first * above_before + min(at_first, at_sum) * here_before)
        else:
            found += here * (above_before + at_sum * here_before)
        if above < 1e-3 * a * a:
            return found
        y += 1.0


@compiled
def together(p_week, p_pair, mean, mean_before, phi, correlation):
    """p-value of the smaller of the two (H6)."""
    a = min(p_week, p_pair)
    if a <= 1e-15:
        return 2.0 * a
    if a >= 0.9:
        return min(2.0 * a, 1.0)
    most = quantile(1.0 - a, mean + mean_before, phi * (mean + mean_before))
    if most > _MANY:
        return 2.0 * a - both_above(normal_quantile_above(a), correlation)
    return max(2.0 * a - both_counted(a, mean, mean_before, phi, most), a)
