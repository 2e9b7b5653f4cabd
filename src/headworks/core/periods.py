"""Sampling day, ISO week, month, quarter, half-year, year: which is which, settled by one drawn example.

Two ideas are easily confused. A *sampling day* is a fact about a sample: the local calendar date on which its collection
window **began** (a 24 h composite from Monday 08:00 to Tuesday 08:00 is Monday's). A *reporting period* is a fact about the
calendar: which days a figure speaks for. A sample belongs to a period when its sampling day does.

The other confusion is between weeks and months. ISO weeks run Monday to Sunday and do not respect months, so a *weekly
figure* is filed under the month, quarter, half-year and year that hold its **Thursday**; a *day* is always filed under its
own date. Around the new year 2026/27:

    date            2026-12-28  29   30   31 | 2027-01-01  02   03 | 04
    weekday               Mon  Tue  Wed  Thu |        Fri  Sat  Sun | Mon
    sampling window   [8h ......8h)                                      -> sampling day 2026-12-28
    ISO week              2026-W53 ............................... | 2027-W01
    the day's year        2026 ............. | 2027 ..............
    the week's year       2026 (its Thursday is 2026-12-31) ...... | 2027

So Saturday 2027-01-02 counts in the year 2027 when days are averaged, and in 2026 when weekly figures are. No table mixes
the two: ``period_means`` averages days; a ``weekly_means`` row names its ISO week and keeps the year of its Thursday.

A half-year is January to June (H1) or July to December (H2); a quarter is three calendar months.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

import polars as pl

from headworks.core.errors import UsageError

PeriodKind = Literal["day", "week", "month", "quarter", "half_year", "year"]
KINDS: tuple[PeriodKind, ...] = ("day", "week", "month", "quarter", "half_year", "year")

_PATTERNS: dict[PeriodKind, re.Pattern[str]] = {
    "day": re.compile(r"(\d{4})-(\d{2})-(\d{2})"),
    "week": re.compile(r"(\d{4})-W(\d{2})"),
    "month": re.compile(r"(\d{4})-(\d{2})"),
    "quarter": re.compile(r"(\d{4})-Q([1-4])"),
    "half_year": re.compile(r"(\d{4})-H([12])"),
    "year": re.compile(r"(\d{4})"),
}


@dataclass(frozen=True, order=True)
class Period:
    """A reporting period: the days from ``first`` to ``last``, both included.

    Examples
    --------
    >>> half = Period.parse("2024-H1")
    >>> half.first, half.last, half.n_days
    (datetime.date(2024, 1, 1), datetime.date(2024, 6, 30), 182)
    >>> half.previous().label
    '2023-H2'
    >>> Period.parse("2026-W53").last
    datetime.date(2027, 1, 3)
    """

    first: dt.date
    last: dt.date
    kind: PeriodKind
    label: str

    @property
    def n_days(self) -> int:
        """Calendar days in the period."""
        return (self.last - self.first).days + 1

    @classmethod
    def parse(cls, label: str) -> Period:
        """The period a label names: ``2026-12-28``, ``2026-W53``, ``2026-12``, ``2026-Q4``, ``2026-H2`` or ``2026``.

        Raises
        ------
        UsageError
            ``HW-U003`` when the label is none of these or names no real period.
        """
        text = label.strip()
        for kind, pattern in _PATTERNS.items():
            match = pattern.fullmatch(text)
            if match is None:
                continue
            try:
                numbers = [int(part) for part in match.groups()]
                return _build(kind, *numbers)
            except ValueError:
                break
        raise UsageError(
            "This is not a period.",
            found=label,
            remedy="Give 2024, 2024-H1, 2024-Q2, 2024-05, 2024-W19 or 2024-05-07",
            code="HW-U003",
        )

    @classmethod
    def containing(cls, day: dt.date, kind: PeriodKind) -> Period:
        """The period of one kind that holds a day."""
        if kind == "week":
            year, week, _ = day.isocalendar()
            return _build("week", year, week)
        parts = {
            "day": (day.year, day.month, day.day),
            "month": (day.year, day.month),
            "quarter": (day.year, (day.month + 2) // 3),
            "half_year": (day.year, (day.month + 5) // 6),
            "year": (day.year,),
        }[kind]
        return _build(kind, *parts)

    def previous(self) -> Period:
        """The period of the same kind just before."""
        return Period.containing(self.first - dt.timedelta(days=1), self.kind)

    def a_year_before(self) -> Period:
        """The period of the same kind one year earlier; week 53 falls back to week 52.

        Examples
        --------
        >>> Period.parse("2026-W53").a_year_before().label
        '2025-W52'
        """
        if self.kind == "week":
            year, week, _ = self.first.isocalendar()
            return _build("week", year - 1, min(week, _weeks_in(year - 1)))
        if self.kind == "day":
            last_of_month = calendar.monthrange(self.first.year - 1, self.first.month)[1]
            return _build("day", self.first.year - 1, self.first.month, min(self.first.day, last_of_month))
        return Period.containing(self.first.replace(year=self.first.year - 1), self.kind)

    def holds(self, day: dt.date) -> bool:
        """Whether a day lies in the period."""
        return self.first <= day <= self.last


def _weeks_in(year: int) -> int:
    return dt.date(year, 12, 28).isocalendar().week


def _build(kind: PeriodKind, year: int, part: int = 0, day: int = 0) -> Period:
    if kind == "day":
        first = last = dt.date(year, part, day)
        label = first.isoformat()
    elif kind == "week":
        first = dt.date.fromisocalendar(year, part, 1)
        last = first + dt.timedelta(days=6)
        label = f"{year:04d}-W{part:02d}"
    else:
        months = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}[kind]
        first_month = 1 if kind == "year" else (part - 1) * months + 1
        first = dt.date(year, first_month, 1)
        last_month = first_month + months - 1
        last = dt.date(year, last_month, calendar.monthrange(year, last_month)[1])
        label = {
            "month": f"{year:04d}-{part:02d}",
            "quarter": f"{year:04d}-Q{part}",
            "half_year": f"{year:04d}-H{part}",
            "year": f"{year:04d}",
        }[kind]
    return Period(first=first, last=last, kind=kind, label=label)


def period_label(day: pl.Expr, kind: PeriodKind) -> pl.Expr:
    """Label of the period of one kind that holds each day.

    Parameters
    ----------
    day
        Date column: sampling days.
    kind
        ``day``, ``week``, ``month``, ``quarter``, ``half_year`` or ``year``.

    Examples
    --------
    >>> days = pl.DataFrame({"day": [dt.date(2027, 1, 2)]})
    >>> [days.select(period_label(pl.col("day"), kind)).item() for kind in KINDS]
    ['2027-01-02', '2026-W53', '2027-01', '2027-Q1', '2027-H1', '2027']
    """
    year = day.dt.year().cast(pl.String)
    if kind == "day":
        return day.dt.strftime("%Y-%m-%d")
    if kind == "week":
        return day.dt.strftime("%G-W%V")
    if kind == "month":
        return day.dt.strftime("%Y-%m")
    if kind == "quarter":
        return year + "-Q" + day.dt.quarter().cast(pl.String)
    if kind == "half_year":
        return year + "-H" + ((day.dt.month() + 5) // 6).cast(pl.String)
    return year


def sampling_day(collected_from: pl.Expr, offset_min: pl.Expr) -> pl.Expr:
    """Local calendar date on which a sample's collection window began.

    Parameters
    ----------
    collected_from
        Start of the window, an instant in UTC.
    offset_min
        Local offset from UTC at the site when the window began, minutes east.

    Examples
    --------
    >>> one = pl.DataFrame({"t": [dt.datetime(2026, 12, 28, 23, 30)], "o": [480]})
    >>> one.select(sampling_day(pl.col("t"), pl.col("o"))).item()
    datetime.date(2026, 12, 29)
    """
    return (collected_from + pl.duration(minutes=offset_min)).dt.date()
