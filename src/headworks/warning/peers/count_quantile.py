r"""The count that is exceeded with a given probability: Poisson, or negative binomial with variance ``phi mu``.

    size = mu / (phi - 1),   P(Y <= k) = I_(1/phi)(size, k + 1),   and with phi = 1   P(Y <= k) = Q(k + 1, mu)          (F6)

The quantile is the smallest ``k`` with ``P(Y <= k) >= 1 - alpha``, found between whole numbers from the Cornish–Fisher
value, never by rounding a continuous inverse.

The trap: the probability is lowered by 64 units in the last place before the search, as R does; else a quantile that is hit
exactly jumps by one case with the machine.
"""

from __future__ import annotations

import numpy as np
from scipy.special import betainc, gammaincc, ndtri

from headworks.warning.peers.counts import Array

_FUZZ = 64 * np.finfo(np.float64).eps
# Nothing is gained by a mean below this: all its probability lies on zero.
_LEAST_MEAN = 1e-300


def at_most(count: Array, mean: Array, phi: Array) -> Array:
    """Probability of at most so many cases; 0 below none.

    Examples
    --------
    Poisson with mean 1: exp(-1) = 0.3679 for none. Geometric (mean 1, variance 2): 1/2 for none.

    >>> at_most(np.zeros(2), np.ones(2), np.array([1.0, 2.0])).round(4).tolist()
    [0.3679, 0.5]
    """
    next_one = np.maximum(count, 0.0) + 1.0
    mean = np.maximum(mean, _LEAST_MEAN)
    over = phi > 1.0
    found = np.empty(np.shape(mean))
    found[~over] = gammaincc(next_one[~over], mean[~over])
    found[over] = betainc(mean[over] / (phi[over] - 1.0), next_one[over], 1.0 / phi[over])
    found[count < 0.0] = 0.0
    return found


def at_least(count: Array, mean: Array, phi: Array) -> Array:
    """Probability of at least so many cases, a count between two whole ones taken up."""
    return 1.0 - at_most(np.ceil(count) - 1.0, mean, phi)


def upper_count(mean: Array, phi: Array, alpha: float) -> Array:
    """Smallest count not exceeded with probability at least ``1 - alpha`` (F6).

    Parameters
    ----------
    mean, phi
        Expected count, at least 0, and variance over mean, at least 1; shape ``(n,)``.
    alpha
        Probability above, between 0 and 1.

    Examples
    --------
    Poisson with mean 1: at most 3 has 0.981, at most 4 has 0.9963.

    >>> upper_count(np.ones(1), np.ones(1), 0.01).item()
    4.0
    """
    wanted = (1.0 - alpha) * (1.0 - _FUZZ)
    z = ndtri(1.0 - alpha)
    deviation = np.sqrt(phi * mean)
    skewness = (2.0 * phi - 1.0) / np.maximum(deviation, np.sqrt(_LEAST_MEAN))
    near = np.floor(np.clip(mean + deviation * (z + skewness * (z * z - 1.0) / 6.0), 0.0, None))
    low, high, step = near - 1.0, near + 1.0, 2.0
    # low is surely below the quantile, high surely not.
    while (open_ := (low >= 0.0) & (at_most(low, mean, phi) >= wanted)).any():
        high[open_], low[open_], step = low[open_], np.maximum(low[open_] - step, -1.0), 2.0 * step
    step = 2.0
    while (open_ := at_most(high, mean, phi) < wanted).any():
        low[open_], high[open_], step = high[open_], high[open_] + step, 2.0 * step
    while (open_ := high - low > 1.0).any():
        middle = np.floor((low[open_] + high[open_]) / 2.0)
        enough = at_most(middle, mean[open_], phi[open_]) >= wanted
        high[open_] = np.where(enough, middle, high[open_])
        low[open_] = np.where(enough, low[open_], middle)
    return high
