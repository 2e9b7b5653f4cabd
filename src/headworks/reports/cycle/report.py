"""One of the five reports, from frozen tables to a tree that every format prints."""

from __future__ import annotations

import datetime as dt

import polars as pl

from headworks.reports.content import Block, Column, Figure, Message, Section, TableBlock, tell
from headworks.reports.cycle import tables as t
from headworks.reports.cycle.content import CycleContent
from headworks.reports.cycle.first_page import first_page
from headworks.reports.cycle.inputs import CycleRequest, CycleTables
from headworks.reports.cycle.kinds import kind_of
from headworks.reports.cycle.lead import lead_of
from headworks.reports.cycle.lists import lists_table
from headworks.reports.cycle.pictures import courses, span_signs, spans
from headworks.reports.cycle.revised import revisions_last, revisions_sheet
from headworks.reports.cycle.signals import signal_blocks, signals_table
from headworks.reports.cycle.standing import standing_of

# In words on paper; the workbook has the table whole.
_MOST_SIGNALS = 20
_HEADINGS = {
    "courses": tell("How it went"),
    "spans": tell("Areas side by side"),
    "signals": tell("Signals"),
    "lists": tell("Lists"),
    "figures": tell("Figures and changes"),
    "doses": tell("Doses"),
    "coverage": tell("Coverage, area by area"),
    "sampling": tell("Sampling and its quality"),
    "performance": tell("Performance"),
}


def cycle_report(tables: CycleTables, request: CycleRequest) -> CycleContent:
    """Everything a report says, computed once from frozen tables; printed afterwards in any language and format.

    Parameters
    ----------
    tables
        As frozen; nothing is read besides.
    request
        Which report, for whom, which edition.

    Raises
    ------
    UsageError
        ``HW-U270`` for a report that is none of the five.
    """
    kind = kind_of(request.kind)
    rows = standing_of(tables)
    near = rows.filter((pl.col("area_id") == request.area_id) | (pl.col("parent_id") == request.area_id))
    sections = tuple(section for name in kind.sections if (section := _section(name, near, tables, request)) is not None)
    revised = revisions_last(tables, request, t.MOST_ROWS)
    sections += (revised,) if revised else ()
    facts = request.facts
    return CycleContent(
        title=kind.title,
        area=tables.area(request.area_id),
        period=request.period.label,
        tier=request.tier,
        floor=request.floor,
        edition=request.edition,
        made_on=dt.date.fromisoformat(str(facts.get("made_on") or request.period.last)),
        run_id=str(facts.get("run_id") or ""),
        code_version=str(facts.get("code_version") or ""),
        parameter_set=str(facts.get("parameter_set") or ""),
        lead=lead_of(rows, tables, request),
        first_page=first_page(kind, near, tables, request),
        cannot_say=_cannot_say(request),
        sections=sections,
        sheets=_sheets(rows, tables, request),
    )


def _cannot_say(request: CycleRequest) -> tuple[Message, ...]:
    found = [
        tell("How many people use a drug, and who. Sewage gives the sum of many, never one of them."),
        tell("Whether more people used it or the same people more, and how pure it was."),
        tell("Anything of areas that were not sampled; a figure speaks of the residents it covers."),
        tell("Why it changed. A change is a question, not evidence against anybody."),
    ]
    if request.floor:
        found.append(tell("Anything of fewer than {floor} residents: such figures are withheld from these readers.",
                          floor=request.floor))  # fmt: skip
    return tuple(found)


def _section(name: str, near: pl.DataFrame, tables: CycleTables, request: CycleRequest) -> Section | None:
    blocks: list[Block] = []
    lead: tuple[Message, ...] = ()
    if name == "courses":
        blocks = courses(tables, request)
    elif name == "spans":
        blocks = spans(near, tables, request)
        lead = span_signs(near) if any(isinstance(block, Figure) for block in blocks) else ()
    elif name == "figures":
        printed, said = t.printed_figures(near, tables, request)
        blocks = [_shortened(block) for block in printed]
        lead = (said,) if said else ()
    elif name == "signals":
        blocks = signal_blocks(tables, _MOST_SIGNALS)
    elif name == "sampling":
        blocks = sampling_or_none(tables)
    elif name == "coverage":
        blocks = [t.coverage_table(near, tables, request)]
    elif name == "performance":
        lead = (tell("Areas stand in the order of their codes. They are not ranked: the intervals of most overlap."),)
        blocks = [performance_table(near, tables, request)]
    elif name == "doses":
        blocks = [_shortened(t.printed_doses(tables, request))]
    else:
        blocks = [_shortened(lists_table(tables))]
    return Section(name, _HEADINGS[name], lead, tuple(blocks)) if blocks else None


def sampling_or_none(tables: CycleTables) -> list[Block]:
    """Sampling of the shorter periods and conformity of the samples; nothing where neither is known."""
    return t.sampling_blocks(tables) if tables.parts.height or tables.quality.height else []


def performance_table(near: pl.DataFrame, tables: CycleTables, request: CycleRequest) -> TableBlock:
    """A row an area: what it covered, and how many drugs rose, fell and cannot be told."""
    inside = near.filter((pl.col("parent_id") == request.area_id) | (pl.col("area_id") == request.area_id))
    counts = [(pl.col("change") == word).sum().alias(word) for word in ("rose", "fell", "unclear", "none")]
    rows = inside.group_by("area_id", maintain_order=True).agg(pl.col("coverage").max(), pl.col("n_days").max(), *counts)
    columns = (
        t.AREA, Column("coverage", tell("Coverage"), None, "share"), Column("n_days", tell("Site days"), None, "count"),
        Column("rose", tell("Drugs that rose"), None, "count"), Column("fell", tell("Drugs that fell"), None, "count"),
        Column("unclear", tell("Not clear"), None, "count"), Column("none", tell("Not compared"), None, "count"),
    )  # fmt: skip
    cells = tuple((tables.area(area), *numbers) for area, *numbers in rows.rows())
    return TableBlock("performance", tell("Coverage and change, area by area"), columns, cells, tell("No areas."))


def _shortened(block: TableBlock) -> TableBlock:
    if len(block.rows) <= t.MOST_ROWS:
        return block
    caption = tell("{caption} (the first {n} of {all}; the rest is in the workbook)", caption=block.caption, n=t.MOST_ROWS,
                   all=len(block.rows))  # fmt: skip
    return TableBlock(block.block_id, caption, block.columns, block.rows[: t.MOST_ROWS], block.empty)


def _sheets(rows: pl.DataFrame, tables: CycleTables, request: CycleRequest) -> tuple[TableBlock, ...]:
    found = [
        t.figures_table(rows, tables, is_whole=True),
        t.changes_table(rows, tables),
        t.coverage_table(rows, tables, request),
    ]
    found += [t.doses_table(tables), signals_table(tables), lists_table(tables)]
    if request.edition.previous_number:
        found.append(revisions_sheet(tables))
    return tuple(block for block in found if block.rows)
