"""What of an edition anybody may read: the public's set of its run, without periods that ended too short a while before.

    a period is shown once a whole period of the public's shortest kind has passed between its end and the publication

Nothing here opens another set than the public's, and nothing asks who reads.
"""

from __future__ import annotations

import datetime as dt
from functools import cached_property, lru_cache

import polars as pl

from headworks.core.periods import KINDS, Period, PeriodKind
from headworks.jobs.disclosure import rule_of
from headworks.web.figures.sets import FigureSet, open_set
from headworks.web.opened import the_workspace
from headworks.web.public.models import Edition

_TIER = "public"
TABLES = ("area_loads", "area_consumption", "area_changes")


class EditionFigures:
    """The figures of an edition."""

    def __init__(self, served: FigureSet, published_on: dt.date, detail: PeriodKind) -> None:
        self.run_id = served.run_id
        self._served = served
        self._published_on = published_on
        self._detail = detail
        self.maps = self._out(served.map_keys)

    def rows(self, table: str, area_id: str) -> pl.DataFrame:
        """Rows of an area, of the periods that are out."""
        return self._out(self._served.rows(table, area_id))

    def map_rows(self, period: str, analyte: str, level: int) -> pl.DataFrame:
        """All areas of a level in a period."""
        return self._out(self._served.map_rows(period, analyte, level))

    @cached_property
    def _all(self) -> pl.DataFrame:
        parts = [self.map_rows(*key) for key in self.maps.sort("level", "period", "analyte").rows()]
        parts = [part for part in parts if part.height]
        return pl.concat(parts, how="diagonal").drop("map", strict=False) if parts else pl.DataFrame()

    def all_loads(self) -> pl.DataFrame:
        """Every row of every area."""
        return self._all

    def drugs(self) -> dict[str, str]:
        """The drug that each residue stands for."""
        rows = self.all_loads()
        return {} if rows.is_empty() else dict(rows.select("analyte", "drug").unique().sort("analyte", "drug").rows())

    def most_found(self, residues: list[str]) -> str:
        """The residue that most areas have a load of; of several the first."""
        rows = self.all_loads().filter((pl.col("state") == "value") & ~pl.col("drug").str.contains(": ", literal=True))
        counts = dict(rows.drop_nulls("load_mg_per_1000_per_day").group_by("analyte").len().rows())
        return max(residues, key=lambda one: counts.get(one, 0))

    def periods(self) -> list[str]:
        """Labels with figures, newest first, the longer before the shorter it ends with."""
        found = [Period.parse(label) for label in self.maps["period"].unique().to_list()]
        return [one.label for one in sorted(found, key=lambda one: (one.last, one.n_days), reverse=True)]

    def is_out(self, label: str) -> bool:
        """Whether the public sees periods of its kind at all, and enough time has passed since it ended."""
        is_too_short = KINDS.index(Period.parse(label).kind) < KINDS.index(self._detail)
        return not is_too_short and _waits_until(label, self._detail) <= self._published_on

    def _out(self, rows: pl.DataFrame) -> pl.DataFrame:
        if "period" not in rows.columns or rows.is_empty():
            return rows
        known = [label for label in rows["period"].unique().to_list() if self.is_out(label)]
        rows = rows.filter(pl.col("period").is_in(known))
        if "previous_period" in rows.columns:
            before = pl.col("previous_period")
            rows = rows.filter(before.is_null() | before.is_in([one for one in _labels(rows) if self.is_out(one)]))
        return rows


def _labels(rows: pl.DataFrame) -> list[str]:
    return rows["previous_period"].drop_nulls().unique().to_list()


@lru_cache(maxsize=4_096)
def _waits_until(label: str, detail: PeriodKind) -> dt.date:
    """The first day on which a period may be out."""
    period = Period.parse(label)
    after = Period.containing(period.last + dt.timedelta(days=1), detail)
    return after.last + dt.timedelta(days=1)


@lru_cache(maxsize=8)
def _open(path: str, run_id: str, published_on: dt.date, detail: PeriodKind) -> EditionFigures | None:
    served = open_set(_TIER, run_id)
    return None if served is None else EditionFigures(served, published_on, detail)


def figures_of(edition: Edition) -> EditionFigures | None:
    """Figures of an edition; None when its set is not there any more."""
    if edition.published_at is None:
        return None
    workspace = the_workspace()
    return _open(str(workspace.path), edition.run_id, edition.published_at.date(), rule_of(workspace, _TIER).detail)
