from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.core.errors import UsageError
from headworks.planning.power.sampling_days import SamplingDays, design_of, require_days, sampled_days


@given(st.integers(1, 7), st.integers(1, 30))
def test_a_rotating_plan_takes_so_many_days_of_each_week(days, weeks):
    chosen = sampled_days(SamplingDays(days), weeks)
    assert (np.bincount(chosen // 7, minlength=weeks) == days).all()


@given(st.integers(1, 7))
def test_a_rotating_plan_comes_to_every_weekday_equally_often_in_seven_weeks(days):
    weekdays = sampled_days(SamplingDays(days), 7) % 7
    assert (np.bincount(weekdays, minlength=7) == days).all()


def test_a_working_plan_never_samples_a_weekend():
    for days in range(1, 6):
        assert (sampled_days(SamplingDays(days, weekdays="working"), 4) % 7 < 5).all()


def test_seven_days_in_a_row_each_quarter_begin_on_its_seventh_monday():
    # 6 weeks x 7 days = 42; the next quarter is 91 days later.
    assert sampled_days(SamplingDays(7, "quarter"), 26).tolist() == [*range(42, 49), *range(133, 140)]


def test_days_in_a_row_that_are_no_whole_week_begin_on_another_weekday_each_quarter():
    assert (sampled_days(SamplingDays(2, "quarter"), 52)[::2] % 7).tolist() == [0, 1, 2, 3]


def test_chances_of_a_random_plan_are_those_of_many_draws():
    which = SamplingDays(2, weekdays="random")
    rng = np.random.default_rng(3)
    drawn = np.zeros((14, 14))
    for _ in range(4_000):
        chosen = np.zeros(14)
        chosen[sampled_days(which, 2, rng)] = 1
        drawn += np.outer(chosen, chosen)
    # The standard error of a share of 4,000 is at most 0.008.
    found = design_of(which, 2)
    expected = np.outer(found.once, found.once) + np.kron(np.eye(2), found.of_week)
    assert np.abs(drawn / 4_000 - expected).max() < 0.032


@pytest.mark.parametrize(
    "which",
    [
        SamplingDays(0),
        SamplingDays(8),
        SamplingDays(50, "quarter"),
        SamplingDays(1, "year"),
        SamplingDays(1, weekdays="sometimes"),
        SamplingDays(2, weekdays=(1,)),
        SamplingDays(1, weekdays=(7,)),
    ],
)
def test_days_that_no_week_has_are_refused(which):
    with pytest.raises(UsageError, match="not days that can be sampled") as refused:
        require_days(which, 52)
    assert refused.value.code == "HW-U181"


def test_a_plan_by_the_quarter_is_refused_for_a_month():
    with pytest.raises(UsageError, match=r"shorter period.*4 weeks") as refused:
        require_days(SamplingDays(7, "quarter"), 4)
    assert refused.value.code == "HW-U182"
