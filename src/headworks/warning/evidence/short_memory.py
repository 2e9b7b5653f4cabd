r"""A week and the sample before it as one p-value, from standard normals of any predictive.

    p = 2 a - P(Z_1 > z, Z_2 > z),   a = Phi(-z),   z = max(z_t, (z_t + z_{t-1}) / sqrt 2)                 (H6)

with correlation ``1/sqrt 2``: exact while the two are independent standard normals. Outbreaks that fill two weeks are found
by the sum, short ones by the week. The trap: counts have a sharper version of their own (``predictive.pair``), which adds
counts, not normals with random ties.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

Array = npt.NDArray[np.float64]
_CORRELATION = np.sqrt(0.5)
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
# A sample older than this says little of an outbreak that began this week or last.
REACH_WEEKS = 2


def short_memory_p(z: npt.ArrayLike, reach: int = REACH_WEEKS) -> Array:
    """p-value of each week against a rise in it, or in it and the last sample before it.

    Parameters
    ----------
    z
        Shape ``(n_series, n_weeks)``; not a number where there is no sample.
    reach
        How many weeks back the last sample may lie.

    Returns
    -------
    Array
        Shape of ``z``; uniform under no change; not a number where there is no sample.

    Examples
    --------
    Two weeks at 2: (2 + 2) / sqrt 2 = 2.83, a = 0.00234, less the 0.0005 that both exceed.

    >>> short_memory_p([[2.0, 2.0]]).round(4).tolist()
    [[0.0228, 0.0042]]
    """
    normal = np.atleast_2d(np.asarray(z, np.float64))
    before = np.full(normal.shape, np.nan)
    for back in range(1, reach + 1):
        earlier = normal[:, :-back]
        before[:, back:] = np.where(np.isnan(before[:, back:]), earlier, before[:, back:])
    pair = (normal + before) * _CORRELATION
    result: Array = np.where(np.isnan(pair), ndtr(-normal), smaller_of_two(np.fmax(normal, pair)))
    return result


def smaller_of_two(z: npt.ArrayLike) -> Array:
    """Probability that the larger of two normals of correlation ``1/sqrt 2`` exceeds ``z``.

    Examples
    --------
    >>> smaller_of_two([0.0]).round(6).item()
    0.625
    """
    at = np.asarray(z, np.float64)
    angle = np.arcsin(_CORRELATION)
    turns = 1.0 + np.sin(0.5 * angle * (_NODES + 1.0))
    joint = sum(weight * np.exp(-(at**2) / turn) for weight, turn in zip(_WEIGHTS, turns, strict=True))
    alone = ndtr(-at)
    result: Array = 2.0 * alone - alone**2 - 0.5 * angle * joint / (2.0 * np.pi)
    return result
