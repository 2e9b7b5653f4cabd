"""Acceptance as a table: deviations of levels, the range they leave, and the problems."""

import numpy as np
import pytest

from headworks.lab.calibration.accepted_range import Problem, accepted_range
from headworks.reference.lab_values import calibration_profile

P = Problem


def judged(deviations, x=None, is_used=None, profile="headworks_default"):
    values = np.array([deviations], dtype=float)
    levels = np.arange(1.0, values.size + 1)[None] if x is None else np.array([x], dtype=float)
    used = np.ones(values.shape, bool) if is_used is None else np.array([is_used], bool)
    found = accepted_range(levels, np.where(used, values, np.nan), used, calibration_profile(profile))
    return found.lowest[0], found.highest[0], P(int(found.problems[0])), found.is_beyond[0].tolist()


@pytest.mark.parametrize(
    ("deviations", "lowest", "highest", "problems"),
    [
        ([0, 0, 0, 0, 0, 0], 1, 6, P.NONE),
        ([0.2, 0, 0, 0, 0, -0.2], 1, 6, P.NONE),  # exactly at the limit passes
        ([0.3, 0, 0, 0, 0, 0], 2, 6, P.NONE),  # a failing end is cut off
        ([0, 0, 0, 0, 0, 0.3], 1, 5, P.NONE),
        ([0, 0, 0.3, 0, 0, 0], 1, 6, P.NONE),  # a failing level inside is flagged
        ([0, 0, 0.3, 0.3, 0, 0, 0, 0], 1, 8, P.NEIGHBOURS_FAIL),
        ([0, 0.3, 0, 0.3, 0, 0.3, 0, 0, 0], 1, 9, P.TOO_MANY_FAIL),  # 6 of 9 are fewer than three quarters
        ([0, 0, 0, 0], 1, 4, P.TOO_FEW_LEVELS),
        ([1, 1, 1, 1, 1], np.nan, np.nan, P.TOO_FEW_LEVELS | P.TOO_MANY_FAIL),
    ],
)
def test_levels_that_fail_are_cut_off_or_flagged(deviations, lowest, highest, problems):
    found = judged(deviations)
    assert found[:2] == pytest.approx((lowest, highest), nan_ok=True)
    assert found[2] == problems


def test_ich_m10_allows_20_percent_at_the_lowest_level_only():
    assert judged([0.18, 0, 0, 0, 0, 0], profile="ich_m10")[2:] == (P.NONE, [False] * 6)
    assert judged([0, 0.18, 0, 0, 0, 0], profile="ich_m10")[2:] == (P.TOO_FEW_LEVELS, [False, True] + [False] * 4)


def test_a_level_used_twice_is_one_level_and_passes_with_one_of_its_two():
    # Levels 1, 1, 2, 3, 4: four levels, one too few.
    assert judged([0, 0, 0, 0, 0], x=[1, 1, 2, 3, 4])[2] == P.TOO_FEW_LEVELS
    lowest, _, problems, beyond = judged([0, 0.5, 0, 0, 0, 0], x=[1, 1, 2, 3, 4, 5])
    assert (lowest, problems, beyond[:2]) == (1, P.NONE, [False, True])


def test_a_calibrator_left_out_counts_as_failed_and_order_does_not_matter():
    deviations, used = [0, 0, 0, 0, 0, 0, 0], [True, True, False, False, True, True, True]
    forward = judged(deviations, is_used=used)
    assert forward[2] == P.NEIGHBOURS_FAIL | P.TOO_MANY_FAIL
    backward = judged(deviations, x=[7, 6, 5, 4, 3, 2, 1], is_used=used[::-1])
    assert backward[:3] == forward[:3]


def test_a_blank_is_no_level():
    assert judged([np.nan, 0, 0, 0, 0, 0], x=[0, 1, 2, 3, 4, 5])[:3] == (1, 5, P.NONE)
