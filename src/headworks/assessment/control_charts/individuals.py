r"""Is this point out of what is usual? A chart of single values and their moving range (I-MR, Shewhart).

    limits of a value: centre +- 3 MR / d2 = centre +- 2.66 MR,    of a range: (1 + 3 d3 / d2) MR = 3.27 MR   (B13)

MR is the mean moving range of the first phase, d2 = 2 / sqrt(pi), d3 = sqrt(2 - 4 / pi). About one point in 370 of a quiet
normal series lies outside. The trap: watched in 300 sites, that is nearly one call a week with nothing behind it; share the
false alarms out over the sites before acting.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.assessment.control_charts.baseline import MEAN_RANGE, SPREAD_OF_RANGE, baseline, moving_ranges

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
_SIGMAS = 3.0


class IndividualsChart(NamedTuple):
    """Limits and calls at every point, ``(n_series, n_points)``; ``range_upper`` is ``(n_series, 1)``. A gap never calls."""

    centre: Array
    lower: Array
    upper: Array
    is_outside: Flags
    moving_range: Array
    range_upper: Array
    is_range_outside: Flags


def individuals_chart(
    values: npt.ArrayLike, is_baseline: npt.ArrayLike, season: npt.ArrayLike | None = None
) -> IndividualsChart:
    """Chart of single values and their moving ranges (B13).

    Parameters
    ----------
    values, is_baseline, season
        As for :func:`headworks.assessment.control_charts.baseline`.

    Examples
    --------
    Values 1 and 3 in turn: 2 +- 2.6587 x 2.

    >>> found = individuals_chart([[1.0, 3.0] * 5 + [8.0]], [True] * 10 + [False])
    >>> found.upper[0, 0].round(4).item(), found.is_outside[0, -2:].tolist()
    (7.3174, [False, True])
    """
    x = np.asarray(values, dtype=np.float64)
    usual = baseline(x, is_baseline, season)
    half = _SIGMAS * usual.sigma
    lower, upper = usual.centre - half, usual.centre + half
    ranges = moving_ranges(x - usual.centre)
    range_upper = (1 + _SIGMAS * SPREAD_OF_RANGE / MEAN_RANGE) * usual.mean_range
    return IndividualsChart(
        usual.centre, lower, upper, (x < lower) | (x > upper), ranges, range_upper, np.nan_to_num(ranges) > range_upper
    )
