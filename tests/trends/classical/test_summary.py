import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import norm

from headworks.core.errors import DataRefused
from headworks.trends.classical import SUMMARY_METHODS, censored_quantiles, censored_summary

RESULTS = st.lists(st.tuples(st.floats(0.1, 100), st.booleans()), min_size=4, max_size=30)
LOG_METHODS = ["ros", "mle"]


def simulated(seed, size, share):
    """Log-normal results with three limits that hide about a share of them."""
    rng = np.random.default_rng(seed)
    truth = np.exp(rng.normal(1.0, 0.8, size))
    limit = np.exp(1.0 + 0.8 * share) * rng.choice([0.5, 1.0, 1.6], size)
    return truth, np.maximum(truth, limit), truth < limit


def test_kaplan_meier_by_hand():
    # From the top: 8 of 5 at or below it, 4 of 3 (5 is a limit): P(X < 8) = 4/5, P(X < 4) = 4/5 x 2/3 = 8/15. The 8/15 stand
    # at 2, the lowest detected: mean 8/5 + 4 x 4/15 + 2 x 8/15 = 56/15. se^2 = 3/2 (A^2 d / r(r-d)): (3.2 + 16/15)^2 / 20 + (16/15)^2 / 6.
    found = censored_summary([8.0, 5.0, 4.0, 2.0, 1.0], [False, True, False, False, True], "km")
    assert found.mean == pytest.approx(56 / 15)
    assert found.se**2 == pytest.approx(1.5 * ((3.2 + 16 / 15) ** 2 / 20 + (16 / 15) ** 2 / 6))
    assert found.sd == pytest.approx(found.se * np.sqrt(5))
    # 0.8 x 2/3 x 1/2 = 4/15 lie below 2, so the median is 2.
    assert (found.n, found.n_nondetect, found.median) == (5, 2, 2.0)


def test_order_statistics_by_hand():
    # Limit 1 under 2 and 4: positions 1/6, 5/9, 7/9; normal quantiles -0.9674, 0.1397, 0.7647; slope 0.6931 / 0.6250 = 1.1091.
    found = censored_summary([1.0, 2.0, 4.0], [True, False, False], "ros")
    assert (found.sd_log, found.mean_log) == pytest.approx((1.1091, 0.5382), abs=1e-4)
    assert found.mean == pytest.approx((np.exp(0.5382 - 1.1091 * 0.9674) + 6) / 3, abs=1e-4)


@pytest.mark.parametrize("method", SUMMARY_METHODS)
def test_without_non_detects_the_mean_is_that_of_the_results_or_of_their_shape(method):
    values = np.array([1.0, 2.0, 4.0, 8.0, 3.0])
    found = censored_summary(values, np.zeros(5), method)
    logs = np.log(values)
    means = {"mle": np.exp(logs.mean() + logs.var() / 2)}
    spreads = {"km": values.std(ddof=1), "ros": values.std(ddof=1), "mle_normal": values.std()}
    assert found.mean == pytest.approx(means.get(method, values.mean()))
    assert found.sd == pytest.approx(spreads.get(method, means["mle"] * np.sqrt(np.expm1(logs.var()))))


@pytest.mark.parametrize("method", SUMMARY_METHODS)
@given(RESULTS, st.floats(0.01, 100))
def test_another_unit_is_another_unit_only_and_order_is_none(method, results, factor):
    values, hidden = (np.array(column) for column in zip(*results, strict=True))
    assume(np.unique(values[~hidden]).size >= 2)
    plain = censored_summary(values, hidden, method)
    scaled = censored_summary(factor * values[::-1], hidden[::-1], method)
    assert np.array(scaled[1:4]) == pytest.approx(factor * np.array(plain[1:4]), rel=1e-6, nan_ok=True)


@given(RESULTS)
def test_the_mean_lies_between_non_detects_at_zero_and_at_their_limits(results):
    values, hidden = (np.array(column) for column in zip(*results, strict=True))
    assume(np.unique(values[~hidden]).size >= 2)
    lowest = np.where(hidden, 0.0, values).mean()
    km = censored_summary(values, hidden, "km").mean
    # Limits below the lowest detected value are raised to it, and one above the largest says nothing.
    raised = np.where(hidden, np.maximum(values, values[~hidden].min()), values).mean()
    assert lowest <= km * (1 + 1e-12)
    assert km <= max(raised, values[~hidden].max()) * (1 + 1e-12)


@pytest.mark.parametrize("method", ["km", "ros", "mle"])
def test_the_mean_is_right_on_average_where_40_percent_are_hidden(method):
    found = np.array([censored_summary(*simulated(seed, 60, -0.1)[1:], method).mean for seed in range(200)])
    hidden = np.mean([simulated(seed, 60, -0.1)[2].mean() for seed in range(200)])
    assert 0.35 < hidden < 0.55
    truth = np.exp(1.0 + 0.8**2 / 2)
    # The mean of 200 has a standard error below 1 %; Kaplan-Meier stands a little high, its limits raised to a detected value.
    assert found.mean() == pytest.approx(truth, rel=0.06)


def test_maximum_likelihood_is_a_maximum():
    _, values, hidden = simulated(7, 40, 0.0)
    found = censored_summary(values, hidden, "mle")

    def likelihood(mu, sigma):
        logs = np.log(values)
        at = norm.logpdf(logs[~hidden], mu, sigma).sum() + norm.logcdf(logs[hidden], mu, sigma).sum()
        return at - logs[~hidden].sum()

    best = likelihood(found.mean_log, found.sd_log)
    assert best == pytest.approx(found.log_likelihood, rel=1e-12)
    for mu, sigma in [(1e-3, 0), (-1e-3, 0), (0, 1e-3), (0, -1e-3)]:
        assert likelihood(found.mean_log + mu, found.sd_log + sigma) < best


def test_a_limit_above_every_result_says_nothing_to_order_statistics():
    with_it = censored_summary([1.0, 2.0, 4.0, 9.0], [True, False, False, True], "ros")
    without = censored_summary([1.0, 2.0, 4.0], [True, False, False], "ros")
    assert with_it.mean == without.mean
    assert (with_it.n, without.n) == (4, 3)


def test_one_detected_value_has_a_mean_and_no_spread():
    found = censored_summary([3.0], [False])
    assert (found.mean, found.median) == (3.0, 3.0)
    assert np.isnan(found.sd)
    assert censored_summary([3.0, 5.0], [False, True]).mean == 3.0


def test_kaplan_meier_takes_zero_and_less():
    assert censored_summary([-1.0, 0.0, 4.0], [False, False, False]).mean == pytest.approx(1.0)


def test_a_median_that_limits_hide_is_not_a_number():
    assert np.isnan(censored_summary([1.0, 1.0, 1.0, 5.0], [True, True, True, False]).median)


def test_quantiles_of_a_shape_are_those_of_the_shape():
    _, values, hidden = simulated(1, 50, 0.0)
    for method, scale in (("mle", np.log), ("mle_normal", np.asarray)):
        low, middle, high = scale(censored_quantiles(values, hidden, [0.1, 0.5, 0.9], method))
        assert high - middle == pytest.approx(middle - low)
        assert censored_summary(values, hidden, method).median == pytest.approx(
            censored_quantiles(values, hidden, 0.5, method).item()
        )
    with pytest.raises(DataRefused, match="between 0 and 1"):
        censored_quantiles(values, hidden, [1.0])
    with pytest.raises(DataRefused, match="quantile"):
        censored_quantiles(values, hidden, [0.5], "half")


@pytest.mark.parametrize(
    ("values", "hidden", "method", "code", "message"),
    [
        ([], [], "km", "HW-D531", "no values"),
        ([1.0, 2.0], [True], "km", "HW-D531", "flags of shape (1,)"),
        ([1.0, np.nan], [False, False], "km", "HW-D531", "[nan] at place [1]"),
        ([1.0, 2.0], [0, 2], "km", "HW-D531", "flags ['0', '2']"),
        (["<1", 2.0], [True, False], "km", "HW-D531", "not a number"),
        ([1.0, 2.0], [True, True], "km", "HW-D532", "0 of 2 detected"),
        ([1.0, 2.0], [True, False], "ros", "HW-D532", "1 of 2 detected"),
        ([1.0, 2.0], [True, True], "mle", "HW-D532", "0 of 2 detected"),
        ([2.0, 2.0, 3.0], [False, False, True], "mle", "HW-D532", "no maximum"),
        ([3.0], [False], "mle", "HW-D532", "no maximum"),
        ([0.0, 2.0, 3.0], [False, False, False], "ros", "HW-D533", "such as 0.0"),
        ([-1.0, 2.0, 3.0], [True, False, False], "mle", "HW-D533", "such as -1.0"),
        ([0.0, 2.0, 3.0], [True, False, False], "mle_normal", "HW-D533", "limit 0.0"),
        ([1.0, 2.0], [True, False], "half", "HW-D534", "One of: km, ros, mle, mle_normal"),
    ],
)
def test_what_has_no_summary_is_refused(values, hidden, method, code, message):
    with pytest.raises(DataRefused) as refused:
        censored_summary(values, hidden, method)
    assert refused.value.code == code
    assert message in str(refused.value)


@pytest.mark.parametrize("method", LOG_METHODS)
def test_results_equal_to_a_limit_count_as_detected_above_it(method):
    # Three detected at the limit itself and ties throughout: every method gives a finite answer.
    found = censored_summary([2.0, 2.0, 2.0, 2.0, 5.0, 5.0], [True, True, False, False, False, False], method)
    assert np.isfinite(found[1:4]).all()
