import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from headworks.warning.peers.count_quantile import at_least, upper_count


def test_a_poisson_of_mean_two_is_above_five_with_under_two_per_cent():
    # By hand: e^-2 (1 + 2 + 2 + 4/3 + 2/3) = 0.9473 for at most 4, + 4/15 e^-2 = 0.9834 for at most 5.
    assert upper_count(np.full(2, 2.0), np.ones(2), 0.05).tolist() == [5, 5]
    assert at_least(np.array([5.0]), np.full(1, 2.0), np.ones(1)).round(4).item() == 0.0527


@given(st.floats(1e-6, 1e5), st.floats(1.0, 60.0), st.sampled_from([0.001, 0.01, 0.05, 0.3]))
def test_quantiles_are_the_slow_obvious_ones(mean, phi, alpha):
    law = stats.poisson(mean) if phi == 1.0 else stats.nbinom(mean / (phi - 1.0), 1.0 / phi)
    k = upper_count(np.array([mean]), np.array([phi]), alpha).item()
    assert law.cdf(k) >= (1 - alpha) * (1 - 1e-11)
    assert k == 0 or law.cdf(k - 1) < (1 - alpha) * (1 + 1e-11)


def test_a_mean_of_nothing_allows_no_case():
    assert upper_count(np.zeros(2), np.array([1.0, 3.0]), 0.01).tolist() == [0, 0]


def test_at_least_none_is_sure():
    assert at_least(np.zeros(1), np.full(1, 3.0), np.full(1, 2.0)).item() == 1.0
