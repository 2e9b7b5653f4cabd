r"""How much a site's load of a residue changes from day to day, learnt from days before the ones it is used for.

Between successive quantified days of a series (at most 100 days apart), ``delta = (ln y_j - ln y_(j-1))^2 / 2`` estimates the
log-scale variance of a day, and a slow drift or season hardly enters it (von Neumann 1941). Over ``m`` of them

    s_i^2 = mean(delta),      d_i = 2 m^2 / (3 m - 1)                                                  (T12)

degrees of freedom. A series with few days says little, so its variance is moderated by that of all series of the residue
(Smyth 2004, eq. 3): with ``d_0`` and ``s_0^2`` fitted to the ``s_i^2`` of the residue,

    s^2 = (d_0 s_0^2 + d_i s_i^2) / (d_0 + d_i),      d = d_0 + d_i                                    (T13)

**Which days.** The spread used in a quarter is learnt from the *four quarters before it*, so a figure once published does not
move because later days came in. In a quarter before which nothing was sampled it is learnt from the quarter itself. Days of
which only the year is known use their own year and the one before.

The trap: measurement noise, the sampling of a day and the day itself are all in the spread; adding ``u_day`` to it would count
them twice.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, polygamma

from headworks.core.errors import DataRefused
from headworks.trends.day_arrays import DayArrays

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
_MOST_DAYS_APART = 100
_LEAST_DEGREES = 20.0
_STEADY_DEGREES = 3.0
_MOST_DEGREES = 1000.0
_DEFAULT_DEGREES = 10.0
# Slots: quarters of dated days (4 a year), and years of undated ones, far above them.
_FIRST_UNDATED = 100_000
_QUARTERS_BEFORE = 4


class DaySpread(NamedTuple):
    """Per day: log-scale standard deviation between days, its degrees of freedom, and the smallest load seen before."""

    log_sd: Array
    degrees_of_freedom: Array
    smallest: Array


def fit_prior(variance: Array, degrees_of_freedom: Array) -> tuple[float, float]:
    """``s_0^2`` and ``d_0`` of Smyth (2004), section 6.2, from the variances of many series.

    Parameters
    ----------
    variance
        ``s_i^2``, above 0.
    degrees_of_freedom
        ``d_i``, above 0.

    Returns
    -------
    tuple of float
        ``s_0^2`` and ``d_0``, the latter at most 1,000.

    Examples
    --------
    Series that agree better than chance would have them share one variance.

    >>> variance, degrees = fit_prior(np.full(50, 0.25), np.full(50, 8.0))
    >>> round(degrees)
    1000
    """
    half = degrees_of_freedom / 2
    logs = np.log(variance) - digamma(half) + np.log(half)
    mean = float(logs.mean())
    excess = float(logs.var(ddof=1)) - float(polygamma(1, half).mean()) if logs.size > 1 else 0.0
    if excess <= 0 or (degrees := 2 * _inverse_trigamma(excess)) > _MOST_DEGREES:
        return float(np.exp(mean)), _MOST_DEGREES
    return float(np.exp(mean + digamma(degrees / 2) - np.log(degrees / 2))), degrees


def _inverse_trigamma(value: float) -> float:
    """Newton's method of Smyth (2004), appendix; converges from below."""
    x = 0.5 + 1.0 / value
    for _ in range(50):
        trigamma = float(polygamma(1, x))
        step = trigamma * (1.0 - trigamma / value) / float(polygamma(2, x))
        x += step
        if -step / x < 1e-10:
            break
    return x


def day_slots(days: DayArrays) -> Index:
    """Quarter of each day, or the year of a day without a date, as one number."""
    months = days.ordinal.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return np.where(days.is_dated, months // 3, _FIRST_UNDATED + days.year)


def day_spread(days: DayArrays, default_log_sd: float = 0.5, *, slots: frozenset[int] | None = None) -> DaySpread:
    """Spread of every day's series, as known before its quarter (T12, T13).

    Parameters
    ----------
    days
        All days at hand.
    default_log_sd
        Used where the data show no spread at all, above 0.
    slots
        Only for days of these; the others get the default.

    Returns
    -------
    DaySpread
        One number per day; ``smallest`` is the smallest quantified load of the series in the same window, not a number if none.

    Raises
    ------
    DataRefused
        ``HW-D302`` when ``default_log_sd`` is not above 0.
    """
    if not default_log_sd > 0:
        raise DataRefused(
            "The scatter between days must be above 0.", found=str(default_log_sd), remedy="Give 0.5", code="HW-D302"
        )
    slot = day_slots(days)
    log_sd = np.full(slot.size, default_log_sd)
    degrees = np.full(slot.size, _DEFAULT_DEGREES)
    smallest = np.full(slot.size, np.nan)
    later, delta = _differences(days)
    analyte_of_series, n_analytes = _analytes(days)
    known = np.flatnonzero(days.value > 0)
    for wanted in np.unique(slot):
        if slots is not None and int(wanted) not in slots:
            continue
        first, last = _window(int(wanted), slot)
        inside = (slot[later] >= first) & (slot[later] <= last)
        n_series = days.series.height
        m = np.bincount(days.of_series[later[inside]], minlength=n_series).astype(np.float64)
        total = np.bincount(days.of_series[later[inside]], delta[inside], minlength=n_series).astype(np.float64)
        variance, freedom = _moderated(m, total, analyte_of_series, n_analytes, default_log_sd)
        here = slot == wanted
        log_sd[here] = np.sqrt(variance[days.of_series[here]])
        degrees[here] = freedom[days.of_series[here]]
        seen = known[(slot[known] >= first) & (slot[known] <= last)]
        least = np.full(n_series, np.inf)
        np.minimum.at(least, days.of_series[seen], days.value[seen])
        smallest[here] = np.where(np.isfinite(least), least, np.nan)[days.of_series[here]]
    return DaySpread(log_sd, degrees, smallest)


def _window(slot: int, slots: Index) -> tuple[int, int]:
    """First and last slot that a slot learns from."""
    if slot >= _FIRST_UNDATED:
        return slot - 1, slot
    first, last = slot - _QUARTERS_BEFORE, slot - 1
    if np.any((slots >= first) & (slots <= last)):
        return first, last
    return slot, slot


def _differences(days: DayArrays) -> tuple[Index, Array]:
    """The later day of every pair of successive quantified days of a series, and half the squared log ratio."""
    rows = np.flatnonzero(days.value > 0)
    before, later = rows[:-1], rows[1:]
    together = (days.of_series[before] == days.of_series[later]) & (
        days.ordinal[later] - days.ordinal[before] <= _MOST_DAYS_APART
    )
    # Years of undated days lie ten apart, so that a year's last day is no neighbour of the next one's first.
    together &= days.is_dated[later] | (days.year[before] == days.year[later])
    before, later = before[together], later[together]
    return later, np.log(days.value[later] / days.value[before]) ** 2 / 2


def _analytes(days: DayArrays) -> tuple[Index, int]:
    names, codes = np.unique(days.series["analyte"].to_numpy(), return_inverse=True)
    return codes, names.size


def _moderated(m: Array, total: Array, analyte: Index, n_analytes: int, default_log_sd: float) -> tuple[Array, Array]:
    """Variance and degrees of freedom of every series (T13)."""
    freedom = np.where(m > 0, 2 * m**2 / np.maximum(3 * m - 1, 1), 0.0)
    own = np.divide(total, m, out=np.zeros_like(total), where=m > 0)
    prior, prior_freedom = np.full(n_analytes, np.nan), np.full(n_analytes, _DEFAULT_DEGREES)
    for one in range(n_analytes):
        shows = (analyte == one) & (m > 0) & (own > 0)
        # The logarithm of a variance on one degree of freedom says next to nothing and can lie anywhere.
        steady = shows & (freedom >= _STEADY_DEGREES)
        tells = steady if freedom[steady].sum() >= _LEAST_DEGREES else shows
        if freedom[tells].sum() >= _LEAST_DEGREES:
            prior[one], prior_freedom[one] = fit_prior(own[tells], freedom[tells])
    # A residue that is new borrows what the others show.
    shown = prior[~np.isnan(prior)]
    prior = np.where(np.isnan(prior), np.median(shown) if shown.size else default_log_sd**2, prior)
    d_0, s_0 = prior_freedom[analyte], prior[analyte]
    return (d_0 * s_0 + freedom * own) / (d_0 + freedom), d_0 + freedom
