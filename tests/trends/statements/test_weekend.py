import numpy as np
import pytest

from headworks.trends.smoother import Settings, fit_offsets, observations
from headworks.trends.smoother.offsets import offset_of_rows, weekday_of, without_offsets
from headworks.trends.statements import weekend_effect, weekend_of_sites


def sites(own: np.ndarray, weeks: int, last_on_weekdays: bool = False):
    rng = np.random.default_rng(3)
    day = np.arange(4, 4 + 7 * weeks)
    is_weekend = np.isin(weekday_of(day), (5, 6))
    value = own[:, None] * is_weekend + 0.2 * rng.standard_normal((own.size, day.size))
    kept = np.ones(value.shape, bool)
    if last_on_weekdays:
        kept[-1] = ~is_weekend
    start = np.concatenate([[0], np.cumsum(kept.sum(axis=1))])
    return observations(start, np.tile(day, (own.size, 1))[kept], value[kept], value[kept])


def found_of(seen):
    group = np.zeros(seen.n_series, np.int64)
    offsets = fit_offsets(seen, group)
    even = without_offsets(seen, offset_of_rows(seen, group, offsets))
    settings = Settings.same(seen.n_series, 1e-4, 0.0, 0.04, 0.03, 25.0)
    return weekend_effect(offsets), weekend_of_sites(even, group, settings, offsets)


def test_weekends_with_half_as_much_again_are_found():
    pooled, own = found_of(sites(np.full(20, np.log(1.5)), 12))
    assert pooled.ratio.item() == pytest.approx(1.5, abs=0.05)
    assert pooled.lower.item() < 1.5 < pooled.upper.item()
    assert own.ratio == pytest.approx(1.5, abs=0.15)


def test_sites_that_differ_keep_most_of_their_own():
    true = np.linspace(0.0, 0.8, 20)
    _, own = found_of(sites(true, 26))
    assert np.log(own.ratio) == pytest.approx(true, abs=0.17)
    assert np.corrcoef(np.log(own.ratio), true)[0, 1] > 0.97


def test_a_site_of_weekdays_alone_shows_the_others():
    pooled, own = found_of(sites(np.full(10, 0.4), 12, last_on_weekdays=True))
    assert own.ratio[-1] == pytest.approx(pooled.ratio.item())
