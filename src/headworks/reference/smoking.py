"""Cigarettes per head and day by area, for the population from cotinine.

A number is per head of the *whole* population. The shipped file names the provinces of China and states no number, for none
was found in print; an empty value means that the user must give it, in a CSV file of the same columns whose rows go before
the shipped ones. The trap is a survey's number, which is per smoker or per adult.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from headworks.reference.parameter_files import DATA_DIR, STATUSES, Breach, Row, read_rows, require_none

SMOKING_FILE = "smoking.csv"
SMOKING_COLUMNS = (
    "area_id", "code_system", "name_en", "name_zh", "cigarettes_per_person_day", "cigarettes_low", "cigarettes_high",
    "status", "citation", "note",
)  # fmt: skip
_NUMBERS = ("cigarettes_per_person_day", "cigarettes_low", "cigarettes_high")
# 440000 in GB/T 2260 is 440000000000 in the statistics bureau's code.
_GBT, _STATS = "gbt-2260", "stats-cn-12"
_STATS_LENGTH = 12


def smoking(own_file: str | Path | None = None) -> pl.DataFrame:
    """Cigarettes per head and day, one row per area and code system.

    Parameters
    ----------
    own_file
        CSV file of the user's own with the same columns; its rows replace the shipped ones of the same area.

    Returns
    -------
    pl.DataFrame
        ``area_id, code_system, name_en, name_zh, cigarettes_per_person_day, cigarettes_low, cigarettes_high`` (95 % range),
        ``status, citation, note``. A row with a GB/T 2260 code stands a second time with the twelve-digit code.

    Raises
    ------
    ParameterError
        ``HW-P003`` for a file that cannot be used, every cell of it.

    Examples
    --------
    >>> smoking().filter(area_id="440000")["name_en"].item()
    'Guangdong'
    """
    breaches: list[Breach] = []
    rows = _read(DATA_DIR / SMOKING_FILE, breaches)
    if own_file is not None:
        own = _read(Path(own_file), breaches)
        replaced = {row["area_id"] for row in own}
        rows = own + [row for row in rows if row["area_id"] not in replaced]
    require_none(breaches)
    types = {name: pl.Float64() if name in _NUMBERS else pl.String() for name in SMOKING_COLUMNS}
    return pl.DataFrame(rows, schema=types)


def _read(path: Path, breaches: list[Breach]) -> list[dict[str, object]]:
    read, seen = [], set()
    for row in read_rows(path, SMOKING_COLUMNS, breaches):
        numbers = {name: _number(row, name, breaches) for name in _NUMBERS}
        breaches.extend(_row_breaches(row, numbers))
        if row.text("area_id") in seen:
            breaches.append(row.breach("area_id", "An area is named twice.", "Keep one of the rows"))
        seen.add(row.text("area_id"))
        cells: dict[str, object] = {**row.values, **numbers}
        read.append(cells)
        if row.text("code_system") == _GBT:
            read.append(cells | {"area_id": row.text("area_id").ljust(_STATS_LENGTH, "0"), "code_system": _STATS})
    return read


def _number(row: Row, column: str, breaches: list[Breach]) -> float | None:
    text = row.text(column)
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if 0 < value < float("inf"):
        return value
    breaches.append(row.breach(column, f"{column} cannot be used.", "Give a number above 0, with a decimal point"))
    return None


def _row_breaches(row: Row, numbers: dict[str, float | None]) -> list[Breach]:
    central, low, high = (numbers[name] for name in _NUMBERS)
    breaches = []
    if not row.text("area_id"):
        breaches.append(row.breach("area_id", "A row names no area.", "Give the area's code"))
    if row.text("status") not in STATUSES:
        breaches.append(row.breach("status", "A status is not one of those known.", "Give one of " + ", ".join(STATUSES)))
    elif (central is None) != (row.text("status") == "none"):
        breaches.append(row.breach("status", "Status and number do not fit.", "Say none for no number, and only then"))
    if central is not None and not (low or central) <= central <= (high or central):
        breaches.append(row.breach("cigarettes_low", "The range does not hold the number.", "Give low <= number <= high"))
    return breaches
