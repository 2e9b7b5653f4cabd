"""Median and robust spread of a series' own earlier days, for many series at once.

For a day of a series: the values of the same series on the days strictly before it and at most ``history_days`` back,

    centre = median,    spread = MAD / Phi^-1(3/4) = 1.4826 MAD                               (L27)

Only earlier days speak, so what comes later never changes what was said. Median and MAD bear up to half of the days being
themselves extraordinary, so a week of disposal does not make disposal ordinary.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# MAD of a normal distribution is this share of its standard deviation.
_MAD_OF_NORMAL = float(ndtri(0.75))
# A key holds series and day; 2^20 days are 2,800 years, before and after 1970.
_DAYS = 1 << 22
_YEAR_ZERO = 1 << 20
# Values gathered at once, so that memory stays small however long the past is.
_AT_ONCE = 4_000_000


class Past(NamedTuple):
    """Of each asked day: median and spread of the days before it (NaN where there are too few) and how many there are."""

    centre: Floats
    spread: Floats
    n: Integers


def past_days(
    series: Integers,
    day: Integers,
    value: Floats,
    asked_series: Integers,
    asked_day: Integers,
    *,
    history_days: int,
    least_days: int,
) -> Past:
    """Median and spread of the earlier days of the same series (L27).

    Parameters
    ----------
    series, day, value
        The known days, shape ``(n,)``; ``series`` a number from 0, ``day`` since 1970, in the order of both.
    asked_series, asked_day
        The days asked about, shape ``(m,)``, in any order.
    history_days
        How far back the past goes.
    least_days
        Fewer give no centre and no spread; at least 1.

    Returns
    -------
    Past
        Arrays of shape ``(m,)``.

    Examples
    --------
    Of 1, 2, 9 the median is 2 and the distances from it are 1, 0, 7, whose median is 1.

    >>> known = np.array([0, 0, 0, 0]), np.array([1, 2, 3, 4]), np.array([1.0, 2.0, 9.0, 5.0])
    >>> past = past_days(*known, np.array([0]), np.array([4]), history_days=365, least_days=1)
    >>> past.centre.tolist(), past.spread.round(4).tolist(), past.n.tolist()
    ([2.0], [1.4826], [3])
    """
    key = series * _DAYS + (day + _YEAR_ZERO)
    asked = asked_series * _DAYS + (asked_day + _YEAR_ZERO)
    start = np.searchsorted(key, asked - history_days, side="left")
    n = (np.searchsorted(key, asked, side="left") - start).astype(np.int64)
    centre, spread = np.full(len(asked), np.nan), np.full(len(asked), np.nan)
    if len(asked) == 0:
        return Past(centre, spread, n)
    order = np.argsort(n, kind="stable")
    sizes, first = np.unique(n[order], return_index=True)
    ends = np.append(first[1:], len(order))
    for size, begin, end in zip(sizes.tolist(), first.tolist(), ends.tolist(), strict=True):
        rows = order[begin:end]
        if size < max(least_days, 1):
            continue
        for some in np.array_split(rows, -(-len(rows) * size // _AT_ONCE)):
            windows = value[start[some][:, None] + np.arange(size)]
            middle = np.median(windows, axis=1)
            centre[some] = middle
            np.abs(windows - middle[:, None], out=windows)
            spread[some] = np.median(windows, axis=1, overwrite_input=True) / _MAD_OF_NORMAL
    return Past(centre, spread, n)
