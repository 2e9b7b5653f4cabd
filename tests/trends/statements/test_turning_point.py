import numpy as np
import pytest

from headworks.trends.smoother import Settings, observations
from headworks.trends.statements import turning_points

SETTINGS = Settings.same(1, 1e-5, 0.0, 0.06, 0.03, 25.0)


def series(rise: float, limit: float, rng: np.random.Generator):
    day = np.sort(np.concatenate([7 * np.arange(104) + 1, 7 * np.arange(104) + 4]))
    value = np.where(day < 364, 0.0, rise) + 0.25 * rng.standard_normal(day.size)
    censored = value < limit
    return observations([0, day.size], day, np.where(censored, -np.inf, value), np.maximum(value, limit))


@pytest.mark.parametrize("limit", [-9.0, 0.2])
def test_a_jump_is_found_where_it_was_even_from_below_the_limit(limit):
    found = turning_points(series(0.8, limit, np.random.default_rng(2)), SETTINGS, 0, np.arange(28, 700, 7))
    assert found.p_change > 0.99
    assert found.first <= 364 <= found.last + 7
    assert found.last - found.first <= 42
    assert found.probability.sum() == pytest.approx(1.0)


def test_without_a_change_one_is_seldom_stated():
    rng = np.random.default_rng(4)
    stated = [turning_points(series(0.0, 0.0, rng), SETTINGS, 0, np.arange(28, 700, 14)).p_change for _ in range(40)]
    assert np.mean(np.array(stated) > 0.8) <= 0.1


def test_no_days_leave_the_probability_where_it_was():
    found = turning_points(observations([0, 1], [5], [0.0], [0.0]), SETTINGS, 0, [100, 107])
    assert found.p_change == pytest.approx(0.5)
    assert found.probability.tolist() == [0.5, 0.5]
