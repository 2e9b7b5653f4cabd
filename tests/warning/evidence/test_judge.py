import numpy as np
import pytest

from headworks.core.errors import UsageError
from headworks.warning.evidence import exceedance_evidence, judge, judge_places, rise_evidence

GAP = float("nan")


def test_weeks_are_judged_and_gaps_are_not():
    found = judge([[4.0, GAP, -2.0]])
    assert found.alarm.tolist() == [[True, False, False]]
    assert found.is_assessed.tolist() == [[True, False, True]]
    assert found.e_value[0, 1] == 1.0
    assert found.evidence[0, 1] == found.evidence[0, 0]
    assert np.isnan(found.p_value[0, 1])


def test_evidence_is_the_mean_of_a_jump_and_a_slow_rise():
    found = judge([[1.5]])
    assert found.e_value.item() == pytest.approx((exceedance_evidence(1.5) + rise_evidence(1.5)).item() / 2)


def test_p_values_given_stand_for_our_own():
    assert judge([[0.0]], p=np.array([[0.001]])).alarm.item()


def test_a_censored_sample_alarms_as_often_as_stated():
    # Law uniform, 80 % of samples below the limit: the places lie between 0 and 0.8.
    rng = np.random.default_rng(1)
    u = rng.random((500, 60))
    is_below = u < 0.8
    found = judge_places(np.where(is_below, 0.0, u), np.where(is_below, 0.8, u), rng, alpha=0.05)
    assert found.alarm.mean() == pytest.approx(0.05, rel=0.12)


def test_a_rate_of_one_is_refused():
    with pytest.raises(UsageError, match="false alarms lies between 0 and 1"):
        judge([[0.0]], alpha=1.0)
