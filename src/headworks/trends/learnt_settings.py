"""What a year of days teaches the trends of the next: how each series moves and scatters, and how weekdays differ.

Settings learnt from the year before do not move with every new day, and need not be learnt again with every new week. A series
that the year before did not know has what its residue's series have in the middle (the mean of the logarithms).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.core.schema import polars_schema
from headworks.tables.levels import TrendSettings, WeekdayOffsets
from headworks.trends.day_arrays import SERIES, DayArrays
from headworks.trends.site_trends import Learnt, about_course
from headworks.trends.smoother import FittedSettings, Offsets, Settings, fit_offsets, fit_settings, observations_of
from headworks.trends.smoother.offsets import offset_of_rows, without_offsets

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
_COLUMNS = Settings._fields
_N_SETTINGS, _WEEKDAYS = 5, 7
# Logarithms of what may be 0.
_LEAST = 1e-30


def learn(days: DayArrays, groups: Sequence[Index]) -> Learnt:
    """Settings and offsets of one residue.

    Parameters
    ----------
    days
        Of the year, all with a date.
    groups
        As for :func:`headworks.trends.site_trends.site_trends`.
    """
    seen = observations_of(days).seen
    _, about = about_course(days, seen, groups)
    one = np.zeros(days.series.height, np.int64)
    offsets = fit_offsets(about, one)
    return Learnt(fit_settings(without_offsets(about, offset_of_rows(about, one, offsets)), one), offsets)


def learnt_rows(days: DayArrays, learnt: Learnt, year: int, analyte: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Tables ``trend_settings`` and ``weekday_offsets`` of a residue."""
    n = days.series.height
    every = (learnt.settings.central, *learnt.settings.corners)
    frame = pl.concat([days.series] * _N_SETTINGS).with_columns(
        pl.lit(year).alias("year"), setting=pl.Series(np.repeat(np.arange(_N_SETTINGS), n)),
        **{name: pl.Series(np.concatenate([getattr(one, name) for one in every])) for name in _COLUMNS},
    )  # fmt: skip
    offsets = pl.DataFrame(
        {
            "year": [year] * _WEEKDAYS, "analyte": [analyte] * _WEEKDAYS, "weekday": np.arange(_WEEKDAYS) + 1,
            "log_offset": learnt.offsets.weekday[0], "variance": learnt.offsets.weekday_variance[0],
        }
    )  # fmt: skip
    tables = (frame, TrendSettings), (offsets, WeekdayOffsets)
    named = [rows.select(table.column_names()).cast(pl.Schema(polars_schema(table))) for rows, table in tables]
    return named[0], named[1]


def learnt_of(days: DayArrays, settings: pl.DataFrame, offsets: pl.DataFrame) -> Learnt | None:
    """What was learnt before for the series of some days of a residue; None where nothing was.

    Parameters
    ----------
    days
        Of one residue.
    settings, offsets
        Rows of that residue, of one year.
    """
    if settings.is_empty() or offsets.height != _WEEKDAYS:
        return None
    found = [Settings(*columns) for columns in _of_series(days, settings)]
    ordered = offsets.sort("weekday")
    weekday, variance = (ordered[name].to_numpy().reshape(1, _WEEKDAYS).copy() for name in ("log_offset", "variance"))
    none = np.zeros(1)
    return Learnt(FittedSettings(found[0], tuple(found[1:])), Offsets(np.zeros(1, np.int64), weekday, none, variance, none))


def _of_series(days: DayArrays, settings: pl.DataFrame) -> Array:
    """What was learnt of every series, shape ``(settings, columns, series)``; of a new one what is usual."""
    numbered = settings.join(days.series.with_row_index("_series"), on=SERIES, how="left", maintain_order="left")
    series, number = numbered["_series"].to_physical(), settings["setting"].to_numpy()
    is_here = series.is_not_null().to_numpy()
    laid = np.empty((_N_SETTINGS, len(_COLUMNS), days.series.height))
    for column, name in enumerate(_COLUMNS):
        values = settings[name].to_numpy()
        logs = np.log(np.maximum(values, _LEAST))
        laid[:, column] = [[np.exp(logs[number == one].mean())] for one in range(_N_SETTINGS)]
        laid[number[is_here], column, series.drop_nulls().to_numpy()] = values[is_here]
    return laid
