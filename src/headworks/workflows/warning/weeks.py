r"""What every unit's week says against its own long mean, and what units of one level share in it.

With ``g`` of (S4), slope of a day's log likelihood in a shift of that day against all others of its series, and ``h`` its
weight (of a quantified day that of its residual in the mixture with outliers, of a censored one the curvature), the days of a
unit and week say

    r = sum g / sum h,    var r = 1 / sum h + sum_b (sum_(days in b) h u_b)^2 / (sum h)^2                    (Y1)

``b`` runs over laboratory batches. What peers share in a week (the festival, the rain, a wave over the whole city) is

    c = Huber mean of r over the other units of its level in the nearest unit above with five of them         (Y2)

and ``r - c`` is the unit's own. A Huber mean, not a mean: a county that doubles must not make its neighbours seem to drop.
Over the others alone: a mean of six in which the unit stands itself follows it while it is small and lets go of it when it is
large, so quiet weeks look quieter and odd ones odder than they are.
The trap: what a whole level shares is left to the unit above; nobody else will speak of it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.trends.common_course import WEEK_DAYS
from headworks.trends.site_trends import week_end
from headworks.trends.smoother import Observations, Settings, Smoothed, smooth
from headworks.workflows.warning.units import Units

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
# Days about a mean that hardly moves; as for the common course of the trends.
_STEADY, _BETWEEN_DAYS, _OUTLIER_SHARE, _OUTLIER_SCALE = 1e-8, 0.4, 0.03, 25.0
# Huber's constant: 95 % as good as a mean where all peers are alike.
_HUBER = 1.345
_ROUNDS = 5
# Of so few peers each moves the scale by which the others are weighed; of more, one is left out of the sum alone.
_FEW = 10
# Standard deviation from the median absolute deviation of a normal.
_OF_MAD = 1.4826
# Scatter of peers is at least this on the log scale, so that a level where all agree by chance does not divide by nothing.
_LEAST_SPREAD = 0.05


class Weeks(NamedTuple):
    """Shape ``(n_units, n_weeks)`` each, log scale; not a number where nothing was sampled.

    ``value`` and ``variance`` of (Y1), ``shared`` by peers (Y2), numbers of days and of censored days, ``n_sites`` that speak.
    """

    value: Array
    variance: Array
    shared: Array
    n_days: Array
    n_censored: Array
    n_sites: Array


def weeks_of_units(
    seen: Observations, site: Index, units: Units, first: int, n_weeks: int, left_out: npt.NDArray[np.bool_]
) -> Weeks:
    """Weeks of one residue.

    Parameters
    ----------
    seen
        Days of all series.
    site
        Unit of each series.
    units
        Sites and areas.
    first, n_weeks
        The first Sunday (days since 1970-01-01), and how many weeks.
    left_out
        Series that say nothing of a shift: drugs that come and go (:mod:`intermittent`); their days are counted all the same.

    Returns
    -------
    Weeks
    """
    n = seen.n_series
    steady = Settings.same(n, _STEADY, 0.0, _BETWEEN_DAYS**2, _OUTLIER_SHARE, _OUTLIER_SCALE)
    found = smooth(seen, steady, np.zeros(n + 1, np.int64), np.zeros(0, np.int64), scored=True, threads=1)
    score, information = np.nan_to_num(found.score), _information(seen, found)
    information[left_out[seen.of_series]] = 0.0
    score[left_out[seen.of_series]] = 0.0
    of_row, week = site[seen.of_series], (week_end(seen.day) - first) // WEEK_DAYS
    shape = (units.n, n_weeks)
    fields = {name: np.zeros(shape) for name in ("value", "variance", "n_days", "n_censored", "n_sites")}
    for level in range(units.member.shape[0]):
        unit = units.member[level, of_row]
        mine = np.flatnonzero(unit >= 0)
        cell = unit[mine] * n_weeks + week[mine]
        total = np.bincount(cell, information[mine], units.n * n_weeks).reshape(shape)
        fields["value"] += np.bincount(cell, score[mine], units.n * n_weeks).reshape(shape)
        fields["variance"] += total
        fields["n_days"] += np.bincount(cell, minlength=units.n * n_weeks).reshape(shape)
        fields["n_censored"] += np.bincount(cell, ~seen.is_quantified[mine], units.n * n_weeks).reshape(shape)
        distinct = np.unique(cell * units.n_sites + of_row[mine]) // units.n_sites
        fields["n_sites"] += np.bincount(distinct, minlength=units.n * n_weeks).reshape(shape)
    with np.errstate(invalid="ignore", divide="ignore"):
        whole = np.where(fields["variance"] > 0, fields["variance"], np.nan)
        value = fields["value"] / whole
        variance = 1.0 / whole + _left_by_batches(seen, of_row, week, information, units, n_weeks) / whole**2
    shared = shared_by_peers(value, units)
    return Weeks(value, variance, shared, fields["n_days"], fields["n_censored"], fields["n_sites"])


def _information(seen: Observations, found: Smoothed) -> Array:
    """What each day tells of a shift: of a quantified day the weight of its residual in the mixture, not the curvature (Y1).

    Far from the mean the mixture's curvature comes near nothing while its slope does not: a county that quadruples would be
    told as a thousandfold, and its sites, less that, as drops. The weight never lets a step go past the residuals.
    """
    ordinary = 1.0 / (_BETWEEN_DAYS**2 + seen.variance)
    outlying = np.nan_to_num(found.p_outlier)
    weight = ordinary * (1.0 - outlying + outlying / _OUTLIER_SCALE)
    result: Array = np.where(seen.is_quantified, weight, np.maximum(np.nan_to_num(found.information), 0.0))
    return result


def _left_by_batches(seen: Observations, of_row: Index, week: Index, information: Array, units: Units, n_weeks: int) -> Array:
    """Squares of what each batch leaves in each area's week, summed; a site's own batches are in its smoother."""
    found = np.zeros(units.n * n_weeks)
    error = information * np.sqrt(seen.batch_variance)
    width = int(seen.batch.max(initial=-1)) + 2
    for level in range(units.member.shape[0] - 1):
        unit = units.member[level, of_row]
        mine = np.flatnonzero(unit >= 0)
        if mine.size:
            pair, of_pair = np.unique((unit[mine] * n_weeks + week[mine]) * width + seen.batch[mine] + 1, return_inverse=True)
            found += np.bincount(pair // width, np.bincount(of_pair, error[mine]) ** 2, found.size)
    return found.reshape(units.n, n_weeks)


def shared_by_peers(value: Array, units: Units) -> Array:
    """What the peers of each unit share in each week (Y2); 0 for a unit without enough peers."""
    shared = np.zeros(value.shape)
    with np.errstate(invalid="ignore"):
        for level in np.unique(units.level):
            mine = np.flatnonzero(units.level == level)
            for above in np.unique(units.peers_in[mine]):
                if above >= 0:
                    # All of that level below it, also those that have nearer company of their own.
                    peers = mine[_is_below(units, mine, int(above))]
                    asking = mine[units.peers_in[mine] == above]
                    shared[asking] = huber_mean_of_others(value[peers])[np.searchsorted(peers, asking)]
    return shared


def _is_below(units: Units, some: Index, above: int) -> npt.NDArray[np.bool_]:
    found = np.zeros(some.size, dtype=bool)
    at = some.copy()
    while (at >= 0).any():
        at = np.where(at >= 0, units.parent[np.maximum(at, 0)], -1)
        found |= at == above
    return found


def huber_mean(values: Array) -> Array:
    """Huber's mean of each column; 0 where fewer than three rows have a number.

    Examples
    --------
    Four alike and one that is far off hardly moves them.

    >>> huber_mean(np.array([[0.0], [0.0], [0.0], [0.0], [2.0]])).round(4).tolist()
    [0.0168]
    """
    return _huber(values)[0]


def huber_mean_of_others(values: Array) -> Array:
    """Huber's mean of each column over the other rows, shape of ``values``.

    Of many rows one hardly moves the weights of the others, which are then those of all rows.

    Examples
    --------
    The others lie close together and weigh the same: (0.05 + 0.1 + 0.05) / 3 for the first.

    >>> huber_mean_of_others(np.array([[0.0], [0.05], [0.1], [0.05]])).round(3).ravel().tolist()
    [0.067, 0.05, 0.033, 0.05]
    """
    n, n_weeks = values.shape
    if n <= _FEW:
        others = np.array([np.delete(np.arange(n), row) for row in range(n)], dtype=np.int64).reshape(n, -1)
        return huber_mean(values[others.T].reshape(-1, n * n_weeks)).reshape(n, n_weeks)
    centre, weight = _huber(values)
    whole = weight.sum(axis=0)
    left = whole - weight
    # Where too few are known, nothing weighs anything.
    result: Array = (whole * centre - weight * np.nan_to_num(values)) / np.where(left > 0, left, 1.0)
    return result


def _huber(values: Array) -> tuple[Array, Array]:
    """Huber's mean of each column, and the weight of each value in it."""
    known = ~np.isnan(values)
    enough = known.sum(axis=0) >= 3
    filled = np.where(known | ~enough, values, np.nan)
    filled[:, ~enough] = 0.0
    centre = np.nanmedian(filled, axis=0)
    spread = np.maximum(_OF_MAD * np.nanmedian(np.abs(filled - centre), axis=0), _LEAST_SPREAD)
    weight = known.astype(np.float64)
    for _ in range(_ROUNDS):
        apart = np.abs(filled - centre)
        weight = np.where(known, np.minimum(1.0, _HUBER * spread / np.maximum(apart, 1e-12)), 0.0)
        centre = np.nansum(weight * np.nan_to_num(filled), axis=0) / np.maximum(weight.sum(axis=0), 1e-12)
    return np.where(enough, centre, 0.0), np.where(enough, weight, 0.0)
