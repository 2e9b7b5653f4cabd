"""The labelled columns of an export, and the blocks that say which of our fields each one is."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from headworks.core.errors import DataRefused
from headworks.intake.instrument.layouts.grid import Grid
from headworks.intake.instrument.profile import Profile
from headworks.intake.instrument.question import Question
from headworks.intake.instrument.vocabulary import CONCENTRATIONS, FIELDS, Header, is_unit, read_header
from headworks.intake.raw import RawTable, build_raw


@dataclass
class Block:
    """Columns that become one row of results per row of the table: field to label, and fields that are the same throughout.

    ``rivals`` are further columns for a field that has one.
    """

    columns: dict[str, str] = field(default_factory=dict)
    fixed: dict[str, str] = field(default_factory=dict)
    rivals: list[tuple[str, str]] = field(default_factory=list)

    def take(self, name: str, label: str) -> None:
        """A column for a field, or one that stands beside it until somebody says which it is."""
        if self.columns.setdefault(name, label) != label:
            self.rivals.append((name, label))


@dataclass
class Sheet:
    """The table of an export.

    Attributes
    ----------
    raw
        Uniquely labelled text columns.
    blocks
        In the order of the file.
    is_row_an_injection
        Each row of the table is an injection of its own, whatever it is called.
    is_turned
        ``source_row`` counts columns of the file, and ``rows_of_labels`` says in which row a label stands.
    units
        Units that headers carry, by field.
    unread
        Headers that are not read.
    """

    raw: RawTable
    blocks: list[Block]
    is_row_an_injection: bool = False
    is_turned: bool = False
    rows_of_labels: dict[str, int] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)

    def fields(self) -> set[str]:
        """Every field that some block has."""
        return {name for block in self.blocks for name in (*block.columns, *block.fixed)}


class HeaderReader:
    """Reads headers by the profile and the vocabulary, and asks about the unknown ones, each once.

    Parameters
    ----------
    where
        File and sheet, for messages.
    format_name
        Whose words are spoken.
    profile
        What its owner has said.
    questions
        Grows.
    """

    def __init__(self, where: str, format_name: str, profile: Profile, questions: list[Question]) -> None:
        self.where, self.format, self.questions = where, format_name, questions
        self.said = {theirs: ours for ours, theirs in profile.columns.items()}
        self._named = set(self.said.values())
        self.ignored = {name.casefold() for name in profile.ignored}
        self.units: dict[str, str] = {}
        self.unread: list[str] = []
        self._seen: dict[str, Header] = {}

    def read(self, name: str, place: str, label: str = "") -> str:
        """Our field for a header; empty when it is to be ignored or not known. What was said of its ``label`` counts first."""
        if not name or (label.casefold() in self.ignored and label not in self.said):
            return ""
        name = label if label in self.said else name
        if name not in self._seen:
            self._seen[name] = self._look(name, place)
        found = self._seen[name].field
        return "" if found == "ignored" else found

    def _look(self, name: str, place: str) -> Header:
        header = read_header(name, self.format)
        if name in self.said:
            header = Header(self.said[name], header.unit, "")
        elif name.casefold() in self.ignored or header.field in self._named:
            header = Header("ignored", "", "")
        if (header.field in CONCENTRATIONS and is_unit(header.unit)) or (header.unit and header.field.endswith("_min")):
            self.units[header.field] = header.unit
        if not header.field or header.field == "ignored":
            self.unread.append(name)
        if not header.field:
            self.questions.append(
                Question("HW-D642", "Which of our columns is this? It is not read.", f"{self.where}, {place}", name,
                         header.guess, ("columns", name), False)
            )  # fmt: skip
        return header

    def require_said(self, names: list[str], labels: list[str]) -> None:
        """Refuse a profile that names columns which the file does not have, or fields that are not ours.

        A label is one column; a name that is said is every column called so, and no other column is then that field.

        Raises
        ------
        DataRefused
            ``HW-D111``.
        """
        self._named = {ours for theirs, ours in self.said.items() if theirs in names}
        known = {*names, *labels}
        wrong = [theirs for theirs, ours in self.said.items() if theirs not in known or ours not in FIELDS]
        if wrong:
            raise DataRefused(
                "The profile names columns that the file does not have, or fields that are not ours.",
                where=f"{self.where}, header", found=", ".join(wrong)[:300],
                remedy='Write [columns] and our = "theirs"; ours are ' + ", ".join(FIELDS), code="HW-D111",
            )  # fmt: skip


def label_columns(grid: Grid, labels: list[str], rows: pl.DataFrame, misfits: list[tuple[int, int, str]]) -> RawTable:
    """The rows of a grid as a raw table under these labels, one a column."""
    names = dict(zip([f"c{i}" for i in range(len(labels))], labels, strict=True))
    frame = rows.select(list(names)).rename(names)
    return build_raw(frame, rows["source_row"], grid.file, sheet=grid.sheet, misfits=misfits, notes=grid.notes)


def unique_labels(names: list[str]) -> list[str]:
    """The names, each once: a second one of the same name is called after its column too.

    Examples
    --------
    >>> unique_labels(["RT", "RT", ""])
    ['RT', 'RT (column B)', '(column 3)']
    """
    labels: list[str] = []
    seen: set[str] = set()
    for place, name in enumerate(names):
        label = name or f"(column {place + 1})"
        if label in seen:
            label = f"{label} (column {column_letters(place)})"
        seen.add(label)
        labels.append(label)
    return labels


def column_letters(place: int) -> str:
    """A column as a spreadsheet calls it, counted from 0.

    Examples
    --------
    >>> column_letters(0), column_letters(25), column_letters(26)
    ('A', 'Z', 'AA')
    """
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def ragged(grid: Grid, rows: pl.DataFrame, width: int) -> tuple[pl.DataFrame, list[tuple[int, int, str]]]:
    """Rows as wide as the header, and those that are not: row, number of cells, text.

    A row may have further empty cells, or lack empty ones in a workbook, where nobody writes them.
    """
    cells = [f"c{i}" for i in range(grid.width)]
    beyond = [f"c{i}" for i in range(width, grid.width)]
    is_short = pl.col("n_cells") < width if grid.sheet is None else pl.lit(value=False)
    is_long = pl.any_horizontal(pl.col(beyond).is_not_null()) if beyond else pl.lit(value=False)
    bad = rows.filter(is_short | is_long)
    if bad.is_empty():
        return rows, []
    misfits = [
        (row, n, ",".join(text or "" for text in texts))
        for row, n, *texts in bad.select("source_row", "n_cells", *cells).iter_rows()
    ]
    return rows.filter(~(is_short | is_long)), misfits
