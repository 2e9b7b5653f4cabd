"""Every unit, residue and week of some days as a standard normal: what all kinds of signals are made of.

A residue has nothing to do with another but in the ratios, so residues are done side by side; what comes out does not hang
on how many are under way. The trap: days after the week that is judged must not be among those given, or the signals of a week
would hang on what came later.
"""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.core.periods import Period
from headworks.planning.day_patterns import festival_share
from headworks.trends.areas.network import Network
from headworks.trends.common_course import WEEK_DAYS
from headworks.trends.day_arrays import DayArrays, days_of_residue
from headworks.trends.site_trends import Learnt, week_end
from headworks.trends.smoother import observations_of
from headworks.workflows.warning.area_weeks import AreaWeeks, area_weeks
from headworks.workflows.warning.intermittent import is_intermittent
from headworks.workflows.warning.kinds import LONGEST_REACH
from headworks.workflows.warning.ratios import Pair, pairs_of
from headworks.workflows.warning.scatter import evened_out, own_spread, recalibrated, recalibrated_by_kind
from headworks.workflows.warning.site_weeks import SiteWeeks, seed_of, site_weeks
from headworks.workflows.warning.units import SITE_LEVEL, Units, warning_units
from headworks.workflows.warning.weeks import Weeks, weeks_of_units
from headworks.workflows.year_trends import LearntBefore

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
_RESIDUES_AT_ONCE = 2
# Of the festival's movement: a week in which more than this is under way is no week like others.
_MOST_FESTIVAL = 0.1


class Residue(NamedTuple):
    """One residue: its days, site of each series, weeks of all units, places of its sites' days, of its areas' weeks."""

    analyte: str
    drug: str
    days: DayArrays
    site: Index
    weeks: Weeks
    sites: SiteWeeks
    areas: AreaWeeks


class Judged(NamedTuple):
    """``z`` of shape ``(n_residues, n_units, n_weeks)``, ``ratio_z`` of shape ``(n_pairs, n_sites, n_weeks)``.

    Weeks stand for the Sundays from ``first`` on; the first ``n_before`` are what the others were held against.
    """

    units: Units
    residues: tuple[Residue, ...]
    pairs: tuple[Pair, ...]
    z: Array
    ratio_z: Array
    first: int
    n_weeks: int
    n_before: int


def week_label(judged: Judged, week: int) -> str:
    """ISO week of a column."""
    sunday = dt.date(1970, 1, 1) + dt.timedelta(days=judged.first + WEEK_DAYS * week)
    return Period.containing(sunday, "week").label


def judge_days(days: DayArrays, network: Network, learnt: LearntBefore | None, weeks_asked: int = 1) -> Judged:
    """Normals of all units, residues and weeks.

    Parameters
    ----------
    days
        Dated days of about two years, none after the last week asked for, none that is kept out.
    network
        Sites and areas.
    learnt
        What the year before taught; without, settings are learnt from these days.
    weeks_asked
        How many of the last weeks are to be judged; those before are what they are held against.

    Returns
    -------
    Judged
    """
    units = warning_units(sorted(days.series["site_id"].unique().to_list()), network)
    first = int(week_end(days.ordinal.min())) if days.ordinal.size else 0
    n_weeks = (int(week_end(days.ordinal.max())) - first) // WEEK_DAYS + 1 if days.ordinal.size else 0
    n_before = max(n_weeks - weeks_asked, 0)

    def of_residue(analyte: str) -> Residue:
        mine = days_of_residue(days, analyte)
        known = None if learnt is None else learnt.of(mine, analyte)
        return _residue(mine, analyte, units, known, first, n_weeks, n_before)

    with ThreadPoolExecutor(_RESIDUES_AT_ONCE, thread_name_prefix="headworks-warning") as pool:
        residues = tuple(pool.map(of_residue, sorted(days.series["analyte"].unique().to_list())))
    pairs = tuple(pairs_of({one.analyte: one.weeks for one in residues}, units.n_sites, first))
    z = np.empty((len(residues), units.n, n_weeks))
    for place, one in enumerate(residues):
        z[place] = evened_out(_without_festivals(_both(one, units), units, first), units)
    ratio_z = np.empty((len(pairs), units.n_sites, n_weeks))
    for place, pair in enumerate(pairs):
        ratio_z[place] = recalibrated(own_spread(pair.told.z, max(n_before - LONGEST_REACH, 0)), n_before)
    return Judged(units, residues, pairs, recalibrated_by_kind(z, units, n_before), ratio_z, first, n_weeks, n_before)


def _residue(
    mine: DayArrays, analyte: str, units: Units, learnt: Learnt | None, first: int, n_weeks: int, n_before: int
) -> Residue:
    read = observations_of(mine)
    place = {name: number for number, name in enumerate(units.unit_id[: units.n_sites])}
    site = mine.series["site_id"].replace_strict(place, return_dtype=pl.Int64).to_numpy()
    comes_and_goes = is_intermittent(read.seen)
    weeks = weeks_of_units(read.seen, site, units, first, n_weeks, comes_and_goes)
    seeds = np.array([seed_of(*names) for names in mine.series.select("site_id", "analyte").rows()], dtype=np.uint64)
    sites = site_weeks(read.seen, site, weeks.shared, first, learnt, seeds, comes_and_goes)
    drug = str(mine.series["drug"].sort()[0]) if mine.series.height else analyte
    areas = area_weeks(weeks, units, first, n_before)
    return Residue(analyte, drug, mine.take(read.rows), site, weeks, sites, areas)


def _both(one: Residue, units: Units) -> Array:
    """Normals of sites and of areas in one array.

    An area without a level of its own (its sites see the drug come and go, or hardly ever) has the sum of their normals.
    """
    found = np.where((units.level == SITE_LEVEL)[:, None], 0.0, one.areas.z)
    found[: units.n_sites] = one.sites.z[: units.n_sites]
    site, week = np.nonzero(~np.isnan(found[: units.n_sites]))
    for member in units.member[:-1]:
        mine = member[site] >= 0
        cell = member[site[mine]] * found.shape[1] + week[mine]
        total = np.bincount(cell, found[site[mine], week[mine]], found.size).reshape(found.shape)
        count = np.bincount(cell, minlength=found.size).reshape(found.shape)
        unknown = (count > 0) & np.isnan(one.areas.expected)
        found[unknown] = (total / np.sqrt(np.maximum(count, 1)))[unknown]
    return found


def _without_festivals(z: Array, units: Units, first: int) -> Array:
    """Weeks of the festival are not assessed where no peers tell what it did to all."""
    sundays = first + WEEK_DAYS * np.arange(z.shape[1])
    middle = (sundays - 3).astype("datetime64[D]").tolist()
    is_festival = np.array([festival_share(day) > _MOST_FESTIVAL for day in middle], dtype=bool)
    alone = units.peers_in < 0
    found: Array = np.where(alone[:, None] & is_festival, np.nan, z)
    return found
