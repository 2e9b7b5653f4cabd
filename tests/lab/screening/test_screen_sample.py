"""One sample against suspects and a library."""

import polars as pl
import pytest
from tests.lab.screening.builders import COMPOUNDS, library, record, spectra

from headworks.core.errors import DataRefused
from headworks.core.schema import polars_schema
from headworks.lab.screening import Archived, Library, Screening, index_library, screen_sample, suspect_ions
from headworks.lab.screening.spectrum_index import MOST_SHOWN_PEAKS, record_peaks
from headworks.reference.screening_rules import level_rules
from headworks.tables.screening import Suspects

HOW = Screening(level_rules())
# M+1 of ten carbons, nitrogen and hydrogen: 11.4 %.
FEATURES = [(150.1277, 2.0, 1e6), (151.1310, 2.0, 1.14e5), (151.1310, 3.0, 9e5), (195.0877, 1.0, 5e4)]


def suspects(*rows):
    names = ("substance", "formula", "precursor_mz", "retention_time_min", "fragment_mz", "adduct", "source_row")
    full = [dict(zip(names, row, strict=False)) for row in rows]
    return suspect_ions(pl.DataFrame([{"adduct": "", "source_row": 2, **row} for row in full], schema=polars_schema(Suspects)))


def sample(*records, features=FEATURES):
    mz2 = spectra(*records) if records else library().clear()
    heads = mz2.select("precursor_mz", "retention_time_min", "polarity")
    frame = pl.DataFrame(features, schema=["mz", "retention_time_min", "height"], orient="row")
    return Archived(frame.with_columns(polarity=pl.lit("positive")), heads, lambda rows: mz2[list(rows)])


def hit(sample, ions=None, library=None, how=HOW):
    (found,) = screen_sample(sample, ions, library, how)
    return found


def test_an_exact_mass_with_its_isotopes_is_level_4a_and_without_formula_level_5():
    found = hit(sample(), suspects(("methamphetamine", "C10H15N")))
    assert (found["level"], found["adduct"], found["retention_time_min"]) == ("4a", "[M+H]+", 2.0)
    # The M+1 at 3.0 min is another ion's; with it the pattern would be 1 : 0.9.
    assert found["isotope_score"] > 0.999
    assert hit(sample(), suspects(("x", None, 150.1277)))["level"] == "5"


def test_three_listed_fragments_are_level_3b_and_two_are_few():
    fragments = [65.0386, 91.0542, 119.0855]
    found = hit(sample(record("methamphetamine")), suspects(("methamphetamine", "C10H15N", None, None, fragments)))
    assert (found["level"], found["n_fragments"], found["is_few_fragments"]) == ("3b", 3, False)
    assert found["isomers"] == "phentermine"
    found = hit(sample(record("methamphetamine")), suspects(("methamphetamine", "C10H15N", None, None, fragments[:2])))
    assert (found["level"], found["is_few_fragments"]) == ("4a", True)


def test_own_standard_with_its_time_is_level_1_though_it_has_isomers():
    own = Library(index_library(library()), {}, is_own=True)
    ions = suspects(("methamphetamine", "C10H15N", None, 2.15, []))
    found = hit(sample(record("methamphetamine", retention_time_min=2.0)), ions, own)
    assert (found["level"], found["retention_difference_min"]) == ("1", pytest.approx(-0.15))
    other = Library(own.index, {}, is_own=False)
    assert hit(sample(record("methamphetamine", retention_time_min=2.0)), ions, other)["level"] == "3a"


def test_a_library_finds_what_no_list_names_and_a_compound_of_both_has_one_row():
    whole = Library(index_library(library()), {})
    both = sample(record("methamphetamine"), record("caffeine"))
    found = screen_sample(both, suspects(("methamphetamine", "C10H15N")), whole, HOW)
    assert [(row["substance"], row["level"]) for row in found] == [("methamphetamine", "3a"), ("caffeine", "2a")]
    assert found[1]["license"] == "CC0"


def test_a_hit_brings_the_peaks_of_its_record_and_the_isomers_that_agree_nearly_as_well():
    other = record("caffeine", "other", compound="other", inchikey=None, intensity=[30.0, 5.0, 30.0, 60.0])
    whole = Library(index_library(spectra(record("caffeine"), other)), {})
    found = hit(sample(record("caffeine")), library=whole)
    assert (found["level"], found["isomers"]) == ("3a", "other")
    assert found["library_mz"] == pytest.approx([69.0447, 83.0604, 110.0713, 138.0662])
    assert found["library_share"] == pytest.approx([0.1, 0.12, 0.3, 1.0])
    assert hit(sample(), suspects(("methamphetamine", "C10H15N")))["library_mz"] is None


def test_a_record_of_many_peaks_is_shown_by_its_highest():
    mz = [50.0 + k for k in range(60)]
    index = index_library(spectra(record("caffeine", mz=mz, intensity=[100.0 - k for k in range(60)])))
    shown, share = record_peaks(index, 0)
    assert (len(shown), shown[-1], share[0]) == (MOST_SHOWN_PEAKS, pytest.approx(99.0), 1.0)


def test_without_ms1_the_precursor_of_a_spectrum_is_enough():
    found = hit(sample(record("caffeine"), features=FEATURES[:0]), suspects(("caffeine", "C8H10N4O2")))
    assert (found["precursor_mz"], found["intensity"], found["level"]) == (195.0877, None, "5")


def test_what_is_not_there_is_not_found_and_an_empty_sample_has_nothing():
    assert screen_sample(sample(), suspects(("x", None, 300.0)), None, HOW) == []
    assert (
        screen_sample(
            sample(features=FEATURES[:0]), suspects(("x", None, 150.1277)), Library(index_library(library()), {}), HOW
        )
        == []
    )


def test_the_tolerance_is_in_ppm_of_the_ion_and_polarities_must_agree():
    assert len(screen_sample(sample(), suspects(("x", None, 150.1277 * (1 + 9.9e-6))), None, HOW)) == 1
    assert screen_sample(sample(), suspects(("x", None, 150.1277 * (1 + 10.2e-6))), None, HOW) == []
    assert screen_sample(sample(), suspects(("x", None, 150.1277, None, [], "[M-H]-")), None, HOW) == []


def test_formulas_and_ions_that_cannot_be_looked_for_are_refused_by_name():
    with pytest.raises(DataRefused, match="a; b"):
        suspects(("a", "C10?"), ("b", "nothing"))
    with pytest.raises(DataRefused, match="suspect a"):
        suspects(("a", "C10H15N", None, None, [], "[M+Xe]+"))


def test_a_formula_alone_is_looked_for_as_every_screened_adduct():
    assert suspects(("a", "C10H15N")).suspects["adduct"].to_list() == ["[M-H]-", "[M+H]+", "[M+NH4]+", "[M+Na]+"]
    assert COMPOUNDS["methamphetamine"][0] == "C10H15N"
