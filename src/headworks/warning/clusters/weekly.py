r"""A scan that is made anew every week: the most likely cluster of each week, and how often chance gives one as likely.

Values of each week are what was seen less what was expected of it, on the log scale, with known variances. Each week is a
prospective scan of the last ``L`` weeks. Its law is that of replicates of the newest week (G13), drawn with what neighbours
are known to have in common (G21). But variances are known only nearly, and neighbours share sewers and weather as well, which
replicates do not. So ratios are divided by

    lambda = (n own + K all) / (n + K),   own = upper quartile of ratios of n earlier weeks over that of replicates    (G19)

with ``all`` the same of the weeks of all maps: a ratio of normal values is a square, so noise that was stated too small, or
shared by neighbours, stretches all ratios alike (as a genome is scanned: Devlin and Roeder 1999, from memory). A quartile, so
that clusters of the past hardly count. As large a cluster on one of ``m`` maps comes by chance once in

    1 / (m p) weeks                                                                                           (G20)

The trap: weeks overlap, so a cluster that lasts is found in several weeks; it is one event (``budget.events``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.warning.clusters.common import Common
from headworks.warning.clusters.found import Clusters, find_clusters
from headworks.warning.clusters.monte_carlo import (
    ScanProblem,
    gumbel_p,
    largest_of_replicates,
    monte_carlo_p,
)
from headworks.warning.clusters.problems import normal_problem, spans
from headworks.warning.clusters.windows import Windows

Array = npt.NDArray[np.float64]
# A cluster that began earlier is learnt by what is expected, and told by its sites.
LONGEST_WEEKS: Final = 4
# Replicates that tell whether any week is worth more of them, a multiple of those done at once; and all of them.
FEW_REPLICATES, REPLICATES = 128, 999
# Reached by more of the few, no week has a p-value that anybody would act on.
_WORTH_MORE = 2
# Earlier weeks that tell how ratios are stretched; every other one, for neighbours share most of their weeks.
_EARLIER_WEEKS, _EARLIER_STEP = 52, 2
_FEWEST_EARLIER = 8
_QUARTILE = 0.75
# An earlier scan tells something of this week's if it had this share of its values; at first no site is judged yet.
_ALIKE = 0.8
# Weeks of all maps that count beside a map's own: two dozen weeks tell a quartile to a tenth alone.
_SHARED_WEEKS = 100.0


class ScanLaw(NamedTuple):
    """Largest ratios of the replicates, ``inflation`` (G19), and whether there are enough of them for a tail (G13)."""

    largest: Array
    inflation: float
    has_tail: bool

    def p(self, ratio: float) -> float:
        """How often chance gives a ratio as large somewhere on the map."""
        held = ratio / self.inflation
        return gumbel_p(held, self.largest) if self.has_tail else monte_carlo_p(held, self.largest)


class ScannedMap(NamedTuple):
    """What is scanned: shape ``(n_locations, n_weeks)``, log scale, not a number where nothing was seen; seed of replicates.

    ``value`` is seen less expected, independent from week to week under no change, ``variance`` what it is known to;
    ``common`` what locations share that is no cluster, with labels of the last ``LONGEST_WEEKS`` weeks.
    """

    value: Array
    variance: Array
    seed: int = 0
    common: tuple[Common, ...] = ()


class WeeklyScan(NamedTuple):
    """Of the weeks followed, oldest first: ``ratio`` of the most likely cluster (0 without any) and its ``p``; the ``law``."""

    ratio: Array
    p: Array
    law: ScanLaw


def problem_of_week(one: ScannedMap, week: int) -> ScanProblem:
    """The prospective problem of the weeks that last until ``week``; earlier ones count as far as they are there."""
    first = max(0, week + 1 - LONGEST_WEEKS)
    value, variance = (np.ascontiguousarray(table[:, first : week + 1].T[None]) for table in (one.value, one.variance))
    common = [(np.ascontiguousarray(own.label.T[-value.shape[1] :]), own.variance) for own in one.common]
    return normal_problem(value, variance, spans(week + 1 - first, LONGEST_WEEKS, is_prospective=True), one.seed, common)[0]


def clusters_of_week(windows: Windows, one: ScannedMap, week: int, most: int) -> Clusters:
    """The most likely clusters of a week; the first of their periods is up to three weeks before it. p is not a number.

    Parameters
    ----------
    windows, one
        Where to look, and at what.
    week
        Column of the last week.
    most
        How many.
    """
    return find_clusters(
        windows, problem_of_week(one, week), replicates=0, most_clusters=most, p_by="monte_carlo", stop_after=None
    )


def scan_weeks(
    windows: Windows, maps: Sequence[ScannedMap], first_followed: int, replicates: int = REPLICATES
) -> tuple[WeeklyScan, ...]:
    """The most likely cluster of each map and week that is followed, with its p-value over the whole map.

    Parameters
    ----------
    windows
        Where to look.
    maps
        One for each residue, all of the same weeks.
    first_followed
        The first week asked for; those before tell how ratios are stretched (G19).
    replicates
        At most, ``FEW_REPLICATES`` at least.

    Returns
    -------
    tuple
        A scan for each map.

    Examples
    --------
    Three of twelve places in a row are two standard deviations up for three weeks.

    >>> from headworks.warning.clusters.windows import circular_windows
    >>> value = np.random.default_rng(2).normal(size=(12, 40)) * 0.3
    >>> value[4:7, -3:] += 0.6
    >>> maps = [ScannedMap(value, np.full((12, 40), 0.09))]
    >>> found = scan_weeks(circular_windows(np.arange(12), [0] * 12, [1] * 12), maps, 37)
    >>> bool(found[0].p[-1] < 0.001), bool(0.7 < found[0].law.inflation < 1.4)
    (True, True)
    """
    if not maps:
        return ()
    n_weeks = maps[0].value.shape[1]
    earlier = range(max(LONGEST_WEEKS - 1, first_followed - _EARLIER_WEEKS), first_followed, _EARLIER_STEP)
    problems = [problem_of_week(one, n_weeks - 1) for one in maps]
    few = [largest_of_replicates(windows, problem, 0, FEW_REPLICATES) for problem in problems]
    before = np.array([[_ratio(windows, one, week) if _is_alike(one, week) else np.nan for week in earlier] for one in maps])
    found = []
    for one, problem, largest, inflation in zip(maps, problems, few, _inflations(before, np.array(few)), strict=True):
        ratio = np.array([_ratio(windows, one, week) for week in range(first_followed, n_weeks)])
        has_tail = np.count_nonzero(largest >= ratio.max(initial=0.0) / inflation) <= _WORTH_MORE
        if has_tail:
            largest = np.append(largest, largest_of_replicates(windows, problem, FEW_REPLICATES, replicates))
        law = ScanLaw(largest, float(inflation), bool(has_tail))
        found.append(WeeklyScan(ratio, np.array([law.p(value) for value in ratio.tolist()]), law))
    return tuple(found)


def _inflations(before: Array, replicates: Array) -> Array:
    """(G19) of each map from ratios of earlier weeks and of replicates, a row a map; 1 where too few weeks are known."""
    stated = np.quantile(replicates, _QUARTILE, axis=1)
    held = before / np.where(stated > 0.0, stated, np.nan)[:, None]
    n = np.count_nonzero(~np.isnan(held), axis=1)
    if n.sum() < _FEWEST_EARLIER:
        return np.ones(stated.size)
    every = np.nanquantile(held, _QUARTILE)
    own = np.array([np.nanquantile(row, _QUARTILE) if known else every for row, known in zip(held, n, strict=True)])
    result: Array = (n * own + _SHARED_WEEKS * every) / (n + _SHARED_WEEKS)
    return result


def _is_alike(one: ScannedMap, week: int) -> bool:
    """Whether a scan of an earlier week had about as many values as that of the newest."""
    newest, then = (np.count_nonzero(~np.isnan(one.value[:, last - LONGEST_WEEKS : last]))
                    for last in (one.value.shape[1], week + 1))  # fmt: skip
    return bool(then >= _ALIKE * newest > 0)


def _ratio(windows: Windows, one: ScannedMap, week: int) -> float:
    found = clusters_of_week(windows, one, week, 1)
    return found[0].llr if len(found) else 0.0


def recurrence_weeks(p: float, n_maps: int) -> float:
    """Weeks in which a cluster as large comes once by chance on one of so many maps (G20).

    Examples
    --------
    One in ten thousand on each of twenty maps: once in 500 weeks.

    >>> recurrence_weeks(1e-4, 20)
    500.0
    """
    return 1.0 / (n_maps * p)
