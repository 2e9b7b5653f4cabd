"""Outcomes of lists: figures and a rule set in; what became of every area, what decided it and what would change it out."""

from headworks.assessment.outcomes.case import Case
from headworks.assessment.outcomes.evaluate import Areas, Course, evaluate
from headworks.assessment.outcomes.explain import as_json, case_of, decide_again, evidence_of, sentences
from headworks.assessment.outcomes.figures import Figures, figures_of, with_past
from headworks.assessment.outcomes.outcome_rows import outcome_rows
from headworks.assessment.outcomes.probability import p_met, p_rate_above, p_unmet
from headworks.assessment.outcomes.smallest_change import SmallestChange, smallest_change

__all__ = [
    "Areas", "Case", "Course", "Figures", "SmallestChange", "as_json", "case_of", "decide_again", "evaluate", "evidence_of",
    "figures_of", "outcome_rows", "p_met", "p_rate_above", "p_unmet", "sentences", "smallest_change", "with_past",
]  # fmt: skip
