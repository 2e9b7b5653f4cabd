"""Outbreaks in words and on days, and scores worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from headworks.core.errors import DataRefused, UsageError
from headworks.warning.backtest import Outbreak, injected, outbreak_factors, parse_injection, score


@pytest.mark.parametrize("words", ["size", "size=1", "size=2,level=street", "shape=ramp", "weeks=40", "size=two", "weeks=0"])
def test_words_that_are_no_outbreak_are_refused(words):
    with pytest.raises(UsageError, match="no outbreak to lay on a history"):
        parse_injection(words)


def test_a_lognormal_outbreak_is_at_its_height_once_and_never_below_one():
    factor = outbreak_factors(Outbreak(3.0, "lognormal", 6, 10))
    assert factor.max() == pytest.approx(3.0)
    assert (factor >= 1.0).all()


def test_days_without_an_outbreak_stay_bit_for_bit():
    value, limit = np.array([3.1, np.nan]), np.array([np.nan, 2.0])
    found, _ = injected(value, limit, np.ones(2), np.array([0.9, 0.9]))
    assert np.array_equal(found, value, equal_nan=True)


def test_a_perfect_detector_has_perfect_scores():
    alarm = np.zeros((3, 10), dtype=bool)
    alarm[1, 4:6] = True
    found = score(alarm, np.ones_like(alarm), np.array([1]), np.array([4]), 2, np.ones((3, 10)))
    assert (found.found, found.found_within_a_week, found.sensitivity, found.specificity) == (1.0, 1.0, 1.0, 1.0)
    assert (found.false_discovery, found.delay_weeks, found.false_a_year) == (0.0, 0.0, 0.0)


def test_an_alarm_that_lingers_after_an_outbreak_is_not_false():
    alarm = np.array([[False, False, False, True, False, False, False, False]])
    found = score(alarm, np.ones_like(alarm), np.array([0]), np.array([0]), 2, np.ones((1, 8)))
    assert (found.found, found.false_discovery) == (0.0, 0.0)


def test_an_outbreak_beyond_the_weeks_is_refused():
    with pytest.raises(DataRefused, match="within the weeks"):
        score(np.zeros((1, 4), bool), np.ones((1, 4), bool), np.array([0]), np.array([3]), 2, np.ones((1, 4)))
