"""What screening found in a workspace, over all samples: kept together, so that *first seen* is a fact about all of them.

A hit is of a sample, suspect, ion and run. Found again with a better level it replaces what was there and is to be reviewed
anew; with the same or a lesser one what was there stays. The trap: an archived sample that comes late may be the earliest.
"""

from __future__ import annotations

import datetime as dt
import io

import polars as pl

from headworks.core.errors import UsageError, WorkspaceError
from headworks.core.schema import polars_schema
from headworks.store import Workspace, write_atomically
from headworks.tables.screening import HIT_LEVELS, REVIEWS, ScreeningHits

_FILE = "hits.parquet"
_KEY = ["sample_id", "substance", "adduct", "run"]


def read_hits(workspace: Workspace) -> pl.DataFrame:
    """All hits (``ScreeningHits``), best level first within a sample; empty before the first screening.

    Raises
    ------
    WorkspaceError
        ``HW-W006`` when the file is damaged.
    """
    path = workspace.path / "screening" / _FILE
    none = pl.DataFrame(schema=polars_schema(ScreeningHits))
    if not path.exists():
        return none
    try:
        # Hits of an older version lack columns that came since.
        return pl.concat([none, pl.read_parquet(path)], how="diagonal")
    except (OSError, pl.exceptions.PolarsError) as problem:
        raise WorkspaceError(
            "The hits of screening are damaged.",
            where=str(path),
            found=str(problem)[:200],
            remedy="Remove the file and run: headworks lab screen WORKSPACE --all",
            code="HW-W006",
        ) from problem


def keep_hits(workspace: Workspace, found: pl.DataFrame) -> pl.DataFrame:
    """Merge hits into those known, with the day each compound was first seen; the caller holds the workspace's lock.

    Returns
    -------
    pl.DataFrame
        All hits, as written.
    """
    both = pl.concat([read_hits(workspace), found.select(list(polars_schema(ScreeningHits)))])
    order = pl.col("level").cast(pl.String).replace_strict(HIT_LEVELS, list(range(len(HIT_LEVELS))), return_dtype=pl.Int32)
    # Known rows come first, so a row of the same level does not undo a review.
    best = (
        both.with_columns(_order=order)
        .sort(*_KEY, "_order", maintain_order=True)
        .unique(_KEY, keep="first", maintain_order=True)
    )
    compound = pl.coalesce(pl.col("inchikey").str.slice(0, 14), pl.col("substance").str.to_lowercase())
    # What a person rejected was not seen.
    seen = pl.col("sampled_on").filter(pl.col("review") != "rejected").min().over(compound)
    whole = best.with_columns(first_seen=seen).sort("sample_id", "_order", "substance", "adduct", "run").drop("_order")
    _write(workspace, whole)
    return whole


def review_hit(workspace: Workspace, sample_id: str, suspect: str, verdict: str) -> pl.DataFrame:
    """Say what a person made of a sample's hits of a suspect; the hits as written.

    Raises
    ------
    UsageError
        ``HW-U213`` for an unknown verdict, or where there is no such hit.
    """
    hits = read_hits(workspace)
    is_meant = (pl.col("sample_id") == sample_id) & (pl.col("substance") == suspect)
    if verdict not in REVIEWS or hits.filter(is_meant).is_empty():
        raise UsageError("There is nothing to be reviewed so.", where=f"sample {sample_id}, {suspect}", found=verdict,
                         remedy=f"Name a hit, and one of {', '.join(REVIEWS)}", code="HW-U213")  # fmt: skip
    with workspace.writing():
        known = read_hits(workspace)
        review = pl.when(is_meant).then(pl.lit(verdict)).otherwise(pl.col("review").cast(pl.String))
        _write(workspace, known.with_columns(review=review.cast(pl.Enum(REVIEWS))))
        return keep_hits(workspace, known.clear())


def first_appearances(hits: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    """Hits of the day a compound was first seen, for those first seen on or after ``day``: what warnings are made of."""
    return hits.filter(
        (pl.col("first_seen") >= day) & (pl.col("first_seen") == pl.col("sampled_on")) & (pl.col("review") != "rejected")
    )


def _write(workspace: Workspace, hits: pl.DataFrame) -> None:
    packed = io.BytesIO()
    hits.write_parquet(packed, compression="zstd")
    write_atomically(workspace.path / "screening" / _FILE, packed.getvalue())
