"""Tables and a rule set in, outcomes of lists out."""

from headworks.workflows.assessment.assess import Assessed, assess, periods_until
from headworks.workflows.assessment.figures_of_tables import assessable_columns, rows_of_criterion

__all__ = ["Assessed", "assess", "assessable_columns", "periods_until", "rows_of_criterion"]
