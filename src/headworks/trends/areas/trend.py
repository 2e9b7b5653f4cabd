r"""Level and trend of the sampled part of every area at the end of each week: the sum of what its sites' trends say.

A site counts in every week from its first day to its last, sampled in that week or not, with the same people throughout; so
a missed sample is no change, and neither is a new estimate of the people. With ``l_i`` the expected load of a member, ``V_i``
the variance of its own log level and ``phi_i`` the share of the noise that laboratory batches leave,

    R = sum_i l_i^2 (1 - phi_i) (exp V_i - 1) / L^2  +  sum_g (sum_(i in g) l_i sqrt(phi_i (exp V_i - 1)))^2 / L^2
        + sum_c (sum_(i in c) l_i)^2 (exp W_c - 1) / L^2                                                            (A7)

``g`` runs over laboratories (sites that ever shared a batch), ``c`` over the courses that members follow, of variance ``W_c``
(T23). What a member leaves averages out over an area, what members share does not. Counting all of ``phi_i V_i`` as the
laboratory's is too much by up to a factor of two, for the level's own wandering is in ``V_i`` as well; the interval errs on
the wide side.

The trap: members below every limit have no level. They count as half their limit, evenly spread below it (relative variance
1/3), so an area of many such sites has a wide interval, not a low one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.trends.areas.members import active_entries
from headworks.trends.areas.network import Network
from headworks.trends.areas.shared_errors import Members, SharedBy, SumOver
from headworks.trends.areas.trend_grid import TrendGrid, site_places, trend_grid
from headworks.trends.common_course import WEEK_DAYS
from headworks.trends.day_arrays import DayArrays
from headworks.trends.site_trends import QUARTER_WEEKS, SiteTrends

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
_PER_1000 = 1e-3
# Courses are learnt for provinces, cities and counties; a town has too few sites.
_COURSE_LEVELS = (1, 2, 3)


class AreaTrends(NamedTuple):
    """A row per area and week; variances are of logarithms.

    ``level`` and ``online`` mg/d per 1,000 people (not a number where no member had a value), ``most`` the bound where none
    had; ``variance`` of the level without ``u2_site``, which the people's error leaves; ``slope`` per day; ``change`` since
    ``QUARTER_WEEKS`` weeks before, over the ``n_matched`` members of both.
    """

    area: Index
    sunday: Index
    level: Array
    most: Array
    online: Array
    variance: Array
    u2_site: Array
    slope: Array
    slope_variance: Array
    change: Array
    change_variance: Array
    n_days: Array
    n_censored: Array
    n_sites: Array
    n_matched: Array


def laboratories(days: DayArrays, network: Network) -> Index:
    """A number per unit: those of sites that ever shared a batch are the same."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    sites = site_places(days, network)[days.of_series]
    known = (sites >= 0) & (days.batch >= 0)
    n_sites, n_batches = len(network.site_of), int(days.batch.max(initial=-1)) + 1
    pairs = np.unique(sites[known] * max(n_batches, 1) + days.batch[known])
    site, batch = np.divmod(pairs, max(n_batches, 1))
    graph = coo_array((np.ones(pairs.size), (site, n_sites + batch)), shape=(n_sites + n_batches,) * 2)
    of_site = connected_components(graph, directed=False)[1][:n_sites] if n_sites else np.zeros(0, dtype=np.int64)
    return np.repeat(of_site.astype(np.int64), np.diff(np.append(network.first_unit, network.n_units)))


def course_groups(days: DayArrays, network: Network) -> list[Index]:
    """The area of each series at the levels courses are learnt for, the highest first; -1 without one.

    A site that serves several areas of a level follows the one with most of its people; one that moved, where it is now.
    """
    places, counts = site_places(days, network), np.append(network.first_unit, network.n_units)
    level = network.areas["level"].cast(pl.Int64).to_numpy()[network.area] if network.unit.size else np.zeros(0, np.int64)
    found = []
    for one in _COURSE_LEVELS:
        mine = np.flatnonzero(level == one)
        mine = mine[np.argsort(network.share[mine], kind="stable")]
        of_unit = np.full(network.n_units, -1, dtype=np.int64)
        of_unit[network.unit[mine]] = network.area[mine]
        of_series = np.full(places.size, -1, dtype=np.int64)
        known = places >= 0
        of_series[known] = of_unit[counts[places[known] + 1] - 1]
        found.append(of_series)
    return found


def area_trends_of(days: DayArrays, trends: SiteTrends, network: Network, weeks: Index, laboratory: Index) -> AreaTrends:
    """Trends of all areas for one residue.

    Parameters
    ----------
    days
        Those of the residue, that ``trends`` were made of.
    trends
        Of its series.
    network
        Units, entries and areas.
    weeks
        Sundays wanted, in order, a week apart.
    laboratory
        From :func:`laboratories`.
    """
    # Weeks before the first are needed for what changed since.
    first = int(weeks[0]) - QUARTER_WEEKS * WEEK_DAYS
    grid = trend_grid(days, trends, network, first, (int(weeks[-1]) - first) // WEEK_DAYS + 1, QUARTER_WEEKS)
    active, _ = active_entries(network, grid.is_present)
    members = Members(network, grid.is_present, active)
    both = members.in_both(QUARTER_WEEKS).since(QUARTER_WEEKS)
    return _summed(_Spread(members.since(QUARTER_WEEKS), grid, laboratory), both, int(weeks[0]))


class _Spread:
    """Sums over areas, and their variances where members' errors are partly shared (A7)."""

    def __init__(self, members: Members, grid: TrendGrid, laboratory: Index) -> None:
        self.members, self.grid = members, grid
        area, n_areas = members.network.area, members.network.start.size
        self._sums = [SumOver(members, area, n_areas, power) for power in range(3)]
        self._laboratory = SharedBy(members, laboratory)
        self._courses = [(SharedBy(members, one.label), one) for one in grid.shared]

    def total(self, values: Array, power: int = 0, members: Members | None = None) -> Array:
        """Sums over areas of values of units times a power of the share."""
        return self._sums[power](values, self.members if members is None else members)

    def shared(self, own: Array, which: str) -> list[tuple[SharedBy, Array]]:
        """Who share an error, and the relative error of each unit; ``which`` is level, slope or change."""
        batches = np.sqrt(own * self.grid.batch_share[:, None])
        return [(self._laboratory, batches), *((of, np.sqrt(getattr(course, which))) for of, course in self._courses)]

    def left(self, own: Array) -> Array:
        """What members share with nobody of their relative variance."""
        return own * (1.0 - self.grid.batch_share[:, None])

    def of(self, amount: Array, own: Array, which: str) -> Array:
        """Variance of the sum of amounts of some relative variance."""
        variance = self.total(amount**2 * self.left(own), 2)
        for by, error in self.shared(own, which):
            variance += by.variance(by.errors(amount * error, self.members))
        return variance


def _summed(spread: _Spread, both: Members, first: int) -> AreaTrends:
    grid, total, is_present = spread.grid, spread.total, spread.members.is_present
    people = np.where(is_present, grid.people[:, None], 0.0)
    whole, heads, n_sites = total(grid.load, 1), total(people, 1), total(is_present.astype(np.float64))
    with np.errstate(invalid="ignore", divide="ignore"):
        per_1000 = 1.0 / (heads * _PER_1000)
        has_value = total(np.where(grid.most == 0, grid.load, 0.0), 1) > 0
        change, change_variance, n_matched = _changed(spread, both)
        fields = {
            "level": np.where(has_value, whole * per_1000, np.nan),
            "most": total(grid.most, 1) * per_1000,
            "online": np.where(has_value, total(grid.online, 1) * per_1000, np.nan),
            "variance": np.log1p(spread.of(grid.load, grid.relative, "level") / whole**2),
            "u2_site": np.log1p(total(people**2 * grid.u2_site[:, None], 2) / heads**2),
            "slope": total(grid.load * grid.slope, 1) / whole,
            "slope_variance": spread.of(grid.load, grid.slope_variance, "slope") / whole**2,
            "change": change, "change_variance": change_variance, "n_days": total(grid.n_days),
            "n_censored": total(grid.n_censored), "n_sites": n_sites, "n_matched": n_matched,
        }  # fmt: skip
    area, week = np.nonzero(n_sites > 0)
    return AreaTrends(area, first + WEEK_DAYS * week, **{name: values[area, week] for name, values in fields.items()})


def _changed(spread: _Spread, both: Members) -> tuple[Array, Array, Array]:
    """Log ratio to so many weeks before over the entries active in ``both``, its variance, and their number.

    A member weighs as its share of the sum, on average over both weeks; so what it leaves is told by three sums, of its load
    now squared, then squared, and one times the other.
    """
    grid = spread.grid
    later, earlier = (np.where(both.is_present, one, 0.0) for one in (grid.load, grid.earlier))
    after, before = spread.total(later, 1, both), spread.total(earlier, 1, both)
    known = (after > 0) & (before > 0)
    per_after, per_before = (np.where(known, 0.5 / np.where(known, one, 1.0), 0.0) for one in (after, before))
    own = np.where(both.is_present, grid.change_variance, 0.0)
    left = spread.left(own)
    now, then, joint = (spread.total(left * one, 2, both) for one in (later**2, earlier**2, later * earlier))
    variance = per_after**2 * now + per_before**2 * then + 2.0 * per_after * per_before * joint
    for by, error in spread.shared(own, "change"):
        errors = per_after[by.area] * by.errors(later * error, both) + per_before[by.area] * by.errors(earlier * error, both)
        variance += by.variance(errors)
    ratio = np.where(known, np.log(after / np.where(known, before, 1.0)), np.nan)
    return ratio, np.where(known, variance, np.nan), spread.total(both.is_present.astype(np.float64), 0, both)
