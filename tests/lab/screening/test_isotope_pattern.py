"""Isotope patterns, (V8) and (V9)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.lab.screening.isotope_pattern import isotope_pattern, isotope_score


def test_the_first_isotope_of_ten_carbons_is_worked_by_hand():
    # C10: 10 x 0.0107 / 0.9893 = 0.10816, at 1.003355 Da; M+2: 45 x (0.0107 / 0.9893)^2 = 0.005264.
    apart, height = isotope_pattern("C10")
    assert height[1:3] == pytest.approx((0.108157, 0.005264), abs=1e-6)
    assert apart[1:3] == pytest.approx((1.003355, 2.006710), abs=1e-6)


def test_two_bromines_are_one_two_one():
    # 2 x 0.4931 / 0.5069 = 1.9456 at M+2.
    apart, height = isotope_pattern("Br2")
    assert (height[2], apart[2]) == (pytest.approx(1.945551, abs=1e-6), pytest.approx(1.997954, abs=1e-6))


@given(st.integers(1, 40), st.integers(0, 3), st.integers(0, 2))
def test_a_measured_pattern_that_is_the_expected_one_scores_one_at_any_height(carbon, chlorine, sulfur):
    formula = f"C{carbon}H9" + (f"Cl{chlorine}" if chlorine else "") + (f"S{sulfur}" if sulfur else "")
    height = np.array(isotope_pattern(formula)[1])
    assert isotope_score(formula, 3e5 * height, 1.0) == pytest.approx(1.0)


def test_a_chlorine_that_is_not_there_shows():
    without = np.array(isotope_pattern("C10H13")[1])
    assert isotope_score("C10H12Cl", without * 1e6, 1.0) < 0.96


def test_isotopes_below_what_can_be_seen_are_not_judged():
    assert isotope_score("C10H15N", np.array([100.0, 0.0, 0.0, 0.0]), 20.0) is None
    # Here M+1, 11 % of M, would have been seen.
    assert isotope_score("C10H15N", np.array([1000.0, 0.0, 0.0, 0.0]), 20.0) == pytest.approx(0.994, abs=1e-3)
    assert isotope_score("C10H15N", np.zeros(4), 1.0) is None
