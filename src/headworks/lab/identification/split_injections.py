"""An instrument's export as the two tables identification reads.

The trap: the ion ratio that the vendor computed is not read; ours is from the areas, so that its direction is known.
"""

from __future__ import annotations

import polars as pl

from headworks.lab.identification.peak_tables import PEAK_KEY, require_columns

_NEEDED = ["batch_id", "injection", "analyte", "transition", "sample_type", "role", "ion", "internal_standard"]


def split_injections(injection_results: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Peaks and qualifiers of the targets in a table ``injection_results``.

    Parameters
    ----------
    injection_results
        Of the shelf. A row of which role or ion is open is in neither table: settle it first.

    Returns
    -------
    peaks, qualifiers
        As :func:`derive_reference` and :func:`identify_peaks` read them, in order of the table. A peak holds
        ``internal_standard_retention_time_min`` and ``internal_standard_area`` of its own internal standard, where it has one.

    Raises
    ------
    DataRefused
        ``HW-D620`` for a missing column.
    """
    require_columns(injection_results, _NEEDED, ["area", "retention_time_min"], "injection_results")
    rows = injection_results.with_columns(
        pl.col("sample_type", "role", "ion").cast(pl.String), pl.col("injection").cast(pl.Int64)
    )
    if "signal_to_noise" not in rows.columns:
        rows = rows.with_columns(signal_to_noise=pl.lit(None, pl.Float64))
    quantifiers = rows.filter(ion="quantifier")
    standards = quantifiers.filter(role="internal_standard").select(
        "batch_id", "injection", pl.col("analyte").alias("internal_standard"),
        pl.col("retention_time_min").alias("internal_standard_retention_time_min"),
        pl.col("area").alias("internal_standard_area"),
    ).unique(["batch_id", "injection", "internal_standard"], keep="first", maintain_order=True)  # fmt: skip
    peaks = quantifiers.filter(role="target").join(
        standards, on=["batch_id", "injection", "internal_standard"], how="left", maintain_order="left"
    )
    qualifiers = rows.filter(role="target", ion="qualifier")
    return (
        peaks.select(
            *PEAK_KEY, "sample_type", "retention_time_min", "area", "signal_to_noise", "internal_standard",
            "internal_standard_retention_time_min", "internal_standard_area",
        ),
        qualifiers.select(*PEAK_KEY, pl.col("transition").alias("qualifier"), pl.col("area").alias("qualifier_area")),
    )  # fmt: skip
