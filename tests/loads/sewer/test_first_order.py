"""What is left after the sewer."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.core.errors import DataRefused
from headworks.loads import surviving_fraction
from headworks.loads.sewer import loss_rate, rate_of_half_life, surviving_parent_and_product

HOURS, LIVES = st.floats(0.0, 100.0), st.floats(0.5, 1e4)


def test_cocaine_after_six_hours():
    # exp(-ln 2 x 6 / 35) = exp(-0.118825) = 0.88796.
    assert surviving_fraction(half_life_h=35, residence_h=6) == pytest.approx(0.88796, abs=5e-6)
    assert surviving_fraction(half_life_h=35, residence_h=35) == pytest.approx(0.5)


def test_cocaine_at_10_degrees_has_the_half_life_that_was_measured_there():
    # 1.173^10 = 4.932 against 173 / 35 = 4.943.
    assert surviving_fraction(35, 173, 10.0) == pytest.approx(0.5, abs=0.001)
    assert surviving_fraction(35, 6, 20.0) == surviving_fraction(35, 6)
    assert surviving_fraction(35, 6, 25.0, reference_temperature_c=25.0, theta=2.0) == surviving_fraction(35, 6)


def test_an_ideal_mixer_by_hand():
    # 1 / (1 + 0.118825).
    assert surviving_fraction(35, 6, shape=1.0) == pytest.approx(1 / 1.118825, rel=1e-6)


def test_a_gamma_of_residence_times_agrees_with_its_draws():
    rng = np.random.default_rng(3)
    times = rng.gamma(2.5, 6.0 / 2.5, 400_000)
    assert surviving_fraction(35, 6, shape=2.5) == pytest.approx(np.exp(-np.log(2) * times / 35).mean(), abs=3e-4)


@given(LIVES, HOURS, st.floats(0.1, 1e3))
def test_a_spread_of_times_leaves_more_and_a_narrow_one_is_plug_flow(life, hours, shape):
    plug = surviving_fraction(life, hours)
    assert surviving_fraction(life, hours, shape=shape) >= plug - 1e-12
    assert surviving_fraction(life, hours, shape=1e9) == pytest.approx(plug, abs=1e-6)


@given(LIVES, HOURS, HOURS)
def test_two_stretches_of_sewer_multiply(life, one, other):
    assert surviving_fraction(life, one + other) == pytest.approx(
        surviving_fraction(life, one) * surviving_fraction(life, other)
    )


def test_arrays_and_a_stable_residue():
    assert surviving_fraction(np.array([35.0, np.inf]), 6.0).tolist() == pytest.approx([0.88796, 1.0], abs=5e-6)


def test_the_biofilm_adds_its_rate_by_area_over_volume():
    # 0.022 + 0.0005 x 30 = 0.037, half-life 18.7 h.
    assert np.log(2) / loss_rate(0.022, 0.0005, 30.0) == pytest.approx(18.73, abs=0.01)
    assert rate_of_half_life(18.7) == pytest.approx(0.037, abs=1e-4)


def test_parent_becomes_product_by_hand():
    # k1 = 0.1, k2 = 0.05, 10 h: A = e^-1; B = 2 e^-0.5 + 0.1 / -0.05 (e^-1 - e^-0.5) = 1.213061 + 0.477302.
    parent, product = surviving_parent_and_product(1.0, 2.0, 10.0, parent_rate_per_h=0.1, product_rate_per_h=0.05)
    assert (parent, product) == pytest.approx((0.367879, 1.690364), abs=1e-6)


def test_equal_rates_are_the_limit_of_nearly_equal_ones():
    # y A0 k t exp(-k t) = 0.5 x 0.1 x 10 x e^-1.
    same = surviving_parent_and_product(1.0, 0.0, 10.0, parent_rate_per_h=0.1, product_rate_per_h=0.1, product_yield=0.5)[1]
    near = surviving_parent_and_product(
        1.0, 0.0, 10.0, parent_rate_per_h=0.1, product_rate_per_h=0.1 + 1e-9, product_yield=0.5
    )[1]
    assert same == pytest.approx(0.5 * np.exp(-1))
    assert near == pytest.approx(same, rel=1e-7)


@given(st.floats(0, 1e3), st.floats(0, 1e3), HOURS, st.floats(0, 1))
def test_a_stable_product_keeps_all_moles(parent, product, hours, rate):
    left = surviving_parent_and_product(parent, product, hours, parent_rate_per_h=rate)
    assert sum(left) == pytest.approx(parent + product, abs=1e-9)


@given(HOURS, st.floats(0, 0.5), st.floats(0, 0.5))
def test_the_chain_solves_its_differential_equation(hours, k1, k2):
    step = 1e-4

    def product(t):
        return surviving_parent_and_product(1.0, 0.3, t, parent_rate_per_h=k1, product_rate_per_h=k2, product_yield=0.7)

    (a, b), slope = product(hours), (product(hours + step)[1] - product(hours)[1]) / step
    assert slope == pytest.approx(0.7 * k1 * a - k2 * b, abs=1e-4)


@pytest.mark.parametrize("wrong", [{"half_life_h": 0.0}, {"residence_h": -1.0}, {"theta": 0.0}, {"shape": -1.0}])
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(DataRefused, match="Loss in the sewer cannot be computed") as refusal:
        surviving_fraction(**({"half_life_h": 35.0, "residence_h": 6.0} | wrong))
    assert (refusal.value.code, refusal.value.where) == ("HW-D251", next(iter(wrong)))
