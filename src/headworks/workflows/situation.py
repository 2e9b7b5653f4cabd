"""From facts to the situation, year after year: everything, or what new facts touch.

The facts come from a :class:`Source`, so the same steps serve tables in memory and a workspace that is larger than memory.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import polars as pl

from headworks.core.periods import sampling_day
from headworks.core.schema import polars_schema, sort_by_key
from headworks.loads import kept_out_days
from headworks.tables import RESULTS, SHELF, Loads
from headworks.workflows.beside import beside
from headworks.workflows.method import Method
from headworks.workflows.parts import empty_result
from headworks.workflows.register import build_register
from headworks.workflows.scope import Scope, years_touched
from headworks.workflows.steps import Steps
from headworks.workflows.year import Emit, Recomputed, YearFacts, derive_year, year_range
from headworks.workflows.year_days import LOOKED_BACK_ON
from headworks.workflows.year_trends import LearntBefore, nothing_learnt, quarters_of

NOT_KNOWN = "the sample is not known"
# As many years in full are soon done on one thread, in the memory of a small machine; of more, time counts for more.
_YEARS_ON_ONE_THREAD = 3
_LEFT_OUT = ["sample_id", "analyte", "replicate", "reason"]


class Source(Protocol):
    """Where a run finds its facts and what is kept of the run before."""

    @property
    def facts(self) -> dict[str, pl.DataFrame]:
        """Every fact table but ``measurements``; ``samples`` with their sampling ``day``."""

    def measurements_of(self, samples: pl.DataFrame) -> pl.DataFrame:
        """Results of some samples."""

    def without_a_sample(self) -> pl.DataFrame:
        """``sample_id, analyte, replicate`` of results whose sample is not known."""

    def loads_before(self, first: str, last: str) -> pl.DataFrame:
        """Loads of the run before from one month (``2026-01``) to another, both included; at least ``LOOKED_BACK_ON``."""

    def kept_out_before(self, first: str, last: str) -> pl.DataFrame:
        """``site_id, day, analyte`` of the loads that the run before kept out of means, likewise."""

    def learnt_before(self, year: int) -> LearntBefore:
        """What the run before learnt from the days of a year."""


@dataclass
class Situation:
    """Result tables, what was left out and why, seconds by step."""

    tables: dict[str, pl.DataFrame]
    left_out: pl.DataFrame
    timings_s: dict[str, float] = field(default_factory=dict)


class Years(NamedTuple):
    """The years of which something was recomputed, and results without a load: ``sample_id, analyte, replicate, reason``."""

    years: list[int]
    left_out: pl.DataFrame


def derive_years(source: Source, method: Method, scope: Scope, steps: Steps, emit: Emit) -> Years:
    """Compute every year, in order, and hand out its tables one after the other.

    Parameters
    ----------
    source
        Facts, and loads of the run before where something of them is kept.
    method
        Parameter set, default uncertainties, week conventions.
    scope
        What is recomputed.
    steps
        Told of each step.
    emit
        Given what is recomputed, the name of a table and its rows with their ``part``.

    Returns
    -------
    Years
        ``left_out`` holds what was computed now, and all results whose sample is not known.
    """
    facts = source.facts
    present = _years_of(facts, Scope())
    known = present | _years_of(facts, scope)
    if gone := known - present:
        # The trends of the year before a year that has no facts any more are its own again.
        scope = Scope(scope.days, scope.years | {year - 1 for year in gone})
    at_once = not scope.is_all or len(known) > _YEARS_ON_ONE_THREAD
    steps.begin("register")
    with beside(at_once=not scope.is_all) as start:
        unknown = start(lambda: unknown_samples(source))
        register = build_register(facts)
        left_out, years = [unknown()], list[int]()
    loads_before: dict[int, pl.DataFrame] = {}
    kept_out: dict[int, pl.DataFrame] = {}
    for year in sorted(known):
        if year not in years_touched(scope, [year]):
            continue
        steps.begin("facts")
        if year - 1 not in kept_out:
            kept_out = {year - 1: source.kept_out_before(f"{year - 1}-01", f"{year - 1}-12")}
        near = source.kept_out_before(f"{year}-01", f"{year + 1}-01").filter(pl.col("day") <= year_range(year)[1])
        year_facts = _facts_of_year(source, scope, year, loads_before, pl.concat([kept_out[year - 1], near]))
        quarters = quarters_of(year, has_before=year - 1 in present and year in present, has_after=year + 1 in present)
        result = derive_year(year, year_facts, register, method, scope, quarters, emit, steps.begin, at_once=at_once)
        del year_facts
        loads_before, kept_out = {year: result.loads}, {year: result.kept_out}
        if not scope.is_all and not _same_days(result.kept_out, near.filter(pl.col("day").dt.year() == year)):
            # Other days are kept out than were, so the changes of the year after look back on another year.
            scope = Scope(scope.days, scope.years | {year})
        left_out.append(result.left_out.select(_LEFT_OUT))
        years.append(year)
    steps.end()
    return Years(years, pl.concat(left_out).unique().sort(_LEFT_OUT))


def _facts_of_year(
    source: Source, scope: Scope, year: int, computed: dict[int, pl.DataFrame], kept_out_before: pl.DataFrame
) -> YearFacts:
    """What a year is computed from; the loads of the year before are read beside the rest."""
    samples = source.facts["samples"].filter(_touched_days(scope, year))
    is_new = scope.is_all or year - 1 in {day.year for day in scope.days or ()} | scope.years
    with beside(at_once=not scope.is_all) as start:
        earlier = start(lambda: _loads_of_year_before(source, scope, year, computed))
        return YearFacts(
            source.facts,
            samples,
            source.measurements_of(samples),
            kept_loads=_kept(source, scope, year),
            kept_out_before=kept_out_before,
            learnt_before=None if is_new else source.learnt_before(year - 1),
            earlier_loads=earlier(),
        )


def _loads_of_year_before(source: Source, scope: Scope, year: int, computed: dict[int, pl.DataFrame]) -> pl.DataFrame:
    """Those just computed, taken from there, or those of the run before."""
    if year - 1 in computed:
        return computed.pop(year - 1)
    if scope.is_all:
        return _none()
    return source.loads_before(f"{year - 1}-01", f"{year - 1}-12").select(LOOKED_BACK_ON)


def _same_days(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    """Whether the same loads are kept out."""
    columns = ["site_id", "day", "analyte"]
    return one.select(columns).unique().sort(columns).equals(other.select(columns).unique().sort(columns))


def derive_situation(
    facts: dict[str, pl.DataFrame], method: Method, *, tell: Callable[[str], None] = lambda step: None
) -> Situation:
    """Result tables from fact tables in memory.

    Parameters
    ----------
    facts
        Every fact table, the latest row of each key.
    method
        Parameter set, default uncertainties, week conventions.
    tell
        Called with the name of each step.

    Returns
    -------
    Situation
        Every table of results, sorted by its key.
    """
    source = InMemory(facts)
    steps = Steps(tell)
    found: dict[str, list[pl.DataFrame]] = {name: [empty_result(name)] for name in RESULTS}

    def keep(_: Recomputed, name: str, frame: pl.DataFrame, /, *, more: bool = False) -> None:
        del more
        found[name].append(frame.select(found[name][0].columns).cast(found[name][0].schema))

    years = derive_years(source, method, Scope(), steps, keep)
    tables = {name: sort_by_key(pl.concat(frames), SHELF[name].schema) for name, frames in found.items()}
    return Situation(tables, years.left_out.sort(_LEFT_OUT[:3]), steps.seconds)


class InMemory:
    """A source of tables in memory."""

    def __init__(self, facts: dict[str, pl.DataFrame]) -> None:
        self._measurements = facts["measurements"]
        rest = {name: frame for name, frame in facts.items() if name != "measurements"}
        self.facts = rest | {"samples": with_sampling_day(facts["samples"])}

    def measurements_of(self, samples: pl.DataFrame) -> pl.DataFrame:
        """Results of some samples."""
        return self._measurements.join(samples.select("sample_id"), on="sample_id", how="semi", maintain_order="left")

    def without_a_sample(self) -> pl.DataFrame:
        """Results whose sample is not known."""
        known = self.facts["samples"].select("sample_id")
        return self._measurements.join(known, on="sample_id", how="anti").select(_LEFT_OUT[:3])

    def loads_before(self, first: str, last: str) -> pl.DataFrame:
        """None: there was no run before."""
        del first, last
        return _none()

    def kept_out_before(self, first: str, last: str) -> pl.DataFrame:
        """None: there was no run before."""
        del first, last
        return kept_out_days(empty_result("disposal_events"))

    def learnt_before(self, year: int) -> LearntBefore:
        """Nothing: there was no run before."""
        del year
        return nothing_learnt()


def with_sampling_day(samples: pl.DataFrame) -> pl.DataFrame:
    """Samples with their sampling ``day``."""
    return samples.with_columns(
        day=sampling_day(pl.col("collected_from").dt.replace_time_zone(None), pl.col("utc_offset_min"))
    )


def unknown_samples(source: Source) -> pl.DataFrame:
    """Results whose sample is not known, as they are listed: ``sample_id, analyte, replicate, reason``."""
    return source.without_a_sample().with_columns(reason=pl.lit(NOT_KNOWN)).select(_LEFT_OUT)


def _none() -> pl.DataFrame:
    return pl.DataFrame(schema=polars_schema(Loads)).select(LOOKED_BACK_ON)


def _years_of(facts: dict[str, pl.DataFrame], scope: Scope) -> set[int]:
    """Years with a sample, a published load or a published mean, and those that were touched."""
    days = facts["samples"]["day"]
    # A week belongs to the year of its Thursday, which may be the neighbour of the year of its days.
    known = set(days.dt.year().unique().to_list()) | set(days.dt.iso_year().unique().to_list())
    for name in ("reported_loads", "published_means"):
        known |= set(facts[name]["year"].unique().to_list())
    dated = facts["reported_loads"].filter(pl.col("week") > 0).select("year", "week").unique()
    # Days at either end of a year's weeks lie in its neighbours.
    known |= {year + 1 for year, week in dated.rows() if week >= _LAST_WEEKS}
    known |= {year - 1 for year, week in dated.rows() if week == 1}
    touched = {year for day in scope.days or () for year in (day.year, day.isocalendar().year)}
    return known | touched | set(scope.years)


_LAST_WEEKS = 52


def _touched_days(scope: Scope, year: int) -> pl.Expr:
    first, last = year_range(year)
    inside = pl.col("day").is_between(first, last)
    return inside if scope.days is None else inside & pl.col("day").is_in(sorted(scope.days))


def _kept(source: Source, scope: Scope, year: int) -> pl.DataFrame:
    if scope.days is None:
        return _none()
    last = year_range(year)[1]
    loads = source.loads_before(f"{year}-01", f"{year + 1}-01").select(LOOKED_BACK_ON).filter(pl.col("day") <= last)
    return loads.filter(~pl.col("day").is_in(sorted(scope.days)))
