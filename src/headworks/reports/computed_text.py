"""How a figure was computed, as plain text for a terminal: the same sentences and tables as in the report."""

from __future__ import annotations

import unicodedata
from typing import Any

from headworks.reports.area_tables import Computed
from headworks.reports.cells import NUMERIC, write_cell
from headworks.reports.content import Facts, Label, Notice, Prose, TableBlock
from headworks.reports.sections.computed import computed_blocks, computed_fold
from headworks.reports.wording import Wording, wording_for


def computed_text(computed: Computed, name: Label, language: str = "en") -> str:
    """The heading, the formula with its numbers, members, sources of doubt, samples and commands.

    Parameters
    ----------
    computed
        From ``headworks.jobs.explain.how_computed``.
    name
        Of the drug or residue.
    language
        ``en`` or ``zh``.

    Raises
    ------
    UsageError
        ``HW-U005`` for a language without a catalogue.
    """
    wording = wording_for(language)
    parts = [wording.say(computed_fold(computed, name).summary)]
    parts += [text for block in computed_blocks(computed) if (text := _text(block, wording))]
    return "\n\n".join(parts) + "\n"


def _text(block: Any, wording: Wording) -> str:
    if isinstance(block, Notice):
        return wording.say(block.text)
    if isinstance(block, Prose):
        return "\n".join([*(wording.say(line) for line in block.lines), *(f"    {wording.say(code)}" for code in block.codes)])
    if isinstance(block, Facts):
        lines = [f"  {wording.say(term)}: {wording.say(text)}" for term, text in block.items]
        return "\n".join([wording.say(block.heading), *lines])
    if isinstance(block, TableBlock):
        return _table(block, wording)
    return ""


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _table(block: TableBlock, wording: Wording) -> str:
    """Columns in line, numbers to the right; a Chinese sign is two columns wide."""
    heads = [wording.say(c.header) + (f" ({wording.say(c.unit)})" if c.unit else "") for c in block.columns]
    rows = [[write_cell(cell, column, wording) for cell, column in zip(row, block.columns, strict=True)] for row in block.rows]
    if not rows:
        return wording.say(block.empty)
    wide = [max(_width(line[place]) for line in (heads, *rows)) for place in range(len(heads))]

    def line(cells: list[str]) -> str:
        padded = []
        for cell, width, column in zip(cells, wide, block.columns, strict=True):
            room = " " * (width - _width(cell))
            padded.append(room + cell if column.kind in NUMERIC else cell + room)
        return "  " + "  ".join(padded).rstrip()

    return "\n".join([wording.say(block.caption), line(heads), *map(line, rows)])
