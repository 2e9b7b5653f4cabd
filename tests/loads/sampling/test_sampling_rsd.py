"""Chance, spacing and grab samples: the formula, and the pulses it stands for."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.core.errors import DataRefused
from headworks.loads.sampling import profile_cv, pulses_per_day, sampling_rsd, spacing_factor

DAY = 1_440.0


def simulated_loads(rng, n_days, pulses, cv, width, interval, *, profile_amplitude=0.0):
    """Sampled loads of days, mean 1: bell-shaped pulses at random times on a circle of a day, read on a grid with random start."""
    n_reads = round(DAY / interval)
    sd = width / (2 * math.sqrt(math.pi))
    sigma = math.sqrt(math.log1p(cv**2))
    found = np.empty(n_days)
    for day in range(n_days):
        n = rng.poisson(pulses)
        times = rng.uniform(0, DAY, n)
        if profile_amplitude:
            # Thinning by the daily profile 1 + a cos, scaled so that its mean stays 1.
            at = rng.uniform(0, DAY, rng.poisson(pulses * (1 + profile_amplitude)))
            chance = (1 + profile_amplitude * np.cos(2 * np.pi * at / DAY)) / (1 + profile_amplitude)
            times = at[rng.uniform(size=at.size) < chance]
        masses = np.exp(rng.normal(-(sigma**2) / 2, sigma, times.size))
        reads = rng.uniform(0, interval) + interval * np.arange(n_reads)
        gap = np.abs(reads[:, None] - times[None, :])
        gap = np.minimum(gap, DAY - gap)
        flux = np.exp(-0.5 * (gap / sd) ** 2) / (sd * math.sqrt(2 * math.pi))
        found[day] = interval * (flux * masses).sum() / pulses
    return found


def agrees(found, expected):
    """Within four standard errors of a sample variance, from the sample's own fourth moment."""
    deviation = (found - 1.0) ** 2
    return abs(deviation.mean() - expected**2) < 4 * deviation.std() / math.sqrt(found.size)


@pytest.mark.parametrize(
    ("pulses", "cv", "width", "interval"),
    [
        (20.0, 0.0, 30.0, 5.0),
        (20.0, 0.8, 30.0, 30.0),
        (50.0, 0.5, 20.0, 60.0),
        (200.0, 0.6, 10.0, 120.0),
        (5.0, 1.0, 60.0, 10.0),
    ],
)
def test_the_variance_is_that_of_a_compound_poisson_stream_of_pulses(pulses, cv, width, interval):
    found = simulated_loads(np.random.default_rng(17), 6_000, pulses, cv, width, interval)
    assert abs(found.mean() - 1.0) < 4 * found.std() / math.sqrt(found.size)
    assert agrees(found, sampling_rsd("flow_proportional", interval, pulses, width, cv))


def test_a_grab_sample_is_one_draw_of_the_daily_profile_besides():
    amplitude = 0.6
    found = simulated_loads(np.random.default_rng(23), 20_000, 400.0, 0.5, 60.0, DAY, profile_amplitude=amplitude)
    # A cosine of amplitude a has a relative standard deviation of a / sqrt(2).
    assert agrees(found, sampling_rsd("grab", np.nan, 400.0, 60.0, 0.5, cv_profile=amplitude / math.sqrt(2)))
    assert not agrees(found, sampling_rsd("grab", np.nan, 400.0, 60.0, 0.5))


def test_a_hundred_equal_pulses_in_a_continuous_sample_leave_one_in_ten():
    assert sampling_rsd("passive", np.nan, 100.0, 30.0, 0.0) == pytest.approx(0.1)
    assert sampling_rsd("volume_proportional", 1.0, 100.0, 30.0, 0.0) == pytest.approx(0.1)
    # cv 1 doubles the variance; an interval of five widths multiplies it by five.
    assert sampling_rsd("time_proportional", 150.0, 100.0, 30.0, 1.0) == pytest.approx(math.sqrt(10) * 0.1)


def test_a_grab_sample_sees_the_pulses_of_its_own_minute():
    # 1,440 / 30 = 48 widths in a day: 2,400 pulses are as good as 50.
    assert sampling_rsd("grab", 5.0, 2_400.0, 30.0, 0.0) == pytest.approx(50**-0.5)


def test_the_spacing_factor_is_one_for_close_and_the_gap_for_wide_sub_samples():
    assert spacing_factor([1e-9, 0.1, 0.3]).tolist() == pytest.approx([1.0, 1.0, 1.0], abs=1e-14)
    assert spacing_factor([4.0, 48.0]).tolist() == pytest.approx([4.0, 48.0], rel=1e-14)
    # 1 + 2 exp(-pi) + 2 exp(-4 pi) at a gap of one width.
    assert spacing_factor(1.0) == pytest.approx(1 + 2 * math.exp(-math.pi) + 2 * math.exp(-4 * math.pi))


@given(st.floats(0.25, 4.0))
def test_both_sums_of_the_spacing_factor_are_the_same_number(x):
    j = np.arange(-60, 61)
    assert spacing_factor(x) == pytest.approx(float(np.exp(-np.pi * j**2 / x**2).sum()), rel=1e-12)
    assert spacing_factor(x) == pytest.approx(x * float(np.exp(-np.pi * j**2 * x**2).sum()), rel=1e-12)


@given(st.floats(0.01, 100.0), st.floats(1.0, 2.0))
def test_a_wider_gap_is_never_better(x, factor):
    assert spacing_factor(x * factor) >= spacing_factor(x) * (1 - 1e-12)


@given(st.floats(1.0, 1e6), st.floats(1.0, 100.0))
def test_a_hundred_times_the_pulses_is_ten_times_as_good(pulses, interval):
    few, many = (sampling_rsd("flow_proportional", interval, n, 20.0, 0.5) for n in (pulses, 100 * pulses))
    assert few == pytest.approx(10 * many)


def test_arrays_of_modes_are_judged_one_by_one():
    found = sampling_rsd(["flow_proportional", "grab", "unknown", "passive"], [5.0, np.nan, 5.0, np.nan], 100.0, 30.0, 0.0)
    assert found.tolist() == pytest.approx([0.1, math.sqrt(0.48), np.nan, 0.1], nan_ok=True)
    assert math.isnan(sampling_rsd("flow_proportional", np.nan, 100.0, 30.0, 0.0))


def test_pulses_are_people_times_rate_times_flushes():
    assert pulses_per_day(20_000.0, 0.002, 4.0) == pytest.approx(160.0)


def test_the_spread_of_a_profile():
    assert profile_cv(1 + 0.5 * np.cos(2 * np.pi * np.arange(24) / 24)) == pytest.approx(0.5 / math.sqrt(2))
    assert profile_cv([3.0, 3.0]) == 0.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pulses_per_day(-1.0, 0.1, 4.0), "a use rate is at most 1"),
        (lambda: pulses_per_day(1.0, 4.0, 4.0), "a use rate is at most 1"),
        (lambda: sampling_rsd("grab", 5.0, 0.0, 30.0, 0.0), "Pulses, their width"),
        (lambda: sampling_rsd("grab", 5.0, 1.0, 0.0, 0.0), "Pulses, their width"),
        (lambda: sampling_rsd("grab", [5.0, -1.0], 1.0, 1.0, 0.0), "Pulses, their width"),
        (lambda: sampling_rsd("grab", 5.0, 1.0, 1.0, -0.1), "Pulses, their width"),
        (lambda: profile_cv([0.0, 0.0]), "daily profile needs loads"),
        (lambda: profile_cv([1.0, np.nan]), "daily profile needs loads"),
    ],
)
def test_what_cannot_be_is_refused(call, message):
    with pytest.raises(DataRefused, match=message):
        call()
