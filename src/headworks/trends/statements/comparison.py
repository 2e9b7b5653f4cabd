r"""Two sites, or two periods, beside each other, without what they share.

Of two log levels with errors of their own and errors in common, the common ones leave the difference:

    var(a - b) = var a + var b + own a + own b                                                               (S13)

A batch, a laboratory's calibration, an excretion factor or a population register that both have is in neither. Two periods
of one series share even more, their days: take ``change_variance`` of the smoother for them. The trap: errors taken as
shared that are not.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

Array = npt.NDArray[np.float64]
LEVEL = 0.95


class Comparison(NamedTuple):
    """First over second: ``ratio``, its bounds, and the probability that the first is higher."""

    ratio: Array
    lower: Array
    upper: Array
    p_higher: Array


def compare_levels(
    first: npt.ArrayLike,
    first_variance: npt.ArrayLike,
    second: npt.ArrayLike,
    second_variance: npt.ArrayLike,
    *,
    u_first: npt.ArrayLike = 0.0,
    u_second: npt.ArrayLike = 0.0,
    u_shared: npt.ArrayLike = 0.0,
    level: float = LEVEL,
) -> Comparison:
    """Two log levels of different series (S13).

    Parameters
    ----------
    first, first_variance, second, second_variance
        Log levels and their variances from their own days.
    u_first, u_second
        Relative uncertainty that all days of a series share (``u_site``), whole.
    u_shared
        Of both, the part that is one and the same error.
    level
        Coverage.

    Returns
    -------
    Comparison
        A first site with a ratio of 1.2 carries a fifth more.

    Examples
    --------
    The same uncertainty of a register that both use leaves nothing: only the days' own 0.1 and 0.1 remain, 0.1414 together.

    >>> found = compare_levels([0.0], [0.01], [0.0], [0.01], u_first=0.2, u_second=0.2, u_shared=0.2)
    >>> found.upper.round(4).item(), np.exp(1.959964 * 0.02**0.5).round(4).item()
    (1.3194, 1.3194)
    """
    own = [np.maximum(np.log1p(np.square(u)) - np.log1p(np.square(u_shared)), 0.0) for u in (u_first, u_second)]
    difference = np.asarray(first, np.float64) - np.asarray(second, np.float64)
    sd = np.sqrt(np.asarray(first_variance, np.float64) + np.asarray(second_variance, np.float64) + own[0] + own[1])
    z = float(ndtri((1 + level) / 2))
    return Comparison(np.exp(difference), np.exp(difference - z * sd), np.exp(difference + z * sd), ndtr(difference / sd))
