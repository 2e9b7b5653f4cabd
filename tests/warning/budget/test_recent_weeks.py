import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import multivariate_normal

from headworks.warning.budget import recent_e, recent_p
from headworks.warning.evidence import short_memory_p

NAN = float("nan")


def test_a_single_sample_is_judged_by_the_normal_alone():
    assert recent_p([[5.0]]).item() == pytest.approx(ndtr(-5.0), rel=1e-4)


@pytest.mark.parametrize("z", [1.0, 2.0, 4.0])
def test_two_samples_are_as_in_the_short_memory(z):
    assert recent_p([[z, z]])[0, 1] == pytest.approx(short_memory_p([[z, z]])[0, 1], rel=1e-3)


def test_three_samples_are_as_the_normal_of_three_sums():
    # Sums of j and k of the same samples have correlation sqrt(j / k); three at 1 give a = sqrt 3.
    cov = [[np.sqrt(min(j, k) / max(j, k)) for k in (1, 2, 3)] for j in (1, 2, 3)]
    expected = 1 - multivariate_normal(cov=cov).cdf([np.sqrt(3)] * 3)
    assert recent_p([[1.0, 1.0, 1.0]])[0, 2] == pytest.approx(expected, rel=1e-3)


def test_a_missing_week_is_passed_over_and_is_not_assessable():
    with_gap, without = recent_p([[2.0, NAN, 1.0, NAN]]), recent_p([[2.0, 1.0]])
    assert with_gap[0, 2] == pytest.approx(without[0, 1])
    assert np.isnan(with_gap[0, [1, 3]]).all()
    assert recent_e([[2.0, NAN]])[0, 1] == 1.0


def test_a_sample_older_than_four_weeks_is_forgotten():
    assert recent_p([[4.0, NAN, NAN, NAN, 1.0]])[0, 4] == pytest.approx(ndtr(-1.0), rel=1e-3)


def test_under_no_change_p_is_uniform_and_e_has_mean_one():
    z = np.random.default_rng(3).normal(size=(60_000, 5))
    z[:, 2] = np.where(np.arange(60_000) % 5, z[:, 2], NAN)
    p = recent_p(z)[:, 4]
    for rate in (0.5, 0.1, 0.01, 0.001):
        assert np.mean(p <= rate) == pytest.approx(rate, abs=4 * np.sqrt(rate / 60_000))
    # By shifts of at most 2 the mean is seen with 60,000; of the larger ones hardly a draw carries it, so it is seen low.
    assert 0.5 < recent_e(z)[:, 4].mean() < 1.5


def test_what_three_weeks_say_is_more_than_one_says():
    assert recent_p([[2.0, 2.0, 2.0]])[0, 2] < 0.05 * recent_p([[2.0]]).item()
