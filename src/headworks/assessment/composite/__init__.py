"""Several indicators put into one: an index with what it hangs on, and prevalence from anchors.

In: a table of indicators, a row per area. Out: index, rank intervals, predictions with intervals and doubts. The equations
are in ``docs/methods/comparison.md``.
"""

from headworks.assessment.composite.composite_index import composite_index
from headworks.assessment.composite.multiple_indicator import multiple_indicator
from headworks.assessment.composite.sensitivity import composite_sensitivity

__all__ = ["composite_index", "composite_sensitivity", "multiple_indicator"]
