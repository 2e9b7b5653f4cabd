"""When a site says nothing."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.core.errors import DataRefused
from headworks.loads.sampling import (
    flag_small_sites,
    probability_no_pulse,
    pulses_per_day,
    small_site_warning,
    smallest_consumption_seen,
    smallest_use_seen,
)


def test_three_pulses_a_day_leave_one_day_in_twenty_empty():
    assert probability_no_pulse(2.9957) == pytest.approx(0.05, abs=1e-5)
    assert probability_no_pulse(1.0, n_days=3) == pytest.approx(math.exp(-3))
    assert probability_no_pulse(0.0) == 1.0


def test_it_is_the_share_of_empty_days_of_a_poisson_stream():
    counts = np.random.default_rng(2).poisson(1.5, 100_000)
    assert np.mean(counts == 0) == pytest.approx(probability_no_pulse(1.5), abs=4 * math.sqrt(0.17 / 100_000))


def test_the_smallest_use_seen_in_a_village():
    # 2.9957 pulses / (300 people x 4 flushes) = 2.496 in 1,000; with 30 mg each 74.9 mg/d per 1,000 people.
    use = smallest_use_seen(300.0, 4.0)
    assert use == pytest.approx(2.4965, abs=1e-4)
    assert smallest_consumption_seen(use, 30.0) == pytest.approx(74.894, abs=1e-3)
    assert smallest_use_seen(300.0, 4.0, n_days=7) == pytest.approx(use / 7)
    assert smallest_use_seen(300.0, 4.0, interval_over_width=6.0) == pytest.approx(6 * use)
    assert smallest_use_seen(300.0, 4.0, interval_over_width=0.5) == use


@given(st.floats(1.0, 1e6), st.floats(0.5, 20.0), st.floats(0.01, 0.99))
def test_at_the_smallest_use_seen_the_probability_is_the_one_asked_for(people, flushes, probability):
    use = smallest_use_seen(people, flushes, probability=probability) / 1_000
    assert 1 - probability_no_pulse(people * use * flushes) == pytest.approx(probability)


def test_a_site_with_enough_pulses_has_no_warning_and_a_small_one_says_how_little_it_says():
    assert small_site_warning(100.0) == ""
    assert small_site_warning(20.0, n_days=5) == ""
    assert "spread of at least 10 %; the level says almost nothing" in small_site_warning(99.9)
    assert "nothing at all passes with probability 5 %" in small_site_warning(3.0)
    assert "the samples say nothing, and not detected does not mean no use" in small_site_warning(0.2)
    assert "probability 82 %" in small_site_warning(0.2)


def test_sites_are_flagged_row_by_row():
    sites = pl.DataFrame({"site_id": ["a", "b", "c"], "population": [300.0, 1e6, None], "use_rate": [0.001, 0.001, 0.001]})
    flagged = flag_small_sites(sites, 4.0)
    assert flagged["pulses_per_day"].to_list() == [pytest.approx(pulses_per_day(300.0, 0.001, 4.0)), 4_000.0, None]
    assert flagged["p_no_pulse"][0] == pytest.approx(math.exp(-1.2))
    assert flagged["small_site_warning"].to_list() == [small_site_warning(1.2), "", None]
    assert flag_small_sites(sites[1:2], 4.0)["small_site_warning"].to_list() == [""]
    assert flag_small_sites(sites.clear(), 4.0).is_empty()


@pytest.mark.parametrize(
    "call",
    [
        lambda: probability_no_pulse(-1.0),
        lambda: probability_no_pulse(1.0, n_days=0),
        lambda: smallest_use_seen(0.0, 4.0),
        lambda: smallest_use_seen(10.0, 4.0, probability=1.0),
        lambda: smallest_consumption_seen(1.0, 0.0),
    ],
)
def test_what_cannot_be_a_site_is_refused(call):
    with pytest.raises(DataRefused, match="cannot be those of a site"):
        call()
