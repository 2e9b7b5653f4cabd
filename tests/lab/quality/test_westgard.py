"""The multi-rules: the sequences of the methods file, both sides of each limit, and the laws they keep."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headworks.core.errors import DataRefused
from headworks.lab.quality.westgard import RULES, broken_rules

ALL = {"1_2s": 2.0, "1_3s": 3.0, "2_2s": 2.0, "r_4s": 2.0, "4_1s": 1.0, "8_x": 0.0, "10_x": 0.0, "12_x": 0.0, "7_t": 0.0}


def broken(z, run=None, level=None, series=None, limits=ALL):
    """Rule to the places that break it, of those that any breaks."""
    z = np.asarray(z, dtype=np.float64)
    run = np.arange(z.size) if run is None else np.asarray(run)
    level, series = (np.zeros(z.size, dtype=np.int64) if one is None else np.asarray(one) for one in (level, series))
    found = broken_rules(z, series, run, level, limits)
    return {name: np.flatnonzero(flags).tolist() for name, flags in found.items() if flags.any()}


def slow(z, run, level, limits=ALL):
    """Each rule looked up control by control, in one series."""
    found = {name: [] for name in limits}
    for here in range(len(z)):
        past = [place for place in range(here + 1) if not np.isnan(z[place])]
        if np.isnan(z[here]):
            continue
        own = [z[place] for place in past if level[place] == level[here]]
        merged = [z[place] for place in past]
        same_run = [place for place in past if run[place] == run[here]]
        for name, limit in limits.items():
            count = {"2_2s": 2, "4_1s": 4, "8_x": 8, "10_x": 10, "12_x": 12}.get(name)
            if name in ("1_2s", "1_3s"):
                hit = abs(z[here]) > limit
            elif name == "r_4s":
                hit = any(min(z[here], z[p]) < -limit and max(z[here], z[p]) > limit for p in same_run)
            elif name == "7_t":
                steps = np.diff(own[-7:])
                hit = len(own) >= 7 and (bool((steps > 0).all()) or bool((steps < 0).all()))
            else:
                rows = [own] if name == "2_2s" else [own, merged]
                hit = any(len(r) >= count and (min(r[-count:]) > limit or max(r[-count:]) < -limit) for r in rows)
                if name == "2_2s":
                    beyond = [p for p in same_run if z[here] * z[p] > 0 and abs(z[p]) > limit < abs(z[here])]
                    hit = hit or len({level[p] for p in beyond}) > 1
            if hit:
                found[name].append(here)
    return {name: places for name, places in found.items() if places}


def test_two_in_a_row_beyond_two_break_the_rule_at_the_second():
    assert broken([0.5, 2.1, 2.2], limits={"2_2s": 2.0}) == {"2_2s": [2]}
    assert broken([0.5, 2.1, -2.2], limits={"2_2s": 2.0}) == {}
    assert broken([2.1, 0.5, 2.2], limits={"2_2s": 2.0}) == {}


def test_two_levels_of_one_run_beyond_two_on_either_side():
    assert broken([2.3, -2.1], run=[0, 0], level=[0, 1], limits=ALL | {}) == {"1_2s": [0, 1], "r_4s": [1]}
    assert broken([2.3, 2.1], run=[0, 0], level=[0, 1]) == {"1_2s": [0, 1], "2_2s": [1]}


def test_one_beyond_three_rejects_and_three_itself_does_not():
    assert broken([3.01]) == {"1_2s": [0], "1_3s": [0]}
    assert broken([3.0]) == {"1_2s": [0]}
    assert broken([-3.01]) == {"1_2s": [0], "1_3s": [0]}


def test_four_in_a_row_beyond_one_break_the_rule_at_the_fourth():
    assert broken([1.1, 1.2, 1.05, 1.3]) == {"4_1s": [3]}
    assert broken([1.1, 1.2, 1.0, 1.3]) == {}


def test_two_exactly_is_no_warning():
    assert broken([2.0, -2.0]) == {}


@pytest.mark.parametrize(("name", "many"), [("8_x", 8), ("10_x", 10), ("12_x", 12)])
def test_so_many_on_one_side_break_the_rule_and_one_at_the_target_ends_the_row(name, many):
    assert broken([-0.1] * many, limits={name: 0.0}) == {name: [many - 1]}
    assert broken([0.1] * (many - 1), limits={name: 0.0}) == {}
    assert broken([0.1] * (many - 1) + [0.0] + [0.1] * (many - 1), limits={name: 0.0}) == {}


def test_seven_that_rise_break_the_trend_and_a_pair_of_equals_ends_it():
    assert broken([-1.5, -1.0, -0.5, 0.0, 0.5, 0.9, 0.95], limits={"7_t": 0.0}) == {"7_t": [6]}
    assert broken([-1.5, -1.0, -0.5, -0.5, 0.5, 0.9, 0.95], limits={"7_t": 0.0}) == {}


def test_across_levels_a_row_goes_on_over_runs():
    # Two levels, two runs: four beyond 1 in the order of measurement, two within each level.
    assert broken([1.1, 1.2, 1.3, 1.4], run=[0, 0, 1, 1], level=[0, 1, 0, 1]) == {"4_1s": [3]}
    assert broken([0.3, 0.2] * 5, run=np.repeat(np.arange(5), 2), level=[0, 1] * 5, limits={"10_x": 0.0}) == {"10_x": [9]}


def test_two_levels_in_two_runs_are_not_two_in_a_row():
    assert broken([2.1, 2.2], run=[0, 1], level=[0, 1], limits={"2_2s": 2.0}) == {}


def test_opposite_sides_in_two_runs_are_no_range():
    assert broken([2.3, -2.1], run=[0, 1], level=[0, 1], limits={"r_4s": 2.0}) == {}


def test_a_control_without_a_number_is_not_in_the_row():
    assert broken([2.1, np.nan, 2.2], limits={"2_2s": 2.0}) == {"2_2s": [2]}


def test_series_do_not_meet():
    z = [2.1, 2.2, 2.1, 2.2]
    assert broken(z, run=[0, 0, 1, 1], series=[0, 1, 0, 1], limits={"2_2s": 2.0}) == {"2_2s": [2, 3]}
    assert broken(z[:2], run=[0, 0], series=[0, 1], limits={"2_2s": 2.0}) == {}


CONTROLS = st.lists(
    st.tuples(
        st.sampled_from([-3.5, -2.5, -2.0, -1.2, -0.4, 0.0, 0.3, 1.1, 2.2, 3.2, float("nan")]),
        st.integers(0, 2),
        st.booleans(),
    ),
    max_size=30,
)


def unpacked(controls):
    z, level, opens = (np.array([one[place] for one in controls]) for place in range(3))
    return z.astype(float), np.cumsum(opens).astype(np.int64), level.astype(np.int64)


@settings(max_examples=200, deadline=None)
@given(CONTROLS)
def test_all_rules_agree_with_the_slow_twin(controls):
    z, run, level = unpacked(controls)
    assert broken(z, run, level) == slow(z, run, level)


@settings(max_examples=60, deadline=None)
@given(CONTROLS, CONTROLS)
def test_what_is_measured_later_changes_no_verdict(before, after):
    z, run, level = unpacked(before + after)
    whole = broken_rules(z, np.zeros_like(run), run, level, ALL)
    part = broken_rules(z[: len(before)], np.zeros_like(run)[: len(before)], run[: len(before)], level[: len(before)], ALL)
    for name in RULES:
        assert whole[name][: len(before)].tolist() == part[name].tolist()


@settings(max_examples=60, deadline=None)
@given(CONTROLS)
def test_the_other_side_breaks_the_same_rules(controls):
    z, run, level = unpacked(controls)
    assert broken(z, run, level) == broken(-z, run, level)


def test_false_alarms_of_normal_controls_are_as_many_as_theory_says():
    # Seeded; 200,000 controls: sd of a share of 0.0027 is 0.00012, of 0.0455 it is 0.0005.
    z = np.random.default_rng(5).normal(size=200_000)
    one = np.zeros(z.size, dtype=np.int64)
    found = broken_rules(z, one, np.arange(z.size), one, {"1_3s": 3.0, "1_2s": 2.0, "2_2s": 2.0})
    assert found["1_3s"].mean() == pytest.approx(0.0027, abs=4 * 0.00012)
    assert found["1_2s"].mean() == pytest.approx(0.0455, abs=4 * 0.0005)
    assert found["2_2s"].mean() == pytest.approx(2 * 0.02275**2, abs=4 * 0.00008)


def test_a_rule_nobody_knows_and_arrays_that_do_not_fit_are_refused():
    with pytest.raises(DataRefused, match="Multi-rules cannot be applied") as refusal:
        broken([1.0], limits={"3_1s": 1.0})
    assert refusal.value.code == "HW-D634"
    with pytest.raises(DataRefused, match="Multi-rules cannot be applied"):
        broken([1.0], run=[1, 2])


def test_no_controls_break_no_rule():
    assert broken([]) == {}
