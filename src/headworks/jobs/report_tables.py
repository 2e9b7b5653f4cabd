"""The tables of sites behind a report, cut to what a tier may see; read no further than the report goes."""

from __future__ import annotations

import datetime as dt

import polars as pl

from headworks.core.periods import Period
from headworks.jobs.area_figures import sites_within
from headworks.jobs.clock import now
from headworks.jobs.demo_files import ACKNOWLEDGEMENT, demo_digests
from headworks.jobs.disclosed import disclose
from headworks.jobs.disclosure import Disclosure
from headworks.jobs.method import method_of, parameter_dirs
from headworks.loads.derive_consumption import select_consumption_factors
from headworks.reference import names, read_set, week_conventions
from headworks.reports import AreaTables, SituationTables
from headworks.store import Manifest, Workspace, read_result_of
from headworks.workflows import residue_headings, situation_days, with_places
from headworks.workflows.parts import part_of_label
from headworks.workflows.register import with_populations

# Sites that a report about areas still draws one by one.
MOST_SITES = 30
_OF_SITES = ("weekly_means", "period_means", "period_consumption", "changes", "inconsistent_means")


def site_tables(disclosure: Disclosure, run: Manifest, of_areas: AreaTables, period: Period) -> SituationTables:
    """Everything a report takes.

    Parameters
    ----------
    disclosure, run
        Tier, and the run whose results are shown.
    of_areas
        The figures of areas; where they go below cities, the tables of sites hold the sites of the report's area only, and
        nothing but the period where these are many.
    period
        Period of the report.
    """
    workspace = disclosure.workspace
    method = method_of(workspace)
    areas = disclosure.facts("areas")
    sites = with_places(with_populations(disclosure.facts("sites"), disclosure.facts("populations")), areas)
    if of_areas.is_deep:
        sites = sites.join(sites_within(disclosure, of_areas), on="site_id", how="semi", maintain_order="left")
        sites = sites.with_columns(area_id=pl.lit(of_areas.focus)) if of_areas.focus else sites
    sites = _with_reasons(disclosure, run, sites, period)
    seen = sites.filter(pl.col("why").is_null())
    frames = _results(disclosure, run, sites, period, of_areas)
    is_by_site = not of_areas.is_deep or seen.height <= MOST_SITES
    days = _days(disclosure, run, seen, period, of_areas) if is_by_site else None
    return SituationTables(
        areas=areas,
        sites=sites,
        names=names().select("kind", "id", "name_en", "name_zh"),
        factors=_used_factors(method.parameters.factors),
        method=_method_facts(workspace, run),
        days=days,
        of_areas=of_areas,
        **frames,
    )


def _with_reasons(disclosure: Disclosure, run: Manifest, sites: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Sites with ``why`` each is withheld: as a site, or because its figure of the period would give another away."""
    reasons = disclosure.sites.select("site_id", "why")
    parts = [part_of_label(period.label)]
    only = (pl.col("period") == period.label) & pl.col("site_id").is_in(sites["site_id"].implode())
    raw = read_result_of(disclosure.workspace, run, "period_means", parts, only)
    shown = disclose(disclosure, "period_means", raw).frame["site_id"].unique()
    hidden = raw.filter(~pl.col("site_id").is_in(shown.implode())).select("site_id").unique()
    hidden = hidden.with_columns(_why=pl.lit("secondary"))
    joined = sites.join(reasons, on="site_id", how="left", maintain_order="left")
    joined = joined.join(hidden, on="site_id", how="left", maintain_order="left")
    return joined.with_columns(why=pl.coalesce("why", "_why")).drop("_why")


def _results(
    disclosure: Disclosure, run: Manifest, sites: pl.DataFrame, period: Period, of_areas: AreaTables
) -> dict[str, pl.DataFrame]:
    """Result tables of the sites; of a withheld site only that it was sampled in the period, to be counted."""
    workspace = disclosure.workspace
    seen = sites.filter(pl.col("why").is_null())
    wanted = pl.col("site_id").is_in(seen["site_id"].implode())
    frames = {}
    for name in _OF_SITES:
        if not of_areas.is_deep:
            frames[name] = disclose(disclosure, name, read_result_of(workspace, run, name)).frame
        elif seen.height > MOST_SITES and name != "inconsistent_means":
            frames[name] = read_result_of(workspace, run, name, [])
        else:
            frames[name] = disclose(disclosure, name, read_result_of(workspace, run, name, None, wanted)).frame
    is_hidden = ~wanted & pl.col("site_id").is_in(sites["site_id"].implode()) & (pl.col("period") == period.label)
    hidden = read_result_of(workspace, run, "period_means", [part_of_label(period.label)], is_hidden)
    shown = frames["period_means"].join(hidden.select("site_id").unique(), on="site_id", how="anti")
    frames["period_means"] = pl.concat([shown, hidden])
    return frames


def _days(
    disclosure: Disclosure, run: Manifest, seen: pl.DataFrame, period: Period, of_areas: AreaTables
) -> pl.DataFrame | None:
    """Days of the period, for the pattern of the week; none for readers who see no days."""
    months = sorted(part for part in run.results["loads"]["parts"] if period.first <= _first(part) <= period.last)
    months = months or [part_of_label(f"{period.first:%Y-%m}")]
    only = pl.col("site_id").is_in(seen["site_id"].implode())
    loads = read_result_of(disclosure.workspace, run, "loads", months, only)
    loads = disclose(disclosure, "loads", loads).frame
    reported = disclosure.facts("reported_loads")
    reported = disclose(disclosure, "reported_loads", reported.join(seen.select("site_id"), on="site_id", how="semi")).frame
    if loads.is_empty() and reported.is_empty():
        return None
    method = method_of(disclosure.workspace)
    headings = residue_headings(method.parameters, loads, reported)
    days = situation_days(loads, reported, seen, headings, method.uncertainty)
    return pl.DataFrame(days).rename({"value": "load_mg_per_1000_per_day"})


def _first(part: str) -> dt.date:
    return Period.parse(part).first


def _used_factors(factors: pl.DataFrame) -> pl.DataFrame:
    used = select_consumption_factors(factors).sort("drug", "_rank")
    return used.select("drug", "analyte").join(factors, on=["drug", "analyte"], how="left", maintain_order="left")


def _method_facts(workspace: Workspace, run: Manifest) -> dict[str, object]:
    own = [f"{name} (headworks.toml)" for name in workspace.settings.week_conventions]
    shipped = week_conventions()["convention"].to_list()
    is_demo = any(one["content_sha256"] in demo_digests() for one in run.imports)
    return {
        "parameter_set": run.parameter_set,
        "set_version": read_set(run.parameter_set, parameter_dirs(workspace)).version,
        "set_digest": run.parameter_set_digest[:16],
        "conventions": ", ".join([*own, *shipped]),
        "run_id": run.run_id,
        "code_version": run.code_version,
        "generated_on": now().date(),
        "inputs": [(one["file"], one["content_sha256"][:16], one["rows_read"]) for one in run.imports],
        "acknowledgements": [ACKNOWLEDGEMENT] if is_demo else [],
    }
