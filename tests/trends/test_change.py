import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import stdtr

from headworks.trends import changes, period_means
from headworks.trends.ratio_of_means import probability_above, welch_degrees_of_freedom


def change_of(build, before, after, **more):
    """The one change between two years of days; ``more`` goes to every day."""
    days = build.week_of(before, year=2019, **more).vstack(build.week_of(after, year=2020, **more))
    return changes(period_means(days, "year"), days).row(0, named=True)


@pytest.mark.parametrize(
    ("before", "after", "percent", "named"),
    [
        ([10.0] * 3, [11.0] * 3, 10.0, "stable"),
        ([10.0] * 3, [11.01] * 3, 10.1, "increase"),
        ([10.0] * 3, [9.0] * 3, -10.0, "stable"),
        ([10.0] * 3, [8.9] * 3, -11.0, "decrease"),
        ([10.0, None], [10.0, 10.0], 100.0, "increase"),
        ([None, None], [1.0, 2.0], None, "increase"),
        ([1.0, 2.0], [None, None], -100.0, "decrease"),
        ([None, None], [None, None], 0.0, "stable"),
    ],
)
def test_the_published_class_counts_a_day_below_the_limit_as_zero(build, before, after, percent, named):
    found = change_of(build, before, after)
    assert found["change_percent"] == (None if percent is None else pytest.approx(percent))
    assert found["change_class"] == named


def test_the_probability_of_a_rise_by_hand(build):
    # Means 10 and 12, s = 1 each, n = 3, N = 365/366: relative variance (363/366 + 3/366 x (0.2 x 12)^2) / 3 / 144 and so on.
    found = change_of(build, [9.0, 10.0, 11.0], [11.0, 12.0, 13.0])
    late = ((363 / 366) + (3 / 366) * 2.4**2) / 3 / 144
    early = ((362 / 365) + (3 / 365) * 2.0**2) / 3 / 100
    batch = 2 * np.log1p(0.1**2)
    total = late + early + batch
    freedom = total**2 / (late**2 / 2 + early**2 / 2)
    assert found["p_rose"] == pytest.approx(stdtr(freedom, np.log(1.2) / np.sqrt(total)))
    assert found["p_increase"] == pytest.approx(stdtr(freedom, np.log(1.2 / 1.1) / np.sqrt(total)))
    assert found["p_decrease"] == pytest.approx(stdtr(freedom, np.log(0.9 / 1.2) / np.sqrt(total)))
    assert found["ratio_lower"] < 1.2 < found["ratio_upper"]
    assert found["reason"] is None


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(0.1, 1e3), min_size=2, max_size=7), st.lists(st.floats(0.1, 1e3), min_size=2, max_size=7))
def test_turning_the_years_round_turns_the_answer_round(build, before, after):
    # Both years of 365 days, so that nothing but the order differs.
    dated = [build.dated(dt.date(2022, 3, 1 + i), value) for i, value in enumerate(before)]
    later = [build.dated(dt.date(2023, 3, 1 + i), value) for i, value in enumerate(after)]
    turned = [build.dated(dt.date(2022, 3, 1 + i), value) for i, value in enumerate(after)]
    turned += [build.dated(dt.date(2023, 3, 1 + i), value) for i, value in enumerate(before)]
    forth, back = build.frame(dated + later), build.frame(turned)
    there = changes(period_means(forth, "year"), forth).row(0, named=True)
    again = changes(period_means(back, "year"), back).row(0, named=True)
    assert there["p_rose"] == pytest.approx(1 - again["p_rose"], abs=1e-9)
    assert there["p_increase"] <= there["p_rose"] <= 1 - there["p_decrease"] + 1e-12


def test_equal_years_are_as_likely_up_as_down(build):
    assert change_of(build, [9.0, 11.0], [9.0, 11.0])["p_rose"] == pytest.approx(0.5, abs=1e-9)


def test_the_site_s_own_error_cancels_and_the_batch_s_does_not(build):
    plain = change_of(build, [9.0, 10.0, 11.0], [11.0, 12.0, 13.0])
    assert change_of(build, [9.0, 10.0, 11.0], [11.0, 12.0, 13.0], u_site=0.9)["p_rose"] == plain["p_rose"]
    assert change_of(build, [9.0, 10.0, 11.0], [11.0, 12.0, 13.0], u_batch=0.9)["p_rose"] < plain["p_rose"]


def test_censored_days_widen_and_say_so(build):
    plain = change_of(build, [8.0, 10.0, 12.0], [16.0, 20.0, 24.0])
    widened = change_of(build, [8.0, 10.0, 12.0, None], [16.0, 20.0, 24.0, None])
    assert widened["ratio_lower"] < plain["ratio_lower"]
    assert widened["ratio_upper"] > plain["ratio_upper"]
    assert "censored days" in widened["reason"]


def test_a_silent_earlier_year_gives_the_least_the_rise_can_be(build):
    later = build.week_of([20.0, 22.0, 24.0, 20.0, 22.0], year=2020)
    days = build.week_of([None] * 5, year=2019, limit=5.0).vstack(later)
    found = changes(period_means(days, "year"), days).row(0, named=True)
    assert found["p_rose"] > 0.99
    assert found["ratio_upper"] is None
    assert "p_rose and p_increase are at least" in found["reason"]


def test_a_silent_later_year_gives_the_most_the_rise_can_be(build):
    days = [build.one_day(20.0 + i, weekday=i, year=2019) for i in range(1, 6)]
    days += [build.one_day(None, weekday=i, year=2020, limit=2.0) for i in range(1, 6)]
    found = changes(period_means(build.frame(days), "year"), build.frame(days)).row(0, named=True)
    assert found["p_rose"] < 0.01
    assert found["p_decrease"] > 0.99
    assert (found["ratio_lower"], "at most" in found["reason"]) == (0.0, True)


def test_two_silent_years_say_nothing(build):
    found = change_of(build, [None, None], [None, None])
    assert (found["p_rose"], found["ratio_lower"], found["ratio_upper"]) == (None, None, None)
    assert found["reason"] == "both periods wholly below the limit: nothing can be said"


def test_one_day_a_year_borrows_the_scatter_and_says_so(build):
    found = change_of(build, [10.0], [12.0])
    assert 0.5 < found["p_rose"] < 0.75
    assert "borrowed" in found["reason"]


@pytest.mark.parametrize(
    ("kind", "before"), [("month", "2023-05"), ("quarter", "2023-Q2"), ("half_year", "2023-H1"), ("year", "2023")]
)
def test_a_period_meets_the_same_of_the_year_before(build, kind, before):
    days = build.frame([build.dated(dt.date(y, 5, d), 2.0 * d) for y in (2023, 2024) for d in (6, 7, 8)])
    assert changes(period_means(days, kind), days)["previous_period"].to_list() == [before]


def test_weeks_and_first_years_have_nothing_to_meet(build):
    days = build.frame([build.dated(dt.date(y, 5, d), 2.0 * d) for y in (2023, 2024) for d in (6, 7, 8)])
    assert changes(period_means(days, "week"), days).height == 0
    only = days.filter(pl.col("year") == 2024)
    assert changes(period_means(only, "year"), only).height == 0


def test_known_variances_leave_no_degrees_of_freedom_to_count():
    zero = np.zeros(1)
    assert np.isinf(welch_degrees_of_freedom((zero, zero), (zero + 6, zero + 6), 1.0)).all()
    # Then the probability is the normal one: Phi(1.959964) = 0.975.
    assert probability_above(np.array([1.959964]), np.ones(1), np.array([np.inf]), 1.0).item() == pytest.approx(
        0.975, abs=1e-6
    )
