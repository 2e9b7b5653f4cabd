"""Whether a batch may be released, analyte by analyte, with every reason and the samples it touches.

In: results of batches, one row per injection and analyte (``findings.results_of`` says which columns), controls of earlier
batches, and the rules of a profile (``reference.laboratory_rules.quality_rules``). Out: findings, one per check, with number,
limits, consequence and a sentence; a verdict per batch and analyte; control charts as data.
"""

from headworks.lab.quality.check_batches import BatchCheck, check_batches
from headworks.lab.quality.control_chart import CHART_COLUMNS, control_chart
from headworks.lab.quality.duplicates import Repeatability, repeatability_of_pairs
from headworks.lab.quality.findings import FINDING_SCHEMA
from headworks.lab.quality.matrix_effect import matrix_effect, matrix_effect_from_slopes
from headworks.lab.quality.verdict import Override, batch_verdicts, require_second_person, with_overrides
from headworks.lab.quality.westgard import broken_rules

__all__ = [
    "CHART_COLUMNS",
    "FINDING_SCHEMA",
    "BatchCheck",
    "Override",
    "Repeatability",
    "batch_verdicts",
    "broken_rules",
    "check_batches",
    "control_chart",
    "matrix_effect",
    "matrix_effect_from_slopes",
    "repeatability_of_pairs",
    "require_second_person",
    "with_overrides",
]
