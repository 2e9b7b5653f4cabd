"""What is left of a load when known parts are taken off, and the interval of what is left.

    x     = a - sum(d_i)                                                                      (L17)
    lower = x - sqrt((a - a_low)^2 + sum((d_high_i - d_i)^2 - 2 r_i (a - a_low) (d_high_i - d_i)))
    upper = x + sqrt((a_high - a)^2 + sum((d_i - d_low_i)^2 - 2 r_i (a_high - a) (d_i - d_low_i)))   (L18)

The bounds of a sum from the bounds of its terms (MOVER: method of variance estimates recovery, Zou and Donner 2008, from
memory). Each term brings its own lopsided bounds, so without anything to take off the interval is the load's own, and no
simulation is needed. r_i is the correlation of the errors of a and d_i: both come from one sample, flow and population.

The trap is the clip: a difference below 0 is set to 0, so it says how much of its distribution was cut off (L19).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from headworks.core.uncertainty import coverage_factor

Floats = NDArray[np.float64]


class Bounded(NamedTuple):
    """A quantity with its bounds, and how its errors go with those of what it is taken from."""

    value: ArrayLike
    lower: ArrayLike
    upper: ArrayLike
    correlation: ArrayLike = 0.0


class Difference(NamedTuple):
    """What is left, at least 0, its bounds, and the share of its distribution that lies below 0; arrays of one shape."""

    value: Floats
    lower: Floats
    upper: Floats
    clipped_share: Floats


def difference_interval(whole: Bounded, parts: Sequence[Bounded], level: float = 0.95) -> Difference:
    """The rest of a whole after its parts, clipped at 0 (L17 to L19).

    Parameters
    ----------
    whole
        Value and bounds, any unit.
    parts
        What is taken off, in the same unit; ``correlation`` with the whole.
    level
        Coverage of all bounds.

    Returns
    -------
    Difference
        ``clipped_share`` is P(rest < 0) for a normal with the standard deviation towards 0.

    Examples
    --------
    10 (7 to 14) less 4 (3 to 6): sqrt(3^2 + 2^2) = 3.606 down and sqrt(4^2 + 1^2) = 4.123 up.

    >>> rest = difference_interval(Bounded(10.0, 7.0, 14.0), [Bounded(4.0, 3.0, 6.0)])
    >>> round(float(rest.value), 3), round(float(rest.lower), 3), round(float(rest.upper), 3)
    (6.0, 2.394, 10.123)
    """
    a, low, high = (np.asarray(number, dtype=float) for number in whole[:3])
    x, down, up = a, (a - low) ** 2, (high - a) ** 2
    for part in parts:
        d, d_low, d_high, r = (np.asarray(number, dtype=float) for number in part)
        x = x - d
        down = down + (d_high - d) ** 2 - 2.0 * r * (a - low) * (d_high - d)
        up = up + (d - d_low) ** 2 - 2.0 * r * (high - a) * (d - d_low)
    below, above = np.sqrt(np.maximum(down, 0.0)), np.sqrt(np.maximum(up, 0.0))
    towards_zero = np.where(x > 0, below, above) / coverage_factor(level)
    with np.errstate(divide="ignore", invalid="ignore"):
        clipped = np.where(towards_zero > 0, ndtr(-x / towards_zero), np.where(x < 0, 1.0, 0.0))
    return Difference(np.maximum(x, 0.0), np.maximum(x - below, 0.0), np.maximum(x + above, 0.0), np.asarray(clipped))
