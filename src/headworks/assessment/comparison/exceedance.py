r"""How probable is it that the true rate of a place lies above a threshold, given few cases?

A count y of exposure n with y ~ Poisson(n r), and places that differ by r ~ Gamma(shape a, rate b):

    P(r > r0 | y) = Q(a + y, (b + n) r0),    E[r | y] = (a + y) / (b + n)                                 (B5)

Q is the upper regularised incomplete gamma function. The crude rate y / n says nothing of how sure it is: 3 cases among 800
residents are 3.75 per mille, yet a true rate above 3 per mille is no more probable than one in three.

The trap: a and b must come from the figures of *all* places of the kind (see
:func:`headworks.assessment.small_areas.gamma_poisson`), not from the listed ones.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincc, gammaincinv, ndtri

from headworks.assessment.comparison.equal_lists import equal_lists, require_all, require_probability

Array = npt.NDArray[np.float64]


def exceedance_probability(
    count: npt.ArrayLike, exposure: npt.ArrayLike, threshold: npt.ArrayLike, shape: float, rate: float
) -> Array:
    """Probability that the true rate lies above a threshold (B5).

    Parameters
    ----------
    count, exposure
        Cases, and residents (or person-years, or expected cases) of each place.
    threshold
        Rate per unit of exposure: 3 per mille is 0.003.
    shape, rate
        Of the gamma distribution of true rates between places; its mean is ``shape / rate``.

    Returns
    -------
    Array
        Shape ``(n_places,)``.

    Raises
    ------
    DataRefused
        ``HW-D760`` for a count below 0, or an exposure, threshold, shape or rate not above 0.

    Examples
    --------
    One case in one year, and r ~ Gamma(1, 1): r | y ~ Gamma(2, 2) and P(r > 1) = (1 + 2) exp(-2).

    >>> exceedance_probability([1], [1.0], 1.0, 1.0, 1.0).round(6).item()
    0.406006
    """
    y, n, limit = _require_counts(count, exposure, threshold, shape, rate)
    return tail_of_rate(y, n, limit, shape, rate)


def tail_of_rate(count: npt.ArrayLike, exposure: npt.ArrayLike, threshold: npt.ArrayLike, shape: float, rate: float) -> Array:
    """The bare law of :func:`exceedance_probability`; what is not a number stays so.

    Examples
    --------
    >>> tail_of_rate(1, 1.0, 1.0, 1.0, 1.0).round(6).item()
    0.406006
    """
    found = gammaincc(shape + np.asarray(count), (rate + np.asarray(exposure)) * np.asarray(threshold))
    result: Array = np.asarray(found)
    return result


def posterior_rate(
    count: npt.ArrayLike, exposure: npt.ArrayLike, shape: float, rate: float, level: float = 0.95
) -> tuple[Array, Array, Array]:
    """Mean of the true rate given the count, and the bounds that hold it with probability ``level`` (B5).

    Examples
    --------
    No case, exposure 9, r ~ Gamma(1, 1): mean (1 + 0) / (1 + 9).

    >>> mean, lower, upper = posterior_rate([0], [9.0], 1.0, 1.0)
    >>> mean.item(), (-10 * upper).round(4).item() == np.log(0.025).round(4).item()
    (0.1, True)
    """
    y, n, _ = _require_counts(count, exposure, 1.0, shape, rate)
    require_probability("level", level)
    a, b = shape + y, rate + n
    return a / b, gammaincinv(a, (1 - level) / 2) / b, gammaincinv(a, (1 + level) / 2) / b


def wilson_interval(count: npt.ArrayLike, exposure: npt.ArrayLike, level: float = 0.95) -> tuple[Array, Array]:
    """Bounds of a share of people by Wilson (1927): what the count alone says, without the other places.

    Raises
    ------
    DataRefused
        ``HW-D760`` for a count below 0 or above the number of people.

    Examples
    --------
    No case of n: the upper bound is z^2 / (n + z^2), 3.84146 / 103.84146.

    >>> wilson_interval([0], [100])[1].round(6).item()
    0.036993
    """
    y, n, _ = _require_counts(count, exposure, 1.0, 1.0, 1.0)
    require_all("HW-D760", y <= n, "count", y, "A count exceeds the people it is of.", "Look for exchanged columns")
    require_probability("level", level)
    z2 = float(ndtri((1 + level) / 2)) ** 2
    middle = (y + z2 / 2) / (n + z2)
    half = np.sqrt(z2 * (y * (n - y) / n + z2 / 4)) / (n + z2)
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)


def _require_counts(
    count: npt.ArrayLike, exposure: npt.ArrayLike, threshold: npt.ArrayLike, a: float, b: float
) -> list[Array]:
    y, n, limit, shape, rate = equal_lists("HW-D760", count=count, exposure=exposure, threshold=threshold, shape=a, rate=b)
    require_all("HW-D760", y >= 0, "count", y, "A count is below 0.", "Leave the area out")
    for name, of in (("exposure", n), ("threshold", limit), ("shape", shape), ("rate", rate)):
        require_all(
            "HW-D760", of > 0, name, of, "A number that must be above 0 is not.", "Leave the area out, or mend the number"
        )
    return [y, n, limit]
