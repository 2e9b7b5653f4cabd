import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, poisson

from headworks.assessment.comparison import funnel_limits, normal_funnel_limits
from headworks.core.errors import DataRefused, UsageError

P = (0.001, 0.025, 0.975, 0.999)


def slow_limit(distribution, n: float, p: float) -> float:
    """Spiegelhalter's steps, over all counts from 0."""
    below = np.r_[0.0, distribution.cdf(np.arange(1_000))]
    r = int(np.argmax(below[1:] >= p))
    return max((r - (below[r + 1] - p) / (below[r + 1] - below[r])) / n, 0.0)


@given(st.integers(1, 400), st.floats(0.01, 0.99))
def test_binomial_limits_are_those_of_the_slow_walk(n, target):
    expected = [slow_limit(binom(n, target), n, p) for p in P]
    assert funnel_limits([n], target)[0] == pytest.approx(expected, rel=1e-6, abs=1e-9)


@given(st.floats(0.1, 200), st.floats(0.3, 3))
def test_poisson_limits_are_those_of_the_slow_walk(size, target):
    expected = [slow_limit(poisson(size * target), size, p) for p in P]
    assert funnel_limits([size], target, "poisson")[0] == pytest.approx(expected, rel=1e-6, abs=1e-9)


@given(st.integers(2, 100_000), st.floats(0.05, 0.95))
def test_limits_rise_with_their_probability_and_hold_the_target(n, target):
    lower, low, high, upper = funnel_limits([n], target)[0]
    assert lower <= low <= high <= upper
    assert low < target < high or n < 60


def test_large_places_have_normal_limits():
    exact, normal = funnel_limits([1_000_000], 0.3), normal_funnel_limits([1_000_000], 0.3)
    np.testing.assert_allclose(exact, normal, rtol=1e-4)


def test_many_sizes_at_once_are_each_alone():
    sizes = np.arange(1, 300)
    alone = np.concatenate([funnel_limits([size], 0.1) for size in sizes])
    assert np.array_equal(funnel_limits(sizes, 0.1), alone)


def test_what_cannot_be_is_refused():
    with pytest.raises(DataRefused, match="places of some size and a target"):
        funnel_limits([0], 0.1)
    with pytest.raises(DataRefused, match=r"places of some size and a target.*target 1.5"):
        funnel_limits([10], 1.5)
    with pytest.raises(DataRefused, match=r"whole number.*2.5"):
        funnel_limits([2.5], 0.1)
    with pytest.raises(UsageError, match="no such method"):
        funnel_limits([10], 0.1, "normal")
