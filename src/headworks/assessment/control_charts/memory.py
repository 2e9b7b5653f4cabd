r"""Has the level moved, by less than one point could show? Charts with a memory: EWMA and CUSUM.

With z the distance from the usual centre in units of sigma,

    EWMA:   w_t = lambda z_t + (1 - lambda) w_(t-1)
            call where |w_t| > L sqrt(lambda (1 - (1 - lambda)^(2t)) / (2 - lambda))                      (B14)

    CUSUM:  high_t = max(0, high_(t-1) + z_t - k),  low_t = max(0, low_(t-1) - z_t - k),  call where one exceeds h  (B15)

Both start at 0 at the first point after the first phase. k is half the shift to be found, in sigma. At a gap nothing moves,
and t counts the points known.

The trap: k = 0.5 and h = 4 call by chance once in 168 points, h = 5 once in 465, if centre and sigma are *known*
(:func:`headworks.assessment.control_charts.cusum_run_length`). From a short first phase false calls are more.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.assessment.comparison.equal_lists import refuse, require_probability
from headworks.assessment.control_charts.baseline import baseline

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
# The pairs of constants that textbooks recommend for a shift of about one sigma.
_LAMBDA, _WIDTH = 0.2, 2.7
_SLACK, _HEIGHT = 0.5, 5.0


class EwmaChart(NamedTuple):
    """Weighted mean and its limit in sigma at every point after the first phase, not a number before; and the calls."""

    level: Array
    limit: Array
    is_outside: Flags


class CusumChart(NamedTuple):
    """Sums upwards and downwards in sigma at every point after the first phase, not a number before; and the calls."""

    high: Array
    low: Array
    is_outside: Flags


def ewma_chart(
    values: npt.ArrayLike,
    is_baseline: npt.ArrayLike,
    season: npt.ArrayLike | None = None,
    *,
    weight: float = _LAMBDA,
    width: float = _WIDTH,
) -> EwmaChart:
    """Exponentially weighted mean of the points after the first phase (B14).

    Parameters
    ----------
    values, is_baseline, season
        As for :func:`headworks.assessment.control_charts.baseline`.
    weight, width
        lambda and L of (B14).

    Examples
    --------
    One point 1 sigma up after the first phase: w = 0.2, limit 2.7 x 0.2.

    >>> first = [1.0, 3.0] * 5
    >>> found = ewma_chart([[*first, 2.0 + 2 / 1.1283791670955126]], [True] * 10 + [False])
    >>> found.level[0, -1].round(6).item(), found.limit[0, -1].round(6).item()
    (0.2, 0.54)
    """
    require_probability("weight", weight)
    _require_above_0("width", width)
    z, watched = _standardised(values, is_baseline, season)
    level, limit = np.full_like(z, np.nan), np.full_like(z, np.nan)
    w, seen = np.zeros(z.shape[0]), np.zeros(z.shape[0])
    for point in np.flatnonzero(watched):
        known = np.isfinite(z[:, point])
        w = np.where(known, weight * z[:, point] + (1 - weight) * w, w)
        seen += known
        level[:, point] = w
        limit[:, point] = width * np.sqrt(weight * (1 - (1 - weight) ** (2 * seen)) / (2 - weight))
    return EwmaChart(level, limit, np.isfinite(z) & (np.abs(level) > limit))


def cusum_chart(
    values: npt.ArrayLike,
    is_baseline: npt.ArrayLike,
    season: npt.ArrayLike | None = None,
    *,
    slack: float = _SLACK,
    height: float = _HEIGHT,
) -> CusumChart:
    """Cumulative sums of the points after the first phase (B15); they go on after a call, so the chart shows how long.

    Parameters
    ----------
    values, is_baseline, season
        As for :func:`headworks.assessment.control_charts.baseline`.
    slack, height
        k and h of (B15).

    Examples
    --------
    Two points 3 sigma up: 3 - 0.5 + 3 - 0.5.

    >>> first, up = [1.0, 3.0] * 5, 2.0 + 3 * 2 / 1.1283791670955126
    >>> found = cusum_chart([[*first, up, up]], [True] * 10 + [False] * 2, height=4.0)
    >>> found.high[0, -2:].round(6).tolist(), found.is_outside[0, -2:].tolist()
    ([2.5, 5.0], [False, True])
    """
    _require_above_0("slack", slack)
    _require_above_0("height", height)
    z, watched = _standardised(values, is_baseline, season)
    high, low = np.full_like(z, np.nan), np.full_like(z, np.nan)
    up, down = np.zeros(z.shape[0]), np.zeros(z.shape[0])
    for point in np.flatnonzero(watched):
        now = z[:, point]
        known = np.isfinite(now)
        up = np.where(known, np.maximum(up + now - slack, 0.0), up)
        down = np.where(known, np.maximum(down - now - slack, 0.0), down)
        high[:, point], low[:, point] = up, down
    return CusumChart(high, low, np.isfinite(z) & ((high > height) | (low > height)))


def _standardised(values: npt.ArrayLike, is_baseline: npt.ArrayLike, season: npt.ArrayLike | None) -> tuple[Array, Flags]:
    """Distances from the usual in sigma, and which points are watched."""
    x, first = np.asarray(values, dtype=np.float64), np.asarray(is_baseline, dtype=bool)
    usual = baseline(x, first, season)
    still = np.flatnonzero(usual.sigma[:, 0] <= 0)
    if still.size:
        remedy = "Chart it as a count, or take a longer first phase"
        refuse("HW-D765", "A first phase does not vary.", where=f"series {still[0] + 1}", found="sigma 0", remedy=remedy)
    return np.where(first, np.nan, (x - usual.centre) / usual.sigma), ~first


def _require_above_0(name: str, value: float) -> None:
    if not value > 0:
        refuse(
            "HW-D765",
            "A constant of a chart is not above 0.",
            where=name,
            found=f"{value:g}",
            remedy="Leave it at its default",
        )
