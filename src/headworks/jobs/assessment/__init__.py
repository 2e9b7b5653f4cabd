"""Assess a workspace, try a rule set, tell why an area is on a list; register an evaluation, and carry it out."""

from headworks.jobs.assessment.assess import AssessmentDone, AssessmentOrder, assess_workspace
from headworks.jobs.assessment.evaluate import EvaluationDone, evaluate_registered
from headworks.jobs.assessment.explain import Explanation, explain_outcome
from headworks.jobs.assessment.register import PlanOrder, register_order
from headworks.jobs.assessment.registrations import (
    KeptRegistration,
    KeptRegistrations,
    keep_registration,
    kept_registrations,
    require_registered,
)
from headworks.jobs.assessment.rule_files import RuleFile, read_rule_file
from headworks.jobs.assessment.trial import TrialDone, try_rule_set

__all__ = [
    "AssessmentDone", "AssessmentOrder", "EvaluationDone", "Explanation", "KeptRegistration", "KeptRegistrations",
    "PlanOrder", "RuleFile", "TrialDone", "assess_workspace", "evaluate_registered", "explain_outcome", "keep_registration",
    "kept_registrations", "read_rule_file", "register_order", "require_registered", "try_rule_set",
]  # fmt: skip
