"""Every name resolves to one id; what is ambiguous or unknown is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.core.errors import ParameterError
from headworks.reference import names, read_set, resolve_analyte, resolve_drug
from headworks.reference.substance_names import fold

_RESOLVE = {"drug": resolve_drug, "analyte": resolve_analyte}
_WORDS = [
    (row["kind"], word, row["id"])
    for row in names().iter_rows(named=True)
    for word in (row["id"], row["name_en"], row["name_zh"], *row["aliases"])
]


@given(st.sampled_from(_WORDS), st.sampled_from([str, str.upper, str.lower, lambda w: f" {w}\t"]))
def test_every_name_resolves_however_it_is_typed(entry, retype):
    kind, word, substance = entry
    assert _RESOLVE[kind](retype(word)) == substance


def test_every_name_resolves():
    for kind, word, substance in _WORDS:
        assert _RESOLVE[kind](word) == substance


def test_full_width_letters_dashes_and_spaces_do_not_matter():
    assert (
        resolve_analyte("ＴＨＣ－ＣＯＯＨ")
        == resolve_analyte("thc\u2013cooh")
        == resolve_analyte("THC\u2212COOH")
        == "THC-COOH"
    )
    assert resolve_analyte("6 mam") == resolve_analyte("6_MAM") == resolve_analyte("O6\u2011MAM") == "6-MAM"


@given(st.text())
def test_spaces_hyphens_and_underscores_around_a_name_are_ignored(word):
    assert fold(f" _{word}-\u2212 ") == fold(word)


@pytest.mark.parametrize(
    ("word", "drug", "analyte"),
    [
        ("冰毒", "methamphetamine", "methamphetamine"),
        ("MA", "methamphetamine", "methamphetamine"),
        ("氯胺酮", "ketamine", "ketamine"),
        ("Ecstasy (MDMA)", "MDMA", "MDMA"),
        ("Fentanyl (Norfentanyl)", "fentanyl", "norfentanyl"),
        ("Cannabis (THC-COOH)", "cannabis", "THC-COOH"),
        ("Cocaine (Benzoylecgonine)", "cocaine", "benzoylecgonine"),
        ("THC", "cannabis", "THC"),
        ("COC", "cocaine", "cocaine"),
    ],
)
def test_names_met_in_files_mean_the_drug_and_the_analyte_they_should(word, drug, analyte):
    assert (resolve_drug(word), resolve_analyte(word)) == (drug, analyte)


def test_every_name_of_the_factors_is_known():
    for row in read_set().factors.iter_rows(named=True):
        assert (resolve_drug(row["drug"]), resolve_analyte(row["analyte"])) == (row["drug"], row["analyte"])


def test_every_substance_has_a_chinese_and_an_english_name_and_one_row():
    assert names().select("kind", "id").is_unique().all()
    assert names().select("name_en", "name_zh").null_count().row(0) == (0, 0)


@pytest.mark.parametrize("word", ["COD", "MCAT"])
def test_an_abbreviation_of_two_things_is_neither(word):
    for resolve in _RESOLVE.values():
        with pytest.raises(ParameterError, match="There is no"):
            resolve(word)


def test_a_misspelt_drug_is_refused_with_the_nearest_one():
    with pytest.raises(ParameterError, match=r"There is no drug of that name.*Ketamin3.*Did you mean ketamine") as refusal:
        resolve_drug("Ketamin3")
    assert refusal.value.code == "HW-P002"


def test_a_residue_asked_for_as_a_drug_is_refused_as_what_it_is():
    with pytest.raises(ParameterError, match="benzoylecgonine is a name of the other kind, analyte"):
        resolve_drug("BE")


@pytest.mark.parametrize("word", ["", " - ", "???"])
def test_a_name_of_nothing_is_refused_with_what_there_is(word):
    with pytest.raises(ParameterError, match="Give one of benzoylecgonine, cocaine"):
        resolve_analyte(word)
