"""A batch of the laboratory, from the rows of an export to results, findings, verdicts and rows to be released.

In: ``injection_results``, the laboratory's method, a batch sheet, controls and calibrations of earlier batches. Out:
:class:`BatchEvaluation`, and :func:`release_rows` of it. Formulas are in ``headworks.lab``; here they are strung together.
"""

from headworks.workflows.laboratory.calibrate import EXCLUSION_SCHEMA
from headworks.workflows.laboratory.evaluate_batch import BatchEvaluation, evaluate_batch, open_points
from headworks.workflows.laboratory.matrices import MATRIX_UNITS, unit_of
from headworks.workflows.laboratory.method import BatchMethod, method_of, write_method
from headworks.workflows.laboratory.release_rows import ReleaseRows, release_rows
from headworks.workflows.laboratory.sheet import no_sheet, read_sheet

__all__ = [
    "EXCLUSION_SCHEMA", "MATRIX_UNITS", "BatchEvaluation", "BatchMethod", "ReleaseRows", "evaluate_batch", "method_of",
    "no_sheet", "open_points", "read_sheet", "release_rows", "unit_of", "write_method",
]  # fmt: skip
