import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest

from headworks.trends.smoother import Settings, observations, places, predictive, smooth
from headworks.trends.smoother.predictive import Predictive


@given(st.floats(0.001, 0.999), st.floats(-5, 5), st.floats(0.01, 4), st.floats(1, 40), st.floats(0, 0.5))
def test_a_quantile_is_where_its_probability_lies(p, mean, variance, scale, share):
    one = Predictive(*(np.array([value]) for value in (mean, variance, scale * variance, share)))
    assert one.cdf(one.quantile(p)).item() == pytest.approx(p, abs=1e-9)


def test_days_fall_evenly_over_what_was_expected():
    rng = np.random.default_rng(9)
    day = np.arange(0, 2800, 7)
    level = np.cumsum(0.05 * rng.standard_normal((20, day.size)), axis=1)
    noise = 0.3 * np.where(rng.random(level.shape) < 0.03, 5.0, 1.0) * rng.standard_normal(level.shape)
    value = (level + noise).ravel()
    seen = observations(np.arange(21) * day.size, np.tile(day, 20), value, value)
    settings = Settings.same(20, 0.05**2 / 7, 0.0, 0.09, 0.03, 25.0)
    nothing = np.zeros(21, np.int64)
    found = smooth(seen, settings, nothing, nothing[:0])
    lower, upper = places(seen, predictive(seen, found, settings))
    assert np.array_equal(lower, upper)
    assert kstest(lower, "uniform").pvalue > 0.01


def test_of_a_censored_day_only_bounds_are_known():
    seen = observations([0, 2], [0, 7], [0.0, -np.inf], [0.0, 0.0])
    settings = Settings.same(1, 1e-4, 0.0, 0.1, 0.03, 25.0)
    found = smooth(seen, settings, [0, 0], [])
    lower, upper = places(seen, predictive(seen, found, settings))
    assert (lower[1], upper[1]) == pytest.approx((0.0, 0.5), abs=0.02)
