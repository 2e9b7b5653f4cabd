r"""How far a sample's load can be from the mean load of such days, by chance alone.

A residue comes in pulses: one flush of one user, spread by the sewer to a width ``w``. With ``N_p`` pulses a day on average,
each carrying a mass of relative standard deviation ``cv``, and sub-samples every ``d`` minutes:

    N_p = people x use rate x flushes per use                                                     (Q1)
    u_s^2 = (1 / N_p) (1 + cv^2) g(d / w)                                                         (Q2)
    g(x) = sum over all integers j of exp(-pi j^2 / x^2) = x sum of exp(-pi j^2 x^2)              (Q3)

``g`` is exact for bell-shaped pulses on a fixed grid with a random start: 1 for a continuous sample, 1.086 at ``d = w``, and
``d / w`` when most pulses fall between two sub-samples. ``w`` is the equivalent width, that of a rectangle with the same sum
of squares; for a bell with standard deviation ``s`` it is ``2 sqrt(pi) s``. A grab sample has ``d`` = one day, and is one draw
of the daily profile besides:

    u_s^2 = (1 / N_p) (1 + cv^2) g(1440 / w) + cv_profile^2                                       (Q4)

The trap: (Q2) holds the chance of the *day* too, which no sampling can remove: even a perfect sample of 25 pulses is a draw of
one in five.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from headworks.core.errors import DataRefused

Values = NDArray[np.float64]

_MINUTES_PER_DAY = 1_440.0
_SPACED = ("flow_proportional", "volume_proportional", "time_proportional")
_CONTINUOUS, _GRAB = "passive", "grab"
# The fourth term is below 1e-21 on either side of x = 1.
_TERMS = 4


def pulses_per_day(population: float, use_rate: float, flushes: float) -> float:
    """Relevant pulses in a day (Q1).

    Parameters
    ----------
    population
        People who drain to the site.
    use_rate
        Share of them who use the drug on a day.
    flushes
        Toilet flushes of a user that carry the residue in a day.

    Raises
    ------
    DataRefused
        ``HW-D461`` for a negative number or a rate above 1.

    Examples
    --------
    A village of 500 where one in 250 uses, four flushes each: eight pulses.

    >>> pulses_per_day(500.0, 0.004, 4.0)
    8.0
    """
    if not (population >= 0 and 0 <= use_rate <= 1 and flushes >= 0):
        raise DataRefused(
            "People, use rate and flushes are not negative, and a use rate is at most 1.",
            where="population, use_rate, flushes",
            found=f"{population}, {use_rate}, {flushes}",
            remedy="Give the share of people who use on a day, such as 0.004",
            code="HW-D461",
        )
    return population * use_rate * flushes


def spacing_factor(interval_over_width: ArrayLike) -> Values:
    """What spacing sub-samples does to the variance (Q3): ``g`` of the interval over the pulse width.

    Examples
    --------
    >>> spacing_factor([0.2, 1.0, 5.0]).round(4).tolist()
    [1.0, 1.0864, 5.0]
    """
    x = np.asarray(interval_over_width, dtype=float)
    # Of the two sums the one is taken that converges fast.
    is_wide = x > 1.0
    inner = np.where(is_wide, x, 1.0 / np.where(x > 0, x, np.nan)) ** 2
    total = np.ones_like(inner)
    for j in range(1, _TERMS + 1):
        total = total + 2.0 * np.exp(-np.pi * j * j * inner)
    factor: Values = np.where(is_wide, x, 1.0) * total
    return factor


def sampling_rsd(
    mode: str | ArrayLike,
    interval_min: ArrayLike,
    pulses_per_day: ArrayLike,
    pulse_width_min: ArrayLike,
    cv_pulse: ArrayLike,
    *,
    cv_profile: float = 0.0,
) -> Values | float:
    """Relative standard deviation of a day's load from pulses and sampling (Q2), of a grab sample (Q4).

    Parameters
    ----------
    mode
        ``flow_proportional``, ``volume_proportional``, ``time_proportional``, ``grab``, ``passive``; one or an array.
    interval_min
        Minutes between sub-samples; of a volume-proportional sampler the mean. Not read for a grab or passive sample.
    pulses_per_day
        From :func:`pulses_per_day`.
    pulse_width_min
        Equivalent width of a pulse at the site, minutes; grows with the way in the sewer.
    cv_pulse
        Relative standard deviation of the mass of a pulse.
    cv_profile
        Of a grab sample: relative standard deviation of the load over the day, :func:`profile_cv`.

    Returns
    -------
    float or array
        A fraction; NaN for an unknown mode or a composite without an interval. A time-proportional sample is biased
        besides, see :func:`time_proportional_bias`.

    Raises
    ------
    DataRefused
        ``HW-D462`` for pulses, width or interval of 0 or less or a negative spread.

    Examples
    --------
    100 pulses of equal mass in a continuous sample: one in ten.

    >>> sampling_rsd("flow_proportional", 5.0, 100.0, 60.0, 0.0)
    0.1
    """
    modes, interval = np.asarray(mode, dtype=object), np.asarray(interval_min, dtype=float)
    pulses, width, cv = (np.asarray(value, dtype=float) for value in (pulses_per_day, pulse_width_min, cv_pulse))
    _require_positive(pulses, width, interval, cv, cv_profile)
    is_grab, is_spaced = modes == _GRAB, np.isin(modes.astype(str), _SPACED)
    # A gap of a tiny fraction of the width is a continuous sample.
    gap = np.where(is_grab, _MINUTES_PER_DAY, interval) / width
    factor = np.where(modes == _CONTINUOUS, 1.0, np.where(is_grab | is_spaced, spacing_factor(gap), np.nan))
    result = np.sqrt((1.0 + cv**2) / pulses * factor + np.where(is_grab, cv_profile**2, 0.0))
    return float(result) if result.ndim == 0 else result


def profile_cv(loads_over_the_day: ArrayLike) -> float:
    """Relative standard deviation of one draw of a daily profile: what a grab sample adds (Q4).

    Parameters
    ----------
    loads_over_the_day
        Load, or concentration times flow, at equal steps through the day; any unit.

    Raises
    ------
    DataRefused
        ``HW-D463`` for a profile without load.

    Examples
    --------
    >>> profile_cv([0.5, 1.5])
    0.5
    """
    values = np.asarray(loads_over_the_day, dtype=float)
    if values.size == 0 or not np.all(values >= 0) or values.sum() <= 0:
        raise DataRefused(
            "A daily profile needs loads that are not negative, and some above zero.",
            where="loads_over_the_day",
            found=str(values.tolist()),
            remedy="Give loads at equal steps through the day",
            code="HW-D463",
        )
    return float(values.std() / values.mean())


def _require_positive(pulses: Values, width: Values, interval: Values, cv: Values, cv_profile: float) -> None:
    has_none = bool(np.any(pulses <= 0) or np.any(width <= 0) or np.any(interval <= 0))
    if has_none or np.any(cv < 0) or cv_profile < 0:
        raise DataRefused(
            "Pulses, their width and the interval are above zero, and spreads are not negative.",
            where="pulses_per_day, pulse_width_min, interval_min, cv_pulse, cv_profile",
            found=f"{pulses.tolist()}, {width.tolist()}, {interval.tolist()}, {cv.tolist()}, {cv_profile}",
            remedy="Leave out days and sites without them (NaN)",
            code="HW-D462",
        )
