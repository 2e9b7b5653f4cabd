"""From the tables of a run to the outcomes of a rule set's lists, in the last period that lies within the one asked for.

The trap: an area of which no table of the set has a figure is in no list; how many those are is told, because silence is not
a clean record.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple, cast

import numpy as np
import polars as pl

from headworks.assessment.outcomes import Areas, evaluate, outcome_rows
from headworks.assessment.rules import RuleSet
from headworks.core.errors import DataRefused, UsageError
from headworks.core.periods import Period, PeriodKind
from headworks.tables.assessment import DECISIONS, ListOutcomes
from headworks.workflows.assessment.figures_of_tables import Grid, criterion_figures, rows_of_criterion

# A set that looks back further than this asks for more than anybody measured.
_MOST_PERIODS = 2_000


class Assessed(NamedTuple):
    """``outcomes`` is ``ListOutcomes`` of the period; ``n_without`` areas of the register had no figure in any period."""

    outcomes: pl.DataFrame
    period: str
    n_areas: int
    n_without: int


def assess(
    rule_set: RuleSet,
    tables: dict[str, pl.DataFrame],
    areas: pl.DataFrame,
    decisions: pl.DataFrame,
    until: Period,
    run_id: str,
) -> Assessed:
    """The outcomes of every list of a rule set.

    Parameters
    ----------
    tables
        Every table that a criterion reads.
    areas
        One row per area: ``area_id, parent_id, level, population``.
    decisions
        ``ListDecisions``; those of other rule sets are left aside.
    until
        The period asked for, of the rule set's kind or longer.

    Raises
    ------
    DataRefused
        ``HW-D787`` for two figures of one area and period, ``HW-D788`` when no table has a figure up to then or the rule set
        was not valid then.
    """
    _require_valid(rule_set, until)
    # A rule that asks one criterion alone reads one table; another's missing figures are no reason to stop.
    rows = {one.name: tables[one.table].filter(rows_of_criterion(one)) for one in rule_set.criteria}
    periods = periods_until(rule_set, [frame["period"] for frame in rows.values()], until)
    named = {
        area for frame in rows.values() for area in frame["area_id" if "area_id" in frame.columns else "unit_id"].unique()
    }
    known = _with_parents(areas, named)
    ids = known["area_id"].to_list()
    place = {name: number for number, name in enumerate(ids)}
    parent = np.array([place.get(one, -1) for one in known["parent_id"]], dtype=np.int64)
    grid = Grid(ids, periods, _tops(parent))
    figures = tuple(criterion_figures(one, rows[one.name], grid) for one in rule_set.criteria)
    tree = Areas(known["level"].cast(pl.Int64).to_numpy(), parent)
    courses = evaluate(rule_set, figures, tree, _decisions(rule_set, decisions, grid, place))
    population = known["population"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    found = outcome_rows(courses, tree, ids, population, periods, run_id) if ids else ListOutcomes.create_empty()
    return Assessed(found, periods[-1], len(ids), areas.height - len(ids))


def periods_until(rule_set: RuleSet, labels: list[pl.Series], until: Period) -> list[str]:
    """Labels of the rule set's periods, from the first with a figure to the last within the one asked for.

    Raises
    ------
    DataRefused
        ``HW-D788`` when there is none.
    UsageError
        ``HW-U262`` when the period asked for is shorter than the rule set's.
    """
    kind = cast("PeriodKind", rule_set.period)
    last = Period.containing(until.last, kind)
    if last.last > until.last or last.first < until.first:
        raise UsageError("The rule set looks at longer periods.", where=rule_set.rule_set_id, found=until.label,
                         remedy=f"Give a {kind.replace('_', '-')} such as {last.label}", code="HW-U262")  # fmt: skip
    mine = {label for series in labels for label in series.unique() if _kind(label) == kind}
    begins = min((Period.parse(label).first for label in mine), default=None)
    if begins is None or begins > last.last:
        raise DataRefused(
            "No table has a figure that this rule set reads, up to then.", where=f"{rule_set.rule_set_id}, {last.label}",
            found=f"first {kind} {min(mine)}" if mine else "none", remedy="Import, run, or ask for a later period",
            code="HW-D788",
        )  # fmt: skip
    told = [last]
    while told[-1].first > begins and len(told) < _MOST_PERIODS:
        told.append(told[-1].previous())
    return [one.label for one in reversed(told)]


def _kind(label: str) -> str:
    try:
        return Period.parse(label).kind
    except UsageError:
        return ""


def _require_valid(rule_set: RuleSet, until: Period) -> None:
    first = dt.date.fromisoformat(rule_set.valid_from)
    last = dt.date.fromisoformat(rule_set.valid_to) if rule_set.valid_to else dt.date.max
    # Sets are made before they are tried on the past: a period before valid_from is refused, not silently judged.
    if not first <= until.last <= last:
        raise DataRefused(
            "The rule set is not valid in this period.", where=f"{rule_set.rule_set_id} {rule_set.version}", found=until.label,
            remedy=f"It holds from {rule_set.valid_from}" + (f" to {rule_set.valid_to}" if rule_set.valid_to else ""),
            code="HW-D788",
        )  # fmt: skip


def _with_parents(areas: pl.DataFrame, named: set[str]) -> pl.DataFrame:
    """Areas with a figure, and all above them."""
    above = dict(areas.select("area_id", "parent_id").iter_rows())
    kept: set[str] = set()
    for area in named & above.keys():
        step: str | None = area
        while step is not None and step not in kept and step in above:
            kept.add(step)
            step = above[step]
    return areas.filter(pl.col("area_id").is_in(sorted(kept))).sort("area_id")


def _tops(parent: np.ndarray) -> np.ndarray:
    """The area at the top of each area's tree."""
    top = np.arange(parent.size)
    while np.any(parent[top] >= 0):
        top = np.where(parent[top] >= 0, parent[top], top)
    return top


def _decisions(rule_set: RuleSet, decisions: pl.DataFrame, grid: Grid, place: dict[str, int]) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}
    moment = {name: number for number, name in enumerate(grid.periods)}
    for area, period, _, name, decision, _ in decisions.filter(rule_set=rule_set.rule_set_id).rows():
        if area in place and period in moment:
            codes = found.setdefault(name, np.full(grid.shape, -1, dtype=np.int64))
            codes[place[area], moment[period]] = DECISIONS.index(decision)
    return found
