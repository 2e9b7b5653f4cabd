import datetime as dt

import numpy as np
import polars as pl
import pytest
from tests.trends.areas.builders import day, days

from headworks.trends.day_arrays import days_of_residue
from headworks.trends.site_trends import MOST_WEEKS_AWAY, QUARTER_WEEKS, site_trends, week_end

MONDAY = dt.date(2025, 3, 3)


def weekly(site, values, every=7, first=MONDAY, **more):
    return [day(site, value, first + dt.timedelta(days=every * n), **more) for n, value in enumerate(values)]


def noisy(level, n=52, seed=1, sd=0.3):
    return list(level * np.exp(np.random.default_rng(seed).normal(-(sd**2) / 2, sd, n)))


def test_a_week_ends_on_its_sunday():
    assert week_end([0, 3, 4]).tolist() == [3, 3, 10]


def test_a_steady_site_has_its_mean_day_as_level_and_no_trend():
    found = site_trends(days(*weekly("a", noisy(20.0))))
    level = np.exp(found.log_level + found.variance / 2)
    assert found.sunday.size == 52
    assert level.mean() == pytest.approx(20.0, rel=0.1)
    inside = np.abs(found.log_level - np.log(20.0)) < 2.5 * np.sqrt(found.variance)
    assert inside.mean() > 0.9
    assert np.abs(found.slope / np.sqrt(found.slope_variance)).max() < 3
    assert found.n_days.tolist() == [1.0] * 52


def test_a_change_looks_a_quarter_back_and_is_not_known_before():
    found = site_trends(days(*weekly("a", noisy(10.0, 30) + noisy(40.0, 30, seed=2))))
    assert np.isnan(found.change[:QUARTER_WEEKS]).all()
    rose = found.change[30 + QUARTER_WEEKS // 2]
    assert rose == pytest.approx(np.log(4.0), abs=0.5)
    assert rose > 3 * np.sqrt(found.change_variance[30 + QUARTER_WEEKS // 2])


def test_weeks_far_from_any_sampled_day_are_not_near():
    values = weekly("a", noisy(10.0, 4)) + weekly("a", noisy(10.0, 4, seed=3), first=MONDAY + dt.timedelta(weeks=40))
    found = site_trends(days(*values))
    assert found.is_near[: 4 + MOST_WEEKS_AWAY].all()
    assert not found.is_near[4 + MOST_WEEKS_AWAY : 40 - MOST_WEEKS_AWAY].any()
    assert found.is_near[40 - MOST_WEEKS_AWAY :].all()


def test_two_days_are_no_trend():
    assert site_trends(days(*weekly("a", [1.0, 2.0]))).sunday.size == 0


def test_a_site_below_every_limit_has_a_limit_and_no_value():
    rows = weekly("a", [None] * 20, limit=4.0) + weekly("b", noisy(20.0, 20))
    found = site_trends(days(*rows))
    assert found.has_value.tolist() == [False, True]
    assert found.limit[0] == pytest.approx(4.0)
    assert np.isnan(found.limit[1])
    assert found.n_censored.sum() == 20


def test_neither_threads_nor_other_residues_change_a_bit():
    rows = [row for n in range(12) for row in weekly(f"s{n:02}", noisy(10.0 + n, 30, seed=n))]
    other = [row | {"analyte": "y", "drug": "Y"} for row in rows]
    both = days_of_residue(days(*rows, *other), "x")
    one, two = site_trends(days(*rows), threads=1), site_trends(both, threads=2)
    for name in ("log_level", "variance", "slope", "change_variance"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
    assert both.series.height == 12


def test_a_batch_holds_the_share_of_the_noise_that_it_leaves():
    alone = site_trends(days(*weekly("a", noisy(10.0)))).batch_share
    batched = site_trends(days(*weekly("a", noisy(10.0), batch_id="b1", u_batch=0.3))).batch_share
    assert alone.item() == 0.0
    assert 0.1 < batched.item() < 0.9


def test_undated_days_are_the_callers_to_leave_out():
    rows = days(*weekly("a", noisy(10.0, 10)))
    assert rows.is_dated.all()
    assert isinstance(rows.series, pl.DataFrame)


def test_later_weeks_alone_have_the_bits_they_have_among_all():
    gone = [day("b", 5.0, MONDAY + dt.timedelta(weeks=n)) for n in (*range(8), *range(28, 52))]
    arrays = days(*weekly("a", noisy(20.0)), *gone)
    whole, since = site_trends(arrays), int(week_end(arrays.ordinal.min())) + 7 * 30
    some = site_trends(arrays, since=since)
    wanted = whole.sunday >= since
    for name in ("sunday", "log_level", "variance", "slope", "change", "change_variance", "log_online", "n_days", "is_near"):
        ours, theirs = getattr(some, name), getattr(whole, name)
        assert np.array_equal(ours[some.sunday >= since], theirs[wanted], equal_nan=ours.dtype == float), name
    assert some.sunday.min() == since - 7 * QUARTER_WEEKS
