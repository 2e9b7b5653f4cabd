"""Did it work, as the plan said it would be looked at?

Nothing is evaluated without a registration, and nothing before the later window is over: whoever looks every week and stops
when it looks well finds what they hope for. Whatever the method, what an area would have done without any action comes first,
where enough areas are compared with to say it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import polars as pl

from headworks.assessment.evaluation import EvaluationPlan, Registration, differences_from_plan
from headworks.core.errors import DataRefused
from headworks.workflows.assessment.evaluations.counts import before_after_of_counts
from headworks.workflows.assessment.evaluations.levels import before_after_of_loads, mixture_of_loads, with_expected
from headworks.workflows.assessment.evaluations.plans import BEFORE_AFTER, METHODS, SERIES, SYNTHETIC, is_over
from headworks.workflows.assessment.evaluations.result import Evaluated
from headworks.workflows.assessment.evaluations.series import series_of_loads

_OTHERS: dict[str, Callable[[EvaluationPlan, pl.DataFrame], Evaluated]] = {
    SERIES: series_of_loads, SYNTHETIC: mixture_of_loads,
}  # fmt: skip


def evaluate_plan(registered: Registration, figures: pl.DataFrame, today: dt.date) -> Evaluated:
    """What came out of a registered plan, from the figures it named.

    Parameters
    ----------
    registered
        Record of the plan, from :func:`plan_of_loads` or :func:`plan_of_counts`.
    figures
        Rows of the table that :func:`figure_rows` names, at least those of the plan's areas; withheld rows without numbers
        are gaps.
    today
        Nothing is evaluated up to the last day of the later window.

    Raises
    ------
    DataRefused
        ``HW-D773`` for a record that was changed, ``HW-D863`` before the later window is over or for a plan of another
        method, ``HW-D787`` when several counts speak of one area and period.
    """
    plan = registered.plan
    differences_from_plan(registered, plan)
    if plan.method not in METHODS or not is_over(plan, today):
        raise DataRefused(
            "This plan cannot be evaluated yet, or not by this program.", where=plan.fingerprint[:12],
            found=f"{plan.method}, later window {plan.after}, today {today}", code="HW-D863",
            remedy="Wait until the later window is over; there are " + ", ".join(METHODS),
        )  # fmt: skip
    if plan.setting("indicator"):
        return before_after_of_counts(plan, figures)
    if plan.method == BEFORE_AFTER:
        return before_after_of_loads(plan, figures)
    return with_expected(plan, figures, _OTHERS[plan.method](plan, figures))


def figure_rows(plan: EvaluationPlan) -> tuple[str, pl.Expr]:
    """The table a plan looks at, and which of its rows."""
    of_areas = pl.col("area_id").is_in([*plan.area_ids, *plan.comparison_ids])
    if plan.setting("indicator"):
        return "indicators", of_areas & (pl.col("indicator") == plan.setting("indicator"))
    return "area_loads", of_areas & (pl.col("analyte") == plan.setting("analyte"))
