"""The study of fair comparison in small: what is stated must hold within four Monte Carlo standard errors."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

STUDY = Path(__file__).parents[2] / "studies" / "fair_comparison.py"


@pytest.fixture(scope="module")
def study():
    spec = importlib.util.spec_from_file_location("fair_comparison", STUDY)
    module = importlib.util.module_from_spec(spec)
    sys.modules["fair_comparison"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["fair_comparison"]


@pytest.mark.parametrize("error", [0.3, 1.0])
def test_rank_intervals_hold_at_least_what_they_state(study, error):
    found, _ = study.rank_coverage(60, 20, error)
    assert 0.95 - 4 * found.error < found.share < 0.995


def test_intervals_of_rates_hold_where_there_are_enough_areas(study):
    found = study.rate_coverage(60, 100, 10.0)
    assert found.share == pytest.approx(0.95, abs=4 * found.error + 0.01)


@pytest.mark.parametrize(("phi", "censored"), [(0.0, 0.3), (0.6, 0.0)])
def test_interrupted_series_hold_the_effect_and_seldom_find_one_that_is_not(study, phi, censored):
    # Stated 95 % and 5 %; the study finds 2 to 3 points less at phi 0.6 in 36 months.
    held, _ = study.series_coverage(study.SeriesSetting(36, 2.0, phi, censored), 120, np.log(0.6), 150)
    _, false = study.series_coverage(study.SeriesSetting(36, 2.0, phi, censored), 120, 0.0, 150)
    assert held.share == pytest.approx(0.94, abs=0.085)
    assert false.share < 0.05 + 0.085


def test_placebo_p_values_are_uniform(study):
    p, held = study.placebo_p(150, 10)
    # Ten areas: p is 0.1, 0.2 … 1, each in a tenth of the replicates.
    times = np.bincount(np.round(10 * p).astype(int), minlength=11)[1:]
    chi2 = ((times - 15) ** 2 / 15).sum()
    assert chi2 < 27.9  # 99.9 % of chi-squared with 9 degrees of freedom
    assert held.share == pytest.approx(0.90, abs=4 * (0.9 * 0.1 / 150) ** 0.5)


@pytest.mark.parametrize("drift", [0.0, 0.2])
def test_what_is_expected_without_action_is_what_happens(study, drift):
    found, seen, foretold = study.nothing_done(100, drift)
    assert found.share > 0.95 - 4 * found.error
    # The worst 20 of 200 fall with nothing done, and by as much as was foretold.
    assert seen < 0.9
    assert foretold == pytest.approx(seen, abs=0.02)


def test_yearly_counts_are_not_called_rolling_and_rolling_ones_are(study):
    assert study.false_rolling(200, 1).share <= 0.005
    assert study.false_rolling(50, 3).share == 1.0
