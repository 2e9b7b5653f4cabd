"""Between which ranks a site can stand.

Site *j* is surely above site *i* when its whole 95 % interval lies above the other's: ``lower_j > upper_i``. Then

    first rank = 1 + number surely above          last rank = n - number surely below            (D1)

No order is claimed between sites whose intervals overlap. The comparison is conservative (two intervals that touch differ
at well under 5 %), needs no simulation and can be checked by eye. The trap: a bound that is not known must not help
anyone's rank, so a missing lower bound is 0 and a missing upper bound is infinite.
"""

from __future__ import annotations

import numpy as np


def rank_intervals(lower: np.ndarray, upper: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First and last rank each site can hold, 1 the highest (D1).

    Parameters
    ----------
    lower, upper
        ``(n,)`` bounds of the 95 % intervals in one unit; ``nan`` where a bound is not known.

    Returns
    -------
    tuple of ndarray
        First and last ranks, integers in ``1..n``, in the order given.

    Examples
    --------
    >>> first, last = rank_intervals(np.array([10.0, 4.0, 5.0]), np.array([20.0, 6.0, 7.0]))
    >>> first.tolist(), last.tolist()
    ([1, 2, 2], [1, 3, 3])
    """
    low = np.where(np.isnan(lower), 0.0, lower)
    high = np.where(np.isnan(upper), np.inf, upper)
    n = low.size
    surely_above = n - np.searchsorted(np.sort(low), high, side="right")
    surely_below = np.searchsorted(np.sort(high), low, side="left")
    return 1 + surely_above, n - surely_below
