"""The five formulas, on numbers, arrays and expressions."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.core.errors import DataRefused
from headworks.loads import consumption, consumption_from_residues, correction_factor, doses, load_per_1000, mass_load

positive = st.floats(1e-6, 1e6)


def test_the_chain_of_the_worked_example():
    # 450e-6 mg/L x 120e6 L = 54,000 mg; / 380,000 x 1,000 = 142.105; x 3.59 = 510.158; / 100 mg = 5.1016 doses.
    load = mass_load(450.0, 120_000.0)
    per_capita = load_per_1000(load, 380_000.0)
    used = consumption(per_capita, 3.59)
    assert load == pytest.approx(54_000.0, rel=1e-12)
    assert per_capita == pytest.approx(142.105, abs=5e-4)
    assert used == pytest.approx(510.158, abs=5e-4)
    assert doses(used, 100.0) == pytest.approx(5.1016, abs=5e-5)


def test_the_chinese_form_with_ten_thousand_cubic_metres_gives_the_same():
    # L = C x Q(10^4 m3/d) x 10, as Chinese laboratories write it.
    assert mass_load(450.0, 12.0 * 1e4) == pytest.approx(450.0 * 12.0 * 10)


@given(positive, positive, st.floats(0.1, 10))
def test_load_scales_with_either_input(conc, flow, k):
    assert mass_load(k * conc, flow) == pytest.approx(k * mass_load(conc, flow), rel=1e-9)
    assert mass_load(conc, k * flow) == pytest.approx(k * mass_load(conc, flow), rel=1e-9)


def test_arrays_and_expressions_give_what_numbers_give():
    conc, flow, people = np.array([450.0, 0.0]), np.array([120_000.0, 1.0]), np.array([380_000.0, 5.0])
    by_array = load_per_1000(mass_load(conc, flow), people)
    frame = pl.DataFrame({"c": conc, "q": flow, "p": people})
    by_frame = frame.select(
        l=doses(consumption(load_per_1000(mass_load(pl.col("c"), pl.col("q")), pl.col("p")), pl.lit(3.59)), pl.lit(100.0))
    )
    assert by_array == pytest.approx([142.10526, 0.0], abs=1e-4)
    assert by_frame["l"].to_list() == pytest.approx(list(by_array * 3.59 / 100))


@given(positive, positive, st.floats(0.001, 1))
def test_what_was_excreted_of_a_dose_gives_the_dose_back(parent, residue, fraction):
    dose = 100.0
    excreted = dose / parent * fraction * residue  # moles times the residue's molar mass
    assert consumption(excreted, correction_factor(parent, residue, fraction)) == pytest.approx(dose, rel=1e-9)


@given(st.lists(st.tuples(st.floats(50, 600), st.floats(0.01, 0.2)), min_size=1, max_size=5))
def test_several_residues_of_one_dose_give_the_dose_back(residues):
    masses, fractions = [m for m, _ in residues], [f for _, f in residues]
    loads = [100.0 / 309.45 * f * m for m, f in residues]
    assert consumption_from_residues(loads, masses, fractions, 309.45) == pytest.approx(100.0, rel=1e-9)


def test_one_residue_on_a_molar_basis_is_the_factor():
    by_factor = consumption(142.0, correction_factor(303.36, 289.33, 0.292))
    assert consumption_from_residues([142.0], [289.33], [0.292], 303.36) == pytest.approx(by_factor, rel=1e-12)


@pytest.mark.parametrize("people", [0.0, -5.0, np.array([3.0, 0.0])])
def test_a_load_per_head_of_nobody_is_refused(people):
    with pytest.raises(DataRefused, match="A load per head needs people"):
        load_per_1000(np.float64(1.0) if isinstance(people, float) else np.ones(2), people)


@pytest.mark.parametrize("fraction", [0.0, -0.1, 1.5, float("nan")])
def test_an_impossible_excretion_fraction_is_refused(fraction):
    with pytest.raises(DataRefused, match="excretion_fraction"):
        correction_factor(303.36, 289.33, fraction)


def test_impossible_residues_are_refused():
    with pytest.raises(DataRefused, match="as many as loads"):
        consumption_from_residues([1.0], [1.0, 2.0], [0.1], 300.0)
    with pytest.raises(DataRefused, match="sum at most 1"):
        consumption_from_residues([1.0, 1.0], [1.0, 2.0], [0.6, 0.6], 300.0)
    with pytest.raises(DataRefused, match="parent_molar_mass"):
        correction_factor(0.0, 289.33, 0.3)
