r"""Uncertainty that is constant near the limit and proportional above it, learnt from duplicates.

    u(x) = sqrt(s0^2 + (s1 x)^2)                                                                         (K18)

A pair of mean m and difference d has ``d ~ N(0, 2 u(m)^2)``; s0 and s1 maximise the likelihood of all pairs. From pairs of one
concentration: ``s = sqrt(sum d^2 / 2k)``, or the mean range over 1.128 (K19). The trap: a relative uncertainty stated at
the middle of the range promises a precision near the limit that no method has.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from headworks.core.errors import DataRefused
from headworks.lab.calibration.weighted_curve import Array
from headworks.reference.lab_values import lab_constant

# With fewer pairs a floor and a slope cannot be told apart.
_LEAST_PAIRS = 8


class NearLimit(NamedTuple):
    """s0 in the unit of the concentrations and s1, a fraction."""

    constant: float
    proportional: float

    def relative_at(self, concentration: npt.ArrayLike) -> Array:
        """Relative standard uncertainty at a concentration above 0 (K18).

        Examples
        --------
        >>> NearLimit(3.0, 0.4).relative_at(10.0).item()
        0.5
        """
        values = np.asarray(concentration, dtype=np.float64)
        result: Array = np.sqrt((self.constant / values) ** 2 + self.proportional**2)
        return result


def _pairs(first: npt.ArrayLike, second: npt.ArrayLike, least: int) -> tuple[Array, Array]:
    one, other = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    is_good = one.shape == other.shape and one.ndim == 1 and one.size >= least
    if not is_good or not (np.isfinite(one) & np.isfinite(other) & (one + other > 0)).all():
        raise DataRefused(
            f"Duplicates are two lists of at least {least} quantified results, pair by pair.",
            found=f"{one.size} and {other.size} results",
            remedy="Leave out pairs with a result below its limit",
            code="HW-D616",
        )
    return (one + other) / 2, one - other


def duplicate_sd(first: npt.ArrayLike, second: npt.ArrayLike) -> float:
    """Standard deviation of one result from pairs, ``sqrt(sum d^2 / 2k)`` (K19).

    Examples
    --------
    >>> duplicate_sd([10.0, 12.0], [8.0, 10.0]) ** 2
    2.0000000000000004
    """
    _, difference = _pairs(first, second, 1)
    return float(np.sqrt((difference**2).sum() / (2 * difference.size)))


def duplicate_relative_sd(first: npt.ArrayLike, second: npt.ArrayLike) -> float:
    """Relative standard deviation of one result from the mean relative range of pairs over 1.128 (K19), a fraction.

    Examples
    --------
    >>> round(duplicate_relative_sd([7.0, 7.2, 6.7, 6.9, 7.3], [7.4, 7.1, 6.9, 7.1, 7.0]), 7)
    0.0300501
    """
    mean, difference = _pairs(first, second, 1)
    return float((np.abs(difference) / mean).mean() / lab_constant("duplicate_range_divisor"))


def near_limit_from_pairs(first: npt.ArrayLike, second: npt.ArrayLike) -> NearLimit:
    """s0 and s1 of (K18) that make a list of duplicates most likely.

    Parameters
    ----------
    first, second
        Quantified results of each pair, over the range wanted.

    Raises
    ------
    DataRefused
        ``HW-D616`` for lists of unequal length, fewer than 8 pairs, or results that are not numbers.
    """
    mean, difference = _pairs(first, second, _LEAST_PAIRS)
    size = np.maximum(np.abs(mean), np.finfo(float).tiny)
    squares = difference**2 / 2

    def proportional_of(floor: float) -> float:
        return float((squares / (floor**2 + size**2)).mean())

    def loss(log_floor: float) -> float:
        floor = np.exp(log_floor)
        return float(np.log(floor**2 + size**2).mean() + np.log(max(proportional_of(floor), 1e-300)))

    low, high = np.log(size.min() / 1e4), np.log(size.max() * 1e4)
    grid = np.linspace(low, high, 60)
    best = int(np.argmin([loss(value) for value in grid]))
    bounds = (grid[max(best - 1, 0)], grid[min(best + 1, 59)])
    floor = float(np.exp(minimize_scalar(loss, bounds=bounds, method="bounded").x))
    proportional = proportional_of(floor) ** 0.5
    return NearLimit(proportional * floor, proportional)
