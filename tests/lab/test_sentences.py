"""Sentences of the laboratory: English by template, another language by the same code and values."""

import polars as pl
import pytest

from headworks.lab.sentences import (
    FIXED_WORDS,
    SENTENCE,
    TEMPLATES,
    no_sentence,
    placeholders,
    sentence,
    translated_sentences,
)


def said(expression, **columns):
    return pl.DataFrame(columns or {"x": [1]}).select(_said=expression).unnest("_said")


@pytest.mark.parametrize("code", TEMPLATES)
def test_every_template_says_all_of_its_values(code):
    names = [name for name in placeholders(TEMPLATES[code]) if not name.endswith("_sentences")]
    nested = pl.concat_list(sentence("blank.below", sample="B1")) if "why_sentences" in TEMPLATES[code] else None
    values = {name: f"<{name}>" for name in names} | ({} if nested is None else {"why_sentences": nested})
    row = said(sentence(code, **values)).row(0, named=True)
    assert row["code"] == code
    assert "{" not in row["reason"]
    assert all(f"<{name}>" in row["reason"] for name in names)
    assert len(row["values"]) == len(placeholders(TEMPLATES[code]))


def test_a_sentence_without_one_of_its_values_is_none():
    found = said(pl.coalesce(no_sentence(), sentence("blank.below", sample=pl.col("a")), sentence("blank.no_loq", sample="x")),
                 a=["B1", None])  # fmt: skip
    assert found["code"].to_list() == ["blank.below", "blank.no_loq"]
    assert pl.DataFrame({"a": [1]}).select(x=no_sentence()).schema["x"] == SENTENCE


def test_another_language_may_name_the_values_in_another_order():
    found = said(sentence("blank.holds", sample="B1", found=3.0, limit=2.5))
    words = {TEMPLATES["blank.holds"]: "{found} in {sample}, Grenze {limit}"}
    assert translated_sentences(found, lambda text: words.get(text, text)) == {
        "Blank B1 holds 3.0, to stay below 2.5.": "3.0 in B1, Grenze 2.5"
    }


def test_words_and_sentences_within_a_sentence_are_translated_too():
    problems = said(sentence("calibration.not_accepted", problems_words="two neighbouring levels fail; as li said"))
    turned = translated_sentences(problems, lambda text: text.upper() if text in FIXED_WORDS else text)
    assert list(turned.values()) == ["Calibration not accepted: TWO NEIGHBOURING LEVELS FAIL; as li said."]
    whole = "An injection lacks compounds that others have; the file may be cut off."
    lacking = said(sentence("export.lacking", problem_words=whole, found="S1", fault="HW-D657"))
    assert list(translated_sentences(lacking, lambda text: "LACKS" if text == whole else text).values()) == [
        "LACKS S1 (HW-D657)."
    ]
    why = pl.concat_list(sentence("identification.no_peak"), sentence("identification.points", found=3.5, limit=4.0))
    nested = said(sentence("identification.not_identified", sample="S1", why_sentences=why))
    assert nested["reason"].item() == "S1 is not identified: No peak. 3.5 points of identification, 4.0 needed."
    german = {"No peak.": "Kein Peak.", TEMPLATES["identification.points"]: "{limit} Punkte nötig, {found} da."}
    assert list(translated_sentences(nested, lambda text: german.get(text, text)).values()) == [
        "S1 is not identified: Kein Peak. 4.0 Punkte nötig, 3.5 da."
    ]


@pytest.mark.parametrize("wrong", ["no place", "{sample} {found}", "{sample} {found} {limit} {more}"])
def test_a_translation_that_names_other_places_is_not_used(wrong):
    found = said(sentence("blank.holds", sample="B1", found=3.0, limit=2.5))
    ((english, shown),) = translated_sentences(found, lambda _: wrong).items()
    assert shown == english


def test_findings_stored_before_there_were_codes_or_with_codes_of_a_later_version_stay_english():
    assert translated_sentences(pl.DataFrame({"reason": ["Old."]}), str.upper) == {}
    later = pl.DataFrame({"code": ["moon.full"], "values": [["1"]], "reason": ["The moon is full."]})
    assert translated_sentences(later, str.upper) == {"The moon is full.": "The moon is full."}


def test_a_value_with_braces_is_a_value():
    found = said(sentence("blank.below", sample="{limit}"))
    assert list(translated_sentences(found, lambda text: text.replace("Blank", "Leerwert")).values()) == [
        "Leerwert {limit} is below its limit."
    ]
