"""What a day has in common everywhere: its weekday, its season, the Spring Festival.

The festival moves people, and use and water move with them; the residents of a place stay who they are. So a load per resident
falls in a city while half of it is away, and that is the truth there, not an error.
"""

from __future__ import annotations

import datetime as dt

import numpy as np

from headworks.planning.plan import DAYS, SimulationPlan
from headworks.reference.simulation_levels import simulation_levels, simulation_value

_SATURDAY = 5
# Coldest about the fifteenth of January; a year's wave is highest there.
_CREST, _YEAR_DAYS = 15, 365.25


def days_of_week(plan: SimulationPlan, week: int) -> list[dt.date]:
    """The seven days of a week, counted from 0."""
    return [plan.monday(week) + dt.timedelta(days=day) for day in range(DAYS)]


def day_factors(days: list[dt.date], weekend_ratio: float, season: float) -> np.ndarray:
    """Use on each day over that of a year's mean day (S5); an ordinary week's mean is that of its season.

    The National Day week, 1 to 7 October, has weekends only.

    Examples
    --------
    >>> monday = dt.date(2025, 3, 3)
    >>> week = day_factors([monday + dt.timedelta(days=day) for day in range(7)], weekend_ratio=2.0, season=0.0)
    >>> week.round(4).tolist(), round(float(week.mean()), 9)
    ([0.7778, 0.7778, 0.7778, 0.7778, 0.7778, 1.5556, 1.5556], 1.0)
    """
    is_free = np.array([day.weekday() >= _SATURDAY or (day.month == 10 and day.day <= DAYS) for day in days])
    ordinary = DAYS / (_SATURDAY + (DAYS - _SATURDAY) * weekend_ratio)
    of_year = np.array([day.timetuple().tm_yday for day in days])
    wave = 1.0 + season * np.cos(2.0 * np.pi * (of_year - _CREST) / _YEAR_DAYS)
    return np.asarray(np.where(is_free, weekend_ratio, 1.0) * ordinary * wave)


def festival_share(day: dt.date) -> float:
    """How much of the Spring Festival's movement is under way, 0 to 1 (S6).

    Examples
    --------
    >>> [festival_share(dt.date(2025, 1, 29) + dt.timedelta(days=d)) for d in (-30, -12, -3, 0, 7, 18)]
    [0.0, 0.0, 1.0, 1.0, 1.0, 0.0]
    """
    known = simulation_levels().filter(parameter="spring_festival", item=str(day.year))["value"]
    if known.is_empty():
        return 0.0
    after = day.timetuple().tm_yday - known.item()
    corners = [
        -simulation_value("festival_ramp_begins"),
        -simulation_value("festival_full"),
        simulation_value("festival_ebbs"),
        simulation_value("festival_ends"),
    ]
    return float(np.interp(after, corners, [0.0, 1.0, 1.0, 0.0]))


def presence(days: list[dt.date], is_urban: np.ndarray) -> np.ndarray:
    """People present over residents, one row per site and one column per day."""
    share = np.array([festival_share(day) for day in days])
    move = np.where(is_urban, simulation_value("festival_move", "urban"), simulation_value("festival_move", "rural"))
    return np.asarray(1.0 + move[:, None] * share[None, :])
