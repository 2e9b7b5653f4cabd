"""What screening is judged by, as data: isotopes, adducts, groups of isomers, the rules that give a level.

The rules of a level are read in their order, the first whose every condition is met gives the level. A laboratory may bring a
file of its own in the same columns. The trap: an empty cell of a rule is a condition that is not asked, so a short row is a
lenient one.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import polars as pl

from headworks.core.errors import ParameterError
from headworks.reference.parameter_files import DATA_DIR, STATUSES, Breach, nearest, read_rows, require_none

LEVELS_FILE = "screening_levels.csv"
_ISOTOPES_FILE, _ADDUCTS_FILE, _GROUPS_FILE = "screening_isotopes.csv", "screening_adducts.csv", "screening_isomer_groups.csv"
_DEFAULT = "headworks-default"
LEVEL_COLUMNS = (
    "profile", "edition", "order", "level", "rule", "library", "least_score", "least_gap", "least_fragments",
    "most_retention_difference_min", "least_isotope_score", "sentence", "citation", "status", "note",
)  # fmt: skip
_NUMBERS = ("order", "least_score", "least_gap", "least_fragments", "most_retention_difference_min", "least_isotope_score")
LEVELS = ("1", "2a", "2b", "3a", "3b", "3c", "4a", "4b", "5")


class Isotope(NamedTuple):
    """Mass in Da and natural abundance, a fraction."""

    mass_number: int
    mass_da: float
    abundance: float


class Adduct(NamedTuple):
    """What is added to and taken from ``multiple`` molecules; ``is_screened`` where a suspect is looked for as this one."""

    name: str
    polarity: str
    multiple: int
    added: str
    removed: str
    charge: int
    is_screened: bool


class LevelRule(NamedTuple):
    """Conditions of a level; ``None`` is not asked. ``library`` is own, any, or empty where no library hit is asked for."""

    level: str
    rule: str
    library: str
    least_score: float | None
    least_gap: float | None
    least_fragments: int | None
    most_retention_difference_min: float | None
    least_isotope_score: float | None
    sentence: str


@cache
def isotopes() -> Mapping[str, tuple[Isotope, ...]]:
    """Natural isotopes by element, lightest first; ``e`` is the electron.

    Examples
    --------
    >>> isotopes()["Cl"][1].mass_number
    37
    """
    found: dict[str, list[Isotope]] = {}
    frame = pl.read_csv(DATA_DIR / _ISOTOPES_FILE)
    for element, *values in frame.select("element", "mass_number", "mass_da", "abundance").iter_rows():
        found.setdefault(element, []).append(Isotope(*values))
    return {element: tuple(rows) for element, rows in found.items()}


@cache
def adducts() -> Mapping[str, Adduct]:
    """Adducts by name.

    Examples
    --------
    >>> adducts()["[M-H]-"].removed
    'H'
    """
    rows = pl.read_csv(DATA_DIR / _ADDUCTS_FILE, infer_schema=False).iter_rows(named=True)
    return {
        row["adduct"]: Adduct(
            row["adduct"], row["polarity"], int(row["multiple"]), row["added"] or "", row["removed"] or "",
            int(row["charge"]), row["is_screened"] == "yes",
        )
        for row in rows
    }  # fmt: skip


@cache
def isomer_groups() -> pl.DataFrame:
    """Named compounds that MS/MS does not tell apart: ``group, member, inchikey_block, status, citation``."""
    return pl.read_csv(DATA_DIR / _GROUPS_FILE, infer_schema=False)


def level_rules(profile: str = _DEFAULT, own_file: str | Path | None = None) -> tuple[LevelRule, ...]:
    """The rules of a profile in the order they are tried.

    Parameters
    ----------
    profile
        Its name.
    own_file
        CSV file of the user's own with the columns of ``screening_levels.csv``, used instead of it.

    Raises
    ------
    ParameterError
        ``HW-P003`` for a file that cannot be used, every cell of it; ``HW-D678`` for a profile it does not hold.

    Examples
    --------
    >>> level_rules()[0].level, level_rules()[-1].rule
    ('1', 'exact mass')
    """
    path = Path(own_file) if own_file else DATA_DIR / LEVELS_FILE
    breaches: list[Breach] = []
    rows = read_rows(path, LEVEL_COLUMNS, breaches)
    for row in rows:
        breaches += [
            row.breach(column, "A number of a rule is not one.", "Give a number with a decimal point")
            for column in _NUMBERS
            if row.text(column) and not _is_number(row.text(column))
        ]
        for column, words in (("level", LEVELS), ("library", ("", "own", "any")), ("status", STATUSES)):
            if row.text(column) not in words:
                breaches.append(row.breach(column, f"{column} is not one of those known.", "Give one of " + ", ".join(words)))
    require_none(breaches)
    names = {row.text("profile") for row in rows}
    if profile not in names:
        raise ParameterError(
            "There is no profile of levels of that name.",
            where=str(own_file or LEVELS_FILE),
            found=profile,
            remedy=nearest(profile, names),
            code="HW-D678",
        )
    chosen = sorted((row for row in rows if row.text("profile") == profile), key=lambda row: float(row.text("order") or 0))
    return tuple(_rule({column: row.text(column) for column in LEVEL_COLUMNS}) for row in chosen)


def _rule(texts: Mapping[str, str]) -> LevelRule:
    def number(column: str) -> float | None:
        return float(texts[column]) if texts[column] else None

    fragments = number("least_fragments")
    return LevelRule(
        texts["level"], texts["rule"], texts["library"], number("least_score"), number("least_gap"),
        None if fragments is None else int(fragments), number("most_retention_difference_min"),
        number("least_isotope_score"), texts["sentence"],
    )  # fmt: skip


def _is_number(text: str) -> bool:
    try:
        return float(text) >= 0
    except ValueError:
        return False
