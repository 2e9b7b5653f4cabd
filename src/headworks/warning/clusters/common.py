r"""What neighbours have in common that is no cluster: samples measured together, and areas that wander.

A window's sites share a laboratory batch of known variance, and the county that they lie in moves a little from week to week,
which each of its sites learns late. Replicates are drawn with both, so that a window is as likely to stand out by chance as it
really is. How far areas wander is learnt from earlier weeks: with weights ``w`` and what was seen less expected ``x`` of the
sites ``i != j`` of an area,

    tau^2 = median over areas of  sum_t sum_(i != j) w x(i, t) w x(j, t + 1) / sum_t sum_(i != j) w(i, t) w(j, t + 1)   (G21)

Of successive weeks, for batches and rain are of one week; a median, so that an area where something happened does not count.
The trap: one site against itself must stay out, for a level that is learnt late is its own and no neighbour's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
# Areas of all maps that count beside a map's own: a dozen areas tell a median to a third alone.
_SHARED_AREAS = 24.0


class Common(NamedTuple):
    """An effect that all locations and weeks of one ``label`` (-1: none) share, and its ``variance``, log scale.

    ``label`` of shape ``(n_locations, n_weeks)``, the newest week last.
    """

    label: Index
    variance: float


def wander_of_areas(maps: Sequence[tuple[Array, Array]], area: Index) -> Array:
    """Variance that locations of one area share over successive weeks (G21), one for each map; 0 where it is none.

    Parameters
    ----------
    maps
        Value and variance of each, ``(n_locations, n_weeks)``, not a number where nothing was seen.
    area
        Of each location, -1 for none.

    Examples
    --------
    Two areas of two places each, known equally well: one always 0.1 up, the other without anything.

    >>> value = np.array([[0.1], [0.1], [0.0], [0.0]]) * np.ones((1, 30))
    >>> wander_of_areas([(value, np.ones(value.shape))], np.array([0, 0, 1, 1])).round(6).tolist()
    [0.005]
    """
    if not maps:
        return np.zeros(0)
    each = np.stack([_of_areas(*one, area) for one in maps])
    known = ~np.isnan(each)
    if not known.any():
        return np.zeros(len(maps))
    every, n = float(np.nanmedian(each)), known.sum(axis=1)
    own = np.array([np.median(row[there]) if there.any() else every for row, there in zip(each, known, strict=True)])
    return np.asarray(np.maximum((n * own + _SHARED_AREAS * every) / (n + _SHARED_AREAS), 0.0), np.float64)


def _of_areas(value: Array, variance: Array, area: Index) -> Array:
    """The ratio of (G21) of each area, not a number where no two locations were seen in successive weeks."""
    there = np.isfinite(value) & (area >= 0)[:, None]
    weight = np.where(there, 1.0 / np.where(there, variance, 1.0), 0.0)
    score = np.where(there, weight * np.nan_to_num(value), 0.0)
    pairs = _of_different(weight, area)
    found = np.full(pairs.size, np.nan)
    np.divide(_of_different(score, area), pairs, out=found, where=pairs > 0)
    return found


def _of_different(values: Array, area: Index) -> Array:
    """Sum over weeks of products with the next week, over pairs of different locations of each area."""
    known = area >= 0
    whole: Array = np.zeros((int(area.max(initial=-1)) + 1, values.shape[1]))
    np.add.at(whole, area[known], values[known])
    own = np.bincount(area[known], (values[known, :-1] * values[known, 1:]).sum(axis=1), whole.shape[0])
    return np.asarray((whole[:, :-1] * whole[:, 1:]).sum(axis=1) - own, np.float64)
