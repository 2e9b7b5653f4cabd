"""Signals of detectors by area of a level, beside the budget they were selected under. Over what a reader sees, nothing else.

The budget promises two things: how many of those shown may be false, and how many may come in a week to an area of a level.
The trap: what is counted as false here is what people closed as false; what nobody closed says nothing either way.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils import timezone

from headworks.core.errors import UsageError
from headworks.warning.budget import Budget, parse_budget
from headworks.web.access.models import AreaNode
from headworks.web.access.policy import visible_areas
from headworks.web.access.reader import Reader
from headworks.web.opened import the_workspace
from headworks.web.signals.models import Signal
from headworks.web.signals.taking import SOURCE
from headworks.web.signals.warning_results import newest_signals


@dataclass
class AreaCounts:
    """Signals of detectors in an area: new in the week, open, late, closed, and closed as false."""

    area: AreaNode | None
    new: int = 0
    open: int = 0
    late: int = 0
    closed: int = 0
    false: int = 0

    def add(self, state: str, outcome: str, *, is_new: bool, is_late: bool) -> None:
        """Count one more."""
        self.new += is_new
        self.open += state != "closed"
        self.late += is_late
        self.closed += state == "closed"
        self.false += outcome == "false"


class BudgetUsed(NamedTuple):
    """The page: week, budget, level and the others there are; ``most`` new signals a week in an area of the level, or None."""

    week: str
    budget: Budget | None
    level: int
    levels: tuple[int, ...]
    most: int | None
    rows: list[AreaCounts]
    whole: AreaCounts

    @property
    def false_share(self) -> float | None:
        """Closed as false, of those closed with an answer."""
        return self.whole.false / self.whole.closed if self.whole.closed else None

    @property
    def n_over(self) -> int:
        """Areas with more new signals than the budget lets come."""
        return 0 if self.most is None else sum(one.new > self.most for one in self.rows)


def budget_used(reader: Reader, asked_level: str = "") -> BudgetUsed:
    """Counts of a level: the one asked for, else the one the budget caps, else the highest that the reader sees.

    Parameters
    ----------
    asked_level
        As in the address.
    """
    found = newest_signals(the_workspace())
    week = "" if found is None else found.week
    budget = _budget(found.record) if found is not None else None
    caps = dict(budget.most_per_week) if budget is not None else {}
    mine = visible_areas(reader)
    levels = tuple(sorted(set(mine.values_list("level", flat=True))))
    level = _level(levels, asked_level, caps)
    areas = {area.path: AreaCounts(area) for area in mine.filter(level=level)}
    whole = AreaCounts(None)
    rows = Signal.objects.visible_to(reader).filter(source=SOURCE)
    now = timezone.now()
    for path, period, state, outcome, due_at in rows.values_list("area_path", "period", "state", "outcome", "due_at"):
        said: dict[str, bool] = {"is_new": bool(week) and period == week, "is_late": _is_late(due_at, now)}
        whole.add(state, outcome, **said)
        if (counts := _around(areas, path)) is not None:
            counts.add(state, outcome, **said)
    told = [one for one in areas.values() if one.new or one.open or one.closed]
    told.sort(key=lambda one: (-one.new, -one.open, one.area.pk if one.area else ""))
    return BudgetUsed(week, budget, level, levels, caps.get(level), told, whole)


def _budget(record: dict[str, Any]) -> Budget | None:
    try:
        return parse_budget(str(record.get("budget", "")))
    except UsageError:
        return None


def _level(levels: tuple[int, ...], asked: str, caps: dict[int, int]) -> int:
    if asked.isdecimal() and len(asked) == 1 and int(asked) in levels:
        return int(asked)
    capped = [level for level in levels if level in caps]
    return (capped or list(levels) or [1])[0]


def _around(areas: dict[str, AreaCounts], path: str) -> AreaCounts | None:
    """Counts of the area of the level that a path lies in."""
    end = len(path)
    while end > 0:
        if (found := areas.get(path[:end])) is not None:
            return found
        end = path.rfind("/", 0, end - 1) + 1
    return None


def _is_late(due_at: dt.datetime | None, now: dt.datetime) -> bool:
    return due_at is not None and due_at < now
