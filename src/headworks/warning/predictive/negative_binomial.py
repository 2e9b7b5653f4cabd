r"""How likely a count, and one above it, when counts scatter more than chance.

A count of mean ``m`` and variance ``V >= m`` is negative binomial of size ``r = m^2 / (V - m)``; Poisson when ``V = m``. Tails
are summed outwards from the count, so that a small one keeps all its digits: ``1 - P(Y <= y)`` would lose them (H2).
"""

# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False
from __future__ import annotations

import math

from headworks.core.compiled import compiled

# Excess variance below this share of the mean is Poisson's to all digits that matter.
_POISSON = 1e-6
# From a standard deviation of 1,000 on the sum takes thousands of terms, and the gamma law of equal moments is as good.
_MOST_VARIANCE = 1e6
_NEGLIGIBLE = 1e-13
# Up to here the ratio of gamma functions is a product that cannot overflow.
_SHORT_PRODUCT = 12


@compiled
def log_rising(r, y):
    """Logarithm of ``r (r + 1) … (r + y - 1)``; between whole numbers the gamma functions go on."""
    if y <= _SHORT_PRODUCT and y == math.floor(y):
        product = 1.0
        for j in range(int(y)):
            product *= r + j
        return math.log(product)
    return math.lgamma(r + y) - math.lgamma(r)


@compiled
def log_pmf(y, mean, variance):
    """Logarithm of the probability of a count of ``y``."""
    excess = variance - mean
    if excess <= _POISSON * mean:
        return y * math.log(mean) - mean - math.lgamma(y + 1.0)
    r = mean * mean / excess
    return log_rising(r, y) - math.lgamma(y + 1.0) - r * math.log(variance / mean) + y * math.log(excess / variance)


@compiled
def tail(y, mean, variance):
    """Probability of a count above ``y``, and of ``y`` itself; ``y`` of -1 gives one and zero."""
    if y < 0:
        return 1.0, 0.0
    if variance > _MOST_VARIANCE:
        return _smooth_tail(y + 0.5, mean, variance), max(
            _smooth_tail(y - 0.5, mean, variance) - _smooth_tail(y + 0.5, mean, variance), 0.0
        )
    here = math.exp(log_pmf(y, mean, variance))
    # p(n + 1) / p(n) = (mean + share n) / (n + 1) / (1 + share), share = (V - m) / m: Poisson's as well, with share 0.
    share = (variance - mean) / mean
    if share < _POISSON:
        share = 0.0
    if y >= mean:
        total, term, n = 0.0, here, y
        while True:
            term *= (mean + share * n) / ((n + 1.0) * (1.0 + share))
            n += 1.0
            total += term
            if term <= _NEGLIGIBLE * total or term < 1e-300:
                return total, here
    total, term, n = here, here, y
    while n > 0:
        term *= n * (1.0 + share) / (mean + share * (n - 1.0))
        n -= 1.0
        total += term
        if term <= _NEGLIGIBLE * total:
            break
    return max(1.0 - total, 0.0), here


@compiled
def _smooth_tail(x, mean, variance):
    """Probability above ``x`` under the gamma law of equal moments, by its cube root (Wilson and Hilferty)."""
    if x <= 0:
        return 1.0
    spread = variance / (9.0 * mean * mean)
    return 0.5 * math.erfc(((x / mean) ** (1.0 / 3.0) - 1.0 + spread) / math.sqrt(2.0 * spread))


@compiled
def quantile(p, mean, variance):
    """Smallest count that is not exceeded with probability ``p`` at least."""
    spread = math.sqrt(variance)
    low, high = -1.0, math.ceil(mean + 4.0 * spread + 1.0)
    while tail(high, mean, variance)[0] > 1.0 - p:
        low, high = high, 2.0 * high + 1.0
    while high - low > 1.0:
        middle = math.floor((low + high) / 2.0)
        if tail(middle, mean, variance)[0] > 1.0 - p:
            low = middle
        else:
            high = middle
    return high
