r"""Whether groups of results with non-detects differ: the score test of Peto and Peto, and log-normal regression.

Turned round as in (C1), at each detected value x with d results and limits r at or below it, d_g and r_g of group g:

    U_g = sum w (d_g - d r_g / r),   V_gh = sum w^2 d (r - d)/(r - 1) r_g/r ([g = h] - r_h/r),   w = P(X <= x)      (C15)

    chi-square = U' V^- U with one degree of freedom fewer than groups

where P(X <= x) is that of all results together. The regression (C6) of the logarithms gives how many times larger a group is
than the first.

The trap: the test looks for a shift throughout. Groups whose distributions cross may differ and not be found.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc

from headworks.core.errors import DataRefused
from headworks.trends.classical.likelihood import censored_regression
from headworks.trends.classical.observations import Array, Observations, require_detected, require_observations


class GroupComparison(NamedTuple):
    """Names of the groups in order; chi-square of Peto and Peto with its degrees of freedom and p-value.

    ``log_ratio`` has the mean logarithm of each group less that of the first, ``sigma`` the scatter of the logarithms; not
    numbers where a value is not above 0 or a group has nothing detected.
    """

    groups: tuple[str, ...]
    chi_square: float
    degrees_of_freedom: int
    p: float
    log_ratio: tuple[float, ...]
    sigma: float


def censored_groups(values: npt.ArrayLike, is_nondetect: npt.ArrayLike, group: npt.ArrayLike) -> GroupComparison:
    """Peto–Peto test (C15) and log-normal regression (C6) of two or more groups.

    Parameters
    ----------
    values, is_nondetect
        Results, the limit where not detected, and whether each is one, shape ``(n,)``.
    group
        Name or number of the group of each, shape ``(n,)``.

    Raises
    ------
    DataRefused
        ``HW-D531`` for lists that do not fit or one group only, ``HW-D532`` where nothing was detected.

    Examples
    --------
    U = 1 x 1/2 + 5/6 x 3/5 + 4/6 x 3/4 = 1.5, V = 1/4 + 1/6 + 1/12 = 0.5: 1.5^2 / 0.5.

    >>> found = censored_groups([1.0, 2.0, 4.0, 10.0, 20.0, 40.0], [True] + [False] * 5, list("aaabbb"))
    >>> found.groups, round(found.chi_square, 3), round(found.p, 4)
    (('a', 'b'), 4.5, 0.0339)
    """
    observed = require_observations(values, is_nondetect)
    given = np.asarray(group)
    names, place = np.unique(given, return_inverse=True)
    if given.shape != observed.values.shape or names.size < 2:
        raise DataRefused(
            "A comparison needs a group for every result, and at least two groups.",
            found=f"{names.size} group{'s' if names.size != 1 else ''} in a list of shape {given.shape}",
            remedy="Give lists of one length",
            code="HW-D531",
        )
    require_detected(observed, 1, "A comparison")
    chi_square = _peto_peto(observed, place.astype(np.int64), names.size)
    freedom = int(names.size) - 1
    log_ratio, sigma = _lognormal(observed, place.astype(np.int64), names.size)
    p = float(chdtrc(freedom, chi_square))
    return GroupComparison(tuple(str(name) for name in names), chi_square, freedom, p, log_ratio, sigma)


def _peto_peto(observed: Observations, place: npt.NDArray[np.int64], n_groups: int) -> float:
    value = np.unique(observed.detected)
    detected, at_or_below = np.empty((n_groups, value.size)), np.empty((n_groups, value.size))
    for one in range(n_groups):
        member = place == one
        at_or_below[one] = np.searchsorted(np.sort(observed.values[member]), value, side="right")
        mine = np.sort(observed.values[member & ~observed.is_nondetect])
        detected[one] = np.searchsorted(mine, value, side="right") - np.searchsorted(mine, value)
    d, r = detected.sum(axis=0), at_or_below.sum(axis=0)
    # P(X <= x) is what is left after the values above x.
    weight = np.append(np.cumprod((1.0 - d / r)[::-1])[::-1][1:], 1.0)
    share = at_or_below / r
    u = (weight * (detected - d * share)).sum(axis=1)
    spread = weight**2 * d * (r - d) / np.maximum(r - 1.0, 1.0)
    v = np.diag((spread * share).sum(axis=1)) - (spread * share) @ share.T
    return float(u @ np.linalg.pinv(v, hermitian=True) @ u)


def _lognormal(observed: Observations, place: npt.NDArray[np.int64], n_groups: int) -> tuple[tuple[float, ...], float]:
    has_detected = np.bincount(place[~observed.is_nondetect], minlength=n_groups) > 0
    if not has_detected.all() or not np.all(observed.values > 0):
        return (np.nan,) * n_groups, np.nan
    design: Array = (place[:, None] == np.arange(n_groups)).astype(np.float64)
    design[:, 0] = 1.0
    try:
        fit = censored_regression(np.log(observed.values), observed.is_nondetect, -np.inf, design)
    except DataRefused:
        return (np.nan,) * n_groups, np.nan
    return (0.0, *fit.coefficients[1:].tolist()), fit.sigma
