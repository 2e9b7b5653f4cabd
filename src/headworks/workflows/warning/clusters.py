"""Clusters of a week: neighbouring sites that are up together, of which none is a signal by itself.

Every residue has a map of its own, scanned each week that is followed. Maps stand under the budget as one more level of it:
by (X6) with as many hypotheses as maps. The trap: a county that doubles is found by the tree and by the scan. What a signal of
the tree explains is attached to that signal and not told again, and what one site drives is no cluster.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.warning.budget import Budget, Event, follow_weeks, units_of
from headworks.warning.budget.events import GOES_ON
from headworks.warning.clusters import Common, ScannedMap, WeeklyScan, clusters_of_week, scan_weeks, wander_of_areas
from headworks.warning.clusters.weekly import LONGEST_WEEKS
from headworks.workflows.warning.batch_causes import batch_of_sites
from headworks.workflows.warning.events import Asked, Followed
from headworks.workflows.warning.judged import Judged, Residue
from headworks.workflows.warning.kinds import UP
from headworks.workflows.warning.map_weeks import MapWeeks, map_weeks
from headworks.workflows.warning.site_map import LEAST_SITES, SiteMap
from headworks.workflows.warning.site_weeks import seed_of

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
# Of a residue and week: what stands beside the most likely cluster without a site of it.
_MOST_LOOKED_AT = 3
# What is left of a cluster without the sites of a signal and without its strongest must still be no chance of one week.
_STILL_UP = 2.3263
# Of areas that wander: smaller ones have too few sites, larger ones are no neighbourhood.
_COUNTY = 3
# The seed of replicates is a number that NumPy and the kernels both hold.
_SEEDS = 2**62


class SiteCluster(NamedTuple):
    """``sites`` with a week between ``first_week`` and ``last_week`` (columns of ``Judged``), both in it.

    ``score`` is the sum of each site's values over their variances, ``weight`` the sum of one over the variances; ``events``
    are the signals of the tree that have a site in it, ``is_told`` whether it is an event of its own beside them.
    """

    sites: Index
    first_week: int
    last_week: int
    ratio: float
    p: float
    score: Array
    weight: Array
    events: tuple[Event, ...]
    is_told: bool


class MapScan(NamedTuple):
    """The weeks of a residue's map, and the scan of those that are followed."""

    weeks: MapWeeks
    scan: WeeklyScan


class OpenCluster(NamedTuple):
    """An event of clusters that goes on: what the budget says, the residue, the cluster when first shown and as it is now."""

    event: Event
    residue: int
    began: SiteCluster
    now: SiteCluster


class Clustered(NamedTuple):
    """Of the last week: ``open_now``; the cluster ``attached`` to each event of the tree (its unit and column); all maps."""

    open_now: tuple[OpenCluster, ...]
    attached: dict[tuple[int, int], SiteCluster]
    maps: tuple[MapScan, ...]


def find_site_clusters(judged: Judged, asked: Asked, followed: Followed, budget: Budget, where: SiteMap) -> Clustered:
    """The clusters of the weeks that are judged, under the budget.

    Parameters
    ----------
    judged, asked, followed
        Of the same days.
    budget
        How many of them may be false; its caps count signals of the tree alone.
    where
        Where the sites lie.
    """
    if not where.windows.is_end.any() or not judged.residues or judged.n_weeks == judged.n_before:
        return Clustered((), {}, ())
    maps = _scanned(judged, where)
    looked: list[dict[int, list[SiteCluster]]] = []
    p = np.empty((1, len(maps), judged.n_weeks - judged.n_before))
    for place, one in enumerate(maps):
        events = [event for event in followed.events if asked.columns[event.drug] == (place, UP)]
        worth = np.flatnonzero(one.scan.p <= GOES_ON).tolist()
        looked.append({week: _looked_at(judged, one, where, week, events) for week in worth})
        p[0, place] = one.scan.p
        for week, found in looked[-1].items():
            p[0, place, week] = min((cluster.p for cluster in found if cluster.is_told), default=1.0)
    # A map is one unit: what may be told of it hangs on how many maps there are, not on how many windows.
    ledger = follow_weeks(p, units_of([-1], [1]), Budget(budget.share_false))[1]
    last = p.shape[2] - 1
    open_now = tuple(
        OpenCluster(event, event.drug, *(_told(looked[event.drug][week]) for week in (event.first_week, last)))
        for event in ledger.is_open if event.last_week == last
    )  # fmt: skip
    attached = {
        (event.unit, event.drug): cluster
        for found in looked for cluster in reversed(found.get(last, [])) if not cluster.is_told for event in cluster.events
    }  # fmt: skip
    return Clustered(open_now, attached, maps)


def _scanned(judged: Judged, where: SiteMap) -> tuple[MapScan, ...]:
    """The map of every residue."""
    weeks = [map_weeks(judged, one) for one in judged.residues]
    county = judged.units.member[_COUNTY - 1]
    before = slice(0, judged.n_before)
    wander = wander_of_areas([(mine.value[:, before], mine.variance[:, before]) for mine in weeks], county)
    maps = [
        ScannedMap(
            mine.value, mine.variance, int(seed_of("clusters", one.analyte)) % _SEEDS, _common(judged, one, county, moves)
        )
        for mine, one, moves in zip(weeks, judged.residues, wander.tolist(), strict=True)
    ]
    scans = scan_weeks(where.windows, maps, judged.n_before)
    return tuple(MapScan(*pair) for pair in zip(weeks, scans, strict=True))


def _common(judged: Judged, one: Residue, county: Index, wander: float) -> tuple[Common, ...]:
    """What sites of the newest weeks share: the batches they were measured in, and a county that wanders (G21)."""
    weeks = range(max(0, judged.n_weeks - LONGEST_WEEKS), judged.n_weeks)
    batch = np.stack([batch_of_sites(judged, one, week) for week in weeks], axis=1)
    stated = float(one.sites.seen.batch_variance.mean()) if one.sites.seen.batch_variance.size else 0.0
    return Common(batch, stated), Common(np.repeat(county[:, None], len(weeks), axis=1), wander)


def _looked_at(judged: Judged, one: MapScan, where: SiteMap, week: int, events: list[Event]) -> list[SiteCluster]:
    """The most likely clusters of a week that is followed, with the signals in them."""
    at = judged.n_before + week
    found = []
    for cluster in clusters_of_week(where.windows, ScannedMap(one.weeks.value, one.weeks.variance), at, _MOST_LOOKED_AT):
        first = max(0, at + 1 - LONGEST_WEEKS) + cluster.first_period
        sites = np.sort(np.array(cluster.members, dtype=np.int64))
        value = one.weeks.value[sites, first : at + 1]
        weight = np.where(np.isnan(value), 0.0, 1.0 / one.weeks.variance[sites, first : at + 1])
        score, known = np.nansum(value * weight, axis=1), weight.sum(axis=1) > 0
        sites, score, weight = sites[known], score[known], weight.sum(axis=1)[known]
        inside = {event: np.isin(sites, judged.units.sites_of(event.unit)) for event in events
                  if event.first_week <= week <= event.last_week}  # fmt: skip
        inside = {event: members for event, members in inside.items() if members.any()}
        left = ~np.any([np.zeros(sites.size, bool), *inside.values()], axis=0)
        bar = _STILL_UP * np.sqrt(one.scan.law.inflation)
        found.append(SiteCluster(
            sites, first, at, cluster.llr, one.scan.law.p(cluster.llr), score, weight, tuple(inside),
            bool(left.sum() >= LEAST_SITES and _without_strongest(score[left], weight[left]) >= bar),
        ))  # fmt: skip
    return found


def _without_strongest(score: Array, weight: Array) -> float:
    """The normal of some sites together, without the one that it hangs on most."""
    others = (score.sum() - score) / np.sqrt(weight.sum() - weight)
    return float(others.min())


def _told(found: list[SiteCluster]) -> SiteCluster:
    """The most likely one that is told."""
    return next(cluster for cluster in found if cluster.is_told)
