r"""What would have silenced a signal: by how much less, or more, the samples that speak would have had to differ.

The speaking weeks are moved towards what was expected, all by the same factor ``f`` of their load, until the p-value is no
longer allowed: ``z - ln f / sd`` (Z2), by halving. The trap: this is about these samples only; fewer samples of the same size
may be silent as well, which the leave-one-out says.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
_HALVINGS = 40


def switch_off(
    z: Array, sd: Array, speaking: npt.NDArray[np.bool_], p_value: Callable[[Array], float], allowed: float
) -> float | None:
    """Factor by which the load of the speaking weeks could at most be divided, or multiplied, and the signal stay.

    Parameters
    ----------
    z, sd
        Normals of the unit's weeks up to the last, and the standard deviation of what was expected of each, log scale.
    speaking
        Weeks that speak.
    p_value
        Of normals.
    allowed
        Largest p-value at which the signal is shown.

    Returns
    -------
    float or None
        At least 1; None where it would be silent anyway, or never.

    Examples
    --------
    At most 2 standard deviations of 0.5 may be taken off a week that is 3 off, if 1 is allowed: exp(1).

    >>> one = np.array([3.0]), np.array([0.5]), np.array([True])
    >>> round(switch_off(*one, lambda z: 0.0 if z[-1] >= 1 else 1.0, 0.5), 4)
    2.7183
    """
    sign = math.copysign(1.0, float(np.nansum(np.where(speaking, z, 0.0))))

    def is_shown(log_factor: float) -> bool:
        moved = np.where(speaking, z - sign * log_factor / sd, z)
        return p_value(moved) <= allowed

    low, high = 0.0, float(np.nanmax(np.where(speaking, np.abs(z) * sd, np.nan)))
    if not is_shown(low) or is_shown(high):
        return None
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if is_shown(middle) else (low, middle)
    return math.exp(low)
