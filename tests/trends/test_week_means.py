import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headworks.core.errors import DataRefused
from headworks.trends import week_means


def test_a_week_of_the_european_convention_by_hand(build):
    # Antwerp Zuid, MDMA 2011: (38.67 + 29.26 + 26.16) / 3 = 31.3633, (56.96 + 34.21 + 85.55 + 94.15) / 4 = 67.7175.
    days = build.week_of([56.96, 38.67, 29.26, 26.16, 34.21, 85.55, 94.15], year=2011)
    found = week_means(days, build.conventions).row(0, named=True)
    assert (found["weekday_mean"], found["weekend_mean"]) == pytest.approx((31.36333, 67.7175), abs=1e-4)
    assert found["daily_mean"] == pytest.approx(52.1371, abs=1e-4)
    assert (found["convention"], found["n_days"], found["share_censored"]) == ("score", 7, 0.0)


def test_the_2021_edition_counts_friday_as_a_weekday(build):
    days = build.week_of([0.0, 1.0, 1.0, 1.0, 5.0, 0.0, 0.0], year=2021)
    found = week_means(days, build.conventions).row(0, named=True)
    assert (found["convention"], found["weekday_mean"], found["weekend_mean"]) == ("score-2021", 2.0, 0.0)


def test_a_censored_day_is_zero_for_the_convention_and_something_for_us(build):
    found = week_means(build.week_of([None, 3.0, 3.0]), build.conventions).row(0, named=True)
    assert (found["weekday_mean"], found["weekend_mean"], found["daily_mean"]) == (3.0, 0.0, 2.0)
    assert 2.0 < found["estimate"] < 3.0
    assert found["estimate_lower"] < found["estimate"] < found["estimate_upper"]
    assert found["share_censored"] == pytest.approx(1 / 3)


def test_a_ratio_over_zero_is_empty(build):
    found = week_means(build.week_of([3.0, None, None, None, 3.0]), build.conventions).row(0, named=True)
    assert (found["weekday_mean"], found["weekend_ratio"]) == (0.0, None)


def test_no_weekend_day_no_weekend_mean(build):
    found = week_means(build.frame([build.one_day(2.0, weekday=3)]), build.conventions).row(0, named=True)
    assert (found["weekday_mean"], found["weekend_mean"], found["weekend_ratio"]) == (2.0, None, None)


def test_nothing_quantified_leaves_the_estimate_empty_and_the_convention_zero(build):
    found = week_means(build.week_of([None] * 7, limit=4.0), build.conventions).row(0, named=True)
    assert (found["daily_mean"], found["estimate"], found["estimate_lower"], found["estimate_upper"]) == (0.0, None, 0.0, 4.0)


def test_a_full_week_leaves_only_the_noise(build):
    # 7 of 7 days of 10: half = t(6) x 0.2 x 10 / sqrt(7) = 1.8497.
    found = week_means(build.week_of([10.0] * 7), build.conventions).row(0, named=True)
    assert found["estimate_upper"] == pytest.approx(11.8497, abs=1e-4)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.one_of(st.none(), st.floats(0.01, 1e4)), min_size=7, max_size=7))
def test_three_weekdays_and_four_weekend_days_make_the_week(build, values):
    found = week_means(build.week_of(values), build.conventions).row(0, named=True)
    assert 3 * found["weekday_mean"] + 4 * found["weekend_mean"] == pytest.approx(7 * found["daily_mean"], abs=1e-9)


def test_sets_of_days_may_be_lists(build):
    sets = [pl.col(name).str.split(";").cast(pl.List(pl.Int8)) for name in ("weekday_days", "weekend_days")]
    days = build.week_of([5.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    assert week_means(days, build.conventions.with_columns(sets)).equals(week_means(days, build.conventions))


def test_a_year_without_a_convention_is_refused(build):
    with pytest.raises(DataRefused, match=r"No week convention holds these years.*2020") as refused:
        week_means(build.week_of([1.0]), build.conventions.filter(pl.col("first_year") == 2021))
    assert refused.value.code == "HW-D304"


def test_a_convention_that_does_not_count_zero_as_zero_is_refused(build):
    with pytest.raises(DataRefused, match="score: half"):
        week_means(build.week_of([1.0]), build.conventions.tail(1).with_columns(zero_is=pl.lit("half")))


def test_two_residues_of_one_drug_are_refused(build):
    days = build.week_of([1.0]).vstack(build.week_of([1.0], analyte="y"))
    with pytest.raises(DataRefused, match="X: x; X: y") as refused:
        week_means(days, build.conventions)
    assert refused.value.code == "HW-D305"
