"""The search, its judgement, and why there is no hit."""

import numpy as np
import polars as pl
import pytest
from tests.lab.screening.builders import COMPOUNDS, library, record, spectra

from headworks.core.errors import DataRefused
from headworks.lab.screening import index_library, judge_search, library_isomers, search_library
from headworks.reference.screening_rules import level_rules

RULES = level_rules()


def judged(queries, records=None, **options):
    records = library() if records is None else records
    index = index_library(records)
    found = search_library(index, queries)
    return judge_search(index, queries, queries["spectrum_id"].to_list(), found, RULES, **options)


def first(queries, **options):
    return judged(queries, **options).row(0, named=True)


@pytest.mark.parametrize("name", COMPOUNDS)
def test_every_record_finds_itself(name):
    found = first(library().filter(compound=name))
    assert (found["compound"], found["rank"], found["inchikey"]) == (name, 1, COMPOUNDS[name][1])
    assert found["score"] > 0.95


def test_the_order_of_the_library_and_the_number_of_threads_do_not_matter():
    rng = np.random.default_rng(2)
    noisy = spectra(*[
        record(name, f"{name}-{k}", mz=COMPOUNDS[name][2], intensity=(np.array(COMPOUNDS[name][3]) * rng.lognormal(0, 1, len(COMPOUNDS[name][2]))).tolist())
        for name in COMPOUNDS for k in range(8)
    ])  # fmt: skip
    asked = noisy[::3]
    one = judged(asked, noisy)
    assert judged(asked, noisy[rng.permutation(noisy.height).tolist()]).equals(one)
    index = index_library(noisy)
    alone, pair = (search_library(index, asked, threads=n) for n in (1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(alone, pair, strict=True))


def test_a_compound_has_the_score_of_its_best_record():
    weak = record("caffeine", "weak", mz=[69.0447, 138.0662], intensity=[100.0, 3.0])
    found = judged(library().filter(compound="caffeine"), spectra(weak, record("caffeine", "same")))
    assert found.select("rank", "library_record").rows() == [(1, "same")]


def test_both_candidates_of_a_mass_are_named_and_the_isomer_is_below():
    found = judged(library().filter(compound="methamphetamine"))
    assert found["compound"].to_list() == ["methamphetamine", "phentermine"]
    assert found["level"].to_list() == ["3a", ""]
    # The reference names phentermine as its isomer, so a library alone is no proof.
    assert "MS/MS does not tell it from phentermine" in found["reason"][0]
    assert found["reason"][1].startswith("below threshold: 0.")


@pytest.mark.parametrize(
    ("third", "formula", "level"),
    [
        (30.0, "C8H10N4O2", "3a"),  # the same fragments at other heights: a rival
        (3000.0, "C8H10N4O2", "2a"),  # one fragment outweighs all others: 0.3 below
        (30.0, "C9H14O5", "3a"),  # of another formula: no isomer, but a rival within 0.1 of the rules
    ],
)
def test_an_isomer_whose_spectrum_agrees_nearly_as_well_is_named_with_the_hit(third, formula, level):
    other = record("caffeine", "other", compound="other", inchikey=None, formula=formula, intensity=[30.0, 5.0, third, 60.0])
    found = first(library().filter(compound="caffeine"), records=spectra(record("caffeine"), other))
    assert (found["compound"], found["level"]) == ("caffeine", level)
    assert ("MS/MS does not tell it from other" in found["reason"]) == (level == "3a" and formula == "C8H10N4O2")


def test_without_isomers_and_rivals_a_library_gives_level_2a():
    assert first(library().filter(compound="caffeine"))["level"] == "2a"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"precursor_mz": 195.0977}, "no precursor within 10 ppm: nearest caffeine at -51.3 ppm"),
        ({"precursor_mz": None, "formula": None}, "no precursor m/z in the query"),
        ({"polarity": "negative"}, "the library has no record of this polarity"),
        (
            {"mz": [55.5, 66.6, 77.7], "intensity": [1.0, 2.0, 3.0]},
            "below threshold: best 0.00 (caffeine), needs 0.62; no fragment agrees",
        ),
        (
            {"mz": [195.0877], "intensity": [1.0]},
            "below threshold: best 0.00 (caffeine), needs 0.62; the query shows its precursor alone",
        ),
    ],
)
def test_without_a_hit_a_row_with_rank_0_says_why(change, reason):
    found = judged(spectra(record("caffeine", "q", **change))).filter(rank=0)
    assert found.select("query", "compound", "score", "reason").rows() == [("q", None, None, reason)]


def test_the_threshold_is_the_users():
    query = spectra(record("caffeine", "q", intensity=[100.0, 12.0, 10.0, 30.0]))
    score = first(query)["score"]
    assert judged(query, threshold=score - 0.01).filter(rank=0).is_empty()
    assert first(query, threshold=score - 0.01)["level"][0] in "23"
    assert judged(query, threshold=score + 0.001).filter(rank=0).height == 1


def test_a_record_without_precursor_gets_that_of_its_formula_and_one_without_both_is_counted():
    records = spectra(record("caffeine", "a", precursor_mz=None), record("caffeine", "b", precursor_mz=None, formula=None))
    index = index_library(records)
    assert (index.precursor_mz.round(4).tolist(), index.n_left_out) == ([195.0877], 1)


def test_near_equal_spectra_of_one_formula_are_isomers_of_each_other():
    twin = record("caffeine", "twin", compound="isocaffeine", inchikey="LPHGQDQBBGAPDZ-BBBBBBBBSA-N")
    records = spectra(*library().iter_rows(named=True), twin)
    index = index_library(records)
    near = {index.compounds["compound"][k]: names for k, names in library_isomers(index, records).items()}
    assert near == {"caffeine": ("isocaffeine",), "isocaffeine": ("caffeine",)}


def test_a_library_that_cannot_be_searched_is_refused():
    with pytest.raises(DataRefused, match="No record of the library can be searched"):
        index_library(spectra(record("caffeine", precursor_mz=None, adduct=None)))
    with pytest.raises(DataRefused, match="above zero"):
        index_library(library(), tolerance_da=0.0)
    with pytest.raises(DataRefused, match="above zero"):
        search_library(index_library(library()), library(), precursor_ppm=-1.0)


def test_queries_without_any_have_no_rows():
    assert judged(library().clear()).is_empty()
    assert isinstance(judged(library().clear()), pl.DataFrame)
