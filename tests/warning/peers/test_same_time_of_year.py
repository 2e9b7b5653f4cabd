import numpy as np
import pytest
from scipy import stats
from tests.warning.peers.builders import steady, weeks

from headworks.reference.poisson_limits import poisson_limits
from headworks.warning.detect import detect


def exact_upper(count: int) -> float:
    """The mean at which the count leaves the shortest run of counts with 95 %, the farthest up of equally short ones."""

    def first_of_run(mean: float) -> int:
        up_to = np.concatenate([[0.0], stats.poisson(mean).cdf(np.arange(int(2 * mean) + 30))])
        for length in range(1, up_to.size):
            enough = np.flatnonzero(up_to[length:] - up_to[:-length] >= 0.95)
            if enough.size:
                return int(enough[-1])
        return 0

    low, high = float(count), 2.0 * count + 12.0
    while high - low > 1e-9:
        middle = (low + high) / 2.0
        low, high = (low, middle) if first_of_run(middle) > count else (middle, high)
    return low


def test_the_printed_limits_are_the_exact_ones_but_for_one_line():
    printed = poisson_limits()["upper_95"].to_list()
    assert len(printed) == 21
    assert [(at, value) for at, value in enumerate(printed) if round(exact_upper(at), 3) != value] == [(11, 19.05)]


def one(observed, method, **control):
    t = len(observed)
    return detect(weeks(observed), method, freq=4, evaluate=(t, t), **control).row(0, named=True)


def test_rki_of_a_large_mean_is_two_deviations_above():
    # 28, 30, 32: mean 30, deviation 2.
    found = one([28, 30, 32, 35], "rki", b=0, w=3, act_y=True)
    assert (found["threshold"], found["alarm"]) == (pytest.approx(34), True)


def test_rki_of_a_small_mean_is_the_limit_of_its_whole_part():
    assert one([2, 3, 3, 8], "rki", b=0, w=3, act_y=True)["threshold"] == 6.686


def test_bayes_is_the_predictive_law_under_jeffreys_prior():
    # Six counts of 1: negative binomial of size 6.5 and probability 6/7.
    found = one([1] * 6 + [4], "bayes")
    assert found["threshold"] == stats.nbinom.ppf(0.95, 6.5, 6 / 7) == 3
    assert found["alarm"] is True


def test_the_same_time_of_earlier_years_is_looked_at():
    observed = [0] * 9
    observed[3:6] = [30, 31, 32]
    # One year of 4 back, a week either side, is weeks 4 to 6 of week 9.
    assert one(observed, "rki", b=1, w=1)["expected"] == pytest.approx(31)


def test_missing_reference_weeks_are_left_out():
    found = one([28, None, 30, 32, 35], "rki", b=0, w=4, act_y=True)
    assert (found["threshold"], found["n_baseline"]) == (pytest.approx(34), 3)
    assert one([None, None, 1, 1], "bayes", w=3)["n_baseline"] == 1


@pytest.mark.parametrize("method", ["rki", "bayes"])
def test_a_history_that_does_not_reach_back_is_said(method):
    found = detect(steady(60), method, evaluate=(55, 60), b=1, w=4)
    assert found["reason"].to_list() == ["the history is too short"] * 2 + [None] * 4
    assert one([None, None, None, 1], method, b=0, w=3, act_y=True)["reason"] == "too few steps of the baseline were observed"


def test_a_larger_count_in_the_baseline_never_lowers_the_threshold_of_bayes():
    thresholds = [one([1, 2, 3, extra, 1, 1, 0], "bayes")["threshold"] for extra in range(12)]
    assert np.all(np.diff(thresholds) >= 0)
