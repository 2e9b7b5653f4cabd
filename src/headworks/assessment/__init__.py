"""Which list is an area on, and why: rules as dated data, fair comparison, and whether what was done worked."""

from headworks.assessment.contradictions import complete_growth, find_contradictions
from headworks.assessment.outcomes import decide_again, evaluate, p_rate_above, sentences, smallest_change
from headworks.assessment.rules import RuleSet, read_rule_set
from headworks.assessment.trial import Trial, operating_characteristics, require_trial

__all__ = [
    "RuleSet",
    "Trial",
    "complete_growth",
    "decide_again",
    "evaluate",
    "find_contradictions",
    "operating_characteristics",
    "p_rate_above",
    "read_rule_set",
    "require_trial",
    "sentences",
    "smallest_change",
]
