"""Libraries in their dialects, and what is wrong with them by line."""

from pathlib import Path

import pytest

from headworks.core.errors import DataRefused
from headworks.intake.spectra import read_spectra

DEMO = Path(__file__).parents[4] / "shared" / "data" / "massbank-drugs" / "massbank_drugs.msp"
NIST = """Name: Caffeine
Synon: 1,3,7-Trimethylxanthine
InChIKey: RYYVLZVUVIJVGH-UHFFFAOYSA-N
Precursor_type: [M+H]+
PrecursorMZ: 195.0877
Ion_mode: P
Formula: C8H10N4O2
Num Peaks: 3
110.0713 30 "C5H8N3+"
138.0662\t100
69.0447 10

Name: Cocaine
Num peaks: 2
82.0651 40; 182.1176 100
"""
MONA = """Name: Caffeine
DB#: MoNA001
Comments: "author=A. Chemist" "license=CC BY 4.0" "retention time=3.2 min"
MW: 194
Num Peaks: 1
138.0662:100
"""
MGF = """BEGIN IONS
TITLE=Caffeine
PEPMASS=195.0877 12345.0
CHARGE=1+
RTINSECONDS=192
110.0713 30
138.0662 100
END IONS
"""
RECORD = """ACCESSION: MSBNK-X-1
AUTHORS: A. Chemist
LICENSE: CC0
CH$NAME: Caffeine
CH$NAME: Guaranine
CH$FORMULA: C8H10N4O2
CH$LINK: INCHIKEY RYYVLZVUVIJVGH-UHFFFAOYSA-N
AC$INSTRUMENT: Q Exactive
AC$INSTRUMENT_TYPE: LC-ESI-QFT
AC$MASS_SPECTROMETRY: MS_TYPE MS2
AC$MASS_SPECTROMETRY: ION_MODE POSITIVE
AC$MASS_SPECTROMETRY: COLLISION_ENERGY 30 eV
AC$CHROMATOGRAPHY: RETENTION_TIME 3.2 min
MS$FOCUSED_ION: PRECURSOR_M/Z 195.0877
MS$FOCUSED_ION: PRECURSOR_TYPE [M+H]+
PK$NUM_PEAK: 2
PK$PEAK: m/z int. rel.int.
  110.0713 3000 30
  138.0662 9990 999
//
"""


def read(text, name="x.msp"):
    return read_spectra(text.encode(), name)


def test_an_msp_of_nist_has_notes_tabs_semicolons_and_peaks_in_any_order():
    found = read(NIST)
    assert found.spectra.select("compound", "precursor_mz", "polarity", "adduct", "source_row").rows() == [
        ("Caffeine", 195.0877, "positive", "[M+H]+", 1), ("Cocaine", None, None, None, 13),
    ]  # fmt: skip
    assert found.spectra["mz"].to_list() == [[69.0447, 110.0713, 138.0662], [82.0651, 182.1176]]
    assert (found.format, found.faults.height) == ("msp", 0)


def test_mona_hides_licence_and_author_in_comments():
    row = read(MONA).spectra.row(0, named=True)
    assert (row["spectrum_id"], row["license"], row["mz"], row["intensity"]) == ("MoNA001", "CC BY 4.0", [138.0662], [100.0])
    assert row["authors"] == "A. Chemist"


def test_an_mgf_has_seconds_and_an_intensity_behind_its_precursor():
    row = read(MGF, "x.mgf").spectra.row(0, named=True)
    assert (row["compound"], row["precursor_mz"], row["retention_time_min"], row["polarity"]) == (
        "Caffeine",
        195.0877,
        3.2,
        "positive",
    )


def test_a_massbank_record_keeps_first_name_licence_and_authors():
    row = read(RECORD, "x.txt").spectra.row(0, named=True)
    assert row["compound"] == "Caffeine"
    assert row["inchikey"] == "RYYVLZVUVIJVGH-UHFFFAOYSA-N"
    assert (row["license"], row["authors"], row["collision_energy"]) == ("CC0", "A. Chemist", "30 eV")
    assert (row["instrument"], row["retention_time_min"], row["intensity"]) == (
        "Q Exactive, LC-ESI-QFT",
        3.2,
        [3000.0, 9990.0],
    )
    assert (row["precursor_mz"], row["adduct"], row["polarity"], row["ms_level"]) == (195.0877, "[M+H]+", "positive", 2)


@pytest.mark.parametrize("bad", ["nan 100", "138.0 nan", "138.0 -5", "-1 5", "inf 3", "abc 3", "138.0"])
def test_a_bad_peak_is_left_out_and_said_by_its_line(bad):
    found = read(f"Name: A\nNum Peaks: 2\n{bad}\n60.0 10\n")
    assert found.spectra["mz"].to_list() == [[60.0]]
    assert found.faults.select("row", "code", "severity").rows() == [(3, "HW-D664", "warning")]


def test_a_spectrum_without_usable_peaks_is_left_out_and_the_others_stay():
    found = read("Name: A\nNum Peaks: 0\n\nName: B\nNum Peaks: 1\n60 1\n")
    assert found.spectra["compound"].to_list() == ["B"]
    assert found.faults.select("row", "code", "found").rows() == [(1, "HW-D663", "A")]


def test_two_records_of_one_accession_are_told_apart_by_their_line():
    found = read("Name: A\nDB#: 7\nNum Peaks: 1\n60 1\n\nName: B\nDB#: 7\nNum Peaks: 1\n60 1\n")
    assert found.spectra["spectrum_id"].to_list() == ["7", "7 (line 6)"]
    assert found.faults["code"].to_list() == ["HW-D665"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no spectra in the file"),
        ("a,b\n1,2\n", "no spectra in the file"),
        ("Name: A\nNum Peaks: 1\nnan nan\n", "No spectrum of the file can be used"),
    ],
)
def test_a_file_without_spectra_is_refused(text, message):
    with pytest.raises(DataRefused, match=message) as problem:
        read(text)
    assert problem.value.code == "HW-D662"


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(DataRefused, match="not a text table"):
        read_spectra(b"\x89PNG\r\n\x1a\n", "x.msp")


@pytest.mark.shared
def test_the_demonstration_library_is_read_whole_with_its_licences():
    if not DEMO.exists():
        pytest.skip("no massbank-drugs in the shared data folder beside the repository (owner: lab)")
    found = read_spectra(DEMO.read_bytes(), DEMO.name)
    # Counts of its README.
    assert (found.spectra.height, found.faults.height) == (2_277, 0)
    assert dict(found.spectra["license"].value_counts().rows()) == {"CC BY": 1_240, "dl-de/by-2-0": 730, "CC0": 307}
    assert found.spectra["inchikey"].str.slice(0, 14).n_unique() == 180
