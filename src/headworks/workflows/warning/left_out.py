"""The normals of a signal without each of its parts: a site's without each sample, an area's without each site.

The trap: parts are left out of the normals as they are reckoned from the samples; what the recalibration does to them is
carried over by its factor, so a p-value without a part holds nearly.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt

from headworks.workflows.warning.events import Column
from headworks.workflows.warning.figures import residue_of, rows_of_sites, week_of_rows
from headworks.workflows.warning.judged import Judged, week_label
from headworks.workflows.warning.kinds import RATIO

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def parts_left_out(judged: Judged, column: Column, unit: int, z: Array, speaking: Flags) -> tuple[list[str], list[Array]]:
    """Names of the parts of a signal and the normals without each: days of a site, sites of an area."""
    if column.family is RATIO:
        weeks = np.flatnonzero(speaking)
        return [week_label(judged, int(w)) for w in weeks], [_replaced(z, {int(w): np.nan}) for w in weeks]
    one = residue_of(judged, column)
    rows = rows_of_sites(judged, one, judged.units.sites_of(unit))
    week = week_of_rows(judged, one, rows)
    spoken = speaking[week] & ~np.isnan(one.sites.z_day[rows])
    rows, week = rows[spoken], week[spoken]
    if unit < judged.units.n_sites:
        raw = one.sites.z[unit]
        names = [f"the sample of {dt.date(1970, 1, 1) + dt.timedelta(days=int(one.sites.seen.day[row]))}" for row in rows]
        days = one.sites.z_day[rows]

        def without_day(i: int) -> Array:
            others = days[(week == week[i]) & (np.arange(days.size) != i)]
            left = others.sum() / np.sqrt(others.size) if others.size else np.nan
            return _replaced(z, {int(week[i]): _carried(z, raw, int(week[i]), left)})

        return names, [without_day(i) for i in range(rows.size)]
    sites = np.unique(one.site[one.sites.seen.of_series[rows]])
    names = [f"site {judged.units.unit_id[site]}" for site in sites]
    return names, [_without_site(judged, column, unit, int(site), z, speaking) for site in sites]


def _without_site(judged: Judged, column: Column, unit: int, site: int, z: Array, speaking: Flags) -> Array:
    """Normals of an area without one of its sites."""
    one, found = residue_of(judged, column), {}
    weeks, areas = one.weeks, one.areas
    for w in np.flatnonzero(speaking):
        if np.isnan(areas.expected[unit, w]):
            # The sum of the sites' normals: one fewer.
            members = judged.units.sites_of(unit)
            others = one.sites.z[members[members != site], w]
            others = others[~np.isnan(others)]
            own = one.sites.z[members, w]
            before = float(np.nansum(own)) / float(np.sqrt(max(int(np.count_nonzero(~np.isnan(own))), 1)))
            left = others.sum() / np.sqrt(others.size) if others.size else np.nan
            found[int(w)] = left * z[w] / before if abs(before) > 1e-9 else left
            continue
        weight, whole = 1.0 / weeks.variance[site, w], 1.0 / weeks.variance[unit, w]
        if np.isnan(weight):
            continue
        share = min(weight / whole, 1.0)
        if share >= 1.0 - 1e-9:
            found[int(w)] = np.nan
            continue
        value = (weeks.value[unit, w] - share * weeks.value[site, w]) / (1.0 - share)
        # What is left is known less well, by what the site's samples told.
        known = areas.variance[unit, w] + areas.scatter[unit] * weeks.variance[unit, w] * share / (1.0 - share)
        left = (value - weeks.shared[unit, w] - areas.expected[unit, w]) / np.sqrt(known)
        found[int(w)] = _carried(z, areas.z[unit], int(w), float(left))
    return _replaced(z, found)


def _carried(z: Array, raw: Array, week: int, left: float) -> float:
    """A raw normal on the scale of the final ones."""
    if np.isnan(left) or np.isnan(raw[week]) or abs(raw[week]) < 1e-6:
        return left
    return float(left * min(abs(z[week] / raw[week]), 2.0))


def _replaced(z: Array, values: dict[int, float]) -> Array:
    found = z.copy()
    for week, value in values.items():
        found[week] = value
    return found
