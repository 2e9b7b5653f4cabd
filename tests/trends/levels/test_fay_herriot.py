import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.core.errors import DataRefused
from headworks.trends.levels import FAY_HERRIOT_METHODS, fay_herriot


def areas(seed=3, size=30, between=0.5):
    rng = np.random.default_rng(seed)
    x = np.column_stack([np.ones(size), rng.normal(size=size)])
    d = rng.uniform(0.1, 0.6, size)
    truth = x @ [2.0, 0.7] + np.sqrt(between) * rng.normal(size=size)
    return truth + np.sqrt(d) * rng.normal(size=size), d, x, truth


def test_two_areas_by_hand():
    # Scatter 2 on one degree of freedom less 0.5 leaves A = 1.5; g = 3/4, Q = 2/2 = 1.
    # mse = 3/4 x 1/2 + 1/16 x 1 + 2 x (1/4)/8 x (2 / (2/4)) = 0.375 + 0.0625 + 0.25.
    found = fay_herriot([-1.0, 1.0], [0.5, 0.5], np.ones((2, 1)), tolerance=1e-13)
    assert found.sigma2_u == pytest.approx(1.5)
    assert found.eblup == pytest.approx([-0.75, 0.75])
    assert found.mse == pytest.approx([0.6875, 0.6875])


def test_likelihood_divides_by_all_areas_and_moments_by_the_free_ones():
    # Mean square 1 less 0.5 by likelihood; 2 / (A + 0.5) = 1 by moments.
    one = [-1.0, 1.0], [0.5, 0.5], np.ones((2, 1))
    assert fay_herriot(*one, "ml", tolerance=1e-13).sigma2_u == pytest.approx(0.5)
    assert fay_herriot(*one, "moment", tolerance=1e-13).sigma2_u == pytest.approx(1.5)


@pytest.mark.parametrize("method", FAY_HERRIOT_METHODS)
def test_an_area_without_an_estimate_stands_on_the_regression_and_says_so(method):
    y, d, x, _ = areas()
    y[4], d[7] = np.nan, np.inf
    found = fay_herriot(y, d, x, method)
    assert np.flatnonzero(found.is_modelled).tolist() == [4, 7]
    missing = [4, 7]
    assert found.eblup[missing] == pytest.approx(x[missing] @ found.beta)
    expected = found.sigma2_u + np.einsum("ij,jk,ik->i", x, found.beta_covariance, x)[missing]
    assert found.mse[missing] == pytest.approx(expected)
    assert found.weight_of_direct[missing].tolist() == [0, 0]
    kept = np.delete(np.arange(y.size), missing)
    alone = fay_herriot(y[kept], d[kept], x[kept], method)
    assert found.eblup[kept] == pytest.approx(alone.eblup)


@pytest.mark.parametrize("method", FAY_HERRIOT_METHODS)
def test_areas_alike_give_no_variance_between_them(method):
    found = fay_herriot([1.0, 1.0, 1.0, 1.1], [0.5] * 4, np.ones((4, 1)), method)
    assert found.sigma2_u == 0.0
    assert found.eblup == pytest.approx([1.025] * 4)


@given(st.integers(0, 10**6), st.floats(0.1, 10), st.sampled_from(FAY_HERRIOT_METHODS))
def test_another_unit_changes_nothing_else(seed, factor, method):
    y, d, x, _ = areas(seed)
    plain, scaled = fay_herriot(y, d, x, method), fay_herriot(factor * y, factor**2 * d, x, method)
    assert scaled.sigma2_u == pytest.approx(factor**2 * plain.sigma2_u, rel=1e-9)
    assert scaled.eblup == pytest.approx(factor * plain.eblup)
    assert scaled.mse == pytest.approx(factor**2 * plain.mse)


@pytest.mark.parametrize("method", FAY_HERRIOT_METHODS)
def test_the_error_is_what_the_model_says_and_below_that_of_direct_estimates(method):
    squared, stated, direct = [], [], []
    for seed in range(300):
        y, d, x, truth = areas(seed)
        found = fay_herriot(y, d, x, method)
        squared.append(np.mean((found.eblup - truth) ** 2))
        stated.append(found.mse.mean())
        direct.append(np.mean((y - truth) ** 2))
    # Means of 300 x 30 squared errors: a Monte Carlo error of about 2 %.
    assert np.mean(stated) == pytest.approx(np.mean(squared), rel=0.06)
    assert np.mean(squared) < 0.75 * np.mean(direct)


@pytest.mark.parametrize(
    ("direct", "variance", "covariates", "message"),
    [
        ([1.0, 2.0], [1.0], np.ones((2, 1)), "shapes"),
        ([1.0, 2.0], [1.0, 1.0], np.ones(2), "shapes"),
        ([1.0, 2.0], [1.0, 0.0], np.ones((2, 1)), "variance 0.0"),
        ([1.0, 2.0], [1.0, 1.0], [[1.0], [np.nan]], "covariate of area 1"),
        ([1.0, np.nan], [1.0, 1.0], np.ones((2, 1)), "1 direct estimates for 1 coefficients"),
        ([1.0, 2.0, 4.0], [1.0] * 3, np.ones((3, 2)), "follows from the others"),
    ],
)
def test_what_is_no_set_of_areas_is_refused(direct, variance, covariates, message):
    with pytest.raises(DataRefused) as refused:
        fay_herriot(direct, variance, covariates)
    assert refused.value.code == "HW-D539"
    assert message in str(refused.value)


def test_a_method_that_is_not_there_is_refused():
    with pytest.raises(DataRefused, match="model of areas"):
        fay_herriot([1.0, 2.0], [1.0, 1.0], np.ones((2, 1)), "bayes")
