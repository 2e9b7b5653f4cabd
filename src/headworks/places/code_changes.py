"""A series outlives its code: what an older code is called today, and which share of it.

| kind | rule |
|---|---|
| recode, rename | the whole series goes on under the new code |
| merge | the old areas' figures are summed under the new code |
| split | each new code takes its share; while a share is unknown the figures stay under the old code |
| reparent | the area's own series goes on; its parent is the one of the day |

Chains are followed in time: a code of today counts as it is, an older one takes its newest change and then whatever followed.
The changes of one day happen at once. The trap: codes are used again (440106 and 440107 changed places in 1988), so a
chain that ignores dates runs in a circle.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

import polars as pl

from headworks.core.errors import DataRefused
from headworks.places.area_tree import areas_at

_CURRENT = {"old_id": pl.String(), "new_id": pl.String(), "share": pl.Float64(), "problem": pl.String()}
# Shares are written with a few digits; their sum may miss one by that.
_ROUNDING = 1e-3

_Step = tuple[dt.date, str, list[tuple[str, float | None]]]


def current_ids(code_changes: pl.DataFrame, areas: pl.DataFrame, as_of: dt.date) -> pl.DataFrame:
    """What every changed code is called on a day (N2).

    Parameters
    ----------
    code_changes
        Table ``code_changes``.
    areas
        Table ``areas``; a code that is valid on the day is never carried on.
    as_of
        The day; later changes do not count.

    Returns
    -------
    pl.DataFrame
        ``old_id, new_id, share, problem``, sorted. The shares of one ``old_id`` add up to one. ``problem`` is empty, or
        ``the share of a split is not known`` (then ``new_id`` is the code that was split), or ``the shares of a split leave
        a rest`` (the rest stays under that code), or ``the code is not in the table of areas``.

    Raises
    ------
    DataRefused
        ``HW-D405`` when shares of a split add up to more than one; all such splits are named.

    Examples
    --------
    >>> day = dt.date(2014, 1, 1)
    >>> changes = pl.DataFrame({"old_id": ["A", "B"], "new_id": ["B", "C"], "changed_on": [day, dt.date(2016, 1, 1)],
    ...                         "kind": ["recode", "merge"], "share": [1.0, 1.0]})
    >>> areas = pl.DataFrame({"area_id": ["C"], "valid_from": [day], "valid_to": [dt.date(9999, 1, 1)]})
    >>> current_ids(changes, areas, dt.date(2020, 1, 1)).select("old_id", "new_id", "share").rows()
    [('A', 'C', 1.0), ('B', 'C', 1.0)]
    """
    past = code_changes.filter(pl.col("changed_on") <= pl.lit(as_of)).sort("old_id", "changed_on", "new_id")
    steps = _steps(past)
    _require_shares(steps)
    valid = set(areas_at(areas, as_of)["area_id"].to_list())
    rows = []
    for old_id in sorted(set(steps) - valid):
        parts: defaultdict[tuple[str, str], float] = defaultdict(float)
        newest = max(day for day, _, _ in steps[old_id])
        for new_id, share, problem in _followed(old_id, newest, steps):
            unknown = not problem and new_id not in valid
            parts[new_id, "the code is not in the table of areas" if unknown else problem] += share
        rows += [(old_id, new_id, share, problem) for (new_id, problem), share in sorted(parts.items())]
    return pl.DataFrame(rows, schema=_CURRENT, orient="row").sort("old_id", "new_id", "problem")


def _steps(past: pl.DataFrame) -> dict[str, list[_Step]]:
    """Of each old code its changes in time, each with where its people went."""
    steps: dict[str, list[_Step]] = {}
    columns = [pl.col("old_id", "new_id", "changed_on"), pl.col("kind").cast(pl.String), pl.col("share")]
    for old_id, new_id, day, kind, share in past.select(columns).rows():
        mine = steps.setdefault(old_id, [])
        if not mine or mine[-1][0] != day:
            mine.append((day, kind, []))
        mine[-1][2].append((new_id, share if kind == "split" or share is not None else 1.0))
    return steps


def _require_shares(steps: dict[str, list[_Step]]) -> None:
    wrong = [
        f"{old_id} on {day}: {total:g}"
        for old_id, mine in sorted(steps.items())
        for day, _, parts in mine
        if (total := sum(share for _, share in parts if share is not None)) > 1.0 + _ROUNDING
    ]
    if wrong:
        raise DataRefused(
            "The shares of an area that was divided add up to more than one.",
            where="code_changes, share",
            found="; ".join(wrong),
            remedy="Give each new code its share of the old area's residents, or leave all shares empty",
            code="HW-D405",
        )


def _followed(code: str, on: dt.date, steps: dict[str, list[_Step]]) -> list[tuple[str, float, str]]:
    """Where a code's people are, from its change on a day onwards: ``new_id, share, problem``."""
    _, kind, parts = next(step for step in steps[code] if step[0] == on)
    known = sum(share for _, share in parts if share is not None)
    if kind == "split" and any(share is None for _, share in parts):
        return [(code, 1.0, "the share of a split is not known")]
    rest = 1.0 - known
    found = [(code, rest, "the shares of a split leave a rest")] if rest > _ROUNDING else []
    for new_id, share in parts:
        weight = (share or 0.0) if rest > _ROUNDING else (share or 0.0) / known
        later = [day for day, _, _ in steps.get(new_id, []) if day > on]
        onward = _followed(new_id, min(later), steps) if later else [(new_id, 1.0, "")]
        found += [(end, weight * part, problem) for end, part, problem in onward]
    return found


def carry_site_areas(
    site_areas: pl.DataFrame, sites: pl.DataFrame, code_changes: pl.DataFrame, areas: pl.DataFrame, as_of: dt.date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The registers of catchments and of sites in the codes of a day (N2).

    Parameters
    ----------
    site_areas, sites, code_changes, areas
        The fact tables.
    as_of
        The day whose codes are wanted.

    Returns
    -------
    tuple of pl.DataFrame
        ``site_areas`` with people of merged areas summed and of split ones shared out, one row a site, area and pair of
        dates, sorted; a site that had no row but whose own area was split has a row for each part. And ``sites``, whose
        ``area_id`` is the area that took the most. What is not in the area table stays as it was written.

    Raises
    ------
    DataRefused
        ``HW-D405`` when shares of a split add up to more than one.
    """
    carried = current_ids(code_changes, areas, as_of).group_by("old_id", "new_id").agg(pl.col("share").sort().sum())
    carried = carried.sort("old_id", "share", "new_id", descending=[False, True, False])
    if carried.is_empty():
        return site_areas.sort("site_id", "area_id"), sites
    divided = carried.filter(pl.len().over("old_id") > 1).select(area_id="old_id").unique()
    own = sites.join(site_areas, on="site_id", how="anti").join(divided, on="area_id", how="semi")
    own = own.filter(pl.col("population_served").is_not_null()).select("site_id", "area_id", population="population_served")
    dates = [name for name in ("valid_from", "valid_to") if name in site_areas.columns]
    own = own.with_columns(pl.lit(None, dtype=pl.Date).alias(name) for name in dates).select(site_areas.columns)
    rows = pl.concat([site_areas, own]).join(carried, left_on="area_id", right_on="old_id", how="left")
    rows = rows.with_columns(
        area_id=pl.coalesce("new_id", "area_id"), population=pl.col("population") * pl.col("share").fill_null(1.0)
    )
    rows = rows.sort("site_id", "area_id", *dates, "population")
    summed = rows.group_by("site_id", "area_id", *dates, maintain_order=True).agg(pl.col("population").sum())
    most = carried.unique("old_id", keep="first", maintain_order=True).select(area_id="old_id", _new="new_id")
    moved = sites.join(most, on="area_id", how="left", maintain_order="left")
    moved = moved.with_columns(area_id=pl.coalesce("_new", "area_id")).select(sites.columns)
    return summed.select(site_areas.columns), moved
