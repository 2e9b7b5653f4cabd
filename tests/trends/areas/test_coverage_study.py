"""The calibration study in small: what it counts must hold within what eight provinces can tell."""

import importlib.util
import sys
from pathlib import Path

import pytest

STUDY = Path(__file__).parents[3] / "studies" / "coverage.py"
pytestmark = pytest.mark.slow
N_PROVINCES = 8


@pytest.fixture(scope="module")
def figures():
    """Coverage by figure over eight provinces of 45 sites."""
    spec = importlib.util.spec_from_file_location("coverage_study", STUDY)
    study = importlib.util.module_from_spec(spec)
    sys.modules["coverage_study"] = study
    spec.loader.exec_module(study)
    outcomes = [study.outcomes_of(study.plan_of(seed, n_sites=45)) for seed in range(1, N_PROVINCES + 1)]
    yield {row["figure"]: row for row in study.table_of(outcomes).to_dicts()}
    del sys.modules["coverage_study"]


@pytest.mark.parametrize("figure", ["site week", "county quarter"])
def test_intervals_hold_the_truth_about_95_times_in_100(figures, figure):
    assert 0.91 <= figures[figure]["coverage"] <= 0.985


def test_taking_every_error_as_new_in_every_sample_fails(figures):
    quarter = figures["county quarter"]
    assert quarter["naive"] < 0.93 or quarter["naive"] <= quarter["coverage"] - 0.02


def test_the_study_counts_levels_and_changes_of_sites_counties_and_the_province(figures):
    assert set(figures) == {
        "site week", "county quarter", "province year", "change, county quarter", "change, province year",
    }  # fmt: skip
    assert figures["site week"]["n"] > 10_000
