"""What new facts touch: days, and through them the periods whose figures may change.

A figure hangs on the days in its period, on those the spread is learnt from (the four quarters before, or its own where
nothing was sampled before), and a change on the same period a year earlier. So a touched day reaches

* the week, month, quarter, half-year and year that hold it;
* all periods of the four quarters after it in its year, and of its own quarter when that is an opening one;
* everything of the year after.

The trap: a week belongs to the year of its Thursday, so the first days of January may touch a week of the year before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from headworks.core.periods import KINDS, Period

_QUARTERS_AFTER = 4


@dataclass(frozen=True)
class Scope:
    """What is recomputed. ``days`` None stands for everything; ``years`` are touched ones of which no date is known."""

    days: frozenset[dt.date] | None = None
    years: frozenset[int] = field(default_factory=frozenset)

    @property
    def is_all(self) -> bool:
        """Whether everything is recomputed."""
        return self.days is None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is."""
        return self.days is not None and not self.days and not self.years


@dataclass(frozen=True)
class YearScope:
    """What is recomputed of one year: labels of periods, ISO years and weeks (week 0 of a year without dates), days.

    None stands for everything.
    """

    labels: frozenset[str] | None = None
    weeks: frozenset[tuple[int, int]] | None = None
    days: frozenset[dt.date] | None = None

    @property
    def is_all(self) -> bool:
        """Whether the whole year is recomputed."""
        return self.labels is None


def years_touched(scope: Scope, years: Iterable[int]) -> list[int]:
    """Of the years with facts, those of which something is recomputed, in order.

    Examples
    --------
    >>> years_touched(Scope(frozenset({dt.date(2026, 1, 2)})), [2023, 2024, 2025, 2026, 2027])
    [2026, 2027]
    """
    known = sorted(years)
    if scope.days is None:
        return known
    touched = {day.year for day in scope.days} | {day.isocalendar().year for day in scope.days} | set(scope.years)
    return [year for year in known if year in touched or year - 1 in touched]


def scope_of_year(scope: Scope, year: int, sampled: Iterable[dt.date]) -> YearScope:
    """What of a year is recomputed.

    Parameters
    ----------
    scope
        What was touched.
    year
        The year.
    sampled
        Distinct days with a load in it and in the year before.

    Examples
    --------
    >>> day = dt.date(2026, 11, 17)
    >>> sorted(scope_of_year(Scope(frozenset({day})), 2026, [dt.date(2026, 2, 3), day]).labels)
    ['2026', '2026-11', '2026-H2', '2026-Q4', '2026-W47']
    """
    if scope.days is None or year - 1 in {day.year for day in scope.days} | set(scope.years):
        return YearScope()
    inside = [day for day in scope.days if day.year == year or day.isocalendar().year == year]
    reached = set(inside)
    quarters = {_quarter(day) for day in sampled}
    for quarter in {_quarter(day) for day in inside}:
        later = set(range(quarter + 1, quarter + 1 + _QUARTERS_AFTER))
        if not quarters & set(range(quarter - _QUARTERS_AFTER, quarter)):
            later.add(quarter)
        # The first days of January may end the year's last week.
        reached |= {day for day in sampled if _quarter(day) in later and year in (day.year, day.isocalendar().year)}
    labels = {Period.containing(day, kind).label for day in reached for kind in KINDS if kind != "day"}
    weeks = {day.isocalendar()[:2] for day in reached}
    if year in scope.years:
        labels.add(str(year))
        weeks.add((year, 0))
    return YearScope(
        frozenset(label for label in labels if label.startswith(str(year))),
        frozenset(week for week in weeks if week[0] == year),
        frozenset(day for day in scope.days if day.year == year),
    )


def _quarter(day: dt.date) -> int:
    return day.year * 4 + (day.month - 1) // 3
