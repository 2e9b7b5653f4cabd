"""One year of the situation: from its samples to its loads, means, changes and area figures, whole or what new facts touch.

A year needs the loads of the year before (the spread is learnt from them, changes compare with them) and three days of the
next (a week that begins in it). Years follow one another in order; what comes out of a year is the same, bit for bit,
whatever part of it is recomputed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, Protocol

import numpy as np
import polars as pl

from headworks.core.periods import period_label
from headworks.loads import (
    LoadInputs,
    derive_amphetamine,
    derive_consumption,
    derive_heroin,
    derive_loads,
    derive_stability,
    replace_consumption,
)
from headworks.tables import PART
from headworks.trends.day_spread import day_spread
from headworks.workflows.beside import beside
from headworks.workflows.evidence import Disposal, derive_conformity, derive_disposal, derive_populations
from headworks.workflows.method import Method
from headworks.workflows.parts import empty_result, with_part_of_day
from headworks.workflows.register import Register
from headworks.workflows.scope import Scope, YearScope, scope_of_year
from headworks.workflows.year_days import LOOKED_BACK_ON, YearDays, days_of_year
from headworks.workflows.year_figures import Figures, emit_area_changes, emit_areas, emit_sites, of_kind
from headworks.workflows.year_trends import LEARNT, LearntBefore, Quarters, learn_from_year, trends_of_days

_DAYS_AHEAD = 3


class YearFacts(NamedTuple):
    """Facts that a year is computed from.

    ``samples`` and ``measurements`` are those of the days to recompute, up to three days into the next year; ``earlier_loads``
    are the loads of the year before, ``kept_loads`` those of this year (and three days more) that are not recomputed, both
    with the columns ``LOOKED_BACK_ON``; ``kept_out_before`` (``site_id, day, analyte``) are loads that the run before kept out
    of means; ``learnt_before`` what the run before learnt from the year before, None where it must be learnt anew.
    """

    facts: dict[str, pl.DataFrame]
    samples: pl.DataFrame
    measurements: pl.DataFrame
    earlier_loads: pl.DataFrame
    kept_loads: pl.DataFrame
    kept_out_before: pl.DataFrame
    learnt_before: LearntBefore | None = None


class Recomputed(NamedTuple):
    """What of a year is recomputed; disposal was judged from ``judged_since`` on, trends are told of ``quarters``."""

    year: int
    scope: YearScope
    judged_since: dt.date
    quarters: Quarters


class YearLoads(NamedTuple):
    """What the next year needs of a year, its ``loads`` and those ``kept_out`` of means; and what was ``left_out``, why."""

    loads: pl.DataFrame
    kept_out: pl.DataFrame
    left_out: pl.DataFrame


class Emit(Protocol):
    """Takes recomputed rows of a table; with ``more``, others of the same table and year follow."""

    def __call__(self, said: Recomputed, name: str, frame: pl.DataFrame, /, *, more: bool = False) -> None:
        """Take them."""


def year_range(year: int) -> tuple[dt.date, dt.date]:
    """First and last day whose loads a year needs of its own."""
    return dt.date(year, 1, 1), dt.date(year + 1, 1, _DAYS_AHEAD)


def derive_year(
    year: int,
    year_facts: YearFacts,
    register: Register,
    method: Method,
    scope: Scope,
    quarters: Quarters,
    emit: Emit,
    begin: Callable[[str], None],
    *,
    at_once: bool,
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
    quarters
        Quarters whose trends come with the days of this year.
    emit
        Given what is recomputed, the name of a table and its recomputed rows with their ``part``; a table is let go when it
        has been handed out.
    begin
        Called with the name of each step.
    at_once
        On two threads: sooner done, with up to a gibibyte more in memory for a year of two thousand sites.

    Returns
    -------
    YearLoads
    """
    facts, first_judged = year_facts.facts, first_judged_day(scope, year)
    begin("loads")
    derived = derive_loads(_load_inputs(year_facts), method.uncertainty, stability=_stability(facts["sites"], method))
    loads = pl.concat([year_facts.kept_loads, derived.loads.select(LOOKED_BACK_ON)])
    looked_back = pl.concat([year_facts.earlier_loads, loads])
    with beside(at_once=at_once) as start:
        judging = start(lambda: _judge(looked_back, facts, method, first_judged, begin))

        def kept_out_of_means() -> pl.DataFrame:
            return pl.concat([year_facts.kept_out_before.filter(pl.col("day") < first_judged), judging().kept_out])

        begin("days")
        days = days_of_year(
            year, looked_back, facts["reported_loads"], register.sites, method, year_range(year)[1], kept_out_of_means
        )
        disposal = judging()
        scope = _with_days_kept_out(scope, disposal, year_facts.kept_out_before, first_judged)
        scoped = scope_of_year(scope, year, days.sampled)
        labels, weeks = days.wanted(scoped)
        said = Recomputed(year, scoped, first_judged, quarters)
        loads = loads.filter(pl.col("day").dt.year() == year)
        evidence = Evidence(derived.loads, loads, disposal, facts, labels, register, method)
        # The longest first: its tables are written while the rest is computed.
        trending = start(lambda: emit_trends(said, days, register, year_facts.learnt_before, emit, begin))
        begin("spread between days")
        spread = day_spread(days.arrays)
        printed = facts["published_means"].filter(pl.col("year") == year)
        figures = Figures(days, spread, labels, weeks, printed, register, method, partial(emit, said), begin)
        changing = start(lambda: emit_area_changes(figures))
        rest = start(lambda: emit_evidence(said, evidence, emit, begin))
        emit_sites(figures)
        emit_areas(figures)
        begin("waiting for trends")
        for task in (trending, changing, rest):
            task()
    return YearLoads(loads, days.kept_out.filter(pl.col("day").dt.year() == year), derived.left_out)


def _judge(
    loads: pl.DataFrame, facts: dict[str, pl.DataFrame], method: Method, since: dt.date, begin: Callable[[str], None]
) -> Disposal:
    begin("disposal")
    found = derive_disposal(loads, facts, method, since)
    begin("")
    return found


class Evidence(NamedTuple):
    """What stands beside a year's figures is made of: ``derived`` loads, all ``loads`` of the year, periods recomputed."""

    derived: pl.DataFrame
    loads: pl.DataFrame
    disposal: Disposal
    facts: dict[str, pl.DataFrame]
    labels: frozenset[str]
    register: Register
    method: Method


def emit_evidence(said: Recomputed, of: Evidence, emit: Emit, begin: Callable[[str], None]) -> None:
    """Hand out loads, consumption, disposal, populations and conformity."""
    of_year = pl.col("day").dt.year() == said.year
    begin("consumption")
    derived = of.derived.filter(of_year)
    emit(said, "loads", with_part_of_day(derived))
    emit(said, "consumption", with_part_of_day(_consumption(derived, of.register, of.method)))
    emit(said, "residue_ratios", with_part_of_day(of.disposal.ratios.filter(of_year)))
    emit(said, "disposal_events", with_part_of_day(of.disposal.events.filter(of_year)))
    begin("populations and conformity")
    # A day whose load has no population makes no mean, and yet is a day of its quarter.
    everything = of.loads.select("day").unique().select(period_label(pl.col("day"), "quarter")).to_series().to_list()
    quarters = of_kind(of.labels, "quarter") | (frozenset(everything) if said.scope.is_all else frozenset())
    emit(said, "population_estimates", derive_populations(of.loads, of.facts, of.method, quarters))
    judged = None if said.scope.is_all else quarters
    emit(said, "nonconformities", derive_conformity(of.facts["samples"], of.method, said.year, judged))
    begin("")


def emit_trends(
    said: Recomputed,
    days: YearDays,
    register: Register,
    learnt_before: LearntBefore | None,
    emit: Emit,
    begin: Callable[[str], None],
) -> None:
    """Hand out trends, the days that stand out from them, and what was learnt anew from the year before."""
    begin("trends")
    # Days of the next year's first week belong to the trends that come with that year.
    last = int(np.datetime64(f"{said.year}-12-31").astype(np.int64))
    arrays = days.arrays.take(days.arrays.is_dated & (days.arrays.ordinal <= last))
    if learnt_before is None:
        learnt_before = learn_from_year(arrays, register.network, said.year - 1)
        for name, rows in zip(LEARNT, learnt_before, strict=True):
            emit(said, name, rows.with_columns(pl.lit(str(said.year - 1)).alias(PART)))
    outlying = [empty_result("outlying_days", with_part=True)]
    for told in trends_of_days(arrays, register.network, said.quarters, learnt_before):
        emit(said, "trends", told.trends, more=True)
        outlying.append(told.outlying)
    emit(said, "trends", empty_result("trends", with_part=True))
    emit(said, "outlying_days", pl.concat(outlying))
    begin("")


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
