"""Exports with one row per injection and compound: one table, or TargetLynx's one section per compound.

The header is the row, among the first forty, with the most words that are known; titles before it are no data. A TargetLynx
report has a line ``Compound 3:  Ketamine``, then a header with an empty first cell, then the rows, and so on.
"""

from __future__ import annotations

import re

import polars as pl

from headworks.intake.instrument.layouts.grid import Grid
from headworks.intake.instrument.layouts.sheet import (
    Block,
    HeaderReader,
    Sheet,
    column_letters,
    label_columns,
    ragged,
    unique_labels,
)
from headworks.intake.instrument.profile import Profile
from headworks.intake.instrument.question import Question
from headworks.intake.instrument.vocabulary import find_field
from headworks.intake.parsed import fold_header, require_no_persons
from headworks.intake.raw import ROW, RawTable, build_raw
from headworks.reference.instrument_words import FORMATS

_COMPOUND = re.compile(r"Compound\s+\d+\s*:\s*(?P<name>.*\S)\s*")
_FIRST_ROWS = 40
_SECTION = "(compound of the section)"


def header_row(grid: Grid, format_name: str | None, said: frozenset[str] = frozenset()) -> tuple[int, set[str]]:
    """Position of the row with the most known headers, and its cells folded."""
    best, most = 0, 0
    formats = (format_name,) if format_name else FORMATS
    for position in range(min(grid.frame.height, _FIRST_ROWS)):
        cells = [cell for cell in grid.cells(position) if cell]
        known = max(sum(c in said or bool(find_field(c, name)[0]) for c in cells) for name in formats)
        if known > most:
            best, most = position, known
    return best, {fold_header(cell) for cell in grid.cells(best)}


def read_long(grid: Grid, format_name: str, profile: Profile, questions: list[Question]) -> Sheet:
    """One block: the whole table."""
    position, _ = header_row(grid, format_name, frozenset(profile.columns.values()))
    names = _without_empty_end(grid.cells(position))
    labels = unique_labels(names)
    rows, misfits = ragged(grid, grid.frame.slice(position + 1), len(labels))
    raw = label_columns(grid, labels, rows, misfits)
    require_no_persons(raw)
    where = f"{raw.where}, row {grid.frame[ROW][position]}"
    reader = HeaderReader(where, format_name, profile, questions)
    reader.require_said(names, labels)
    block = Block()
    for place, (name, label) in enumerate(zip(names, labels, strict=True)):
        field = reader.read(name, f"column {column_letters(place)}", label)
        if field and label in raw.columns:
            block.take(field, label)
    if raw.frame.is_empty() and not misfits:
        questions.append(Question("HW-D640", "Where are the rows? There is a header and nothing below it.", where,
                                  ", ".join(names)[:200], "", ("", "sheet"), True))  # fmt: skip
    return Sheet(raw, [block], units=reader.units, unread=reader.unread)


def split_sections(grid: Grid) -> list[tuple[int, str]]:
    """Position and compound of each section of a TargetLynx report; none when the file is no such report."""
    first = grid.frame["c0"].fill_null("")
    places = first.str.contains(r"^Compound\s+\d+\s*:").arg_true().to_list()
    found = [(place, match["name"]) for place in places if (match := _COMPOUND.fullmatch(first[place]))]
    is_report = "Quantify" in " ".join(first.head(10).to_list())
    return found if is_report or len(found) > 1 else []


def read_sections(grid: Grid, profile: Profile, questions: list[Question]) -> Sheet:
    """One block: the sections under each other, each row with the compound of its section."""
    where = f"{grid.file}, sheet {grid.sheet}" if grid.sheet else grid.file
    reader = HeaderReader(where, "targetlynx", profile, questions)
    sections = split_sections(grid)
    ends = [place for place, _ in sections[1:]] + [grid.frame.height]
    tables: list[RawTable] = []
    block = Block({"analyte": _SECTION})
    seen: list[str] = []
    seen_labels: list[str] = []
    for (start, compound), end in zip(sections, ends, strict=True):
        if end - start < 3:
            continue
        names = _without_empty_end(grid.cells(start + 1))
        labels = unique_labels([name or ("#" if place == 0 else "") for place, name in enumerate(names)])
        rows, misfits = ragged(grid, grid.frame.slice(start + 2, end - start - 2), len(labels))
        raw = label_columns(grid, labels, rows, misfits)
        tables.append(build_raw(
            raw.frame.drop(ROW).with_columns(pl.lit(compound).alias(_SECTION)), raw.frame[ROW], grid.file, sheet=grid.sheet,
            misfits=misfits, notes=grid.notes,
        ))  # fmt: skip
        row = grid.frame[ROW][start + 1]
        seen += names
        seen_labels += labels
        for place, (name, label) in enumerate(zip(names, labels, strict=True)):
            field = reader.read(name, f"row {row}, column {column_letters(place)}", label)
            if field and block.columns.get(field, label) in labels:
                block.take(field, label)
    reader.require_said(seen, seen_labels)
    if not tables:
        questions.append(Question("HW-D640", "Where are the rows? No compound has any.", where, f"{len(sections)} compounds",
                                  "", ("", "sheet"), True))  # fmt: skip
        return Sheet(build_raw(pl.DataFrame({_SECTION: []}), pl.Series([], dtype=pl.Int64), grid.file), [block])
    frame = pl.concat([table.frame for table in tables], how="diagonal").select(pl.exclude(ROW), ROW)
    block.columns = {name: label for name, label in block.columns.items() if label in frame.columns}
    whole = RawTable(frame, grid.file, grid.sheet, pl.concat([t.refusals for t in tables]),
                     pl.concat([t.misfits for t in tables]), grid.notes)  # fmt: skip
    require_no_persons(whole)
    return Sheet(whole, [block], units=reader.units, unread=reader.unread)


def _without_empty_end(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells = cells[:-1]
    return cells
