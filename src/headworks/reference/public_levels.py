"""Words for the public and where one ends: cut points of each scheme, with source and status.

A *scheme* is a way to hold a week against a site's own past. The trap: cut points made for a virus are lent to drugs here,
since none for drugs are published; the row says so, and a level is never a statement about how much is used.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import polars as pl

from headworks.core.errors import ParameterError
from headworks.reference.parameter_files import DATA_DIR, nearest

LEVELS_FILE = "public_levels.csv"
RULES_FILE = "public_level_rules.csv"


class LevelScheme(NamedTuple):
    """One scheme: how long the past is, how much of it is needed, and what it cannot say.

    ``history_days`` before the week are its past; of it ``least_samples`` are needed at a site. An area needs ``least_sites``
    sites and ``least_coverage`` of its people. ``baseline_percentile`` is 0 to 100.
    """

    scheme: str
    title: str
    history_days: int
    least_samples: int
    baseline_percentile: float
    least_sites: int
    least_coverage: float
    status: str
    citation: str
    cannot_say: str


@cache
def public_levels() -> pl.DataFrame:
    """Cut points of all schemes.

    Returns
    -------
    pl.DataFrame
        scheme, analyte (``all`` where no row is its own), rank (1 to 5), word, above, up_to (inclusive; empty: open), status,
        citation, note.

    Examples
    --------
    >>> public_levels().filter(scheme="wval", rank=2).select("word", "above", "up_to").row(0)
    ('low', 1.5, 3.0)
    """
    numbers = {"rank": pl.Int8, "above": pl.Float64, "up_to": pl.Float64}
    frame = pl.read_csv(DATA_DIR / LEVELS_FILE, infer_schema=False)
    return frame.with_columns(pl.col(name).cast(kind) for name, kind in numbers.items())


@cache
def level_schemes() -> dict[str, LevelScheme]:
    """Every scheme by its name.

    Examples
    --------
    >>> level_schemes()["wval"].baseline_percentile
    10.0
    """
    rows = pl.read_csv(DATA_DIR / RULES_FILE, infer_schema=False).iter_rows(named=True)
    return {row["scheme"]: _scheme(row) for row in rows}


def level_scheme(name: str) -> LevelScheme:
    """One scheme.

    Raises
    ------
    ParameterError
        ``HW-D728`` for a name no scheme has.
    """
    found = level_schemes().get(name)
    if found is None:
        raise ParameterError(
            "There is no scheme of public levels of that name.",
            where=RULES_FILE,
            found=name,
            remedy=nearest(name, level_schemes()),
            code="HW-D728",
        )
    return found


def cut_points(scheme: str, analyte: str) -> pl.DataFrame:
    """The five rows of a scheme that hold for a residue: its own, else those of all.

    Examples
    --------
    >>> cut_points("percentile", "cocaine")["word"].to_list()
    ['very low', 'low', 'moderate', 'high', 'very high']
    """
    level_scheme(scheme)
    rows = public_levels().filter(scheme=scheme)
    own = rows.filter(analyte=analyte)
    return (rows.filter(analyte="all") if own.is_empty() else own).sort("rank")


def _scheme(row: dict[str, str | None]) -> LevelScheme:
    def number(column: str) -> float:
        return float(row[column] or "nan")

    return LevelScheme(
        row["scheme"] or "", row["title"] or "", int(number("history_days")), int(number("least_samples")),
        number("baseline_percentile"), int(number("least_sites")), number("least_coverage"), row["status"] or "none",
        row["citation"] or "", row["cannot_say"] or "",
    )  # fmt: skip
