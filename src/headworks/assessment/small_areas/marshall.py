r"""Rates of small areas drawn to the common rate by moments: the estimate of Marshall (1991), without a search.

With rates r = y / n, common rate b = sum y / sum n and mean exposure m,

    A = sum n (r - b)^2 / sum n - b / m, not below 0,    estimate_i = b + (r_i - b) A / (A + b / n_i)     (B11)

It gives in one pass what :func:`headworks.assessment.small_areas.gamma_poisson` gives by likelihood, and is what the R
package spdep calls ``EBest``. The trap: A is not a likelihood estimate; a few large areas rule it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.assessment.comparison.equal_lists import equal_lists, refuse, require_all

Array = npt.NDArray[np.float64]


class Marshall(NamedTuple):
    """Variance between areas, common rate, and each area's estimate (B11)."""

    variance: float
    common: float
    rate: Array


def marshall(count: npt.ArrayLike, exposure: npt.ArrayLike) -> Marshall:
    """Rates drawn to the common one by moments (B11).

    Raises
    ------
    DataRefused
        ``HW-D763`` for counts below 0, exposures not above 0, or no case at all.

    Examples
    --------
    Rates 0 and 2 of exposure 10: b = 1, A = 1 - 1/10, so each keeps 0.9 / (0.9 + 0.1) of its distance.

    >>> marshall([0, 20], [10.0, 10.0]).rate.round(6).tolist()
    [0.1, 1.9]
    """
    y, n = equal_lists("HW-D763", count=count, exposure=exposure)
    require_all("HW-D763", y >= 0, "count", y, "A count is below 0.", "Leave the area out")
    require_all("HW-D763", n > 0, "exposure", n, "An exposure is not above 0.", "Leave the area out")
    if y.sum() <= 0:
        refuse("HW-D763", "Nothing was counted anywhere.", found="0 cases", remedy="Report the upper bound of the common rate")
    b = float(y.sum() / n.sum())
    r = y / n
    a = max(float((n * (r - b) ** 2).sum() / n.sum()) - b / float(n.mean()), 0.0)
    return Marshall(a, b, b + (r - b) * a / (a + b / n))
