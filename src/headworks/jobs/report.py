"""The situation report of an area, from the newest results of a workspace."""

from __future__ import annotations

import datetime as dt

import polars as pl

from headworks.core.disclosure import publication_floor
from headworks.core.errors import UsageError
from headworks.core.periods import Period
from headworks.jobs.clock import now
from headworks.jobs.demo_files import ACKNOWLEDGEMENT, demo_digests
from headworks.jobs.method import method_of, parameter_dirs
from headworks.loads.derive_consumption import select_consumption_factors
from headworks.reference import names, read_set, week_conventions
from headworks.reports import ReportRequest, SituationTables, render_html, situation_report
from headworks.store import Manifest, Workspace, read_facts, read_imports, read_result_of, require_run
from headworks.workflows import residue_headings, situation_days, with_places

LANGUAGES = ("en", "zh")
EVERYWHERE = "all"
_EVERYWHERE_NAMES = {"en": "All areas", "zh": "全部地区"}


def write_report(
    workspace: Workspace,
    *,
    area: str = EVERYWHERE,
    period: str | None = None,
    language: str = "en",
    tier: str = "analyst",
    drugs: list[str] | None = None,
    as_of: dt.datetime | None = None,
) -> str:
    """One self-contained HTML file.

    Parameters
    ----------
    area
        Area id, a name of it, or ``all``.
    period
        Label such as 2022 or 2024-H1; the newest year when not said.
    language
        ``en`` or ``zh``.
    tier
        ``public``, ``partner`` or ``analyst``: whose publication floor counts.
    as_of
        Results as published by then.

    Raises
    ------
    UsageError
        ``HW-U015`` for an unknown area or language, ``HW-U016`` when the period has no figure.
    """
    if language not in LANGUAGES:
        raise UsageError("This language is not there.", found=language, remedy="Use " + " or ".join(LANGUAGES), code="HW-U015")
    tables = situation_tables(workspace, as_of)
    area_id, area_name = find_area(tables.areas, area)
    if area_id == EVERYWHERE:
        area_name = workspace.settings.name or _EVERYWHERE_NAMES[language]
    request = ReportRequest(
        area_id=area_id,
        area_name=area_name,
        period=_period(tables.period_means, period),
        language=language,
        tier=tier,
        floor=publication_floor(tier, workspace.settings.publication_floors),
        drugs=drugs,
    )
    return render_html(situation_report(tables, request), language)


def situation_tables(workspace: Workspace, as_of: dt.datetime | None = None) -> SituationTables:
    """What a report is made of, from the newest run or the newest by a moment."""
    run = require_run(workspace, as_of)
    results = {
        name: read_result_of(workspace, run, name)
        for name in ("loads", "weekly_means", "period_means", "period_consumption", "changes", "inconsistent_means")
    }
    imports = read_imports(workspace, up_to_seq=run.last_import_seq)
    method = method_of(workspace)
    areas = read_facts(workspace, "areas", imports=imports)
    sites = with_places(_with_populations(workspace, imports), areas)
    reported = read_facts(workspace, "reported_loads", imports=imports)
    loads = results.pop("loads")
    headings = residue_headings(method.parameters, loads, reported)
    days = situation_days(loads, reported, sites, headings, method.uncertainty)
    return SituationTables(
        areas=areas,
        sites=sites,
        names=names().select("kind", "id", "name_en", "name_zh"),
        factors=_used_factors(method.parameters.factors),
        method=_method_facts(workspace, run),
        days=pl.DataFrame(days).rename({"value": "load_mg_per_1000_per_day"}),
        **results,
    )


def find_area(areas: pl.DataFrame, said: str) -> tuple[str, str]:
    """Id and name of the area that was meant: by id, by a whole name, by part of one name.

    Raises
    ------
    UsageError
        ``HW-U015`` when none or several are meant.
    """
    if said.lower() == EVERYWHERE:
        return EVERYWHERE, ""
    latest = areas.sort("valid_from").unique("area_id", keep="last").sort("level", "area_id")
    name = pl.coalesce("name_en", "name_zh", "area_id")
    folded = said.casefold()
    names_of = [pl.col(column).fill_null("").str.to_lowercase() for column in ("area_id", "name_en", "name_zh")]
    exact = pl.any_horizontal(column == folded for column in names_of)
    partial = pl.any_horizontal(column.str.contains(folded, literal=True) for column in names_of)
    for rule in (pl.col("area_id") == said, exact, partial):
        found = latest.filter(rule).select("area_id", name.alias("name")).rows()
        if len(found) == 1:
            return found[0]
        if found:
            break
    listed = ", ".join(
        f"{area} ({label})" for area, label in (found or latest.select("area_id", name.alias("name")).rows())[:12]
    )
    raise UsageError(
        "Several areas are meant." if found else "There is no such area.",
        found=said,
        remedy=f"Use --area {EVERYWHERE} or one of {listed}",
        code="HW-U015",
    )


def _period(period_means: pl.DataFrame, said: str | None) -> Period:
    labels = period_means["period"].unique()
    if said is None:
        years = period_means.filter(pl.col("period_kind").cast(pl.String) == "year")["period"].sort()
        if years.is_empty():
            raise UsageError("There is no figure to report.", remedy="Import results and run", code="HW-U016")
        return Period.parse(str(years[-1]))
    period = Period.parse(said)
    if period.label not in labels:
        known = sorted(label for label in labels.to_list() if len(label) == len(period.label))[-12:]
        raise UsageError(
            "No site has a figure for this period.",
            found=period.label,
            remedy="Use one of " + (", ".join(known) or ", ".join(labels.sort().to_list()[-12:])),
            code="HW-U016",
        )
    return period


def _with_populations(workspace: Workspace, imports: pl.DataFrame) -> pl.DataFrame:
    """Sites with the population that counts now: the dated one before the one in the register."""
    sites = read_facts(workspace, "sites", imports=imports)
    dated = read_facts(workspace, "populations", imports=imports).sort("valid_from").unique("site_id", keep="last")
    dated = dated.select("site_id", _population="population", _method="population_method")
    joined = sites.join(dated, on="site_id", how="left", maintain_order="left")
    return joined.with_columns(
        population_served=pl.coalesce("_population", "population_served"),
        population_method=pl.when(pl.col("_population").is_null())
        .then(pl.col("population_method"))
        .otherwise(pl.col("_method")),
    ).drop("_population", "_method")


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
