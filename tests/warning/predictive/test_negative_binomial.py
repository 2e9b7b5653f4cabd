import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson

from headworks.warning.predictive.negative_binomial import log_pmf, quantile, tail


def law(mean: float, phi: float):
    return poisson(mean) if phi == 1.0 else nbinom(mean / (phi - 1.0), 1.0 / phi)


def test_a_geometric_count_by_hand():
    # Mean 1 and variance 2: size 1, each further count half as likely: P(2) = 1/8, P(above 2) = 1/8.
    above, here = tail(2.0, 1.0, 2.0)
    assert (above, here) == pytest.approx((0.125, 0.125), rel=1e-12)


@pytest.mark.parametrize("mean", [0.01, 0.3, 4.0, 150.0])
@pytest.mark.parametrize("phi", [1.0, 1.13, 5.0])
def test_tails_agree_with_scipy_also_where_they_are_tiny(mean, phi):
    twin = law(mean, phi)
    for y in {0.0, 1.0, float(round(mean)), float(math.ceil(mean + 8 * math.sqrt(phi * mean)))}:
        above, here = tail(y, mean, phi * mean)
        assert above == pytest.approx(twin.sf(y), rel=1e-8)
        assert here == pytest.approx(twin.pmf(y), rel=1e-8)


@given(st.floats(0.01, 500), st.floats(1.0, 20), st.integers(0, 60))
@settings(max_examples=50)
def test_the_tail_above_a_count_is_that_above_the_next_and_the_next(mean, phi, y):
    above, _ = tail(float(y), mean, phi * mean)
    further, following = tail(y + 1.0, mean, phi * mean)
    assert above == pytest.approx(further + following, rel=1e-9, abs=1e-13)


def test_almost_no_excess_is_chance_alone():
    assert log_pmf(3.0, 2.0, 2.0 * (1 + 1e-5)) == pytest.approx(poisson(2.0).logpmf(3), abs=1e-4)


def test_large_spreads_go_over_into_the_gamma_law():
    mean, variance = 50_000.0, 2e6
    twin = nbinom(mean**2 / (variance - mean), mean / variance)
    for sigmas in (-2, 0, 3):
        y = round(mean + sigmas * math.sqrt(variance))
        assert tail(float(y), mean, variance)[0] == pytest.approx(twin.sf(y), rel=0.02)


@pytest.mark.parametrize("p", [0.025, 0.5, 0.999])
def test_quantiles_agree_with_scipy(p):
    assert [quantile(p, m, 3.0 * m) for m in (0.2, 5.0, 80.0)] == [law(m, 3.0).ppf(p) for m in (0.2, 5.0, 80.0)]


def test_below_zero_lies_nothing():
    assert tail(-1.0, 3.0, 4.0) == (1.0, 0.0)
    assert np.isfinite(tail(1e4, 1.0, 1.0)[0])
