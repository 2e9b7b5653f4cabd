import numpy as np
import polars as pl
import pytest

from headworks.core.errors import DataRefused
from headworks.trends.censored_mean import censored_mean
from headworks.trends.day_arrays import day_arrays, group_by_period
from headworks.trends.day_groups import group_days
from headworks.trends.day_spread import DaySpread, day_spread


def years_of(days: pl.DataFrame, log_sd: float | None = None) -> pl.DataFrame:
    """Moments of every series and year; with a spread of one's own when said."""
    arrays = day_arrays(days)
    spread = day_spread(arrays)
    if log_sd is not None:
        spread = DaySpread(np.full(days.height, log_sd), spread.degrees_of_freedom, spread.smallest)
    return group_days(arrays, group_by_period(arrays, "year"), spread)


def test_groups_agree_with_the_mean_of_one_group(build):
    found = years_of(build.week_of([4.0, 8.0, None, None]), log_sd=0.5).row(0, named=True)
    one = censored_mean([4.0, 8.0], [np.nan, np.nan], 0.5)
    assert (found["mean"], found["mean_zero"], found["mean_limit"]) == pytest.approx(tuple(one))


def test_moments_are_those_of_the_days(build):
    values = [3.0, 9.0, 4.0]
    found = years_of(build.week_of(values)).row(0, named=True)
    assert (found["mean"], found["sd"], found["n_days"]) == pytest.approx((np.mean(values), np.std(values, ddof=1), 3))


def test_an_unknown_limit_without_a_value_looks_to_the_days_of_the_year_before(build):
    silent = build.week_of([None, None], year=2020)
    found = years_of(build.week_of([5.0, 3.0], year=2019).vstack(silent))
    assert found["mean"].to_list() == [4.0, None]
    assert found["mean_limit"].to_list() == [4.0, 3.0]


def test_a_limit_nobody_knows_stays_unknown(build):
    found = years_of(build.week_of([None, None], year=2018).vstack(build.week_of([5.0, 3.0], year=2020)))
    assert found.filter(label="2018").select("mean", "mean_limit", "mean_zero").row(0) == (None, None, 0.0)


def test_two_batches_share_half_the_variance_each(build):
    # Batches of 2 and 2 days: sigma^2 (4 + 4) / 16 = sigma^2 / 2.
    batches = [build.one_day(1.0, weekday=i, batch_id=name) for i, name in enumerate("aabb", start=1)]
    found = years_of(build.frame(batches))["sigma_batch"].item()
    assert found == pytest.approx(np.sqrt(np.log1p(0.1**2) / 2))


def test_days_without_a_batch_share_one(build):
    found = years_of(build.week_of([1.0, 2.0]))["sigma_batch"].item()
    assert found == pytest.approx(np.sqrt(np.log1p(0.1**2)))


def test_a_published_zero_that_counts_as_quantified_does_no_harm(build):
    found = years_of(build.week_of([0.0, None, 0.0])).row(0, named=True)
    assert found["mean"] == 0.0


def test_a_scatter_of_zero_is_refused(build):
    with pytest.raises(DataRefused, match="scatter between days must be above 0"):
        day_spread(day_arrays(build.week_of([1.0])), 0.0)
