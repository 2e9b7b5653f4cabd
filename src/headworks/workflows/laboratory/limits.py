"""Limits of each analyte by every rule its batch allows, and the one that is used.

The limit of quantification in use is the higher of the lowest accepted level and the method's own; the limit of detection is
the method's own, else that of signal to noise at the lowest accepted level. The trap: a rule that a batch does not allow (no
blanks, no scatter) is absent, never 0.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from headworks.core.errors import DataRefused
from headworks.lab.limits import Limit, limit_from_blanks, limit_from_iso_11843, limit_from_line, limit_from_signal_to_noise
from headworks.workflows.laboratory.calibrate import Calibration
from headworks.workflows.laboratory.method import BatchMethod
from headworks.workflows.laboratory.peaks import CURVE

LIMIT_SCHEMA = {
    "batch_id": pl.String, "analyte": pl.String, "rule": pl.String, "critical": pl.Float64, "lod": pl.Float64,
    "loq": pl.Float64, "unit": pl.String, "basis": pl.String, "is_used": pl.Boolean,
}  # fmt: skip
# Rules that take noise as constant are fed only with levels up to this multiple of the lowest.
_NEAR = 10.0
_LEAST_BLANKS = 4


def offered_limits(peaks: pl.DataFrame, calibration: Calibration, method: BatchMethod) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All limits, and those in use.

    Parameters
    ----------
    peaks
        From :func:`target_peaks`.
    calibration
        From :func:`calibrate`.
    method
        With its own ``lod`` and ``loq`` by analyte.

    Returns
    -------
    offered, used
        ``LIMIT_SCHEMA``, a row per curve and rule, in the unit of the calibrators; ``batch_id, analyte, lod, loq, rule`` a row
        per curve, ``loq`` null where only the curve bounds it, ``rule`` that of the LOD.
    """
    ratios = _signal_to_noise(peaks, calibration)
    levels = _grouped(calibration.calibrators.filter("is_used", pl.col("expected_concentration") > 0),
                      ["expected_concentration", "response"])  # fmt: skip
    blanks = _grouped(peaks.filter(pl.col("sample_type") == "blank", pl.col("response").is_not_null()), ["response"])
    offered: list[tuple[object, ...]] = []
    used: list[tuple[object, ...]] = []
    for row in calibration.table.iter_rows(named=True):
        key = (row["batch_id"], row["analyte"])
        found = _of_curve(row, levels.get(key), blanks.get(key), ratios.get(key), method)
        lod = next((limit for limit in found if limit.rule in (method.limit_rule, "signal to noise") and limit.lod > 0), None)
        own = next((limit for limit in found if limit.rule == method.limit_rule and limit.loq > 0), None)
        loq_rule = own.rule if own and (row["lowest"] is None or own.loq > row["lowest"]) else "lowest accepted level"
        names = {loq_rule, lod.rule if lod else ""}
        offered += [(*key, limit.rule, *limit[1:4], row["concentration_unit"], limit.basis, limit.rule in names)
                    for limit in found]  # fmt: skip
        used.append((*key, lod.lod if lod else None, own.loq if own else None, lod.rule if lod else None))
    table = pl.DataFrame(offered, schema=LIMIT_SCHEMA, orient="row").with_columns(
        pl.col("critical", "lod", "loq").fill_nan(None)
    )
    schema = {"batch_id": pl.String, "analyte": pl.String, "lod": pl.Float64, "loq": pl.Float64, "rule": pl.String}
    return table, pl.DataFrame(used, schema=schema, orient="row")


def _grouped(rows: pl.DataFrame, names: list[str]) -> dict[tuple[str, str], list[np.ndarray]]:
    lists = rows.group_by(CURVE, maintain_order=True).agg(names)
    return {(row[0], row[1]): [np.asarray(values, dtype=np.float64) for values in row[2:]] for row in lists.iter_rows()}


def _signal_to_noise(peaks: pl.DataFrame, calibration: Calibration) -> dict[tuple[str, str], tuple[float, float]]:
    """Lowest accepted level and the median S/N of its calibrators, per curve."""
    used = calibration.calibrators.filter("is_used").select(*CURVE, "injection")
    lowest = calibration.table.select(*CURVE, "lowest")
    rows = peaks.with_columns(pl.col("injection").cast(pl.Int64)).join(used, on=[*CURVE, "injection"], how="semi")
    rows = rows.join(lowest, on=CURVE, how="left").filter(
        pl.col("expected_concentration") == pl.col("lowest"), pl.col("signal_to_noise") > 0
    )
    means = rows.group_by(CURVE).agg(pl.col("lowest").first(), pl.col("signal_to_noise").median())
    return {(row[0], row[1]): (row[2], row[3]) for row in means.iter_rows()}


def _of_curve(
    row: dict[str, object], levels: list[np.ndarray] | None, blanks: list[np.ndarray] | None,
    ratio: tuple[float, float] | None, method: BatchMethod,
) -> list[Limit]:  # fmt: skip
    analyte, found = str(row["analyte"]), []
    nan = float("nan")
    own = method.lod.get(analyte, nan), method.loq.get(analyte, nan)
    if np.isfinite(own).any():
        found.append(Limit(method.limit_rule, lod=own[0], loq=own[1], basis="the method's own"))
    if isinstance(row["lowest"], float):
        found.append(Limit("lowest accepted level", loq=row["lowest"], basis=f"profile {row['profile']}"))
    if ratio is not None:
        found += _tried(lambda: limit_from_signal_to_noise(*ratio))
    if levels is not None:
        x, y = levels
        near = x <= _NEAR * x.min()
        if np.unique(x[near]).size >= 3:
            found += _tried(lambda: limit_from_line(x[near], y[near])) + _tried(lambda: limit_from_iso_11843(x[near], y[near]))
    slope, intercept = row["slope"], row["intercept"]
    if blanks is not None and blanks[0].size >= _LEAST_BLANKS and isinstance(slope, float) and slope > 0:
        found += _tried(lambda: limit_from_blanks((blanks[0] - float(str(intercept))) / slope))
    return found


def _tried(compute: Callable[[], Limit]) -> list[Limit]:
    """A limit, or none where the batch does not allow the rule."""
    try:
        return [compute()]
    except DataRefused:
        return []
