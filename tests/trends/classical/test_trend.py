import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau, norm, theilslopes

from headworks.core.errors import DataRefused
from headworks.trends.classical import censored_trend, seasonal_trend
from headworks.trends.classical.kendall import kendall, score
from headworks.trends.classical.observations import Observations
from headworks.trends.classical.turnbull import turnbull_median

PAIRS = st.lists(st.tuples(st.integers(0, 12), st.booleans(), st.integers(1, 12), st.booleans()), min_size=3, max_size=25)


def slow_score(x, x_hidden, y, y_hidden):
    """S pair by pair, as it is defined."""

    def order(values, hidden, i, j):
        low, high = (i, j) if (values[i], not hidden[i]) < (values[j], not hidden[j]) else (j, i)
        tied = values[i] == values[j] and hidden[i] == hidden[j]
        return 0 if tied or hidden[high] else (1 if low == i else -1)

    return sum(order(x, x_hidden, i, j) * order(y, y_hidden, i, j) for i in range(len(x)) for j in range(i))


def series(seed, size=60, slope=0.1):
    rng = np.random.default_rng(seed)
    time = np.linspace(0, 10, size)
    truth = np.exp(slope * time + 0.5 * rng.normal(size=size))
    limit = rng.choice([0.7, 1.0, 1.4], size)
    return time, np.maximum(truth, limit), truth < limit


def test_mann_and_kendall_by_hand():
    # 1 3 2 5 4: eight pairs rise, two fall: S = 6, var = 5 x 4 x 15 / 18, z = 5 / 4.0825, p = 0.2207.
    found = censored_trend([1, 2, 3, 4, 5], [1, 3, 2, 5, 4])
    assert (found.s, found.tau) == (6, 0.6)
    assert found.p == pytest.approx(2 * norm.sf(5 / np.sqrt(300 / 18)))


def test_a_non_detect_is_known_to_lie_below_what_is_detected_above_it_only():
    # "<2" before 3 and 1 after: below 3 for sure, against 1 unknown; 3 falls to 1. S = 1 - 1.
    assert censored_trend([1, 2, 3], [2, 3, 1], None, [True, False, False]).s == 0
    # A result of the size of the limit is above it.
    assert censored_trend([1, 2, 3], [2, 2, 3], None, [True, False, False]).s == 3


@given(PAIRS)
def test_the_score_is_that_counted_pair_by_pair(pairs):
    x, x_hidden, y, y_hidden = (np.array(column) for column in zip(*pairs, strict=True))
    fast = score(Observations(x.astype(float), x_hidden), Observations(y.astype(float), y_hidden))
    assert fast == slow_score(x, x_hidden, y, y_hidden)


@given(st.integers(0, 10**6), st.integers(5, 40))
def test_without_non_detects_and_ties_it_is_theil_and_sen(seed, size):
    rng = np.random.default_rng(seed)
    x, y = np.sort(rng.uniform(0, 5, size)), rng.normal(size=size)
    found, other = censored_trend(x, y), theilslopes(y, x)
    assert found.tau == pytest.approx(kendalltau(x, y).statistic)
    slopes = np.sort([(y[i] - y[j]) / (x[i] - x[j]) for i in range(size) for j in range(i)])
    if slopes.size % 2:
        assert found.slope == pytest.approx(other.slope, abs=1e-6)
    else:
        # Every slope between the two middle ones solves S = 0.
        assert slopes[slopes.size // 2 - 1] - 1e-7 <= found.slope <= slopes[slopes.size // 2] + 1e-7


@given(st.integers(0, 10**6), st.floats(0.1, 100))
@settings(max_examples=20)
def test_another_unit_of_y_is_another_unit_of_the_slope(seed, factor):
    x, y, hidden = series(seed)
    plain, scaled = censored_trend(x, y, None, hidden), censored_trend(x, factor * y, None, hidden)
    assert (scaled.tau, scaled.p) == (plain.tau, plain.p)
    assert scaled.slope == pytest.approx(factor * plain.slope, rel=2e-4, abs=2e-7 * max(factor, 1))


def test_tiny_units_are_searched_on_beyond_the_width_of_the_reference():
    x, y, hidden = series(4)
    grams, tonnes = censored_trend(x, y, None, hidden), censored_trend(x, 1e-6 * y, None, hidden)
    assert tonnes.slope == pytest.approx(1e-6 * grams.slope, rel=2e-4)


def test_turned_round_in_time_the_trend_turns():
    x, y, hidden = series(5)
    forth, back = censored_trend(x, y, None, hidden, "log"), censored_trend(-x, y, None, hidden, "log")
    assert (back.tau, back.p) == pytest.approx((-forth.tau, forth.p))
    assert back.slope == pytest.approx(-forth.slope, abs=0.01)


def test_a_slope_is_found_where_a_third_is_hidden_and_none_is_not_claimed():
    found = [censored_trend(x, y, None, hidden, "log").slope for x, y, hidden in map(series, range(60))]
    # A standard error of about 0.003 for the mean of 60.
    assert np.mean(found) == pytest.approx(0.1, abs=0.015)
    none = []
    for seed in range(400):
        x, y, hidden = series(seed, slope=0.0)
        none.append(kendall(Observations(x, np.zeros(x.size, dtype=bool)), Observations(y, hidden)).p < 0.05)
    # 5 % of 400 with a standard error of 1.1 %.
    assert 0.015 < np.mean(none) < 0.085


def test_where_limits_leave_no_variance_there_is_no_p_value():
    hidden = np.array([True] * 11 + [False])
    x = np.arange(12.0)
    found = censored_trend(x, np.r_[np.full(11, 5.0), 9.0], hidden[::-1], hidden)
    assert np.isnan(found.p) or 0 <= found.p <= 1


def test_results_below_zero_have_a_line_too():
    found = censored_trend([1, 2, 3, 4, 5], [-4, -2, 0, 2, 4])
    assert (found.slope, found.intercept) == pytest.approx((2, -6), abs=1e-6)


def test_turnbull_s_median_of_values_is_the_lower_median():
    values = np.array([3.0, 1.0, 2.0, 9.0])
    assert turnbull_median(values, values) == 2.0
    # One result below 2 and one below 9, beside 4 and 5: the mass of both ends at 2 and at 4 or 5.
    assert turnbull_median(np.array([4.0, 5.0, 0.0, 0.0]), np.array([4.0, 5.0, 2.0, 9.0])) == 4.0


def test_seasons_are_compared_with_themselves():
    # Dry rises 1 2 3 4, wet falls 8 7 6 5: S = 6 - 6, whatever the seasons' levels.
    found = seasonal_trend(["dry", "wet"] * 4, [1, 1, 2, 2, 3, 3, 4, 4], [1, 8, 2, 7, 3, 6, 4, 5])
    assert (found.s, found.tau, found.p) == (0, 0, 1)
    assert [(one.season, one.trend.s) for one in found.seasons] == [("dry", 6), ("wet", -6)]


def test_the_variance_of_seasons_is_the_sum_and_the_two_p_values_agree():
    x, y, hidden = series(11, 80, 0.03)
    season = np.arange(80) % 4
    found = seasonal_trend(season, x, y, hidden, "log", rng=np.random.default_rng(1), n_permutations=999)
    # 999 arrangements: a standard error of 0.016 at most.
    assert found.p_permutation == pytest.approx(found.p, abs=0.06)
    assert found.s == sum(one.trend.s for one in found.seasons)
    again = seasonal_trend(season, x, y, hidden, "log", rng=np.random.default_rng(1), n_permutations=999)
    assert again.p_permutation == found.p_permutation
    assert np.isnan(seasonal_trend(season, x, y, hidden).p_permutation)


def test_one_season_is_no_season():
    x, y, hidden = series(12)
    found, plain = seasonal_trend(["all"] * x.size, x, y, hidden), censored_trend(x, y, None, hidden)
    assert found[:4] == pytest.approx((plain.slope, plain.intercept, plain.tau, plain.p))


def test_a_season_of_three_is_left_out_and_counted():
    found = seasonal_trend(["a"] * 5 + ["b"] * 3, range(8), [1, 2, 3, 4, 5, 9, 9, 1])
    assert (found.n, found.n_left_out, [one.season for one in found.seasons]) == (5, 3, ["a"])


@pytest.mark.parametrize(
    ("x", "y", "more", "code", "message"),
    [
        ([1, 2], [1, 2], {}, "HW-D535", "2 pairs"),
        ([1, 2, 3], [1, 2], {}, "HW-D531", "3 of x, 2 of y"),
        ([2, 2, 2], [1, 2, 3], {}, "HW-D535", "x is 2.0 throughout"),
        ([1, 2, np.inf], [1, 2, 3], {}, "HW-D531", "[inf] at place [2] of x"),
        ([1, 2, 3], [1, 2, 3], {"y_is_nondetect": [True] * 3}, "HW-D532", "0 of 3 detected"),
        ([1, 2, 3], [1, 2, 3], {"y_is_nondetect": [True]}, "HW-D531", "of shape (1,)"),
        ([1, 2, 3], [0, 2, 3], {"scale": "log"}, "HW-D533", "such as 0.0"),
        ([1, 2, 3], [1, 2, 3], {"scale": "root"}, "HW-D534", "One of: linear, log"),
    ],
)
def test_what_has_no_trend_is_refused(x, y, more, code, message):
    with pytest.raises(DataRefused) as refused:
        censored_trend(x, y, **more)
    assert refused.value.code == code
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("season", "code", "message"), [(["a", "b"] * 2, "HW-D535", "a: 2, b: 2"), (["a"], "HW-D531", "seasons of shape (1,)")]
)
def test_what_has_no_seasons_is_refused(season, code, message):
    with pytest.raises(DataRefused) as refused:
        seasonal_trend(season, [1, 2, 3, 4], [1, 2, 3, 4])
    assert refused.value.code == code
    assert message in str(refused.value)


@given(PAIRS)
@settings(max_examples=40)
def test_any_pairs_have_a_line_and_a_p_value_or_none(pairs):
    x, x_hidden, y, y_hidden = (np.array(column) for column in zip(*pairs, strict=True))
    assume(np.unique(x).size > 1 and not y_hidden.all() and not x_hidden.all())
    found = censored_trend(x, y, x_hidden, y_hidden)
    assert np.isfinite([found.slope, found.intercept, found.tau]).all()
    assert np.isnan(found.p) or 0 <= found.p <= 1
