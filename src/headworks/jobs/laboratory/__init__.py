"""The laboratory of a workspace: evaluate an export, decide, release, take back; profiles, reports, control charts.

In: a file or its bytes, who acts, why. Out: :class:`StoredEvaluation`, versions that are never changed. The server's desk and
the command line call the same functions.
"""

from headworks.jobs.laboratory.evaluate import (
    EvaluationOrder,
    EvaluationOutcome,
    Exclusion,
    evaluate,
    exclude_calibrators,
    override_verdict,
)
from headworks.jobs.laboratory.papers import chart_svg, controls_of, report_html, report_tables, write_papers
from headworks.jobs.laboratory.profiles import LabProfile, lab_profile, list_profiles, read_profile, save_profile
from headworks.jobs.laboratory.release import ReleaseOutcome, release, retract
from headworks.jobs.laboratory.rounds import ENDINGS as ROUND_ENDINGS
from headworks.jobs.laboratory.rounds import read_rounds, save_rounds
from headworks.jobs.laboratory.stored import StoredEvaluation, list_evaluations, list_versions, read_evaluation

__all__ = [
    "ROUND_ENDINGS", "EvaluationOrder", "EvaluationOutcome", "Exclusion", "LabProfile", "ReleaseOutcome", "StoredEvaluation",
    "chart_svg", "controls_of", "evaluate", "exclude_calibrators", "lab_profile", "list_evaluations", "list_profiles",
    "list_versions", "override_verdict", "read_evaluation", "read_profile", "read_rounds", "release", "report_html",
    "report_tables", "retract", "save_profile", "save_rounds", "write_papers",
]  # fmt: skip
