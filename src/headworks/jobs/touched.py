"""Which days new facts speak of: what a run must recompute.

A load hangs on its sample, its results and the flow of its day. The traps: a sample that moved leaves its old day; a result
may come before its sample. The register (areas, sites, catchments, populations) reaches everything, for which site speaks for
which area hangs on all of it.
"""

from __future__ import annotations

import datetime as dt
import json

import polars as pl

from headworks.store import Workspace, read_facts
from headworks.store.facts import read_brought
from headworks.workflows import Scope
from headworks.workflows.situation import with_sampling_day

_REGISTER = {"areas", "code_changes", "sites", "site_areas", "populations", "therapeutic_use"}
_OF_SAMPLES = {"samples", "measurements", "enantiomeric_fractions"}
_THURSDAY = 4


def touched_scope(workspace: Workspace, since_seq: int, imports: pl.DataFrame) -> Scope:
    """What imports after ``since_seq`` brought facts about.

    Parameters
    ----------
    imports
        Table ``imports``; what is not in it does not count.
    """
    fresh = imports.filter(pl.col("seq") > since_seq)
    brought = {
        name
        for tables in fresh["tables"].to_list()
        for name, rows in json.loads(tables).items()
        if rows.get("new", 0) + rows.get("amended", 0)
    }
    if brought & _REGISTER:
        return Scope()
    days: set[dt.date] = set()
    years: set[int] = set()
    named = [read_brought(workspace, name, ["sample_id"], fresh) for name in sorted(brought & _OF_SAMPLES)]
    if named:
        # All rows of a sample, for it may have stood on another day.
        rows = read_facts(workspace, "samples", imports=imports, history=True, among=pl.concat(named).unique())
        days |= set(with_sampling_day(rows)["day"].to_list())
    if "flows" in brought:
        days |= set(read_brought(workspace, "flows", ["day"], fresh)["day"].to_list())
    if "reported_loads" in brought:
        days_of, years_of = _dates(read_brought(workspace, "reported_loads", ["year", "week", "weekday"], fresh))
        days, years = days | days_of, years | years_of
    if "published_means" in brought:
        weeks = read_brought(workspace, "published_means", ["year", "week"], fresh)
        days_of, years_of = _dates(weeks.with_columns(weekday=pl.lit(_THURSDAY)))
        days, years = days | days_of, years | years_of
    return Scope(frozenset(days), frozenset(years))


def _dates(rows: pl.DataFrame) -> tuple[set[dt.date], set[int]]:
    """Dates of weekdays of ISO weeks; years of the rows that name no week."""
    known = rows.filter(pl.col("week") > 0).select("year", "week", "weekday").unique().rows()
    undated = set(rows.filter(pl.col("week") == 0)["year"].to_list())
    days = set()
    for year, week, weekday in known:
        try:
            days.add(dt.date.fromisocalendar(year, week, weekday))
        except ValueError:
            # Week 53 of a year of 52: it is read as the first of the next.
            days.add(dt.date.fromisocalendar(year, 52, weekday) + dt.timedelta(days=7))
    return days, undated


def newest_seq(imports: pl.DataFrame) -> int:
    """Sequence number of the newest import; 0 when there is none."""
    return int(str(imports["seq"].max())) if imports.height else 0
