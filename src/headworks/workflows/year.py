"""One year of the situation: from its samples to its loads, means, changes and area figures, whole or what new facts touch.

A year needs the loads of the year before (the spread is learnt from them, changes compare with them) and three days of the
next (a week that begins in it). Years follow one another in order; what comes out of a year is the same, bit for bit,
whatever part of it is recomputed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

import polars as pl

from headworks.core.periods import Period, period_label
from headworks.loads import (
    LoadInputs,
    derive_amphetamine,
    derive_consumption,
    derive_heroin,
    derive_loads,
    derive_stability,
    period_consumption,
    replace_consumption,
)
from headworks.loads.area_consumption import area_consumption
from headworks.tables import InconsistentMeans
from headworks.trends import flag_inconsistent_means
from headworks.trends.areas.change import area_changes_of
from headworks.trends.areas.roll_up import area_loads_of
from headworks.trends.change import changes_of
from headworks.trends.day_arrays import DayArrays
from headworks.trends.day_spread import DaySpread, day_spread
from headworks.trends.period_mean import PERIOD_MEAN_KINDS, period_means_of
from headworks.trends.week_means import week_means_of
from headworks.workflows.evidence import Disposal, derive_conformity, derive_disposal, derive_populations
from headworks.workflows.headings import residue_headings, under_headings
from headworks.workflows.method import Method
from headworks.workflows.parts import with_part_of_day, with_part_of_period, with_part_of_week
from headworks.workflows.register import Register
from headworks.workflows.scope import Scope, YearScope, scope_of_year
from headworks.workflows.year_days import LOOKED_BACK_ON, YearDays, days_of_year

_DAYS_AHEAD = 3


class YearFacts(NamedTuple):
    """Facts that a year is computed from.

    ``samples`` and ``measurements`` are those of the days to recompute, up to three days into the next year; ``earlier_loads``
    are the loads of the year before, ``kept_loads`` those of this year (and three days more) that are not recomputed, both with
    the columns ``LOOKED_BACK_ON``;
    ``kept_out_before`` (``site_id, day, analyte``) are loads that the run before kept out of means.
    """

    facts: dict[str, pl.DataFrame]
    samples: pl.DataFrame
    measurements: pl.DataFrame
    earlier_loads: pl.DataFrame
    kept_loads: pl.DataFrame
    kept_out_before: pl.DataFrame


class Recomputed(NamedTuple):
    """What of a year is recomputed; disposal was judged from ``judged_since`` on."""

    year: int
    scope: YearScope
    judged_since: dt.date


class YearLoads(NamedTuple):
    """What the next year needs of a year, its ``loads`` and those ``kept_out`` of means; and what was ``left_out``, why."""

    loads: pl.DataFrame
    kept_out: pl.DataFrame
    left_out: pl.DataFrame


Emit = Callable[[Recomputed, str, pl.DataFrame], None]


def year_range(year: int) -> tuple[dt.date, dt.date]:
    """First and last day whose loads a year needs of its own."""
    return dt.date(year, 1, 1), dt.date(year + 1, 1, _DAYS_AHEAD)


def derive_year(
    year: int,
    year_facts: YearFacts,
    register: Register,
    method: Method,
    scope: Scope,
    emit: Emit,
    begin: Callable[[str], None],
) -> YearLoads:
    """Compute the result tables of a year and hand them out, one after the other.

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
    emit
        Given what is recomputed, the name of a table and its recomputed rows with their ``part``; a table is let go when it
        has been handed out.
    begin
        Called with the name of each step.

    Returns
    -------
    YearLoads
    """
    facts = year_facts.facts
    begin("loads")
    derived = derive_loads(_load_inputs(year_facts), method.uncertainty, stability=_stability(facts["sites"], method))
    loads = pl.concat([year_facts.kept_loads, derived.loads.select(LOOKED_BACK_ON)])
    looked_back = pl.concat([year_facts.earlier_loads, loads])
    of_year = pl.col("day").dt.year() == year
    begin("consumption")
    used = _consumption(derived.loads.filter(of_year), register, method)
    begin("disposal")
    since = first_judged_day(scope, year)
    disposal = derive_disposal(looked_back, facts, method, since)
    scope = _with_days_kept_out(scope, disposal, year_facts.kept_out_before, since)
    kept_out = pl.concat([year_facts.kept_out_before.filter(pl.col("day") < since), disposal.kept_out])
    begin("days")
    days = days_of_year(
        year, looked_back, kept_out, facts["reported_loads"], register.sites, method, year_range(year)[1]
    )
    del looked_back
    scoped = scope_of_year(scope, year, days.sampled)
    said = Recomputed(year, scoped, since)
    labels, weeks = days.wanted(scoped)
    emit(said, "loads", with_part_of_day(derived.loads.filter(of_year)))
    emit(said, "consumption", with_part_of_day(used))
    emit(said, "residue_ratios", with_part_of_day(disposal.ratios.filter(of_year)))
    emit(said, "disposal_events", with_part_of_day(disposal.events.filter(of_year)))
    del used, disposal
    begin("populations and conformity")
    # A day whose load has no population makes no mean, and yet is a day of its quarter.
    everything = loads.filter(of_year).select(period_label(pl.col("day"), "quarter")).to_series().unique().to_list()
    quarters = _of_kind(labels, "quarter") | (frozenset(everything) if scoped.is_all else frozenset())
    emit(said, "population_estimates", derive_populations(loads.filter(of_year), facts, method, quarters))
    conformity = derive_conformity(facts["samples"], method, year, None if scoped.is_all else quarters)
    emit(said, "nonconformities", conformity)
    spread = day_spread(days.arrays)
    _emit_weeks(said, days, spread, weeks, year_facts, method, emit, begin)
    arrays = days.arrays
    del days
    _emit_periods(said, arrays, spread, labels, register, method, emit, begin)
    return YearLoads(loads.filter(of_year), kept_out.filter(of_year), derived.left_out)


def _load_inputs(year_facts: YearFacts) -> LoadInputs:
    facts = year_facts.facts
    return LoadInputs(
        year_facts.measurements, year_facts.samples.drop("day"), facts["sites"], facts["populations"], facts["flows"]
    )


def _stability(sites: pl.DataFrame, method: Method) -> pl.DataFrame | None:
    """What is lost before sites whose residence time is known; None where nothing is to be done about it."""
    timed = sites.filter(pl.col("residence_h").is_not_null())
    if method.in_sewer_loss == "ignored" or timed.is_empty():
        return None
    return derive_stability(timed, correct_loss=method.in_sewer_loss == "corrected")


def _consumption(loads: pl.DataFrame, register: Register, method: Method) -> pl.DataFrame:
    """Consumption, with heroin and amphetamine split from what medicines and methamphetamine leave."""
    factors, set_id = method.parameters.factors, method.parameters.set_id
    used = derive_consumption(loads, factors, set_id, method.residues)
    split = []
    if "morphine" in factors["analyte"]:
        split.append(derive_heroin(loads, factors, register.therapeutic, set_id).consumption)
    if "amphetamine" in factors["analyte"]:
        split.append(derive_amphetamine(loads, factors, set_id).consumption)
    return replace_consumption(used, pl.concat(split)) if split else used


def first_judged_day(scope: Scope, year: int) -> dt.date:
    """From which day on disposal is judged anew: a day is judged by the days before it, and by none after."""
    first = dt.date(year, 1, 1)
    if scope.days is None or year - 1 in scope.years:
        return first
    touched = [day for day in scope.days if day <= year_range(year)[1]]
    return max(first, min(touched, default=year_range(year)[1] + dt.timedelta(days=1)))


def _with_days_kept_out(scope: Scope, disposal: Disposal, before: pl.DataFrame, since: dt.date) -> Scope:
    """The scope, and the days on which other loads are kept out than were."""
    if scope.days is None:
        return scope
    was = before.filter(pl.col("day") >= since).select("site_id", "day", "analyte")
    now = disposal.kept_out.select("site_id", "day", "analyte")
    differ = pl.concat([now.join(was, on=now.columns, how="anti"), was.join(now, on=now.columns, how="anti")])
    return Scope(scope.days | frozenset(differ["day"].to_list()), scope.years)


def _emit_weeks(
    said: Recomputed,
    days: YearDays,
    spread: DaySpread,
    weeks: frozenset[tuple[int, int]],
    year_facts: YearFacts,
    method: Method,
    emit: Emit,
    begin: Callable[[str], None],
) -> None:
    begin("weekly means")
    weekly = week_means_of(days.of_weeks(weeks), days.arrays, spread, method.conventions, weeks)
    inconsistent = _inconsistent(said.year, weekly, days, year_facts, method, weeks)
    emit(said, "inconsistent_means", with_part_of_week(pl.DataFrame(inconsistent)))
    emit(said, "weekly_means", with_part_of_week(weekly))


def _emit_periods(
    said: Recomputed,
    arrays: DayArrays,
    spread: DaySpread,
    labels: frozenset[str],
    register: Register,
    method: Method,
    emit: Emit,
    begin: Callable[[str], None],
) -> None:
    factors, set_id = method.parameters.factors, method.parameters.set_id
    begin("period means")
    means = pl.concat([period_means_of(arrays, kind, spread, _of_kind(labels, kind)) for kind in PERIOD_MEAN_KINDS])
    begin("consumption of periods")
    emit(said, "period_consumption", with_part_of_period(period_consumption(means, factors, set_id)))
    emit(said, "period_means", with_part_of_period(means))
    del means
    begin("changes")
    emit(said, "changes", with_part_of_period(changes_of(arrays, spread, labels)))
    begin("areas")
    areas = area_loads_of(arrays, spread, register.network, labels)
    begin("consumption of areas")
    emit(said, "area_consumption", with_part_of_period(area_consumption(areas, factors, set_id)))
    emit(said, "area_loads", with_part_of_period(areas))
    del areas
    begin("changes of areas")
    emit(said, "area_changes", with_part_of_period(area_changes_of(arrays, spread, register.network, labels)))


def _inconsistent(
    year: int,
    weekly: pl.DataFrame,
    days: YearDays,
    year_facts: YearFacts,
    method: Method,
    weeks: frozenset[tuple[int, int]],
) -> pl.DataFrame:
    """Printed means of the year's weeks that the printed days do not give."""
    published = _of_weeks(year_facts.facts["published_means"].filter(pl.col("year") == year), weeks)
    if published.is_empty():
        return InconsistentMeans.create_empty()
    published = under_headings(published, residue_headings(method.parameters, weekly, published))
    return flag_inconsistent_means(weekly, published, days=days.of_weeks(days.weeks), conventions=method.conventions)


def _of_kind(labels: frozenset[str], kind: str) -> frozenset[str]:
    return frozenset(label for label in labels if Period.parse(label).kind == kind)


def _of_weeks(published: pl.DataFrame, weeks: frozenset[tuple[int, int]]) -> pl.DataFrame:
    wanted = pl.DataFrame(sorted(weeks), schema={"year": pl.Int16, "week": pl.Int8}, orient="row")
    return published.join(wanted, on=["year", "week"], how="semi", maintain_order="left")
