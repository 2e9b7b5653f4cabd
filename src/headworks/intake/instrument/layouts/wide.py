"""MassHunter's batch tables with two header rows: compounds beside each other, or samples beside each other.

    Sample | … | Cortisol Method |        | Cortisol Results |      | Qualifier (363.2 -> 97.1) Results
    Name   | … | Precursor Ion   | …      | RT               | Area | Area

The first row names a group and leaves the cells after it empty. The traps: ``RT`` under *Method* is the time expected; a
qualifier belongs to the compound before it, which need not be the target, so one with another precursor is asked about.
"""

from __future__ import annotations

import re
from collections import Counter

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
from headworks.intake.raw import MOST_COLUMNS

_GROUP = re.compile(r"(?P<name>.+?)\s+(?P<part>Method|Results|方法|结果)")
_QUALIFIER = re.compile(r"(?:Qualifier|定性离子)\s*\((?P<transition>.+)\)")
_TRANSITION = re.compile(r"\s*([0-9.]+)\s*-+>\s*([0-9.]+)\s*")
_METHOD = ("Method", "方法")
_COMPOUND_TABLE = ("Compound Method", "Compound Results", "化合物方法")


def is_grouped(grid: Grid) -> bool:
    """Whether the first row names groups of columns by compound, and the second the columns."""
    return grid.frame.height > 1 and any(_GROUP.fullmatch(cell) for cell in grid.cells(0)) and not is_grouped_by_sample(grid)


def is_turned(grid: Grid) -> bool:
    """Whether a table with compounds beside each other stands on its side: groups in the first column, names in the second."""
    if grid.width < 3 or not 3 < grid.frame.height <= MOST_COLUMNS:
        return False
    groups, names = (set(grid.frame[name].drop_nulls().to_list()) for name in ("c0", "c1"))
    return any(_GROUP.fullmatch(group) for group in groups) and bool(names & {"Area", "RT"})


def is_grouped_by_sample(grid: Grid) -> bool:
    """Whether compounds stand in rows and samples in groups of columns."""
    return grid.frame.height > 1 and grid.cells(0)[0] in _COMPOUND_TABLE and "Name" in grid.cells(1)


def read_grouped(grid: Grid, profile: Profile, questions: list[Question], *, is_turned: bool = False) -> Sheet:
    """Injections in rows; one block per compound and qualifier."""
    starts, names = grid.cells(0), grid.cells(1)
    groups = _filled(starts)
    where = f"{grid.file}, sheet {grid.sheet}" if grid.sheet else grid.file
    reader = HeaderReader(where, "masshunter", profile, questions)
    pairs = list(zip(groups, names, strict=True))
    labels = unique_labels([f"{group} / {name}" if _GROUP.fullmatch(group) else name for group, name in pairs])
    reader.require_said(names, labels)
    shared = Block()
    blocks: dict[tuple[str, int, str, int], Block] = {}
    # Two compounds of one name are two compounds: a group that begins again is another one.
    begun: Counter[tuple[str, int, str]] = Counter()
    compound, nth, nth_here = "", 0, 0
    for place, (group, name) in enumerate(pairs):
        match = _GROUP.fullmatch(group)
        where_it_is = f"row {place + 1}" if is_turned else f"column {column_letters(place)}"
        field = reader.read(name, where_it_is, labels[place])
        if match is None:
            if field:
                shared.take(field, labels[place])
            continue
        qualifier = _QUALIFIER.fullmatch(match["name"])
        transition = qualifier["transition"] if qualifier else ""
        if starts[place]:
            owner = (compound, nth) if qualifier else ("", 0)
            begun[*owner, group] += 1
            nth_here = begun[*owner, group]
            compound, nth = (compound, nth) if qualifier else (match["name"], nth_here)
        key = (compound, nth, transition, nth_here if qualifier else 0)
        block = blocks.setdefault(key, _block(compound, transition))
        if field == "retention_time_min" and match["part"] in _METHOD:
            field = "expected_retention_time_min"
        if field:
            block.take(field, labels[place])
    for block in blocks.values():
        block.columns = {**shared.columns, **block.columns}
    _place_qualifiers(blocks, profile, where, questions)
    rows, misfits = ragged(grid, grid.frame.slice(2), len(labels))
    raw = label_columns(grid, labels, rows, misfits)
    lines = {label: place + 1 for place, label in enumerate(labels)} if is_turned else {}
    return Sheet(raw, list(blocks.values()), True, is_turned, lines, reader.units, reader.unread)


def read_by_sample(grid: Grid, profile: Profile, questions: list[Question]) -> Sheet:
    """Compounds in rows; one block per sample."""
    starts, names = grid.cells(0), grid.cells(1)
    samples = _filled(starts)
    where = f"{grid.file}, sheet {grid.sheet}" if grid.sheet else grid.file
    reader = HeaderReader(where, "masshunter", profile, questions)
    method = samples[0]
    pairs = list(zip(samples, names, strict=True))
    labels = unique_labels([name if sample == method else f"{sample} / {name}" for sample, name in pairs])
    reader.require_said(names, labels)
    shared: dict[str, str] = {}
    blocks: list[Block] = []
    for place, (sample, name) in enumerate(pairs):
        field = reader.read(name, f"column {column_letters(place)}", labels[place])
        if sample != method:
            if starts[place]:
                blocks.append(Block({}, {"sample_name": re.sub(r"\s+Results$", "", sample)}))
            if field:
                blocks[-1].take(field, labels[place])
        elif name == "Name":
            shared["analyte"] = labels[place]
        elif field:
            shared["expected_retention_time_min" if field == "retention_time_min" else field] = labels[place]
    for number, block in enumerate(blocks, 1):
        block.columns = {**shared, **block.columns}
        block.fixed |= {"_injection": str(number), "ion": "quantifier"}
    rows, misfits = ragged(grid, grid.frame.slice(2), len(labels))
    return Sheet(label_columns(grid, labels, rows, misfits), blocks, units=reader.units, unread=reader.unread)


def _block(compound: str, transition: str) -> Block:
    fixed = {"analyte": compound, "ion": "qualifier" if transition else "quantifier"}
    parts = _TRANSITION.fullmatch(transition)
    if parts:
        fixed |= {"transition": f"{parts[1]} -> {parts[2]}"}
    elif transition:
        fixed |= {"transition": transition}
    return Block({}, fixed)


def _filled(cells: list[str]) -> list[str]:
    filled, last = [], ""
    for cell in cells:
        last = cell or last
        filled.append(last)
    return filled


def _place_qualifiers(
    blocks: dict[tuple[str, int, str, int], Block], profile: Profile, where: str, questions: list[Question]
) -> None:
    """Qualifiers go to the compound the profile says; one with another precursor than the first is asked about."""
    first: dict[tuple[str, int], str] = {}
    for (compound, nth, transition, _), block in blocks.items():
        parts = _TRANSITION.fullmatch(transition)
        key = f"{compound}: {transition}"
        if key in profile.qualifiers:
            block.fixed["analyte"] = profile.qualifiers[key]
        elif parts and first.setdefault((compound, nth), parts[1]) != parts[1]:
            questions.append(
                Question("HW-D659", "To which compound does this qualifier belong? Its precursor is not that of the others.",
                         f"{where}, row 1", key, compound, ("qualifiers", key), False)
            )  # fmt: skip
