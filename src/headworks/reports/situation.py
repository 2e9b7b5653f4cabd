"""The situation of an area in a period, as content: headlines, one section per drug, and what stands behind them."""

from __future__ import annotations

import datetime as dt

import polars as pl

from headworks.reports.content import Block, Column, Figure, SituationContent, TableBlock, Tile, section_id, tell
from headworks.reports.downloads import data_dictionary, select_figures
from headworks.reports.inputs import ReportRequest, SituationTables, View, select_view
from headworks.reports.sections.area_report import Parts, area_report
from headworks.reports.sections.drug import drug_section
from headworks.reports.sections.evidence import coverage_section, inconsistent_section, method_section
from headworks.reports.sections.headlines import headline, limits_of_what_is_said
from headworks.reports.standing import standing, tally


def _overview(view: View, standings: dict[str, pl.DataFrame]) -> tuple[Block, ...]:
    """Falling, not clear and rising sites of each drug in one strip, and its table."""
    counted = [(view.name("drug", drug), tally(rows)) for drug, rows in standings.items()]
    rows = tuple(
        {"drug": name, "falling": c.n_falling, "unclear": c.n_unclear, "rising": c.n_rising,
         "unknown": c.n_pairs - c.n_falling - c.n_unclear - c.n_rising, "pairs": c.n_pairs}
        for name, c in counted if c.n_pairs
    )  # fmt: skip
    if not rows:
        return ()
    columns = (
        Column("drug", tell("Drug")),
        Column("falling", tell("▼ falling"), tell("sites"), "count"),
        Column("unclear", tell("◆ not clear"), tell("sites"), "count"),
        Column("rising", tell("▲ rising"), tell("sites"), "count"),
        Column("unknown", tell("○ not assessable"), tell("sites"), "count"),
    )
    cells = tuple(tuple(row[column.name] for column in columns) for row in rows)
    title = tell("What changed in a year, sites measured in both periods")
    note = tell(
        "Left: falling, middle: not clear, right: rising (probability above 90 %). Sites without a probability are not drawn."
    )
    alt = tell("Share of sites falling, not clear and rising for each drug; the figures are in the table below")
    table = TableBlock("overview-table", tell("Table: what changed in a year"), columns, cells, tell("No changes."))
    return (Figure("overview", "overview", title, note, (Tile(rows, alt),)), table)


def situation_report(tables: SituationTables, request: ReportRequest) -> SituationContent:
    """Everything the report says, computed once; rendered afterwards in any language.

    Parameters
    ----------
    tables
        Tables of the workspace; nothing is read besides.
    request
        Area, period, language, and the floor of the reader's tier. A site below the floor is counted and nothing else.

    Returns
    -------
    SituationContent
        Sentences, figures and tables in reading order; drugs by id.

    Raises
    ------
    DataRefused
        ``HW-D004`` when the area holds no site.
    """
    view = select_view(tables, request)
    if tables.of_areas is not None and tables.of_areas.is_deep:
        return _content(view, area_report(view, tables.of_areas))
    standings = {drug: standing(view, drug) for drug in view.drugs}
    names = {drug: view.name("drug", drug) for drug in view.drugs}
    heads = tuple(
        (section_id(drug), names[drug], headline(names[drug], tally(rows), request.period.label))
        for drug, rows in standings.items()
    )
    by_site = Parts(
        headlines=heads,
        cannot_say=limits_of_what_is_said(view),
        overview=_overview(view, standings),
        drugs=tuple(drug_section(view, drug, rows) for drug, rows in standings.items()),
        evidence=(coverage_section(view, standings), inconsistent_section(view), method_section(view)),
        figures=select_figures(standings),
        dictionary=data_dictionary(),
        shapes={},
    )
    return _content(view, by_site)


def _content(view: View, parts: Parts) -> SituationContent:
    method, request = view.tables.method, view.request
    generated = method.get("generated_on")
    return SituationContent(
        area_name=request.area_name,
        period=request.period.label,
        tier=request.tier,
        floor=request.floor,
        generated_on=generated if isinstance(generated, dt.date) else request.period.last,
        run_id=str(method.get("run_id") or ""),
        code_version=str(method.get("code_version") or ""),
        acknowledgements=tuple(str(text) for text in method.get("acknowledgements", ())),
        **parts._asdict(),
    )
