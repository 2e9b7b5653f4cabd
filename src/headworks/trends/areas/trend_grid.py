"""Trends of one residue's sites on a grid of units and weeks, for sums over areas."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.trends.areas.network import Network
from headworks.trends.common_course import WEEK_DAYS
from headworks.trends.day_arrays import DayArrays
from headworks.trends.site_trends import SiteTrends

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_PER_1000 = 1e-3
# The relative variance of a load that lies evenly anywhere below its limit.
_EVENLY_BELOW = 1.0 / 3.0


class SharedGrid(NamedTuple):
    """What units of one ``label`` (-1 without) share: relative variances ``(n_units, n_weeks)`` of level, slope and change."""

    label: Index
    level: Array
    slope: Array
    change: Array


class TrendGrid(NamedTuple):
    """``(n_units, n_weeks)`` each, 0 where a unit is not ``is_present``; loads mg/d, variances a unit's own.

    ``is_present`` alone begins ``lag`` weeks earlier, with the weeks that changes look back on. ``earlier`` is the load so
    many weeks before by the trend, ``most`` the limit of a unit without a value. By unit: ``people``, ``u2_site``,
    ``batch_share``. ``shared`` by level of areas.
    """

    is_present: Mask
    load: Array
    online: Array
    relative: Array
    slope: Array
    slope_variance: Array
    earlier: Array
    change_variance: Array
    n_days: Array
    n_censored: Array
    most: Array
    people: Array
    u2_site: Array
    batch_share: Array
    shared: tuple[SharedGrid, ...]


def site_places(days: DayArrays, network: Network) -> Index:
    """Place of the site of each series in the network; -1 of a site that no area knows."""
    result: Index = days.series["site_id"].replace_strict(network.site_of, default=-1, return_dtype=pl.Int64).to_numpy()
    return result


def trend_grid(days: DayArrays, trends: SiteTrends, network: Network, first: int, n_weeks: int, lag: int) -> TrendGrid:
    """The grid of weeks from the Sunday ``first`` on, what is told of them from ``lag`` weeks later on.

    Parameters
    ----------
    days, trends
        Days of one residue and their trends.
    network
        Units.
    first, n_weeks
        Weeks, the ``lag`` ones before the first that is told among them.
    lag
        Weeks that ``trends.change`` looks back.
    """
    places = site_places(days, network)
    column = (trends.sunday - first) // WEEK_DAYS
    is_inside = (places[trends.of_series] >= 0) & (column >= 0) & (column < n_weeks) & trends.is_near
    # Of a series without a value or a limit nothing is known.
    is_known = (trends.people > 0) & (trends.has_value | ~np.isnan(trends.limit))
    rows = np.flatnonzero(is_inside & is_known[trends.of_series])
    series, week = trends.of_series[rows], column[rows]
    unit = network.units_of(places[series], trends.sunday[rows])
    said = _Said(trends, rows, series, lag)
    is_present = np.zeros((network.n_units, n_weeks), dtype=bool)
    is_present[unit, week] = np.isfinite(said.load)
    is_told = np.flatnonzero(week >= lag)
    unit, week = unit[is_told], week[is_told] - lag

    def grid(values: Array) -> Array:
        found = np.zeros((network.n_units, n_weeks - lag))
        found[unit, week] = values[is_told]
        return found

    def by_unit(values: Array) -> Array:
        of_site = np.zeros(len(network.site_of))
        of_site[places[places >= 0]] = np.nan_to_num(values[places >= 0])
        return np.repeat(of_site, np.diff(np.append(network.first_unit, network.n_units)))

    def shared(level: int) -> SharedGrid:
        names = ("variance", "slope_variance", "change_variance")
        label = by_unit((trends.course.levels[level].group + 1).astype(np.float64)).astype(np.int64) - 1
        return SharedGrid(label, *(grid(np.expm1(said.of_level(level, name))) for name in names))

    return TrendGrid(
        is_present, grid(np.nan_to_num(said.load)), grid(np.nan_to_num(said.online)),
        grid(said.relative), grid(said.slope), grid(said.slope_variance), grid(np.nan_to_num(said.earlier)),
        grid(said.change_variance), grid(trends.n_days[rows]), grid(trends.n_censored[rows]), grid(said.most),
        by_unit(trends.people), by_unit(trends.u2_site), by_unit(trends.batch_share),
        tuple(shared(level) for level in range(len(trends.course.levels))),
    )  # fmt: skip


class _Said:
    """What some rows say of loads: those without a value lie evenly below their limit, and do not move."""

    def __init__(self, trends: SiteTrends, rows: Index, series: Index, lag: int) -> None:
        course, week = trends.course, trends.week[rows]
        self._shared, self.seen = course.at(series, week), trends.has_value[series]
        people = trends.people[series] * _PER_1000
        limit, variance = np.nan_to_num(trends.limit[series]) * people, trends.variance[rows]
        half = (variance + self._shared.of("variance")) / 2
        value, online = self._shared.of("value"), self._shared.of("online")
        moved = trends.change[rows] + value - course.of("value", series, np.maximum(week - lag, 0))
        unknown = np.where(np.isnan(trends.limit[series]), np.nan, limit / 2)
        self.load = np.where(self.seen, np.exp(trends.log_level[rows] + value + half) * people, unknown)
        self.online = np.where(self.seen, np.exp(trends.log_online[rows] + online + half) * people, unknown)
        self.earlier = self.load * np.exp(-np.where(self.seen, np.nan_to_num(moved), 0.0))
        self.relative = np.where(self.seen, np.expm1(np.minimum(variance, 20.0)), _EVENLY_BELOW)
        self.slope = np.where(self.seen, trends.slope[rows] + self._shared.of("slope"), 0.0)
        self.slope_variance = np.where(self.seen, trends.slope_variance[rows], 0.0)
        self.change_variance = np.where(self.seen, np.nan_to_num(trends.change_variance[rows]), _EVENLY_BELOW)
        self.most = np.where(self.seen, 0.0, limit)

    def of_level(self, level: int, name: str) -> Array:
        """A variance of the course of one level; 0 for rows that follow none."""
        return np.where(self.seen, np.nan_to_num(self._shared.of_level(level, name)), 0.0)
