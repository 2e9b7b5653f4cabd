"""The coverage study in small: what it reports must hold within its Monte Carlo error."""

import importlib.util
import sys
from pathlib import Path

import pytest

STUDY = Path(__file__).parents[2] / "studies" / "interval_coverage.py"
REPLICATES = 400


@pytest.fixture(scope="module")
def study():
    spec = importlib.util.spec_from_file_location("interval_coverage", STUDY)
    module = importlib.util.module_from_spec(spec)
    sys.modules["interval_coverage"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["interval_coverage"]


def error(share: float) -> float:
    """Four Monte Carlo standard errors."""
    return 4 * (share * (1 - share) / REPLICATES) ** 0.5


@pytest.mark.parametrize(
    ("log_sd", "n_days", "reported"),
    [(0.2, 7, 0.951), (0.2, 30, 0.952), (0.4, 7, 0.923), (0.8, 7, 0.869), (0.8, 30, 0.898)],
)
def test_the_interval_covers_as_often_as_the_study_reports(study, log_sd, n_days, reported):
    found = study.coverage_of_means(study.Cell(log_sd, n_days), REPLICATES, seed=1)
    assert found.own == pytest.approx(reported, abs=error(reported))


@pytest.mark.parametrize("is_limit_known", [True, False])
@pytest.mark.parametrize("n_days", [3, 7, 30])
def test_half_censored_days_are_covered_at_least_as_often_as_stated(study, n_days, is_limit_known):
    found = study.coverage_of_means(study.Cell(0.4, n_days, 0.5, is_limit_known), REPLICATES, seed=2)
    assert found.own >= 0.95 - error(0.95)
    assert found.total >= 0.95 - error(0.95)


def test_a_skewed_week_misses_above(study):
    found = study.coverage_of_means(study.Cell(0.8, 7), REPLICATES, seed=3)
    assert found.above > 10 * found.below


def test_the_bounds_of_the_ratio_hold(study):
    rises = study.stated_and_true_rises(study.Cell(0.4, 7), REPLICATES, seed=4)
    assert study.hold(rises) == pytest.approx(0.942, abs=error(0.942))


def test_what_is_stated_of_large_changes_comes_true(study):
    rises = study.stated_and_true_rises(study.Cell(0.4, 30), REPLICATES, 5, 2.0)
    stated, rose = rises["p_rose"].mean(), (rises["true_ratio"] > 1).mean()
    assert rose == pytest.approx(stated, abs=error(0.5))
    sure = rises.filter(rises["p_rose"] > 0.975)
    assert (sure["true_ratio"] > 1).mean() >= 0.975 - error(0.975)
