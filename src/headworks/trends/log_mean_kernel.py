"""Newton's method on the score of (T4), a group at a time."""

# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False
from __future__ import annotations

import math

from headworks.core.compiled import compiled, inlined
from headworks.trends.smoother.elementary import tail

_SQRT_2_PI = math.sqrt(2.0 * math.pi)
_MOST_STEPS = 100
_CLOSE = 1e-12


@inlined
def density_over_probability(x):
    """``phi(x) / Phi(x)`` of the standard normal distribution, which nothing over- or underflows in.

    Examples
    --------
    >>> round(density_over_probability(0.0), 12), round(density_over_probability(-40.0), 2)
    (0.797884560803, 40.02)
    """
    if x <= 0.0:
        return 1.0 / (_SQRT_2_PI * tail(-x))
    bell = math.exp(-0.5 * x * x)
    return bell / (_SQRT_2_PI * (1.0 - bell * tail(x)))


@compiled
def find_log_means(first, log_limit, n_quantified, mean_log, sigma, mu):
    """Improves ``mu`` of each group, which is its ``mean_log``; ``first`` tells the censored days of each, and their end."""
    for group in range(mu.size):
        start, end = first[group], first[group + 1]
        if start == end:
            continue
        n, middle, scatter = n_quantified[group], mean_log[group], sigma[group]
        for _ in range(_MOST_STEPS):
            pull, stiffness = 0.0, n
            for day in range(start, end):
                standard = (log_limit[day] - mu[group]) / scatter
                ratio = density_over_probability(standard)
                pull += ratio
                stiffness += ratio * (ratio + standard)
            step = (n * (middle - mu[group]) - scatter * pull) / stiffness
            mu[group] += step
            if abs(step) <= _CLOSE * (1.0 + abs(mu[group])):
                break
