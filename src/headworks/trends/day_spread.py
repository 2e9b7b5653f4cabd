r"""How much a site's load of a residue changes from day to day, learnt from days before the ones it is used for.

Between successive quantified days of a series (at most 100 days apart), ``delta = (ln y_j - ln y_(j-1))^2 / 2`` estimates the
log-scale variance of a day, and a slow drift or season hardly enters it (von Neumann 1941). Over ``m`` of them

    s_i^2 = mean(delta),      d_i = 2 m^2 / (3 m - 1)                                                  (T12)

degrees of freedom. A series with few days says little, so its variance is moderated by that of the residue's series of like
size (Smyth 2004, eq. 3): with ``ln s_0^2`` a quadratic in the logarithm of the people and ``d_0`` fitted to the ``s_i^2``,

    s^2 = (d_0 s_0^2 + d_i s_i^2) / (d_0 + d_i),      d = d_0 + d_i                                    (T13)

Size matters because in a village a few people more or less make the day: the fewer the people, the larger the spread.

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
from headworks.trends.day_arrays import DayArrays, distinct_places

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
_MOST_DAYS_APART = 100
_LEAST_DEGREES = 20.0
_STEADY_DEGREES = 3.0
_MOST_DEGREES = 1000.0
_DEFAULT_DEGREES = 10.0
# Series from which a size dependence is fitted, and its terms: constant, linear, quadratic.
_LEAST_SERIES = 30
_SIZE_TERMS = 3
# Slots: quarters of dated days (4 a year), and years of undated ones, far above them.
_FIRST_UNDATED = 100_000
_QUARTERS_BEFORE = 4


class DaySpread(NamedTuple):
    """Per day: log-scale standard deviation between days, its degrees of freedom, and the smallest load seen before."""

    log_sd: Array
    degrees_of_freedom: Array
    smallest: Array


class Prior(NamedTuple):
    """What the series of a residue show together: coefficients of ``ln s_0^2`` in the standardised logarithm of the people."""

    coefficients: Array
    centre: float
    scale: float
    lowest: float
    highest: float
    degrees_of_freedom: float

    def variance(self, log_people: Array) -> Array:
        """``s_0^2`` of series of some sizes, never beyond the sizes that were seen, and never growing with size."""
        x = (np.clip(np.nan_to_num(log_people, nan=self.centre), self.lowest, self.highest) - self.centre) / self.scale
        if self.coefficients.size == _SIZE_TERMS and self.coefficients[2] != 0:
            turn = -self.coefficients[1] / (2 * self.coefficients[2])
            x = np.minimum(x, turn) if self.coefficients[2] > 0 else np.maximum(x, turn)
        result: Array = np.exp(np.vander(x, self.coefficients.size, increasing=True) @ self.coefficients)
        return result


def fit_prior(variance: Array, degrees_of_freedom: Array, log_people: Array | None = None) -> Prior:
    """``s_0^2`` and ``d_0`` of Smyth (2004), section 6.2, from the variances of many series, along their size.

    Parameters
    ----------
    variance
        ``s_i^2``, above 0.
    degrees_of_freedom
        ``d_i``, above 0.
    log_people
        Logarithm of the people behind each series; not a number where unknown.

    Returns
    -------
    Prior
        With at most 1,000 degrees of freedom; one variance for all sizes when there are fewer than 30 series.

    Examples
    --------
    Series that agree better than chance would have them share one variance.

    >>> round(fit_prior(np.full(50, 0.25), np.full(50, 8.0)).degrees_of_freedom)
    1000
    """
    half = degrees_of_freedom / 2
    logs = np.log(variance) - digamma(half) + np.log(half)
    people = np.full(logs.size, np.nan) if log_people is None else log_people
    known = np.isfinite(people)
    is_sized = bool(known.sum() >= _LEAST_SERIES and np.ptp(people[known]) > 1.0)
    centre = float(people[known].mean()) if is_sized else 0.0
    scale = float(people[known].std()) if is_sized else 1.0
    x = (np.nan_to_num(people, nan=centre) - centre) / scale if is_sized else np.zeros(logs.size)
    basis = np.vander(x, _SIZE_TERMS if is_sized else 1, increasing=True)
    coefficients = np.linalg.lstsq(basis, logs, rcond=None)[0]
    rest = logs - basis @ coefficients
    excess = 0.0
    if logs.size > coefficients.size:
        excess = float((rest**2).sum()) / (logs.size - coefficients.size) - float(polygamma(1, half).mean())
    degrees = min(2 * _inverse_trigamma(excess), _MOST_DEGREES) if excess > 0 else _MOST_DEGREES
    if degrees < _MOST_DEGREES:
        coefficients[0] += float(digamma(degrees / 2) - np.log(degrees / 2))
    lowest, highest = (float(people[known].min()), float(people[known].max())) if is_sized else (0.0, 0.0)
    return Prior(coefficients, centre, scale, lowest, highest, degrees)


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
    ordinals, place = distinct_places(days.ordinal)
    months = ordinals.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)[place]
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
        One number per day; ``smallest`` is the smallest quantified load of the series in the same window, not a number
        if none.

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
    with np.errstate(divide="ignore", invalid="ignore"):
        log_people = np.log(days.population)
    met = distinct_places(slot)[0]
    for wanted in met:
        if slots is not None and int(wanted) not in slots:
            continue
        first, last = _window(int(wanted), met)
        inside = (slot[later] >= first) & (slot[later] <= last)
        n_series = days.series.height
        where = days.of_series[later[inside]]
        m = np.bincount(where, minlength=n_series).astype(np.float64)
        total = np.bincount(where, delta[inside], minlength=n_series).astype(np.float64)
        size = np.bincount(where, log_people[later[inside]], minlength=n_series) / np.maximum(m, 1)
        freedom = np.where(m > 0, 2 * m**2 / np.maximum(3 * m - 1, 1), 0.0)
        own = total / np.maximum(m, 1)
        here = np.flatnonzero(slot == wanted)
        series = days.of_series[here]
        d_0, s_0 = _priors(own, freedom, size, analyte_of_series, n_analytes, (series, log_people[here]), default_log_sd)
        degrees[here] = d_0 + freedom[series]
        log_sd[here] = np.sqrt((d_0 * s_0 + freedom[series] * own[series]) / degrees[here])
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


def _priors(
    own: Array,
    freedom: Array,
    size: Array,
    analyte: Index,
    n_analytes: int,
    days: tuple[Index, Array],
    default_log_sd: float,
) -> tuple[Array, Array]:
    """``d_0`` and ``s_0^2`` of each day, from its series' residue and its people."""
    series, log_people = days
    d_0 = np.full(series.size, _DEFAULT_DEGREES)
    s_0 = np.full(series.size, np.nan)
    typical = []
    for one in range(n_analytes):
        shows = (analyte == one) & (freedom > 0) & (own > 0)
        # The logarithm of a variance on one degree of freedom says next to nothing and can lie anywhere.
        steady = shows & (freedom >= _STEADY_DEGREES)
        tells = steady if freedom[steady].sum() >= _LEAST_DEGREES else shows
        if freedom[tells].sum() >= _LEAST_DEGREES:
            prior = fit_prior(own[tells], freedom[tells], size[tells])
            mine = analyte[series] == one
            d_0[mine], s_0[mine] = prior.degrees_of_freedom, prior.variance(log_people[mine])
            typical.append(float(np.median(prior.variance(size[tells]))))
    # A residue that is new borrows what the others show.
    fallback = float(np.median(typical)) if typical else default_log_sd**2
    return d_0, np.where(np.isnan(s_0), fallback, s_0)
