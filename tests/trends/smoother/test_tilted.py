import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from headworks.trends.smoother.tilted import tilted_interval, tilted_value

SHARE, SCALE = 0.03, 25.0


def moments_by_integral(likelihood, a, s):
    """Mean and variance of the level after a day, by brute force."""
    grid = np.linspace(a - 14 * np.sqrt(s), a + 14 * np.sqrt(s), 200_001)
    weight = likelihood(grid) * norm.pdf(grid, a, np.sqrt(s))
    mean = (grid * weight).sum() / weight.sum()
    return mean, ((grid - mean) ** 2 * weight).sum() / weight.sum(), np.log(weight.sum() * (grid[1] - grid[0]))


@pytest.mark.parametrize("x", [-4.0, -0.3, 0.2, 1.5, 6.0])
def test_a_value_teaches_what_the_integral_says(x):
    a, s, v = 0.2, 0.3, 0.1

    def likelihood(level):
        return (1 - SHARE) * norm.pdf(x, level, v**0.5) + SHARE * norm.pdf(x, level, (SCALE * v) ** 0.5)

    g, h, log_z, p = tilted_value(x, a, s, v, SHARE, SCALE)
    mean, variance, total = moments_by_integral(likelihood, a, s)
    assert (a + s * g, s - s * s * h, log_z) == pytest.approx((mean, variance, total), abs=1e-7)
    assert p == pytest.approx(SHARE * norm.pdf(x, a, (s + SCALE * v) ** 0.5) / np.exp(total), rel=1e-6)


@pytest.mark.parametrize(("lower", "upper"), [(-np.inf, 0.2), (-np.inf, -3.0), (-1.0, 0.5), (2.0, 3.0), (1.0, np.inf)])
def test_an_interval_teaches_what_the_integral_says(lower, upper):
    a, s, v = 0.2, 0.3, 0.1

    def likelihood(level):
        return sum(
            share * (norm.cdf(upper, level, root) - norm.cdf(lower, level, root))
            for share, root in ((1 - SHARE, v**0.5), (SHARE, (SCALE * v) ** 0.5))
        )

    g, h, log_z, _ = tilted_interval(lower, upper, a, s, v, SHARE, SCALE)
    mean, variance, total = moments_by_integral(likelihood, a, s)
    assert (a + s * g, s - s * s * h, log_z) == pytest.approx((mean, variance, total), abs=1e-6)


@given(st.floats(-60, 60), st.floats(0.001, 4), st.floats(0.001, 4), st.floats(0.01, 3), st.sampled_from([0.0, 0.03]))
def test_nothing_overflows_far_from_what_was_expected(bound, s, v, width, share):
    for found in (
        tilted_value(bound, 0.0, s, v, share, SCALE),
        tilted_interval(-np.inf, bound, 0.0, s, v, share, SCALE),
        tilted_interval(bound, bound + width, 0.0, s, v, share, SCALE),
    ):
        assert np.isfinite(found).all()
        assert 0 <= found[3] <= 1


def test_a_narrow_interval_is_a_value():
    found = tilted_interval(1.0, 1.0 + 1e-6, 0.0, 0.5, 0.5, 0.0, SCALE)
    assert found[:2] == pytest.approx(tilted_value(1.0, 0.0, 0.5, 0.5, 0.0, SCALE)[:2], abs=1e-5)


def test_probability_of_an_interval_is_that_of_its_integral():
    expected = quad(lambda x: norm.pdf(x, 0.0, 1.0), 0.5, 1.5)[0]
    assert np.exp(tilted_interval(0.5, 1.5, 0.0, 0.5, 0.5, 0.0, SCALE)[2]) == pytest.approx(expected)
