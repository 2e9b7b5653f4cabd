"""Tables and a rule set in, outcomes of lists out."""

from headworks.workflows.assessment.assess import Assessed, assess, periods_until
from headworks.workflows.assessment.counts_of_areas import CountFunnel, funnel_of_counts
from headworks.workflows.assessment.figures_of_tables import assessable_columns, rows_of_criterion
from headworks.workflows.assessment.funnel_of_areas import AreaFunnel, funnel_of_areas

__all__ = [
    "AreaFunnel", "Assessed", "CountFunnel", "assess", "assessable_columns", "funnel_of_areas", "funnel_of_counts",
    "periods_until", "rows_of_criterion",
]  # fmt: skip
