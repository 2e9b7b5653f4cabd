"""Findings of the laboratory in the reader's language."""

import polars as pl
import pytest
from django.utils import translation

from headworks.lab.screening.identification_level import BY_FRAGMENTS, BY_ISOMERS
from headworks.lab.sentences import FIXED_WORDS, TEMPLATES, placeholders, translated_sentences
from headworks.reference.screening_rules import level_rules
from headworks.web.operations.laboratory.screening.words import RULES, SENTENCES


@pytest.mark.parametrize("language", ["zh-hans", "ja"])
def test_every_sentence_of_the_laboratory_is_translated_with_the_same_places(language):
    with translation.override(language):
        for words in (*TEMPLATES.values(), *FIXED_WORDS):
            other = translation.gettext(words)
            assert other != words
            assert set(placeholders(other)) == set(placeholders(words)), words


def test_an_evaluation_without_codes_stays_as_it_was_written():
    assert translated_sentences(pl.DataFrame({"reason": ["Blank B1 is below its limit."]}), translation.gettext) == {}


def test_rules_and_sentences_of_the_reference_are_said_on_pages_of_hits():
    known = level_rules()
    assert {rule.rule for rule in known} | {BY_ISOMERS, BY_FRAGMENTS} == set(RULES)
    assert {rule.sentence for rule in known} == set(SENTENCES)
