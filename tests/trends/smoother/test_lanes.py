import numpy as np
import pytest
from tests.trends.smoother.builders import every, some_series

from headworks.trends.smoother import Settings, first_state, observations, smooth
from headworks.trends.smoother.lanes import LANES


def uneven(n: int):
    """Series of 0, 5, 10, ... days, every third mostly censored, so that sweeps and lengths differ between neighbours."""
    seen = some_series(np.random.default_rng(4), n, 5 * n, 0.3)
    n_days = np.diff(seen.start)
    kept = np.concatenate([np.arange(min(5 * k, n_days[k])) + seen.start[k] for k in range(n)])
    size = np.minimum(5 * np.arange(n), n_days)
    start = np.concatenate([[0], np.cumsum(size)])
    is_low = np.repeat(np.arange(n) % 3 == 0, size)
    lower = np.where(is_low, -np.inf, seen.lower[kept])
    return observations(start, seen.day[kept], lower, seen.upper[kept], seen.variance[kept])


@pytest.mark.parametrize("n", [1, LANES, LANES + 3])
def test_a_series_has_the_same_bits_whoever_stands_beside_it(n):
    seen = uneven(n)
    settings = Settings.same(n, 4e-4, 1e-6, 0.08, 0.03, 25.0)
    wanted = every(np.arange(6, 100, 7), n)
    begun = first_state(seen, settings, 0.0)
    together = smooth(seen, settings, *wanted, lags=(3,), state=begun, scored=True)
    m = wanted[0][1]
    for k in range(n):
        one = np.array([k])
        alone = smooth(
            seen.take(one),
            Settings(*(c[one] for c in settings)),
            [0, m],
            wanted[1][:m],
            lags=(3,),
            state=begun[one],
            scored=True,
        )
        for name in ("level", "level_variance", "change_variance", "filtered"):
            assert np.array_equal(getattr(alone, name), getattr(together, name)[k * m : (k + 1) * m], equal_nan=True)
        for name in ("expected", "signal", "p_outlier", "score", "information"):
            rows = slice(seen.start[k], seen.start[k + 1])
            assert np.array_equal(getattr(alone, name), getattr(together, name)[rows], equal_nan=True)
        assert np.array_equal(alone.state[0], together.state[k])
        assert alone.log_likelihood[0] == together.log_likelihood[k]


def test_wanted_days_do_not_change_what_is_said_of_days_and_may_lie_before_them():
    seen = uneven(4)
    settings = Settings.same(4, 4e-4, 1e-6, 0.08, 0.03, 25.0)
    many, none = every(np.arange(-20, 300, 5), 4), every(np.arange(0), 4)
    begun = first_state(seen, settings, 0.0)
    with_days, without = (smooth(seen, settings, *wanted, state=begun) for wanted in (many, none))
    # A series that is wanted from twenty days before its first goes on from there: it has wandered by then.
    late = every(np.arange(100, 300, 5), 4)
    later = smooth(seen, settings, *late, state=begun)
    assert np.array_equal(later.expected, without.expected)
    assert np.all(with_days.filtered_variance > 0)
    assert np.all(np.diff(with_days.filtered_variance[:4]) > 0)


def test_a_gap_of_thirty_years_wanders_as_one_of_thirty_years():
    # 1 + 10,957 days x 1e-4: gaps within a series are not cut short.
    seen = observations([0, 1], [0], [0.0], [0.0], variance=1.0)
    plain = Settings.same(1, 1e-4, 0.0, 0.0, 0.0, 25.0)
    found = smooth(seen, plain, [0, 2], [0, 10_957], state=first_state(seen, plain, 0.0, 1000.0), lags=(1,))
    assert found.level_variance == pytest.approx([1.0, 1.0 + 1.0957], rel=1e-5)
    assert found.change_variance[1, 0] == pytest.approx(1.0957, rel=1e-5)
