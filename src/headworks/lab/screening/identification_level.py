"""How far a hit identifies a compound: Schymanski's level, and the rule that gave it.

The rules are data (``reference.screening_rules.level_rules``), tried in their order. Two things are above the rules:
a compound with isomers that MS/MS does not tell from it is at best level 3 without the time of the laboratory's own standard,
and so is one of which fewer than three fragments agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from headworks.lab.screening.reasons import head, level_reason
from headworks.lab.sentences import TEMPLATES
from headworks.reference.screening_rules import LevelRule

# Amphetamine-like amines give two or three fragments, and so do their isomers.
FEW_FRAGMENTS = 3
_BEST_WITHOUT_STANDARD = "3a"
# What stands in place of a rule that would have given a better level.
BY_ISOMERS, BY_FRAGMENTS = "isomers without a standard", "few fragments"


class Evidence(NamedTuple):
    """What is known of one hit.

    ``score`` is (V7) against the library's best record, ``gap`` its distance to the next compound; both ``None`` without a
    library hit. ``n_fragments`` agree with that record or with the suspect list. ``retention_difference_min`` is against an
    own standard.
    """

    score: float | None = None
    gap: float | None = None
    is_own_library: bool = False
    n_fragments: int = 0
    retention_difference_min: float | None = None
    isotope_score: float | None = None
    isomers: Sequence[str] = ()


class Level(NamedTuple):
    """Schymanski's level, the rule that gave it, and why in words; the level is empty where no rule holds."""

    level: str
    rule: str
    reason: str


def identification_level(evidence: Evidence, rules: Sequence[LevelRule]) -> Level:
    """The first rule whose conditions are all met, capped for isomers and few fragments.

    Examples
    --------
    >>> from headworks.reference.screening_rules import level_rules
    >>> alike = Evidence(score=0.97, gap=0.4, n_fragments=9, isomers=("phentermine",))
    >>> identification_level(alike, level_rules()).level
    '3a'
    >>> identification_level(alike._replace(isomers=()), level_rules()).level
    '2a'
    """
    rule = next((rule for rule in rules if _holds(rule, evidence)), None)
    if rule is None:
        return Level("", "", TEMPLATES["screening.no_rule"])
    numbers, others = _numbers(evidence), ", ".join(evidence.isomers)
    is_by_time = rule.level == "1" and rule.most_retention_difference_min is not None
    if rule.level[0] in "12" and not is_by_time:
        if evidence.isomers:
            # Not the rule's sentence: it may say that no other compound comes near.
            told = level_reason(head("isomers", rule.level, others), numbers)
            return Level(_BEST_WITHOUT_STANDARD, BY_ISOMERS, told)
        if evidence.n_fragments < FEW_FRAGMENTS:
            told = level_reason(head("few_fragments", rule.sentence), numbers)
            return Level(_BEST_WITHOUT_STANDARD, BY_FRAGMENTS, told)
    is_one_of = evidence.isomers and not is_by_time
    said = head("also_isomers", rule.sentence, others) if is_one_of else rule.sentence
    return Level(rule.level, rule.rule, level_reason(said, numbers))


def rules_at(rules: Sequence[LevelRule], threshold: float) -> tuple[LevelRule, ...]:
    """The rules with the user's threshold in place of that of level 3, so that every hit has the level of a hit."""
    return tuple(
        rule._replace(least_score=threshold)
        if rule.library and rule.level[0] == "3" and rule.least_score is not None
        else rule
        for rule in rules
    )


def _holds(rule: LevelRule, evidence: Evidence) -> bool:
    is_asked = (rule.least_score, rule.least_gap, rule.least_isotope_score)
    found = (evidence.score, evidence.gap, evidence.isotope_score)
    for least, value in zip(is_asked, found, strict=True):
        if least is not None and (value is None or value < least):
            return False
    if rule.library and evidence.score is None and rule.least_score is not None:
        return False
    if rule.library == "own" and not evidence.is_own_library:
        return False
    if rule.least_fragments is not None and evidence.n_fragments < rule.least_fragments:
        return False
    most = rule.most_retention_difference_min
    difference = evidence.retention_difference_min
    return most is None or (difference is not None and abs(difference) <= most + _ROUNDING)


def _numbers(evidence: Evidence) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = [] if evidence.score is None else [("score", f"{evidence.score:.2f}")]
    found.append(("fragments", evidence.n_fragments))
    if evidence.retention_difference_min is not None:
        found.append(("minutes", f"{evidence.retention_difference_min:+.2f}"))
    if evidence.isotope_score is not None:
        found.append(("isotopes", f"{evidence.isotope_score:.2f}"))
    return found


# Minutes: differences of printed times are not exact in binary.
_ROUNDING = 1e-9
