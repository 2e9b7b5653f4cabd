"""Figures of criteria from tables of the shelf: one row per area and period, or a refusal.

Of an indicator that was published several times the newest vintage counts. The trap: two sources, or two definitions, are two
figures; which one a criterion means, its ``where`` must say.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.assessment.outcomes import Figures, figures_of, with_past
from headworks.assessment.rules import Criterion
from headworks.core.errors import DataRefused
from headworks.core.periods import Period
from headworks.tables import SHELF
from headworks.tables.indicators import Indicators

Array = npt.NDArray[np.float64]
_DAYS_A_YEAR = 365.25
# Half the width of a 95 % interval in standard deviations.
_Z = 1.959963984540054


class Grid(NamedTuple):
    """Areas and periods by number, and the number of the area at the top of each area's tree."""

    area_ids: list[str]
    periods: list[str]
    top: npt.NDArray[np.int64]

    @property
    def shape(self) -> tuple[int, int]:
        """Areas by periods."""
        return len(self.area_ids), len(self.periods)


def assessable_columns() -> dict[str, tuple[str, ...]]:
    """Columns of every table of the shelf that speaks of areas and periods: what a criterion may read."""
    tables = {name: one.schema for name, one in SHELF.items()} | {"indicators": Indicators}
    known = {name: tuple(schema.column_names()) for name, schema in tables.items()}
    return {name: columns for name, columns in known.items() if "period" in columns and _area_column(columns)}


def rows_of_criterion(criterion: Criterion) -> pl.Expr:
    """What chooses a criterion's rows in its table."""
    chosen = pl.lit(value=True)
    for column, value in criterion.where:
        chosen = chosen & (pl.col(column).cast(pl.String) == value)
    if "unit_kind" in assessable_columns()[criterion.table]:
        chosen = chosen & (pl.col("unit_kind").cast(pl.String) == "area")
    return chosen


def criterion_figures(criterion: Criterion, table: pl.DataFrame, grid: Grid) -> Figures:
    """The figures of one criterion, with their past.

    Raises
    ------
    DataRefused
        ``HW-D787`` when several rows speak of one area and period.
    """
    columns = criterion.columns
    rows = _one_row_each(criterion, table.filter(rows_of_criterion(criterion)))
    area = _area_column(tuple(rows.columns))
    place = {name: number for number, name in enumerate(grid.area_ids)}
    moment = {name: number for number, name in enumerate(grid.periods)}
    known = rows.filter(pl.col(area).is_in(grid.area_ids) & pl.col("period").is_in(grid.periods))
    at = (
        np.array([place[name] for name in known[area]], dtype=np.int64),
        np.array([moment[name] for name in known["period"]], dtype=np.int64),
    )

    def grid_of(column: str) -> Array:
        found = np.full(grid.shape, np.nan)
        if column:
            found[at] = known[column].cast(pl.Float64).fill_null(np.nan).to_numpy()
        return found

    value, upper = grid_of(columns.value), grid_of(columns.upper)
    sd = np.full(grid.shape, np.nan)
    if columns.scatter:
        sd = log_sd_of_errors(*map(grid_of, columns.scatter))
    elif columns.lower and columns.upper:
        sd = _log_sd(value, grid_of(columns.lower), upper)
    events, exposure = grid_of(columns.numerator), grid_of(columns.denominator)
    if criterion.is_flow and columns.denominator:
        years = np.full(grid.shape, np.nan)
        years[at] = _years(known)
        exposure = exposure * years
    scale = None
    if criterion.of_parent:
        figure = events / exposure * criterion.per if columns.numerator else value
        scale = figure[grid.top]
    if criterion.evidence == "log_normal":
        # Zero has no logarithm: the figure is below its upper bound, and that is all that is known.
        value = np.where((value > 0) & np.isfinite(sd), value, np.nan)
    found = figures_of(
        grid.shape, value=value, sd=np.where(np.isfinite(sd), sd, np.nan),
        ceiling=np.where(np.isnan(value), upper, np.nan), events=events, exposure=exposure,
        scale=scale, coverage=grid_of(columns.coverage),
    )  # fmt: skip
    return with_past(criterion, found)


def log_sd_of_errors(*relative: Array) -> Array:
    """Log-scale standard deviation of a figure with independent relative standard errors.

    Examples
    --------
    Log-normal with a relative standard deviation of 1: sqrt(log 2) = 0.8326.

    >>> log_sd_of_errors(np.array([1.0])).round(4).tolist()
    [0.8326]
    """
    return np.asarray(np.sqrt(sum(np.log1p(one**2) for one in relative)))


def _log_sd(value: Array, lower: Array, upper: Array) -> Array:
    """Log-scale standard deviation from bounds; from the upper one alone where the lower is zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(lower > 0, np.log(upper / lower) / (2 * _Z), np.log(upper / value) / _Z))


def _one_row_each(criterion: Criterion, rows: pl.DataFrame) -> pl.DataFrame:
    area = _area_column(tuple(rows.columns))
    if "vintage" in rows.columns:
        others = [name for name in Indicators.primary_key() if name != "vintage"]
        rows = rows.sort("vintage").unique(others, keep="last", maintain_order=True)
    twice = rows.filter(pl.struct(area, "period").is_duplicated())
    if not twice.is_empty():
        first = twice.sort(area, "period").row(0, named=True)
        told = [name for name in twice.columns if name not in (area, "period") and twice[name].n_unique() > 1][:4]
        raise DataRefused(
            "Several figures speak of one area and period.", where=f"criteria.{criterion.name}, {criterion.table}",
            found=f"{first[area]}, {first['period']}: rows that differ in {', '.join(told)}",
            remedy="Say in the criterion's where which of them is meant", code="HW-D787",
        )  # fmt: skip
    return rows


def _years(rows: pl.DataFrame) -> Array:
    """Years that each row counts: its own window, or that of its period."""
    by_label = {label: Period.parse(label).n_days for label in rows["period"].unique()}
    days = np.array([by_label[label] for label in rows["period"]], dtype=np.float64)
    if "numerator_from" in rows.columns:
        own = rows.select((pl.col("numerator_to") - pl.col("numerator_from")).dt.total_days() + 1).to_series()
        days = np.where(own.is_null().to_numpy(), days, own.fill_null(1).to_numpy())
    return np.asarray(days / _DAYS_A_YEAR)


def _area_column(columns: tuple[str, ...]) -> str:
    return "area_id" if "area_id" in columns else "unit_id" if "unit_id" in columns else ""
