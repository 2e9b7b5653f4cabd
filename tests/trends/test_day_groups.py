import numpy as np
import pytest

from headworks.core.errors import DataRefused
from headworks.trends.censored_mean import censored_mean
from headworks.trends.day_groups import group_days

KEYS = ["site_id", "analyte", "year"]


def test_groups_agree_with_the_mean_of_one_group(build):
    days = build.week_of([4.0, 8.0, None, None])
    found = group_days(days, KEYS, default_log_sd=0.5).row(0, named=True)
    one = censored_mean([4.0, 8.0], [np.nan, np.nan], 0.5)
    assert (found["mean"], found["mean_zero"], found["mean_limit"]) == pytest.approx(tuple(one))


def test_scatter_is_the_median_of_groups_that_show_it(build):
    # Four days e^-1, e^1, e^-1, e^1 have a log-sd of sqrt(4/3); the site with a censored day takes it over.
    full = build.week_of([np.exp(-1.0), np.exp(1.0)] * 2, site_id="full")
    thin = build.week_of([1.0, None], site_id="thin")
    found = group_days(full.vstack(thin), KEYS, default_log_sd=0.5)
    assert found["log_sd"].to_list() == pytest.approx([np.sqrt(4 / 3)] * 2)


def test_an_unknown_limit_without_a_value_looks_to_the_site_s_other_days(build):
    silent = build.week_of([None, None], year=2019)
    found = group_days(silent.vstack(build.week_of([5.0, 3.0])), KEYS, default_log_sd=0.5)
    assert found["mean"].to_list() == [None, 4.0]
    assert found["mean_limit"].to_list() == [3.0, 4.0]


def test_a_limit_nobody_knows_stays_unknown(build):
    found = group_days(build.week_of([None, None]), KEYS, default_log_sd=0.5)
    assert found.select("mean", "mean_limit", "mean_zero").row(0) == (None, None, 0.0)


def test_two_batches_share_half_the_variance_each(build):
    # Batches of 2 and 2 days: sigma^2 (4 + 4) / 16 = sigma^2 / 2.
    batches = [build.one_day(1.0, weekday=i, batch_id=name) for i, name in enumerate("aabb", start=1)]
    found = group_days(build.frame(batches), KEYS, default_log_sd=0.5)["sigma_batch"].item()
    assert found == pytest.approx(np.sqrt(np.log1p(0.1**2) / 2))


def test_days_without_a_batch_share_one(build):
    found = group_days(build.week_of([1.0, 2.0]), KEYS, default_log_sd=0.5)["sigma_batch"].item()
    assert found == pytest.approx(np.sqrt(np.log1p(0.1**2)))


def test_a_published_zero_that_counts_as_quantified_does_no_harm(build):
    found = group_days(build.week_of([0.0, None, 0.0]), KEYS, default_log_sd=0.5).row(0, named=True)
    assert found["mean"] == 0.0


def test_a_scatter_of_zero_is_refused(build):
    with pytest.raises(DataRefused, match="scatter between days must be above 0"):
        group_days(build.week_of([1.0]), KEYS, default_log_sd=0.0)
