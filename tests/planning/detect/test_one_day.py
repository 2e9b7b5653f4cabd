from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from headworks.core.errors import UsageError
from headworks.planning.detect import Detection, probability_of_a_day, probability_poured, smallest_users

TOWN = Detection(
    people=100_000.0,
    flow_m3_per_day=26_000.0,
    residue_mg_per_user=12.9,
    limit_ng_per_l=1.5,
    survival=1.0,
    flushes=4.0,
    pulse_cv=0.5,
    pulse_width_min=10.0,
    interval_min=10.0,
    u_result=0.25,
)


def test_the_limit_as_mass_by_hand():
    # 1.5 ng/L x 26,000 m3 = 1.5e-6 mg/L x 26e6 L = 39 mg; half lost on the way needs twice as much.
    assert pytest.approx(39.0) == TOWN.least_mg
    assert replace(TOWN, survival=0.5).least_mg == pytest.approx(78.0)


def test_very_many_users_are_a_matter_of_the_laboratory_alone():
    # 302,326 pulses make 975 mg, at a limit of 975 mg: e > 1 with mean-one error, Phi(-sigma / 2).
    big = replace(TOWN, limit_ng_per_l=37.5, residue_mg_per_user=0.0129)
    sigma = np.sqrt(np.log(1.0625))
    assert probability_of_a_day(big, 975.0 / 0.0129) == pytest.approx(ndtr(-sigma / 2), abs=2e-3)


def test_many_pulses_are_the_same_by_sum_and_by_log_normal(monkeypatch):
    big = replace(TOWN, limit_ng_per_l=2_400.0)
    users = 5_200.0
    near = probability_of_a_day(big, users)
    monkeypatch.setattr("headworks.planning.detect.one_day._MANY", 10_000.0)
    assert probability_of_a_day(big, users) == pytest.approx(near, abs=1e-3)


@settings(max_examples=15)
@given(st.floats(0.01, 200.0), st.floats(1.01, 5.0))
def test_more_users_are_seen_more_probably(users, times):
    assert probability_of_a_day(TOWN, users * times) >= probability_of_a_day(TOWN, users) - 1e-12


@settings(max_examples=15)
@given(st.floats(0.1, 50.0), st.floats(1.01, 5.0))
def test_more_water_hides_them(users, times):
    more = replace(TOWN, flow_m3_per_day=TOWN.flow_m3_per_day * times)
    assert probability_of_a_day(more, users) <= probability_of_a_day(TOWN, users) + 1e-12


@settings(max_examples=15)
@given(st.floats(0.1, 50.0), st.floats(0.1, 1.0))
def test_loss_on_the_way_is_a_higher_limit(users, survival):
    lost, higher = replace(TOWN, survival=survival), replace(TOWN, limit_ng_per_l=1.5 / survival)
    assert probability_of_a_day(lost, users) == pytest.approx(probability_of_a_day(higher, users))


@pytest.mark.parametrize("interval", [1.0, 3.0, 5.0, 7.0, 10.0, 15.0, 60.0])
def test_readings_of_a_pulse_are_chances_and_count_it_once_on_average(interval):
    readings = replace(TOWN, interval_min=interval).readings()
    assert sum(chance for chance, _ in readings) == pytest.approx(1.0)
    assert sum(chance * counts for chance, counts in readings) == pytest.approx(1.0)


def test_equal_pulses_without_error_are_a_count():
    # 12.9 / 4 = 3.225 mg a pulse, 39 mg need 13 of them: a Poisson tail.
    from scipy.stats import poisson

    equal = replace(TOWN, pulse_cv=0.0, u_result=0.0)
    assert probability_of_a_day(equal, 3.0) == pytest.approx(poisson.sf(12, 12.0), abs=1e-6)


def test_nobody_is_not_seen():
    assert probability_of_a_day(TOWN, 0.0) == 0.0


def test_a_pour_is_met_by_its_width_over_the_interval():
    rare = replace(TOWN, interval_min=40.0)
    assert probability_poured(rare, 1_000.0) == pytest.approx(0.25)
    # Read once, it counts four times: 39 mg are seen from 9.75 mg on.
    exact = replace(rare, u_result=0.0)
    assert (probability_poured(exact, 0.0097), probability_poured(exact, 0.0098)) == (0.0, pytest.approx(0.25))


@pytest.mark.parametrize(
    "broken",
    [
        {"people": 0.0}, {"flow_m3_per_day": -1.0}, {"residue_mg_per_user": float("nan")}, {"limit_ng_per_l": 0.0},
        {"survival": 0.0}, {"survival": 1.5}, {"pulse_cv": -1.0}, {"u_result": -0.1}, {"days_per_week": 8},
        {"interval_min": 0.0},
    ],
)  # fmt: skip
def test_a_town_that_cannot_be_is_refused(broken):
    with pytest.raises(UsageError, match="Nothing can be seen with these numbers") as refused:
        smallest_users(replace(TOWN, **broken))
    assert refused.value.code == "HW-U186"
