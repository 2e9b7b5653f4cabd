"""Counts by series and time step as one array, with what is missing as not-a-number.

A step that is not in the table and one that is there without a value are the same: nobody reported. Neither is a zero.
Columns run from the first step of any series to the last one asked for, so that "52 steps ago" is a distance in the array.

The trap: a series that begins later than others has no history before its first row; ``first`` says where it begins, so that
"the history is too short" and "a week is missing" are told apart.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.core.errors import DataRefused, UsageError

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
COLUMNS = ("series", "t", "observed")
# A longer axis than this is a calendar date taken for a step, and would fill the memory.
_MOST_STEPS = 20_000


class Counts(NamedTuple):
    """``observed`` of shape ``(n_series, n_steps)``, nan where missing; ``first`` column of each series."""

    names: pl.Series
    observed: Array
    first: Index
    start: int
    columns: Index

    @property
    def assessed(self) -> Array:
        """What was observed in the steps to assess, shape ``(n_series, n_assessed)``."""
        return self.observed[:, self.columns]

    @property
    def history(self) -> Index:
        """Steps of each series before each assessed one, from its first row on; shape ``(n_series, n_assessed)``."""
        return self.columns[None, :] - self.first[:, None]


def counts_of(observed: pl.DataFrame, evaluate: tuple[int, int] | None) -> Counts:
    """Counts of a table ``series, t, observed`` as an array.

    Parameters
    ----------
    observed
        One row a series and step; ``t`` are whole numbers, ``observed`` is at least 0 and may be missing.
    evaluate
        First and last step to assess; all from the first to the last of the table without.

    Returns
    -------
    Counts
        Series in order of their names.

    Raises
    ------
    DataRefused
        ``HW-D700`` for a column that is not there, ``HW-D701`` for a time that is not a whole number, ``HW-D702`` for a step
        twice in a series, ``HW-D703`` for a count below 0 or without end, ``HW-D745`` for counts that are words or dates.
    UsageError
        ``HW-U230`` when the steps to assess are no two whole numbers, the last one lies before the first, or outside what an
        array can hold.

    Examples
    --------
    >>> counts_of(pl.DataFrame({"series": ["a", "a"], "t": [1, 3], "observed": [4, 5]}), None).observed.tolist()
    [[4.0, nan, 5.0]]
    """
    table = _required(observed)
    times = table["t"].to_numpy()
    lowest, highest = (int(times.min()), int(times.max())) if times.size else (1, 0)
    begin, end = (lowest, highest) if evaluate is None else _pair(evaluate)
    start, stop = min(lowest, begin), max(highest, end)
    if (evaluate is not None and end < begin) or stop - start >= _MOST_STEPS:
        raise UsageError(
            "The steps to assess are not a range, or too far from the data.", where="evaluate",
            found=f"{begin} to {end}, data from {lowest} to {highest}",
            remedy=f"Give first <= last, within {_MOST_STEPS} steps.",
            code="HW-U230",
        )  # fmt: skip
    names, row = _places(table["series"])
    values = np.full((len(names), max(stop - start + 1, 0)), np.nan)
    values[row, times - start] = table["observed"].to_numpy()
    _require_once(table, row * values.shape[1] + times - start, values.size)
    first = np.full(len(names), stop, dtype=np.int64)
    starts = np.flatnonzero(np.diff(row, prepend=-1))
    if starts.size:
        np.minimum.at(first, row[starts], np.minimum.reduceat(times, starts))
    return Counts(names, values, first - start, start, np.arange(begin - start, end - start + 1))


def _pair(evaluate: tuple[int, int]) -> tuple[int, int]:
    """First and last step, refused unless two whole numbers."""
    if not (
        isinstance(evaluate, (tuple, list))
        and len(evaluate) == 2
        and all(isinstance(at, (int, np.integer)) for at in evaluate)
    ):
        raise UsageError(
            "The steps to assess are not a range, or too far from the data.", where="evaluate", found=repr(evaluate),
            remedy="Give the first and the last as whole numbers, such as (261, 312).", code="HW-U230",
        )  # fmt: skip
    return int(evaluate[0]), int(evaluate[1])


def _places(series: pl.Series) -> tuple[pl.Series, Index]:
    """Names in order, and the place of each row's among them; a table in runs of a series is looked at once a run."""
    runs = series.rle_id().to_numpy().astype(np.int64)
    starts = np.flatnonzero(np.diff(runs, prepend=-1))
    of_run = series.gather(starts)
    names = of_run.unique().sort()
    place = of_run.replace_strict(names, np.arange(len(names)), return_dtype=pl.Int64).to_numpy() if len(names) else runs
    return names, place[runs]


def _require_once(table: pl.DataFrame, cell: Index, n_cells: int) -> None:
    """Refuse a step that a series has twice."""
    times_met = np.bincount(cell, minlength=n_cells)
    if times_met.max(initial=0) > 1:
        twice = table.row(int(np.flatnonzero(times_met[cell] > 1)[0]))
        raise DataRefused(
            "A series has a step twice.", where="observed", found=str(twice[:2]), remedy="Give one row a series and step.",
            code="HW-D702",
        )  # fmt: skip


def _required(observed: pl.DataFrame) -> pl.DataFrame:
    """The three columns, or every reason why not."""
    missing = [name for name in COLUMNS if name not in observed.columns]
    if missing:
        raise DataRefused(
            "A column is missing.", where="observed", found=", ".join(observed.columns), remedy=f"Give {', '.join(COLUMNS)}.",
            code="HW-D700",
        )  # fmt: skip
    if not observed["t"].dtype.is_integer() or observed["t"].null_count() or observed["series"].null_count():
        raise DataRefused(
            "A time is not a whole number, or a row has no series or time.", where="observed, column t",
            found=", ".join(f"{name} {observed[name].dtype}, {observed[name].null_count()} missing" for name in COLUMNS[:2]),
            remedy="Number the weeks or months one by one.", code="HW-D701",
        )  # fmt: skip
    dtype = observed["observed"].dtype
    if not (dtype.is_numeric() or dtype == pl.Null):
        raise DataRefused(
            "Counts are no numbers.", where="observed, column observed", found=str(dtype),
            remedy="Give numbers, and null where nobody reported.", code="HW-D745",
        )  # fmt: skip
    table = observed.select("series", pl.col("t").cast(pl.Int64), pl.col("observed").cast(pl.Float64).fill_null(np.nan))
    values = table["observed"].to_numpy()
    if np.any(values < 0) or np.any(np.isinf(values)):
        wrong = table.filter((pl.col("observed") < 0) | pl.col("observed").is_infinite())
        raise DataRefused(
            "A count is below zero or without end.", where=f"observed, series and t {wrong.row(0)[:2]}",
            found=str(wrong["observed"][0]), remedy="Give counts of at least 0; leave out what is missing.", code="HW-D703",
        )  # fmt: skip
    return table
