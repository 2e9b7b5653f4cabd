"""What a file of parameters holds, cell by cell, and how a bad cell is refused.

A parameter set is two CSV files in one directory: ``sets.csv`` (one row per set) and ``biomarkers.csv`` (one row per set
and biomarker). Every breach is collected with its file, row and column before anything is refused. Row numbers count as a
spreadsheet does: the header is row 1.

The trap: an empty cell of a set that extends another means *inherited*, never zero and never "no value".
"""

from __future__ import annotations

import csv
import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from headworks.core.errors import ParameterError

DATA_DIR = Path(__file__).parent / "data"
SETS_FILE = "sets.csv"
BIOMARKERS_FILE = "biomarkers.csv"

USES = (
    "primary", "secondary", "ratio", "presence", "precursor", "population_marker", "interference", "load_only",
    "not_recommended",
)  # fmt: skip
DISTRIBUTIONS = ("lognormal", "triangular", "beta", "uniform", "loguniform")
STATUSES = ("verified", "from memory", "none")

# Each number must lie above 0 and at most at this bound.
NUMBERS = {
    "parent_molar_mass_g_per_mol": math.inf,
    "residue_molar_mass_g_per_mol": math.inf,
    "excretion_fraction": 1.0,
    "excretion_low": 1.0,
    "excretion_high": 1.0,
    "factor_rsd": math.inf,
    "dose_mg": math.inf,
    "lod_ng_per_l": math.inf,
    "loq_ng_per_l": math.inf,
    "half_life_h_20c": math.inf,
    "half_life_h_10c": math.inf,
}
WORDS = {
    "use": USES,
    "distribution": DISTRIBUTIONS,
    "excretion_status": STATUSES,
    "factor_rsd_status": STATUSES,
    "stability_status": STATUSES,
    "dose_status": STATUSES,
    "limits_status": STATUSES,
}
BIOMARKER_COLUMNS = (
    "set_id", "biomarker_id", "drug", "analyte", "use", "use_note", "parent_formula", "parent_molar_mass_g_per_mol",
    "residue_formula", "residue_molar_mass_g_per_mol", "excretion_fraction", "excretion_low", "excretion_high",
    "distribution", "factor_rsd", "dose_mg", "lod_ng_per_l", "loq_ng_per_l", "stability_class", "half_life_h_20c",
    "half_life_h_10c", "sorption_note", "excretion_status", "factor_rsd_status", "stability_status", "dose_status",
    "limits_status", "citation_excretion", "citation_stability", "note",
)  # fmt: skip
SET_COLUMNS = ("set_id", "title", "valid_from", "version", "extends", "citation", "note")

Cell = str | float | date | None


@dataclass(frozen=True)
class Breach:
    """One cell that cannot be used: what is wrong, where, what was found, what would do."""

    what: str
    where: str
    found: str
    remedy: str


@dataclass(frozen=True)
class Row:
    """A row of a parameter file and the place it came from."""

    file: str
    number: int
    values: Mapping[str, Cell]

    def breach(self, column: str, what: str, remedy: str) -> Breach:
        """A breach at one cell of this row."""
        value = self.values.get(column)
        return Breach(
            what, f"{self.file}, row {self.number}, column {column}", "empty" if value is None else str(value), remedy
        )

    def text(self, column: str) -> str:
        """A text cell; empty text for an empty cell."""
        value = self.values.get(column)
        return "" if value is None else str(value)

    def number_of(self, column: str) -> float | None:
        """A number cell, or nothing."""
        value = self.values.get(column)
        return value if isinstance(value, float) else None


def require_none(breaches: Sequence[Breach]) -> None:
    """Refuse all breaches in one error.

    Raises
    ------
    ParameterError
        ``HW-P003`` with the place of each breach.

    Examples
    --------
    >>> require_none([Breach("A dose is not a number.", "biomarkers.csv, row 2, column dose_mg", "ten", "Give mg")])
    Traceback (most recent call last):
    headworks.core.errors.ParameterError: A dose is not a number. Where: biomarkers.csv, row 2, column dose_mg. Found: ten. \
Remedy: Give mg.
    """
    if not breaches:
        return
    whats, remedies = (list(dict.fromkeys(texts)) for texts in zip(*((b.what, b.remedy) for b in breaches), strict=True))
    raise ParameterError(
        " ".join(whats),
        where="; ".join(b.where for b in breaches),
        found="; ".join(b.found for b in breaches),
        remedy="; ".join(remedies),
        code="HW-P003",
    )


def nearest(word: str, known: Iterable[str]) -> str:
    """A sentence that proposes the nearest known word, or lists them all.

    Examples
    --------
    >>> nearest("zucato-2008", ["zuccato-2008", "thai-2016"])
    'Did you mean zuccato-2008?'
    """
    choices = sorted(known)
    close = difflib.get_close_matches(word, choices, n=1, cutoff=0.5)
    return f"Did you mean {close[0]}?" if close else "Known: " + ", ".join(choices)


def read_rows(path: Path, columns: Sequence[str], breaches: list[Breach]) -> list[Row]:
    """The rows of one CSV file with typed cells; what cannot be read is appended to ``breaches``.

    Parameters
    ----------
    path
        A UTF-8 CSV file with a header.
    columns
        Columns it must have, in any order, and no others.
    breaches
        Grows by one entry per unusable cell or header.

    Returns
    -------
    list of Row
        In file order; an unusable cell is empty.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            header, *lines = list(csv.reader(stream, strict=True)) or [[]]
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        breaches.append(Breach("A parameter file cannot be read.", str(path), str(problem), "Give a CSV file in UTF-8"))
        return []
    if sorted(header) != sorted(columns):
        missing, unknown = sorted(set(columns) - set(header)), sorted(set(header) - set(columns))
        remedy = "; ".join(
            [f"add {name}" for name in missing] + [f"remove {name}: {nearest(name, columns)}" for name in unknown]
        )
        found = ", ".join(header) or "an empty file"
        breaches.append(
            Breach(
                "A parameter file has other columns than it must have.",
                f"{path}, row 1",
                found,
                remedy or "Name each column once",
            )
        )
        return []
    rows = []
    for number, line in enumerate(lines, start=2):
        if len(line) == len(header):
            rows.append(_read_row(str(path), number, dict(zip(header, line, strict=True)), breaches))
        elif line:
            found = f"{len(line)} cells"
            breaches.append(
                Breach("A row has too few or too many cells.", f"{path}, row {number}", found, f"Give {len(header)} cells")
            )
    return rows


def _read_row(file: str, number: int, texts: Mapping[str, str], breaches: list[Breach]) -> Row:
    values: dict[str, Cell] = {}
    for column, text in texts.items():
        value, remedy = _read_cell(column, text.strip())
        values[column] = value
        if remedy:
            breaches.append(Breach(f"{column} cannot be used.", f"{file}, row {number}, column {column}", text, remedy))
    return Row(file, number, values)


def _read_cell(column: str, text: str) -> tuple[Cell, str]:
    """The typed cell, and what would do when it cannot be used."""
    if not text:
        return None, f"Give a {column}" if column in {"set_id", "biomarker_id", "valid_from", "version"} else ""
    if column in NUMBERS:
        return _read_number(text, NUMBERS[column])
    if column in WORDS and text not in WORDS[column]:
        return None, "Give one of " + ", ".join(WORDS[column])
    if column == "valid_from":
        try:
            return date.fromisoformat(text), ""
        except ValueError:
            return None, "Give a date such as 2026-01-31"
    return text, ""


def _read_number(text: str, upper: float) -> tuple[float | None, str]:
    bound = "" if math.isinf(upper) else f" and at most {upper:g}"
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if math.isfinite(value) and 0 < value <= upper:
        return value, ""
    return None, f"Give a number above 0{bound}, with a decimal point"
