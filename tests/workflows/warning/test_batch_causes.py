"""Whether the other sites of a signal's batch depart likewise."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from headworks.trends.smoother import observations
from headworks.workflows.warning.batch_causes import batch_cause
from headworks.workflows.warning.units import Units

N = 14


def one_week(own=0.0, others=0.0, batches=(0,) * N):
    """Fourteen sites with a sample each in one week, the first four a county; what county and others say, variance 0.04."""
    member = np.vstack([np.full((2, N), -1), np.r_[np.full(4, N), np.full(N - 4, -1)], np.full((2, N), -1), np.arange(N)])
    level = np.r_[np.full(N, 6), 3]
    none = np.full(N + 1, -1)
    units = Units(tuple(f"u{i}" for i in range(N + 1)), level, none, none, member)
    value = np.r_[np.full(4, own), np.full(N - 4, others), own][:, None]
    ones = np.zeros(N)
    seen = observations(np.arange(N + 1), np.full(N, 3), ones, ones, ones, 1.0, np.array(batches), np.full(N, 0.01))
    weeks = SimpleNamespace(value=value, shared=np.zeros((N + 1, 1)), variance=np.full((N + 1, 1), 0.04))
    residue = SimpleNamespace(weeks=weeks, site=np.arange(N), sites=SimpleNamespace(seen=seen))
    return SimpleNamespace(units=units, first=3, n_weeks=1), residue


def cause(is_above=True, **given):
    judged, residue = one_week(**given)
    return batch_cause(judged, residue, judged.units.sites_of(N), np.array([True]), is_above)


def test_ten_other_sites_that_depart_alike_are_a_batch():
    found = cause(own=0.6, others=0.6)
    # Median 0.6 of ten, variance of the median pi/2 x 0.04/10 with the batch's 0.01: 0.6 / sqrt(0.01628) = 4.70.
    assert (found.n_other_sites, found.is_odd) == (10, True)
    assert found.z == pytest.approx(0.6 / np.sqrt(0.01 + np.pi / 2 * 0.04 / 10))


def test_a_county_that_rises_alone_is_no_batch():
    found = cause(own=2.0, others=0.0)
    assert (found.z, found.is_odd) == (0.0, False)


def test_other_sites_that_depart_the_other_way_are_no_excuse():
    assert not cause(own=0.6, others=-0.6).is_odd
    assert cause(own=-0.6, others=-0.6, is_above=False).is_odd


def test_fewer_than_eight_other_sites_tell_nothing():
    assert cause(own=0.6, others=0.6, batches=(0,) * 11 + (1,) * 3) is None


def test_a_batch_of_the_county_alone_has_nobody_to_ask():
    assert cause(own=0.6, others=0.6, batches=(0,) * 4 + (1,) * 10) is None
