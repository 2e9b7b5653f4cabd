"""Records of a library that contradict themselves or each other."""

import pytest
from tests.lab.screening.builders import COMPOUNDS, record, spectra

from headworks.lab.screening import flag_library_records


def flags(*records):
    return flag_library_records(spectra(*records)).select("spectrum_id", "check").rows()


def test_a_sound_library_has_no_flag():
    assert flags(*[record(name, f"{name}{k}") for name in COMPOUNDS for k in range(2)]) == []


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"formula": "C10H15NO"}, "precursor"),
        ({"precursor_mz": 150.1310}, "precursor"),
        ({"formula": "C10?"}, "formula"),
        ({"adduct": "[M+Xe]+"}, "adduct"),
        ({"polarity": "negative"}, "polarity"),
        ({"inchikey": "not a key"}, "inchikey"),
        ({"mz": [91.0542, 170.0], "intensity": [100.0, 30.0]}, "above_precursor"),
    ],
)
def test_each_contradiction_within_a_record_is_flagged_and_nothing_else(change, check):
    assert flags(record("methamphetamine", "bad", **change)) == [("bad", check)]


def test_20_ppm_of_the_precursor_are_allowed():
    # 150.1277 (1 + 20e-6) = 150.1307.
    assert flags(record("methamphetamine", precursor_mz=150.1307)) == []


def test_a_name_with_another_compounds_structure_is_flagged_by_the_majority():
    good = [record("methamphetamine", f"m{k}") for k in range(2)]
    odd = record("methamphetamine", "odd", inchikey=COMPOUNDS["phentermine"][1])
    assert ("odd", "name") in flags(*good, odd)
    assert not [name for name, _ in flags(*good, odd) if name != "odd"]


def test_a_spectrum_that_is_another_compounds_is_flagged():
    # A record with the label of phentermine and the spectrum of methamphetamine without the shared tropylium.
    own, other = [70.0, 80.0, 110.0], [65.0386, 119.0855, 95.0]
    records = [record("phentermine", f"p{k}", mz=own, intensity=[50.0, 80.0, 60.0]) for k in range(2)]
    records += [record("methamphetamine", f"m{k}", mz=[*other[:2], 130.0], intensity=[5.0, 40.0, 30.0]) for k in range(2)]
    records.append(record("phentermine", "swapped", mz=[*other[:2], 130.0], intensity=[5.0, 40.0, 30.0]))
    assert ("swapped", "resembles_another") in flags(*records)
    assert [name for name, check in flags(*records) if check == "resembles_another"] == ["swapped"]
