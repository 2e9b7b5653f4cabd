"""Weights, parts of a change, what silences, words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.warning.explain import baseline_weights, leave_one_out, parts_of_change, signal_sentence, switch_off

SAID = {
    "kind": "drop", "analyte": "MDMA", "unit_name": "Plant A", "level_name": "site", "since": "2026-W03", "period": "2026-W03",
    "observed": 2.0, "expected": 8.0, "expected_lower": 5.0, "expected_upper": 12.0, "n_days": 2, "share_censored": 0.5,
}  # fmt: skip


@given(st.integers(1, 40), st.floats(0, 0.1))
def test_weights_are_shares_and_newer_samples_count_no_less(n, wander):
    weight = baseline_weights(np.arange(n) * 7, 0.2, wander)
    assert (weight >= 0).all()
    assert weight.sum() <= 1 + 1e-12
    assert (np.diff(weight) >= -1e-12).all()


def test_a_level_that_wanders_far_remembers_the_last_sample_alone():
    assert baseline_weights([0, 7, 14], 1e-6, 1.0)[-1] == pytest.approx(1.0, abs=1e-5)


@given(st.floats(0.1, 10), st.floats(0.1, 10), st.floats(0.1, 10))
def test_the_parts_multiply_to_the_whole(mass, flow, people):
    found = parts_of_change([1, 1, mass], [1, 1, flow], [1, 1, people], [False, False, True])
    assert found is not None
    assert found.load == pytest.approx(found.concentration * found.flow / found.people, rel=1e-9)


def test_parts_need_two_days_before():
    assert parts_of_change([1, 2], [1, 1], [1, 1], [False, True]) is None


def test_a_signal_that_is_silent_anyway_has_nothing_to_switch_off():
    one = np.array([1.0]), np.array([0.5]), np.array([True])
    assert switch_off(*one, lambda z: 1.0, 0.5) is None


def test_a_week_left_without_a_sample_is_not_assessed():
    assert leave_one_out([np.array([np.nan])], lambda z: float("nan")) == [1.0]


def test_a_drop_is_told_with_its_share_below_the_limit():
    text = signal_sentence({**SAID, "switch_off": 1.5})
    assert "2 mg/d per 1,000 people in 2026-W03 where 8 (5 to 12) were expected, 0.25 times as much, from 2 samples." in text
    assert "50% of the samples were below the limit." in text
    assert "Had these samples held 50 % more, it would have been silent." in text


def test_one_batch_is_sent_to_the_laboratory_and_a_single_part_is_named():
    text = signal_sentence({**SAID, "n_batches": 1, "left_out": {"part": "site B", "p": 0.2}, "allowed": 0.001})
    assert "It hangs on site B: without that it would not be shown." in text
    assert "one laboratory batch: ask the laboratory first." in text
