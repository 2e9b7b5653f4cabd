"""Results: concentration, limits, uncertainty and state of every injection of every analyte, in the unit of its matrix.

    c [ng/L] = c0 x D x V_final / V_loaded x unit factor                                                 (K2)

*not_detected* is below the limit of detection of the sample, *below_loq* at or above it or, where no limit of detection is
known, anything below the LOQ. An invalid result has no state and no number. The trap: a unit that cannot be converted is
not ng/L; its results stay in the unit of the calibrators and cannot be released.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from headworks.core.errors import DataRefused
from headworks.core.units import Quantity, convert_factor
from headworks.lab.calibration import quantify
from headworks.lab.uncertainty import split_scopes
from headworks.workflows.laboratory.calibrate import Calibration
from headworks.workflows.laboratory.matrices import MATRIX_UNITS, NG_PER_L_IN_NG_PER_ML, WATER
from headworks.workflows.laboratory.method import BatchMethod
from headworks.workflows.laboratory.peaks import CURVE, PREPARED, SAMPLE_TYPES

_STATES = {"quantified": "quantified", "above range: re-run": "above_uloq"}


def quantified(peaks: pl.DataFrame, calibration: Calibration, limits: pl.DataFrame, method: BatchMethod) -> pl.DataFrame:
    """Results of every injection and analyte.

    Parameters
    ----------
    peaks
        From :func:`target_peaks`.
    calibration
        From :func:`calibrate`.
    limits
        The limit in use of each curve: ``batch_id, analyte, lod, loq, rule`` in the unit of the calibrators.
    method
        Of the batch.

    Returns
    -------
    pl.DataFrame
        ``peaks`` with ``concentration, lower, upper, standard_uncertainty, lod, loq, highest, reporting_limit`` in ``unit``,
        ``estimate`` (for review), ``u_day, u_batch`` (relative), ``detection, verdict, reason, limit_rule, lod_rule``.
    """
    rows = _with_preparation(peaks, method)
    keys = calibration.table.select(CURVE).with_row_index("_curve")
    rows = rows.join(keys, on=CURVE, how="left", maintain_order="left").join(
        limits.select(*CURVE, "lod", "loq", "rule"), on=CURVE, how="left", maintain_order="left"
    )
    # A refused cell is a response that nobody can use; a missing peak is one below the limit.
    response = rows.select(pl.when("is_refused").then(-1.0).otherwise("response")).to_series()
    recovery = _by_analyte(rows, method.recovery, 1.0)
    found = quantify(
        calibration.curves, _array(response), of_curve=rows["_curve"].to_numpy().astype(np.int64),
        standard_area=_array(rows["internal_standard_area"]), dilution=rows["dilution"].to_numpy(),
        enrichment=rows["_enrichment"].to_numpy(), recovery=recovery if method.apply_recovery else None,
        apply_recovery=method.apply_recovery, standard_added=method.standard_added, loq=_array(rows["loq"]),
        loq_rule=method.limit_rule, u_bias=method.u_bias, missing_is_below=True,
    )  # fmt: skip
    # Without any mean area of the calibrators the curve cannot judge a standard; that there is none is seen all the same.
    factor = rows["dilution"].to_numpy() / rows["_enrichment"].to_numpy() / (recovery if method.apply_recovery else 1.0)
    scale = rows["_scale"].to_numpy()
    in_unit = {name: np.asarray(getattr(found, name)) * scale
               for name in ("concentration", "lower", "upper", "standard_uncertainty", "highest", "estimate")}  # fmt: skip
    u_day, u_batch = _scopes(rows, found, method)
    columns: dict[str, Any] = {**in_unit, "loq_of_sample": found.loq * scale, "u_day": u_day, "u_batch": u_batch}
    columns["lod_of_sample"] = _array(rows["lod"]) * factor * scale
    out = rows.drop("lod", "loq", "_enrichment", "_scale", "_curve").rename({"rule": "lod_rule"}).with_columns(
        *(pl.Series(name, values, dtype=pl.Float64).fill_nan(None) for name, values in columns.items()),
        verdict=pl.Series(found.verdict, dtype=pl.String), reason=pl.Series(found.reason, dtype=pl.String),
        limit_rule=pl.Series(found.limit_rule, dtype=pl.String),
    )  # fmt: skip
    out = out.rename({"loq_of_sample": "loq", "lod_of_sample": "lod"}).with_columns(lod=pl.min_horizontal("lod", "loq"))
    return _with_states(out, method)


def _array(values: pl.Series) -> np.ndarray:
    result: np.ndarray = values.cast(pl.Float64).fill_null(np.nan).to_numpy()
    return result


def _by_analyte(rows: pl.DataFrame, said: dict[str, float], default: float) -> np.ndarray:
    if not said:
        return np.full(rows.height, default)
    return rows["analyte"].replace_strict(said, default=default, return_dtype=pl.Float64).to_numpy()


def _with_preparation(peaks: pl.DataFrame, method: BatchMethod) -> pl.DataFrame:
    """Enrichment, and the unit and scale of each result.

    The unit is that of the matrix for prepared samples where the calibrators' can be converted; else the calibrators'.
    """
    units = peaks["concentration_unit"].drop_nulls().unique().to_list()
    factors = {unit: factor for unit in units if (factor := _factor(unit)) is not None}
    to_ng_per_l = pl.col("concentration_unit").replace_strict(factors, default=None, return_dtype=pl.Float64)
    is_water = pl.col("matrix").is_in(WATER)
    of_matrix = {name: unit.result for name, unit in MATRIX_UNITS.items()}
    samples = pl.col("sample_type").is_in(SAMPLE_TYPES)
    # A procedural blank of solids is expressed as if it were a sample of the usual amount.
    taken = pl.coalesce("amount", pl.col("amount").filter(samples).median().over("batch_id"))
    amount = pl.when(samples).then("amount").otherwise(taken) / pl.col("volume_final_ml")
    volumes = pl.col("volume_loaded_ml") / pl.col("volume_final_ml")
    is_prepared = pl.col("sample_type").is_in(PREPARED).fill_null(value=False)
    is_solid = is_prepared & ~is_water
    # Calibrators and controls stay in the unit of what they are compared with.
    converts = is_prepared & to_ng_per_l.is_not_null() & (is_water | amount.is_not_null())
    unit = pl.when(converts).then(pl.col("matrix").replace_strict(of_matrix, default=None, return_dtype=pl.String))
    enrichment = pl.when(is_solid).then(amount).when(is_prepared).then(volumes)
    per_ml = pl.when(is_solid).then(NG_PER_L_IN_NG_PER_ML).otherwise(1.0)
    return peaks.with_columns(
        _enrichment=enrichment.fill_null(1.0), _scale=pl.when(converts).then(to_ng_per_l / per_ml).otherwise(1.0),
        unit=pl.coalesce(unit, "concentration_unit"),
        lacks_preparation=is_solid & samples & amount.is_null(),
        reporting_limit=pl.col("analyte").replace_strict(method.reporting_limit, default=None, return_dtype=pl.Float64),
    )  # fmt: skip


def _factor(unit: str) -> float | None:
    try:
        return convert_factor(unit, Quantity.CONCENTRATION)
    except DataRefused:
        return None


def _scopes(rows: pl.DataFrame, found: Any, method: BatchMethod) -> tuple[np.ndarray, np.ndarray]:
    """What each result draws anew and what its batch shares; control samples may say more than the calibration does."""
    day, batch = np.asarray(found.u_day), np.asarray(found.u_batch)
    if not method.u_within:
        return day, batch
    within = _by_analyte(rows, method.u_within, 0.0)
    calibration = np.sqrt(np.maximum(batch**2 - method.u_bias**2, 0.0))
    both = split_scopes(np.nan_to_num(day), np.nan_to_num(calibration), method.u_bias, within)
    return np.where(np.isnan(day), np.nan, both.u_day), np.where(np.isnan(batch), np.nan, both.u_batch)


def _with_states(rows: pl.DataFrame, method: BatchMethod) -> pl.DataFrame:
    """Detection, and the last word on standards, preparation and reasons."""
    no_standard = ~(pl.col("internal_standard_area") > 0).fill_null(value=False)
    failed = no_standard & ~pl.col("is_external")
    no_amount = pl.when("lacks_preparation").then(pl.lit("invalid: preparation")).otherwise("verdict")
    verdict = pl.when(failed).then(pl.lit("invalid: internal standard")).otherwise(no_amount)
    unnamed = pl.col("internal_standard").is_null()
    reason = (
        pl.when(failed & unnamed).then(pl.lit("no internal standard is named, and the method does not do without"))
        .when(failed).then(pl.lit("the area of the internal standard is missing or out of bounds"))
        .when("lacks_preparation").then(pl.lit("the batch sheet does not say the amount taken and the final volume"))
        .when(pl.col("is_refused") & (pl.col("verdict") == "invalid: response"))
        .then(pl.format("the area was refused in the export ({})", "fault_code")).otherwise("reason")
    )  # fmt: skip
    rows = rows.with_columns(verdict=verdict, reason=reason)
    is_valid = ~pl.col("verdict").str.starts_with("invalid")
    is_number = pl.col("verdict") == "quantified"
    numbers = ("concentration", "lower", "upper", "standard_uncertainty", "u_day", "u_batch")
    is_shown = is_valid | (pl.col("verdict") == "invalid: calibration")
    below_lod = pl.col("lod").is_not_null() & (pl.col("estimate").is_null() | (pl.col("estimate") < pl.col("lod")))
    censored = pl.when(below_lod).then(pl.lit("not_detected")).otherwise(pl.lit("below_loq"))
    state = pl.col("verdict").replace_strict(_STATES, default=None, return_dtype=pl.String)
    return rows.with_columns(
        *(pl.when(is_number).then(name).alias(name) for name in numbers),
        estimate=pl.when(is_shown).then("estimate"),
        detection=pl.when(pl.col("verdict") == "below_loq").then(censored).otherwise(state),
    ).drop("lacks_preparation")  # fmt: skip
