"""Limits learnt from earlier runs: robust while few, then standing."""

import numpy as np
import pytest

from headworks.lab.quality.control_limits import learn_limits, robust_moments
from headworks.lab.quality.westgard import broken_rules


def learnt(values, run=None, target_points=20, least_points=5):
    values = np.asarray(values, dtype=np.float64)
    run = np.arange(values.size) if run is None else np.asarray(run)
    return learn_limits(
        values, np.zeros(values.size, dtype=np.int64), run, target_points=target_points, least_points=least_points
    )


def test_five_points_by_hand():
    # Median 3, deviations 2 1 0 1 2 with median 1; 1.4826 x 1.206.
    target, sd, kept = robust_moments(np.array([[1.0, 2.0, 3.0, 4.0, 5.0]]))
    assert (target.item(), sd.item(), kept.item()) == pytest.approx((3.0, 1.4826022 * 1.206, 5))


def test_many_points_are_their_mean_and_standard_deviation_without_the_outlier():
    values = np.array([[9.0, 11.0] * 10 + [60.0]])
    target, sd, kept = robust_moments(values)
    assert (target.item(), kept.item()) == (10.0, 20)
    assert sd.item() == pytest.approx(np.std(values[0, :20], ddof=1))


@pytest.mark.parametrize("n", [5, 6, 7, 8, 9, 12, 20])
def test_the_standard_deviation_is_right_on_average(n):
    # 20,000 samples of n; the spread of an sd is below 0.6, so the mean is known to 0.004. Cutting at 4 s and the plain square
    # root cost 5 % of 10 and 2 % of 20.
    _, sd, _ = robust_moments(np.random.default_rng(n).normal(size=(20_000, n)))
    assert sd.mean() == pytest.approx(1.0 if n < 10 else 0.97, abs=0.03)


def test_where_most_are_the_same_a_scatter_is_still_told():
    assert robust_moments(np.array([[10.0, 10.0, 10.0, 10.0, 11.0, 9.0]]))[1].item() > 0


def test_nothing_is_learnt_from_too_few_and_a_run_is_not_judged_by_itself():
    found = learnt([10.0, 11.0, 9.0, 10.5, 9.5, 10.0, 50.0])
    assert np.isnan(found.target[:5]).all()
    assert found.n_points[:5].tolist() == [0] * 5
    assert found.target[5] == 10.0
    # The outlier's own limits do not know it.
    assert found.target[6] == pytest.approx(10.0)


def test_replicates_of_a_run_have_the_limits_of_the_runs_before():
    found = learnt([10.0, 11.0, 9.0, 10.0, 11.0, 99.0, 99.0], run=[0, 0, 0, 1, 1, 2, 2])
    assert np.isnan(found.target[:5]).all()
    assert found.target[5] == found.target[6] == 10.0


def test_limits_stand_once_twenty_are_kept_and_are_provisional_before():
    values = np.random.default_rng(3).normal(10, 1, 60)
    found = learnt(values)
    stands = np.flatnonzero(~found.is_provisional)
    assert stands[0] >= 20
    assert len(set(found.target[stands])) == len(set(found.sd[stands])) == 1
    assert len(set(found.target[5:20])) > 10


def test_learning_goes_on_until_the_limits_are_settled():
    values = np.random.default_rng(3).uniform(9, 11, 100)
    run = np.arange(100)
    found = learn_limits(values, np.zeros(100, dtype=np.int64), run, target_points=20, least_points=5, settled_points=60)
    assert np.flatnonzero(~found.is_provisional)[0] == 20
    assert len(set(found.target[20:60])) == 40
    assert len(set(found.target[61:])) == 1
    assert found.target[99] == pytest.approx(values[:60].mean())


def test_sound_runs_are_rejected_half_as_often_again_as_with_known_limits():
    # 500 series of 100 runs of two levels. The full run (2,500 series) gave 2.0 % known, 2.9 % learnt; Monte Carlo error below 0.2 %.
    n_series, n_runs = 500, 100
    series, run = np.repeat(np.arange(n_series), 2 * n_runs), np.tile(np.repeat(np.arange(n_runs), 2), n_series)
    level = np.tile([0, 1], n_series * n_runs)
    values = np.random.default_rng(12).normal(size=series.size)
    found = learn_limits(values, 2 * series + level, run, target_points=20, least_points=5, settled_points=60)
    rules = {"1_3s": 3.0, "2_2s": 2.0, "r_4s": 2.0, "4_1s": 1.0, "10_x": 0.0}

    def share(z):
        broken = np.any(list(broken_rules(z, series, run, level, rules).values()), axis=0).reshape(-1, 2).any(axis=1)
        return broken[run[::2] >= 70].mean()

    assert share(values) == pytest.approx(0.020, abs=0.006)
    assert share((values - found.target) / found.sd) == pytest.approx(0.029, abs=0.008)


def test_one_thrown_out_is_waited_for():
    values = np.array([9.0, 11.0] * 15)
    values[12] = 80.0
    found = learnt(values)
    assert np.flatnonzero(~found.is_provisional)[0] == 21
    assert found.target[-1] == 10.0


def test_later_runs_change_no_limit():
    values = np.random.default_rng(4).normal(10, 1, 45)
    for cut in (3, 12, 20, 33):
        whole, part = learnt(values), learnt(values[:cut])
        np.testing.assert_array_equal(whole.target[:cut], part.target)
        np.testing.assert_array_equal(whole.sd[:cut], part.sd)


def test_a_missing_control_is_passed_over():
    values = [10.0, 11.0, np.nan, 9.0, 10.0, 11.0, 12.0]
    assert np.isnan(learnt(values).target[5])
    assert learnt(values).target[6] == 10.0


def test_many_series_at_once_are_each_alone():
    rng = np.random.default_rng(6)
    values, series = rng.normal(10, 1, 300), rng.integers(0, 7, 300)
    run = np.arange(300)
    together = learn_limits(values, series, run, target_points=20, least_points=5)
    for one in range(7):
        mine = series == one
        np.testing.assert_array_equal(together.target[mine], learnt(values[mine], run[mine]).target)


def test_no_controls_have_no_limits():
    assert learnt([]).target.size == 0
