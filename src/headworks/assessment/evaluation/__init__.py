"""Did it work? What is expected without any action first, then what was seen, and only between windows that do not overlap.

In: counts or log loads with their windows, and a plan registered beforehand. Out: effects with intervals. The equations are
in ``docs/methods/evaluation.md``, how often the intervals hold in ``docs/studies/fair_comparison.md``
and ``docs/studies/interventions.md``.
"""

from headworks.assessment.evaluation.before_after import BeforeAfter, Counted, before_after
from headworks.assessment.evaluation.before_after_levels import before_after_levels
from headworks.assessment.evaluation.interrupted import InterruptedSeries, interrupted_series
from headworks.assessment.evaluation.registration import EvaluationPlan, Registration, differences_from_plan, register_plan
from headworks.assessment.evaluation.regression_to_mean import (
    correlation_between,
    drift_of_unlisted,
    expected_regression_to_mean,
    expected_without_action,
)
from headworks.assessment.evaluation.synthetic_control import LEAST_BEFORE, LEAST_DONORS, mixture_of_courses, synthetic_control
from headworks.assessment.evaluation.windows import (
    Window,
    find_window_mismatch,
    require_apart,
    require_same_span,
    rolling_evidence,
    shared_days,
)

__all__ = [
    "LEAST_BEFORE",
    "LEAST_DONORS",
    "BeforeAfter",
    "Counted",
    "EvaluationPlan",
    "InterruptedSeries",
    "Registration",
    "Window",
    "before_after",
    "before_after_levels",
    "correlation_between",
    "differences_from_plan",
    "drift_of_unlisted",
    "expected_regression_to_mean",
    "expected_without_action",
    "find_window_mismatch",
    "interrupted_series",
    "mixture_of_courses",
    "register_plan",
    "require_apart",
    "require_same_span",
    "rolling_evidence",
    "shared_days",
    "synthetic_control",
]
