"""Text cells become the fields of result rows; a cell that cannot be read is empty, and its fault says where and why.

The table is read once, column by column, and each block takes its columns. Decimal signs are found over the whole file. The
trap is the word in a column of numbers: *N/F* and *No Peak* say that nothing was found, which is no fault and no zero.
"""

from __future__ import annotations

import polars as pl

from headworks.intake.cells import CellReader
from headworks.intake.instrument.faults import FAULT_SCHEMA
from headworks.intake.instrument.layouts.sheet import Block, Sheet, column_letters
from headworks.intake.instrument.profile import Profile
from headworks.intake.instrument.question import Question
from headworks.intake.instrument.times import read_times
from headworks.intake.instrument.vocabulary import AMOUNTS, FLAGS, NUMBERS, TEXTS, TIMES, known_words
from headworks.intake.parsed import fold_header
from headworks.intake.raw import ROW

_YES = {"true", "yes", "y", "1", "manual", "m", "modified", "是", "手动"}
# Integration types other than by hand are named after the algorithm.
_NO = {"false", "no", "n", "0", "auto", "automatic", "method", "original", "否", "自动", "valley", "base_to_base", "avalon",
       "icis", "genesis", "parametric", "summation", "droplines"}  # fmt: skip
_SECONDS = ("s", "sec", "second", "seconds", "秒")


class ValueReader:
    """Reads the columns of one sheet, each once.

    Parameters
    ----------
    sheet
        Labelled columns and blocks.
    format_name
        Whose words are spoken.
    profile
        What its owner has said.
    questions
        Grows.
    """

    def __init__(self, sheet: Sheet, format_name: str, profile: Profile, questions: list[Question]) -> None:
        self.sheet, self.format, self.profile, self.questions = sheet, format_name, profile, questions
        kinds: dict[str, str] = {label: field for block in sheet.blocks for field, label in block.columns.items()}
        numeric = [label for label, field in kinds.items() if field in (*AMOUNTS, *NUMBERS)]
        self.cells = CellReader(sheet.raw, numeric=numeric, decimal=profile.decimal)
        self._absent = list(known_words("absent", format_name))
        self._read: dict[tuple[str, str], dict[str, pl.Series]] = {}

    def rows(self) -> pl.DataFrame:
        """Every block's rows, in the order of the blocks, with ``source_row`` and ``fault_code``."""
        parts = [self._block(block) for block in self.sheet.blocks]
        rows = pl.concat(parts, how="diagonal") if parts else pl.DataFrame()
        return self._with_faults(rows, parts)

    def faults(self) -> pl.DataFrame:
        """What could not be read, by row and column of the file."""
        faults = self.cells.refusals().with_columns(severity=pl.lit("refused"))
        if self.sheet.is_turned:
            lines, places = self.sheet.rows_of_labels, faults["row"].to_list()
            faults = faults.with_columns(
                row=pl.col("column").replace_strict(lines, default=None, return_dtype=pl.Int64),
                column=pl.col("column")
                + pl.Series([f" (column {column_letters(place - 1)})" for place in places], dtype=pl.String),
            )
        return faults.select(list(FAULT_SCHEMA))

    def _block(self, block: Block) -> pl.DataFrame:
        n = self.sheet.raw.frame.height
        columns: dict[str, pl.Series] = {}
        # Names first: the list of refusals is looked through for them, and is short until numbers are read.
        for field, label in sorted(block.columns.items(), key=lambda item: item[0] not in TEXTS):
            columns |= self._column(field, label)
        fixed = {name: pl.repeat(value, n, dtype=pl.String, eager=True) for name, value in block.fixed.items()}
        return pl.DataFrame({**columns, **fixed, ROW: self.sheet.raw.frame[ROW]})

    def _column(self, field: str, label: str) -> dict[str, pl.Series]:
        if (field, label) not in self._read:
            if field in TEXTS:
                read = {field: self._text(field, label)}
            elif field in FLAGS:
                read = self._flag(field, label)
            elif field in TIMES:
                read = self._time(field, label)
            else:
                read = self._number(field, label)
            self._read[field, label] = read
        return self._read[field, label]

    def _text(self, field: str, label: str) -> pl.Series:
        cells = self.cells.text(label, is_key=field in ("sample_name", "analyte", "data_file"))
        refused = self.cells.refusals().filter(pl.col("column") == label)["row"]
        if len(refused):
            cells = cells.set(self.sheet.raw.frame[ROW].is_in(refused.implode()), None)
        if field in ("internal_standard", "level"):
            return pl.select(pl.when(~self._is_absent(cells)).then(cells)).to_series()
        return cells

    def _is_absent(self, cells: pl.Series) -> pl.Series:
        words = [word for word in cells.drop_nulls().unique().to_list() if fold_header(word) in self._absent]
        return cells.is_in(words) if words else pl.repeat(False, len(cells), dtype=pl.Boolean, eager=True)

    def _number(self, field: str, label: str) -> dict[str, pl.Series]:
        cells = self.sheet.raw.frame[label]
        if cells.cast(pl.Float64, strict=False).null_count() > cells.null_count():
            cells = pl.select(pl.when(~self._is_absent(cells)).then(cells)).to_series()
            if field.endswith("_percent"):
                cells = cells.str.strip_suffix("%").str.strip_chars()
        values = self.cells.number(label, cells=cells)
        if field in AMOUNTS:
            is_below = (values < 0).fill_null(value=False)
            if field in ("dilution_factor", "precursor_mz", "product_mz"):
                is_below |= (values == 0).fill_null(value=False)
            self.cells.refuse(
                label, is_below, "HW-D646", "The number lies below what this column can hold.",
                "Integrate the peak again, or leave the cell empty when there is none",
            )  # fmt: skip
            values = values.set(is_below, None) if is_below.any() else values
        return self._converted(field, values)

    def _converted(self, field: str, values: pl.Series) -> dict[str, pl.Series]:
        if field == "vendor_ion_ratio_fraction":
            return {"vendor_ion_ratio_percent": values * 100.0}
        if field == "vendor_deviation_percent":
            return {"vendor_accuracy_percent": values + 100.0}
        if field.endswith("_min"):
            unit = self.sheet.units.get(field) or self.profile.retention_time_unit or "min"
            return {field: values / 60.0 if unit.lower() in _SECONDS else values}
        return {field: values}

    def _flag(self, field: str, label: str) -> dict[str, pl.Series]:
        cells = self.sheet.raw.frame[label]
        words = {word: fold_header(word) for word in cells.drop_nulls().unique().to_list()}
        said = self.profile.integrations if field == "is_manual_integration" else {}
        known = {word: folded in _YES for word, folded in words.items() if folded in _YES | _NO}
        known |= {word: said[word] == "manual" for word in words if word in said}
        values = cells.replace_strict(known, default=None, return_dtype=pl.Boolean)
        is_open = cells.is_not_null() & values.is_null()
        if field != "is_manual_integration":
            self.cells.refuse(label, is_open, "HW-D658", "This is neither yes nor no.", "Write TRUE or FALSE")
            return {"is_excluded_by_vendor": ~values} if field == "is_used_by_vendor" else {field: values}
        for word in cells.filter(is_open).unique(maintain_order=True).to_list():
            row = self.sheet.raw.frame[ROW].filter(cells == word)[0]
            guess = "manual" if "man" in word.lower() else "automatic"
            where = f"{self.sheet.raw.where}, row {row}, column {label}"
            ask = "Does this mean a peak integrated by hand?"
            self.questions.append(Question("HW-D658", ask, where, word, guess, ("integrations", word), False))
        return {field: values}

    def _time(self, field: str, label: str) -> dict[str, pl.Series]:
        cells = self.sheet.raw.frame[label]
        if field == "acquired_date":
            clocks = [c for block in self.sheet.blocks if (c := block.columns.get("acquired_time"))]
            if clocks:
                both = pl.concat_str(cells, self.sheet.raw.frame[clocks[0]], separator=" ", ignore_nulls=True)
                cells = pl.select(pl.when(cells.is_not_null()).then(both)).to_series()
        elif field == "acquired_time":
            return {}
        times = read_times(
            cells.drop_nulls().unique(maintain_order=True).to_list(), self.profile.date_order, self.profile.timezone
        )
        self.cells.refuse(
            label, cells.is_in(times.bad), "HW-D647", "This is not a time on a day, or the year is out of bounds.",
            "Export dates as 2024-11-26 15:05, or correct date_order in the profile",
        )  # fmt: skip
        if times.is_mixed:
            self.cells.refuse(
                label, cells.is_in(times.is_open), "HW-D647",
                "The column has days before and after months; this one can be either.", "Export the dates in one form",
            )  # fmt: skip
        elif times.is_open:
            first = self.sheet.raw.frame[ROW].filter(cells.is_in(times.is_open))[0]
            self.questions.append(
                Question("HW-D644", "Which comes first, the day or the month? The times are left empty.",
                         f"{self.sheet.raw.where}, row {first}, column {label}", times.is_open[0], times.guess,
                         ("", "date_order"), False)
            )  # fmt: skip
        at = {text: value for text, (value, _) in times.read.items()}
        offsets = {text: offset for text, (_, offset) in times.read.items()}
        is_bad = cells.is_in(times.bad)
        return {
            "acquired_at": cells.replace_strict(at, default=None, return_dtype=pl.Datetime("us")),
            "utc_offset_min": cells.replace_strict(offsets, default=None, return_dtype=pl.Int16),
            "_acquired": cells.set(is_bad, None) if is_bad.any() else cells,
        }

    def _with_faults(self, rows: pl.DataFrame, parts: list[pl.DataFrame]) -> pl.DataFrame:
        found = self.cells.refusals().select("row", "column", "code")
        if found.is_empty():
            return rows.with_columns(fault_code=pl.lit(None, dtype=pl.String))
        codes: list[pl.Series] = []
        for block, part in zip(self.sheet.blocks, parts, strict=True):
            mine = found.filter(pl.col("column").is_in(list(block.columns.values()))).unique(
                "row", keep="first", maintain_order=True
            )
            joined = part.select(ROW).join(
                mine.select(pl.col("row").alias(ROW), "code"), on=ROW, how="left", maintain_order="left"
            )
            codes.append(joined["code"])
        return rows.with_columns(fault_code=pl.concat(codes))
