import numpy as np
import pytest

from headworks.warning.peers import quasi_poisson as fit
from headworks.warning.peers.baseline_weeks import BaselineWeeks

WEEKS = np.arange(-60, -3)


def fitted(y, level, *, trend=True, threshold=-1.0):
    """A fit of one baseline; the week assessed is the one at 0."""
    observed = np.full((1, 61), np.nan)
    observed[0, 60 + WEEKS] = y
    baseline = BaselineWeeks(WEEKS, level, int(level.max()) + 1)
    return fit.fit_rows(observed, np.zeros(1, np.int64), np.array([60]), baseline, np.array([trend]), threshold, 1)[0]


def dense(y, level, weight=None):
    """The same model by a full matrix, Newton to the end."""
    design = np.column_stack([level == g for g in range(level.max() + 1)] + [WEEKS]).astype(float)
    weight = np.ones(y.size) if weight is None else weight
    beta = np.linalg.lstsq(design, np.log(y + 0.5), rcond=None)[0]
    for _ in range(60):
        mu = np.exp(design @ beta)
        information = design.T @ (design * (weight * mu)[:, None])
        beta = beta + np.linalg.solve(information, design.T @ (weight * (y - mu)))
    return beta, mu, np.linalg.inv(information), design


@pytest.fixture
def example():
    rng = np.random.default_rng(5)
    level = (np.arange(WEEKS.size) // 8) % 3
    return rng.poisson(np.exp(2.0 + 0.4 * level + 0.01 * WEEKS)).astype(float), level


def test_levels_and_trend_are_those_of_the_full_matrix(example):
    y, level = example
    out, (beta, mu, covariance, design) = fitted(y, level), dense(y, level)
    at_zero = np.eye(design.shape[1])[0]
    assert out[fit.EXPECTED_LOG] == pytest.approx(beta[0], rel=1e-6)
    assert out[fit.SLOPE] == pytest.approx(beta[-1], rel=1e-5)
    assert out[fit.LEVERAGE] == pytest.approx(at_zero @ covariance @ at_zero, rel=1e-4)
    assert 1 / out[fit.SLOPE_INFORMATION] == pytest.approx(covariance[-1, -1], rel=1e-4)
    assert out[fit.DISPERSION] == pytest.approx(((y - mu) ** 2 / mu).sum() / (y.size - 4), rel=1e-4)
    assert (out[fit.FREEDOM], out[fit.USED], out[fit.LARGEST]) == (WEEKS.size - 4, WEEKS.size, y.max())


def test_without_a_trend_a_level_is_its_mean(example):
    y, level = example
    assert np.exp(fitted(y, level, trend=False)[fit.EXPECTED_LOG]) == pytest.approx(y[level == 0].mean(), rel=1e-8)


def test_weights_are_those_of_anscombe_residuals(example):
    y, level = example
    y[10] = 90.0
    _, mu, covariance, design = dense(y, level)
    leverage = mu * np.einsum("ij,jk,ik->i", design, covariance, design)
    phi = max(((y - mu) ** 2 / mu).sum() / (y.size - 4), 1.0)
    residual = 1.5 * (y ** (2 / 3) * mu ** (-1 / 6) - np.sqrt(mu)) / np.sqrt(phi * (1 - leverage))
    weight = np.where(residual > 1.0, residual**-2.0, 1.0)
    beta, _, _, _ = dense(y, level, weight * y.size / weight.sum())
    assert fitted(y, level, threshold=1.0)[fit.EXPECTED_LOG] == pytest.approx(beta[0], rel=1e-4)


def test_an_outbreak_of_long_ago_hardly_moves_a_reweighted_fit(example):
    y, level = example
    quiet = fitted(y, level, trend=False, threshold=1.0)[fit.EXPECTED_LOG]
    first = np.flatnonzero(level == 0)[3]
    y[first] = 150.0
    kept, weighted = (fitted(y, level, trend=False, threshold=one)[fit.EXPECTED_LOG] for one in (-1.0, 1.0))
    assert abs(weighted - quiet) < 0.3 * abs(kept - quiet)


def test_missing_weeks_are_left_out_and_nothing_else_changes(example):
    y, level = example
    holes = y.copy()
    holes[[4, 20, 41]] = np.nan
    kept = ~np.isnan(holes)
    assert np.exp(fitted(holes, level, trend=False)[fit.EXPECTED_LOG]) == pytest.approx(
        y[kept & (level == 0)].mean(), rel=1e-8
    )
    assert fitted(holes, level)[fit.USED] == WEEKS.size - 3


def test_a_part_of_the_year_nobody_observed_says_nothing(example):
    y, level = example
    y[level == 0] = np.nan
    assert np.isnan(fitted(y, level)[fit.EXPECTED_LOG])


def test_weeks_at_one_time_have_no_trend():
    y = np.full(WEEKS.size, np.nan)
    y[5] = 3.0
    assert fitted(y, np.zeros(WEEKS.size, np.int64))[fit.SLOPE] == 0.0
