r"""Where every area's week fell in what its weeks before let expect, as a standard normal.

An area's own week is ``r - c`` of (Y1) and (Y2): the sites it has, less what areas beside it share. Weeks of an area are
smoothed as days of a site are, with one setting for all areas of a level, since an area has too few weeks for one of its own:

    wander = E[sd]^2, week's noise and scatter = E[variance] over the nodes of a small grid, weighed by the
    likelihood of all areas of the level                                                                     (Y4)

Noise and scatter stand in for each other, so their variances are averaged: of the two deviations each would be too small.
What was learnt of ``n`` weeks is known only so well, so of ``z`` by that setting

    z' = Phi^-1(T_(n - 1)(z)),   T Student's law                                                              (Y11)

is taken: of the one province a year is known, and a normal law far out is passed twice as often as it says.
Beside how far an area wanders and what a week adds, the grid asks how widely weeks scatter against what (Y1) says of them:
(Y1) takes days of every residue to scatter alike, and cotinine's scatter half as widely. An area in which a doubling would be
less than one standard deviation of most weeks (its days are nearly all censored) is told by its sites' own normals instead.

The trap: the topmost area has nothing beside it. Its week is held against its own past alone, so a festival over the whole
province is its own; such weeks are not assessed there (``judged``), and no other week of it speaks alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri, stdtr

from headworks.trends.common_course import WEEK_DAYS
from headworks.trends.smoother import Observations, Settings, observations, places, predictive, smooth
from headworks.trends.smoother.fit import evenly, log_likelihoods, node_weights, pooled_prior
from headworks.trends.smoother.smooth import level_guess
from headworks.warning.evidence import normal_of
from headworks.workflows.warning.units import LEAST_PEERS, SITE_LEVEL, Units
from headworks.workflows.warning.weeks import Weeks

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
# How far an area may wander in a day, and what a week may add that is gone in the next; standard deviations, log scale.
_WANDER = (0.0005, 0.002, 0.005, 0.01, 0.016, 0.024)
_WEEK = (0.0, 0.1, 0.25)
# Standard deviation of a week over that of (Y1).
_SCATTER = (0.4, 0.6, 0.8, 1.0, 1.3)
# Of many areas scatter takes up what lies between the steps of the noise; of few it is not asked, and the steps must be small.
_WEEK_OF_FEW = (0.0, 0.02, 0.035, 0.05, 0.07, 0.09, 0.12, 0.16, 0.21, 0.28)
# Variance of a week's logarithm: a doubling is one standard deviation.
_NOTHING_KNOWN = float(np.log(2.0) ** 2)
# A week in which a whole area stands out is no outlier but what is looked for; of single sites it may be one.
NO_OUTLIERS, OF_SITES = 0.0, 0.03
# With fewer sites that tell, one of them makes the area's week.
MANY_SITES = 3.0
# As for a single day of a site: one week of a few sites passes no budget.
FARTHEST_FEW = 4.0
# Of the topmost area one week is no evidence: weather, a festival that moved or a new lot of standards does as
# much to all. Cut here one week of twenty residues passes no budget (4.1), and two in a row do.
FARTHEST_ALONE = 3.0
_OUTLIER_SCALE = 25.0
# Areas of a level that its setting is learnt from.
_MOST_LEARNT_FROM = 40
FEWEST_WEEKS = 8
# Of fewer weeks hardly more is known than the grid; fewer areas do not tell how weeks scatter beside how each moves.
LEAST_LEARNT = 20


class AreaWeeks(NamedTuple):
    """Shape ``(n_units, n_weeks)``; rows of sites, and weeks that are not judged, are not a number.

    ``z``; ``expected`` of the own part and its ``variance`` with the week's noise, log scale; ``wander``, ``noise`` and
    ``scatter`` (times the variance of (Y1)) of each unit's setting. All are not a number of areas that their sites speak for.
    """

    z: Array
    expected: Array
    variance: Array
    wander: Array
    noise: Array
    scatter: Array


def area_weeks(weeks: Weeks, units: Units, first: int, n_before: int) -> AreaWeeks:
    """Weeks of the areas of one residue.

    Parameters
    ----------
    weeks
        What units say and share.
    units
        Sites and areas.
    first
        First Sunday.
    n_before
        Weeks before those that are judged: settings are learnt from them alone.

    Returns
    -------
    AreaWeeks
    """
    shape = weeks.value.shape
    found = AreaWeeks(*(np.full(shape, np.nan) for _ in range(3)), *(np.full(shape[0], np.nan) for _ in range(3)))
    many, has_level = effective_sites(weeks, units) >= MANY_SITES, _has_level(weeks)
    for level in np.unique(units.level[units.level < SITE_LEVEL]):
        for is_large, share in ((True, NO_OUTLIERS), (False, OF_SITES)):
            mine = np.flatnonzero((units.level == level) & (many == is_large) & has_level)
            if not mine.size:
                continue
            one = one_step_ahead(weeks.value[mine] - weeks.shared[mine], weeks.variance[mine], first, share, n_before)
            farthest = np.where(units.parent[mine] < 0, FARTHEST_ALONE, np.inf if is_large else FARTHEST_FEW)[:, None]
            one = one._replace(z=np.clip(one.z, -farthest, farthest))
            for into, values in zip(found, one, strict=True):
                into[mine] = values
    return found


def _has_level(weeks: Weeks) -> npt.NDArray[np.bool_]:
    """Whether most sampled weeks of a unit tell more than nothing: no week is picked for what it says."""
    sampled = weeks.n_days > 0
    tells = sampled & (np.nan_to_num(weeks.variance, nan=np.inf) < _NOTHING_KNOWN)
    return np.asarray(2 * tells.sum(axis=1) > sampled.sum(axis=1))


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


def one_step_ahead(
    value: Array, variance: Array, first: int, outlier_share: float = NO_OUTLIERS, n_before: int = 0
) -> AreaWeeks:
    """Weeks of alike series in what those before let expect, with one setting for all (Y4).

    Parameters
    ----------
    value, variance
        Shape ``(n_series, n_weeks)``, log scale; not a number without a sample.
    first
        First Sunday.
    outlier_share
        Share of weeks that may stand out by themselves.
    n_before
        The weeks that the setting is learnt from, or what happens to one of two counties would be taken for how counties are;
        of fewer than ``LEAST_LEARNT`` all are.

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

    def weekly(row: Index, week: Index) -> Observations:
        start, values = np.searchsorted(row, np.arange(n + 1)), value[row, week]
        return observations(start, first + WEEK_DAYS * week, values, values, variance[row, week])

    early = week < n_before if n_before >= LEAST_LEARNT else np.ones(week.size, dtype=bool)
    settings, scatter = _settings(weekly(row[early], week[early]), outlier_share)
    seen = weekly(row, week)
    seen = seen._replace(variance=scatter * seen.variance)
    law = predictive(seen, smooth(seen, settings, np.zeros(n + 1, np.int64), np.zeros(0, np.int64), threads=1), settings)
    z = as_far_by_student(normal_of(places(seen, law)[0]), int(np.count_nonzero(early)) - 1)
    z[np.arange(row.size) - start[row] < FEWEST_WEEKS] = np.nan
    for into, values in zip(found, (z, law.mean, law.variance), strict=True):
        into[row, week] = values
    return AreaWeeks(found[0], found[1], found[2], settings.wander, settings.day_variance, np.full(seen.n_series, scatter))


def as_far_by_student(z: Array, degrees: int) -> Array:
    """Standard normals of places in Student's law, for values over a deviation that was learnt of so many (Y11).

    Examples
    --------
    Of 4 degrees 2.776 has the 0.025 that 1.96 has of a normal.

    >>> as_far_by_student(np.array([2.776445, -2.776445, 0.0]), 4).round(4).tolist()
    [1.96, -1.96, 0.0]
    """
    result: Array = np.sign(z) * np.abs(ndtri(stdtr(max(degrees, 1), -np.abs(z))))
    return result


def _settings(seen: Observations, share: float) -> tuple[Settings, float]:
    """How the areas of a level move, one setting for all, and how widely weeks scatter, times the variance of (Y1) (Y4)."""
    some = evenly(np.flatnonzero(np.diff(seen.start) > 1), _MOST_LEARNT_FROM)
    scatters, weekly = (_SCATTER, _WEEK) if some.size >= LEAST_PEERS else ((1.0,), _WEEK_OF_FEW)
    nodes = np.array([(wander**2, 0.0, week**2, share, _OUTLIER_SCALE) for wander in _WANDER for week in weekly])
    # Deviation of wander and slope, variance of the week's noise and of scatter.
    averaged = np.tile(np.column_stack([np.sqrt(nodes[:, :2]), nodes[:, 2]]), (len(scatters), 1))
    averaged = np.column_stack([averaged, np.square(np.repeat(scatters, len(nodes)))])
    if some.size:
        level = level_guess(seen)
        log_z = np.hstack([
            log_likelihoods(seen._replace(variance=scatter**2 * seen.variance), some, nodes, level, 1) for scatter in scatters
        ])  # fmt: skip
        wander, slope, week, scatter = (node_weights(log_z, pooled_prior(log_z)) @ averaged).mean(axis=0)
    else:
        wander, slope, week, scatter = averaged[len(averaged) // 2]
    return Settings.same(seen.n_series, wander**2, slope**2, week, share, _OUTLIER_SCALE), float(scatter)
