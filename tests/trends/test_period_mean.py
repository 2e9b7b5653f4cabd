import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headworks.core.errors import DataRefused
from headworks.trends import PERIOD_MEAN_KINDS, mean_interval, period_means

MAY = dt.date(2024, 5, 6)


def days_from(build, first, values, **more):
    return build.frame([build.dated(first + dt.timedelta(days=i), value, **more) for i, value in enumerate(values)])


def test_a_month_of_three_days_by_hand(build):
    # Mean 4, s = 2, n = 3, N = 31: v = (28/31) 4/3 + (3/31) (0.8)^2 / 3 = 1.22495, t(2) = 4.30265, half = 4.7621.
    found = period_means(days_from(build, MAY, [2.0, 4.0, 6.0]), "month").row(0, named=True)
    assert (found["period"], found["days_in_period"], found["n_months"], found["method"]) == ("2024-05", 31, 1, "t_interval")
    assert (found["mean"], found["sd"]) == pytest.approx((4.0, 2.0))
    assert (found["lower"], found["upper"]) == pytest.approx((0.0, 8.7621), abs=2e-4)


def test_the_total_interval_adds_batch_and_site_by_mover(build):
    # sigma^2 = ln 1.01 + ln 1.0225 = 0.0322008; k = exp(1.95996 x 0.179446) = 1.42147.
    found = period_means(days_from(build, MAY, [9.0, 10.0, 11.0, 10.0]), "month").row(0, named=True)
    half = found["upper"] - 10.0
    assert found["upper_total"] == pytest.approx(10.0 + (half**2 + 4.2147**2) ** 0.5, rel=1e-4)
    assert found["lower_total"] == pytest.approx(10.0 - (half**2 + (10 - 10 / 1.42147) ** 2) ** 0.5, rel=1e-4)


@pytest.mark.parametrize(
    ("kind", "labels"),
    [
        ("week", ["2026-W53", "2027-W01"]),
        ("month", ["2026-12", "2027-01"]),
        ("quarter", ["2026-Q4", "2027-Q1"]),
        ("half_year", ["2026-H2", "2027-H1"]),
        ("year", ["2026", "2027"]),
    ],
)
def test_a_day_is_filed_under_its_own_date(build, kind, labels):
    days = days_from(build, dt.date(2026, 12, 31), [1.0] * 5)
    assert period_means(days, kind)["period"].to_list() == labels
    assert period_means(days, kind)["n_days"].sum() == 5


def test_days_without_a_date_speak_for_the_year_only(build):
    days = build.week_of([1.0, 2.0, 3.0])
    assert [period_means(days, kind).height for kind in PERIOD_MEAN_KINDS] == [0, 0, 0, 0, 1]
    assert period_means(days, "year").select("period", "n_months", "days_in_period").row(0) == ("2020", 0, 366)


def test_censored_days_run_from_zero_to_their_limit(build):
    days = build.week_of([4.0, 8.0, None, None], limit=None)
    found = period_means(days, "year", default_log_sd=0.1).row(0, named=True)
    assert found["method"] == "censored_t_interval"
    assert found["lower"] == pytest.approx(mean_interval([4, 8, 0, 0], 366, u_day=0.2).lower)
    assert found["upper"] == pytest.approx(mean_interval([4, 8, 4, 4], 366, u_day=0.2).upper)
    assert 3.0 < found["mean"] < 5.0


def test_values_piled_up_at_a_limit_do_not_pass_for_certain(build):
    # At the limit all three are 4 and s = 0; the pooled scatter of 0.5 stands in: sd = 4 sqrt(e^0.25 - 1) = 2.1318.
    found = period_means(build.week_of([4.0, None, None]), "year", default_log_sd=0.5).row(0, named=True)
    half = 4.30265 * ((363 / 366 * 2.1318**2 + 3 / 366 * 0.8**2) / 3) ** 0.5
    assert found["upper"] == pytest.approx(4.0 + half, rel=1e-4)


@pytest.mark.parametrize(
    ("values", "method", "detection"),
    [
        ([3.0], "one_day", "quantified"),
        ([None], "one_day", "below_loq"),
        ([None, None], "detection_rate_only", "below_loq"),
        ([3.0, *[None] * 4], "censored_t_interval", "quantified"),
        ([3.0, *[None] * 5], "detection_rate_only", "quantified"),
    ],
)
def test_the_method_says_what_the_days_can_bear(build, values, method, detection):
    found = period_means(build.week_of(values), "year").row(0, named=True)
    assert (found["method"], found["detection"]) == (method, detection)
    assert (found["mean"] is None) == (detection != "quantified")


def test_nothing_detected_all_week_is_not_detected_and_bounded(build):
    days = build.week_of([None] * 7, detection="not_detected", limit=2.0, week=20, year=2024)
    days = days.with_columns(day=pl.date(2024, 5, 12) + pl.duration(days=pl.col("weekday")))
    found = period_means(days, "week").row(0, named=True)
    assert (found["detection"], found["mean"], found["lower"], found["upper"]) == ("not_detected", None, 0.0, 2.0)
    assert found["upper_total"] == pytest.approx(2.0 * 1.42147, rel=1e-4)


def test_an_unknown_limit_leaves_no_upper_bound(build):
    found = period_means(build.week_of([None, None]), "year").row(0, named=True)
    assert (found["lower"], found["upper"], found["upper_total"]) == (0.0, None, None)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.one_of(st.none(), st.floats(0.01, 1e4)), min_size=2, max_size=7), st.randoms(use_true_random=False))
def test_order_does_not_matter_and_the_bounds_are_nested(build, values, random):
    days = build.week_of(values)
    rows = days.to_dicts()
    random.shuffle(rows)
    found, again = period_means(days, "year").row(0, named=True), period_means(build.frame(rows), "year").row(0, named=True)
    for name in ("mean", "lower", "upper", "lower_total", "upper_total"):
        assert found[name] == pytest.approx(again[name], rel=1e-9) if found[name] is not None else again[name] is None
    if found["mean"] is not None:
        assert found["lower_total"] <= found["lower"] <= found["mean"] * (1 + 1e-12)
        assert found["mean"] <= found["upper"] * (1 + 1e-12)
        assert found["upper"] <= found["upper_total"]


def test_sites_do_not_meet(build):
    days = build.week_of([1.0, 3.0], site_id="a").vstack(build.week_of([10.0, 30.0], site_id="b"))
    assert period_means(days, "year")["mean"].to_list() == [2.0, 20.0]


def test_no_days_give_no_means(build):
    assert period_means(build.week_of([1.0]).clear(), "month").height == 0


def test_a_day_is_no_period_of_means(build):
    with pytest.raises(DataRefused, match="no means of this kind") as refused:
        period_means(build.week_of([1.0]), "day")  # type: ignore[arg-type]
    assert refused.value.code == "HW-D303"


def test_a_quantified_day_without_a_load_is_refused(build):
    with pytest.raises(DataRefused, match="a_value_stands_with_a_quantified_day"):
        period_means(build.week_of([None], detection="quantified"), "year")
