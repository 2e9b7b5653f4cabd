"""The figures of a year: of its sites and of its areas, two halves that need nothing of each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import polars as pl

from headworks.core.periods import Period
from headworks.loads import period_consumption
from headworks.loads.area_consumption import area_consumption
from headworks.tables import InconsistentMeans
from headworks.trends import flag_inconsistent_means
from headworks.trends.areas.change import area_changes_of
from headworks.trends.areas.estimate import area_estimates_of
from headworks.trends.areas.roll_up import area_loads_of
from headworks.trends.change import changes_of
from headworks.trends.day_spread import DaySpread
from headworks.trends.period_mean import PERIOD_MEAN_KINDS, period_means_of
from headworks.trends.week_means import week_means_of
from headworks.workflows.headings import residue_headings, under_headings
from headworks.workflows.method import Method
from headworks.workflows.parts import with_part_of_period, with_part_of_week
from headworks.workflows.register import Register
from headworks.workflows.year_days import YearDays


class Figures(NamedTuple):
    """What figures of a year are computed from, and where they go.

    ``labels`` and ``weeks`` are wanted; ``emit`` is given the name of a table and its rows with their part, ``begin`` the name
    of each step.
    """

    days: YearDays
    spread: DaySpread
    labels: frozenset[str]
    weeks: frozenset[tuple[int, int]]
    published_means: pl.DataFrame
    register: Register
    method: Method
    emit: Callable[[str, pl.DataFrame], None]
    begin: Callable[[str], None]


def emit_sites(of: Figures) -> None:
    """Means of weeks and periods, consumption from them, and what changed since the year before."""
    arrays, factors, set_id = of.days.arrays, of.method.parameters.factors, of.method.parameters.set_id
    of.begin("weekly means")
    weekly = week_means_of(of.days.of_weeks(of.weeks), arrays, of.spread, of.method.conventions, of.weeks)
    of.emit("inconsistent_means", with_part_of_week(pl.DataFrame(_inconsistent(of, weekly))))
    of.emit("weekly_means", with_part_of_week(weekly))
    del weekly
    of.begin("period means")
    means = pl.concat([period_means_of(arrays, kind, of.spread, of_kind(of.labels, kind)) for kind in PERIOD_MEAN_KINDS])
    of.begin("consumption of periods")
    of.emit("period_consumption", with_part_of_period(period_consumption(means, factors, set_id)))
    of.emit("period_means", with_part_of_period(means))
    del means
    of.begin("changes")
    of.emit("changes", with_part_of_period(changes_of(arrays, of.spread, of.labels)))


def emit_areas(of: Figures) -> None:
    """Loads of areas, consumption from them, and what areas without a sample may have."""
    arrays, factors, set_id = of.days.arrays, of.method.parameters.factors, of.method.parameters.set_id
    of.begin("areas")
    areas = area_loads_of(arrays, of.spread, of.register.network, of.labels)
    of.begin("consumption of areas")
    of.emit("area_consumption", with_part_of_period(area_consumption(areas, factors, set_id)))
    of.begin("estimates of areas")
    of.emit("area_estimates", with_part_of_period(area_estimates_of(areas, of.register.tree)))
    of.emit("area_loads", with_part_of_period(areas))


def emit_area_changes(of: Figures) -> None:
    """What changed in areas since the year before."""
    arrays = of.days.arrays
    of.begin("changes of areas")
    of.emit("area_changes", with_part_of_period(area_changes_of(arrays, of.spread, of.register.network, of.labels)))
    of.begin("")


def of_kind(labels: frozenset[str], kind: str) -> frozenset[str]:
    """The labels of one kind of period."""
    return frozenset(label for label in labels if Period.parse(label).kind == kind)


def _inconsistent(of: Figures, weekly: pl.DataFrame) -> pl.DataFrame:
    """Printed means of the year's weeks that the printed days do not give."""
    wanted = pl.DataFrame(sorted(of.weeks), schema={"year": pl.Int16, "week": pl.Int8}, orient="row")
    published = of.published_means.join(wanted, on=["year", "week"], how="semi", maintain_order="left")
    if published.is_empty():
        return InconsistentMeans.create_empty()
    published = under_headings(published, residue_headings(of.method.parameters, weekly, published))
    days = of.days.of_weeks(of.days.weeks)
    return flag_inconsistent_means(weekly, published, days=days, conventions=of.method.conventions)
