r"""The pattern of a year, pooled over sites and years.

Each series' levels of a calendar year, less their mean and the line through the means of its years, are averaged by month
over all series and years; the scatter of these averages gives the bounds:

    effect of month m = mean over series-years of (level in m - line of that year)                             (S15)

The trap: a site sampled in one week a year has no season, whatever its smoothed level draws between the weeks; only years with
days in at least nine months count.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
MONTHS = 12
LEAST_MONTHS = 9
LEVEL = 0.95
# More than there are years.
_YEARS = 100_000


class Season(NamedTuple):
    """``ratio`` of each month to the year, with bounds, shape ``(12,)``; ``n_years`` series-years it comes from."""

    ratio: Array
    lower: Array
    upper: Array
    n_years: int

    @property
    def peak_month(self) -> int:
        """Highest month, 1 to 12."""
        return int(np.argmax(self.ratio)) + 1


def seasonal_pattern(
    level: npt.ArrayLike, of_series: npt.ArrayLike, year: npt.ArrayLike, month: npt.ArrayLike, has_days: npt.ArrayLike,
    coverage: float = LEVEL,
) -> Season:  # fmt: skip
    """Month by month, over or under the year.

    Parameters
    ----------
    level
        Log levels on wanted days.
    of_series, year, month
        Series, year and month (1 to 12) of each.
    has_days
        Whether days were sampled about it.
    coverage
        Of the bounds.

    Returns
    -------
    Season
        Ratios of 1 and no bounds (0, endless) without two years to compare.

    Examples
    --------
    Twice as much in July, in every year: 11/12 of ln 2 above the year, a factor of 1.89.

    >>> months = np.tile(np.arange(1, 13), 3)
    >>> found = seasonal_pattern(np.where(months == 7, np.log(2), 0), [0] * 36, np.repeat([1, 2, 3], 12), months, [True] * 36)
    >>> found.peak_month, found.n_years, found.ratio[6].round(2).item()
    (7, 3, 1.89)
    """
    logs, months = np.asarray(level, np.float64), np.asarray(month, np.int64) - 1
    key = np.asarray(of_series, np.int64) * _YEARS + np.asarray(year, np.int64)
    distinct, place = np.unique(key, return_inverse=True)
    n = int(place.max(initial=-1)) + 1
    cell = place * MONTHS + months
    seen = np.bincount(cell, np.asarray(has_days, np.float64), n * MONTHS).reshape(n, MONTHS) > 0
    count = np.bincount(cell, minlength=n * MONTHS).reshape(n, MONTHS)
    total = np.bincount(cell, logs, n * MONTHS).reshape(n, MONTHS)
    whole = (seen.sum(axis=1) >= LEAST_MONTHS) & (count > 0).all(axis=1)
    by_month = total[whole] / np.maximum(count[whole], 1)
    if by_month.shape[0] <= 1:
        flat = np.ones(MONTHS)
        return Season(flat, np.zeros(MONTHS), np.full(MONTHS, np.inf), by_month.shape[0])
    effect = by_month - by_month.mean(axis=1, keepdims=True)
    names = distinct[whole]
    by_year = _slope(names // _YEARS, names % _YEARS, by_month.mean(axis=1))
    effect -= np.outer(by_year / MONTHS, np.arange(MONTHS) - (MONTHS - 1) / 2)
    mean, se = effect.mean(axis=0), effect.std(axis=0, ddof=1) / np.sqrt(effect.shape[0])
    half = float(stdtrit(effect.shape[0] - 1, (1 + coverage) / 2)) * se
    return Season(np.exp(mean), np.exp(mean - half), np.exp(mean + half), effect.shape[0])


def _slope(series: Index, year: Index, mean: Array) -> Array:
    """Slope per year of the means of each series' years, for each of its years; 0 of a single one."""
    _, place = np.unique(series, return_inverse=True)
    count = np.bincount(place)
    apart = year - (np.bincount(place, year) / count)[place]
    square = np.bincount(place, apart**2)
    slope: Array = np.bincount(place, apart * mean) / np.where(square > 0, square, 1.0)
    return slope[place]
