import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from headworks.core.errors import UsageError
from headworks.warning.evidence import e_detector, exceedance_evidence


def slow_sum(evidence: np.ndarray) -> np.ndarray:
    """Every begin written out."""
    return np.array([sum(np.prod(evidence[s : t + 1]) for s in range(t + 1)) for t in range(evidence.size)])


@given(arrays(np.float64, 8, elements=st.floats(0, 5)))
def test_the_sum_is_that_over_all_begins(evidence):
    assert e_detector(evidence)[0] == pytest.approx(slow_sum(evidence), rel=1e-9)


def test_a_missing_week_leaves_the_sum_and_a_known_outbreak_ends_it():
    # 2, missing, (1 + 2) 3 = 9, reset after it, (1 + 0) 5 = 5.
    found = e_detector([2.0, 1.0, 3.0, 5.0], is_assessed=[True, False, True, True], resets=[False, False, True, False])
    assert found.tolist() == [[2.0, 2.0, 9.0, 5.0]]


def test_weeks_in_two_parts_are_weeks_in_one():
    evidence = np.random.default_rng(1).gamma(1.0, 1.0, (3, 10))
    whole = e_detector(evidence)
    first = e_detector(evidence[:, :4])
    assert e_detector(evidence[:, 4:], start=first[:, -1]) == pytest.approx(whole[:, 4:])


def test_false_alarms_come_at_most_as_seldom_as_promised():
    # Threshold 100: at most one alarm in 100 weeks on average. 400 series until their first alarm or 400 weeks.
    z = np.random.default_rng(2).standard_normal((400, 400))
    crossed = e_detector(exceedance_evidence(z)) >= 100
    first = np.where(crossed.any(axis=1), crossed.argmax(axis=1) + 1, 400)
    assert first.mean() >= 100


def test_what_is_no_evidence_is_refused():
    with pytest.raises(UsageError, match=r"at least 0 and a number\. Found: 1 of 2"):
        e_detector([1.0, float("nan")])
    with pytest.raises(UsageError, match="do not fit the evidence"):
        e_detector([1.0, 2.0], resets=[True])


def test_endless_evidence_stays_a_number():
    assert np.isfinite(e_detector(np.full((1, 400), 1e6))).all()
