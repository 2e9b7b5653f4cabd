"""The situation report of an area as its recipient may see it: at their tier, without areas above that are not theirs.

A report shows an area beside those it lies in. Whoever was granted a county alone would read its neighbours from the city's
figure at a tier of their own; so of the areas above only those are left that the recipient was granted too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import polars as pl

from headworks.jobs.area_figures import find_area
from headworks.jobs.disclosure import Disclosure
from headworks.jobs.publications import log_publication
from headworks.jobs.report import situation_tables, wanted_period
from headworks.reports import AreaTables, ReportRequest, render_html, situation_report
from headworks.store import Workspace, require_run


def recipient_report(
    workspace: Workspace, area_id: str, tier: str, *, period: str | None, language: str, above: Iterable[str] = ()
) -> str:
    """One self-contained HTML file.

    Parameters
    ----------
    area_id, tier
        Area, and the tier of the recipient on it.
    period
        Label; the newest year with at least three months of figures when None.
    above
        Areas above it that the recipient was granted at that tier as well.

    Raises
    ------
    UsageError
        ``HW-U008`` without results, ``HW-U015`` for an unknown area, ``HW-U016`` when the period has no figure.
    """
    disclosure = Disclosure(workspace, tier)
    run = require_run(workspace)
    code, name = find_area(disclosure.facts("areas"), area_id, language)
    about = wanted_period(workspace, run, period)
    tables = situation_tables(disclosure, run, code, about)
    if tables.of_areas is not None:
        tables = replace(tables, of_areas=_without(tables.of_areas, code, frozenset(above)))
    request = ReportRequest(code, name, about, language, tier, disclosure.rule.floor)
    html = render_html(situation_report(tables, request), language)
    log_publication(workspace, disclosure.rule, "report", f"{code}, {about.label}, {language}", run.run_id)
    disclosure.keep()
    return html


def _without(made: AreaTables, focus: str, kept: frozenset[str]) -> AreaTables:
    parents = dict(made.tree.select("area_id", "parent_id").rows())
    hidden, code = set(), parents.get(focus)
    while code is not None:
        if code not in kept:
            hidden.add(code)
        code = parents.get(code)
    if not hidden:
        return made
    gone = sorted(hidden)
    tree = made.tree.filter(~pl.col("area_id").is_in(gone))
    tree = tree.with_columns(pl.when(~pl.col("parent_id").is_in(gone)).then(pl.col("parent_id")))
    frames = {
        table: getattr(made, table).filter(~pl.col("area_id").is_in(gone)) for table in ("loads", "consumption", "changes")
    }
    withheld = made.withheld if made.withheld.is_empty() else made.withheld.filter(~pl.col("area_id").is_in(gone))
    shapes = {code: shape for code, shape in made.shapes.items() if code not in hidden}
    return replace(made, tree=tree, withheld=withheld, shapes=shapes, **frames)
