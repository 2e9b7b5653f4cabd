"""What stands around every page: header, footer, name of a file's title; the same in every format."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from headworks.reports.cells import NUMERIC, write_cell
from headworks.reports.content import Message, Section, TableBlock, tell
from headworks.reports.cycle.content import CycleContent
from headworks.reports.wording import NO_BREAK, Wording

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
# In signs of the print of tables: a page is so wide, no column is narrower than that, and this stands between two.
_PAGE, _NARROWEST, _BETWEEN = 122, 4, 3
_MOST_LINES, _SLACK = 12, 4
_FIRST_WIDE = 0x2E80
_BREAK = re.compile(r" (?!\(\d)")


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
    """How wide each column of a printed table is against the others, so that its rows have as few lines as fit a page.

    A number is never broken, a header or a text only where a word ends; texts are broken into as many lines as it takes. A
    sign of Chinese or Japanese is as wide as two.
    """
    least, longest = [], []
    for index, column in enumerate(block.columns):
        texts = [row[index] for row in cells]
        headers = [wording.say(column.header), wording.say(column.unit) if column.unit else ""]
        # Headers are bold, and so a little wider.
        words = [_wide(word) + 1 for header in headers for word in _words(header)]
        wide = max(map(_wide, texts), default=1)
        is_number = column.kind in NUMERIC
        words += [wide] if is_number else [_wide(word) for text in texts for word in _words(text)]
        least.append(max(*words, _NARROWEST))
        longest.append(max(wide, least[-1]))
    room = _PAGE - (_BETWEEN * len(block.columns))
    n_lines = 1
    while n_lines < _MOST_LINES and sum(_broken(least, longest, n_lines)) > room:
        n_lines += 1
    return [width + _BETWEEN for width in _broken(least, longest, n_lines)]


def _broken(least: Sequence[int], longest: Sequence[int], n_lines: int) -> list[int]:
    # A line is seldom full to its end, for words are not broken.
    slack = 0 if n_lines == 1 else _SLACK
    return [max(low, min(high, -(-high // n_lines) + slack)) for low, high in zip(least, longest, strict=True)]


def _words(text: str) -> list[str]:
    """What a line is not broken within: words, a number with its interval, of Chinese and Japanese any four signs."""
    parts = _BREAK.split(text)
    return [part[:4] if any(ord(sign) >= _FIRST_WIDE for sign in part) else part for part in parts]


def one_line(text: str) -> str:
    """The text without signs that no printer has: each a space, save the one that lines are not broken at."""
    return "".join(sign if sign.isprintable() or sign == NO_BREAK else " " for sign in text)


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
