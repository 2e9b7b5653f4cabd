"""What stands around every page: header, footer, name of a file's title; the same in every format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from headworks.reports.cells import NUMERIC, write_cell
from headworks.reports.content import Message, Section, TableBlock, tell
from headworks.reports.cycle.content import CycleContent
from headworks.reports.wording import Wording

READERS = {
    "public": tell("for the public"),
    "partner": tell("for partners"),
    "analyst": tell("for analysts"),
    "steward": tell("for the steward only"),
}
STATES = {
    "draft": tell("draft"),
    "reviewed": tell("reviewed, not approved"),
    "approved": tell("approved, not published"),
    "published": tell("published"),
    "withdrawn": tell("withdrawn"),
}
# So much of a hash is compared by eye.
_HEAD = 16
# In signs of print: a text wider than this is broken, nothing is narrower than that, and this stands between two columns.
_WIDEST_TEXT, _NARROWEST, _BETWEEN = 22, 4, 3
_FIRST_WIDE = 0x2E80


def title_of(content: CycleContent) -> Message:
    """Title of the report."""
    return tell("{title}: {area}, {period}", title=content.title, area=content.area, period=content.period)


def header_of(content: CycleContent, wording: Wording) -> tuple[str, str]:
    """Left and right half of the line above every page: area and period; edition, state and tier."""
    edition = content.edition
    left = wording.say(tell("{area} · {period}", area=content.area, period=content.period))
    right = tell("Edition {n} ({state}) · {readers}", n=edition.number, state=STATES[edition.state],
                 readers=READERS.get(content.tier, content.tier))  # fmt: skip
    return left, wording.say(right)


def footer_of(content: CycleContent, wording: Wording) -> str:
    """The line below every page, before the number of the page."""
    edition = content.edition
    head = edition.audit_head[:_HEAD] or "–"
    return wording.say(tell("Snapshot {snapshot} · audit head {head}", snapshot=edition.snapshot_id, head=head))


def written(rows: Sequence[Sequence[Any]], block: TableBlock, wording: Wording) -> list[list[str]]:
    """Rows of a table as texts."""
    return [[write_cell(cell, column, wording) for cell, column in zip(row, block.columns, strict=True)] for row in rows]


def widths_of(block: TableBlock, cells: Sequence[Sequence[str]], wording: Wording) -> list[int]:
    """How wide each column of a printed table is against the others, from what stands in it.

    A number is never broken, a text from a third of a line on; a header where a word ends. A sign of Chinese or Japanese is as
    wide as two. The trap: one long name must not take the place of all numbers, so texts are counted up to a bound only.
    """
    found = []
    for index, column in enumerate(block.columns):
        headers = [wording.say(column.header), wording.say(column.unit) if column.unit else ""]
        least = max((_wide(word) for header in headers for word in _words(header)), default=1)
        longest = max((_wide(row[index]) for row in cells), default=1)
        most = longest if column.kind in NUMERIC else min(longest, _WIDEST_TEXT)
        # Letters of names are wider than figures.
        wider = 0 if column.kind in NUMERIC else 1
        found.append(max(least, most, _NARROWEST) + _BETWEEN + wider)
    return found


def _words(text: str) -> list[str]:
    """What a line is not broken within: words, of Chinese and Japanese any four signs."""
    if any(ord(sign) >= _FIRST_WIDE for sign in text):
        return [text[:4]]
    return text.split()


def _wide(text: str) -> int:
    return sum(2 if ord(sign) >= _FIRST_WIDE else 1 for sign in text)


def is_said(block: TableBlock, section: Section, wording: Wording) -> bool:
    """Whether the caption only repeats the heading above it."""
    return wording.say(block.caption) == wording.say(section.heading)


def about_lines(content: CycleContent) -> tuple[Message, ...]:
    """How it was made: run, parameter set, program, date."""
    return (
        tell("Run {run}, parameter set {parameters}, Headworks {version}; frozen on {day}.", run=content.run_id,
             parameters=content.parameter_set, version=content.code_version, day=content.made_on),
    )  # fmt: skip
