r"""How much each earlier sample counts in what was expected.

Of a level that wanders by ``q`` a day, seen with variance ``v``, the expectation is a weighted mean of the samples before:
with gains ``K`` of the Kalman filter

    w_i = K_i prod_(j > i) (1 - K_j),    P <- P + q (days between),  K = P / (P + v),  P <- (1 - K) P         (Z1)

and what is left to 1 is the weight of what was known before the first. The trap: censored samples and outliers count less
than this; the weights are those of samples that are quantified and ordinary.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
# Nothing known before: as for the smoother's first state.
_UNKNOWN = 9.0


def baseline_weights(day: npt.ArrayLike, variance: npt.ArrayLike, wander: float) -> Array:
    """Weight of each earlier sample in what was expected next (Z1).

    Parameters
    ----------
    day
        Days of the samples, in order.
    variance
        Of each sample about the level, log scale.
    wander
        Variance that the level gains in a day.

    Returns
    -------
    Array
        Shape of ``day``, between 0 and 1, in sum below 1.

    Examples
    --------
    A level that does not move: both count alike, and the prior 1/19.

    >>> baseline_weights([0, 7], [1.0, 1.0], 0.0).round(4).tolist()
    [0.4737, 0.4737]
    """
    days, noise = np.asarray(day, np.float64), np.broadcast_to(np.asarray(variance, np.float64), np.shape(day))
    gains, known = np.empty(days.size), _UNKNOWN
    for i in range(days.size):
        known += wander * (days[i] - days[i - 1]) if i else 0.0
        gains[i] = known / (known + noise[i])
        known *= 1.0 - gains[i]
    left = np.append(np.cumprod((1.0 - gains)[::-1])[::-1][1:], 1.0)
    result: Array = gains * left[: gains.size]
    return result
