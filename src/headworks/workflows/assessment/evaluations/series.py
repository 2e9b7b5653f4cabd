"""Did the load change at the date of an action, beside trend, season and what happened everywhere?

The weekly loads of each area of a registered plan go through the interrupted series (B35); areas compared with go through the
same, so that what happened everywhere is seen beside it.

The trap: weeks that lie in neither window, or only partly in one, are gaps. They are not evidence for either side.
"""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.assessment.evaluation import EvaluationPlan, interrupted_series
from headworks.core.errors import DataRefused
from headworks.core.periods import Period
from headworks.workflows.assessment.evaluations.result import Evaluated, Row, evaluated

Array = npt.NDArray[np.float64]
_DAYS_A_YEAR = 365.25
_WEEK = dt.timedelta(days=7)
_READ_OFF = ("ratio", "lower", "upper", "p_fell", "share_censored")


def series_of_loads(plan: EvaluationPlan, loads: pl.DataFrame) -> Evaluated:
    """Change of the level of each area at the beginning of the later window, beside trend and season (B35)."""
    weeks = _weeks(plan)
    mine = loads.filter((pl.col("analyte") == plan.setting("analyte")) & pl.col("period").is_in([one.label for one in weeks]))
    named = [(area, False) for area in sorted(plan.area_ids)] + [(area, True) for area in sorted(plan.comparison_ids)]
    return evaluated(
        _of_area(plan, weeks, area, mine.filter(area_id=area)) | {"is_compared_with": other} for area, other in named
    )


def _weeks(plan: EvaluationPlan) -> list[Period]:
    """Every week from the first of the earlier window to the last of the later."""
    first = Period.containing(plan.before.first, "week").first
    n = (plan.after.last - first).days // 7 + 1
    return [Period.containing(first + place * _WEEK, "week") for place in range(n)]


def _of_area(plan: EvaluationPlan, weeks: list[Period], area_id: str, rows: pl.DataFrame) -> Row:
    value, limit = _series(plan, weeks, rows)
    time = np.array([(week.first - plan.before.first).days for week in weeks]) / _DAYS_A_YEAR
    is_after = np.array([week.first >= plan.after.first for week in weeks])
    known = np.isfinite(value)
    told: Row = {
        "area_id": area_id, "n_before": int((known & ~is_after).sum()), "n_after": int((known & is_after).sum()),
    }  # fmt: skip
    action = float(time[is_after][0]) if is_after.any() else math.inf
    # The same draws for every area, whatever else is in the plan; another plan has others.
    rng = np.random.default_rng(int(plan.fingerprint[:16], 16))
    try:
        found = interrupted_series([value], [limit], time, action, rng, harmonics=int(plan.setting("harmonics") or 0))
    except DataRefused as refused:
        return {**told, "problem": refused.what}
    return {**told, "problem": "", **{name: float(getattr(found, name)[0]) for name in _READ_OFF}}


def _series(plan: EvaluationPlan, weeks: list[Period], rows: pl.DataFrame) -> tuple[Array, Array]:
    """Logarithms of the loads, and of the limits of those below one; gaps in weeks that lie in neither window."""
    of_week = {row["period"]: row for row in rows.iter_rows(named=True)}
    value, limit = np.full(len(weeks), np.nan), np.full(len(weeks), np.nan)
    for place, week in enumerate(weeks):
        row = of_week.get(week.label)
        if row is None or not any(one.first <= week.first and week.last <= one.last for one in (plan.before, plan.after)):
            continue
        if row["load_mg_per_1000_per_day"]:
            value[place] = math.log(row["load_mg_per_1000_per_day"])
        elif row["upper"]:
            limit[place] = math.log(row["upper"])
    return value, limit
