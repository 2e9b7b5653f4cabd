"""Scores of rounds between laboratories, kept in the workspace: what the verdict of a batch asks of the last of them.

A CSV file with a header: ``laboratory_id, analyte, round, reported_on, z, outcome``; ``outcome`` may be left out where there
is a score. A round that is given again replaces what was kept of it. The trap: a round whose laboratory is written otherwise
than in the method (``laboratory_id``) says nothing of its batches.
"""

from __future__ import annotations

import io

import polars as pl

from headworks.core.errors import DataRefused
from headworks.intake.instrument.layouts.grid import require_size
from headworks.lab.proficiency import OUTCOMES, ROUND_SCHEMA, outcome_of
from headworks.store import Workspace, write_atomically

_NEEDED = [name for name in ROUND_SCHEMA if name != "outcome"]
_KEY = ["laboratory_id", "analyte", "round"]
_SHOWN = 6


def read_rounds(workspace: Workspace) -> pl.DataFrame:
    """Every score that is kept, ``ROUND_SCHEMA``; empty where none is."""
    path = workspace.path / "laboratory" / "rounds.csv"
    return pl.read_csv(path, schema=ROUND_SCHEMA) if path.is_file() else pl.DataFrame(schema=ROUND_SCHEMA)


def save_rounds(workspace: Workspace, content: bytes, file: str) -> pl.DataFrame:
    """Scores added to those that are kept.

    Parameters
    ----------
    content, file
        A CSV file in UTF-8 and its name.

    Returns
    -------
    pl.DataFrame
        The scores of the file.

    Raises
    ------
    DataRefused
        ``HW-D686`` for a file that cannot be read, with the rows that cannot be used.
    """
    require_size(len(content), file)
    new = _parsed(content, file)
    with workspace.writing():
        kept = read_rounds(workspace).join(new, on=_KEY, how="anti", maintain_order="left")
        every = pl.concat([kept, new]).sort("reported_on", *_KEY, maintain_order=True)
        write_atomically(workspace.path / "laboratory" / "rounds.csv", every.write_csv())
    return new


def _parsed(content: bytes, file: str) -> pl.DataFrame:
    try:
        said = pl.read_csv(io.BytesIO(content), infer_schema=False)
    except pl.exceptions.PolarsError as problem:
        raise _refused(file, str(problem).splitlines()[0]) from problem
    missing = [name for name in _NEEDED if name not in said.columns]
    if missing or said.is_empty():
        raise _refused(file, "no column " + ", ".join(missing) if missing else "no row")
    absent = [] if "outcome" in said.columns else [pl.lit(None, pl.String).alias("outcome")]
    texts = said.with_columns(absent).select(pl.col(list(ROUND_SCHEMA)).str.strip_chars())
    texts = texts.with_columns(pl.when(pl.all() != "").then(pl.all()))
    rows = texts.with_columns(
        pl.col("reported_on").str.to_date("%Y-%m-%d", strict=False), pl.col("z").cast(pl.Float64, strict=False)
    ).with_columns(pl.coalesce("outcome", outcome_of(pl.col("z"))))
    is_named = pl.all_horizontal(pl.col("laboratory_id", "analyte", "round", "reported_on").is_not_null())
    is_score = pl.col("z").is_finite().fill_null(value=False) | texts["z"].is_null()
    usable = is_named & is_score & pl.col("outcome").is_in(OUTCOMES).fill_null(value=False)
    # The header is row 1.
    places = [str(place + 2) for place in rows.select((~usable).arg_true()).to_series()]
    if places:
        raise _refused(file, "rows " + ", ".join(places[:_SHOWN]) + (", …" if len(places) > _SHOWN else ""))
    return rows


def _refused(file: str, found: str) -> DataRefused:
    return DataRefused(
        "The scores of a round cannot be used as written.", where=file, found=found,
        remedy="Give " + ", ".join(ROUND_SCHEMA) + " in each row, with a date as 2026-03-31 and a score z or an outcome: "
        + "; ".join(OUTCOMES),
        code="HW-D686",
    )  # fmt: skip
