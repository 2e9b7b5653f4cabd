"""Level and trend of series of days, from every day: quantified, below a limit, missing or odd.

In: days as flat arrays (``observations``, ``observations_of``). Out: level, slope, changes, what the next day was expected
to be, and which days are suspected outliers (``smooth_trends``). Nothing is given by hand: offsets of weekdays and the
settings of every series are learnt, pooled over the series of a residue. Equations (S1) to (S10) are in
``docs/methods/smoother.md``; how often the intervals hold is in ``docs/studies/trend_calibration.md``.
"""

from headworks.trends.smoother.fit import FittedSettings, fit_settings
from headworks.trends.smoother.from_days import DaysRead, observations_of
from headworks.trends.smoother.grid import GridLevels, grid_levels
from headworks.trends.smoother.observations import Observations, observations
from headworks.trends.smoother.offsets import Offsets, fit_offsets, no_offsets
from headworks.trends.smoother.predictive import Predictive, places, predictive
from headworks.trends.smoother.smooth import Settings, Smoothed, first_state, smooth
from headworks.trends.smoother.trends import Trends, smooth_trends

__all__ = [
    "DaysRead",
    "FittedSettings",
    "GridLevels",
    "Observations",
    "Offsets",
    "Predictive",
    "Settings",
    "Smoothed",
    "Trends",
    "first_state",
    "fit_offsets",
    "fit_settings",
    "grid_levels",
    "no_offsets",
    "observations",
    "observations_of",
    "places",
    "predictive",
    "smooth",
    "smooth_trends",
]
