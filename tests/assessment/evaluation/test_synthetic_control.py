import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from headworks.assessment.evaluation import mixture_of_courses, synthetic_control
from headworks.core.errors import DataRefused

AFTER = np.arange(14) >= 10


def areas(seed=1, n=8):
    rng = np.random.default_rng(seed)
    return 5 + rng.random((n, 2)) @ rng.standard_normal((2, 14)).cumsum(axis=1) + 0.1 * rng.standard_normal((n, 14))


def test_weights_are_those_of_a_general_optimiser():
    y = areas()
    found = synthetic_control(y, 0, AFTER)
    others, mine = y[1:, ~AFTER], y[0, ~AFTER]
    slow = minimize(
        lambda w: ((mine - w @ others) ** 2).sum(), np.full(7, 1 / 7), method="SLSQP", bounds=[(0, 1)] * 7,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1}, options={"ftol": 1e-14, "maxiter": 500},
    )  # fmt: skip
    assert found.miss**2 * 10 == pytest.approx(slow.fun, rel=1e-4)
    assert found.weights.sum() == pytest.approx(1.0)
    assert found.weights[0] == 0.0


@settings(max_examples=20)
@given(st.floats(-100, 100), st.floats(0.01, 100))
def test_level_and_unit_change_no_weight_and_no_p(shift, factor):
    y = areas()
    one, other = synthetic_control(y, 2, AFTER), synthetic_control(shift + factor * y, 2, AFTER)
    assert other.effect == pytest.approx(factor * one.effect, rel=1e-4, abs=1e-6 * factor)
    assert other.p_value == one.p_value


def test_a_large_effect_is_the_most_extreme_of_all():
    y = areas(n=20)
    y[3, AFTER] -= 2.0
    found = synthetic_control(y, 3, AFTER)
    assert found.p_value == pytest.approx(1 / 20)
    assert found.effect == pytest.approx(-2.0, abs=0.5)
    assert found.upper < 0


def test_what_makes_no_comparison_is_refused():
    with pytest.raises(DataRefused, match="do not make a comparison"):
        synthetic_control(areas(n=4), 0, AFTER)
    with pytest.raises(DataRefused, match="3 points before"):
        synthetic_control(areas(), 0, np.arange(14) >= 3)


def test_areas_that_fall_back_to_the_mean_as_all_do_show_no_effect_whatever_their_level():
    y = areas(n=12)
    level = 3 * np.random.default_rng(2).standard_normal(12)[:, None]
    level[0] = 9.0
    plain = mixture_of_courses(y, 0, AFTER)
    fallen = mixture_of_courses(y + np.where(AFTER, 0.5, 1.0) * level, 0, AFTER)
    # What is foretold by the line of the others is taken off: only the scatter about it is left.
    assert abs(fallen.effect) < 0.1 * 0.5 * 9.0 + abs(plain.effect)
