"""One year of the situation: from its samples to its loads, means, changes and area figures, whole or what new facts touch.

A year needs the loads of the year before (the spread is learnt from them, changes compare with them) and three days of the next
(a week that begins in it). Years follow one another in order; what comes out of a year is the same, bit for bit, whatever part
of it is recomputed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

import polars as pl

from headworks.core.periods import Period, period_label
from headworks.loads import LoadInputs, derive_consumption, derive_loads, period_consumption
from headworks.loads.area_consumption import area_consumption
from headworks.trends import flag_inconsistent_means
from headworks.trends.areas.change import area_changes_of
from headworks.trends.areas.roll_up import area_loads_of
from headworks.trends.change import changes_of
from headworks.trends.day_arrays import day_arrays
from headworks.trends.day_spread import day_spread
from headworks.trends.period_mean import PERIOD_MEAN_KINDS, period_means_of
from headworks.trends.week_means import week_means_of
from headworks.workflows.headings import residue_headings, under_headings
from headworks.workflows.method import Method
from headworks.workflows.parts import with_part_of_day, with_part_of_period, with_part_of_week
from headworks.workflows.register import Register
from headworks.workflows.scope import Scope, YearScope, scope_of_year
from headworks.workflows.situation_days import situation_days

_DAYS_AHEAD = 3


class YearFacts(NamedTuple):
    """Facts that a year is computed from.

    ``samples`` and ``measurements`` are those of the days to recompute, up to three days into the next year; ``earlier_loads``
    are the loads of the year before, ``kept_loads`` those of this year (and three days more) that are not recomputed.
    """

    facts: dict[str, pl.DataFrame]
    samples: pl.DataFrame
    measurements: pl.DataFrame
    earlier_loads: pl.DataFrame
    kept_loads: pl.DataFrame


class YearResult(NamedTuple):
    """Recomputed rows of the result tables with their ``part``; what of the year was recomputed; loads of the year."""

    tables: dict[str, pl.DataFrame]
    scope: YearScope
    left_out: pl.DataFrame
    loads: pl.DataFrame


def year_range(year: int) -> tuple[dt.date, dt.date]:
    """First and last day whose loads a year needs of its own."""
    return dt.date(year, 1, 1), dt.date(year + 1, 1, _DAYS_AHEAD)


def derive_year(
    year: int,
    year_facts: YearFacts,
    register: Register,
    method: Method,
    scope: Scope,
    begin: Callable[[str], None] = lambda step: None,
) -> YearResult:
    """Result tables of a year.

    Parameters
    ----------
    year
        Calendar year; a week belongs to the year of its Thursday.
    year_facts
        Its facts, and loads that are kept.
    register
        Sites and network.
    method
        Parameter set, uncertainties, week conventions.
    scope
        What is recomputed.
    begin
        Called with the name of each step.

    Returns
    -------
    YearResult
    """
    facts = year_facts.facts
    begin("loads")
    inputs = LoadInputs(
        year_facts.measurements, year_facts.samples, facts["sites"], facts["populations"], facts["flows"]
    )
    derived = derive_loads(inputs, method.uncertainty)
    loads = pl.concat([year_facts.kept_loads, derived.loads])
    of_year = pl.col("day").dt.year() == year
    begin("consumption")
    used = derive_consumption(
        derived.loads.filter(of_year), method.parameters.factors, method.parameters.set_id, method.residues
    )
    begin("days")
    days = _days(year, loads, year_facts, register, method)
    scoped = scope_of_year(scope, year, days["day"].drop_nulls().unique().to_list())
    tables = _figures(year, days, year_facts, register, method, scoped, begin)
    tables |= {"loads": with_part_of_day(derived.loads.filter(of_year)), "consumption": with_part_of_day(used)}
    return YearResult(tables, scoped, derived.left_out, loads.filter(of_year))


def _days(year: int, loads: pl.DataFrame, year_facts: YearFacts, register: Register, method: Method) -> pl.DataFrame:
    """Days of load of the year before, the year and three days more, computed and published."""
    facts = year_facts.facts
    loads = pl.concat([year_facts.earlier_loads, loads])
    near = pl.col("year").is_between(year - 1, year + 1)
    reported = facts["reported_loads"].filter(near)
    headings = residue_headings(method.parameters, loads, reported)
    days = situation_days(loads, reported, register.sites, headings, method.uncertainty)
    first, last = dt.date(year - 1, 1, 1), year_range(year)[1]
    inside = pl.col("day").is_between(first, last)
    return days.filter(inside.fill_null(pl.col("year").is_between(year - 1, year)))


def _figures(
    year: int,
    days: pl.DataFrame,
    year_facts: YearFacts,
    register: Register,
    method: Method,
    scope: YearScope,
    begin: Callable[[str], None],
) -> dict[str, pl.DataFrame]:
    arrays = day_arrays(days)
    spread = day_spread(arrays)
    labels, weeks = _wanted(year, days, scope)
    begin("weekly means")
    weekly = week_means_of(days, arrays, spread, method.conventions, weeks)
    begin("period means")
    kinds = [period_means_of(arrays, kind, spread, _of_kind(labels, kind)) for kind in PERIOD_MEAN_KINDS]
    means = pl.concat(kinds)
    begin("changes")
    changed = changes_of(arrays, spread, labels)
    begin("areas")
    areas = area_loads_of(arrays, spread, register.network, labels)
    begin("changes of areas")
    areas_changed = area_changes_of(arrays, spread, register.network, labels)
    begin("consumption of periods")
    factors, set_id = method.parameters.factors, method.parameters.set_id
    used = period_consumption(means, factors, set_id)
    areas_used = area_consumption(areas, factors, set_id)
    begin("published means")
    published = year_facts.facts["published_means"].filter(pl.col("year") == year)
    headings = residue_headings(method.parameters, weekly, published)
    inconsistent = flag_inconsistent_means(
        weekly,
        _of_weeks(under_headings(published, headings), weeks),
        days=days.filter(pl.col("year") == year),
        conventions=method.conventions,
    )
    by_period = {
        "period_means": means, "changes": changed, "period_consumption": used, "area_loads": areas,
        "area_changes": areas_changed, "area_consumption": areas_used,
    }  # fmt: skip
    by_week = {"weekly_means": weekly, "inconsistent_means": inconsistent}
    return {name: with_part_of_period(frame) for name, frame in by_period.items()} | {
        name: with_part_of_week(pl.DataFrame(frame)) for name, frame in by_week.items()
    }


def _wanted(
    year: int, days: pl.DataFrame, scope: YearScope
) -> tuple[frozenset[str], frozenset[tuple[int, int]]]:
    """Labels and weeks of the year that are recomputed, all of those with a day when everything is."""
    if scope.labels is not None and scope.weeks is not None:
        return scope.labels, scope.weeks
    dated = days.select("day").drop_nulls().unique()
    labels = {label for kind in PERIOD_MEAN_KINDS for label in dated.select(period_label(pl.col("day"), kind)).to_series()}
    weeks = days.filter(pl.col("year") == year).select("year", "week").unique().rows()
    undated = days.filter(pl.col("day").is_null() & (pl.col("year") == year))
    if undated.height:
        labels.add(str(year))
    return frozenset(label for label in labels if label.startswith(str(year))), frozenset(weeks)


def _of_kind(labels: frozenset[str], kind: str) -> frozenset[str]:
    return frozenset(label for label in labels if Period.parse(label).kind == kind)


def _of_weeks(published: pl.DataFrame, weeks: frozenset[tuple[int, int]]) -> pl.DataFrame:
    wanted = pl.DataFrame(sorted(weeks), schema={"year": pl.Int16, "week": pl.Int8}, orient="row")
    return published.join(wanted, on=["year", "week"], how="semi", maintain_order="left")
