"""What peers share in a week, and how areas' weeks scatter."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kurtosis

from headworks.workflows.warning.area_weeks import one_step_ahead
from headworks.workflows.warning.weeks import huber_mean, huber_mean_of_others


def test_a_unit_is_not_in_the_mean_of_its_peers():
    # All weigh the same: the mean of 0.02, 0.04 and 0.06 for the first.
    values = np.array([[0.0], [0.02], [0.04], [0.06]])
    assert huber_mean_of_others(values)[0, 0] == pytest.approx(0.04)


@given(st.integers(0, 100), st.floats(-3, 3))
def test_a_shift_of_all_is_a_shift_of_what_they_share(seed, by):
    values = np.random.default_rng(seed).standard_normal((6, 3))
    assert huber_mean_of_others(values + by) == pytest.approx(huber_mean_of_others(values) + by, abs=1e-9)


def test_two_peers_share_nothing_that_is_known():
    values = np.array([[1.0], [2.0], [np.nan]])
    assert huber_mean_of_others(values).tolist() == [[0.0], [0.0], [0.0]]


def test_many_alike_have_the_mean_of_all():
    values = np.random.default_rng(1).normal(0, 0.1, (2_000, 1))
    assert np.abs(huber_mean_of_others(values) - huber_mean(values)).max() < 0.001


def test_what_is_left_of_six_normals_is_normal():
    values = np.random.default_rng(2).normal(0, 0.15, (6, 20_000))
    with_itself, without = values - huber_mean(values), values - huber_mean_of_others(values)
    # Standard error of a kurtosis of 120,000: 0.014, more since the six share; with itself it is 0.47.
    assert abs(kurtosis(without.ravel())) < 0.05
    assert kurtosis(with_itself.ravel()) > 0.3


def test_of_few_the_others_alone_are_asked_and_of_many_nearly_so():
    values = np.random.default_rng(5).normal(0, 0.15, (12, 50))
    slowly = np.stack([huber_mean(np.delete(values, row, axis=0)) for row in range(12)])
    assert np.abs(huber_mean_of_others(values) - slowly).max() < 0.03
    few = np.stack([huber_mean(np.delete(values[:6], row, axis=0)) for row in range(6)])
    assert huber_mean_of_others(values[:6]) == pytest.approx(few)


@pytest.mark.parametrize("times", [0.5, 1.0, 1.25])
def test_normals_are_even_however_widely_weeks_scatter_against_what_was_said(times):
    rng = np.random.default_rng(3)
    values = times * 0.2 * rng.standard_normal((60, 60))
    z = one_step_ahead(values, np.full(values.shape, 0.04), 3, n_before=40).z
    # 60 x 52 weeks: standard error 0.013, and the grid's own.
    assert np.nanstd(z) == pytest.approx(1.0, abs=0.08)


def test_one_of_six_that_doubles_does_not_teach_how_all_move():
    values = 0.1 * np.random.default_rng(4).standard_normal((6, 60))
    values[0, 50:] += 1.0
    given_weeks = one_step_ahead(values, np.full(values.shape, 0.01), 3, n_before=50)
    assert given_weeks.z[0, 50] > 7
