"""In which part of a result table a row is kept: one part per month, quarter, half-year and year.

A run replaces whole parts, so a new week touches few parts of each table and leaves the others as they are; of these only the
month's holds rows that stay. A week's figure is kept with the month of its Thursday.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from headworks.core.periods import Period
from headworks.core.schema import polars_schema
from headworks.tables import PART, SHELF


def part_of_label(label: str) -> str:
    """Part of a period.

    Examples
    --------
    >>> [part_of_label(label) for label in ("2026-W01", "2026-11", "2026-Q4", "2026-H2", "2026")]
    ['2026-01', '2026-11', '2026-Q4', '2026-H2', '2026']
    """
    period = Period.parse(label)
    if period.kind == "week":
        return (period.first + dt.timedelta(days=3)).strftime("%Y-%m")
    return label


def part_of_week(year: int, week: int) -> str:
    """Part of an ISO week; of a year without weeks, the year.

    Examples
    --------
    >>> part_of_week(2026, 1), part_of_week(2019, 0)
    ('2026-01', '2019')
    """
    return dt.date.fromisocalendar(year, week, 4).strftime("%Y-%m") if week else str(year)


def with_part_of_period(frame: pl.DataFrame, column: str = "period") -> pl.DataFrame:
    """Rows with their part, by the label of their period."""
    labels = frame[column].unique().to_list()
    parts = {label: part_of_label(label) for label in labels}
    return frame.with_columns(pl.col(column).replace_strict(parts, return_dtype=pl.String).alias(PART))


def with_part_of_week(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows with their part, by ``year`` and ``week``."""
    weeks = frame.select("year", "week").unique()
    parts = pl.Series(PART, [part_of_week(year, week) for year, week in weeks.rows()], dtype=pl.String)
    return frame.join(weeks.with_columns(parts), on=["year", "week"], how="left", maintain_order="left")


def with_part_of_day(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows with their part, by ``day``."""
    return frame.with_columns(pl.col("day").dt.strftime("%Y-%m").alias(PART))


def empty_result(name: str, *, with_part: bool = False) -> pl.DataFrame:
    """A result table without rows."""
    schema = dict(polars_schema(SHELF[name].schema))
    return pl.DataFrame(schema=schema | ({PART: pl.String()} if with_part else {}))
