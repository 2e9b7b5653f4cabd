from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.planning.detect.test_one_day import TOWN

from headworks.core.errors import UsageError
from headworks.loads.sampling import smallest_use_seen
from headworks.planning.detect import (
    most_users_unseen,
    probability_seen,
    simulate_seen,
    smallest_poured,
    smallest_users,
)
from headworks.planning.detect.smallest import samples_of_event

VILLAGE = replace(TOWN, people=500.0, flow_m3_per_day=130.0, limit_ng_per_l=1e-9, u_result=0.0)


@pytest.mark.parametrize("interval", [5.0, 10.0, 40.0])
def test_without_a_limit_it_is_the_smallest_use_of_the_sampling_methods(interval):
    # (Q7) of loads/sampling, the same model with nothing to detect against; per 1,000 people.
    ours = smallest_users(replace(VILLAGE, interval_min=interval))
    theirs = smallest_use_seen(500.0, 4.0, interval_over_width=interval / 10.0)
    assert ours / 500.0 * 1_000 == pytest.approx(theirs)


def test_absence_in_many_samples_is_the_rule_of_three():
    # -ln(0.05) = 2.9957 pulses in 30 samples of four a user.
    assert most_users_unseen(VILLAGE, 30) == pytest.approx(2.9957 / 120, abs=1e-5)


def test_what_is_seen_and_what_absence_proves_are_one():
    seen = smallest_users(TOWN, 0.95, 7)
    assert most_users_unseen(TOWN, 7, 0.95) == pytest.approx(seen)


@settings(max_examples=8)
@given(st.floats(0.05, 0.99), st.integers(1, 14))
def test_the_smallest_number_is_seen_with_the_probability_it_was_asked_for(probability, days):
    users = smallest_users(TOWN, probability, days)
    assert probability_seen(TOWN, users, days) == pytest.approx(probability, abs=1e-6)


@given(st.integers(1, 7), st.integers(1, 40))
def test_an_event_meets_its_share_of_samples_on_average(per_week, days):
    assert np.mean(samples_of_event(per_week, days)) == pytest.approx(days * per_week / 7)


def test_one_sample_a_week_cannot_be_sure_of_a_single_day():
    once = replace(TOWN, days_per_week=1)
    assert smallest_users(once, 0.95, 1) is None
    assert smallest_users(once, 0.14, 1) is not None
    assert smallest_users(once, 0.95, 7) == pytest.approx(smallest_users(TOWN, 0.95, 1))


def test_a_pour_that_may_slip_between_sub_samples_is_never_sure():
    assert smallest_poured(replace(TOWN, interval_min=20.0), 0.95) is None
    # 39 mg at the limit; z = 1.645, sigma = 0.2462: 39 exp(1.645 x 0.2462 + 0.0303) = 60.3 mg.
    assert smallest_poured(TOWN, 0.95) == pytest.approx(0.0603, abs=2e-4)


@pytest.mark.parametrize("wrong", [0.0, 1.0, float("nan")])
def test_a_probability_that_is_none_is_refused(wrong):
    with pytest.raises(UsageError, match="probability lies between") as refused:
        smallest_users(TOWN, wrong)
    assert refused.value.code == "HW-U187"


def test_no_days_and_negative_users_are_refused():
    with pytest.raises(UsageError, match="0 days"):
        probability_seen(TOWN, 1.0, 0)
    with pytest.raises(UsageError, match="-1 users"):
        probability_seen(TOWN, -1, 1)


# The reduced form of studies/planning_power.py: 4,000 towns each, four standard errors allowed.
@pytest.mark.parametrize(
    ("town", "days"),
    [
        (TOWN, 1),
        (replace(TOWN, interval_min=7.0), 1),
        (replace(TOWN, interval_min=30.0), 1),
        (replace(TOWN, pulse_cv=0.0, interval_min=25.0), 1),
        (replace(TOWN, days_per_week=2), 10),
        (replace(TOWN, people=2_000.0, flow_m3_per_day=520.0), 3),
    ],
)
def test_formula_and_drawn_pulses_agree(town, days):
    users = smallest_users(town, 0.8, days)
    for times in (0.5, 1.0):
        drawn, error = simulate_seen(town, users * times, days, np.random.default_rng(4), 4_000)
        assert drawn == pytest.approx(probability_seen(town, users * times, days), abs=4 * error)
