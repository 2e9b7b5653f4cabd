import numpy as np
import pytest
from scipy.stats import multivariate_normal
from tests.trends.smoother.builders import every, one_series, some_series

from headworks.core.errors import DataRefused
from headworks.trends.smoother import Settings, first_state, grid_levels, observations, smooth
from headworks.trends.smoother.smooth import level_guess
from headworks.trends.smoother.transition import transitions

WANDER, SLOPE_VARIANCE, DAY_VARIANCE = 0.01, 0.0004, 0.1
PLAIN = Settings.same(1, WANDER, SLOPE_VARIANCE, DAY_VARIANCE, 0.0, 25.0)
DAYS = np.array([0, 3, 7, 10, 14, 30, 31, 31])
BATCHES = np.array([1, 1, 2, 2, 3, 3, 3, 4])
WANTED = np.array([5, 14, 31, 40])


def dense_twin(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[int], float]:
    """The same model written out as one joint normal of all days: means and covariance of level and slope, and likelihood."""
    times = np.unique(np.concatenate([DAYS, WANTED]))
    table, n = transitions(), times.size
    joint, state = np.zeros((2 * n, 2 * n)), np.diag([4.0, SLOPE_VARIANCE])
    for i, day in enumerate(times):
        if i:
            gap = day - times[i - 1]
            f, g, grown, cov = table[gap]
            step = np.array([[1.0, g], [0.0, f]])
            noise = SLOPE_VARIANCE * np.array([[grown, cov], [cov, 1 - f * f]]) + np.diag([WANDER * gap, 0.0])
            state = step @ state @ step.T + noise
            joint[2 * i : 2 * i + 2, : 2 * i] = step @ joint[2 * i - 2 : 2 * i, : 2 * i]
            joint[: 2 * i, 2 * i : 2 * i + 2] = joint[2 * i : 2 * i + 2, : 2 * i].T
        joint[2 * i : 2 * i + 2, 2 * i : 2 * i + 2] = state
    seen = np.zeros((DAYS.size, 2 * n))
    seen[np.arange(DAYS.size), 2 * np.searchsorted(times, DAYS)] = 1
    shared = 0.2 * (BATCHES[:, None] == BATCHES[None])
    total = seen @ joint @ seen.T + (DAY_VARIANCE + 0.05) * np.eye(DAYS.size) + shared
    mean = np.zeros(2 * n)
    mean[::2] = 0.3
    gain = joint @ seen.T @ np.linalg.inv(total)
    after = mean + gain @ (values - seen @ mean), joint - gain @ seen @ joint
    return *after, [2 * int(i) for i in np.searchsorted(times, WANTED)], multivariate_normal(seen @ mean, total).logpdf(values)


def test_everything_is_that_of_the_joint_normal_written_out():
    values = np.random.default_rng(0).normal(size=DAYS.size)
    mean, covariance, at, log_z = dense_twin(values)
    seen = one_series(DAYS, values, variance=0.05, batch=BATCHES, batch_variance=0.2)
    found = smooth(seen, PLAIN, [0, 4], WANTED, lags=(1, 3), state=first_state(seen, PLAIN, 0.3, 2.0))
    slopes = [i + 1 for i in at]
    assert found.level == pytest.approx(mean[at], abs=1e-12)
    assert found.level_variance == pytest.approx(covariance[at, at], abs=1e-12)
    assert found.slope == pytest.approx(mean[slopes], abs=1e-12)
    assert found.slope_variance == pytest.approx(covariance[slopes, slopes], abs=1e-12)
    assert found.level_slope_covariance == pytest.approx(covariance[at, slopes], abs=1e-12)
    assert found.log_likelihood.item() == pytest.approx(log_z, abs=1e-10)
    for which, lag in enumerate((1, 3)):
        later, earlier = at[lag:], at[:-lag]
        difference = covariance[later, later] + covariance[earlier, earlier] - 2 * covariance[later, earlier]
        assert found.change_variance[lag:, which] == pytest.approx(difference, abs=1e-12)
        assert np.isnan(found.change_variance[:lag, which]).all()


def test_what_was_known_then_is_what_a_series_that_ends_there_says():
    seen = one_series(DAYS, np.sin(DAYS), variance=0.05, batch=BATCHES, batch_variance=0.2)
    short = one_series(DAYS[:5], np.sin(DAYS[:5]), variance=0.05, batch=BATCHES[:5], batch_variance=0.2)
    begun = first_state(seen, PLAIN, 0.0)
    whole = smooth(seen, PLAIN, [0, 4], WANTED, state=begun)
    cut = smooth(short, PLAIN, [0, 2], WANTED[:2], state=begun)
    assert whole.filtered[1] == pytest.approx(cut.level[1], abs=1e-12)
    assert whole.filtered_variance[1] == pytest.approx(cut.level_variance[1], abs=1e-12)


@pytest.mark.parametrize(("share", "of_mean", "of_sd"), [(0.15, 0.02, 0.12), (0.4, 0.02, 0.12), (0.7, 0.03, 0.15)])
def test_censored_days_are_as_on_the_grid(share, of_mean, of_sd):
    seen = some_series(np.random.default_rng(5), 6, 104, share)
    settings = Settings.same(6, 4e-4, 0.0, 0.08, 0.03, 25.0)
    wanted = every(np.arange(60, 728, 14), 6)
    exact, found = grid_levels(seen, settings, *wanted, n_points=512), smooth(seen, settings, *wanted)
    assert np.abs((found.level - exact.mean) / np.sqrt(exact.variance)).max() < of_mean
    assert np.abs(np.sqrt(found.level_variance / exact.variance) - 1).max() < of_sd


def test_a_block_that_goes_on_from_a_state_forecasts_as_the_whole():
    seen = some_series(np.random.default_rng(1), 3, 60, 0.3)
    settings, none = Settings.same(3, 4e-4, 1e-6, 0.08, 0.03, 25.0), (np.zeros(4, np.int64), np.zeros(0, np.int64))
    begun = first_state(seen, settings, 0.0)
    whole = smooth(seen, settings, *none, state=begun)
    is_early = seen.day < 200
    parts = [
        observations(
            np.concatenate([[0], np.cumsum(np.bincount(seen.of_series[rows], minlength=3))]), *(c[rows] for c in seen[1:])
        )
        for rows in (is_early, ~is_early)
    ]
    early = smooth(parts[0], settings, *none, state=begun)
    late = smooth(parts[1], settings, *none, state=early.state)
    assert np.array_equal(late.expected, whole.expected[~is_early])
    assert np.array_equal(late.state, whole.state)


def test_the_same_bits_however_series_are_shared_out():
    seen = some_series(np.random.default_rng(2), 7, 30, 0.4)
    settings = Settings.same(7, 4e-4, 1e-6, 0.08, 0.03, 25.0)
    wanted = every(np.arange(6, 210, 7), 7)
    begun = first_state(seen, settings, 0.0)
    alone, shared = (smooth(seen, settings, *wanted, lags=(13,), state=begun, threads=n) for n in (1, 3))
    for name in ("level", "level_variance", "change_variance", "filtered", "p_outlier", "state"):
        assert np.array_equal(getattr(alone, name), getattr(shared, name), equal_nan=True)
    one = smooth(
        seen.take(np.array([4])), Settings.same(1, *(c[0] for c in settings)), [0, 30], wanted[1][:30], state=begun[4:5]
    )
    assert np.array_equal(one.level, alone.level[4 * 30 : 5 * 30])


def test_an_outlier_is_suspected_and_hardly_moves_the_level():
    day = np.arange(0, 140, 7)
    value = 0.1 * np.sin(day**2.0)
    odd = value.copy()
    odd[10] += 3.0
    settings = Settings.same(1, 1e-4, 0.0, 0.02, 0.03, 25.0)
    usual, found = (smooth(one_series(day, one), settings, [0, 1], [70]) for one in (value, odd))
    assert found.p_outlier[10] > 0.99
    assert np.delete(found.p_outlier, 10).max() < 0.1
    assert abs(found.level - usual.level).item() < 0.05


def test_a_composite_of_four_days_says_what_its_mean_says():
    # Scatter between days 0.4 over four days is 0.1, so a composite weighs as a single day with scatter 0.1.
    composite = smooth(one_series([5], [1.0], n_days=4.0), Settings.same(1, 1e-4, 0.0, 0.4, 0.0, 25.0), [0, 1], [5])
    single = smooth(one_series([5], [1.0]), Settings.same(1, 1e-4, 0.0, 0.1, 0.0, 25.0), [0, 1], [5])
    assert composite.level_variance.item() == pytest.approx(single.level_variance.item())


def test_between_lod_and_loq_says_more_than_below_loq():
    settings = Settings.same(1, 1e-4, 0.0, 0.05, 0.0, 25.0)
    below, between = (
        smooth(observations([0, 3], [0, 1, 2], [low] * 3, [1.0] * 3), settings, [0, 1], [2], state=None)
        for low in (-np.inf, 0.0)
    )
    assert between.level_variance < below.level_variance
    assert 0.0 < between.level.item() < 1.0


def test_days_with_values_far_apart_never_leave_a_variance_below_zero():
    rng = np.random.default_rng(3)
    day = np.arange(0, 700, 3)
    value = np.where(rng.random(day.size) < 0.3, 3.0 * rng.standard_normal(day.size), 0.02 * rng.standard_normal(day.size))
    settings = Settings.same(1, 1e-6, 0.0, 0.01, 0.03, 25.0)
    found = smooth(one_series(day, value), settings, [0, day.size], day, lags=(1,), sweeps=6)
    assert (found.level_variance > 0).all()
    assert (found.change_variance[1:] >= 0).all()
    assert (found.signal_variance > 0).all()


def test_a_series_without_days_is_as_little_known_as_before():
    seen = observations([0, 0, 1], [3], [1.0], [1.0])
    found = smooth(seen, Settings.same(2, 0.0, 0.0, 0.1, 0.03, 25.0), [0, 1, 2], [3, 3])
    assert found.level_variance[0] == pytest.approx(9.0)


@pytest.mark.parametrize(
    ("starts", "days", "n", "words"),
    [([0, 1], [3], 2, "settings of 2 series for 1"), ([0, 2], [3], 1, "do not cover"), ([0, 2], [4, 3], 1, "out of order")],
)
def test_what_does_not_belong_together_is_refused(starts, days, n, words):
    with pytest.raises(DataRefused, match="does not fit together") as refused:
        smooth(one_series([1], [1.0]), Settings.same(n, 0.1, 0.0, 0.1, 0.0, 25.0), starts, days)
    assert words in refused.value.found
    assert refused.value.code == "HW-D543"


def test_where_days_lie_is_their_median_bounds_and_series_chosen_included():
    values = np.arange(10.0)
    seen = observations([0, 3, 3, 10], [0, 1, 2, 0, 1, 2, 3, 4, 5, 6], np.where(values < 2, -np.inf, values), values)
    assert level_guess(seen) == 4.5
    assert level_guess(seen, np.array([2, 0])) == 4.5
    assert level_guess(seen, np.array([2])) == 6.0
    assert level_guess(seen, np.array([1])) == 0.0


def test_where_very_many_days_lie_is_told_from_an_even_choice_of_both_weekdays():
    # Saturdays are twice Wednesdays: looking at one weekday alone would be 0.35 off.
    days = np.sort(np.concatenate([np.arange(0, 3_650, 7), np.arange(3, 3_650, 7)]))
    noise = np.random.default_rng(5).normal(0, 0.4, (40, days.size))
    values = (noise + np.where(days % 7 == 3, np.log(2), 0.0)).ravel()
    seen = observations(np.arange(41) * days.size, np.tile(days, 40), values, values)
    assert level_guess(seen) == pytest.approx(np.median(values), abs=0.02)
