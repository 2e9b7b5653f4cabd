import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.warning.peers.builders import steady, weeks

from headworks.warning.detect import detect

# Mean 3 and standard deviation 1 (squares 1 1 1 1 1 1 0 over 6).
SEVEN = [2, 4, 2, 4, 2, 4, 3]
Z = 3.090232306167813


def last(observed, method, **control):
    t = len(observed)
    return detect(weeks(observed), method, evaluate=(t, t), **control).row(0, named=True)


def test_c1_looks_at_the_seven_weeks_before():
    found = last([*SEVEN, 7], "ears_c1")
    assert found["threshold"] == pytest.approx(3 + Z)
    assert found["alarm"] is True


def test_c2_leaves_two_weeks_between():
    assert last([*SEVEN, 90, 90, 7], "ears_c2")["threshold"] == pytest.approx(3 + Z)


def test_a_baseline_without_spread_has_the_least_spread():
    assert last([0] * 7 + [1], "ears_c1", min_sigma=0.5)["threshold"] == pytest.approx(0.5 * Z)
    assert last([0] * 7 + [1], "ears_c1")["threshold"] == 0.0


def test_c3_of_the_reference_asks_only_the_two_weeks_before():
    # The baseline of the last week is SEVEN; the two weeks before lie far above theirs.
    observed = [3, 3, *SEVEN, 20, 20, 0]
    assert last(observed, "ears_c3")["threshold"] == 0.0
    assert last([3, 3, *SEVEN, 3, 3, 9], "ears_c3")["threshold"] == pytest.approx(9 + 1.959963984540054)
    assert last([3, 3, *SEVEN, 3, 3, 9], "ears_c3", present_week=True)["threshold"] == pytest.approx(3 + 1.959963984540054)


def test_one_missing_week_in_the_baseline_leaves_the_rest():
    found = last([2, 4, 2, None, 2, 4, 4, 7], "ears_c1")
    rest = np.array([2, 4, 2, 2, 4, 4])
    assert found["threshold"] == pytest.approx(rest.mean() + Z * rest.std(ddof=1))
    assert found["n_baseline"] == 6


@pytest.mark.parametrize(
    ("observed", "reason"),
    [
        ([*SEVEN, None], "not observed in this step"),
        (SEVEN, "the history is too short"),
        ([2, None, None, None, None, None, 3, 7], "too few steps of the baseline were observed"),
    ],
)
def test_what_cannot_be_assessed_says_why_and_raises_no_alarm(observed, reason):
    found = last(observed, "ears_c1")
    assert (found["assessable"], found["alarm"], found["threshold"], found["reason"]) == (False, None, None, reason)


def test_a_fifth_of_missing_weeks_leaves_nearly_all_others_assessed():
    # R has 41 of 52 thresholds empty after one missing week in five.
    rng = np.random.default_rng(2)
    table = steady(120).with_columns(observed=pl.when(pl.Series(rng.random(120) >= 0.2)).then("observed"))
    for method in ("ears_c1", "ears_c2", "ears_c3"):
        found = detect(table, method, evaluate=(69, 120))
        seen = table.filter(pl.col("t") >= 69)["observed"].is_not_null().to_numpy()
        assert found["assessable"].to_numpy()[seen].mean() >= 0.9
        assert found["alarm"].null_count() == (~found["assessable"]).sum()


@given(st.lists(st.integers(0, 50), min_size=12, max_size=20), st.integers(2, 9))
def test_thresholds_scale_with_the_counts(observed, factor):
    for method in ("ears_c1", "ears_c2", "ears_c3"):
        one = detect(weeks(observed), method)["threshold"].to_numpy()
        many = detect(weeks([factor * count for count in observed]), method)["threshold"].to_numpy()
        np.testing.assert_allclose(many, factor * one, rtol=1e-9, atol=1e-9)
