"""What shows the noise of a curve beside its own calibrators: controls measured again, and batches that ran before.

Controls are compared with the mean of their own batch, so that what differs between batches is no noise of a result. The
trap: a control whose internal standard failed scatters for another reason, and would widen every interval of its batch.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.lab.calibration.noise_shape import FurtherNoise
from headworks.lab.calibration.weighted_curve import Array
from headworks.workflows.laboratory.peaks import CURVE

# Earlier batches that say how the noise grows; more change little and cost time.
_MOST_EARLIER = 30


def further_noise(
    peaks: pl.DataFrame, keys: pl.DataFrame, earlier: pl.DataFrame | None = None, controls: pl.DataFrame | None = None
) -> FurtherNoise:
    """Controls that were measured again in a batch, and calibrations of batches before it.

    Parameters
    ----------
    peaks
        From :func:`target_peaks`.
    keys
        ``batch_id, analyte`` and ``_curve``, the place of the curve.
    earlier, controls
        Calibrators and controls of batches before these; controls in the unit of the calibrators.
    """
    units = peaks.group_by(CURVE).agg(unit=pl.col("concentration_unit").drop_nulls().first())
    own = _scatter(_own_controls(peaks), [*CURVE, "sample_type", "expected_concentration"], "expected_concentration")
    parts = [own.join(keys, on=CURVE, how="inner", maintain_order="left").with_columns(_is_concentration=pl.lit(value=False))]
    if controls is not None and not controls.is_empty():
        past = _earlier_scatter(controls.filter(~pl.col("batch_id").is_in(keys["batch_id"].unique().to_list())))
        mine = keys.join(units, on=CURVE, how="left", maintain_order="left")
        theirs = mine.join(past, on=["analyte", "unit"], how="inner", nulls_equal=True, maintain_order="left_right")
        parts.append(theirs.with_columns(_is_concentration=pl.lit(value=True)))
    columns = ["_curve", "_x", "_squares", "_free", "_is_concentration"]
    groups = pl.concat([part.select(columns) for part in parts]).with_columns(_place=pl.int_range(pl.len()).over("_curve"))
    shape = keys.height, width_of(groups)
    at = groups["_curve"].to_numpy(), groups["_place"].to_numpy()
    x, squares, free, is_concentration = (np.nan_to_num(filled(groups[name], shape, at)) for name in columns[1:])
    return FurtherNoise(x, squares, free, is_concentration > 0, *_earlier_arrays(keys, earlier))


def _own_controls(peaks: pl.DataFrame) -> pl.DataFrame:
    controls = peaks.filter(
        pl.col("sample_type").is_in(("qc", "continuing_calibration")), pl.col("expected_concentration") > 0,
        pl.col("response") > 0, pl.col("internal_standard_area") > 0,
    )  # fmt: skip
    # A failed standard is no scatter of the method, and the median is not moved by it.
    area = pl.col("internal_standard_area") / pl.col("internal_standard_area").median().over(CURVE)
    return controls.filter(area.is_between(0.5, 1.5))


def _scatter(controls: pl.DataFrame, keys: list[str], x: str) -> pl.DataFrame:
    """Sum of squares of ``response`` about the mean of each group that has more than one, and where it stands."""
    grouped = controls.group_by(keys, maintain_order=True).agg(
        _x=pl.col(x).mean().cast(pl.Float64), _squares=((pl.col("response") - pl.col("response").mean()) ** 2).sum(),
        _free=pl.len().cast(pl.Float64) - 1.0,
    )  # fmt: skip
    return grouped.filter(pl.col("_free") > 0)


def _earlier_scatter(controls: pl.DataFrame) -> pl.DataFrame:
    """Scatter within earlier batches, those of a level together."""
    known = _recent(controls.filter(pl.col("concentration") > 0)).rename({"concentration": "response"})
    level = ["analyte", "level", "lot", "unit"]
    return (
        _scatter(known, [*level, "batch_id"], "response").group_by(level, maintain_order=True)
        .agg(pl.col("_x").mean(), pl.col("_squares", "_free").sum())
    )  # fmt: skip


def _recent(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of the last batches of each analyte, with ``_batch``, 0 the newest."""
    newest = pl.struct("run_at", "batch_id").rank("dense", descending=True).over("analyte").cast(pl.Int64) - 1
    return rows.with_columns(_batch=newest).filter(pl.col("_batch") < _MOST_EARLIER)


def _earlier_arrays(keys: pl.DataFrame, earlier: pl.DataFrame | None) -> tuple[Array, Array]:
    """Concentrations and responses ``(n_curves, n_earlier, n_calibrators)``, not a number where there is none."""
    if earlier is None or earlier.is_empty():
        return np.full((keys.height, 0, 0), np.nan), np.full((keys.height, 0, 0), np.nan)
    rows = _recent(earlier.filter("is_used")).with_columns(_place=pl.int_range(pl.len()).over("analyte", "_batch"))
    both = keys.join(rows, on="analyte", how="inner", maintain_order="left", suffix="_earlier")
    both = both.filter(pl.col("batch_id") != pl.col("batch_id_earlier"))
    if both.is_empty():
        return _earlier_arrays(keys, None)
    places = [both[name].to_numpy().astype(np.int64) for name in ("_curve", "_batch", "_place")]
    shape = keys.height, int(places[1].max()) + 1, int(places[2].max()) + 1
    found = []
    for name in ("expected_concentration", "response"):
        cells = np.full(shape, np.nan)
        cells[tuple(places)] = both[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
        found.append(cells)
    return found[0], found[1]


def width_of(rows: pl.DataFrame) -> int:
    """How many places a row of the array has."""
    return int(rows.select(pl.col("_place").max()).item()) + 1 if rows.height else 0


def filled(values: pl.Series, shape: tuple[int, ...], at: tuple[npt.NDArray[np.int64], ...]) -> Array:
    """Numbers at their places in an array, not a number elsewhere."""
    cells = np.full(shape, np.nan)
    cells[at] = values.cast(pl.Float64).fill_null(np.nan).to_numpy()
    return cells
