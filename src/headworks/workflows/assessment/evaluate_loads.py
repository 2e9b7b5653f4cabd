"""Did the load change at the date of an action, as the plan said it would be looked at?

The weekly loads of each area of a registered plan go through the interrupted series (B35); areas compared with go through the
same, so that what happened everywhere is seen beside it. Nothing is evaluated without a registration, and nothing before the
later window is over: whoever looks every week and stops when it looks well finds what they hope for.

The trap: weeks that lie in neither window, or only partly in one, are gaps. They are not evidence for either side.
"""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.assessment.evaluation import EvaluationPlan, Registration, Window, differences_from_plan, interrupted_series
from headworks.core.errors import DataRefused
from headworks.core.periods import Period

Array = npt.NDArray[np.float64]
METHOD = "interrupted_series"
_DAYS_A_YEAR = 365.25
_WEEK = dt.timedelta(days=7)
# Of a season less than a year tells nothing.
_LEAST_FOR_SEASON = 365
_SCHEMA = {
    "area_id": pl.String, "is_compared_with": pl.Boolean, "ratio": pl.Float64, "lower": pl.Float64, "upper": pl.Float64,
    "p_fell": pl.Float64, "share_censored": pl.Float64, "n_before": pl.Int64, "n_after": pl.Int64, "problem": pl.String,
}  # fmt: skip


def plan_of_loads(
    question: str,
    analyte: str,
    area_ids: tuple[str, ...],
    before: Window,
    after: Window,
    smallest_effect: float,
    comparison_ids: tuple[str, ...] = (),
) -> EvaluationPlan:
    """A plan that :func:`evaluate_loads` can carry out; whether a season is taken out follows from the span.

    Examples
    --------
    >>> windows = Window.of_years(2023), Window.of_years(2025)
    >>> plan_of_loads("Does it fall?", "ketamine", ("4401",), *windows, 0.8).setting("harmonics")
    '1'
    """
    harmonics = int((after.last - before.first).days >= _LEAST_FOR_SEASON)
    settings = (("analyte", analyte), ("harmonics", str(harmonics)))
    figure = f"load_mg_per_1000_per_day of {analyte}, week"
    return EvaluationPlan(question, figure, area_ids, before, after, METHOD, smallest_effect, settings, comparison_ids)


def evaluate_loads(registered: Registration, loads: pl.DataFrame, today: dt.date) -> pl.DataFrame:
    """Change of the level of each area at the beginning of the later window, beside trend and season (B35).

    Parameters
    ----------
    registered
        Record of the plan, from :func:`plan_of_loads`.
    loads
        Rows of ``area_loads``, at least the weeks of the plan's areas and residue; withheld rows without numbers are gaps.
    today
        Nothing is evaluated up to the last day of the later window.

    Returns
    -------
    pl.DataFrame
        A row per area, those acted on first: ``area_id, is_compared_with, ratio`` with ``lower, upper`` (95 %), ``p_fell,
        share_censored, n_before, n_after`` (weeks quantified), ``problem`` (why there is no ratio).

    Raises
    ------
    DataRefused
        ``HW-D773`` for a record that was changed, ``HW-D863`` before the later window is over or for a plan of another
        method.
    """
    plan = registered.plan
    differences_from_plan(registered, plan)
    if plan.method != METHOD or today <= plan.after.last:
        raise DataRefused(
            "This plan cannot be evaluated yet, or not on loads.", where=plan.fingerprint[:12],
            found=f"{plan.method}, later window {plan.after}, today {today}", code="HW-D863",
            remedy="Wait until the later window is over; loads are evaluated by " + METHOD,
        )  # fmt: skip
    weeks = _weeks(plan)
    mine = loads.filter((pl.col("analyte") == plan.setting("analyte")) & pl.col("period").is_in([one.label for one in weeks]))
    named = [(area, False) for area in sorted(plan.area_ids)] + [(area, True) for area in sorted(plan.comparison_ids)]
    rows = [_evaluated(plan, weeks, area, mine.filter(area_id=area)) | {"is_compared_with": other} for area, other in named]
    return pl.DataFrame(rows, schema=_SCHEMA)


def _weeks(plan: EvaluationPlan) -> list[Period]:
    """Every week from the first of the earlier window to the last of the later."""
    first = Period.containing(plan.before.first, "week").first
    n = (plan.after.last - first).days // 7 + 1
    return [Period.containing(first + place * _WEEK, "week") for place in range(n)]


def _evaluated(plan: EvaluationPlan, weeks: list[Period], area_id: str, rows: pl.DataFrame) -> dict[str, object]:
    value, limit = _series(plan, weeks, rows)
    time = np.array([(week.first - plan.before.first).days for week in weeks]) / _DAYS_A_YEAR
    is_after = np.array([week.first >= plan.after.first for week in weeks])
    known = np.isfinite(value)
    told: dict[str, object] = {
        "area_id": area_id, "n_before": int((known & ~is_after).sum()), "n_after": int((known & is_after).sum()),
    }  # fmt: skip
    action = float(time[is_after][0]) if is_after.any() else math.inf
    # The same draws for every area, whatever else is in the plan; another plan has others.
    rng = np.random.default_rng(int(plan.fingerprint[:16], 16))
    try:
        found = interrupted_series([value], [limit], time, action, rng, harmonics=int(plan.setting("harmonics") or 0))
    except DataRefused as refused:
        return {**told, "problem": refused.what}
    names = ("ratio", "lower", "upper", "p_fell", "share_censored")
    return {**told, "problem": "", **{name: float(getattr(found, name)[0]) for name in names}}


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
