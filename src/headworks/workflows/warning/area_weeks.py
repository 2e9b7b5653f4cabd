r"""Where every area's week fell in what its weeks before let expect, as a standard normal.

An area's own week is ``r - c`` of (Y1) and (Y2): the sites it has, less what areas beside it share. Weeks of an area are
smoothed as days of a site are, with one setting for all areas of a level, since an area has too few weeks for one of its own:

    setting = E[sd]^2 over the nodes of a small grid, weighed by the likelihood of all areas of the level      (Y4)

The trap: the topmost area has nothing beside it. Its week is held against its own past alone, so a festival over the whole
province is its own; such weeks are not assessed there (``judged``).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.trends.common_course import WEEK_DAYS
from headworks.trends.smoother import Observations, Settings, observations, places, predictive, smooth
from headworks.trends.smoother.fit import evenly, log_likelihoods, node_weights, pooled_prior
from headworks.trends.smoother.smooth import level_guess
from headworks.warning.evidence import normal_of
from headworks.workflows.warning.units import SITE_LEVEL, Units
from headworks.workflows.warning.weeks import Weeks

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
# How far an area may wander in a day, and what a week may add that is gone in the next; standard deviations, log scale.
_WANDER = (0.0005, 0.002, 0.005, 0.01, 0.016, 0.024)
_WEEK = (0.0, 0.05, 0.1, 0.2, 0.35)
# A week in which a whole area stands out is no outlier but what is looked for; of single sites it may be one.
NO_OUTLIERS, OF_SITES = 0.0, 0.03
# With fewer sites that tell, one of them makes the area's week.
MANY_SITES = 5.0
# As for a single day of a site: one week of a few sites passes no budget.
FARTHEST_FEW = 4.0
_OUTLIER_SCALE = 25.0
# Areas of a level that its setting is learnt from.
_MOST_LEARNT_FROM = 60
FEWEST_WEEKS = 8
FARTHEST_WEEK = 8.0


class AreaWeeks(NamedTuple):
    """Shape ``(n_units, n_weeks)``; rows of sites, and weeks that are not judged, are not a number.

    ``z``; ``expected`` of the own part and its ``variance`` with the week's noise, log scale; ``wander`` and ``noise`` of each
    unit's setting.
    """

    z: Array
    expected: Array
    variance: Array
    wander: Array
    noise: Array


def area_weeks(weeks: Weeks, units: Units, first: int) -> AreaWeeks:
    """Weeks of the areas of one residue.

    Parameters
    ----------
    weeks
        What units say and share.
    units
        Sites and areas.
    first
        First Sunday.

    Returns
    -------
    AreaWeeks
    """
    shape = weeks.value.shape
    nothing, none = np.full(shape, np.nan), np.full(shape[0], np.nan)
    found = AreaWeeks(nothing, nothing.copy(), nothing.copy(), none, none.copy())
    many = effective_sites(weeks, units) >= MANY_SITES
    for level in np.unique(units.level[units.level < SITE_LEVEL]):
        for is_large, share in ((True, NO_OUTLIERS), (False, OF_SITES)):
            mine = np.flatnonzero((units.level == level) & (many == is_large))
            if not mine.size:
                continue
            one = one_step_ahead(weeks.value[mine] - weeks.shared[mine], weeks.variance[mine], first, share)
            if not is_large:
                one = one._replace(z=np.clip(one.z, -FARTHEST_FEW, FARTHEST_FEW))
            for into, values in zip(found, one, strict=True):
                into[mine] = values
    return found


def effective_sites(weeks: Weeks, units: Units) -> Array:
    """How many sites speak for each unit in its middle week, counted by weight: ``(sum h)^2 / sum h^2``."""
    weight = np.nan_to_num(1.0 / weeks.variance[: units.n_sites])
    whole, squares = np.zeros(weeks.value.shape), np.zeros(weeks.value.shape)
    for member in units.member[:-1]:
        known = member >= 0
        np.add.at(whole, member[known], weight[known])
        np.add.at(squares, member[known], weight[known] ** 2)
    counted = np.divide(whole**2, squares, out=np.zeros(whole.shape), where=squares > 0)
    n = np.maximum((counted > 0).sum(axis=1), 1)
    result: Array = counted.sum(axis=1) / n
    return result


def one_step_ahead(value: Array, variance: Array, first: int, outlier_share: float = NO_OUTLIERS) -> AreaWeeks:
    """Weeks of alike series in what those before let expect, with one setting for all (Y4).

    Parameters
    ----------
    value, variance
        Shape ``(n_series, n_weeks)``, log scale; not a number without a sample.
    first
        First Sunday.
    outlier_share
        Share of weeks that may stand out by themselves.

    Examples
    --------
    Nineteen even weeks and one that is e times as high.

    >>> even = 0.05 * np.sin(np.arange(40.0).reshape(2, 20) ** 2)
    >>> even[0, -1] = 1.0
    >>> z = one_step_ahead(even, np.full((2, 20), 0.01), 4).z
    >>> bool(z[0, -1] > 3), bool(abs(z[1, -1]) < 2)
    (True, True)
    """
    row, week = np.nonzero(~np.isnan(value))
    n = value.shape[0]
    found = [np.full(value.shape, np.nan) for _ in range(3)]
    start = np.searchsorted(row, np.arange(n + 1))
    seen = observations(start, first + WEEK_DAYS * week, value[row, week], value[row, week], variance[row, week])
    settings = _settings(seen, outlier_share)
    law = predictive(seen, smooth(seen, settings, np.zeros(n + 1, np.int64), np.zeros(0, np.int64), threads=1), settings)
    z = np.clip(normal_of(places(seen, law)[0]), -FARTHEST_WEEK, FARTHEST_WEEK)
    z[np.arange(row.size) - start[row] < FEWEST_WEEKS] = np.nan
    for into, values in zip(found, (z, law.mean, law.variance), strict=True):
        into[row, week] = values
    return AreaWeeks(found[0], found[1], found[2], settings.wander, settings.day_variance)


def _settings(seen: Observations, share: float) -> Settings:
    """How the areas of a level move, one setting for all (Y4)."""
    nodes = np.array([(wander**2, 0.0, week**2, share, _OUTLIER_SCALE) for wander in _WANDER for week in _WEEK])
    some = evenly(np.flatnonzero(np.diff(seen.start) > 1), _MOST_LEARNT_FROM)
    if some.size:
        log_z = log_likelihoods(seen, some, nodes, level_guess(seen), 1)
        deviations = (node_weights(log_z, pooled_prior(log_z)) @ np.sqrt(nodes[:, :3])).mean(axis=0)
    else:
        deviations = np.sqrt(nodes[len(nodes) // 2, :3])
    wander, slope, week = (float(one) ** 2 for one in deviations)
    return Settings.same(seen.n_series, wander, slope, week, share, _OUTLIER_SCALE)
