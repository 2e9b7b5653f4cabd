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

from headworks.core.compiled import compiled

_SQRT_HALF = math.sqrt(0.5)
_SQRT_2_PI = math.sqrt(2.0 * math.pi)
_LOG_2_PI = math.log(2.0 * math.pi)
# Normal probabilities vanish in double precision beyond 38 standard deviations.
_FARTHEST = 36.0
# A narrower interval is a point: the difference of two probabilities would have no digits left.
_NARROWEST = 1e-4
_MOST_LOG_ODDS = 600.0


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
    d = x - a
    i0 = 1.0 / (s + v)
    i1 = 1.0 / (s + scale * v)
    apart = i0 - i1
    power = 0.5 * d * d * apart
    if power > _MOST_LOG_ODDS:
        power = _MOST_LOG_ODDS
    odds = share / (1.0 - share) * math.sqrt(i1 / i0) * math.exp(power)
    w1 = odds / (1.0 + odds)
    mean_i = i0 - w1 * apart
    h = mean_i - w1 * (1.0 - w1) * d * d * apart * apart
    # One logarithm: it is the dearest thing here.
    log_z = math.log(math.sqrt(i0) * (1.0 - share) * (1.0 + odds)) - 0.5 * (_LOG_2_PI + d * d * i0)
    return d * mean_i, h, log_z, w1


@compiled
def _within(lower: float, upper: float, a: float, f: float) -> tuple[float, float, float]:
    """Probability of the interval under N(a, f), and its first and second derivative in ``a``."""
    root = math.sqrt(f)
    l, u = (lower - a) / root, (upper - a) / root  # noqa: E741
    if u > l and l > _FARTHEST:
        u, l = u - l + _FARTHEST, _FARTHEST  # noqa: E741
    if u < -_FARTHEST:
        l, u = l - u - _FARTHEST, -_FARTHEST  # noqa: E741
    density_l = math.exp(-0.5 * l * l) / _SQRT_2_PI if l > -_FARTHEST else 0.0
    density_u = math.exp(-0.5 * u * u) / _SQRT_2_PI if u < _FARTHEST else 0.0
    if lower == -math.inf:
        return 0.5 * math.erfc(-u * _SQRT_HALF), -density_u / root, -u * density_u / f
    if l > 0.0:
        z = 0.5 * (math.erfc(l * _SQRT_HALF) - math.erfc(u * _SQRT_HALF))
    else:
        z = 0.5 * (math.erfc(-u * _SQRT_HALF) - math.erfc(-l * _SQRT_HALF))
    slope_l = l * density_l if density_l > 0.0 else 0.0
    slope_u = u * density_u if density_u > 0.0 else 0.0
    return z, (density_l - density_u) / root, (slope_l - slope_u) / f


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
    if upper - lower < _NARROWEST * math.sqrt(s + v):
        return tilted_value(0.5 * (lower + upper), a, s, v, share, scale)
    z0, first0, second0 = _within(lower, upper, a, s + v)
    z, first, second, w1 = z0, first0, second0, 0.0
    if share > 0.0:
        z1, first1, second1 = _within(lower, upper, a, s + scale * v)
        z = (1.0 - share) * z0 + share * z1
        first = (1.0 - share) * first0 + share * first1
        second = (1.0 - share) * second0 + share * second1
        w1 = share * z1 / z
    g = first / z
    return g, g * g - second / z, math.log(z), w1
