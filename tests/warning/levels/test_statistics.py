import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.warning.levels.statistics import statistic_percentile, statistic_sd_units, statistic_wval

ALL = [statistic_percentile, statistic_sd_units, statistic_wval]
loads = st.lists(st.floats(0.1, 1e3), min_size=3, max_size=12)


def one(statistic, week, history, percentile=50.0):
    return statistic(np.array([week]), np.array(history), np.array([0, len(history)]), percentile).item()


def test_an_activity_level_by_hand():
    # Logarithms 0 to 10: 10th percentile 1, sd sqrt(11) = 3.3166; exp(4 / 3.3166) = exp(1.20605) = 3.3402.
    assert one(statistic_wval, np.exp(5.0), np.exp(np.arange(11.0)), 10.0) == pytest.approx(3.3402, abs=1e-4)


@given(st.floats(0.1, 1e3), loads, st.floats(1e-3, 1e3))
def test_the_unit_of_the_loads_does_not_matter(week, history, factor):
    for statistic in ALL[1:]:
        scaled = one(statistic, factor * week, [factor * load for load in history])
        assert (
            scaled == pytest.approx(one(statistic, week, history), rel=1e-5, abs=1e-5, nan_ok=True) or np.std(history) < 1e-3
        )


def test_many_series_are_each_as_alone():
    rng = np.random.default_rng(1)
    sizes = np.array([5, 0, 1, 12, 3])
    start, history, week = np.append(0, sizes.cumsum()), rng.lognormal(size=sizes.sum()), rng.lognormal(size=5)
    for statistic in ALL:
        found = statistic(week, history, start, 30.0)
        alone = [one(statistic, week[i], history[start[i] : start[i + 1]], 30.0) for i in range(5)]
        assert found == pytest.approx(alone, nan_ok=True)
    logs = np.log(history[6:18])
    units = (np.log(week[3]) - np.quantile(logs, 0.3)) / logs.std(ddof=1)
    assert statistic_sd_units(week, history, start, 30.0)[3] == pytest.approx(units)


def test_a_past_without_scatter_or_without_days_has_no_statistic():
    assert np.isnan(one(statistic_sd_units, 2.0, [1.0, 1.0, 1.0]))
    assert np.isnan(one(statistic_percentile, 2.0, []))
