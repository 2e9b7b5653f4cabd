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

from headworks.core.uncertainty import combine
from headworks.loads import LoadInputs, derive_consumption, derive_loads, period_consumption
from headworks.loads.derive_consumption import Residues, select_consumption_factors
from headworks.reference import ParameterSet
from headworks.tables import RESULTS, SHELF
from headworks.trends import changes, daily_loads, flag_inconsistent_means, period_means, week_means
from headworks.workflows.places_of_sites import with_places

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
    analyte_drug = _analyte_drug(method.parameters, loads, facts["reported_loads"])
    analytes = None
    if touched_sites is not None and previous is not None:
        analytes = _touched_analytes(touched_sites, loads, previous["loads"], facts, method.parameters, analyte_drug)
    tables = _means(facts, loads, method, analyte_drug, analytes, clock)
    tables |= {"loads": derived.loads, "consumption": used}
    drugs = None if analytes is None else _drugs_of(analytes, method.parameters, analyte_drug)
    clock.end()
    return Situation(
        tables={name: tables[name].select(SHELF[name].schema.column_names()) for name in RESULTS},
        touched=Touched(touched_sites, drugs),
        left_out=derived.left_out,
        timings_s=clock.seconds,
    )


def default_scopes(uncertainty: dict[str, float]) -> dict[str, float]:
    """Uncertainties by sharing scope for loads that bring none.

    Examples
    --------
    >>> scopes = default_scopes({"sampling": 0.10, "flow": 0.20, "analysis": 0.15, "calibration": 0.06, "population": 0.12})
    >>> {scope: round(u, 3) for scope, u in scopes.items()}
    {'u_day': 0.272, 'u_batch': 0.06, 'u_site': 0.12}
    """
    return {
        "u_day": combine([uncertainty["sampling"], uncertainty["flow"], uncertainty["analysis"]]),
        "u_batch": uncertainty["calibration"],
        "u_site": uncertainty["population"],
    }


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
        chosen = samples.filter(pl.col("site_id").is_in(sites))
        measurements = measurements.join(chosen.select("sample_id"), on="sample_id", how="semi")
        samples = chosen
    return LoadInputs(measurements, samples, facts["sites"], facts["populations"], facts["flows"])


def _analyte_drug(parameters: ParameterSet, loads: pl.DataFrame, reported: pl.DataFrame) -> pl.DataFrame:
    """The heading each residue's loads stand under, one residue a heading.

    The primary residue stands for its drug; another residue of a drug is named beside it (``ketamine: norketamine``); a
    residue that the reference does not know stands for itself.
    """
    label = pl.when(pl.col("use") == "primary").then(pl.col("drug")).otherwise(pl.col("drug") + ": " + pl.col("analyte"))
    known = parameters.analyte_to_drug().select("analyte", drug=label)
    met = pl.concat([loads.select("analyte"), reported.select("analyte")]).unique().sort("analyte")
    others = met.join(known, on="analyte", how="anti").with_columns(drug=pl.col("analyte"))
    return pl.concat([known, others])


def _means(
    facts: dict[str, pl.DataFrame],
    loads: pl.DataFrame,
    method: Method,
    analyte_drug: pl.DataFrame,
    analytes: list[str] | None,
    clock: _Steps,
) -> dict[str, pl.DataFrame]:
    reported, published = facts["reported_loads"], facts["published_means"]
    if analytes is not None:
        loads, reported, published = (
            frame.filter(pl.col("analyte").is_in(analytes)) for frame in (loads, reported, published)
        )
    clock.begin("days")
    reported = _not_computed(reported, loads)
    sites = with_places(facts["sites"], facts["areas"])
    days = daily_loads(loads, reported, sites, analyte_drug, default_scopes(method.uncertainty))
    clock.begin("weekly means")
    weekly = week_means(days, method.conventions)
    clock.begin("period means")
    means = pl.concat([pl.DataFrame(period_means(days, kind)) for kind in PERIOD_KINDS])
    clock.begin("changes")
    changed = changes(means, days)
    clock.begin("consumption of periods")
    used = period_consumption(means, method.parameters.factors, method.parameters.set_id)
    clock.begin("published means")
    inconsistent = flag_inconsistent_means(weekly, published)
    return {
        "weekly_means": weekly,
        "period_means": means,
        "changes": changed,
        "period_consumption": used,
        "inconsistent_means": inconsistent,
    }


def _not_computed(reported: pl.DataFrame, loads: pl.DataFrame) -> pl.DataFrame:
    """Published days that were not also computed here from concentrations, which count first."""
    day = pl.col("day")
    computed = loads.select(
        "site_id",
        "analyte",
        year=day.dt.iso_year().cast(pl.Int16),
        week=day.dt.week().cast(pl.Int8),
        weekday=day.dt.weekday().cast(pl.Int8),
    )
    return reported.join(computed, on=["site_id", "analyte", "year", "week", "weekday"], how="anti", maintain_order="left")


def _touched_analytes(
    sites: list[str],
    loads: pl.DataFrame,
    previous_loads: pl.DataFrame,
    facts: dict[str, pl.DataFrame],
    parameters: ParameterSet,
    analyte_drug: pl.DataFrame,
) -> list[str]:
    at_sites = [
        frame.filter(pl.col("site_id").is_in(sites)).select("analyte")
        for frame in (loads, previous_loads, facts["reported_loads"], facts["published_means"])
    ]
    analytes = set(pl.concat(at_sites)["analyte"].unique().to_list())
    while True:
        drugs = _drugs_of(sorted(analytes), parameters, analyte_drug)
        grown = analytes | set(_pairs(parameters, analyte_drug).filter(pl.col("drug").is_in(drugs))["analyte"].to_list())
        if grown == analytes:
            return sorted(analytes)
        analytes = grown


def _drugs_of(analytes: list[str], parameters: ParameterSet, analyte_drug: pl.DataFrame) -> list[str]:
    pairs = _pairs(parameters, analyte_drug).filter(pl.col("analyte").is_in(analytes))
    return sorted(set(pairs["drug"].to_list()) | set(analytes))


def _pairs(parameters: ParameterSet, analyte_drug: pl.DataFrame) -> pl.DataFrame:
    """Every residue with every drug it is filed under, for loads or for consumption."""
    factors = select_consumption_factors(parameters.factors).select("analyte", "drug")
    return pl.concat([factors, analyte_drug.select("analyte", "drug")]).unique()
