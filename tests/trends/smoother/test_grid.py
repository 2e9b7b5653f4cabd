import numpy as np
import pytest
from scipy.stats import norm
from tests.trends.smoother.builders import one_series

from headworks.trends.smoother import Settings, first_state, grid_levels, observations, smooth


def test_quantified_days_alone_are_those_of_the_filter():
    day = np.array([0, 5, 9, 40])
    seen, settings = one_series(day, [0.1, 0.5, 0.2, 1.0], variance=0.05), Settings.same(1, 0.004, 0.0, 0.1, 0.0, 25.0)
    found = grid_levels(seen, settings, [0, 3], [3, 9, 60])
    twin = smooth(seen, settings, [0, 3], [3, 9, 60], state=first_state(seen, settings, 0.35))
    assert found.mean == pytest.approx(twin.level, abs=1e-4)
    assert found.variance == pytest.approx(twin.level_variance, rel=2e-3)
    assert found.quantiles[:, 2] == pytest.approx(twin.level + 1.96 * np.sqrt(twin.level_variance), abs=0.03)


def test_one_day_below_a_limit_is_the_integral_written_out():
    seen = observations([0, 1], [0], [-np.inf], [0.0], variance=0.04)
    settings = Settings.same(1, 1e-4, 0.0, 0.05, 0.0, 25.0)
    points = np.linspace(-20, 10, 300_001)
    weight = norm.pdf(points, 0.0, 3.0) * norm.cdf(-points / 0.3)
    total = np.cumsum(weight) / weight.sum()
    found = grid_levels(seen, settings, [0, 1], [0])
    assert found.quantiles[0] == pytest.approx([points[np.searchsorted(total, p)] for p in (0.025, 0.5, 0.975)], abs=0.05)


def test_rows_come_in_the_order_asked_for_and_series_do_not_meet():
    seen = observations([0, 1, 2], [0, 0], [0.0, 2.0], [0.0, 2.0], variance=0.1)
    found = grid_levels(seen, Settings.same(2, 1e-3, 0.0, 0.1, 0.0, 25.0), [0, 2, 3], [0, 50, 0])
    assert found.mean[[0, 2]] == pytest.approx([0.02, 1.98], abs=0.05)
    assert found.variance[1] > found.variance[0]
