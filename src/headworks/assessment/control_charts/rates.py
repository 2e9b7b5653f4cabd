r"""Is the rate of events out of what is usual, when the people behind it change? The u chart and Laney's u'.

With counts c of exposure n, u = c / n, and the common rate of the first phase, sum c / sum n,

    u:    limits  common +- 3 sqrt(common / n)                                                            (B17)

    u':   limits  common +- 3 sqrt(common / n) sigma_z,  sigma_z = mean moving range of z / d2,
          z = (u - common) / sqrt(common / n)                                                             (B18)

Laney (2002): with large n the limits of u shrink to nothing and every point is outside; sigma_z widens them by how much
points differ beyond chance. Near 1 the charts agree. The trap: below sigma_z = 1 points differ *less* than chance allows:
that is a sign of overlapping windows or of invented figures, and never a reason for narrower limits (they are kept at u).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.assessment.comparison.equal_lists import refuse
from headworks.assessment.control_charts.baseline import MEAN_RANGE, mean_moving_range, require_series

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
_SIGMAS = 3.0
_LEAST_POINTS = 8


class RateChart(NamedTuple):
    """Rate, limits and calls at every point, ``(n_series, n_points)``; ``centre`` and ``sigma_z`` are ``(n_series, 1)``."""

    rate: Array
    centre: Array
    lower: Array
    upper: Array
    is_outside: Flags
    sigma_z: Array


def u_chart(count: npt.ArrayLike, exposure: npt.ArrayLike, is_baseline: npt.ArrayLike, *, laney: bool = False) -> RateChart:
    """Chart of a rate per exposure (B17), widened for overdispersion where ``laney`` (B18).

    Parameters
    ----------
    count, exposure
        Shape ``(n_series, n_points)``; a missing point is not a number.
    is_baseline
        Which points give the centre, shape ``(n_points,)``.

    Returns
    -------
    RateChart
        ``sigma_z`` as found, also where it is not used.

    Raises
    ------
    DataRefused
        ``HW-D765`` for shapes that do not fit, an exposure not above 0, a first phase of fewer than eight points or of no
        event.

    Examples
    --------
    Four events per 100 at all times: 0.04 + 3 sqrt(0.04 / 100).

    >>> found = u_chart([[4.0] * 9], [[100.0] * 9], [True] * 8 + [False])
    >>> found.upper[0, -1].round(6).item()
    0.1
    """
    c, first = require_series(count, is_baseline)
    n = np.asarray(exposure, dtype=np.float64)
    known = np.isfinite(c) & first
    if (
        n.shape != c.shape
        or not np.all((n > 0) | ~np.isfinite(c))
        or (c < 0).any()
        or (known.sum(axis=1) < _LEAST_POINTS).any()
    ):
        told = f"counts {'x'.join(map(str, c.shape))}, exposures {'x'.join(map(str, n.shape))}"
        remedy = f"Counts of at least 0, exposures above 0, {_LEAST_POINTS} points of the first phase"
        refuse("HW-D765", "Counts and exposures make no chart.", found=told, remedy=remedy)
    total = np.where(known, c, 0.0).sum(axis=1, keepdims=True)
    if not np.all(total > 0):
        refuse("HW-D765", "A first phase has no event.", found="0 events", remedy="Watch the time between events instead")
    centre = total / np.where(known, n, 0.0).sum(axis=1, keepdims=True)
    chance = np.sqrt(centre / n)
    rate = c / n
    sigma_z = mean_moving_range(np.where(known, (rate - centre) / chance, np.nan)) / MEAN_RANGE
    half = _SIGMAS * chance * (np.maximum(sigma_z, 1.0) if laney else 1.0)
    lower, upper = np.maximum(centre - half, 0.0), centre + half
    return RateChart(rate, centre, lower, upper, (rate < lower) | (rate > upper), sigma_z)
