import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import nbinom

from headworks.assessment.small_areas import gamma_poisson
from headworks.core.errors import DataRefused


def counts(n=80, size=3.0, seed=1):
    rng = np.random.default_rng(seed)
    e, x = rng.uniform(2, 30, n), rng.standard_normal(n)
    return rng.poisson(e * np.exp(0.2 + 0.5 * x) * rng.standard_gamma(size, n) / size), e, x


def test_the_fit_is_the_top_of_the_likelihood_written_out():
    y, e, x = counts()

    def loss(p):
        mean, size = e * np.exp(p[0] + p[1] * x), np.exp(p[2])
        return -nbinom.logpmf(y, size, size / (size + mean)).sum()

    slow = minimize(loss, [0.0, 0.0, 0.0], method="BFGS", options={"gtol": 1e-6}).x
    found = gamma_poisson(y, e, x)
    assert (*found.beta, np.log(found.size)) == pytest.approx(slow, abs=1e-4)
    assert found.log_likelihood == pytest.approx(-loss(slow), abs=1e-6)


def test_counts_that_scatter_no_more_than_chance_stand_on_the_regression():
    found = gamma_poisson([10, 10, 11, 9, 10], [10.0] * 5)
    assert np.isinf(found.size)
    assert found.relative_rate == pytest.approx(np.ones(5))
    lower, upper = found.interval()
    assert np.all((lower < 1) & (upper > 1))


def test_an_area_keeps_more_of_its_own_the_more_is_expected_of_it():
    y, e, _ = counts()
    found = gamma_poisson(y, e)
    order = np.argsort(e)
    assert np.all(np.diff(found.weight_of_own[order]) > 0)
    between = (found.relative_rate - found.fitted) * (y / e - found.relative_rate)
    assert np.all(between >= -1e-12)


def test_the_order_of_areas_does_not_matter():
    y, e, x = counts()
    turned = np.arange(80)[::-1]
    assert gamma_poisson(y[turned], e[turned], x[turned]).relative_rate[turned] == pytest.approx(
        gamma_poisson(y, e, x).relative_rate, rel=1e-6
    )


def test_draws_bounds_and_probabilities_agree():
    y, e, _ = counts(20)
    found = gamma_poisson(y, e)
    draws = found.draws(np.random.default_rng(1), 20_000)
    assert draws.mean(axis=0) == pytest.approx(found.relative_rate, rel=0.1)
    # Standard error of a share of draws is at most 0.0036.
    assert (draws > 1.2).mean(axis=0) == pytest.approx(found.probability_above(1.2), abs=0.015)
    assert (draws <= found.interval(0.9)[1]).mean(axis=0) == pytest.approx(np.full(20, 0.95), abs=0.01)


def test_areas_that_do_not_determine_the_model_are_refused():
    with pytest.raises(DataRefused, match=r"do not determine the model.*2 areas"):
        gamma_poisson([1, 2], [1.0, 1.0])
    with pytest.raises(DataRefused, match=r"do not determine the model.*0 cases"):
        gamma_poisson([0, 0, 0, 0], [1.0] * 4)
    with pytest.raises(DataRefused, match="rank 1"):
        gamma_poisson([1, 2, 3, 4], [1.0] * 4, [2.0] * 4)
    with pytest.raises(DataRefused, match="expected count is not above 0"):
        gamma_poisson([1, 2, 3, 4], [1.0, 1.0, 0.0, 1.0])
