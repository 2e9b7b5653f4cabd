"""One week against a site's own past: three statistics of one signature.

With the past ``h`` and the week's mean ``x``, logarithms natural (G15 to G17)::

    percentile   100 (number of h below x + half the number equal to x) / n
    sd-units     (ln x - median ln h) / sd ln h
    wval         exp((ln x - q ln h) / sd ln h),  q the 10th percentile

The trap: where the past has no scatter the last two have no value, not zero.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
# A standard deviation of equal logarithms is not 0 but rounding; results are printed with far fewer digits than this.
_NO_SPREAD = 1e-9


def statistic_percentile(week: Array, history: Array, start: Index, baseline_percentile: float = 50.0) -> Array:
    """Share of the past below the week, percent (G15); the baseline is not used.

    Parameters
    ----------
    week
        Mean of the week of every series, above 0, shape ``(n_series,)``.
    history
        Values of the past, series by series, above 0.
    start
        First value of every series and one more number, shape ``(n_series + 1,)``.
    baseline_percentile
        Of the other two: what of the past is the base.

    Returns
    -------
    Array
        Not a number for a series without a past.

    Examples
    --------
    Two of four lie below, one is equal: (2 + 0.5) / 4.

    >>> statistic_percentile(np.array([3.0]), np.array([1.0, 2, 3, 4]), np.array([0, 4])).tolist()
    [62.5]
    """
    of_series = np.repeat(np.arange(week.size), np.diff(start))
    below = np.bincount(of_series, (history < week[of_series]) + 0.5 * (history == week[of_series]), week.size)
    with np.errstate(invalid="ignore"):
        share: Array = 100.0 * below / np.diff(start)
    return share


def statistic_sd_units(week: Array, history: Array, start: Index, baseline_percentile: float = 50.0) -> Array:
    """Standard deviations of the logarithm above the base (G16); parameters as of :func:`statistic_percentile`.

    Examples
    --------
    Logarithms 0, 1, 2: median 1, standard deviation 1.

    >>> statistic_sd_units(np.exp([3.0]), np.exp([0.0, 1, 2]), np.array([0, 3])).round(9).tolist()
    [2.0]
    """
    logs = np.log(history)
    base, spread = np.full(week.size, np.nan), np.full(week.size, np.nan)
    order = np.lexsort((logs, np.repeat(np.arange(week.size), np.diff(start))))
    sorted_logs, number = logs[order], np.diff(start)
    some = number > 1
    # The percentile between order statistics, linearly.
    place = start[:-1] + (number - 1) * baseline_percentile / 100.0
    low = np.floor(place[some]).astype(np.int64)
    high = np.minimum(low + 1, start[1:][some] - 1)
    base[some] = sorted_logs[low] + (place[some] - low) * (sorted_logs[high] - sorted_logs[low])
    of_series = np.repeat(np.arange(week.size), number)
    mean = np.bincount(of_series, logs, week.size) / np.maximum(number, 1)
    squares = np.bincount(of_series, (logs - mean[of_series]) ** 2, week.size)
    spread[some] = np.sqrt(squares[some] / (number[some] - 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        units: Array = np.where(spread > _NO_SPREAD, (np.log(week) - base) / spread, np.nan)
    return units


def statistic_wval(week: Array, history: Array, start: Index, baseline_percentile: float = 10.0) -> Array:
    """Activity level of the NWSS kind (G17); parameters as of :func:`statistic_percentile`.

    Examples
    --------
    Logarithms 0, 1, 2 with base 0: exp(1 / 1).

    >>> statistic_wval(np.exp([1.0]), np.exp([0.0, 1, 2]), np.array([0, 3]), 0.0).round(4).tolist()
    [2.7183]
    """
    # Beyond what a number holds it is the highest word all the same.
    with np.errstate(over="ignore"):
        level: Array = np.exp(statistic_sd_units(week, history, start, baseline_percentile))
    return level
