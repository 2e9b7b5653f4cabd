"""The situation report of an area, from the newest results of a workspace, as a tier of readers may see it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import polars as pl

from headworks.core.errors import UsageError
from headworks.core.periods import Period
from headworks.jobs.area_evidence import conformity_counts, events_of_period, populations_of_sites
from headworks.jobs.area_figures import EVERYWHERE, area_tables, boundaries_of, find_area, sites_within
from headworks.jobs.disclosure import Disclosure
from headworks.jobs.explain import computed_of_area
from headworks.jobs.publications import log_publication
from headworks.jobs.report_tables import site_tables
from headworks.reports import AreaTables, ReportRequest, SituationTables, render_html, situation_report
from headworks.store import Manifest, Workspace, read_result_of, require_run
from headworks.workflows.parts import part_of_label

__all__ = ["EVERYWHERE", "LANGUAGES", "situation_tables", "wanted_period", "write_report"]
LANGUAGES = ("en", "zh")
_EVERYWHERE_NAMES = {"en": "All areas", "zh": "全部地区"}
_FIGURES = ("area_loads", "period_means")
_FEWEST_MONTHS = 3


def write_report(
    workspace: Workspace,
    *,
    area: str = EVERYWHERE,
    period: str | None = None,
    language: str = "en",
    tier: str = "public",
    drugs: list[str] | None = None,
    as_of: dt.datetime | None = None,
) -> str:
    """One self-contained HTML file; what was shown to whom is noted in the workspace.

    Parameters
    ----------
    area
        Area id, a name of it, or ``all``.
    period
        Label such as 2022 or 2024-H1; when not said, the newest year with at least three months of figures.
    language
        ``en`` or ``zh``.
    tier
        ``public``, ``partner``, ``analyst``; or ``steward``, from whom nothing is withheld.
    as_of
        Results as published by then.

    Raises
    ------
    UsageError
        ``HW-U004`` for an unknown tier, ``HW-U015`` for an unknown area or language, ``HW-U016`` when the period
        has no figure.
    """
    if language not in LANGUAGES:
        raise UsageError("This language is not there.", found=language, remedy="Use " + " or ".join(LANGUAGES), code="HW-U015")
    disclosure = Disclosure(workspace, tier, as_of)
    rule = disclosure.rule
    run = require_run(workspace, as_of)
    areas = disclosure.facts("areas")
    area_id, area_name = find_area(areas, area, language)
    if area_id == EVERYWHERE:
        area_name = workspace.settings.name or _EVERYWHERE_NAMES[language]
    about = wanted_period(workspace, run, period)
    tables = situation_tables(disclosure, run, area_id, about, drugs)
    request = ReportRequest(
        area_id=area_id,
        area_name=area_name,
        period=about,
        language=language,
        tier=tier,
        floor=rule.floor,
        drugs=drugs,
    )
    html = render_html(situation_report(tables, request), language)
    _note(disclosure, f"{area_id}, {about.label}", language)
    return html


def situation_tables(
    disclosure: Disclosure, run: Manifest, area_id: str, period: Period, drugs: list[str] | None = None
) -> SituationTables:
    """What a report of an area is made of, cut to what the tier may see.

    Parameters
    ----------
    disclosure, run
        Tier, and the run whose results are shown.
    area_id
        An area, or ``all``.
    period
        Period of the report.
    drugs
        Only these.
    """
    of_areas = area_tables(disclosure, run, None if area_id == EVERYWHERE else area_id, period, drugs)
    if of_areas.is_deep:
        of_areas = _with_evidence(disclosure, run, of_areas, period)
    return site_tables(disclosure, run, of_areas, period)


def _with_evidence(disclosure: Disclosure, run: Manifest, made: AreaTables, period: Period) -> AreaTables:
    sites = sites_within(disclosure, made)
    events, n_withheld = events_of_period(disclosure, run, sites, period)
    return replace(
        made,
        shapes=boundaries_of(disclosure, made.tree),
        computed=computed_of_area(disclosure, run, made, period),
        events=events,
        n_events_withheld=n_withheld,
        nonconformities=conformity_counts(disclosure, run, sites, period),
        populations=populations_of_sites(disclosure, run, sites, period),
    )


def _note(disclosure: Disclosure, about: str, language: str) -> None:
    """What left, for whom; a workspace that cannot be written to is read without a note."""
    run_id = disclosure.run.run_id if disclosure.run else ""
    try:
        log_publication(disclosure.workspace, disclosure.rule, "report", f"{about}, {language}", run_id)
        disclosure.keep()
    except OSError:
        return


def wanted_period(workspace: Workspace, run: Manifest, said: str | None) -> Period:
    """The period that was asked for, or the newest year with at least three months of figures.

    Raises
    ------
    UsageError
        ``HW-U016`` when no site and no area has a figure in it.
    """
    parts = {part for table in _FIGURES for part in run.results.get(table, {}).get("parts", {})}
    if said is None:
        years = sorted(part for part in parts if "-" not in part)
        if not years:
            raise UsageError("There is no figure to report.", remedy="Import results and run", code="HW-U016")
        return Period.parse(_newest_year(years, parts))
    period = Period.parse(said)
    part = part_of_label(period.label)
    for table in _FIGURES:
        if part in parts and _labels(workspace, run, table, [part], pl.col("period") == period.label):
            return period
    labels = sorted({label for table in _FIGURES for label in _labels(workspace, run, table, None, pl.lit(value=True))})
    known = [label for label in labels if len(label) == len(period.label)][-12:]
    raise UsageError(
        "No site has a figure for this period.",
        found=period.label,
        remedy="Use one of " + (", ".join(known) or ", ".join(labels[-12:])),
        code="HW-U016",
    )


def _newest_year(years: list[str], parts: set[str]) -> str:
    """The newest year that is more than a beginning: one of at least three months, or published without months."""
    months = {year: sum(part.startswith(f"{year}-") and part[5:].isdigit() for part in parts) for year in years}
    whole = [year for year in years if months[year] == 0 or months[year] >= _FEWEST_MONTHS]
    return (whole or years)[-1]


def _labels(workspace: Workspace, run: Manifest, table: str, parts: list[str] | None, only: pl.Expr) -> list[str]:
    return read_result_of(workspace, run, table, parts, only, ["period"])["period"].unique().to_list()
