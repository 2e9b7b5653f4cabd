"""One row per injection and target: its quantifier, its internal standard, its response, and how its sample was prepared.

    y = A_target / A_standard of the same injection                                                      (K0)

The trap is the empty cell. A peak that was not found is a result, below the limit; a cell that was refused (a negative area, a
word in place of a number) is none, and so is one of an internal standard that is named and not there.
"""

from __future__ import annotations

import polars as pl

from headworks.lab.quality.matrix_effect import SPIKED_AFTER
from headworks.workflows.laboratory.method import BatchMethod

KEY = ["batch_id", "injection"]
# Faults of a row that say nothing of its area: a time that is none.
_OF_TIMES = ("HW-D647",)
# A curve, and a verdict.
CURVE = ["batch_id", "analyte"]
# What went through the preparation of the samples; calibrators and controls are taken as injected.
SAMPLE_TYPES = ("sample", "duplicate", "matrix_spike", SPIKED_AFTER)
PREPARED = (*SAMPLE_TYPES, "blank", "field_blank")
_KEPT = [
    "batch_id", "injection", "analyte", "sample_name", "data_file", "sample_type", "level", "acquired_at", "dilution_factor",
    "expected_concentration", "concentration_unit", "area", "signal_to_noise", "retention_time_min", "is_manual_integration",
    "is_excluded_by_vendor", "internal_standard", "vendor_internal_standard_area", "fault_code",
]  # fmt: skip


def target_peaks(injection_results: pl.DataFrame, sheet: pl.DataFrame, method: BatchMethod) -> pl.DataFrame:
    """Quantifier peaks of the targets beside their standards and the batch sheet.

    Parameters
    ----------
    injection_results
        Of the shelf.
    sheet
        ``SHEET_SCHEMA``.
    method
        Of the batch.

    Returns
    -------
    pl.DataFrame
        In order of batch, analyte and injection: what the export says; ``sample_type`` as the sheet has it;
        ``internal_standard_area`` (1 where a target is quantified without one); ``response``; ``is_refused`` (the cell of the
        area was refused); ``is_external``; and of the preparation ``matrix, dilution, volume_loaded_ml, volume_final_ml,
        amount`` with the other columns of the sheet. ``n_of_name`` counts the injections of a sample's name.
    """
    words = pl.col("sample_type", "role", "ion").cast(pl.String)
    rows = injection_results.with_columns(words)
    quantifiers = rows.filter(pl.col("ion") == "quantifier")
    standards = quantifiers.filter(role="internal_standard").select(
        *KEY, pl.col("analyte").alias("internal_standard"), pl.col("area").alias("_standard_area"),
        pl.col("fault_code").alias("_standard_fault"),
    ).unique([*KEY, "internal_standard"], keep="first", maintain_order=True)  # fmt: skip
    targets = quantifiers.filter(role="target").select(_KEPT)
    both = targets.join(standards, on=[*KEY, "internal_standard"], how="left", maintain_order="left")
    external = pl.col("analyte").is_in(method.without_internal_standard) & pl.col("internal_standard").is_null()
    refused = pl.col("_standard_area").is_null() & pl.col("_standard_fault").is_not_null()
    # Some software writes the standard's area only beside the target; it is a measured one.
    beside = pl.when(~refused & pl.col("internal_standard").is_not_null()).then("vendor_internal_standard_area")
    area = pl.coalesce("_standard_area", beside)
    both = both.with_columns(
        is_external=external, internal_standard_area=pl.when(external).then(1.0).otherwise(area),
        is_refused=pl.col("area").is_null() & ~pl.col("fault_code").is_in(_OF_TIMES).fill_null(value=True),
    )  # fmt: skip
    both = both.drop("_standard_area", "_standard_fault", "vendor_internal_standard_area")
    usable = pl.when(pl.col("internal_standard_area") > 0).then("internal_standard_area")
    both = both.with_columns(response=pl.col("area") / usable)
    return _prepared(both, sheet, method).sort("batch_id", "analyte", "injection")


def _prepared(peaks: pl.DataFrame, sheet: pl.DataFrame, method: BatchMethod) -> pl.DataFrame:
    """Peaks with what the sheet, else the method, says of each sample."""
    rows = peaks.join(sheet, on="sample_name", how="left", maintain_order="left")
    rows = rows.with_columns(sample_type=pl.coalesce("role", "sample_type"))
    is_prepared = pl.col("sample_type").is_in(PREPARED).fill_null(value=False)
    exported = pl.col("dilution_factor") if method.apply_dilution else pl.lit(None, pl.Float64)
    volumes = {
        name: pl.when(is_prepared).then(pl.coalesce(name, pl.lit(getattr(method, name), pl.Float64)))
        for name in ("volume_loaded_ml", "volume_final_ml")
    }
    # A calibrator is what it is said to be, whatever it was diluted from.
    dilution = pl.when(pl.col("sample_type") == "calibrator").then(1.0).otherwise(pl.coalesce("dilution", exported, 1.0))
    first = pl.col("injection").n_unique().over("batch_id", "sample_name")
    return rows.drop("role").with_columns(
        matrix=pl.coalesce("matrix", pl.lit(method.matrix)), dilution=dilution, **volumes,
        n_of_name=pl.when(pl.col("sample_type").is_in(SAMPLE_TYPES)).then(first),
    )  # fmt: skip
