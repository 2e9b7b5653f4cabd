import numpy as np
import pytest

from headworks.warning.predictive.baseline import N_PHI, PHI_STEP, fit, invert
from headworks.warning.predictive.design import columns_of_weeks, precision_of_columns


def fitted(y: np.ndarray, columns: np.ndarray | None = None, precision: np.ndarray | None = None):
    x = columns_of_weeks(y.size, 52.0) if columns is None else columns
    tight = precision_of_columns() if precision is None else precision
    beta, inverse, share = np.empty(6), np.empty((6, 6)), np.empty(N_PHI)
    weight, mu = np.empty(y.size), np.empty(y.size)
    rows = np.arange(y.size)
    at = fit(y, rows, y.size, x, tight, beta, inverse, share, weight, mu)
    return beta, inverse, share, weight, mu, np.exp(PHI_STEP * at)


LEVEL_ALONE = np.array([1e-6, 1e9, 1e9, 1e9, 1e9, 1e9])


def test_a_history_without_a_case_has_half_a_case_and_a_doubt_of_the_square_root_of_two():
    # Jeffreys: gamma of shape 1/2 over 100 weeks; its relative variance is 1 / shape = 2.
    beta, inverse, *_ = fitted(np.zeros(100), precision=LEVEL_ALONE)
    assert np.exp(beta[0]) == pytest.approx(0.5 / 100, rel=0.02)
    assert inverse[0, 0] == pytest.approx(2.0, rel=0.02)


def test_a_steady_level_is_the_mean_and_half_a_case():
    y = np.random.default_rng(1).poisson(6.0, 200).astype(float)
    beta, *_, phi = fitted(y, precision=LEVEL_ALONE)
    assert np.exp(beta[0]) == pytest.approx((y.sum() + 0.5) / 200, rel=2e-3)
    assert phi < 1.3


def test_season_trend_and_scatter_are_found_again():
    rng, x = np.random.default_rng(2), columns_of_weeks(312, 52.0)
    true = np.array([3.0, 0.2, 0.5, -0.3, 0.0, 0.0])
    mean = np.exp(x @ true)
    found = [fitted(rng.negative_binomial(mean / 2.0, 1 / 3.0).astype(float)) for _ in range(30)]
    assert np.mean([one[0] for one in found], axis=0) == pytest.approx(true, abs=0.05)
    assert np.mean([one[5] for one in found]) == pytest.approx(3.0, rel=0.1)


def test_a_past_outbreak_is_believed_to_be_one_and_hardly_moves_the_level():
    y = np.random.default_rng(3).poisson(10.0, 260).astype(float)
    struck = y.copy()
    struck[100:103] += 60.0
    beta, *_ = fitted(y)
    moved, _, _, weight, _, phi = fitted(struck)
    assert weight[100:103].max() < 0.01
    assert moved == pytest.approx(beta, abs=0.02)
    assert phi < 1.2


def test_hardly_a_week_without_an_outbreak_is_doubted():
    rng = np.random.default_rng(4)
    doubted = [1 - fitted(rng.negative_binomial(2.0, 0.4, 260).astype(float))[3].mean() for _ in range(20)]
    assert np.mean(doubted) < 0.005


def test_the_inverse_undoes_the_matrix():
    half = np.random.default_rng(5).standard_normal((6, 6))
    matrix, inverse = half @ half.T + np.eye(6), np.empty((6, 6))
    invert(matrix.copy(), inverse)
    assert inverse @ matrix == pytest.approx(np.eye(6), abs=1e-9)
