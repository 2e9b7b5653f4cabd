"""A registered plan and the figures it names in, what came out of it: of loads by week or month, or of counts."""

from headworks.workflows.assessment.evaluations.evaluate import evaluate_plan, figure_rows
from headworks.workflows.assessment.evaluations.plans import (
    METHODS,
    effect_of_fall,
    is_over,
    plan_of_counts,
    plan_of_loads,
    read_window,
)
from headworks.workflows.assessment.evaluations.result import Evaluated

__all__ = [
    "METHODS", "Evaluated", "effect_of_fall", "evaluate_plan", "figure_rows", "is_over", "plan_of_counts", "plan_of_loads",
    "read_window",
]  # fmt: skip
