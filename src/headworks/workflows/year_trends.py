"""Trends of a year, smoothed from its days and those of the year before.

A week is best told by days on both sides of it, so the weeks of a quarter are told when a quarter more is known at least: with
the days of a year come the trends of the last quarter of the year before and of its own first three; those of its last quarter
as well where no later year is known. What a quarter's trends rest on is thus a function of the facts alone, and a further week
moves none but those of its year and of the quarter before it. How days scatter is learnt from the year before, where it was
sampled long enough, so that it is learnt once a year and a new week does not change it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.core.periods import Period, period_label
from headworks.tables import PART, OutlyingDays, Trends, TrendSettings, WeekdayOffsets
from headworks.trends.areas.network import Network
from headworks.trends.areas.roll_up import headings_of
from headworks.trends.areas.trend import area_trends_of, course_groups, laboratories
from headworks.trends.common_course import WEEK_DAYS
from headworks.trends.day_arrays import DayArrays, days_of_residue
from headworks.trends.learnt_settings import learn, learnt_of, learnt_rows
from headworks.trends.site_trends import Learnt, site_trends, week_end
from headworks.trends.trend_rows import area_trend_rows, outlying_rows, site_trend_rows

Index = npt.NDArray[np.int64]
# A year of fewer sampled weeks teaches nothing: the settings come from the days that are told.
LEAST_WEEKS = 13
_RESIDUES_AT_ONCE = 2


class Quarters(NamedTuple):
    """Quarters of which trends are told, such as ``2026-Q1``, in order."""

    labels: tuple[str, ...]

    @property
    def weeks(self) -> Index:
        """Sundays of their ISO weeks; a week belongs to the quarter of its Thursday."""
        between = [_thursdays(label) for label in self.labels]
        return week_end([thursday for first, last in between for thursday in range(first, last + 1, WEEK_DAYS)])

    @property
    def days(self) -> tuple[int, int]:
        """First and last calendar day."""
        return _days_of(self.labels[0])[0], _days_of(self.labels[-1])[1]


def quarters_of(year: int, *, has_before: bool, has_after: bool) -> Quarters:
    """The quarters whose trends come with the days of a year.

    Parameters
    ----------
    year
        Calendar year.
    has_before, has_after
        Whether there are facts of the year before and of the year after.

    Examples
    --------
    >>> quarters_of(2026, has_before=True, has_after=True).labels
    ('2025-Q4', '2026-Q1', '2026-Q2', '2026-Q3')
    """
    before = (f"{year - 1}-Q4",) if has_before else ()
    return Quarters((*before, *(f"{year}-Q{quarter}" for quarter in range(1, 4 if has_after else 5))))


def _days_of(label: str) -> tuple[int, int]:
    """First and last day of a period, as days since 1970-01-01."""
    period = Period.parse(label)
    return tuple(int(np.datetime64(day).astype(np.int64)) for day in (period.first, period.last))  # type: ignore[return-value]


def _thursdays(label: str) -> tuple[int, int]:
    """First and last Thursday of a quarter, as days since 1970-01-01, which was one."""
    first, last = _days_of(label)
    return first + -first % WEEK_DAYS, last - last % WEEK_DAYS


class LearntBefore(NamedTuple):
    """Tables ``trend_settings`` and ``weekday_offsets`` of the year before; without a row where nothing was learnt."""

    settings: pl.DataFrame
    offsets: pl.DataFrame

    def of(self, days: DayArrays, analyte: str) -> Learnt | None:
        """What was learnt for a residue."""
        mine = pl.col("analyte") == analyte
        return learnt_of(days, self.settings.filter(mine), self.offsets.filter(mine))


# Their names on the shelf.
LEARNT = ("trend_settings", "weekday_offsets")


def nothing_learnt() -> LearntBefore:
    """Where no year taught anything. Not a constant: a table made while modules are loaded starts threads before a fork."""
    return LearntBefore(TrendSettings.create_empty(), WeekdayOffsets.create_empty())


def learn_from_year(days: DayArrays, network: Network, year: int) -> LearntBefore:
    """What the days of a calendar year teach; nothing where fewer than ``LEAST_WEEKS`` of its weeks were sampled.

    Parameters
    ----------
    days
        All with a date.
    network
        Sites and areas.
    year
        Of these days alone.
    """
    first, last = _days_of(str(year))
    mine = days.take((days.ordinal >= first) & (days.ordinal <= last))
    if np.unique(week_end(mine.ordinal)).size < LEAST_WEEKS:
        return nothing_learnt()
    found = []
    for analyte in sorted(headings_of(mine)[1]):
        of_residue = days_of_residue(mine, analyte)
        if of_residue.ordinal.size:
            learnt = learn(of_residue, course_groups(of_residue, network))
            found.append(learnt_rows(of_residue, learnt, year, analyte))
    settings, offsets = zip(*found, strict=True)
    return LearntBefore(pl.concat(settings), pl.concat(offsets))


class ResidueTrends(NamedTuple):
    """Rows of the tables ``trends`` and ``outlying_days`` of one residue, with their ``part``."""

    trends: pl.DataFrame
    outlying: pl.DataFrame


def trends_of_days(
    days: DayArrays, network: Network, quarters: Quarters, before: LearntBefore | None = None
) -> Iterator[ResidueTrends]:
    """Tables ``trends`` and ``outlying_days`` of some quarters, residue by residue as they are computed.

    Parameters
    ----------
    days
        Those of the year and of the year before, all with a date.
    network
        Sites and areas.
    quarters
        What is told.
    before
        What was learnt from the year before; without, settings are learnt from these days.
    """
    _, headings = headings_of(days) if days.series.height else ([], {})
    weeks, laboratory = quarters.weeks, laboratories(days, network)

    def of_residue(analyte: str) -> ResidueTrends:
        mine = days_of_residue(days, analyte)
        if not mine.ordinal.size:
            return ResidueTrends(_with_quarter(Trends.create_empty()), _with_quarter_of_day(OutlyingDays.create_empty()))
        found = site_trends(
            mine, course_groups(mine, network), None if before is None else before.of(mine, analyte), since=int(weeks[0]),
            threads=1,
        )  # fmt: skip
        told = site_trend_rows(mine, found, weeks)
        if network.unit.size:
            of_areas = area_trends_of(mine, found, network, weeks, laboratory)
            told = pl.concat([area_trend_rows(of_areas, network, analyte, headings[analyte], weeks), told])
        return ResidueTrends(_with_quarter(told), _with_quarter_of_day(outlying_rows(mine, found, *quarters.days)))

    # Residues have nothing to do with each other; what comes out is the same however many are under way.
    with ThreadPoolExecutor(_RESIDUES_AT_ONCE, thread_name_prefix="headworks-trends") as pool:
        yield from pool.map(of_residue, sorted(headings))


def _with_quarter(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the quarter of the Thursday of their week."""
    parts = {}
    for label in rows["period"].unique().to_list():
        thursday = dt.date.fromisocalendar(int(label[:4]), int(label[-2:]), 4)
        parts[label] = Period.containing(thursday, "quarter").label
    return rows.with_columns(pl.col("period").replace_strict(parts, return_dtype=pl.String).alias(PART))


def _with_quarter_of_day(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(period_label(pl.col("day"), "quarter").alias(PART))
