"""Findings of the laboratory in the reader's language."""

import polars as pl
from django.utils import translation

from headworks.lab.sentences import FIXED_WORDS, TEMPLATES, placeholders, translated_sentences
from headworks.web.operations.laboratory.finding_words import FINDING_WORDS


def test_every_sentence_of_the_laboratory_can_be_translated():
    assert set(FINDING_WORDS) == {*TEMPLATES.values(), *FIXED_WORDS}
    assert len(FINDING_WORDS) == len(set(FINDING_WORDS))


def test_every_translation_names_the_same_places():
    for language in ("zh-hans", "ja"):
        with translation.override(language):
            for words in FINDING_WORDS:
                assert set(placeholders(translation.gettext(words))) == set(placeholders(words)), (language, words)


def test_an_evaluation_without_codes_stays_as_it_was_written():
    assert translated_sentences(pl.DataFrame({"reason": ["Blank B1 is below its limit."]}), translation.gettext) == {}
