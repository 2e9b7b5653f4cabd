"""The content of a report as a tree of sentences, figures and tables: no HTML, no language.

A sentence is a :class:`Message`: an English text that is its own key in the catalogues, and the values that go in. So one
content is rendered in every language, and a number is formatted where it is read, not where it is computed. The trap:
a value is put into a *translated* text as plain words and escaped later; nothing here may hold markup.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl


@dataclass(frozen=True)
class Label:
    """A name that has a form in each language; the Chinese one may be missing.

    Where there is no Japanese one, a name stands as the catalogue has it, or as it is written in Chinese.
    """

    en: str
    zh: str | None = None
    ja: str | None = None


@dataclass(frozen=True)
class Amount:
    """A quantity shown with three significant digits; ``None`` is shown as a dash."""

    value: float | None


@dataclass(frozen=True)
class Share:
    """A fraction shown as a whole percentage."""

    value: float


@dataclass(frozen=True)
class Message:
    """An English text with ``{named}`` places, and what goes into them."""

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)


def tell(text: str, **values: Any) -> Message:
    """A message; every text given here must have a translation in each catalogue.

    Examples
    --------
    >>> tell("{n} sites", n=3).values["n"]
    3
    """
    return Message(text, values)


def section_id(drug: str) -> str:
    """Name of a drug's section in links; safe whatever the drug is called.

    Examples
    --------
    >>> section_id("New drug (II)")
    'drug-new-drug-ii'
    """
    return "drug-" + re.sub(r"[^a-z0-9]+", "-", drug.lower()).strip("-")


@dataclass(frozen=True)
class Sentence:
    """Words, then number, then interval, then coverage: always in this order."""

    words: Message
    number: Message
    interval: Message
    coverage: Message

    @property
    def parts(self) -> tuple[Message, ...]:
        """The four parts in reading order."""
        return (self.words, self.number, self.interval, self.coverage)


@dataclass(frozen=True)
class Column:
    """A column of a printed table: its header, its unit, and how a cell is written."""

    name: str
    header: Message
    unit: Message | None = None
    kind: Literal["text", "amount", "count", "share", "probability", "territory"] = "text"
    decimals: int = 0


@dataclass(frozen=True)
class TableBlock:
    """A table with a caption; a cell is a string, a number, a message, a label or ``None``."""

    block_id: str
    caption: Message
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    empty: Message
    is_open: bool = False


@dataclass(frozen=True)
class Tile:
    """One drawing of a figure: the rows it shows and the words for who cannot see it."""

    rows: tuple[Mapping[str, Any], ...]
    alt: Message


@dataclass(frozen=True)
class Figure:
    """A chart as data: what kind, the shared scale, and the tiles drawn on it."""

    figure_id: str
    kind: Literal[
        "overview",
        "map",
        "elsewhere",
        "ranks",
        "trends",
        "course",
        "weekdays",
        "areas",
        "intervals",
        "ladder",
        "parts",
        "courses",
        "spans",
    ]
    title: Message
    note: Message
    tiles: tuple[Tile, ...]
    scale: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Notice:
    """A framed remark: an empty state, a caveat, a factor that needs a source."""

    text: Message
    kind: Literal["empty", "caution"] = "caution"


@dataclass(frozen=True)
class Facts:
    """A definition list: terms and what is said of them."""

    heading: Message
    items: tuple[tuple[Message | Label | str, Message | str], ...]


@dataclass(frozen=True)
class Node:
    """An area in a tree: its name, its sentence, what else must be known of it, and the areas in it."""

    name: Label
    sentence: Sentence | Message
    notes: tuple[Message, ...] = ()
    children: tuple[Node, ...] = ()
    closing: Message | None = None


@dataclass(frozen=True)
class Tree:
    """Areas that open one after another; what stands in it is said once, in the caption."""

    caption: Message
    note: Message
    nodes: tuple[Node, ...]
    empty: Message


@dataclass(frozen=True)
class Prose:
    """Paragraphs, and after them lines of fixed width: commands, calculations."""

    lines: tuple[Message, ...]
    codes: tuple[Message | str, ...] = ()


@dataclass(frozen=True)
class Fold:
    """Blocks behind one line that opens them."""

    summary: Message
    blocks: tuple[Any, ...]
    is_open: bool = False


Block = Figure | TableBlock | Notice | Facts | Tree | Fold | Prose


@dataclass(frozen=True)
class Section:
    """A part of the report with a heading that is a sentence or a name; ``beside`` stands at the side of the first block."""

    section_id: str
    heading: Message | Label
    lead: tuple[Message, ...] = ()
    blocks: tuple[Block, ...] = ()
    beside: tuple[Block, ...] = ()
    headline: Sentence | None = None


@dataclass(frozen=True)
class SituationContent:
    """Everything a situation report says, in reading order."""

    area_name: str
    period: str
    tier: str
    floor: int
    generated_on: dt.date
    run_id: str
    code_version: str
    headlines: tuple[tuple[str, Label, Sentence], ...]
    cannot_say: tuple[Message, ...]
    overview: tuple[Block, ...]
    drugs: tuple[Section, ...]
    evidence: tuple[Section, ...]
    figures: pl.DataFrame
    dictionary: pl.DataFrame
    acknowledgements: tuple[str, ...]
    shapes: Mapping[str, str] = field(default_factory=dict)
