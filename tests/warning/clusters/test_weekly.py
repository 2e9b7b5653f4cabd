"""A scan made anew every week: its law, and where it looks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headworks.warning.clusters import (
    ScanLaw,
    ScannedMap,
    circular_windows,
    clusters_of_week,
    downstream_windows,
    joined_windows,
    recurrence_weeks,
    scan_space_time,
    scan_weeks,
    windows_of_members,
    windows_of_several,
)
from headworks.warning.clusters.weekly import FEW_REPLICATES

N, WEEKS = 16, 40
ALONG = circular_windows(np.arange(N), np.zeros(N), np.ones(N), 0.3)


def weeks(seed=1, spread=1.0):
    value = np.random.default_rng(seed).normal(0, 0.3 * spread, (N, WEEKS))
    return ScannedMap(value, np.full(value.shape, 0.09))


def test_the_cluster_of_a_week_is_that_of_the_prospective_scan_of_four():
    one = weeks()
    own = clusters_of_week(ALONG, one, WEEKS - 1, 2)
    last = slice(WEEKS - 4, WEEKS)
    same = scan_space_time(
        np.arange(N), np.zeros(N), one.value[:, last], one.variance[:, last], "normal", 0.3, 0, prospective=True,
        max_time_share=1.0, windows=ALONG,
    )  # fmt: skip
    assert [(a.members, a.llr, a.first_period) for a in own] == [(a.members, a.llr, a.first_period) for a in same[:2]]


@settings(max_examples=5)
@given(st.floats(0.5, 3.0))
def test_a_variance_stated_wrong_alike_then_and_now_changes_no_p(spread):
    # Ratios are squares, so lambda takes it up; the replicates are those of the variances as stated.
    plain, wide = (scan_weeks(ALONG, [weeks(2, by)], 30)[0] for by in (1.0, spread))
    assert wide.law.inflation == pytest.approx(plain.law.inflation * spread**2)
    assert wide.p == pytest.approx(plain.p)


def test_a_map_is_held_to_all_maps_where_it_knows_few_weeks():
    short = weeks(3)
    short.value[:, :28] = np.nan
    alone, beside = scan_weeks(ALONG, [short], 30)[0], scan_weeks(ALONG, [short, weeks(4, 2.0)], 30)[0]
    assert alone.law.inflation == 1.0
    assert beside.law.inflation > 2.0


def test_a_quiet_map_has_few_replicates_and_a_loud_one_all():
    quiet, loud = weeks(2), weeks(5)
    quiet.value[:, -4:] = 0.0
    loud.value[3:7, -2:] += 1.0
    silent, told = scan_weeks(ALONG, [quiet, loud], 39)
    assert (silent.law.largest.size, told.law.largest.size) == (FEW_REPLICATES, 999)
    assert told.p[-1] < 1e-4
    assert silent.p[-1] == 1.0


def test_a_tail_of_few_replicates_is_counted_and_of_all_is_gumbel():
    largest = np.random.default_rng(6).gumbel(5.0, 1.0, 999)
    assert ScanLaw(largest, 2.0, has_tail=False).p(100.0) == 1 / 1000
    # exp(-(30/2 - 5)) on the law's own scale; 999 draws tell beta to 3 %, ten of them to a third.
    assert ScanLaw(largest, 2.0, has_tail=True).p(30.0) == pytest.approx(np.exp(-10.0), rel=0.5)


def test_a_map_without_a_value_has_no_cluster_and_no_p_below_one():
    empty = weeks()._replace(value=np.full((N, WEEKS), np.nan))
    found = scan_weeks(ALONG, [empty], 30)[0]
    assert (found.ratio.max(), found.p.min(), scan_weeks(ALONG, [], 30)) == (0.0, 1.0, ())


def test_as_rare_on_more_maps_comes_more_often():
    assert recurrence_weeks(0.001, 20) == pytest.approx(50.0)


def test_sites_at_one_place_enter_together_and_those_nowhere_never():
    found = windows_of_members(circular_windows([0, 1, 9], [0] * 3, [2, 1, 1], 0.8), np.array([1, 0, -1, 2, 0]))
    ends = [
        found.members(chain, at)
        for chain in range(3) for at in range(found.start[chain], found.start[chain + 1]) if found.is_end[at]
    ]  # fmt: skip
    assert ends == [[1, 4], [1, 4, 0], [0], [0, 1, 4], [3], [3, 0]]
    assert found.n_locations == 5


def test_circles_and_what_drains_are_looked_at_together_and_small_ones_not():
    circles, drains = circular_windows([0, 1, 5], [0] * 3, [1] * 3, 1.0), downstream_windows([1, 2, -1], [1] * 3, 1.0)
    both = joined_windows(circles, drains)
    assert both.members(5, both.start[6] - 1) == [2, 1, 0]
    # Three circles of three steps, then chains of one, two and three.
    assert windows_of_several(both, 3).is_end.nonzero()[0].tolist() == [2, 5, 8, 14]
