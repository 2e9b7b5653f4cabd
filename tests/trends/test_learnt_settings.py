import datetime as dt

import numpy as np
import polars as pl
import pytest
from tests.trends.areas.builders import day, days

from headworks.core.schema import require_promise
from headworks.tables import TrendSettings, WeekdayOffsets
from headworks.trends.learnt_settings import learn, learnt_of, learnt_rows
from headworks.trends.site_trends import site_trends

MONDAY = dt.date(2024, 1, 1)


def year_of(site, seed, sd=0.3, n=52, first=MONDAY):
    noise = np.random.default_rng(seed).normal(0, sd, n)
    return [day(site, float(10 * np.exp(noise[i])), first + dt.timedelta(days=7 * i + i % 5)) for i in range(n)]


@pytest.fixture(scope="module")
def learnt():
    arrays = days(*[row for n in range(8) for row in year_of(f"s{n}", n)])
    return arrays, learn(arrays, ())


def test_what_was_learnt_comes_back_from_its_tables_to_the_bit(learnt):
    arrays, found = learnt
    settings, offsets = learnt_rows(arrays, found, 2024, "x")
    require_promise(TrendSettings, settings, where="settings")
    require_promise(WeekdayOffsets, offsets, where="offsets")
    assert (settings.height, offsets.height) == (8 * 5, 7)
    back = learnt_of(arrays, settings.sample(fraction=1.0, shuffle=True, seed=1), offsets)
    for one, other in zip(
        (found.settings.central, *found.settings.corners), (back.settings.central, *back.settings.corners), strict=True
    ):
        for before, after in zip(one, other, strict=True):
            np.testing.assert_array_equal(before, after)
    np.testing.assert_array_equal(found.offsets.weekday, back.offsets.weekday)
    with_tables, with_memory = (site_trends(arrays, (), given) for given in (back, found))
    np.testing.assert_array_equal(with_tables.log_level, with_memory.log_level)


def test_a_series_that_was_not_known_has_the_middle_of_the_others(learnt):
    arrays, found = learnt
    settings, offsets = learnt_rows(arrays, found, 2024, "x")
    new = days(
        *year_of("new", 99, first=MONDAY + dt.timedelta(days=364)), *year_of("s3", 98, first=MONDAY + dt.timedelta(days=364))
    )
    given = learnt_of(new, settings, offsets).settings.central.day_variance
    known = settings.filter(setting=0)
    assert given[0] == pytest.approx(np.exp(np.log(known["day_variance"]).mean()))
    assert given[1] == known.filter(site_id="s3")["day_variance"].item()


def test_nothing_learnt_is_nothing(learnt):
    arrays, found = learnt
    settings, offsets = learnt_rows(arrays, found, 2024, "x")
    assert learnt_of(arrays, settings.clear(), offsets) is None
    assert learnt_of(arrays, settings, offsets.clear()) is None


def test_steady_and_scattered_sites_are_told_apart():
    arrays = days(
        *[row for n in range(6) for row in year_of(f"calm{n}", n, sd=0.1)],
        *[row for n in range(6) for row in year_of(f"wild{n}", n + 50, sd=0.8)],
    )
    spread = learn(arrays, ()).settings.central.day_variance
    is_calm = arrays.series["site_id"].str.starts_with("calm").to_numpy()
    assert spread[is_calm].max() < spread[~is_calm].min()
    assert isinstance(arrays.series, pl.DataFrame)
