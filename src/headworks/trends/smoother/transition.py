r"""How level and slope go on between two days, in closed form for any number of days.

The slope forgets itself, so a forecast does not run away; the level adds it up and wanders besides:

    d slope = -kappa slope dt + s sqrt(2 kappa) dW,      d level = slope dt + q dW'                          (S1)

so over D days, with ``f = exp(-kappa D)`` and ``g = (1 - f) / kappa``, level' = level + g slope, slope' = f slope, plus
noise of

    var level = q^2 D + s^2 (2 kappa D - 3 + 4 f - f^2) / kappa^2
    cov = s^2 (1 - f)^2 / kappa,   var slope = s^2 (1 - f^2)                                                (S2)

``s`` is the standard deviation of the slope in the long run. The trap: for a few days the bracket of (S2) is the difference of
numbers a million times its size, so short gaps take its series.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

# A trend is forgotten in about half a year: longer than a season's turn would keep a fall going through the next rise.
SLOPE_MEMORY_DAYS = 120.0
# Longer gaps are taken as this long; a slope is long forgotten by then. Twenty years.
LONGEST_GAP_DAYS = 7305
_SERIES_BELOW = 0.02


def transitions(longest: int = LONGEST_GAP_DAYS, memory_days: float = SLOPE_MEMORY_DAYS) -> Array:
    """``f, g, var level / s^2, cov / s^2`` of (S2) for gaps of 0, 1, … days.

    Parameters
    ----------
    longest
        Longest gap, days.
    memory_days
        ``1 / kappa``.

    Returns
    -------
    Array
        Shape ``(longest + 1, 4)``, days to the power 0, 1, 2 and 1.

    Examples
    --------
    After a gap of nothing nothing has changed; a slope is carried through a day whole but for a 120th.

    >>> transitions(1).round(4).tolist()[0], transitions(1)[1, 0].round(4).item()
    ([1.0, 0.0, 0.0, 0.0], 0.9917)
    """
    x = np.arange(longest + 1) / memory_days
    f = np.exp(-x)
    lost = -np.expm1(-x)
    exact = 2 * x - 3 + 4 * f - f**2
    # 2x - 3 + 4 exp(-x) - exp(-2x) = sum over n >= 3 of (-x)^n (4 - 2^n) / n!
    series = x**3 * (2 / 3 - x / 2 + 7 * x**2 / 30 - x**3 / 12)
    grown = np.where(x < _SERIES_BELOW, series, exact)
    return np.column_stack([f, lost * memory_days, grown * memory_days**2, lost**2 * memory_days])
