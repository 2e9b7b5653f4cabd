"""What a batch lacks or contradicts, seen before anything is computed: levels, calibrators, internal standards, missing rows.

A level that stands for two concentrations has none: the expected concentrations of its rows are left empty. All else is kept
and said; whether a batch can be used is for the laboratory's own rules.
"""

from __future__ import annotations

import polars as pl

from headworks.intake.instrument.faults import Place, fault_rows, no_faults
from headworks.intake.raw import ROW

_CALIBRATOR = pl.col("sample_type").cast(pl.String) == "calibrator"
_IS_STANDARD = pl.col("role").cast(pl.String) == "internal_standard"
_QUANTIFIES = (pl.col("ion").cast(pl.String) == "quantifier") & (pl.col("role").cast(pl.String) == "target")
# Injections that are not meant to hold an internal standard.
_WITHOUT_STANDARD = ["double_blank", "solvent_blank"]
_SHOWN = 8


def refuse_levels(rows: pl.DataFrame, place: Place) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows whose level stands for one concentration per compound, and the faults of the others."""
    key = ["batch_id", "analyte", "sample_type", "level"]
    is_used = (
        pl.col("level").is_not_null() & pl.col("expected_concentration").is_not_null() & (pl.col("sample_type") != "sample")
    )
    marked = rows.with_columns(
        _clashes=is_used.fill_null(value=False)
        & (pl.col("expected_concentration").filter(is_used.fill_null(value=False)).n_unique().over(key) > 1)
    )
    bad = marked.filter("_clashes")
    found = pl.format("{}, level {}: {}", "analyte", "level", "expected_concentration")
    faults = fault_rows(
        bad, place, "HW-D654", "One level has two expected concentrations; they are left empty.", found=found,
        remedy="Correct the level or its concentration in the method", column="level",
    )  # fmt: skip
    empty = pl.when("_clashes").then(None).otherwise("expected_concentration")
    code = pl.when("_clashes").then(pl.coalesce("fault_code", pl.lit("HW-D654"))).otherwise("fault_code")
    kept = marked.with_columns(expected_concentration=empty, fault_code=code).drop("_clashes")
    return kept, pl.concat([faults, _shared_levels(kept, place)])


def _shared_levels(rows: pl.DataFrame, place: Place) -> pl.DataFrame:
    levels = rows.filter(
        _CALIBRATOR & _QUANTIFIES & pl.col("level").is_not_null() & pl.col("expected_concentration").is_not_null()
    )
    shared = (
        levels.group_by("batch_id", "analyte", "expected_concentration", maintain_order=True)
        .agg(pl.col("level").unique(maintain_order=True), pl.col(ROW).first())
        .filter(pl.col("level").list.len() > 1)
    )
    return fault_rows(
        shared, place, "HW-D654", "Two levels have the same expected concentration.",
        found=pl.format("{}: levels {} at {}", "analyte", pl.col("level").list.join(", "), "expected_concentration"),
        remedy="Correct the level or its concentration in the method", column="level", severity="warning",
    )  # fmt: skip


def look_at_batch(rows: pl.DataFrame, place: Place) -> pl.DataFrame:
    """Warnings about what a batch lacks."""
    if rows.is_empty():
        return no_faults()
    return pl.concat(
        [
            _names(rows, place),
            _calibrators(rows, place),
            _standards(rows, place),
            _empty_standards(rows, place),
            _gaps(rows, place),
        ]
    )


def _names(rows: pl.DataFrame, place: Place) -> pl.DataFrame:
    injections = rows.unique(["batch_id", "injection"], keep="first", maintain_order=True)
    twice = injections.filter(pl.struct("batch_id", "sample_name").is_duplicated())
    twice = twice.group_by("batch_id", "sample_name", maintain_order=True).agg(pl.col(ROW).first(), pl.col("injection"))
    injections_said = pl.col("injection").cast(pl.List(pl.String)).list.head(_SHOWN).list.join(", ")
    return fault_rows(
        twice, place, "HW-D649", "Several injections have the same sample name; they are kept apart.",
        found=pl.format("{}: injections {}", "sample_name", injections_said),
        remedy="Give every injection its own name, unless they are repeated injections of one sample", column="sample_name",
        severity="warning",
    )  # fmt: skip


def _calibrators(rows: pl.DataFrame, place: Place) -> pl.DataFrame:
    batches = rows.group_by("batch_id", maintain_order=True).agg(_CALIBRATOR.any().alias("has"))
    none = fault_rows(
        batches.filter(~pl.col("has").fill_null(value=False)), place, "HW-D653", "The batch has no calibrators.",
        found=pl.format("batch {}", "batch_id"),
        remedy="Export the calibrators with the samples, or say which words mean calibrator",
        column="sample_type", severity="warning",
    )  # fmt: skip
    lacking = rows.filter(
        _CALIBRATOR & _QUANTIFIES & pl.col("expected_concentration").is_null() & pl.col("fault_code").is_null()
    )
    by_analyte = lacking.group_by("batch_id", "analyte", maintain_order=True).agg(pl.col("sample_name"), pl.col(ROW).first())
    return pl.concat([none, fault_rows(
        by_analyte, place, "HW-D655", "Calibrators have no expected concentration.", found=_listed("analyte"),
        remedy="Export the column of expected concentrations", column="expected_concentration", severity="warning",
    )])  # fmt: skip


def _standards(rows: pl.DataFrame, place: Place) -> pl.DataFrame:
    present = rows.filter(_IS_STANDARD)["analyte"].unique().to_list()
    named = rows.filter(pl.col("internal_standard").is_not_null() & ~pl.col("internal_standard").is_in(present))
    named = named.unique(["analyte", "internal_standard"], keep="first", maintain_order=True)
    missing = fault_rows(
        named, place, "HW-D656", "The internal standard is named and has no rows.",
        found=pl.format("{}: {}", "analyte", "internal_standard"),
        remedy="Export the internal standards too", column="internal_standard", severity="warning",
    )  # fmt: skip
    if present or named.height or rows["role"].is_null().any():
        return missing
    return fault_rows(
        rows.head(1).drop(ROW), place, "HW-D656", "The export has no internal standard.", found=pl.lit("targets only"),
        remedy="Export the internal standards too; without their areas only an external calibration is possible",
        column="role", severity="warning",
    )  # fmt: skip


def _empty_standards(rows: pl.DataFrame, place: Place) -> pl.DataFrame:
    is_expected = ~pl.col("sample_type").cast(pl.String).is_in(_WITHOUT_STANDARD).fill_null(value=False)
    empty = rows.filter(
        _IS_STANDARD & (pl.col("ion").cast(pl.String) == "quantifier") & is_expected & (pl.col("area").fill_null(0.0) == 0)
    )
    by_standard = empty.group_by("batch_id", "analyte", maintain_order=True).agg(pl.col("sample_name"), pl.col(ROW).first())
    return fault_rows(
        by_standard, place, "HW-D656", "The internal standard has no area in some injections.", found=_listed("analyte"),
        remedy="Look whether it was added; no result can be given there", column="area", severity="warning",
    )  # fmt: skip


def _gaps(rows: pl.DataFrame, place: Place) -> pl.DataFrame:
    counts = rows.group_by("batch_id", "injection", maintain_order=True).agg(
        pl.col("sample_name").first(), pl.col("analyte").n_unique().alias("n"), pl.col(ROW).last()
    )
    short = counts.with_columns(most=pl.col("n").max().over("batch_id")).filter(pl.col("n") < pl.col("most"))
    return fault_rows(
        short, place, "HW-D657", "An injection lacks compounds that others have; the file may be cut off.",
        found=pl.format("{}: {} of {}", "sample_name", "n", "most"),
        remedy="Export the batch again, or check the method", column="(row)", severity="warning",
    )  # fmt: skip


def _listed(name: str) -> pl.Expr:
    names = pl.col("sample_name").list.head(_SHOWN).list.join(", ")
    return pl.format("{} in {} injections: {}", name, pl.col("sample_name").list.len(), names)
