"""What was seen and what was expected of the weeks in which a signal speaks, by site, by area, by pair of residues.

Figures of a site are those of its median day: the geometric mean of its samples, a censored one at its limit, and of what was
expected of each. An area's are its sites' long means, weighed by people, times what its weeks say. What was expected is that
of the first week that speaks: by the second, the level has begun to learn the change, and a doubling would be told as less.
The trap: where a drug comes and goes, a median day means nothing; there the mean stands, with how often it was found.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.trends.common_course import WEEK_DAYS
from headworks.trends.site_trends import week_end
from headworks.workflows.warning.events import Column
from headworks.workflows.warning.intermittent import is_intermittent
from headworks.workflows.warning.judged import Judged, Residue
from headworks.workflows.warning.kinds import RATIO

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
TWO_SIDED_95 = 1.959963984540054
# Half of what lies below a limit, as a mean day where the drug comes and goes.
_OF_LIMIT = 0.5


class Figures(NamedTuple):
    """None where unknown. ``sd`` of each week, log scale, by which its normals move; ``rows`` of the days that speak.

    ``presence``: share of samples in which it was found, now and before, where the drug comes and goes.
    """

    observed: float | None
    expected: float | None
    lower: float | None
    upper: float | None
    sd: Array
    n_days: int
    share_censored: float | None
    n_sites: int
    presence: tuple[float, float] | None
    rows: Index


def residue_of(judged: Judged, column: Column) -> Residue:
    """The residue of a column; of a pair the one above the line."""
    if column.family is not RATIO:
        return judged.residues[column.number]
    name = judged.pairs[column.number].numerator
    return next(one for one in judged.residues if one.analyte == name)


def figures_of(judged: Judged, column: Column, unit: int, speaking: Flags) -> Figures:
    """Figures of a unit's weeks.

    Parameters
    ----------
    judged, column, unit
        What speaks.
    speaking
        Weeks, shape ``(n_weeks,)``.
    """
    one = residue_of(judged, column)
    sites = judged.units.sites_of(unit)
    rows = rows_of_sites(judged, one, sites)
    week = week_of_rows(judged, one, rows)
    spoken = rows[speaking[week]]
    seen = one.sites.seen
    counted: dict[str, Any] = {
        "n_days": int(spoken.size),
        "share_censored": float(np.mean(~seen.is_quantified[spoken])) if spoken.size else None,
        "n_sites": int(np.unique(one.site[seen.of_series[spoken]]).size),
        "rows": spoken,
    }
    if column.family is RATIO:
        return _of_pair(judged, column, unit, speaking, counted)
    if unit < judged.units.n_sites:
        return _of_site(judged, one, unit, rows, speaking, counted)
    return _of_area(judged, one, unit, rows, speaking, counted)


def rows_of_sites(judged: Judged, one: Residue, sites: Index) -> Index:
    """Rows of the days of some sites."""
    wanted = np.zeros(judged.units.n_sites, dtype=bool)
    wanted[sites] = True
    return np.flatnonzero(wanted[one.site[one.sites.seen.of_series]])


def week_of_rows(judged: Judged, one: Residue, rows: Index) -> Index:
    """Week of each of some rows."""
    result: Index = (week_end(one.sites.seen.day[rows]) - judged.first) // WEEK_DAYS
    return result


def _of_site(judged: Judged, one: Residue, unit: int, rows: Index, speaking: Flags, counted: dict[str, Any]) -> Figures:
    seen, week = one.sites.seen, week_of_rows(judged, one, rows)
    sd = np.full(judged.n_weeks, np.nan)
    n = np.bincount(week, minlength=judged.n_weeks)
    total = np.bincount(week, np.sqrt(one.sites.variance[rows]), judged.n_weeks)
    sd[n > 0] = total[n > 0] / n[n > 0] / np.sqrt(n[n > 0])
    now = speaking[week]
    if is_intermittent(seen.take(np.flatnonzero(one.site == unit))).any():
        return _coming_and_going(one, rows, now, sd, counted)
    if not now.any():
        return Figures(None, None, None, None, sd, presence=None, **counted)
    spoken = rows[now]
    first = spoken[np.argmin(seen.day[spoken])]
    centre = float(one.sites.expected[first] + np.mean(one.sites.taken_off[spoken]))
    spread = TWO_SIDED_95 * float(np.sqrt(np.mean(one.sites.variance[spoken]) / spoken.size))
    observed = float(np.mean(seen.upper[spoken]))
    return _filled(observed, centre, spread, sd, counted)


def _coming_and_going(one: Residue, rows: Index, now: Flags, sd: Array, counted: dict[str, Any]) -> Figures:
    seen = one.sites.seen
    known = seen.is_quantified[rows]
    load = np.exp(seen.upper[rows]) * np.where(known, 1.0, _OF_LIMIT)
    if not now.any() or now.all():
        return Figures(None, None, None, None, sd, presence=None, **counted)
    shares = (float(known[now].mean()), float(known[~now].mean()))
    return Figures(float(load[now].mean()), float(load[~now].mean()), None, None, sd, presence=shares, **counted)


def _of_area(judged: Judged, one: Residue, unit: int, rows: Index, speaking: Flags, counted: dict[str, Any]) -> Figures:
    seen = one.sites.seen
    sd = np.sqrt(one.areas.variance[unit])
    known = speaking & ~np.isnan(one.areas.expected[unit])
    if not known.any():
        found, week = seen.is_quantified[rows], week_of_rows(judged, one, rows)
        now = speaking[week]
        shares = (float(found[now].mean()), float(found[~now].mean())) if now.any() and not now.all() else None
        return Figures(None, None, None, None, sd, presence=shares, **counted)
    base = long_mean(one, rows)
    shared, own, told = one.weeks.shared[unit, known], one.weeks.value[unit, known], one.areas.expected[unit, known][0]
    spread = TWO_SIDED_95 * float(np.sqrt(np.mean(one.areas.variance[unit, known]) / known.sum()))
    centre = float(np.mean(told + shared))
    log_base = float(np.log(base))
    return _filled(log_base + float(np.mean(own)), log_base + centre, spread, sd, counted)


def long_mean(one: Residue, rows: Index) -> float:
    """Long mean of the sites of some days, weighed by their people: of the log scale's middle of each."""
    series = one.sites.seen.of_series[rows]
    met, place = np.unique(series, return_inverse=True)
    n = np.bincount(place)
    level = np.exp(np.bincount(place, one.sites.expected[rows] + one.sites.taken_off[rows]) / n)
    people = np.bincount(place, np.nan_to_num(one.days.population[rows], nan=1.0)) / n
    return float((level * people).sum() / people.sum()) if met.size else float("nan")


def _of_pair(judged: Judged, column: Column, unit: int, speaking: Flags, counted: dict[str, Any]) -> Figures:
    pair = judged.pairs[column.number]
    sd = np.sqrt(pair.told.variance[unit])
    known = speaking & ~np.isnan(pair.told.expected[unit])
    if not known.any():
        return Figures(None, None, None, None, sd, presence=None, **counted)
    centre = float(np.mean(pair.told.expected[unit, known]))
    spread = TWO_SIDED_95 * float(np.sqrt(np.mean(sd[known] ** 2) / known.sum()))
    return _filled(float(np.mean(pair.value[unit, known])), centre, spread, sd, counted)


def _filled(observed: float, centre: float, spread: float, sd: Array, counted: dict[str, Any]) -> Figures:
    """Figures from logarithms."""
    seen, middle, lower, upper = (float(np.exp(value)) for value in (observed, centre, centre - spread, centre + spread))
    return Figures(seen, middle, lower, upper, sd, presence=None, **counted)
