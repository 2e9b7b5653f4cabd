"""Which period lies in which: the kinds of labels, the year a period is withheld in, the longer period around a shorter one.

A week lies in the month, quarter, half-year and year of its Thursday, as everywhere.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import numpy as np
import polars as pl

from headworks.core.disclosure.groups import Index
from headworks.core.periods import KINDS, Period, PeriodKind

_THURSDAY = dt.timedelta(days=3)


@lru_cache(maxsize=65_536)
def _parsed(label: str) -> tuple[PeriodKind, dt.date]:
    """Kind, and the day by which it is filed in longer periods."""
    period = Period.parse(label)
    return period.kind, period.first + _THURSDAY if period.kind == "week" else period.first


def kinds_and_years(labels: list[str]) -> tuple[Index, Index]:
    """Place of each label's kind in ``KINDS``, and the year it is withheld in.

    Examples
    --------
    >>> kinds_and_years(["2026-W53", "2027-Q1"])
    (array([1, 3]), array([2026, 2027]))
    """
    parsed = [_parsed(label) for label in labels]
    kinds, years = [KINDS.index(kind) for kind, _day in parsed], [day.year for _kind, day in parsed]
    return np.array(kinds, dtype=np.int64), np.array(years, dtype=np.int64)


def with_kind(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with ``period_kind`` and ``year`` of its ``period``.

    Examples
    --------
    >>> with_kind(pl.DataFrame({"period": ["2026-W53", "2027-Q1"]})).rows()
    [('2026-W53', 'week', 2026), ('2027-Q1', 'quarter', 2027)]
    """
    labels = frame["period"].unique().sort().to_list()
    said = pl.DataFrame(
        [(label, kind, day.year) for label in labels for kind, day in [_parsed(label)]],
        schema={"period": pl.String, "period_kind": pl.String, "year": pl.Int32},
        orient="row",
    )
    return frame.drop("period_kind", "year", strict=False).join(said, on="period", how="left", maintain_order="left")


@lru_cache(maxsize=256)
def longer_codes(labels: tuple[str, ...], kind: PeriodKind) -> Index:
    """For each label the place, among those that occur, of the period of a longer kind around it.

    Examples
    --------
    >>> longer_codes(("2026-W53", "2027-01", "2027-02"), "quarter")
    array([0, 1, 1])
    """
    places: Index = np.unique(longer_periods(list(labels), kind)["longer"].to_list(), return_inverse=True)[1]
    places.flags.writeable = False
    return places


def longer_periods(labels: list[str], kind: PeriodKind) -> pl.DataFrame:
    """``period, longer``: for each label the period of a longer kind around it.

    Examples
    --------
    >>> longer_periods(["2027-01", "2026-W53"], "quarter").rows()
    [('2027-01', '2027-Q1'), ('2026-W53', '2026-Q4')]
    """
    rows = [(label, Period.containing(_parsed(label)[1], kind).label) for label in labels]
    return pl.DataFrame(rows, schema={"period": pl.String, "longer": pl.String}, orient="row")
