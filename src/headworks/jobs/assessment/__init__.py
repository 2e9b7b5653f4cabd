"""Assess a workspace, try a rule set, tell why an area is on a list, keep what an evaluation is going to look at."""

from headworks.jobs.assessment.assess import AssessmentDone, AssessmentOrder, assess_workspace
from headworks.jobs.assessment.explain import Explanation, explain_outcome
from headworks.jobs.assessment.registrations import (
    KeptRegistration,
    keep_registration,
    kept_registrations,
    require_registered,
)
from headworks.jobs.assessment.rule_files import RuleFile, read_rule_file
from headworks.jobs.assessment.trial import TrialDone, try_rule_set

__all__ = [
    "AssessmentDone", "AssessmentOrder", "Explanation", "KeptRegistration", "RuleFile", "TrialDone", "assess_workspace",
    "explain_outcome", "keep_registration", "kept_registrations", "read_rule_file", "require_registered", "try_rule_set",
]  # fmt: skip
