"""The study of interventions in small: areas listed because they were high, and what each method makes of nothing done."""

import importlib.util
import sys
from pathlib import Path

import pytest

STUDY = Path(__file__).parents[2] / "studies" / "interventions.py"
PLAIN, LEVELS, MIXTURE = "before and after alone", "beside what was to be expected (B42)", "mixture of courses (B38, B39, B43)"


@pytest.fixture(scope="module")
def study():
    spec = importlib.util.spec_from_file_location("interventions", STUDY)
    module = importlib.util.module_from_spec(spec)
    sys.modules["interventions"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["interventions"]


@pytest.mark.parametrize(("method", "replicates"), [(LEVELS, 200), (MIXTURE, 40)])
def test_of_areas_listed_because_they_were_high_the_truth_is_held_and_nothing_is_seldom_called_something(
    study, method, replicates
):
    found = study.of_method(method, replicates, 1.0, study.Setting())
    # Four listed areas a replicate, taken as one for the error.
    error = (0.95 * 0.05 / replicates) ** 0.5
    assert found.held.mean() == pytest.approx(0.95, abs=4 * error)
    assert found.found.mean() < 0.05 + 4 * error
    assert abs(found.off.mean()) < 4 * found.off.mean(axis=1).std() / replicates**0.5


def test_before_and_after_alone_calls_a_fall_where_nothing_was_done(study):
    assert study.of_method(PLAIN, 50, 1.0, study.Setting()).found.mean() > 0.3


def test_a_series_holds_only_where_areas_keep_their_level(study):
    steady = study.of_series(30, 0.6, study.Setting(wander=0.0)).held.mean()
    assert steady == pytest.approx(0.95, abs=4 * (0.95 * 0.05 / 30) ** 0.5)
    assert study.of_series(30, 0.6, study.Setting(wander=0.25)).held.mean() < steady
