r"""How far does a listed area fall when nobody does anything?

Areas are listed because a figure was high. Part of what made it high was chance, which does not return. With standard
deviation sigma between figures, correlation rho between two non-overlapping windows, and the list taken above c standard
deviations, the mean of the listed falls by

    (1 - rho) sigma phi(c) / (1 - Phi(c))                                                                 (B31)

For counts there is no need of a normal: with the count before y of exposure n, rates between areas Gamma(a, b), and a common
course of all areas g, the count after m years' exposure and no action is

    negative binomial with mean m g (a + y) / (b + n)                                                     (B32)

and its shape a + y, made smaller where true rates drift: relative variance of the rate (1 + 1/(a + y))(1 + d^2) - 1.

The trap: rho of overlapping windows is far too high (0.94 against 0.82 for English deaths), and then an ordinary fall looks
like a success.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, ndtr

from headworks.assessment.comparison.equal_lists import equal_lists, refuse, require_all, require_probability
from headworks.assessment.evaluation.windows import Window, require_apart

Array = npt.NDArray[np.float64]
LEAST_AREAS = 10


class ExpectedCount(NamedTuple):
    """Count of each area after the listing if nothing is done (B32): mean, bounds, and the chance of one as low as seen."""

    mean: Array
    lower: Array
    upper: Array
    p_as_low: Array


def expected_regression_to_mean(rho: float, sigma: float, cut: float) -> float:
    """Fall of the mean of areas selected above ``cut`` standard deviations, without any action (B31), unit of sigma.

    Raises
    ------
    DataRefused
        ``HW-D772`` for a correlation outside -1 to 1, or a standard deviation not above 0.

    Examples
    --------
    At the middle of a normal the selected half lies sqrt(2 / pi) = 0.7979 above it; half of that does not return.

    >>> round(expected_regression_to_mean(0.5, 1.0, 0.0), 4)
    0.3989
    """
    if not (-1 <= rho <= 1 and sigma > 0 and np.isfinite(cut)):
        told = f"rho {rho:g}, sigma {sigma:g}, cut {cut:g}"
        refuse("HW-D772", "A regression to the mean needs a correlation and a spread.", found=told, remedy="-1 to 1, above 0")
    return float((1 - rho) * sigma * np.exp(-(cut**2) / 2) / np.sqrt(2 * np.pi) / ndtr(-cut))


def correlation_between(before: npt.ArrayLike, after: npt.ArrayLike, window_before: Window, window_after: Window) -> float:
    """Correlation of figures of two windows over all areas, for (B31); of windows that overlap it is refused.

    Raises
    ------
    DataRefused
        ``HW-D768`` for windows that overlap, ``HW-D772`` for fewer than ten areas or figures all alike.

    Examples
    --------
    >>> figures = np.arange(10.0)
    >>> round(correlation_between(figures, 3 * figures, Window.of_years(2012, 3), Window.of_years(2015, 3)), 6)
    1.0
    """
    require_apart(window_before, window_after)
    x, y = equal_lists("HW-D772", before=before, after=after)
    if x.size < LEAST_AREAS or x.std() == 0 or y.std() == 0:
        remedy = f"At least {LEAST_AREAS} areas that differ, listed or not"
        refuse("HW-D772", "No correlation can be had.", found=f"{x.size} areas", remedy=remedy)
    return float(np.corrcoef(x, y)[0, 1])


def expected_without_action(
    count_before: npt.ArrayLike,
    exposure_before: npt.ArrayLike,
    count_after: npt.ArrayLike,
    exposure_after: npt.ArrayLike,
    *,
    shape: float,
    rate: float,
    common_change: float = 1.0,
    drift: float = 0.0,
    level: float = 0.95,
) -> ExpectedCount:
    """Counts after a listing as they would be if nothing was done, and how surprising those seen are (B32).

    Parameters
    ----------
    count_before, exposure_before, count_after, exposure_after
        Of each listed area, in two windows that do not overlap.
    shape, rate
        Of the gamma distribution of rates between *all* areas before.
    common_change
        Ratio of the rates of all unlisted areas, after over before.
    drift
        Standard deviation (relative) by which true rates of areas wander from window to window; learnt from unlisted areas
        with :func:`drift_of_unlisted`.

    Raises
    ------
    DataRefused
        ``HW-D772`` for counts below 0 or other numbers not above 0.

    Examples
    --------
    Rates around 1 (a = b = 1); 3 cases where 1 was usual: (1 + 3) / (1 + 1) = 2 are expected next, not 3.

    >>> expected_without_action([3], [1.0], [2], [1.0], shape=1.0, rate=1.0).mean.tolist()
    [2.0]
    """
    y, n, seen, m = equal_lists(
        "HW-D772",
        count_before=count_before, exposure_before=exposure_before, count_after=count_after, exposure_after=exposure_after,
    )  # fmt: skip
    require_probability("level", level)
    for name, of, holds in (
        ("count_before", y, y >= 0),
        ("count_after", seen, seen >= 0),
        ("exposure_before", n, n > 0),
        ("exposure_after", m, m > 0),
    ):
        require_all("HW-D772", holds, name, of, "A count is below 0 or an exposure not above 0.", "Leave the area out")
    if not (0 < shape < np.inf and 0 < rate < np.inf and common_change > 0 and drift >= 0):
        told = f"shape {shape:g}, rate {rate:g}, common change {common_change:g}, drift {drift:g}"
        refuse("HW-D772", "What all areas say is off.", found=told, remedy="All finite and above 0, drift at least 0")
    mean = m * common_change * (shape + y) / (rate + n)
    size = 1 / ((1 + 1 / (shape + y)) * (1 + drift**2) - 1)
    lower, upper = (_quantile(p, mean, size) for p in ((1 - level) / 2, (1 + level) / 2))
    return ExpectedCount(mean, lower, upper, _cumulated(seen, mean, size))


def drift_of_unlisted(
    count_before: npt.ArrayLike,
    exposure_before: npt.ArrayLike,
    count_after: npt.ArrayLike,
    exposure_after: npt.ArrayLike,
    *,
    shape: float,
    rate: float,
) -> tuple[float, float]:
    """Common change of the rates of areas nobody acted on, and by how much each wanders beyond chance; both by moments.

    Take *all* unlisted areas, not those most like the listed.

    Returns
    -------
    tuple[float, float]
        ``common_change`` and ``drift`` for :func:`expected_without_action`; a drift of 0 where chance explains all.

    Raises
    ------
    DataRefused
        ``HW-D772`` for fewer than ten areas.

    Examples
    --------
    Rates double everywhere, exactly: nothing wanders.

    >>> y = np.full(10, 100.0)
    >>> found = drift_of_unlisted(y, 100.0, 2 * y, 100.0, shape=1e6, rate=1e6)
    >>> found
    (2.0, 0.0)
    """
    y, n, seen, m = equal_lists(
        "HW-D772",
        count_before=count_before, exposure_before=exposure_before, count_after=count_after, exposure_after=exposure_after,
    )  # fmt: skip
    if y.size < LEAST_AREAS or y.sum() <= 0 or not (0 < shape < np.inf and 0 < rate < np.inf):
        told, remedy = f"{y.size} areas, shape {shape:g}", f"At least {LEAST_AREAS} with cases, a finite shape and rate"
        refuse("HW-D772", "Too few areas that nobody acted on.", found=told, remedy=remedy)
    plain = m * (shape + y) / (rate + n)
    change = float(seen.sum() / plain.sum())
    mean = change * plain
    # Var = mean + mean^2 relative variance; solved for what drift adds to that of the rate before.
    excess = float(((seen - mean) ** 2 - mean).sum() - (mean**2 / (shape + y)).sum())
    return change, float(np.sqrt(max(excess / float((mean**2 * (1 + 1 / (shape + y))).sum()), 0.0)))


def _cumulated(count: Array, mean: Array, size: Array) -> Array:
    """P(count or fewer) of a negative binomial."""
    result: Array = np.where(count < 0, 0.0, betainc(size, np.maximum(count, 0.0) + 1, size / (size + mean)))
    return result


def _quantile(p: float, mean: Array, size: Array) -> Array:
    """Least whole number whose distribution function reaches p, by halving."""
    low = np.full(mean.shape, -1.0)
    high = np.ceil(mean + 1)
    while np.any(short := _cumulated(high, mean, size) < p):
        high = np.where(short, 2 * high, high)
    while np.any(high - low > 1):
        middle = np.floor((low + high) / 2)
        reached = _cumulated(middle, mean, size) >= p
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
    return high
