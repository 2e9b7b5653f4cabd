"""What is said of revisions: on the first page how many figures changed and because of what, at the end each of them.

Reasons are of a whole edition, so they are said once above the table and not in every row of it, unless the rows differ.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from headworks.reports.content import Amount, Column, Message, Notice, Section, TableBlock, tell
from headworks.reports.cycle.inputs import CycleRequest, CycleTables
from headworks.reports.cycle.lists import list_words, outcome_words
from headworks.reports.cycle.standing import LOAD, STATES, chance_of

# Files are named up to this many; the rest is counted.
_MOST_FILES = 3
_LOAD = "load_mg_per_1000_per_day"
_HEADING = tell("Since the last edition")


def revisions_first(tables: CycleTables, request: CycleRequest) -> Section | None:
    """How many figures changed since the edition before and why; nothing for a first edition."""
    number = request.edition.previous_number
    if not number:
        return None
    if tables.revisions.is_empty():
        return Section("revisions-first", _HEADING, (tell("No figure changed since edition {n}.", n=number),))
    lines = []
    counted = tables.revisions.group_by("reason", is_list=pl.col("what") == "outcome").agg(pl.len()).sort("is_list", "reason")
    for reason, is_list, count in counted.rows():
        said = {"n": count, "reason": reason_words(reason)}
        lines.append(tell("{n} entries of lists changed because {reason}.", **said) if is_list
                     else tell("{n} figures changed because {reason}.", **said))  # fmt: skip
    compared = Notice(tell("Compared with edition {n}; they are listed at the end.", n=number))
    return Section("revisions-first", _HEADING, tuple(lines), (compared,))


def revisions_last(tables: CycleTables, request: CycleRequest, most: int) -> Section | None:
    """Every revision as it is printed, ``most`` of them; nothing where there is none."""
    if not request.edition.previous_number or tables.revisions.is_empty():
        return None
    rows = tables.revisions.to_dicts()
    has_reasons = tables.revisions["reason"].n_unique() > 1
    columns = [Column("area", tell("Area")), Column("of", tell("Drug or list")), Column("before", tell("Before"), LOAD),
               Column("after", tell("Now"), LOAD), Column("by", tell("By"), tell("percent"), "amount", 1)]  # fmt: skip
    columns += [Column("reason", tell("Because"))] if has_reasons else []
    cells = []
    for row in rows[:most]:
        cell = (tables.area(row["area_id"]), _of(row, tables), _said(row, "before"), _said(row, "after"), _percent(row))
        cells.append((*cell, reason_words(row["reason"])) if has_reasons else cell)
    lead = [tell("Figures with their 95 % intervals.")]
    if not has_reasons:
        lead.append(tell("They changed because {reason}.", reason=reason_words(rows[0]["reason"])))
    if len(rows) > most:
        lead.append(tell("The first {n} of {all}; the rest is in the workbook.", n=most, all=len(rows)))
    block = TableBlock("revisions", _HEADING, tuple(columns), tuple(cells), tell("Nothing changed."))
    return Section("revisions", _HEADING, tuple(lead), (block,))


def revisions_sheet(tables: CycleTables) -> TableBlock:
    """Every revision with numbers as numbers."""
    numbers = ("before", "before_lower", "before_upper", "after", "after_lower", "after_upper")
    headers = (tell("Before"), tell("Before, 95 % from"), tell("Before, 95 % to"), tell("Now"), tell("Now, 95 % from"),
               tell("Now, 95 % to"))  # fmt: skip
    columns = [Column("area", tell("Area")), Column("of", tell("Drug or list")), Column("was", tell("State before")),
               Column("is", tell("State now"))]  # fmt: skip
    columns += [Column(name, header, LOAD, "amount", 2) for name, header in zip(numbers, headers, strict=True)]
    columns.append(Column("reason", tell("Because")))
    cells = []
    for row in tables.revisions.to_dicts():
        # Numbers of an outcome are probabilities: they stand in its words, not among the loads.
        told = (None,) * len(numbers) if row["what"] == "outcome" else tuple(row[name] for name in numbers)
        states = (_state(row, "before"), _state(row, "after"))
        cells.append((tables.area(row["area_id"]), _of(row, tables), *states, *told, reason_words(row["reason"])))
    return TableBlock("revisions", tell("What changed since the last edition"), tuple(columns), tuple(cells),
                      tell("Nothing changed."))  # fmt: skip


def _of(row: dict[str, Any], tables: CycleTables) -> Any:
    return tables.drug(row["drug"]) if row["drug"] else list_words(row["list_name"] or "–")


def _said(row: dict[str, Any], when: str) -> Any:
    """Number with interval of a figure that has both; else the state in words."""
    if row["what"] == "outcome" or row[f"state_{when}"] != "value":
        return _state(row, when)
    return tell("{load} ({low}–{high})", load=Amount(row[when]), low=Amount(row[f"{when}_lower"]),
                high=Amount(row[f"{when}_upper"]))  # fmt: skip


def _state(row: dict[str, Any], when: str) -> Any:
    state = row[f"state_{when}"]
    if row["what"] != "outcome":
        return STATES.get(state)
    if state is None:
        return tell("not on it")
    if row[when] is None:
        return outcome_words(state)
    return tell("{outcome}, probability {p}", outcome=outcome_words(state), p=chance_of(row[when]))


def _percent(row: dict[str, Any]) -> float | None:
    if row["what"] != _LOAD or not row["before"] or row["after"] is None:
        return None
    return float(100 * (row["after"] / row["before"] - 1))


def reason_words(reason: str) -> Message | str:
    """Stored reasons in words, such as ``import:FILE``, ``run:ID`` or ``disclosure``; several stand with semicolons.

    Examples
    --------
    >>> said = reason_words("import:a.csv; import:b.csv; parameters:p-2")
    >>> said.values["before"].values["what"].values["name"]
    'b.csv'
    """
    parts = [part.partition(":")[::2] for part in reason.split("; ")]
    files = [what for kind, what in parts if kind == "import"]
    said = [tell("results came in or were corrected: {what}", what=_files(files))] if files else []
    said += [_reason(kind, what) for kind, what in parts if kind != "import"]
    found = said[0]
    for more in said[1:]:
        found = tell("{before}; {name}", before=found, name=more)
    return found


def _files(files: list[str]) -> Message:
    found: Message = Message("{name}", {"name": files[0]})
    for name in files[1:_MOST_FILES]:
        found = tell("{before}, {name}", before=found, name=name)
    return tell("{before} and {n} more", before=found, n=len(files) - _MOST_FILES) if len(files) > _MOST_FILES else found


def _reason(kind: str, what: str) -> Any:
    said = {
        "parameters": tell("the parameter set is now {what}", what=what),
        "code": tell("the program is now version {what}", what=what),
        "disclosure": tell("another figure may be shown to these readers"),
        "tables": tell("lists were assessed anew"),
        "run": tell("it was computed anew ({what})", what=what),
    }
    return said.get(kind, kind)
