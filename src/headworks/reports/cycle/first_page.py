"""The page a director reads: what got worse and how sure, list changes, what is not covered, what is proposed.

Rises are ordered by level and code, never by size: two whose difference is not clear are not put in an order that says it
is. The trap is the number of comparisons: of a hundred in which nothing happened about ten would be told as a rise or a fall,
so how many were made stands beside what was found.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from headworks.reports.content import Block, Column, Message, Prose, Section, TableBlock, tell
from headworks.reports.cycle.inputs import CycleRequest, CycleTables
from headworks.reports.cycle.kinds import Kind
from headworks.reports.cycle.lists import lists_first
from headworks.reports.cycle.proposals import named, proposals_of
from headworks.reports.cycle.revised import revisions_first
from headworks.reports.cycle.signals import in_order, signal_line
from headworks.reports.cycle.standing import LOAD, RATIO, SURE, coverage_of, figure_of, ratio_as_seen, ratio_of, short_words

# So many lines fit above the fold; the rest is in the tables, and how many is said.
MOST_LINES = 6
# A cell of the first table is narrow, and every area is named further on.
_MOST_IN_CELL = 2


def first_page(kind: Kind, rows: pl.DataFrame, tables: CycleTables, request: CycleRequest) -> tuple[Section, ...]:
    """The sections of the first page, in order.

    Parameters
    ----------
    kind
        Which report.
    rows
        From :func:`standing_of`.
    tables, request
        What it is made of.
    """
    found = [_worse(rows, tables, request), _signals(tables), lists_first(tables, MOST_LINES)]
    found += [_not_covered(rows, tables, request), _proposed(rows, tables, request), revisions_first(tables, request)]
    return tuple(section for section in found if section is not None)


def _worse(rows: pl.DataFrame, tables: CycleTables, request: CycleRequest) -> Section:
    compared = rows.filter(pl.col("change") != "none")
    # Areas that drain to the same sites have the same change: one thing seen, not several.
    counted = compared.with_columns(ratio_as_seen()).unique(["drug", "analyte", *RATIO], maintain_order=True)
    rose = counted.filter(pl.col("change") == "rose")
    against = compared["against"].drop_nulls().unique().sort().to_list()
    blocks: list[Block] = []
    lead: list[Message] = []
    if compared.is_empty():
        lead.append(tell("Nothing can be compared yet: no earlier figure of the same sites may be shown."))
    else:
        chance = round(counted.height * (1 - SURE))
        lead.append(
            tell("Compared with {against}: {n} comparisons, {rose} rose and {fell} fell with a probability above 90 %. If "
                 "nothing had changed anywhere, about {chance} would rise and as many fall by chance.",
                 against=_against(against), n=counted.height, rose=rose.height,
                 fell=counted.filter(pl.col("change") == "fell").height, chance=chance)
        )  # fmt: skip
        if counted.height < compared.height:
            lead.append(tell("Areas that drain to the same sites were counted once."))
    if rose.height:
        blocks.append(_by_drug(compared, rows, tables, request))
    return Section("worse", tell("What got worse, and how sure"), tuple(lead), tuple(blocks))


def _by_drug(compared: pl.DataFrame, rows: pl.DataFrame, tables: CycleTables, request: CycleRequest) -> TableBlock:
    """A row for every drug that rose in the area or in one of those in it, in the order of the drugs."""
    is_own = pl.col("area_id") == request.area_id
    has_own, has_inside = (compared.filter(where).height > 0 for where in (is_own, ~is_own))
    # What is withheld of the area itself is said above; a column of it would hold one word only.
    is_told = rows.filter(is_own & pl.col("state").is_in(["value", "below_limit"])).height > 0
    columns = [Column("drug", tell("Drug"))]
    if is_told:
        columns.append(Column("now", tell("{area} itself", area=tables.area(request.area_id)), LOAD))
        columns.append(Column("coverage", tell("Coverage"), None, "share"))
    columns += [Column("change", tell("How much, and how sure"))] if has_own else []
    if has_inside:
        columns.append(Column("counts", tell("Areas in it"), tell("rose, fell, not clear"), "count"))
        columns.append(Column("where", tell("Where it rose")))
    cells = []
    for drug in compared.filter(pl.col("change") == "rose")["drug"].unique().sort().to_list():
        own = rows.filter((pl.col("drug") == drug) & is_own).to_dicts()[0]
        cell: tuple[Any, ...] = (tables.drug(drug),)
        cell += (figure_of(own), own["coverage"]) if is_told else ()
        cell += (_told(own),) if has_own else ()
        cells.append(cell + (_inside(compared, drug, tables, request) if has_inside else ()))
    title = tell("What rose, here or in an area in it") if has_own and has_inside else tell("What rose")
    return TableBlock("worse", title, tuple(columns), tuple(cells), tell("Nothing rose."))


def _told(own: dict[str, Any]) -> Message:
    ratio = ratio_of(own) if own["change"] != "none" else None
    return tell("{words}, {ratio}", words=short_words(own), ratio=ratio) if ratio else short_words(own)


def _inside(compared: pl.DataFrame, drug: str, tables: CycleTables, request: CycleRequest) -> tuple[Any, ...]:
    inside = compared.filter((pl.col("drug") == drug) & (pl.col("area_id") != request.area_id))
    n = {word: inside.filter(pl.col("change") == word).height for word in ("rose", "fell", "unclear")}
    risen = inside.filter(pl.col("change") == "rose")
    counts = tell("▲ {rose}  ▼ {fell}  ◆ {unclear}", **n) if inside.height else None
    return (counts, named(risen, tables, _MOST_IN_CELL) if risen.height else None)


def _against(labels: list[str]) -> Any:
    named = [tell("13 weeks before") if label == "quarter" else label for label in labels]
    return named[0] if len(named) == 1 else tell("an earlier period")


def _signals(tables: CycleTables) -> Section | None:
    if not tables.has_signals:
        return None
    lines = tuple(signal_line(row, tables) for row in in_order(tables)[:MOST_LINES])
    if not lines:
        return Section("signals-first", tell("Signals"), (tell("No signal was selected."),))
    more = tables.signals.height - len(lines)
    rest: tuple[Message, ...] = (tell("{n} more are listed further on.", n=more),) if more else ()
    return Section("signals-first", tell("Signals"), (), (Prose(lines + rest),))


def _not_covered(rows: pl.DataFrame, tables: CycleTables, request: CycleRequest) -> Section:
    own = rows.filter(pl.col("area_id") == request.area_id)
    inside = rows.filter(pl.col("parent_id") == request.area_id)
    states = inside.group_by("area_id").agg(
        is_told=pl.col("state").is_in(["value", "below_limit"]).any(), is_withheld=(pl.col("state") == "suppressed").any()
    )
    silent = states.filter(~pl.col("is_told") & ~pl.col("is_withheld")).sort("area_id")["area_id"].to_list()
    withheld = states.filter(~pl.col("is_told") & pl.col("is_withheld")).height
    coverage = own["coverage"].drop_nulls().max()
    area = tables.area(request.area_id)
    lines = [tell("{area}: {coverage}.", area=area, coverage=coverage_of(_plain(coverage)))]
    if coverage is None and "suppressed" in own["state"]:
        lines = [tell("{area}: coverage is withheld with the figures.", area=area)]
    if states.height and not silent and not withheld:
        lines.append(tell("All {n} areas in it have a figure.", n=states.height))
    elif states.height:
        lines.append(tell("Of {n} areas in it, {silent} were not sampled and {withheld} are withheld from these readers.",
                          n=states.height, silent=len(silent), withheld=withheld))  # fmt: skip
    late = tables.late.filter(pl.col("area_id") == request.area_id).to_dicts()
    if late and late[0]["n_now"] < late[0]["n_before"]:
        lines.append(tell("{n} of {before} sites that reported in the period before have no figure in this one.",
                          n=late[0]["n_before"] - late[0]["n_now"], before=late[0]["n_before"]))  # fmt: skip
    if tables.n_waiting:
        lines.append(tell("{n} samples of the period have no result yet.", n=tables.n_waiting))
    return Section("not-covered", tell("What is not covered"), (), (Prose(tuple(lines)),))


def _plain(value: Any) -> float | None:
    return None if value is None else float(value)


def _proposed(rows: pl.DataFrame, tables: CycleTables, request: CycleRequest) -> Section:
    found = proposals_of(rows, tables, request)
    lead = () if found else (tell("Nothing beyond the plan is proposed."),)
    return Section("proposed", tell("What is proposed"), lead, (Prose(found),) if found else ())
