"""A report of the cycle as a tree of sentences, tables and figures: no language and no format."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from headworks.reports.content import Label, Message, Section, TableBlock
from headworks.reports.cycle.inputs import Edition


@dataclass(frozen=True)
class CycleContent:
    """Everything one of the five reports says, in reading order.

    Attributes
    ----------
    first_page
        What a director reads: what got worse, lists, what is not covered, what is proposed.
    sections
        What stands behind it.
    cannot_say
        The box on the first page.
    sheets
        All figures, for a spreadsheet: more than is printed.
    """

    title: Message
    area: Label
    period: str
    tier: str
    floor: int
    edition: Edition
    made_on: dt.date
    run_id: str
    code_version: str
    parameter_set: str
    lead: Message
    first_page: tuple[Section, ...]
    cannot_say: tuple[Message, ...]
    sections: tuple[Section, ...]
    sheets: tuple[TableBlock, ...]
