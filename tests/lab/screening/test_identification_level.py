"""Levels by the rules, as a table."""

import pytest

from headworks.lab.screening import Evidence, identification_level
from headworks.lab.screening.identification_level import rules_at
from headworks.reference.screening_rules import level_rules

RULES = level_rules()


@pytest.mark.parametrize(
    ("evidence", "level", "rule"),
    [
        (Evidence(0.95, 0.5, True, 5, 0.2), "1", "own standard: time and spectrum"),
        (Evidence(0.95, 0.5, True, 5, 0.21), "2a", "library spectrum and no rival"),
        (Evidence(0.95, 0.5, True, 5, -0.2, isomers=("x",)), "1", "own standard: time and spectrum"),
        (Evidence(0.7, 0.5, True, 3, 0.1), "1", "own standard: time and fragments"),
        (Evidence(0.95, 0.5, False, 5, 0.1), "2a", "library spectrum and no rival"),
        (Evidence(0.95, 0.5, False, 5, isomers=("x",)), "3a", "isomers without a standard"),
        (Evidence(0.95, 0.09, False, 5), "3a", "library spectrum"),
        (Evidence(0.95, 0.5, False, 2), "3a", "library spectrum"),
        (Evidence(0.62, 0.5, False, 2), "3a", "library spectrum"),
        (Evidence(None, None, n_fragments=3), "3b", "listed fragments"),
        (Evidence(None, None, n_fragments=2, isotope_score=0.9), "4a", "isotope pattern"),
        (Evidence(None, None, n_fragments=2, isotope_score=0.89), "5", "exact mass"),
        (Evidence(), "5", "exact mass"),
    ],
)
def test_the_first_rule_whose_conditions_are_met_gives_the_level(evidence, level, rule):
    found = identification_level(evidence, RULES)
    assert (found.level, found.rule) == (level, rule)


def test_the_reason_carries_the_numbers_and_the_isomers():
    reason = identification_level(Evidence(0.95, 0.5, False, 5, isomers=("3-MMC",)), RULES).reason
    assert "Capped: MS/MS does not tell it from 3-MMC. (score 0.95, 5 fragments)" in reason


def test_a_threshold_of_the_user_moves_level_3_alone():
    changed = rules_at(RULES, 0.4)
    assert identification_level(Evidence(0.45), changed).level == "3a"
    assert [rule.least_score for rule in changed] == [0.9, None, 0.9, 0.4, None, None, None]


def test_without_a_rule_that_holds_there_is_no_level():
    assert identification_level(Evidence(), RULES[:3]).level == ""
