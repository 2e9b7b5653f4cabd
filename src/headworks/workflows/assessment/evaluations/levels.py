"""Monthly loads of areas acted on against those of areas where nothing was done: what was to be expected, and a mixture.

A month counts that lies wholly in a window. An area has a level in a window where at least four in five of its months have a
quantified load; the level is their mean logarithm. The trap: months of other seasons are other levels, so areas that lack too
many months are left out, and which those are is told.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.assessment.evaluation import (
    LEAST_BEFORE,
    LEAST_DONORS,
    EvaluationPlan,
    before_after_levels,
    mixture_of_courses,
)
from headworks.core.errors import DataRefused
from headworks.workflows.assessment.evaluations.plans import periods_of
from headworks.workflows.assessment.evaluations.result import Evaluated, Row, evaluated, of_area

Array = npt.NDArray[np.float64]
# A month lost to a storm or a strike is no reason to leave an area out; a season is.
_LEAST_KNOWN = 0.8
FEW_MONTHS = "Too few months have a load above its limit."
FEW_TOGETHER = "Too few months have a load above its limit in all of the areas compared."
FEW_AREAS = "Too few of the areas compared with have enough figures."


class Months(NamedTuple):
    """Log loads, ``(n_areas, n_months)``, gaps where none was quantified; those acted on come first."""

    area_ids: list[str]
    is_acted_on: npt.NDArray[np.bool_]
    value: Array
    is_after: npt.NDArray[np.bool_]

    def known(self, side: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        """Months of a side with a load, of each area."""
        return np.asarray(np.isfinite(self.value[:, side]).sum(axis=1), dtype=np.int64)

    def level(self, side: npt.NDArray[np.bool_]) -> Array:
        """Mean of a side, where enough of it is known."""
        known = self.known(side)
        total = np.where(np.isfinite(self.value[:, side]), self.value[:, side], 0.0).sum(axis=1)
        enough = (known > 0) & (known >= _LEAST_KNOWN * side.sum())
        return np.asarray(np.where(enough, total / np.maximum(known, 1), np.nan))


def months_of(plan: EvaluationPlan, loads: pl.DataFrame) -> Months:
    """The loads of a plan's areas in the months of its windows."""
    before, after = periods_of(plan)
    labels = [one.label for one in (*before, *after)]
    area_ids = [*sorted(plan.area_ids), *sorted(plan.comparison_ids)]
    mine = loads.filter(
        (pl.col("analyte") == plan.setting("analyte")) & pl.col("period").is_in(labels)
        & pl.col("area_id").is_in(area_ids) & (pl.col("load_mg_per_1000_per_day") > 0)
    )  # fmt: skip
    value = np.full((len(area_ids), len(labels)), np.nan)
    rows = {name: place for place, name in enumerate(area_ids)}
    columns = {name: place for place, name in enumerate(labels)}
    at = [rows[one] for one in mine["area_id"]], [columns[one] for one in mine["period"]]
    value[at] = np.log(mine["load_mg_per_1000_per_day"].to_numpy())
    acted = np.arange(len(area_ids)) < len(plan.area_ids)
    return Months(area_ids, acted, value, np.arange(len(labels)) >= len(before))


def before_after_of_loads(plan: EvaluationPlan, loads: pl.DataFrame) -> Evaluated:
    """What was to be expected without action, what was seen, and the effect, of each area acted on (B42)."""
    months = months_of(plan, loads)
    early, late = (months.level(side) for side in (~months.is_after, months.is_after))
    has_level = np.isfinite(early) & np.isfinite(late)
    named = np.array(months.area_ids)
    rows = _blank(months)
    left_out = tuple(named[~has_level & ~months.is_acted_on])
    for row in rows[~has_level[months.is_acted_on]]:
        row["problem"] = FEW_MONTHS
    try:
        found = before_after_levels(early[has_level], late[has_level], months.is_acted_on[has_level], plan.before, plan.after)
    except DataRefused:
        for row in rows:
            row["problem"] = row["problem"] or FEW_AREAS
        return evaluated(list(rows), left_out=left_out)
    for place, row in enumerate(rows[has_level[months.is_acted_on]]):
        row.update(of_area(found, place))
    return evaluated(list(rows), left_out=left_out)


def with_expected(plan: EvaluationPlan, loads: pl.DataFrame, found: Evaluated) -> Evaluated:
    """What another method found, with what was to be expected without any action, where that can be said."""
    read_off = ["expected_ratio", "expected_lower", "expected_upper", "seen_ratio"]
    expected = before_after_of_loads(plan, loads).rows.select("area_id", *read_off)
    rows = found.rows.drop(read_off).join(expected, on="area_id", how="left", maintain_order="left")
    return found._replace(rows=rows.select(found.rows.columns))


def mixture_of_loads(plan: EvaluationPlan, loads: pl.DataFrame) -> Evaluated:
    """Each area acted on against the mixture of areas whose course was closest to its own before (B38, B39, B43)."""
    months = months_of(plan, loads)
    rows, donors, left_out = _blank(months), [], set()
    others = np.flatnonzero(~months.is_acted_on)
    for place, row in enumerate(rows):
        own = np.isfinite(months.value[place])
        there = np.isfinite(months.value[others][:, own])
        taken = others[there.mean(axis=1) >= _LEAST_KNOWN] if own.any() else others[:0]
        left_out |= {months.area_ids[one] for one in others if one not in taken}
        together = months.value[[place, *taken]]
        points = np.isfinite(together).all(axis=0)
        early, late = points & ~months.is_after, points & months.is_after
        row["problem"] = _lacking(row, taken.size, int(early.sum()), int(late.sum()))
        row.update(n_before=int(early.sum()), n_after=int(late.sum()))
        if row["problem"]:
            continue
        found = mixture_of_courses(together[:, points], 0, late[points])
        row.update(
            ratio=np.exp(found.effect), lower=np.exp(found.lower), upper=np.exp(found.upper), p_value=found.p_value,
            miss=found.miss, statistic=found.statistic[0],
        )  # fmt: skip
        donors += [
            {"area_id": row["area_id"], "compared_id": months.area_ids[one], "weight": weight, "statistic": statistic}
            for one, weight, statistic in zip(taken, found.weights[1:], found.statistic[1:], strict=True)
        ]
    return evaluated(list(rows), donors, tuple(sorted(left_out)))


def _lacking(row: Row, n_taken: int, n_before: int, n_after: int) -> str:
    """Why no mixture can be made: the area itself, those it is compared with, or the months they have in common."""
    if row["n_before"] < LEAST_BEFORE or not row["n_after"]:
        return FEW_MONTHS
    if n_taken < LEAST_DONORS:
        return FEW_AREAS
    return "" if n_before >= LEAST_BEFORE and n_after else FEW_TOGETHER


def _blank(months: Months) -> npt.NDArray[np.object_]:
    """A row per area acted on, with how many months are known."""
    before, after = months.known(~months.is_after), months.known(months.is_after)
    rows: list[Row] = [
        {"area_id": name, "is_compared_with": False, "n_before": int(before[place]), "n_after": int(after[place]),
         "problem": ""}
        for place, name in enumerate(months.area_ids) if months.is_acted_on[place]
    ]  # fmt: skip
    found = np.empty(len(rows), dtype=object)
    found[:] = rows
    return found
