r"""Where every site's week fell in what its days before let expect, as a standard normal.

A day's logarithm, less its weekday's offset and less what the site's peers share in that week (Y2), has the one-step-ahead law
of the trend model (S10). Its place there is a standard normal ``z_d``; of a censored day only bounds are known, and a number
that hangs on site, residue and day alone decides between them. The week is

    z = sum z_d / sqrt(n),    z_d cut at 4 on either side                                                    (Y3)

The trap is the single day: dumping, a slip of the pen or a festival moves one. Cut at 4, no single day passes a budget over a
province's series, and bets on cut normals still win nothing on average.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.trends.common_course import WEEK_DAYS
from headworks.trends.site_trends import Learnt, week_end
from headworks.trends.smoother import (
    Observations,
    Settings,
    first_state,
    fit_offsets,
    fit_settings,
    places,
    predictive,
    smooth,
)  # fmt: skip
from headworks.trends.smoother.offsets import offset_of_rows, without_offsets
from headworks.trends.smoother.smooth import level_guess
from headworks.warning.evidence import normal_of
from headworks.workflows.warning.intermittent import intermittent_places

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
# One day says at most so much.
FARTHEST_DAY = 4.0
# A series tells nothing before so many days: the level is hardly known.
FEWEST_DAYS = 8
# Multipliers of the mixing function splitmix64 (public domain, Vigna): every bit of the input moves every bit of the output.
_STEP, _MIX_1, _MIX_2 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


class SiteWeeks(NamedTuple):
    """``z`` of shape ``(n_sites, n_weeks)``, not a number without a day that is judged; and of every day of ``seen``:

    ``z_day``, ``expected`` and its ``variance`` with the day's own noise, ``taken_off`` (offset and what peers share), all on
    the log scale; ``seen`` as read, ``settings`` of each series.
    """

    z: Array
    z_day: Array
    expected: Array
    variance: Array
    taken_off: Array
    seen: Observations
    settings: Settings


def site_weeks(
    seen: Observations, site: Index, shared: Array, first: int, learnt: Learnt | None, seeds: npt.NDArray[np.uint64],
    comes_and_goes: npt.NDArray[np.bool_],
) -> SiteWeeks:  # fmt: skip
    """Weeks of the sites of one residue.

    Parameters
    ----------
    seen
        Days of all series.
    site
        Row of ``shared`` of each series.
    shared
        What the peers of each site share in each week, from :func:`weeks_of_units`.
    first
        First Sunday.
    learnt
        Settings and offsets of the series, learnt before; from these days without.
    seeds
        Of each series, from :func:`seed_of`.
    comes_and_goes
        Whether each series is there on some days only (:mod:`intermittent`).

    Returns
    -------
    SiteWeeks
    """
    week = (week_end(seen.day) - first) // WEEK_DAYS
    common = shared[site[seen.of_series], week]
    about = without_offsets(seen, common)
    one = np.zeros(seen.n_series, np.int64)
    offsets = fit_offsets(about, one, threads=1) if learnt is None else learnt.offsets
    offset = offset_of_rows(about, one, offsets)
    even = without_offsets(about, offset)
    settings = fit_settings(even, one, 1).central if learnt is None else learnt.settings.central
    nothing = np.zeros(seen.n_series + 1, np.int64), np.zeros(0, np.int64)
    smoothed = smooth(even, settings, *nothing, state=first_state(even, settings, level_guess(even)), threads=1)
    law = predictive(even, smoothed, settings)
    lower, upper = places(even, law)
    uniform = uniform_of(np.repeat(seeds, np.diff(seen.start)), seen.day)
    u, mean, variance = lower + (upper - lower) * uniform, law.mean, law.variance
    chosen = np.flatnonzero(comes_and_goes)
    if chosen.size:
        rows = comes_and_goes[seen.of_series]
        u[rows], mean[rows], variance[rows] = intermittent_places(even.take(chosen), uniform[rows])
    z_day = np.clip(normal_of(np.clip(u, 0.0, 1.0)), -FARTHEST_DAY, FARTHEST_DAY)
    z_day[_is_early(seen)] = np.nan
    z = _of_weeks(z_day, site[seen.of_series], week, shared.shape)
    return SiteWeeks(z, z_day, mean, variance, common + offset, seen, settings)


def _is_early(seen: Observations) -> npt.NDArray[np.bool_]:
    sizes = np.diff(seen.start)
    place = np.arange(seen.day.size) - np.repeat(seen.start[:-1], sizes)
    return np.asarray(place < FEWEST_DAYS)


def _of_weeks(z_day: Array, site: Index, week: Index, shape: tuple[int, ...]) -> Array:
    """Normals of days together (Y3); a site with two series of a residue has one week."""
    known = np.flatnonzero(~np.isnan(z_day))
    cell = site[known] * shape[1] + week[known]
    n = shape[0] * shape[1]
    count, total = np.bincount(cell, minlength=n), np.bincount(cell, z_day[known], n)
    z = np.full(n, np.nan)
    met = count > 0
    z[met] = total[met] / np.sqrt(count[met])
    return z.reshape(shape)


def seed_of(*names: str) -> np.uint64:
    """A number that hangs on names alone, the same on every machine.

    Examples
    --------
    >>> [bool(seed_of("a", "cocaine") == seed_of(site, "cocaine")) for site in "ab"]
    [True, False]
    """
    return np.uint64(int.from_bytes(hashlib.blake2b("\x1f".join(names).encode(), digest_size=8).digest(), "little"))


def uniform_of(seed: npt.NDArray[np.uint64], day: Index) -> Array:
    """A number between 0 and 1 of each seed and day: counted, not drawn, so that order and threads do not matter.

    Examples
    --------
    >>> one = uniform_of(np.full(10_000, seed_of("a")), np.arange(10_000))
    >>> one.mean().round(1).item(), bool(0.08 < one.var() < 0.087)
    (0.5, True)
    """
    with np.errstate(over="ignore"):
        state = np.asarray(seed, np.uint64) + _STEP * (day.astype(np.uint64) + np.uint64(1))
        state = (state ^ (state >> np.uint64(30))) * _MIX_1
        state = (state ^ (state >> np.uint64(27))) * _MIX_2
        state ^= state >> np.uint64(31)
    result: Array = ((state >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
    return result
