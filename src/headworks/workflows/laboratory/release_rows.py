"""What of an evaluation may be released, and as which rows.

A result is released when its analyte's verdict is *released*, by the rules or by a second person, it is not withheld, it has a
state, and the batch sheet says whose sample it is. The trap is the matrix: only water goes into ``measurements``, in ng/L;
results of hair, sediment, soil, particulate and banknotes keep a table and a unit of their own.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from headworks.core.schema import polars_schema
from headworks.tables.samples import DETECTION, Measurements
from headworks.workflows.laboratory.matrices import WATER
from headworks.workflows.laboratory.peaks import CURVE

OTHER_COLUMNS = (
    "sample_id", "matrix", "analyte", "replicate", "concentration", "unit", "detection", "lod", "loq", "u_day", "u_batch",
    "batch_id", "method",
)  # fmt: skip
_SAMPLES = ("sample", "duplicate")


class ReleaseRows(NamedTuple):
    """``measurements`` in ng/L of water; ``others`` of other matrices in their own unit; ``held``: the rest, and why."""

    measurements: pl.DataFrame
    others: pl.DataFrame
    held: pl.DataFrame


def release_rows(results: pl.DataFrame, verdicts: pl.DataFrame, method: str | None = None) -> ReleaseRows:
    """Results of samples as they may be released.

    Parameters
    ----------
    results
        Of an evaluation.
    verdicts
        As decided, overrides included.
    method
        Name of the method.

    Returns
    -------
    ReleaseRows
        ``u_day`` becomes ``u_analysis``; a duplicate is a replicate of its sample.
    """
    mine = results.filter(pl.col("sample_type").is_in(_SAMPLES))
    decided = verdicts.select(*CURVE, pl.col("verdict").alias("_decided"))
    rows = mine.join(decided, on=CURVE, how="left", maintain_order="left")
    in_unit = pl.when(pl.col("matrix").is_in(WATER)).then(pl.col("unit") == "ng/L").otherwise(pl.col("unit").is_not_null())
    in_unit &= pl.col("matrix").is_in(WATER) | (pl.col("unit") != pl.col("concentration_unit")).fill_null(value=False)
    why = (
        pl.when(pl.col("_decided") != "released").then(pl.format("the verdict is {}", "_decided"))
        .when("is_withheld").then(pl.lit("the result is withheld"))
        .when(pl.col("detection") == "above_uloq").then(pl.lit("above the range: dilute and run again"))
        .when(pl.col("detection").is_null()).then("verdict")
        .when(pl.col("sample_id").is_null()).then(pl.lit("the batch sheet does not say whose sample it is"))
        .when(~in_unit.fill_null(value=False)).then(pl.lit("the unit is not that of the matrix"))
    )  # fmt: skip
    rows = _numbered(rows.with_columns(held_because=why, method=pl.lit(method, pl.String)))
    free = rows.filter(pl.col("held_because").is_null())
    water = free.filter(pl.col("matrix").is_in(WATER)).select(
        "sample_id", "analyte", "replicate", concentration_ng_per_l="concentration",
        detection=pl.col("detection").cast(pl.Enum(DETECTION)),
        lod_ng_per_l="lod", loq_ng_per_l="loq", u_analysis="u_day", u_batch="u_batch", batch_id="batch_id", method="method",
        qc_flag=pl.lit("accepted"),
    )  # fmt: skip
    known = {name: dtype for name, dtype in polars_schema(Measurements).items() if name in water.columns}
    held = rows.filter(pl.col("held_because").is_not_null())
    return ReleaseRows(
        water.select(list(known)).cast(known),  # type: ignore[arg-type]
        free.filter(~pl.col("matrix").is_in(WATER)).select(OTHER_COLUMNS),
        held.select("batch_id", "analyte", "injection", "sample_name", "sample_id", "held_because"),
    )


def _numbered(rows: pl.DataFrame) -> pl.DataFrame:
    """Replicates as the sheet says, else in the order of injection; those of one number are told apart by place."""
    free = pl.col("held_because").is_null()
    place = (free.cast(pl.Int64).cum_sum().over("sample_id", "analyte")).cast(pl.Int16)
    said = pl.col("replicate").cast(pl.Int16)
    is_clear = pl.when(free).then(said).is_not_null().all().over("sample_id", "analyte") & (
        pl.struct("sample_id", "analyte", "replicate").is_unique()
    )
    return rows.with_columns(replicate=pl.when(is_clear).then(said).otherwise(pl.max_horizontal(place, pl.lit(1, pl.Int16))))
