from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import log_ndtr, ndtri

from headworks.core.errors import UsageError
from headworks.planning.power.censoring import information_left, nondetect_variance
from headworks.planning.power.scatter import reference_scatter, require_scatter
from headworks.reference.planning_values import planning_value, planning_values


def test_weekdays_have_mean_one_on_the_log_scale():
    logs = replace(reference_scatter(), weekend_ratio=2.2).weekday_logs
    assert logs.sum() == pytest.approx(0.0, abs=1e-12)
    assert np.exp(logs[6] - logs[0]) == pytest.approx(2.2)


def test_a_residue_of_which_nothing_is_expected_is_refused():
    with pytest.raises(UsageError, match="does not say how this residue scatters") as refused:
        reference_scatter("glue")
    assert refused.value.code == "HW-U183"


@pytest.mark.parametrize(
    "broken",
    [
        {"day_sd": -0.1}, {"day_sd": float("nan")}, {"day_correlation": 1.0}, {"shared_days": 1.2}, {"weekend_ratio": 0.0},
        {"nondetects": 0.96}, {"samples_per_batch": 0}, {"between_sites": float("inf")},
    ],
)  # fmt: skip
def test_a_scatter_that_cannot_be_is_refused(broken):
    with pytest.raises(UsageError, match="cannot be planned for") as refused:
        require_scatter(replace(reference_scatter(), **broken))
    assert refused.value.code == "HW-U184"


@given(st.floats(0.01, 0.9), st.floats(0.001, 0.05))
def test_more_nondetects_leave_less_information(share, more):
    assert information_left(share + more) < information_left(share) <= 1.0


@pytest.mark.parametrize("share", [0.2, 0.6, 0.9])
def test_the_information_is_the_variance_of_the_score(share):
    rng = np.random.default_rng(5)
    x, z = rng.standard_normal(400_000), ndtri(share)
    score = np.where(x < z, -np.exp(-z * z / 2 - log_ndtr(z)) / np.sqrt(2 * np.pi), x)
    # Its standard error is about 0.003.
    assert score.var() == pytest.approx(information_left(share), abs=0.01)


def test_eighty_percent_of_nondetects_cost_less_than_half_the_information():
    # z = 0.8416, phi = 0.2800: 0.0784 / 0.8 + 0.8416 x 0.2800 + 0.2 = 0.5336, by hand.
    assert information_left(0.8) == pytest.approx(0.5336, abs=2e-4)
    assert nondetect_variance(0.8, 0.1) == pytest.approx(0.1 * (1 / 0.5336 - 1), abs=1e-4)


def test_all_nondetects_are_refused():
    with pytest.raises(UsageError, match="below 1"):
        information_left(1.0)


def test_what_plans_take_for_granted_has_status_and_unit():
    values = planning_values()
    assert values["status"].is_in(["verified", "from memory", "none"]).all()
    assert values.select("value", "unit", "note").null_count().sum_horizontal().item() == 0
    assert values["parameter"].is_unique().all()
    with pytest.raises(Exception, match="no such value") as refused:
        planning_value("luck")
    assert refused.value.code == "HW-D522"
