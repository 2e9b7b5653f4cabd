import numpy as np
import pytest

from headworks.warning.peers.baseline_weeks import baseline_weeks


def blocks(found):
    """(first, last, level) of each run of one level."""
    edges = np.flatnonzero(np.diff(found.level)) + 1
    parts = zip(np.split(found.offset, edges), np.split(found.level, edges), strict=True)
    return [(int(offset[0]), int(offset[-1]), int(level[0])) for offset, level in parts]


def test_without_periods_only_the_windows_of_earlier_years_are_used():
    found = baseline_weeks(b=2, w=3, freq=52, no_periods=1, past_weeks_not_included=3)
    assert found.offset.tolist() == [*range(-107, -100), *range(-55, -48)]
    assert found.n_levels == 1


@pytest.mark.parametrize(
    ("settings", "expected"),
    # Where a change of two counts moves R's dispersion by more than the two changes alone, they share a level.
    [
        ((1, 3, 52, 5, 26), [(-55, -49, 0), (-48, -37, 1), (-36, -27, 2)]),
        ((1, 4, 52, 10, 30), [(-56, -48, 0), (-47, -43, 1), (-42, -38, 2), (-37, -33, 3), (-32, -31, 4)]),
        ((1, 0, 52, 5, 26), [(-52, -52, 0), (-51, -39, 1), (-38, -27, 2)]),
    ],
)
def test_blocks_of_the_year_are_r_s(settings, expected):
    b, w, freq, no_periods, past = settings
    assert blocks(baseline_weeks(b, w, freq, no_periods, past)) == expected


def test_blocks_that_do_not_divide_are_longer_first():
    # 45 steps in 4 blocks: 12, 11, 11 and 11.
    found = baseline_weeks(b=1, w=3, freq=52, no_periods=5, past_weeks_not_included=3)
    assert np.bincount(found.level).tolist() == [7, 12, 11, 11, 11]


def test_as_many_periods_as_steps_leave_levels_of_one_step():
    found = baseline_weeks(b=1, w=1, freq=12, no_periods=10, past_weeks_not_included=1)
    assert np.bincount(found.level).tolist() == [3] + [1] * 9
