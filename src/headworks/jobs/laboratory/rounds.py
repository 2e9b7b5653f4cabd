"""Rounds between laboratories, kept in the workspace: what the verdict of a batch asks of the last of them.

A CSV file or a workbook with a header, in one of two forms, row by row: the score that the organiser gave,

    laboratory_id, analyte, round, reported_on, z      (or outcome; kind where the score is z', zeta or En)

or what was reported beside what was assigned, of which the score is computed (``lab.proficiency.score_entries``),

    laboratory_id, analyte, round, reported_on, sample, result, assigned, sigma
    (or u, u_assigned; or expanded_u, expanded_u_assigned), loq, unit

A result below its limit is written ``<5``, or left empty beside its ``loq``. A round that is given again replaces what was
kept of it. The trap: a round whose laboratory is written otherwise than in the method (``laboratory_id``) says nothing of its
batches.
"""

from __future__ import annotations

import polars as pl

from headworks.core.errors import DataRefused
from headworks.intake.instrument.layouts.grid import Grid, read_grid
from headworks.intake.instrument.profile import Profile
from headworks.intake.raw import ROW
from headworks.lab.proficiency import ENTRY_NUMBERS, ENTRY_SCHEMA, OUTCOMES, outcome_of, score_entries
from headworks.lab.proficiency.round_entries import SCORE_KINDS
from headworks.store import Workspace, write_atomically

ENDINGS = (".csv", ".tsv", ".txt", ".xlsx")
_KEY = ("laboratory_id", "analyte", "round")
_NEEDED = (*_KEY, "reported_on")
# What cannot be nought where it is given.
_ABOVE_NOUGHT = tuple(name for name in ENTRY_NUMBERS if name not in ("result", "assigned"))
_SHOWN = 6


def read_rounds(workspace: Workspace) -> pl.DataFrame:
    """Every score that is kept, ``ENTRY_SCHEMA``, by the day it was reported; empty where none is."""
    path = workspace.path / "laboratory" / "rounds.csv"
    if not path.is_file():
        return pl.DataFrame(schema=ENTRY_SCHEMA)
    kept = pl.read_csv(path, schema_overrides=ENTRY_SCHEMA)
    # What was kept before a score had a kind has fewer columns.
    absent = [pl.lit(None, dtype).alias(name) for name, dtype in ENTRY_SCHEMA.items() if name not in kept.columns]
    return kept.with_columns(absent).select(*ENTRY_SCHEMA)


def save_rounds(workspace: Workspace, content: bytes, file: str) -> pl.DataFrame:
    """Scores added to those that are kept.

    Parameters
    ----------
    content, file
        A CSV file or a workbook, and its name.

    Returns
    -------
    pl.DataFrame
        The scores of the file.

    Raises
    ------
    DataRefused
        ``HW-D686`` for a file that cannot be read, with the rows that cannot be used; ``HW-D641`` for one too large.
    """
    new = _parsed(content, file)
    with workspace.writing():
        kept = read_rounds(workspace).join(new, on=_KEY, how="anti", maintain_order="left")
        every = pl.concat([kept, new]).sort("reported_on", *_KEY, maintain_order=True)
        write_atomically(workspace.path / "laboratory" / "rounds.csv", every.write_csv())
    return new


def _parsed(content: bytes, file: str) -> pl.DataFrame:
    try:
        grid = read_grid(content, file, Profile())
    except DataRefused as problem:
        if problem.code == "HW-D641":
            raise
        raise _refused(file, problem.what) from problem
    texts = _texts(grid, file)
    rows = _scored(_numbers(texts))
    bad = texts.filter(~_is_usable(texts, rows))[ROW].to_list()
    if bad:
        raise _refused(file, "rows " + ", ".join(map(str, bad[:_SHOWN])) + (", …" if len(bad) > _SHOWN else ""))
    return rows.select(*ENTRY_SCHEMA)


def _texts(grid: Grid, file: str) -> pl.DataFrame:
    """Cells by name, blank ones null, in every column there may be."""
    names = [name.strip().lower() for name in grid.cells(0)] if grid.frame.height else []
    twice = sorted({name for name in names if name and names.count(name) > 1})
    missing = [name for name in _NEEDED if name not in names]
    missing += [] if {"z", "outcome", "assigned"} & set(names) else ["z"]
    if missing or twice or grid.frame.height < 2:
        what = "no column " + ", ".join(missing) if missing else f"{twice[0]} twice" if twice else "no row"
        raise _refused(file, what)
    cells = grid.frame.slice(1).select(
        ROW, *(pl.col(f"c{place}").str.strip_chars().alias(name) for place, name in enumerate(names) if name)
    )
    wanted = dict.fromkeys((*ENTRY_SCHEMA, *ENTRY_NUMBERS))
    absent = [pl.lit(None, pl.String).alias(name) for name in wanted if name not in cells.columns]
    return cells.with_columns(absent).select(ROW, *(pl.when(pl.col(name) != "").then(pl.col(name)) for name in wanted))


def _numbers(texts: pl.DataFrame) -> pl.DataFrame:
    """Texts as what they say; null where it cannot be read. ``<5`` is a limit."""
    below = pl.col("result").str.extract(r"^[<＜]\s*(.+)$")
    said = texts.with_columns(loq=pl.coalesce(below, "loq"), result=pl.when(below.is_null()).then("result"))
    day = pl.col("reported_on").str.replace(r"[ T]00:00(:00)?$", "").str.to_date("%Y-%m-%d", strict=False)
    return said.with_columns(
        *(pl.col(name).str.replace(",", ".", literal=True).cast(pl.Float64, strict=False) for name in ("z", *ENTRY_NUMBERS)),
        reported_on=day,
    )


def _scored(rows: pl.DataFrame) -> pl.DataFrame:
    """Scores as given, or computed where something was assigned; what cannot be computed with has none and stays unusable."""
    is_entry = pl.col("assigned").is_not_null()
    given = rows.with_columns(kind=pl.when(pl.col("z").is_not_null()).then(pl.coalesce("kind", pl.lit("z"))))
    given = given.with_columns(outcome=pl.coalesce("outcome", outcome_of(pl.col("z"), pl.col("kind") == "En")))
    can_be = pl.all_horizontal((pl.col(name) > 0).fill_null(value=True) & _is_finite(name) for name in _ABOVE_NOUGHT)
    entries = rows.with_columns(pl.when(can_be).then(pl.col(name)) for name in ENTRY_NUMBERS)
    computed = score_entries(entries)
    return given.with_columns(
        pl.when(is_entry & can_be).then(computed[name]).when(~is_entry).then(pl.col(name)).alias(name)
        for name in ("z", "kind", "outcome")
    )


def _is_finite(name: str) -> pl.Expr:
    return pl.col(name).is_finite().fill_null(value=True)


def _is_usable(texts: pl.DataFrame, rows: pl.DataFrame) -> pl.Series:
    """Whether each row names what it must, all its numbers are numbers, and something follows from it."""
    both = pl.concat([rows, texts.select(pl.all().name.prefix("_"))], how="horizontal")
    plain = ["z", *(name for name in ENTRY_NUMBERS if name != "result")]
    is_lost = [pl.col(f"_{name}").is_not_null() & pl.col(name).is_null() for name in plain]
    # A limit may stand in place of the result.
    is_lost.append(pl.col("_result").is_not_null() & pl.col("result").is_null() & pl.col("loq").is_null())
    is_kind = pl.col("_kind").is_in(SCORE_KINDS).fill_null(value=True)
    is_said = pl.col("outcome").is_in(OUTCOMES).fill_null(value=False) & is_kind
    is_named = pl.all_horizontal(pl.col(_NEEDED).is_not_null())
    is_finite = pl.all_horizontal(_is_finite(name) for name in ("z", *ENTRY_NUMBERS))
    return both.select(is_named & ~pl.any_horizontal(is_lost) & is_said & is_finite).to_series()


def _refused(file: str, found: str) -> DataRefused:
    return DataRefused(
        "The scores of a round cannot be used as written.", where=file, found=found,
        remedy="Give " + ", ".join(_NEEDED) + " in each row, with a date as 2026-03-31, and a score z, an outcome ("
        + "; ".join(OUTCOMES) + "), or result and assigned with sigma, with u and u_assigned, or with both expanded",
        code="HW-D686",
    )  # fmt: skip
