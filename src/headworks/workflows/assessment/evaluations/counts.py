"""Counts of an indicator before and after, beside what is expected without any action (B32 to B34).

Counts and person-years are summed over the whole periods of each window; an area that lacks one of them is left out. The
gamma distribution of rates is that of all areas of the plan before; the common course and how far areas wander come from those
compared with. The trap: the newest vintage counts, and a later one may revise the window before as well.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from headworks.assessment.evaluation import Counted, EvaluationPlan, before_after, drift_of_unlisted
from headworks.assessment.small_areas import gamma_poisson
from headworks.core.errors import DataRefused
from headworks.workflows.assessment.counts_of_areas import counts_of_areas
from headworks.workflows.assessment.evaluations.plans import periods_of
from headworks.workflows.assessment.evaluations.result import Evaluated, Row, evaluated, of_area

TOO_LITTLE = "The counts of these areas are too few, or too much alike, to say what was to be expected."
FEW_PERIODS = "A period of a window has no count, or no people to it."
# Rates that differ by less than a thousandth between areas are all alike.
_MOST_ALIKE = 1e6


def before_after_of_counts(plan: EvaluationPlan, indicators: pl.DataFrame) -> Evaluated:
    """Counts of each area acted on, over what they would have been without.

    Raises
    ------
    DataRefused
        ``HW-D787`` when several counts speak of one area and period.
    """
    area_ids = [*sorted(plan.area_ids), *sorted(plan.comparison_ids)]
    (was, early), (now, late) = (
        counts_of_areas(plan.setting("indicator"), area_ids, [one.label for one in periods], indicators)
        for periods in periods_of(plan)
    )
    has_all = np.isfinite(was) & np.isfinite(now) & (early > 0) & (late > 0)
    acted = np.arange(len(area_ids)) < len(plan.area_ids)
    left_out = tuple(np.array(area_ids)[~has_all & ~acted])
    n_before, n_after = map(len, periods_of(plan))
    rows: list[Row] = [
        {"area_id": area_ids[place], "is_compared_with": False, "n_before": n_before, "n_after": n_after,
         "problem": "" if has_all[place] else FEW_PERIODS}
        for place in np.flatnonzero(acted)
    ]  # fmt: skip
    mine, others = acted & has_all, ~acted & has_all
    try:
        fitted = gamma_poisson(was[has_all], early[has_all])
        shape = min(fitted.size, _MOST_ALIKE)
        rate = shape / float(np.exp(fitted.beta[0]))
        change, drift = drift_of_unlisted(was[others], early[others], now[others], late[others], shape=shape, rate=rate)
        found = before_after(
            Counted(was[mine], early[mine], plan.before, plan.before), Counted(now[mine], late[mine], plan.after, plan.after),
            shape=shape, rate=rate, common_change=change, drift=drift,
        )  # fmt: skip
    except DataRefused:
        return evaluated([{**row, "problem": row["problem"] or TOO_LITTLE} for row in rows], left_out=left_out)
    for place, row in enumerate(row for row in rows if not row["problem"]):
        row.update(of_area(found, place))
    return evaluated(rows, left_out=left_out)
