"""Tables and a rule set in, outcomes of lists out."""

from headworks.workflows.assessment.assess import Assessed, assess, periods_until
from headworks.workflows.assessment.evaluate_loads import evaluate_loads, plan_of_loads
from headworks.workflows.assessment.figures_of_tables import assessable_columns, rows_of_criterion
from headworks.workflows.assessment.funnel_of_areas import AreaFunnel, funnel_of_areas

__all__ = [
    "AreaFunnel", "Assessed", "assess", "assessable_columns", "evaluate_loads", "funnel_of_areas", "periods_until",
    "plan_of_loads", "rows_of_criterion",
]  # fmt: skip
