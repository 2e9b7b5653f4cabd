"""Text cells become numbers, days, instants and categories, or refusals that name row, column, cell and what would do.

A whole column is converted at once; only the cells that fail are looked at one by one, to say why. Nothing is guessed: a
decimal comma is one because the file uses it throughout or its owner said so, and ``425,000`` alone proves nothing; a
look-alike minus, a thousands separator, a formula or ``31/02/2024`` is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import polars as pl

from headworks.intake.calendar_cells import INSTANT_REMEDY, parse_days, parse_instant, why_no_day
from headworks.intake.decimal_sign import DecimalSign, find_decimal_sign
from headworks.intake.raw import LONGEST_CELL, ROW, RawTable, no_refusals, refuse_rows

_LOOK_ALIKE_MINUS = "\u2212\u2013\u2014\u2010\u2011\u2012\ufe63\uff0d\u02d7"
_SPREADSHEET_ERROR = r"^#(DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!|#+)"
# Marks nobody sees: two identifiers that differ by one look the same and never meet.
_UNSEEN = r"[\p{Cc}\p{Cf}\u{2028}\u{2029}]"
_UNUSUAL = r"[^ -~]"  # a quick look before the slow one


class CellReader:
    """Reads the columns of one raw table and collects what it must refuse.

    Parameters
    ----------
    table
        The foreign table.
    numeric
        Foreign columns that hold numbers; the decimal sign is found from these. All columns when not said.
    decimal
        ``","`` or ``"."`` when the file's owner said so, else found out per file.
    date_format
        strptime format of days that are not ISO 8601, when said.
    timezone
        Where local times without an offset were written, when said.
    """

    def __init__(
        self,
        table: RawTable,
        *,
        numeric: list[str] | None = None,
        decimal: str | None = None,
        date_format: str | None = None,
        timezone: str | None = None,
    ) -> None:
        self.table = table
        self.frame = table.frame
        self.date_format = date_format
        self.timezone = timezone
        self.decimal = find_decimal_sign(table, table.columns if numeric is None else numeric, decimal)
        self._refusals: list[pl.DataFrame] = [table.refusals]
        for name in table.columns:
            is_long = self.frame[name].str.len_chars() > LONGEST_CELL
            self.refuse(name, is_long, "HW-D103", "The cell is too long.", f"Give at most {LONGEST_CELL:,} characters")

    def text(self, column: str, *, required: bool = False, is_key: bool = False) -> pl.Series:
        """Text as written; what only a spreadsheet understands is refused, in keys also what nobody sees."""
        cells = self.frame[column]
        self.refuse(
            column, cells.str.starts_with("="), "HW-D113", "A formula stands where a text is wanted.",
            "Paste the formula's value instead",
        )  # fmt: skip
        self.refuse(
            column, cells.str.starts_with("#") & cells.str.contains(_SPREADSHEET_ERROR), "HW-D113",
            "An error of the spreadsheet stands here.",
            "Correct the formula, or empty the cell",
        )  # fmt: skip
        if is_key and cells.str.contains(_UNUSUAL).any():
            self.refuse(
                column, cells.str.contains(_UNSEEN), "HW-D108", "The name holds a line break or a mark that cannot be seen.",
                "Type the name anew",
            )  # fmt: skip
        return self._require(column, cells) if required else cells

    def number(self, column: str, *, required: bool = False, cells: pl.Series | None = None) -> pl.Series:
        """Finite numbers; ``cells`` when what is to be read is only part of what is written."""
        written = self.frame[column]
        cells = written if cells is None else cells
        plain = cells.str.replace(",", ".", literal=True) if self.decimal.sign == "," else cells
        values = plain.cast(pl.Float64, strict=False)
        is_bad = cells.is_not_null() & (values.is_null() | ~values.is_finite()).fill_null(value=True)
        for pattern in self.decimal.refused:
            is_bad |= cells.str.contains(pattern).fill_null(value=False)
        self._refuse_explained(column, is_bad, self._why_no_number)
        if required:
            self._require(column, written)
        return values.set(is_bad, None) if is_bad.any() else values

    def integer(self, column: str, *, required: bool = False) -> pl.Series:
        """Whole numbers."""
        values = self.number(column, required=required)
        is_bad = (values != values.round(0)).fill_null(value=False) | (values.abs() > 1e15).fill_null(value=False)
        self.refuse(column, is_bad, "HW-D105", "A whole number is wanted.", "Give a number without decimals")
        return values.set(is_bad, None).cast(pl.Int64)

    def day(self, column: str, *, required: bool = False, cells: pl.Series | None = None) -> pl.Series:
        """Calendar days: ISO 8601, or the format said; ``cells`` as for ``number``."""
        cells = self.frame[column] if cells is None else cells
        values = parse_days(cells, self.date_format)
        is_bad = cells.is_not_null() & values.is_null()
        self._refuse_explained(column, is_bad, lambda text: _spreadsheet_says(text) or why_no_day(text, self.date_format))
        return self._require(column, values, cells) if required else values

    def instant(self, column: str, *, required: bool = False) -> tuple[pl.Series, pl.Series]:
        """Instants in UTC and the local offset in minutes; a local time needs a time zone that was said."""
        cells = self.frame[column]
        parsed = {text: parse_instant(text, self.timezone, self.date_format) for text in cells.drop_nulls().unique().to_list()}
        good = {text: value for text, value in parsed.items() if not isinstance(value, str)}
        instants = cells.replace_strict({t: v[0] for t, v in good.items()}, default=None, return_dtype=pl.Datetime("us"))
        offsets = cells.replace_strict({t: v[1] for t, v in good.items()}, default=None, return_dtype=pl.Int16)
        is_bad = cells.is_not_null() & instants.is_null()
        self._refuse_explained(
            column, is_bad, lambda text: _spreadsheet_says(text) or ("HW-D106", str(parsed.get(text)), INSTANT_REMEDY)
        )
        if required:
            self._require(column, cells)
        return instants.dt.replace_time_zone("UTC"), offsets

    def category(self, column: str, allowed: list[str], synonyms: dict[str, str], *, required: bool = False) -> pl.Series:
        """One of a closed list, in any case, with blanks or hyphens for underscores."""
        cells = self.frame[column]
        known = {_fold_category(theirs): ours for theirs, ours in synonyms.items()}
        values = {
            text: known.get(_fold_category(text), _fold_category(text)) for text in cells.drop_nulls().unique().to_list()
        }
        known_values = {text: value for text, value in values.items() if value in allowed}
        found = cells.replace_strict(known_values, default=None, return_dtype=pl.String)
        self.refuse(
            column, cells.is_not_null() & found.is_null(), "HW-D108", "This is not one of the words known here.",
            "Use one of " + ", ".join(allowed),
        )  # fmt: skip
        return self._require(column, found, cells) if required else found

    def refuse(self, column: str, is_bad: pl.Series, code: str, problem: str, remedy: str) -> None:
        """Refuse the rows marked; a null mark refuses nothing."""
        if is_bad.any():
            rows = self.frame.filter(is_bad)
            found = pl.col(column).fill_null("") if column in rows.columns else pl.lit("")
            self._refusals.append(
                refuse_rows(self.table, rows, column=column, code=code, problem=problem, found=found, remedy=remedy)
            )

    def add(self, refusals: pl.DataFrame) -> None:
        """Book refusals found elsewhere for rows of this table."""
        self._refusals.append(refusals)

    def refusals(self) -> pl.DataFrame:
        """Everything refused so far, by row, each once."""
        everything = pl.concat([no_refusals(), *self._refusals])
        return everything.unique(["row", "column", "code"], keep="first", maintain_order=True).sort(
            "row", "column", maintain_order=True
        )

    def is_kept(self) -> pl.Series:
        """Rows that nothing was refused in."""
        refused = pl.concat([frame.select("row") for frame in self._refusals])["row"]
        return ~self.frame[ROW].is_in(refused.implode()) if len(refused) else pl.repeat(True, self.frame.height, eager=True)

    def _require(self, column: str, values: pl.Series, cells: pl.Series | None = None) -> pl.Series:
        cells = values if cells is None else cells
        self.refuse(column, cells.is_null(), "HW-D107", "The cell is empty.", "Give a value; this column is required")
        return values

    def _refuse_explained(self, column: str, is_bad: pl.Series, explain: Callable[[str], tuple[str, str, str]]) -> None:
        if not is_bad.any():
            return
        reasons: dict[tuple[str, str, str], list[str]] = {}
        for text in self.frame[column].filter(is_bad).unique().to_list():
            reasons.setdefault(explain(text), []).append(text)
        for (code, problem, remedy), texts in reasons.items():
            self.refuse(column, is_bad & self.frame[column].is_in(texts), code, problem, remedy)

    def _why_no_number(self, text: str) -> tuple[str, str, str]:
        return _spreadsheet_says(text) or ("HW-D105", *_why_no_number(text, self.decimal))


def _fold_category(text: str) -> str:
    return re.sub(r"[\s\-]+", "_", text.strip().lower())


def _spreadsheet_says(text: str) -> tuple[str, str, str] | None:
    if text.startswith("="):
        return "HW-D113", "A formula stands where a value is wanted.", "Paste the formula's value instead"
    if text.startswith("#"):
        return "HW-D113", "An error of the spreadsheet stands here.", "Correct the formula, or empty the cell"
    return None


def _why_no_number(text: str, decimal: DecimalSign) -> tuple[str, str]:
    if any(mark in text for mark in _LOOK_ALIKE_MINUS):
        return "The minus sign is a look-alike character.", "Use the hyphen-minus of the keyboard: -"
    if text.lower().lstrip("+-") in {"nan", "inf", "infinity", "na", "n/a", "null", "none"}:
        return "This is not a finite number.", "Leave the cell empty when there is no value"
    if any(ord(character) > 127 and character.isdigit() for character in text):
        return "The digits are full-width or foreign characters.", "Use the digits 0 to 9"
    if text.endswith(("%", "‰")):
        return "A percent sign stands after the number.", "Give the number in the column's unit"
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}( .*)?", text):
        return "The spreadsheet has made a date of this number.", "Format the column as text or number and type it anew"
    if re.search(r"\d[ \u00a0\u202f'’]\d", text) or re.fullmatch(r"[+-]?\d{1,3}([.,]\d{3})+([.,]\d+)?", text):
        if re.fullmatch(r"[+-]?\d{1,3}[.,]\d{3}", text):
            return "The sign in the number may separate decimals or thousands.", decimal.remedy
        return "The number has a thousands separator.", "Write 1234.5 without separators"
    if re.fullmatch(r"[<≤]?=?\s*[+-]?\d*[.,]\d*", text):
        return decimal.problem, decimal.remedy
    if re.fullmatch(r"[+-]?\d+(\.\d*)?[eE][+-]?\d+", text):
        return "The number is too large.", "Correct the exponent"
    return "This is not a number.", "Give digits with one decimal sign, such as 12.5"
