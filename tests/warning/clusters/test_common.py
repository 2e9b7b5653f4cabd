"""What neighbours have in common: batches of known variance, and areas that wander, in the replicates of a scan."""

import numpy as np
import pytest

from headworks.warning.clusters import Common, ScannedMap, circular_windows, scan_weeks, wander_of_areas
from headworks.warning.clusters.problems import normal_problem, spans

N, WEEKS = 24, 60
AREA = np.repeat(np.arange(4), 6)
ALONG = circular_windows(np.arange(N), np.zeros(N), np.ones(N), 0.3)


def weeks(seed, moves=0.0):
    """Places of four areas, each a deviation of 0.3 a week; their areas drift by a walk that is half forgotten each week."""
    rng = np.random.default_rng(seed)
    drift = np.zeros((4, WEEKS))
    for week in range(1, WEEKS):
        drift[:, week] = 0.9 * drift[:, week - 1] + rng.normal(0, moves, 4)
    return rng.normal(0, 0.3, (N, WEEKS)) + drift[AREA]


def test_an_area_that_wanders_is_told_from_places_that_do():
    stated = np.full((N, WEEKS), 0.09)
    still, moving = (
        np.array([wander_of_areas([(weeks(seed, by), stated)], AREA)[0] for seed in range(20)]) for by in (0.0, 0.1)
    )
    # A walk by 0.1 of which 0.9 stays has variance 0.01 / (1 - 0.81), times 0.9 from week to week; a median is below the mean.
    assert moving.mean() == pytest.approx(0.9 * 0.01 / 0.19, rel=0.35)
    assert still.mean() < 0.003
    # A place that goes its own way is no area's.
    own = np.random.default_rng(1).normal(0, 0.5, (N, 1)) * np.ones((1, WEEKS))
    assert wander_of_areas([(own, stated)], np.arange(N))[0] == 0.0


def test_one_area_in_which_something_happened_is_no_wander():
    value = weeks(3)
    value[:6, 20:30] += 1.0
    quiet, loud = (wander_of_areas([(one, np.full(value.shape, 0.09))], AREA)[0] for one in (weeks(3), value))
    assert loud < quiet + 0.003


def test_no_area_and_no_value_have_no_wander():
    value = weeks(4)
    assert wander_of_areas([(value, np.ones(value.shape))], np.full(N, -1)).tolist() == [0.0]
    assert wander_of_areas([(value * np.nan, np.ones(value.shape))], AREA).tolist() == [0.0]
    assert wander_of_areas([], AREA).size == 0


def test_replicates_share_a_part_of_the_stated_variance():
    variance = np.full((1, 1, N), 0.13)
    problem, _ = normal_problem(np.zeros((1, 1, N)), variance, spans(1, 1, is_prospective=True), 5, [(AREA[None], 0.09)])
    drawn = np.zeros((1, 1, N, 4_000))
    problem.draw(0, drawn)
    # Weighted by 1/0.13 and less the mean of all: an area's mean has 0.09 + 0.04 / 6, of which three quarters remain.
    middle = drawn[0, 0, :6].mean(axis=0) * 0.13
    assert middle.var() == pytest.approx(0.75 * (0.09 + 0.04 / 6), rel=0.1)


def test_areas_that_share_a_batch_are_no_cluster_by_that():
    rng = np.random.default_rng(6)
    value = rng.normal(0, 0.3, (N, WEEKS)) + rng.normal(0, 0.25, (4, WEEKS))[AREA]
    label = np.arange(4)[AREA][:, None] + 4 * np.arange(4)
    known, unknown = (
        scan_weeks(ALONG, [ScannedMap(value, np.full(value.shape, 0.09 + 0.0625), 1, common)], 40)[0]
        for common in ((Common(label, 0.0625),), ())
    )
    # Replicates that have it need no stretching, and their tail is that of what was seen.
    assert 0.6 < known.law.inflation < 1.4
    assert unknown.law.inflation > 1.4
    assert known.p.min() > 2 * unknown.p.min()
