r"""What one day says of the level: first and second derivative of its log likelihood, averaged over what was known before.

A day ``x`` is the level plus noise of variance ``v``, except that with probability ``eps`` it is an outlier, of variance
``k^2 v``:

    p(x | level) = (1 - eps) N(x; level, v) + eps N(x; level, k^2 v)                                          (S3)

Known before: level normal with mean ``a`` and variance ``s``. Then, with ``F = s + v`` (or ``s + k^2 v``),

    Z(a) = p(x), or P(lower < x < upper) of a censored day;   g = d ln Z / da;   h = -d^2 ln Z / da^2         (S4)

and the level afterwards has mean ``a + s g`` and variance ``s - s^2 h``, exactly, whatever ``p`` is (Minka 2001, section 3.2).
The trap: a day half way between a normal one and an outlier teaches doubt; its ``h`` is below zero.
"""

from __future__ import annotations

import math

from headworks.core.compiled import compiled, inlined
from headworks.trends.smoother.elementary import exponential, logarithm, tail

_PER_SQRT_2_PI = 1.0 / math.sqrt(2.0 * math.pi)
_LOG_2_PI = math.log(2.0 * math.pi)
# Normal probabilities vanish in double precision beyond 38 standard deviations.
_FARTHEST, _VANISHED = 36.0, 37.5
# A narrower interval is a point: the difference of two probabilities would have no digits left.
_NARROWEST = 1e-4
_MOST_LOG_ODDS = 600.0


@inlined
def value_site(d: float, s: float, v: float, odds: float, scale: float) -> tuple[float, float, float, float, float]:
    """``g``, ``h``, the outlier's probability, and two factors of ``Z`` of a day ``d`` above the mean; without a branch.

    ``odds`` are those of an outlier before the day is seen; ``Z`` is the first factor times the exponential of the second,
    over one and ``odds``.
    """
    f0, f1 = s + v, s + scale * v
    # One division for both: they are the dearest thing here.
    per = 1.0 / (f0 * f1)
    i0, i1 = f1 * per, f0 * per
    apart = i0 - i1
    square = d * d
    odds = odds * f0 * math.sqrt(per) * exponential(min(0.5 * square * apart, _MOST_LOG_ODDS))
    w1 = odds / (1.0 + odds)
    mean_i = i0 - w1 * apart
    h = mean_i - w1 * (1.0 - w1) * square * apart * apart
    return d * mean_i, h, w1, math.sqrt(i0) * (1.0 + odds), -0.5 * (_LOG_2_PI + square * i0)


@inlined
def below_site(upper: float, a: float, s: float, v: float, share: float, scale: float) -> tuple[float, float, float, float]:
    """``g``, ``h``, the outlier's probability and ``Z`` of a day known to lie below a bound; without a branch."""
    z0, first0, second0 = _below(upper - a, s + v)
    z1, first1, second1 = _below(upper - a, s + scale * v)
    kept = 1.0 - share
    z = kept * z0 + share * z1
    per_z = 1.0 / z
    g = (kept * first0 + share * first1) * per_z
    return g, g * g - (kept * second0 + share * second1) * per_z, share * z1 * per_z, z


@inlined
def _below(apart: float, f: float) -> tuple[float, float, float]:
    """Probability of lying below a bound so far above the mean, and its first and second derivative in the mean."""
    per_root = 1.0 / math.sqrt(f)
    u = min(max(apart * per_root, -_FARTHEST), _FARTHEST)
    falling = exponential(-0.5 * u * u)
    outside = falling * tail(abs(u))
    density = falling * _PER_SQRT_2_PI * per_root
    return outside if u < 0.0 else 1.0 - outside, -density, -u * density * per_root


@compiled
def tilted_value(x: float, a: float, s: float, v: float, share: float, scale: float) -> tuple[float, float, float, float]:
    """``g``, ``h``, ``ln Z`` and the probability that the day is an outlier, of a quantified day.

    Parameters
    ----------
    x, a, s, v
        Day, mean and variance before, variance of the day, on the log scale.
    share, scale
        ``eps`` and ``k^2``.

    Returns
    -------
    tuple
        As named.

    Examples
    --------
    Without outliers it is a Kalman step: g = (x - a) / F = 1/2, h = 1/F = 1/2.

    >>> [round(number, 4) for number in tilted_value(1.0, 0.0, 1.0, 1.0, 0.0, 25.0)]
    [0.5, 0.5, -1.5155, 0.0]
    """
    g, h, odd, factor, power = value_site(x - a, s, v, share / (1.0 - share), scale)
    return g, h, logarithm(factor * (1.0 - share)) + power, odd


@inlined
def between_site(
    lower: float, upper: float, a: float, s: float, v: float, share: float, scale: float
) -> tuple[float, float, float, float]:
    """``g``, ``h``, ``ln Z`` and the outlier's probability of a day known to lie between two bounds; without a branch."""
    z0, first0, second0 = _between(lower - a, upper - a, s + v)
    z1, first1, second1 = _between(lower - a, upper - a, s + scale * v)
    kept = 1.0 - share
    z = kept * z0 + share * z1
    per_z = 1.0 / z
    g = (kept * first0 + share * first1) * per_z
    h = g * g - (kept * second0 + share * second1) * per_z
    is_point = upper - lower < _NARROWEST * math.sqrt(s + v)
    middle = 0.5 * (lower + upper) if is_point else a
    g_point, h_point, odd_point, factor, power = value_site(middle - a, s, v, share / kept, scale)
    log_z = logarithm(factor * kept if is_point else z)
    odd = odd_point if is_point else share * z1 * per_z
    return g_point if is_point else g, h_point if is_point else h, log_z + (power if is_point else 0.0), odd


@inlined
def _between(lower: float, upper: float, f: float) -> tuple[float, float, float]:
    """Probability of lying between two bounds so far above the mean, and its first and second derivative in the mean."""
    per_root = 1.0 / math.sqrt(f)
    l, u = lower * per_root, upper * per_root  # noqa: E741
    # Where nothing is left of either probability, the interval is moved to where something is.
    moved = max(l - _FARTHEST, 0.0) + min(u + _FARTHEST, 0.0)
    l, u = max(l - moved, -_VANISHED), min(u - moved, _VANISHED)  # noqa: E741
    falling_l, falling_u = exponential(-0.5 * l * l), exponential(-0.5 * u * u)
    outside_l, outside_u = falling_l * tail(abs(l)), falling_u * tail(abs(u))
    up_to_u = outside_u if u < 0.0 else 1.0 - outside_u
    density_l = falling_l * _PER_SQRT_2_PI if l > -_FARTHEST else 0.0
    density_u = falling_u * _PER_SQRT_2_PI if u < _FARTHEST else 0.0
    z = outside_l - outside_u if l > 0.0 else up_to_u - outside_l
    return z, (density_l - density_u) * per_root, (l * density_l - u * density_u) * per_root * per_root


@compiled
def tilted_interval(
    lower: float, upper: float, a: float, s: float, v: float, share: float, scale: float
) -> tuple[float, float, float, float]:
    """As :func:`tilted_value`, of a day known to lie between two bounds, of which either may be endless.

    Examples
    --------
    Below the mean expected: half of all days are, and g = -phi(0)/Phi(0)/sqrt(2) = -0.798/1.414.

    >>> [round(number, 4) for number in tilted_interval(-math.inf, 0.0, 0.0, 1.0, 1.0, 0.0, 25.0)]
    [-0.5642, 0.3183, -0.6931, 0.0]
    """
    if lower == -math.inf:
        g, h, odd, z = below_site(upper, a, s, v, share, scale)
        return g, h, logarithm(z), odd
    return between_site(lower, upper, a, s, v, share, scale)
