r"""Did it rise, by how much, and in what time does it double?

A change of the log level over a period is normal with a mean and a variance, so

    P(rose by more than r) = Phi((change - ln(1 + r)) / sd),      doubling time = ln 2 / slope                (S12)

The trap: half of a slope's interval below zero means that nobody knows whether it ever doubles; the longest time is then
endless.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from headworks.core.errors import DataRefused

Array = npt.NDArray[np.float64]
LEVEL = 0.95


class Rise(NamedTuple):
    """Later over earlier level: ``ratio`` (median), its bounds, and the probability that it is above 1."""

    ratio: Array
    lower: Array
    upper: Array
    p_rose: Array


class DoublingTime(NamedTuple):
    """Days in which the level doubles, shortest and longest; below zero it halves. Endless where none is sure."""

    days: Array
    shortest: Array
    longest: Array


def p_rose_by(change: npt.ArrayLike, variance: npt.ArrayLike, percent: float) -> Array:
    """Probability that the level rose by more than some per cent, or by less than a fall of some, if ``percent`` is below 0.

    Parameters
    ----------
    change, variance
        Of the log level over a period, any shape.
    percent
        Above -100.

    Returns
    -------
    Array
        0 to 1.

    Raises
    ------
    DataRefused
        ``HW-D545`` when ``percent`` is not above -100.

    Examples
    --------
    Expected to rise by exactly 10 %: one in two that it rose by more.

    >>> p_rose_by([np.log(1.1)], [0.04], 10.0).round(3).tolist()
    [0.5]
    """
    if not percent > -100:
        raise DataRefused(
            "Nothing falls by 100 per cent or more.",
            found=f"{percent} %",
            remedy="Give a percentage above -100",
            code="HW-D545",
        )
    with np.errstate(divide="ignore", invalid="ignore"):
        standard = (np.asarray(change, np.float64) - np.log1p(percent / 100)) / np.sqrt(np.asarray(variance, np.float64))
    result: Array = ndtr(standard)
    return result


def rise_over(change: npt.ArrayLike, variance: npt.ArrayLike, level: float = LEVEL) -> Rise:
    """Ratio of two levels of one series from the change of its logarithm (``Smoothed.change_variance``).

    Examples
    --------
    exp(0.1) = 1.105, and exp(0.1 - 1.96 x 0.05) = 1.002.

    >>> found = rise_over([0.1], [0.05**2])
    >>> found.ratio.round(3).item(), found.lower.round(3).item(), found.p_rose.round(3).item()
    (1.105, 1.002, 0.977)
    """
    mean, sd = np.asarray(change, np.float64), np.sqrt(np.asarray(variance, np.float64))
    z = float(ndtri((1 + level) / 2))
    return Rise(np.exp(mean), np.exp(mean - z * sd), np.exp(mean + z * sd), p_rose_by(mean, sd**2, 0.0))


def doubling_time(slope_per_day: npt.ArrayLike, variance: npt.ArrayLike, level: float = LEVEL) -> DoublingTime:
    """Time to double (above 0) or to halve (below 0), with bounds that go on to endless where the slope may be 0 (S12).

    Examples
    --------
    A slope of 0.01 a day doubles in 69.3 days; with 0.01 +- 0.0098 that may be 35 days or 3,500.

    >>> [int(days.item()) for days in doubling_time([0.01], [0.005**2])]
    [69, 35, 3462]
    """
    mean, sd = np.asarray(slope_per_day, np.float64), np.sqrt(np.asarray(variance, np.float64))
    z = float(ndtri((1 + level) / 2))
    sign = np.where(mean < 0, -1.0, 1.0)
    fast, slow = np.abs(mean) + z * sd, np.abs(mean) - z * sd
    with np.errstate(divide="ignore"):
        central, shortest = sign * np.log(2) / np.abs(mean), sign * np.log(2) / fast
        longest = np.where(slow > 0, sign * np.log(2) / np.where(slow > 0, slow, 1.0), sign * np.inf)
    return DoublingTime(central, shortest, longest)
