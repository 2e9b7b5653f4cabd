"""Results that made no load, and why: one list for the whole workspace, kept up by every run.

A run that recomputes some days replaces their part of the list and carries the rest over from the run before.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl

from headworks.core.schema import polars_schema
from headworks.jobs.csv_text import arm_formulas, disarmed_csv
from headworks.store import Manifest, Workspace, write_atomically
from headworks.tables import Measurements
from headworks.workflows.situation import NOT_KNOWN

_KEY = ("sample_id", "analyte", "replicate")
_SCHEMA = {**{name: polars_schema(Measurements)[name] for name in _KEY}, "reason": pl.String()}


def left_out_file(workspace: Workspace, run_id: str) -> Path:
    """Where a run's list is kept; there is none when nothing was left out."""
    return workspace.path / "runs" / f"{run_id}-left-out.csv"


def read_left_out(workspace: Workspace, run: Manifest) -> pl.DataFrame:
    """The list of a run: ``sample_id, analyte, replicate, reason``."""
    path = left_out_file(workspace, run.run_id)
    if not path.is_file():
        return pl.DataFrame(schema=_SCHEMA)
    return arm_formulas(pl.read_csv(path, schema=_SCHEMA))


def write_left_out(workspace: Workspace, run_id: str, left_out: pl.DataFrame) -> None:
    """Keep a run's list beside its manifest."""
    if left_out.height:
        write_atomically(left_out_file(workspace, run_id), disarmed_csv(left_out))


def carry_over(left_out: pl.DataFrame, before: pl.DataFrame, samples: pl.DataFrame, touched: list[dt.date]) -> pl.DataFrame:
    """The list of a run that recomputed some days, with what the run before had left out on the others.

    Parameters
    ----------
    left_out
        Of the days recomputed, and of results whose sample is not known.
    before
        The list of the run before.
    samples
        Table ``samples`` with their sampling ``day``.
    touched
        Days recomputed.
    """
    elsewhere = samples.filter(~pl.col("day").is_in(touched)).select("sample_id")
    kept = before.filter(pl.col("reason") != NOT_KNOWN).join(elsewhere, on="sample_id", how="semi")
    return pl.concat([left_out.select(*_SCHEMA), kept]).unique().sort(_KEY)
