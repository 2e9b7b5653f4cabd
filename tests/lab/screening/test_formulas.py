"""Masses of formulas and ions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.core.errors import DataRefused
from headworks.lab.screening.formulas import find_adduct, ion_mz, monoisotopic_mass, parse_formula


def test_the_shifts_of_the_common_adducts_are_those_in_use():
    # 1.007276, 22.989218, 18.033826 and -1.007276 Da, the values of the methods' tables.
    mass = monoisotopic_mass("C10H15N")
    shifts = [ion_mz("C10H15N", name) - mass for name in ("[M+H]+", "[M+Na]+", "[M+NH4]+", "[M-H]-")]
    # The tables' sodium is an older one, 2.7e-6 Da lighter: 0.02 ppm of m/z 150.
    assert shifts == pytest.approx([1.007276, 22.989218, 18.033826, -1.007276], abs=3e-6)


def test_a_doubly_charged_ion_is_seen_at_half_its_mass():
    assert ion_mz("C10H15N", "[M+2H]2+") == pytest.approx((monoisotopic_mass("C10H15N") + 2 * 1.00727646) / 2, abs=1e-6)


@given(st.integers(1, 60), st.integers(1, 90), st.integers(0, 9))
def test_a_mass_is_the_sum_of_its_parts(carbon, hydrogen, oxygen):
    whole = f"C{carbon}H{hydrogen}" + (f"O{oxygen}" if oxygen else "")
    parts = monoisotopic_mass(f"C{carbon}") + monoisotopic_mass(f"H{hydrogen}")
    parts += monoisotopic_mass(f"O{oxygen}") if oxygen else 0.0
    assert monoisotopic_mass(whole) == pytest.approx(parts, rel=1e-12)


@pytest.mark.parametrize("text", ["", "c10h15n", "C10H15N.HCl", "Xx2", "C99999999999", "(CH3)2", "C10H15N?"])
def test_what_is_no_formula_is_refused(text):
    with pytest.raises(DataRefused, match="no molecular formula") as problem:
        parse_formula(text)
    assert problem.value.code == "HW-D660"


def test_a_labelled_formula_is_refused_with_what_would_do():
    with pytest.raises(DataRefused, match="give the precursor's m/z"):
        parse_formula("C10H12D3N")


def test_an_unknown_adduct_is_refused():
    with pytest.raises(DataRefused, match=r"\[M\+Xe\]\+"):
        ion_mz("C10H15N", "[M+Xe]+")


@pytest.mark.parametrize(
    ("text", "name"), [("M+H", "[M+H]+"), ("[M+H]", "[M+H]+"), (" [ M - H ]- ", "[M-H]-"), ("[M+2H]2+", "[M+2H]2+")]
)
def test_adducts_are_known_however_they_are_written(text, name):
    assert find_adduct(text).name == name
    assert find_adduct("") is None
