"""Rules as dated data: a YAML text in, a checked :class:`RuleSet` out, every breach told with its line."""

from headworks.assessment.rules.read_rules import read_rule_set, rule_digest
from headworks.assessment.rules.rule_set import Acceptance, Against, Columns, Criterion, Entry, Leave, ListRule, RuleSet

__all__ = [
    "Acceptance",
    "Against",
    "Columns",
    "Criterion",
    "Entry",
    "Leave",
    "ListRule",
    "RuleSet",
    "read_rule_set",
    "rule_digest",
]
