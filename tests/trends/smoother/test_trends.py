"""The calibration study in small, and what one call gives."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.trends.smoother.builders import every, some_series

from headworks.trends.smoother import no_offsets, smooth_trends

STUDY = Path(__file__).parents[3] / "studies" / "trend_calibration.py"
SITES = 150


@pytest.fixture(scope="module")
def study():
    spec = importlib.util.spec_from_file_location("trend_calibration", STUDY)
    module = importlib.util.module_from_spec(spec)
    sys.modules["trend_calibration"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["trend_calibration"]


@pytest.mark.parametrize("plan", ["2 days a week", "7 days a quarter"])
@pytest.mark.parametrize("censored", [0.0, 0.4, 0.8])
def test_intervals_hold_about_as_often_as_stated(study, plan, censored):
    found = study.measure(study.Cell(plan, censored), SITES, seed=3)
    # What a residue's sites teach each other is wrong for all of them at once: over seeds coverage scatters by 1.5 points.
    assert found.level == pytest.approx(0.95, abs=0.045)
    assert found.change == pytest.approx(0.95, abs=0.045)


def test_non_detects_are_worth_keeping(study):
    cell = study.Cell("2 days a week", 0.4, day_sd=0.2)
    ours, dropped, half = (study.measure(cell, SITES, 3, habit).rmse for habit in ("censored", "dropped", "half"))
    assert dropped > 2.5 * ours
    assert half > 1.4 * ours


def test_series_pool_with_their_group_alone():
    rng = np.random.default_rng(4)
    calm, wild = some_series(rng, 10, 52, 0.0, 0.1), some_series(rng, 10, 52, 0.0, 0.9)
    both = calm._replace(
        start=np.concatenate([calm.start, calm.start[-1] + wild.start[1:]]),
        **{name: np.concatenate([getattr(calm, name), getattr(wild, name)]) for name in calm._fields if name != "start"},
    )
    wanted = every(np.arange(100, 360, 91), 10)
    joint_wanted = every(np.arange(100, 360, 91), 20)
    group = np.repeat([0, 1], 10)
    joint = smooth_trends(both, group, *joint_wanted, lags=(1,))
    alone = smooth_trends(calm, group[:10], *wanted, lags=(1,))
    assert np.array_equal(joint.smoothed.level[:30], alone.smoothed.level)
    assert np.array_equal(joint.smoothed.change_variance[:30], alone.smoothed.change_variance, equal_nan=True)


def test_what_was_learnt_can_be_given_back():
    seen, group = some_series(np.random.default_rng(5), 8, 40, 0.3), np.zeros(8, np.int64)
    wanted = every(np.array([100, 200]), 8)
    first = smooth_trends(seen, group, *wanted)
    again = smooth_trends(seen, group, *wanted, offsets=first.offsets, settings=first.settings)
    assert np.array_equal(first.smoothed.level, again.smoothed.level)
    assert no_offsets(group).weekday.shape == (1, 7)


def test_the_mean_day_lies_half_the_scatter_above_the_median_day():
    seen = some_series(np.random.default_rng(7), 20, 104, 0.0, day_sd=0.6)
    found = smooth_trends(seen, np.zeros(20), *every(np.array([300, 600]), 20))
    above = found.mean_level - found.smoothed.level
    assert np.median(above) == pytest.approx(0.36 / 2, abs=0.06)  # a few of the largest days are taken for outliers
