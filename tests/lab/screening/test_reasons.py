"""Reasons of hits: put together, taken apart, and said in another language."""

from itertools import product

import pytest

from headworks.lab.screening.identification_level import Evidence, identification_level
from headworks.lab.screening.reasons import translated_reason
from headworks.lab.sentences import TEMPLATES
from headworks.reference.screening_rules import level_rules

EVERY = [
    Evidence(score, 0.5, True, n, minutes, isotopes, isomers)
    for score, n, minutes, isotopes, isomers in product(
        (None, 0.95, 0.7), (1, 6), (None, 0.05), (None, 0.95), ((), ("3-MMC", "N,N-x (b)"))
    )
]  # fmt: skip
MARKED = {template: f"<{template}>" for template in TEMPLATES.values()}


@pytest.mark.parametrize("evidence", EVERY)
def test_a_reason_is_taken_apart_as_it_was_put_together(evidence):
    reason = identification_level(evidence, level_rules()).reason
    assert translated_reason(reason, lambda text: text) == reason


def test_every_part_is_translated_and_names_are_left_alone():
    evidence = Evidence(0.95, 0.5, False, 6, None, 0.9, ("3-MMC", "N,N-x (b)"))
    reason = identification_level(evidence, level_rules()).reason
    assert translated_reason(reason, lambda text: MARKED.get(text, text)) == (
        "<The spectrum agrees as for level 2a. Capped: MS/MS does not tell it from 3-MMC, N,N-x (b).> "
        "(<score 0.95>, <6 fragments>, <isotopes 0.90>)"
    )


def test_a_translation_that_lost_a_place_is_not_used():
    assert translated_reason("Only the exact mass agrees. (2 fragments)", lambda text: text.replace("{n}", "")) == (
        "Only the exact mass agrees. (2 fragments)"
    )
