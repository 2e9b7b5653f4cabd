from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from headworks.reports.ranks import rank_intervals

pairs = st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)).map(sorted), min_size=1, max_size=30)


def test_three_sites_worked_by_hand():
    # 20-30 is surely above 1-2 only; 10-25 overlaps the first and is above the last; 1-2 is below both.
    first, last = rank_intervals(np.array([20.0, 10.0, 1.0]), np.array([30.0, 25.0, 2.0]))
    assert first.tolist() == [1, 1, 3]
    assert last.tolist() == [2, 2, 3]


def test_intervals_that_touch_are_not_ordered():
    first, last = rank_intervals(np.array([5.0, 1.0]), np.array([9.0, 5.0]))
    assert (first.tolist(), last.tolist()) == ([1, 1], [2, 2])


def test_an_unknown_bound_helps_nobody():
    first, last = rank_intervals(np.array([np.nan, 50.0]), np.array([np.nan, 60.0]))
    assert (first.tolist(), last.tolist()) == ([1, 1], [2, 2])


def test_no_sites_no_ranks():
    first, _ = rank_intervals(np.array([]), np.array([]))
    assert first.size == 0


@given(pairs)
def test_the_fast_count_is_the_slow_obvious_one(intervals):
    low, high = (np.array(side) for side in zip(*intervals, strict=True))
    first, last = rank_intervals(low, high)
    for i in range(len(intervals)):
        assert first[i] == 1 + sum(low[j] > high[i] for j in range(len(intervals)))
        assert last[i] == len(intervals) - sum(high[j] < low[i] for j in range(len(intervals)))
        assert 1 <= first[i] <= last[i] <= len(intervals)


@given(pairs, st.floats(0.01, 100))
def test_ranks_do_not_depend_on_the_unit(intervals, factor):
    # Powers of two keep the order of floats exactly.
    scale = 2.0 ** round(np.log2(factor))
    low, high = (np.array(side) for side in zip(*intervals, strict=True))
    assert np.array_equal(rank_intervals(low, high), rank_intervals(low * scale, high * scale))
