r"""How far may the figure of a place of this size lie from the target by chance alone? The limits of a funnel plot.

A count is a whole number, so no limit is met exactly. With F the distribution function of the count at the target and r the
least whole number with F(r) >= p, Spiegelhalter (2005) lets the limit slide between r - 1 and r:

    limit = (r - a) / n,    a = (F(r) - p) / (F(r) - F(r - 1)),    not below 0                            (B1)

n is the number at risk of a share (``binomial``) or the expected count of a ratio (``poisson``).

The trap: the limits hold only if places differ by chance alone. They seldom do: see
:mod:`headworks.assessment.comparison.overdispersion` before calling a place an outlier.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, gammaincc, ndtri

from headworks.assessment.comparison.equal_lists import equal_lists, refuse, require_one_of, require_probability

Array = npt.NDArray[np.float64]
FunnelKind = Literal["binomial", "poisson"]
FUNNEL_KINDS: tuple[FunnelKind, ...] = ("binomial", "poisson")
# 95 % and 99.8 %: look at it, and act on it.
ALERT, ALARM = (0.025, 0.975), (0.001, 0.999)
LIMITS = (ALARM[0], ALERT[0], ALERT[1], ALARM[1])


def funnel_limits(
    size: npt.ArrayLike, target: float, kind: FunnelKind = "binomial", probability: tuple[float, ...] = LIMITS
) -> Array:
    """Exact limits of a share or a ratio by the size of the place (B1).

    Parameters
    ----------
    size
        Number at risk (``binomial``, whole numbers) or expected count at ratio 1 (``poisson``), above 0.
    target
        Share of the number at risk, or ratio of observed to expected.
    kind
        What the count follows.
    probability
        Chance of a figure at or below each limit, at the target.

    Returns
    -------
    Array
        Shape ``(n_sizes, n_probabilities)``, in the unit of the target.

    Raises
    ------
    UsageError
        ``HW-U258`` for another kind, ``HW-U259`` for a probability outside 0 to 1.
    DataRefused
        ``HW-D760`` for a size or target that cannot be.

    Examples
    --------
    Two expected deaths: none is expected in exp(-2) = 13.5 % of such places, so nobody is too low.

    >>> funnel_limits([2.0], 1.0, "poisson").round(4).tolist()
    [[0.0, 0.0, 2.3831, 3.5563]]
    """
    require_one_of("kind", kind, FUNNEL_KINDS)
    require_probability("probability", probability)
    (n,) = _require_sizes(size, target, kind)
    p = np.asarray(probability, dtype=np.float64)[None, :]
    sizes = np.broadcast_to(n[:, None], (n.size, p.size))
    chance = target * (1 - target) if kind == "binomial" else target
    cumulated = partial(_binomial if kind == "binomial" else _poisson, sizes, target)
    start = np.round(sizes * target + ndtri(p) * np.sqrt(sizes * chance))
    r = _least_count(cumulated, p, np.clip(start, 0.0, sizes if kind == "binomial" else None))
    at, before = cumulated(r), cumulated(r - 1)
    return np.maximum((r - (at - p) / (at - before)) / sizes, 0.0)


def normal_funnel_limits(
    size: npt.ArrayLike, target: float, kind: FunnelKind = "binomial", probability: tuple[float, ...] = LIMITS
) -> Array:
    """The same limits by the normal approximation: to draw by hand, and to see from which size on it is good enough.

    Examples
    --------
    0.1 + 1.959964 x sqrt(0.1 x 0.9 / 100) = 0.158799.

    >>> normal_funnel_limits([100], 0.1, probability=(0.975,)).round(6).item()
    0.158799
    """
    require_one_of("kind", kind, FUNNEL_KINDS)
    require_probability("probability", probability)
    (n,) = _require_sizes(size, target, kind)
    variance = target * (1 - target) if kind == "binomial" else target
    z = ndtri(np.asarray(probability, dtype=np.float64))
    result: Array = target + z[None, :] * np.sqrt(variance / n)[:, None]
    return result


def _binomial(n: Array, share: float, r: Array) -> Array:
    """P(count <= r)."""
    inside = betainc(np.maximum(n - r, 0.5), np.maximum(r, 0.0) + 1, 1 - share)
    return np.where(r < 0, 0.0, np.where(r >= n, 1.0, inside))


def _poisson(expected: Array, ratio: float, r: Array) -> Array:
    """P(count <= r)."""
    return np.where(r < 0, 0.0, gammaincc(np.maximum(r, 0.0) + 1, expected * ratio))


def _least_count(cumulated: Callable[[Array], Array], p: Array, start: Array) -> Array:
    """Least whole number whose distribution function reaches p, walked to from a guess that is a few steps off at most."""
    r = start
    while np.any(short := cumulated(r) < p):
        r = r + short
    while np.any(far := (r > 0) & (cumulated(r - 1) >= p)):
        r = r - far
    return r


def _require_sizes(size: npt.ArrayLike, target: float, kind: FunnelKind) -> list[Array]:
    found = equal_lists("HW-D760", size=size)
    if not np.all(found[0] > 0) or not 0 < target < (1 if kind == "binomial" else np.inf):
        remedy = "Sizes above 0; a share between 0 and 1 or a ratio above 0"
        told = f"size {found[0].min():g}, target {target:g}"
        refuse("HW-D760", "A funnel needs places of some size and a target.", found=told, remedy=remedy)
    if kind == "binomial" and np.any(found[0] != np.round(found[0])):
        refuse(
            "HW-D760", "The number at risk is a whole number.", found=f"{found[0][found[0] % 1 > 0][0]:g}", remedy="Round it"
        )
    return found
