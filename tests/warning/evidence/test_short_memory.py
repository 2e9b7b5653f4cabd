import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from headworks.warning.evidence import short_memory_p
from headworks.warning.evidence.short_memory import smaller_of_two


@pytest.mark.parametrize("z", [-1.0, 1.0, 2.5, 3.5])
def test_the_law_of_the_larger_agrees_with_scipy(z):
    law = multivariate_normal([0, 0], [[1, np.sqrt(0.5)], [np.sqrt(0.5), 1]])
    assert smaller_of_two(z) == pytest.approx(1 - law.cdf([z, z]), rel=1e-3, abs=1e-6)


def test_p_values_are_uniform_with_and_without_gaps():
    rng = np.random.default_rng(1)
    z = rng.standard_normal((2_000, 60))
    z[rng.random(z.shape) < 0.3] = np.nan
    p = short_memory_p(z)
    found = p[~np.isnan(p)]
    assert found.size == np.count_nonzero(~np.isnan(z))
    for rate in (0.1, 0.01):  # 84,000 weeks; Monte Carlo standard error 4 % at 0.01
        assert np.mean(found <= rate) / rate == pytest.approx(1.0, abs=0.13)


def test_two_moderate_weeks_say_more_than_one():
    p = short_memory_p([[2.0, 2.0]])[0]
    assert p[1] < p[0] == pytest.approx(norm.sf(2.0))


def test_the_last_sample_is_remembered_over_one_gap_and_no_further():
    p = short_memory_p([[2.0, np.nan, 2.0, np.nan, np.nan, 2.0]])[0]
    assert p[2] < p[5] == pytest.approx(norm.sf(2.0))
