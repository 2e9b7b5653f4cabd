from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headworks.planning.power.error_parts import (
    change_of_periods,
    error_parts,
    mean_of_period,
    sharing,
    slope_of_weeks,
)
from headworks.planning.power.sampling_days import SamplingDays
from headworks.planning.power.scatter import reference_scatter

STILL = replace(
    reference_scatter(),
    day_sd=0.0,
    day_correlation=0.0,
    weekend_ratio=1.0,
    u_day=0.0,
    u_batch=0.0,
    u_site=0.0,
    shared_days=0.0,
)


def test_results_divide_by_their_number():
    # 52 results of 20 %: ln(1.04) / 52.
    own, common = error_parts(mean_of_period(SamplingDays(1), 52), replace(STILL, u_day=0.2), 1, has_site=True)
    assert own.results == pytest.approx(np.log(1.04) / 52)
    assert (own.variance, common.variance) == (pytest.approx(own.results), 0.0)


def test_days_without_memory_have_their_finite_population():
    # One of seven days of a week: sigma^2 (1 / 1 - 1 / 7), and (W3) for the seven: (exp(s2) - 1 - s2) / 7.
    scatter = replace(STILL, day_sd=0.35)
    s2 = np.log1p(0.35**2)
    own, _ = error_parts(mean_of_period(SamplingDays(1), 1), scatter, 1, has_site=True)
    assert own.days == pytest.approx(s2 * 6 / 7 + (np.expm1(s2) - s2) / 7)


def test_a_batch_counts_once_and_a_site_not_at_all_in_a_change():
    # 2 days a week share a batch of 40: 52 batches of weight 2/104.
    scatter = replace(STILL, u_batch=0.1, u_site=0.3)
    own, common = error_parts(mean_of_period(SamplingDays(2), 52), scatter, 5, has_site=True)
    assert own.batches == pytest.approx(np.log(1.01) / 52)
    assert common.batches == pytest.approx(own.batches)
    assert (own.site, common.site) == (pytest.approx(np.log(1.09)), 0.0)
    changed, _ = error_parts(change_of_periods(SamplingDays(2), 52), scatter, 5, has_site=False)
    assert (changed.site, changed.batches) == (0.0, pytest.approx(2 * np.log(1.01) / 52))


def test_tuesdays_alone_are_biased_by_the_weekend_and_cancel_in_a_change():
    scatter = replace(STILL, weekend_ratio=2.0)
    level, _ = error_parts(mean_of_period(SamplingDays(1, weekdays=(1,)), 52), scatter, 1, has_site=True)
    # The mean logarithm lies 2/7 ln 2 above a Tuesday's.
    assert level.weekday_bias == pytest.approx(-2 / 7 * np.log(2.0))
    assert level.variance == pytest.approx(0.0, abs=1e-15)
    change, _ = error_parts(change_of_periods(SamplingDays(1, weekdays=(1,)), 52), scatter, 1, has_site=False)
    assert change.weekday_bias == pytest.approx(0.0, abs=1e-15)


def test_random_weekdays_trade_the_bias_for_variance():
    # One random day a week: each week's log has variance mean(w^2), independent: / 52.
    scatter = replace(STILL, weekend_ratio=2.0)
    own, common = error_parts(mean_of_period(SamplingDays(1, weekdays="random"), 52), scatter, 1, has_site=True)
    assert own.weekday_bias == pytest.approx(0.0, abs=1e-15)
    assert own.weekdays == pytest.approx((scatter.weekday_logs**2).mean() / 52)
    assert common.weekdays == own.weekdays


def test_a_slope_of_independent_results_is_that_of_least_squares():
    days = np.arange(0, 364, 1)
    own, _ = error_parts(slope_of_weeks(SamplingDays(7), 52), replace(STILL, u_day=0.2), 1, has_site=False)
    assert own.results == pytest.approx(np.log(1.04) / ((days - days.mean()) ** 2).sum())


@settings(max_examples=20)
@given(st.floats(0.05, 0.6), st.floats(0.0, 0.9), st.integers(1, 7))
def test_what_two_sites_share_is_never_more_than_what_one_has(day_sd, correlation, days):
    scatter = replace(reference_scatter(), day_sd=day_sd, day_correlation=correlation)
    own, common = error_parts(mean_of_period(SamplingDays(days), 4), scatter, 60, has_site=True)
    assert all(one >= other - 1e-15 for one, other in zip(own[:-1], common[:-1], strict=True))


def test_days_with_memory_tell_less_in_a_row_than_apart():
    scatter = replace(STILL, day_sd=0.35, day_correlation=0.6)
    row, _ = error_parts(mean_of_period(SamplingDays(7, "quarter"), 13), scatter, 1, has_site=True)
    spread, _ = error_parts(mean_of_period(SamplingDays(1), 13), scatter, 1, has_site=True)
    assert row.days / spread.days > 2.0 * 13 / 7 * 0.9


@pytest.mark.parametrize(("sites", "batch", "chance"), [(1, 40, 1.0), (40, 40, 1.0), (41, 40, 0.487805), (3, 1, 0.0)])
def test_two_sites_share_a_batch_by_chance(sites, batch, chance):
    # 41 sites in batches of 21 and 20: (21 x 20 + 20 x 19) / (41 x 40) = 800 / 1640.
    assert sharing(sites, batch).two_sites == pytest.approx(chance, abs=1e-6)
