r"""From where a sample fell in what was expected to a number that is uniform, or standard normal, under no change.

A predictive law gives a place ``u = P(Y < y)``; of a count or a censored sample only two bounds of it, between which a
random number decides (H7). The trap: the middle of the bounds is *not* uniform, and a fifth of the samples at one place is
no evidence.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from headworks.core.errors import DataRefused

Array = npt.NDArray[np.float64]
# Beyond this a normal's place cannot be told from certainty.
FARTHEST = 8.0


def randomised_place(lower: npt.ArrayLike, upper: npt.ArrayLike, rng: np.random.Generator) -> Array:
    """A place drawn between its bounds (H7); uniform from 0 to 1 if the law is right.

    Parameters
    ----------
    lower, upper
        Predictive probability below the sample, and up to it; equal where it was quantified; not a number where there is none.
    rng
        One number for every sample, drawn or not.

    Returns
    -------
    Array
        Shape of the bounds; not a number where there is no sample.

    Raises
    ------
    DataRefused
        ``HW-D741`` when bounds are out of order or no probabilities.

    Examples
    --------
    >>> randomised_place([0.25], [0.25], np.random.default_rng(1)).item()
    0.25
    """
    low, high = np.asarray(lower, np.float64), np.asarray(upper, np.float64)
    with np.errstate(invalid="ignore"):
        is_odd = (low < 0) | (high > 1) | (low > high)
    if is_odd.any():
        raise DataRefused(
            "Bounds of a sample's place are no probabilities in order.",
            where=f"{np.count_nonzero(is_odd)} samples",
            found=f"{low[is_odd][0]} to {high[is_odd][0]}",
            remedy="Give the predictive probability below the sample, then that up to it",
            code="HW-D741",
        )
    result: Array = low + (high - low) * rng.random(low.shape)
    return result


def normal_of(place: npt.ArrayLike) -> Array:
    """The standard normal of a place, ``z = Phi^-1(u)``, at most 8 away from 0.

    Examples
    --------
    >>> normal_of([0.5, 0.975, 1.0]).round(2).tolist()
    [0.0, 1.96, 8.0]
    """
    result: Array = np.clip(ndtri(np.asarray(place, np.float64)), -FARTHEST, FARTHEST)
    return result
