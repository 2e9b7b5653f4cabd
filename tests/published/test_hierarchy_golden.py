"""Dense MinT solutions of two trees, and Fay–Herriot fits of the program sae 1.3, against our linear-time and our own fits.

Numbers from the shared data beside the project (``hierarchy-golden``, its README has the origin). Trees to 1e-12 relative. The
README gives the weak prior as N(root truth / number of leaves, same sd) without the truth; the two values here make the 83 means
and 83 standard deviations agree to 1e-9, which one number per tree cannot do by chance. The milk fit agrees to 1e-12 because we
stop where sae stops; fitted on to the end sigma2_u is 0.0185503348, 6e-6 higher. The ML and moment values are those of sae as
printed with 7 digits. Written 2026-11, numpy 2.4.
"""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from headworks.trends.levels import fay_herriot, reconcile

GOLDEN = Path(__file__).parents[3] / "shared" / "data" / "hierarchy-golden"
pytestmark = pytest.mark.shared


def table(name: str) -> pl.DataFrame:
    path = GOLDEN / f"{name}.csv"
    if not path.exists():
        pytest.skip("no hierarchy-golden in the shared data folder beside the repository (owner: trends)")
    return pl.read_csv(path)


def tree(name: str) -> tuple[pl.DataFrame, list[int]]:
    data = table(name)
    place = {node: row for row, node in enumerate(data["node"])}
    return data, [place.get(parent, -1) for parent in data["parent"]]


@pytest.mark.parametrize("name", ["mint_case_a", "mint_case_b"])
def test_a_tree_is_the_dense_solution(name):
    data, parent = tree(name)
    found = reconcile(parent, data["direct"], data["sd"] ** 2)
    np.testing.assert_allclose(found.mean, data["mint_wls"], rtol=1e-12)
    np.testing.assert_allclose(np.sqrt(found.variance), data["mint_wls_sd"], rtol=1e-12)


@pytest.mark.parametrize(("name", "truth"), [("mint_case_a", 125.356233333), ("mint_case_b", 1022.2971965)])
def test_a_weak_prior_of_leaves_is_the_dense_solution(name, truth):
    data, parent = tree(name)
    prior = truth / (data.height - len(set(parent) - {-1}))
    variance = np.where(data["observed"] == 1, data["sd"] ** 2, np.inf)
    found = reconcile(parent, data["direct"], variance, leaf_mean=prior, leaf_variance=prior**2)
    np.testing.assert_allclose(found.mean, data["bayes_leafprior"], rtol=1e-9)
    np.testing.assert_allclose(np.sqrt(found.variance), data["bayes_leafprior_sd"], rtol=1e-9)


def milk(method: str, **options: float):
    data = table("fay_herriot_milk_REML")
    covariates = (data["major"].to_numpy()[:, None] == np.arange(1, 5)).astype(float)
    covariates[:, 0] = 1.0
    return data, fay_herriot(data["direct"], data["sd"] ** 2, covariates, method, **options)


def test_fresh_milk_by_restricted_likelihood_is_sae_s():
    data, found = milk("reml")
    assert found.sigma2_u == pytest.approx(data["sigma2_u"][0], rel=1e-12)
    np.testing.assert_allclose(found.eblup, data["eblup"], rtol=1e-12)
    np.testing.assert_allclose(found.mse, data["mse"], rtol=1e-12)
    assert found.beta == pytest.approx([0.9681890, 0.1327801, 0.2269462, -0.2413011], abs=1e-7)
    errors = np.sqrt(np.diag(found.beta_covariance))
    assert errors == pytest.approx([0.0693621, 0.1030007, 0.0923298, 0.0816171], abs=1e-7)
    assert found.log_likelihood == pytest.approx(12.677478, abs=1e-6)


def test_fitted_to_the_end_the_milk_hardly_moves():
    _, stopped = milk("reml")
    _, settled = milk("reml", tolerance=1e-12)
    assert settled.sigma2_u == pytest.approx(0.0185503348, abs=1e-10)
    np.testing.assert_allclose(settled.eblup, stopped.eblup, rtol=1e-6)


@pytest.mark.parametrize(
    ("method", "sigma2_u", "first", "log_likelihood"),
    [("ml", 0.01551755, 1.016173, 12.771174), ("moment", 0.01642027, 1.017976, 12.762051)],
)
def test_fresh_milk_by_likelihood_and_by_moments_is_sae_s(method, sigma2_u, first, log_likelihood):
    _, found = milk(method)
    assert found.sigma2_u == pytest.approx(sigma2_u, abs=1e-8)
    assert (found.eblup[0], found.log_likelihood) == pytest.approx((first, log_likelihood), abs=1e-6)
