"""The probability that a criterion holds: worked values, laws, limits, and a Monte Carlo twin."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from headworks.assessment.outcomes import figures_of, p_met, p_rate_above, p_unmet, with_past
from headworks.assessment.rules import Against, Columns, Criterion


def criterion(evidence="log_normal", threshold=1.0, is_above=True, **more) -> Criterion:
    columns = Columns(value="v", numerator="n" if evidence == "gamma_poisson" else "")
    return Criterion("one", "area_loads", "sewage", evidence, is_above, threshold, columns, **more)


def load(value: float, sd: float = 0.2, coverage: float = 1.0):
    one = np.ones((1, 1))
    return figures_of((1, 1), value=value * one, sd=sd * one, coverage=coverage * one)


def test_a_load_at_its_threshold_is_above_with_one_half():
    assert p_met(criterion(threshold=40.0), load(40.0)).item() == pytest.approx(0.5)


def test_one_standard_deviation_above():
    # Phi(1) = 0.8413
    assert p_met(criterion(threshold=40.0), load(40.0 * np.exp(0.2))).item() == pytest.approx(0.8413, abs=1e-4)


def test_a_prior_pulls_a_noisy_ratio_towards_no_change():
    # w = 0.09 / (0.09 + 0.09) = 1/2: ln 2 becomes ln 2 / 2, its sd 0.3 sqrt(1/2); threshold 1.25.
    rose = criterion(threshold=1.25, prior_sd=0.3, of_parent=True)
    expected = norm.cdf((np.log(2) / 2 - np.log(1.25)) / (0.3 * np.sqrt(0.5)))
    assert p_met(rose, load(2.0, 0.3)).item() == pytest.approx(expected)


@given(st.floats(0.1, 100), st.floats(0.01, 1), st.floats(0.1, 100))
def test_above_and_below_are_opposites(value, sd, threshold):
    above = p_met(criterion(threshold=threshold), load(value, sd)).item()
    below = p_met(criterion(threshold=threshold, is_above=False), load(value, sd)).item()
    assert above + below == pytest.approx(1.0)
    assert p_unmet(criterion(threshold=threshold), load(value, sd)).item() == pytest.approx(below)


@given(st.integers(0, 50), st.floats(100, 1e6), st.floats(1e-4, 1e-2))
def test_one_case_more_never_makes_a_high_rate_less_probable(events, people, rate):
    less, more = p_rate_above([events, events + 1], people, rate, 0.8, 0.0012)
    assert more >= less


def test_a_large_count_is_a_measured_rate():
    # 30,000 of 8 million against 3 per mille: 3.75 per mille with a relative error of 0.6 %.
    assert p_rate_above(30_000, 8e6, 0.003, 0.8, 0.0012) == pytest.approx(1.0)


def test_the_ratio_of_two_counts_is_that_of_two_gamma_draws():
    rose = criterion("gamma_poisson", 1.2, prior_shape=2.0, prior_mean=2.0, per=1000.0, against=Against(1, 1, 1))
    found = figures_of((1, 2), events=np.array([[9.0, 17.0]]), exposure=np.array([[4000.0, 5000.0]]))
    rng = np.random.default_rng(7)
    now, past = rng.gamma(2 + 17, 1 / (1000 + 5000), 400_000), rng.gamma(2 + 9, 1 / (1000 + 4000), 400_000)
    # Standard error of the simulated share: at most 0.0008.
    assert p_met(rose, with_past(rose, found))[0, 1] == pytest.approx(np.mean(now / past > 1.2), abs=0.0032)


def test_too_little_coverage_says_nothing():
    assert np.isnan(p_met(criterion(min_coverage=0.5), load(9.0, coverage=0.4))).item()
    assert np.isnan(p_unmet(criterion(min_coverage=0.5), load(9.0, coverage=0.4))).item()


def test_below_a_limit_under_the_threshold_is_surely_not_above():
    none, limit = np.full((1, 2), np.nan), np.array([[3.0, 50.0]])
    found = p_met(criterion(threshold=40.0), figures_of((1, 2), value=none, sd=none, ceiling=limit))
    assert found[0, 0] == 0.0
    assert np.isnan(found[0, 1])


def test_a_crude_figure_is_taken_as_exact():
    assert p_met(criterion("crude", 100.0), load(101.0)).item() == 1.0
    assert p_met(criterion("crude", 100.0), load(100.0)).item() == 0.0


def test_hysteresis_asks_for_more_to_leave():
    enter, leave = criterion(threshold=40.0, leave_times=0.8), load(36.0)
    # 36 is below 40 and above 0.8 x 40 = 32.
    assert p_met(enter, leave).item() < 0.5
    assert p_unmet(enter, leave).item() < 0.5


def test_without_a_past_nothing_has_risen():
    rose = criterion(threshold=1.25, against=Against(1, 1, 1))
    assert np.isnan(p_met(rose, load(9.0))).item()
    assert p_unmet(rose, load(9.0)).item() == 1.0
