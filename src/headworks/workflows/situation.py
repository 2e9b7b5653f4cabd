"""From facts to the situation: loads, consumption, means, changes; all of it, or what new facts touch.

Loads hang on their own site only. Means and changes borrow the day-to-day spread from all sites of a residue, and a drug may
be read from one of several residues, so they are recomputed for every drug that a touched site measured. What comes out is
the same, bit for bit, as if all had been recomputed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from headworks.loads import LoadInputs, derive_consumption, derive_loads, period_consumption
from headworks.loads.derive_consumption import Residues
from headworks.reference import ParameterSet
from headworks.tables import RESULTS, SHELF
from headworks.trends import changes, flag_inconsistent_means, period_means, week_means
from headworks.workflows.headings import connected_residues, residue_headings, under_headings
from headworks.workflows.places_of_sites import with_places
from headworks.workflows.situation_days import situation_days

PeriodMeanKind = Literal["week", "month", "quarter", "half_year", "year"]
PERIOD_KINDS: tuple[PeriodMeanKind, ...] = ("week", "month", "quarter", "half_year", "year")


@dataclass(frozen=True)
class Method:
    """What the figures hang on beside the facts."""

    parameters: ParameterSet
    uncertainty: dict[str, float]
    conventions: pl.DataFrame
    residues: Residues = "primary"


@dataclass(frozen=True)
class Touched:
    """What is recomputed: these sites' loads, these drugs' means. None stands for everything."""

    sites: list[str] | None = None
    drugs: list[str] | None = None


@dataclass
class Situation:
    """Result tables (recomputed rows only), what was left out and why, seconds by step."""

    tables: dict[str, pl.DataFrame]
    touched: Touched
    left_out: pl.DataFrame
    timings_s: dict[str, float] = field(default_factory=dict)


def derive_situation(
    facts: dict[str, pl.DataFrame],
    method: Method,
    *,
    touched_sites: list[str] | None = None,
    previous: dict[str, pl.DataFrame] | None = None,
    tell: Callable[[str], None] = lambda step: None,
) -> Situation:
    """Result tables from fact tables.

    Parameters
    ----------
    facts
        Every fact table, the latest row of each key.
    method
        Parameter set, default uncertainties, week conventions.
    touched_sites
        Sites whose facts are new since ``previous``; None recomputes everything.
    previous
        Tables ``loads`` and ``consumption`` of the run before; needed with ``touched_sites``.
    tell
        Called with the name of each step.

    Returns
    -------
    Situation
    """
    clock = _Steps(tell)
    inputs = _load_inputs(facts, touched_sites)
    clock.begin("loads")
    derived = derive_loads(inputs, method.uncertainty)
    clock.begin("consumption")
    used = derive_consumption(derived.loads, method.parameters.factors, method.parameters.set_id, method.residues)
    loads = derived.loads
    if touched_sites is not None and previous is not None:
        loads = pl.concat([previous["loads"].filter(~pl.col("site_id").is_in(touched_sites)), derived.loads])
    known = (loads, facts["reported_loads"], facts["published_means"])
    headings = residue_headings(method.parameters, *known)
    analytes = drugs = None
    if touched_sites is not None and previous is not None:
        # A residue may have lost its last load, and its means must go.
        headings = residue_headings(method.parameters, *known, previous["loads"])
        analytes = _touched_analytes(touched_sites, loads, previous["loads"], facts)
        analytes, drugs = connected_residues(analytes, method.parameters, headings)
    tables = _means(facts, loads, method, headings, analytes, clock)
    tables |= {"loads": derived.loads, "consumption": used}
    clock.end()
    return Situation(
        tables={name: tables[name].select(SHELF[name].schema.column_names()) for name in RESULTS},
        touched=Touched(touched_sites, drugs),
        left_out=derived.left_out,
        timings_s=clock.seconds,
    )


class _Steps:
    """Seconds by step."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.seconds: dict[str, float] = {}
        self._tell = tell
        self._name = ""
        self._since = 0.0

    def begin(self, name: str) -> None:
        self.end()
        self._name, self._since = name, time.perf_counter()
        self._tell(name)

    def end(self) -> None:
        if self._name:
            self.seconds[self._name] = round(time.perf_counter() - self._since, 3)
            self._name = ""


def _load_inputs(facts: dict[str, pl.DataFrame], sites: list[str] | None) -> LoadInputs:
    measurements, samples = facts["measurements"], facts["samples"]
    if sites is not None:
        elsewhere = samples.filter(~pl.col("site_id").is_in(sites)).select("sample_id")
        # Results whose sample is not known stay, to be listed as left out.
        measurements = measurements.join(elsewhere, on="sample_id", how="anti", maintain_order="left")
        samples = samples.filter(pl.col("site_id").is_in(sites))
    return LoadInputs(measurements, samples, facts["sites"], facts["populations"], facts["flows"])


def _means(
    facts: dict[str, pl.DataFrame],
    loads: pl.DataFrame,
    method: Method,
    headings: pl.DataFrame,
    analytes: list[str] | None,
    clock: _Steps,
) -> dict[str, pl.DataFrame]:
    reported, published = facts["reported_loads"], facts["published_means"]
    if analytes is not None:
        loads, reported, published = (
            frame.filter(pl.col("analyte").is_in(analytes)) for frame in (loads, reported, published)
        )
    clock.begin("days")
    sites = with_places(facts["sites"], facts["areas"])
    days = situation_days(loads, reported, sites, headings, method.uncertainty)
    clock.begin("weekly means")
    weekly = week_means(days, method.conventions)
    clock.begin("period means")
    means = pl.concat([pl.DataFrame(period_means(days, kind)) for kind in PERIOD_KINDS])
    clock.begin("changes")
    changed = changes(means, days)
    clock.begin("consumption of periods")
    used = period_consumption(means, method.parameters.factors, method.parameters.set_id)
    clock.begin("published means")
    inconsistent = flag_inconsistent_means(
        weekly, under_headings(published, headings), days=days, conventions=method.conventions
    )
    return {
        "weekly_means": weekly,
        "period_means": means,
        "changes": changed,
        "period_consumption": used,
        "inconsistent_means": inconsistent,
    }


def _touched_analytes(
    sites: list[str], loads: pl.DataFrame, previous_loads: pl.DataFrame, facts: dict[str, pl.DataFrame]
) -> list[str]:
    """Residues with a load at one of the sites, now or before."""
    at_sites = [
        frame.filter(pl.col("site_id").is_in(sites)).select("analyte")
        for frame in (loads, previous_loads, facts["reported_loads"], facts["published_means"])
    ]
    return pl.concat(at_sites)["analyte"].unique().sort().to_list()
