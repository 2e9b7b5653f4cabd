r"""The distribution of results with non-detects, without assuming a shape: Kaplan–Meier turned round.

Counted from the largest result down, a non-detect leaves the set of what may still be found at or below its limit, just as a
patient leaves a study. With d_j results at the detected value x_j and r_j results or limits at or below it,

    P(X < x) = product over x_j >= x of (1 - d_j / r_j)                                                   (C1)

    mean = sum of x times its mass, what is left below the last detected value standing at that value     (C2)

    se^2 = m/(m-1) sum over j of A_j^2 d_j / (r_j (r_j - d_j)),    sd = se sqrt(n)                        (C3)

with A_j the area under (C1) between the lowest detected value and x_j, and m detected results.

The trap: where limits lie below every detected value the mean is a convention. Ours is that of the program NADA, whose
numbers people compare with; the mass could have been put at the lowest limit as well, or at zero.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from headworks.trends.classical.observations import Array, Observations

# Products of fractions reach 0.75 as 0.7499999999999999 or 0.7500000000000001; both are 0.75, to R's own tolerance.
_SAME = 1.5e-8


class KaplanMeier(NamedTuple):
    """Distinct detected values, ascending; the probability of less than each (C1); mean and its standard error (C2, C3)."""

    value: Array
    below: Array
    mean: float
    se: float

    def quantile(self, probability: float) -> float:
        """Largest detected value with less than this probability below it; not a number where that is hidden by limits."""
        reached = self.below < probability * (1.0 - _SAME)
        return float(self.value[reached][-1]) if reached.any() else np.nan


def kaplan_meier(observed: Observations) -> KaplanMeier:
    """The flipped product-limit estimate of results of which at least one was detected.

    Examples
    --------
    Detected 1 and 3, one "less than 2". P(X < 3) = 1 - 1/3, P(X < 1) = 0: mean 3 x 1/3 + 1 x 2/3.

    >>> found = kaplan_meier(Observations(np.array([1.0, 2.0, 3.0]), np.array([False, True, False])))
    >>> found.below.round(4).tolist(), round(found.mean, 4)
    ([0.0, 0.6667], 1.6667)
    """
    value, detected = np.unique(observed.detected, return_counts=True)
    at_or_below = np.searchsorted(np.sort(observed.values), value, side="right")
    d, r = detected.astype(np.float64), at_or_below.astype(np.float64)
    below = np.asarray(np.cumprod((1.0 - d / r)[::-1])[::-1], dtype=np.float64)
    area = np.diff(value) * below[1:]
    left = r[1:] - d[1:]
    term = np.cumsum(area) ** 2 * d[1:] / (r[1:] * left)
    m = d.sum()
    se = float(np.sqrt(m / (m - 1.0) * term.sum())) if m > 1 else np.nan
    return KaplanMeier(value, below, float(value[-1] - area.sum()), se)
