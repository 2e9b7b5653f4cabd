import numpy as np
import pytest
from scipy.stats import nbinom, poisson

from headworks.warning.predictive.baseline import N_PHI, OUTBREAK_SIZE, PHI_STEP, belief, fit, invert, wrongly_doubted
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


def test_belief_in_a_quiet_week_by_hand():
    # Mean 9, chance alone, 18 cases, an outbreak in one week of eleven: g = exp(-9 / 13) / 13 against f = P(18).
    f, g = poisson(9.0).pmf(18), np.exp(-9 / (3 * OUTBREAK_SIZE + 1)) / (3 * OUTBREAK_SIZE + 1)
    assert belief(18.0, 9.0, 1.0, 0.1) == pytest.approx(f / (f + 0.1 * g))
    assert belief(12.0, 9.0, 1.0, 0.1) == belief(1.0, 0.01, 1.0, 0.1) == 1.0


@pytest.mark.parametrize(
    ("mean", "phi", "tolerance"), [(0.2, 2.0, 1e-3), (4.0, 5.0, 1e-3), (150.0, 1.2, 0.03), (2e4, 3.0, 0.03)]
)
def test_what_doubt_takes_from_quiet_weeks_is_the_sum_over_all_counts(mean, phi, tolerance):
    spread = np.sqrt(phi * mean)
    y = np.arange(np.floor(mean), mean + 30 * spread + 60)
    doubt = nbinom(mean / (phi - 1), 1 / phi).pmf(y) * [1 - belief(count, mean, phi, 0.01 / 0.99) for count in y]
    lost, at = wrongly_doubted(mean, phi, 0.01)
    assert lost == pytest.approx(doubt.sum(), rel=tolerance)
    assert at - mean == pytest.approx((doubt * y).sum() / doubt.sum() - mean, rel=tolerance)


def test_doubt_does_not_make_quiet_weeks_scatter_less():
    # 60 histories of 260 weeks; standard error of the mean of ln phi about 0.09 / sqrt 60 = 0.012.
    rng = np.random.default_rng(6)
    found = [np.log(fitted(rng.negative_binomial(5.0, 1 / 3.0, 260).astype(float))[5]) for _ in range(60)]
    assert np.mean(found) == pytest.approx(np.log(3.0), abs=0.035)


def test_the_inverse_undoes_the_matrix():
    half = np.random.default_rng(5).standard_normal((6, 6))
    matrix, inverse = half @ half.T + np.eye(6), np.empty((6, 6))
    invert(matrix.copy(), inverse)
    assert inverse @ matrix == pytest.approx(np.eye(6), abs=1e-9)
