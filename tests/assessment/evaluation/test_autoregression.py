import numpy as np
import pytest
from scipy.stats import t

from headworks.assessment.evaluation.autoregression import posterior_of_regression


def test_the_sums_of_every_phi_are_those_of_whitened_columns():
    # The trap is the first point, whitened by its stationary variance.
    rng = np.random.default_rng(1)
    x, y, phi = rng.standard_normal((9, 2)), rng.standard_normal(9), 0.6
    white = np.vstack([np.sqrt(1 - phi**2) * x[:1], x[1:] - phi * x[:-1]])
    neighbours = x[1:].T @ x[:-1]
    assert white.T @ white == pytest.approx(x.T @ x - phi * (neighbours + neighbours.T) + phi**2 * x[1:-1].T @ x[1:-1])
    assert y.shape == (9,)


def test_with_independent_errors_the_mean_has_about_student_s_interval():
    rng = np.random.default_rng(2)
    y = rng.standard_normal((60, 80))
    found = posterior_of_regression(y, np.full(y.shape, np.nan), np.ones((80, 1)), np.random.default_rng(3), 1_000)
    half = (np.quantile(found.beta[:, :, 0], 0.975, axis=0) - np.quantile(found.beta[:, :, 0], 0.025, axis=0)) / 2
    student = t.ppf(0.975, 79) * y.std(axis=1, ddof=1) / np.sqrt(80)
    # phi is not known to be 0, so the interval follows what each series shows of it.
    assert np.mean(half / student) == pytest.approx(1.0, abs=0.1)


def test_autocorrelation_and_scatter_are_found_again():
    rng = np.random.default_rng(4)
    u = np.zeros((80, 400))
    for point in range(1, 400):
        u[:, point] = 0.6 * u[:, point - 1] + 0.5 * rng.standard_normal(80)
    found = posterior_of_regression(u, np.full(u.shape, np.nan), np.ones((400, 1)), np.random.default_rng(5), 200)
    assert (found.phi.mean(), found.sigma.mean()) == pytest.approx((0.6, 0.5), abs=0.02)
