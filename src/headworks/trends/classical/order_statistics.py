r"""Non-detects read off a line through the detected results on a probability plot: regression on order statistics (ROS).

With several limits ``L_1 < L_2 < …`` the probability of exceeding each is built from the top (Helsel and Cohn 1988):

    E_j = E_(j+1) + A_j / (A_j + B_j) (1 - E_(j+1))                                                       (C4)

``A_j`` results detected from ``L_j`` up to the next limit, ``B_j`` results and limits known to lie below ``L_j``. Results and
non-detects then spread evenly in their strip:

    detected, i-th of A_j: (1 - E_j) + (E_j - E_(j+1)) i / (A_j + 1),   limit, i-th of C_j: (1 - E_j) i / (C_j + 1)   (C5)

and a line of log result on the normal quantiles of the detected gives each non-detect its value. The detected keep theirs.

The trap: a modelled value belongs to no sample. Only summaries of the whole set mean something.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from headworks.trends.classical.observations import Array, Flags, Observations

# Plotting positions without non-detects, R's ppoints: (i - a) / (n + 1 - 2a), a = 3/8 up to ten results, else 1/2.
_FEW = 10
_A_OF_FEW, _A_OF_MANY = 0.375, 0.5


class OrderRegression(NamedTuple):
    """Results with the modelled values of non-detects, ascending in what was given; line of log result on normal quantile."""

    modelled: Array
    mean_log: float
    sd_log: float


def regression_on_order(observed: Observations) -> OrderRegression:
    """Robust ROS on the log scale; non-detects above the largest detected result say nothing and are left out.

    Examples
    --------
    >>> found = regression_on_order(Observations(np.array([1.0, 2.0, 4.0]), np.array([True, False, False])))
    >>> found.modelled.round(4).tolist()
    [0.5858, 2.0, 4.0]
    """
    order = np.lexsort((~observed.is_nondetect, observed.values))
    kept = order[~observed.is_nondetect[order] | (observed.values[order] <= observed.detected.max())]
    values, hidden = observed.values[kept], observed.is_nondetect[kept]
    quantile = ndtri(plotting_positions(values, hidden))
    logs, at = np.log(values[~hidden]), quantile[~hidden]
    centred = at - at.mean()
    slope = float(centred @ logs / (centred @ centred))
    intercept = float(logs.mean() - slope * at.mean())
    modelled = values.copy()
    modelled[hidden] = np.exp(intercept + slope * quantile[hidden])
    return OrderRegression(modelled, intercept, slope)


def plotting_positions(values: Array, is_nondetect: Flags) -> Array:
    """Probability of less, of ascending results and limits (C4, C5), a limit before a result of its size.

    Examples
    --------
    One limit of 1 below 2 and 4: E = 2/3; 1/6 for the limit, 1/3 + 2/3 x 1/3 and 1/3 + 2/3 x 2/3 for the results.

    >>> plotting_positions(np.array([1.0, 2.0, 4.0]), np.array([True, False, False])).round(4).tolist()
    [0.1667, 0.5556, 0.7778]
    """
    if not is_nondetect.any():
        shift = _A_OF_FEW if values.size <= _FEW else _A_OF_MANY
        return (np.arange(1.0, values.size + 1) - shift) / (values.size + 1 - 2 * shift)
    detected, hidden = values[~is_nondetect], values[is_nondetect]
    limits, n_at_limit = np.unique(hidden, return_counts=True)
    # A strip below the lowest limit holds what was detected there.
    edges = np.concatenate([[-np.inf], limits])
    start = np.searchsorted(detected, edges)
    n_detected = np.diff(np.append(start, detected.size)).astype(np.float64)
    n_below = start + np.searchsorted(hidden, edges, side="right")
    exceed = np.zeros(edges.size + 1)
    for strip in range(edges.size - 1, -1, -1):
        known = n_detected[strip] + n_below[strip]
        share = n_detected[strip] / known if known else 1.0
        exceed[strip] = exceed[strip + 1] + share * (1.0 - exceed[strip + 1])
    exceed[0] = 1.0
    result = np.empty(values.size)
    of_detected = np.searchsorted(edges, detected, side="right") - 1
    rank = np.arange(detected.size) - start[of_detected] + 1.0
    spread = (exceed[:-1] - exceed[1:])[of_detected]
    result[~is_nondetect] = 1.0 - exceed[of_detected] + spread * rank / (n_detected[of_detected] + 1.0)
    of_hidden = np.searchsorted(limits, hidden)
    rank = np.arange(hidden.size) - np.searchsorted(hidden, limits)[of_hidden] + 1.0
    result[is_nondetect] = (1.0 - exceed[of_hidden + 1]) * rank / (n_at_limit[of_hidden] + 1.0)
    return result
