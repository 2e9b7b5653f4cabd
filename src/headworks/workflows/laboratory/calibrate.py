"""The calibration of every analyte of every batch at once, and what is left out of it, by whom and why.

The trap: an analyte without a single calibrator still has a row here. Its results are invalid with that reason; left out, they
would be missing without one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.core.errors import DataRefused
from headworks.lab.calibration import Curves, fit_curves
from headworks.lab.calibration.accepted_range import problem_words
from headworks.lab.calibration.curves import WEIGHT_NAMES
from headworks.lab.calibration.weighted_curve import power_coefficients
from headworks.workflows.laboratory.further_noise import filled, further_noise, width_of
from headworks.workflows.laboratory.method import BatchMethod
from headworks.workflows.laboratory.peaks import CURVE

EXCLUSION_SCHEMA = {
    "batch_id": pl.String, "analyte": pl.String, "injection": pl.Int64, "reason": pl.String, "decided_by": pl.String,
}  # fmt: skip


class Calibration(NamedTuple):
    """``table``: a row per curve, in order; ``calibrators``: one per calibrator; ``curves``: the same as arrays."""

    table: pl.DataFrame
    calibrators: pl.DataFrame
    curves: Curves


def no_exclusions() -> pl.DataFrame:
    """Nothing left out."""
    return pl.DataFrame(schema=EXCLUSION_SCHEMA)


def calibrate(
    peaks: pl.DataFrame, method: BatchMethod, exclusions: pl.DataFrame, earlier: pl.DataFrame | None = None,
    controls: pl.DataFrame | None = None,
) -> Calibration:  # fmt: skip
    """Curves of all analytes.

    Parameters
    ----------
    peaks
        From :func:`target_peaks`.
    method
        Weight, degree and profile of acceptance.
    exclusions
        ``EXCLUSION_SCHEMA``: calibrators a person leaves out, each with a reason; an empty analyte means all of them.
    earlier, controls
        Calibrators of earlier batches (``batch_id, analyte, expected_concentration, response, is_used``) and their controls
        (``evaluate_batch.CONTROL_COLUMNS``), which say how the noise grows.

    Raises
    ------
    DataRefused
        ``HW-D682`` for an exclusion without a reason or of what is no calibrator.
    """
    keys = peaks.select(CURVE).unique().sort(CURVE).with_row_index("_curve")
    calibrators = _calibrators(peaks, keys, exclusions)
    shape = keys.height, width_of(calibrators)
    at = calibrators["_curve"].to_numpy(), calibrators["_place"].to_numpy()
    x, y, areas = (
        filled(calibrators[name], shape, at) for name in ("expected_concentration", "response", "internal_standard_area")
    )
    excluded = np.zeros(shape, dtype=bool)
    excluded[at] = calibrators["excluded_reason"].is_not_null().to_numpy()
    curves = fit_curves(
        x, y, method.weight, degree=method.degree, is_excluded=excluded, profile=method.calibration_profile,
        standard_area=areas, further=further_noise(peaks, keys, earlier, controls),
    )  # fmt: skip
    return Calibration(_table(keys, curves, peaks), _judged(calibrators, curves, at), curves)


def _calibrators(peaks: pl.DataFrame, keys: pl.DataFrame, exclusions: pl.DataFrame) -> pl.DataFrame:
    rows = peaks.filter(pl.col("sample_type") == "calibrator").join(keys, on=CURVE, how="left", maintain_order="left")
    rows = rows.with_columns(
        pl.col("injection").cast(pl.Int64), _place=pl.int_range(pl.len()).over("_curve"),
        response=pl.when(~pl.col("is_refused")).then("response"),
    )  # fmt: skip
    _require_exclusions(rows, exclusions)
    one = exclusions.filter(pl.col("analyte").is_not_null()).unique([*CURVE, "injection"], keep="last")
    every = exclusions.filter(pl.col("analyte").is_null()).unique(["batch_id", "injection"], keep="last")
    named = rows.join(
        one.select(*CURVE, "injection", _one="reason"), on=[*CURVE, "injection"], how="left", maintain_order="left"
    ).join(
        every.select("batch_id", "injection", _every="reason"), on=["batch_id", "injection"], how="left", maintain_order="left"
    )
    return named.with_columns(excluded_reason=pl.coalesce("_one", "_every")).drop("_one", "_every")


def _require_exclusions(calibrators: pl.DataFrame, exclusions: pl.DataFrame) -> None:
    there = {*calibrators.select(*CURVE, "injection").rows()}
    there |= {(batch, None, injection) for batch, _, injection in there}
    wrong = [
        f"batch {row['batch_id']}, {row['analyte'] or 'all analytes'}, injection {row['injection']}: {row['reason']!r}"
        for row in exclusions.iter_rows(named=True)
        if not any(sign.isalpha() for sign in row["reason"] or "")
        or (row["batch_id"], row["analyte"], row["injection"]) not in there
    ]
    if wrong:
        raise DataRefused(
            "A calibrator is left out only by its injection and with a reason.",
            where="exclusions", found="; ".join(wrong[:3]),
            remedy="Name the batch, the analyte and the injection of a calibrator, and say why", code="HW-D682",
        )  # fmt: skip


def _table(keys: pl.DataFrame, curves: Curves, peaks: pl.DataFrame) -> pl.DataFrame:
    powers = power_coefficients(curves.basis, curves.coefficients)
    square = powers[:, 2] if powers.shape[1] > 2 else np.zeros(powers.shape[0])
    units = peaks.group_by(CURVE).agg(concentration_unit=pl.col("concentration_unit").drop_nulls().first())
    numbers = {
        "intercept": powers[:, 0], "slope": powers[:, 1], "curvature": square, "s": curves.s, "r2": curves.r2,
        "rse": curves.rse, "degrees_of_freedom": curves.degrees_of_freedom, "lowest": curves.lowest, "highest": curves.highest,
        "mean_standard_area": curves.standard_area,
    }  # fmt: skip
    found = keys.with_columns(
        *(pl.Series(name, values, dtype=pl.Float64) for name, values in numbers.items()),
        weight=pl.Series([WEIGHT_NAMES[place] for place in curves.weight.tolist()], dtype=pl.String),
        n_levels=pl.Series(curves.n_levels, dtype=pl.Int64), n_passed=pl.Series(curves.n_passed, dtype=pl.Int64),
        is_accepted=pl.Series(curves.is_accepted, dtype=pl.Boolean), profile=pl.lit(curves.profile.name),
        reasons=pl.Series([list(problem_words(problems)) for problems in curves.problems.tolist()], dtype=pl.List(pl.String)),
    )  # fmt: skip
    finite = [pl.when(pl.col(name).is_finite()).then(name) for name in numbers]
    return found.with_columns(finite).join(units, on=CURVE, how="left", maintain_order="left").drop("_curve")


def _judged(
    calibrators: pl.DataFrame, curves: Curves, at: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]
) -> pl.DataFrame:
    deviation = pl.Series(curves.deviation[at], dtype=pl.Float64).fill_nan(None)
    expected, area = pl.col("expected_concentration"), pl.col("internal_standard_area")
    why = (
        pl.when("is_used").then(None)
        .when(pl.col("excluded_reason").is_not_null()).then("excluded_reason")
        .when(pl.col("fault_code").is_not_null() & (pl.col("is_refused") | expected.is_null()))
        .then(pl.format("refused in the export ({})", "fault_code"))
        .when(expected.is_null()).then(pl.lit("no nominal concentration"))
        .when(~(area > 0).fill_null(value=False)).then(pl.lit("no area of the internal standard"))
        .when(pl.col("response").is_null()).then(pl.lit("no peak"))
        .otherwise(pl.lit("a blank is used with weight 1 only"))
    )  # fmt: skip
    return calibrators.with_columns(
        is_used=pl.Series(curves.is_used[at], dtype=pl.Boolean), is_beyond=pl.Series(curves.is_beyond[at], dtype=pl.Boolean),
        back_calculated=expected * (1.0 + deviation), deviation_percent=100.0 * deviation,
    ).with_columns(not_used_reason=why).select(
        *CURVE, "injection", "sample_name", "level", "expected_concentration", "concentration_unit", "area",
        "internal_standard_area", "response", "back_calculated", "deviation_percent", "is_used", "is_beyond",
        "excluded_reason", "not_used_reason",
    )  # fmt: skip
