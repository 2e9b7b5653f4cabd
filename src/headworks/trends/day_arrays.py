"""Days of load as arrays, in order of series and day: what the kernels of this room read.

A *series* is a site's residue under its heading. Its days stand together, in order of time, so that every group of days
(a week, a quarter, a year) is one run of rows and is summed without a join. The trap: a day of which only the year is known
has no place in that order; such days come first, by year and weekday, and only years are made of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.core.periods import PeriodKind, period_label

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
SERIES = ["site_id", "analyte", "drug"]
# An undated day sorts before every dated one.
_UNDATED = -10_000_000
_WEEKS_A_YEAR = 60
# Values that lie closer together than this are counted instead of sorted.
_MOST_APART = 1_000_000


class DayArrays(NamedTuple):
    """``series`` has a row per series; every other field a number per day, in order of series and time.

    ``ordinal`` counts days since 1970-01-01, below any real date where only the year is known. ``value`` is not a number on a
    day that was not quantified, ``limit`` where none is known, ``population`` where unknown; ``batch`` is -1 without one.
    """

    series: pl.DataFrame
    of_series: Index
    ordinal: Index
    year: Index
    week: Index
    weekday: Index
    value: Array
    limit: Array
    u_day: Array
    u_batch: Array
    u_site: Array
    is_not_detected: npt.NDArray[np.bool_]
    batch: Index
    population: Array

    @property
    def is_dated(self) -> npt.NDArray[np.bool_]:
        """Whether the date of a day is known."""
        return is_dated(self.ordinal)

    def take(self, rows: Index | npt.NDArray[np.bool_]) -> DayArrays:
        """Some of the days, of the same series."""
        if rows.dtype == bool:
            if rows.all():
                return self
            # Found once, and not again for every field.
            rows = np.flatnonzero(rows)
        taken = {name: getattr(self, name)[rows] for name in self._fields if name != "series"}
        return self._replace(**taken)


def day_arrays(days: pl.DataFrame, kept_out: Callable[[], pl.DataFrame] | None = None) -> DayArrays:
    """The arrays of a table ``DailyLoads``, in whatever order its rows come; columns that name a place are not needed.

    Parameters
    ----------
    kept_out
        Gives days to leave out, ``site_id, day, analyte``, whatever their heading is. It is called when the days are in
        order, so that who finds them may take as long.
    """
    series, of_series = _series_of(days)
    undated = _UNDATED + 10 * pl.col("year").cast(pl.Int64) + pl.col("weekday").cast(pl.Int64)
    ordinal = days.select(pl.coalesce(pl.col("day").cast(pl.Int32).cast(pl.Int64), undated)).to_series().to_numpy()
    place = _place(of_series, ordinal)
    order = np.argsort(place, kind="stable")
    if kept_out is not None:
        order = order[_is_left(place[order], series, kept_out())]
    del place

    def whole(name: str) -> Index:
        return days[name].to_numpy()[order].astype(np.int64)

    def real(name: str) -> Array:
        return days[name].cast(pl.Float64).fill_null(np.nan).to_numpy()[order]

    not_detected = (days["detection"].cast(pl.String) == "not_detected").to_numpy()[order]
    return DayArrays(
        series, of_series[order], ordinal[order], whole("year"), whole("week"), whole("weekday"), real("value"),
        real("limit"), real("u_day"), real("u_batch"), real("u_site"), not_detected, _codes(days["batch_id"])[1][order],
        real("population") if "population" in days.columns else np.full(order.size, np.nan),
    )  # fmt: skip


def days_of_residue(days: DayArrays, analyte: str) -> DayArrays:
    """The days of one residue; its series alone, in their order."""
    mine = (days.series["analyte"] == analyte).to_numpy()
    place = np.cumsum(mine) - 1
    chosen = days.take(mine[days.of_series])
    return chosen._replace(series=days.series.filter(pl.Series(mine)), of_series=place[chosen.of_series])


def _is_left(place: Index, series: pl.DataFrame, kept_out: pl.DataFrame) -> npt.NDArray[np.bool_]:
    """Which days are left, by their place in order: a handful is looked up among a million."""
    numbered = series.select("site_id", "analyte").with_row_index("_series")
    named = kept_out.join(numbered, on=["site_id", "analyte"], how="inner")
    wanted = _place(named["_series"].cast(pl.Int64).to_numpy(), named["day"].to_physical().cast(pl.Int64).to_numpy())
    first, last = (np.searchsorted(place, wanted, side) for side in ("left", "right"))
    left = np.ones(place.size, dtype=bool)
    # A site's residue has a day once.
    left[first[last > first]] = False
    return left


def is_dated(ordinal: Index) -> npt.NDArray[np.bool_]:
    """Whether a day stands for a date."""
    dated: npt.NDArray[np.bool_] = ordinal > _UNDATED // 2
    return dated


def _place(of_series: Index, ordinal: Index) -> Index:
    """A number that orders days by series and time."""
    return of_series * 100_000_000 + (ordinal - _UNDATED)


def _series_of(days: pl.DataFrame) -> tuple[pl.DataFrame, Index]:
    """The series met, sorted, and the series of each day."""
    names, place = list[pl.Series](), np.zeros(days.height, dtype=np.int64)
    for column in SERIES:
        met, code = _codes(days[column])
        names.append(met)
        place = place * max(len(met), 1) + code
    distinct, of_series = distinct_places(place)
    columns = []
    for met in reversed(names):
        distinct, code = np.divmod(distinct, max(len(met), 1))
        columns.append(met[code])
    return pl.DataFrame(columns[::-1]), of_series


def _codes(values: pl.Series) -> tuple[pl.Series, Index]:
    """The distinct values, sorted, and the place of each value among them; -1 of none.

    Looking texts up among a few is many times faster than sorting or joining them.
    """
    met = values.drop_nulls().unique().sort()
    code = values.cast(pl.Enum(met)).to_physical().cast(pl.Int64).fill_null(-1)
    return met, code.to_numpy()


class Groups(NamedTuple):
    """Runs of days: ``rows`` of the arrays in order of series and group, ``start`` of each run, its series and its label."""

    rows: Index
    start: Index
    of_series: Index
    label: Index
    labels: list[str]

    @property
    def size(self) -> Index:
        """Days of each group."""
        return np.diff(np.append(self.start, self.rows.size))

    @property
    def of_row(self) -> Index:
        """Group of each of ``rows``."""
        return np.repeat(np.arange(self.start.size), self.size)


def group_by_code(days: DayArrays, code: Index, labels: list[str]) -> Groups:
    """Days of a series with one code make a group; a code of -1 leaves a day out."""
    rows = np.flatnonzero(code >= 0)
    return group_rows(days, rows, code[rows], labels)


def group_rows(days: DayArrays, rows: Index, code: Index, labels: list[str]) -> Groups:
    """As :func:`group_by_code`, of some rows and the code of each."""
    of_series = days.of_series[rows]
    key = of_series * (len(labels) + 1) + code
    if np.any(key[1:] < key[:-1]):
        order = np.argsort(key, kind="stable")
        rows, key, of_series, code = rows[order], key[order], of_series[order], code[order]
    start = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])) if rows.size else np.zeros(0, dtype=np.int64)
    return Groups(rows, start, of_series[start], code[start], labels)


def group_by_period(days: DayArrays, kind: PeriodKind, only: frozenset[str] | None = None) -> Groups:
    """Groups by the period of a kind that holds each day; a day without a date has only its year.

    Parameters
    ----------
    only
        Labels wanted; the days of other periods are left out.
    """
    distinct, where = distinct_places(days.ordinal)
    dated = is_dated(distinct)
    frame = pl.DataFrame({"day": np.where(dated, distinct, 0).astype(np.int32)}).select(pl.col("day").cast(pl.Date))
    found = frame.select(period_label(pl.col("day"), kind)).to_series().to_list()
    if kind == "year":
        years = (distinct - _UNDATED) // 10
        found = [label if known else str(year) for label, known, year in zip(found, dated, years, strict=True)]
    else:
        found = [label if known else None for label, known in zip(found, dated, strict=True)]
    labels = sorted({label for label in found if label is not None and (only is None or label in only)})
    place = {label: code for code, label in enumerate(labels)}
    codes = np.array([-1 if label is None else place.get(label, -1) for label in found], dtype=np.int64)
    return group_by_code(days, codes[where] if distinct.size else np.zeros(0, dtype=np.int64), labels)


def labels_of(days: DayArrays, kind: PeriodKind) -> frozenset[str]:
    """Labels of the periods of a kind that hold a day of a known date; of years also the others."""
    distinct, _ = distinct_places(days.ordinal)
    dated = distinct[is_dated(distinct)].astype(np.int32)
    frame = pl.DataFrame({"day": dated}).select(label=period_label(pl.col("day").cast(pl.Date), kind))
    undated = {str(year) for year in np.unique(days.year[~days.is_dated])} if kind == "year" else set()
    return frozenset(frame["label"].to_list()) | undated


def distinct_places(values: Index) -> tuple[Index, Index]:
    """Distinct values in order and the place of each value among them, by counting where they lie close together."""
    if not values.size:
        return values, values
    low = int(values.min())
    if int(values.max()) - low > _MOST_APART:
        distinct, where = np.unique(values, return_inverse=True)
        return distinct, where
    met = np.bincount(values - low) > 0
    return np.flatnonzero(met) + low, (np.cumsum(met) - 1)[values - low]


def group_by_week(days: DayArrays, only: frozenset[tuple[int, int]] | None = None) -> tuple[Groups, list[tuple[int, int]]]:
    """Groups by ISO year and week, week 0 where only the year is known; and the year and week of each label."""
    distinct, where = distinct_places(days.year * _WEEKS_A_YEAR + days.week)
    weeks = [(int(code) // _WEEKS_A_YEAR, int(code) % _WEEKS_A_YEAR) for code in distinct]
    wanted = [week for week in weeks if only is None or week in only]
    place = {week: code for code, week in enumerate(wanted)}
    codes = np.array([place.get(week, -1) for week in weeks], dtype=np.int64)
    groups = group_by_code(days, codes[where] if distinct.size else np.zeros(0, dtype=np.int64), [str(one) for one in wanted])
    return groups, wanted
