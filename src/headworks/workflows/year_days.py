"""The days of load that the means of a year are made of: those of the year before, of the year and three days more.

They are wanted in two forms. As arrays (:class:`headworks.trends.day_arrays.DayArrays`) for everything; and, for the weeks
that are recomputed, as a table with the names of places. Making the arrays straight from the loads is what keeps a further
week cheap: a year of loads is looked up and ordered in tenths of a second, and never sorted by text, joined or checked again,
since it is our own table.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import polars as pl

from headworks.core.periods import period_label
from headworks.tables import DailyLoads
from headworks.trends.daily_loads import computed_days, one_table, published_days
from headworks.trends.day_arrays import DayArrays, day_arrays, distinct_places, is_dated
from headworks.trends.period_mean import PERIOD_MEAN_KINDS
from headworks.workflows.headings import residue_headings, under_headings
from headworks.workflows.method import Method
from headworks.workflows.scope import YearScope
from headworks.workflows.situation_days import default_scopes, not_computed

# Columns of ``loads`` that later days and years look back on.
LOOKED_BACK_ON = [
    "site_id", "day", "analyte", "detection", "load_mg_per_day", "load_mg_per_day_lower", "load_mg_per_day_upper",
    "load_mg_per_1000_per_day", "limit_mg_per_1000_per_day", "u_day", "u_batch", "u_site", "batch_id", "population",
]  # fmt: skip
_KEY = ["site_id", "day", "analyte"]


class YearDays(NamedTuple):
    """Days of a year: ``loads``, ``published`` ones under our headings, those ``kept_out`` of means, arrays of the others.

    ``published`` leaves out the days that were also computed. A day is kept out whoever tells its load.
    """

    year: int
    loads: pl.DataFrame
    published: pl.DataFrame
    kept_out: pl.DataFrame
    sites: pl.DataFrame
    headings: pl.DataFrame
    arrays: DayArrays

    @property
    def sampled(self) -> list[dt.date]:
        """Distinct dates, in order."""
        ordinals = distinct_places(self.arrays.ordinal)[0]
        dates: list[dt.date] = ordinals[is_dated(ordinals)].astype("datetime64[D]").tolist()
        return dates

    def of_weeks(self, weeks: frozenset[tuple[int, int]]) -> pl.DataFrame:
        """The days of some ISO weeks as the table ``DailyLoads``; week 0 of a year for days without a date."""
        dates = [dt.date.fromisocalendar(year, week, day) for year, week in sorted(weeks) if week for day in range(1, 8)]
        computed = computed_days(self.loads.filter(pl.col("day").is_in(dates)), self.headings)
        wanted = pl.DataFrame(sorted(weeks), schema={"year": pl.Int16, "week": pl.Int8}, orient="row")
        published = self.published.join(wanted, on=["year", "week"], how="semi", maintain_order="left")
        days = one_table(computed, published, self.sites)
        return days.join(self.kept_out, on=_KEY, how="anti", maintain_order="left")

    @property
    def weeks(self) -> frozenset[tuple[int, int]]:
        """The year's weeks that have a day."""
        mine, _ = distinct_places(self.arrays.week[self.arrays.year == self.year])
        return frozenset((self.year, int(week)) for week in mine)

    def wanted(self, scope: YearScope) -> tuple[frozenset[str], frozenset[tuple[int, int]]]:
        """Labels and weeks of the year that are recomputed, all of those with a day when everything is."""
        if scope.labels is not None and scope.weeks is not None:
            return scope.labels, scope.weeks
        dated = pl.DataFrame({"day": self.sampled}, schema={"day": pl.Date})
        labels = {label for kind in PERIOD_MEAN_KINDS for label in dated.select(period_label(pl.col("day"), kind)).to_series()}
        if np.any(~self.arrays.is_dated & (self.arrays.year == self.year)):
            labels.add(str(self.year))
        return frozenset(label for label in labels if label.startswith(str(self.year))), self.weeks


def days_of_year(
    year: int,
    loads: pl.DataFrame,
    reported: pl.DataFrame,
    sites: pl.DataFrame,
    method: Method,
    last: dt.date,
    kept_out: Callable[[], pl.DataFrame],
) -> YearDays:
    """The days of a year.

    Parameters
    ----------
    year
        Calendar year.
    loads
        Table ``loads`` of the year before and of the year up to ``last``, its columns ``LOOKED_BACK_ON``.
    reported
        Table ``reported_loads``, of any years.
    sites
        Table ``sites`` with ``country`` and ``city``.
    method
        For the headings, and the uncertainty of published loads.
    last
        Last day that counts.
    kept_out
        Gives the days that enter no mean, ``site_id, day, analyte``; asked when the days are in order.
    """
    near = reported.filter(pl.col("year").is_between(year - 1, year + 1))
    headings = residue_headings(method.parameters, loads, near)
    named = under_headings(not_computed(near, loads), headings)
    published = published_days(named, sites, default_scopes(method.uncertainty))
    inside = pl.col("day").is_between(dt.date(year - 1, 1, 1), last)
    published = published.filter(inside.fill_null(pl.col("year").is_between(year - 1, year)))
    names = [name for name in DailyLoads.column_names() if name not in {"country", "city"}]
    computed = computed_days(loads, headings).select(names)
    both = pl.concat([computed, published.select(names)], how="vertical_relaxed") if published.height else computed
    arrays = day_arrays(both, kept_out)
    return YearDays(year, loads, published, kept_out(), sites, headings, arrays)
