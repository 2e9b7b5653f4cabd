"""Levels before and after: the line of the others by hand, its interval held, and what is refused."""

import numpy as np
import pytest
from scipy.stats import linregress, t

from headworks.assessment.evaluation import Window, before_after_levels
from headworks.core.errors import DataRefused

EARLY, LATE = Window.of_years(2020), Window.of_years(2021)
WAS = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]
NOW = [0.2, 0.3, 1.4, 1.3, 2.1, 2.6, 2.9, 3.8, 3.7, 4.7]


def one_at(before, after, **more):
    """One area acted on beside ten others."""
    return before_after_levels([*WAS, before], [*NOW, after], [False] * 10 + [True], EARLY, LATE, **more)


def test_the_expectation_is_the_line_of_the_others_and_its_interval_that_of_one_more_point():
    fit = linregress(WAS, NOW)
    rest = np.array(NOW) - fit.intercept - fit.slope * np.array(WAS)
    # One more point at 9: 1 + 1/10 + (9 - 4.5)^2 / 82.5 = 1.345455 variances of the rest.
    half = t.ppf(0.975, 8) * np.sqrt((rest**2).sum() / 8 * (1 + 0.1 + 20.25 / 82.5))
    found = one_at(9.0, 3.0)
    expected = fit.intercept + fit.slope * 9
    assert np.log(found.expected_ratio[0]) == pytest.approx(expected - 9)
    assert np.log([found.effect_lower[0], found.effect[0], found.effect_upper[0]]) == pytest.approx(
        [3 - expected - half, 3 - expected, 3 - expected + half]
    )
    assert np.log(found.expected_bounds).ravel() == pytest.approx([expected - half - 9, expected + half - 9])


def test_a_common_course_and_a_change_of_unit_are_no_effect():
    plain = one_at(9.0, 3.0)
    moved = before_after_levels([x + 2 for x in (*WAS, 9.0)], [y - 7 for y in (*NOW, 3.0)], [False] * 10 + [True], EARLY, LATE)
    assert moved.effect == pytest.approx(plain.effect)
    assert moved.p_as_low == pytest.approx(plain.p_as_low)


def test_who_is_listed_for_being_high_falls_without_any_effect_and_the_interval_holds_it():
    # True levels with sd 1, errors with sd 0.7, nothing done: the highest three of 30 fall by a third of what stood out.
    rng = np.random.default_rng(11)
    held, fell, n = 0, 0.0, 400
    for _ in range(n):
        truth = rng.standard_normal(30)
        before, after = truth + 0.7 * rng.standard_normal(30), truth + 0.7 * rng.standard_normal(30)
        is_listed = before >= np.sort(before)[-3]
        found = before_after_levels(before, after, is_listed, EARLY, LATE)
        held += int(((found.effect_lower < 1) & (found.effect_upper > 1)).sum())
        fell += float(np.log(found.ratio).sum())
    # 1,200 intervals in threes: two standard errors of 95 % are 2 %.
    assert held / (3 * n) == pytest.approx(0.95, abs=0.02)
    assert fell / (3 * n) < -0.4


def test_areas_that_agree_to_the_last_digit_leave_no_doubt():
    found = before_after_levels([*WAS, 4.0], [*WAS, 3.0], [False] * 10 + [True], EARLY, LATE)
    assert found.p_as_low[0] == 0.0
    assert found.effect_lower[0] == pytest.approx(found.effect_upper[0])


def test_too_few_others_others_all_alike_and_windows_that_overlap_are_refused():
    with pytest.raises(DataRefused, match="Too few areas where nothing was done") as refused:
        before_after_levels([*WAS[:9], 9.0], [*NOW[:9], 3.0], [False] * 9 + [True], EARLY, LATE)
    assert refused.value.code == "HW-D876"
    with pytest.raises(DataRefused, match="all alike"):
        before_after_levels([1.0] * 11, [*NOW, 3.0], [False] * 10 + [True], EARLY, LATE)
    with pytest.raises(DataRefused, match="all alike"):
        before_after_levels([1.0], [1.0], [True], EARLY, LATE)
    with pytest.raises(DataRefused, match="overlap"):
        before_after_levels([*WAS, 9.0], [*NOW, 3.0], [False] * 10 + [True], EARLY, EARLY)
