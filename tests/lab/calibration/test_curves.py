"""Many curves at once: against numpy one by one, and the laws of a fit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.core.errors import DataRefused, ParameterError
from headworks.lab.calibration import fit_curves
from headworks.lab.calibration.curves import WEIGHT_NAMES

LEVELS = np.array([1.0, 2, 5, 10, 50, 100, 500, 1000])


def simulated(n=30, seed=4, noise=0.05):
    rng = np.random.default_rng(seed)
    x = np.broadcast_to(LEVELS, (n, LEVELS.size)).copy()
    return x, 0.1 + 2 * x * (1 + noise * rng.standard_normal(x.shape))


@pytest.mark.parametrize("degree", [1, 2])
@pytest.mark.parametrize(("weight", "power"), [("1", 0.0), ("1/x", 0.5), ("1/x2", 1.0)])
def test_many_curves_with_gaps_agree_with_numpy_one_by_one(weight, power, degree):
    x, y = simulated()
    y[::3, 2], x[1::3, 5] = np.nan, np.nan
    curves = fit_curves(x, y, weight, degree=degree)
    for row in range(x.shape[0]):
        keep = np.isfinite(x[row]) & np.isfinite(y[row])
        used_x, used_y = x[row, keep], y[row, keep]
        slow = np.polyfit(used_x, used_y, degree, w=used_x**-power)
        residual = (used_y - np.polyval(slow, used_x)) * used_x**-power
        assert curves.s[row] == pytest.approx(np.sqrt((residual**2).sum() / (keep.sum() - degree - 1)), rel=1e-9)


def test_the_chosen_weight_has_the_smallest_sum_of_relative_deviations():
    x, y = simulated(200)
    chosen = fit_curves(x, y, "auto")
    sums = np.stack([np.abs(fit_curves(x, y, name).deviation).sum(axis=1) for name in WEIGHT_NAMES])
    assert chosen.weight.tolist() == sums.argmin(axis=0).tolist()
    assert len(set(chosen.weight.tolist())) > 1


@given(st.floats(1e-3, 1e3), st.floats(1e-6, 1e6))
def test_units_of_concentration_and_response_change_no_verdict(x_factor, y_factor):
    x, y = simulated(3)
    plain, scaled = fit_curves(x, y), fit_curves(x * x_factor, y * y_factor)
    assert scaled.weight.tolist() == plain.weight.tolist()
    assert scaled.rse == pytest.approx(plain.rse, rel=1e-7)
    assert scaled.lowest == pytest.approx(plain.lowest * x_factor)
    assert scaled.problems.tolist() == plain.problems.tolist()
    assert scaled.shapes.probability == pytest.approx(plain.shapes.probability, rel=1e-5, abs=1e-9)


def test_a_curve_is_the_same_bits_alone_and_among_others():
    x, y = simulated(40)
    together = fit_curves(x, y)
    for row in (0, 17, 39):
        alone = fit_curves(x[row : row + 1], y[row : row + 1])
        assert alone.coefficients[0].tolist() == together.coefficients[row].tolist()
        assert alone.shapes.probability[0].tolist() == together.shapes.probability[row].tolist()


def test_relative_standard_error_by_hand():
    # A line through 0 with weight 1: x 1, 2, 3 and y 1.1, 2, 2.9 give b 0.9, a 0.2, so x = 1, 2, 3 exactly and rse 0.
    assert fit_curves([[1, 2, 3]], [[1.1, 2.0, 2.9]], "1").rse[0] == pytest.approx(0.0, abs=1e-12)
    # x 1, 2, 3 and y 1, 2, 4: b 1.5, a -2/3; back-calculated 10/9, 16/9, 28/9: sum of squares 1/81 + 1/81 + 1/729, one free.
    found = fit_curves([[1, 2, 3]], [[1.0, 2.0, 4.0]], "1")
    assert found.rse[0] == pytest.approx(np.sqrt(1 / 81 + 1 / 81 + 1 / 729))


def test_unequal_shapes_and_unknown_words_are_refused():
    with pytest.raises(DataRefused, match="one y for every x") as refused:
        fit_curves([[1, 2]], [[1, 2, 3]])
    assert refused.value.code == "HW-D602"
    with pytest.raises(DataRefused, match="no such weight") as refused:
        fit_curves([[1, 2]], [[1, 2]], "x")
    assert refused.value.code == "HW-D603"
    with pytest.raises(ParameterError, match="Did you mean sante_2021") as refused:
        fit_curves([[1, 2]], [[1, 2]], profile="sante2021")
    assert refused.value.code == "HW-D600"
