import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, nbinom, norm

from headworks.warning.predictive.negative_binomial import quantile, tail
from headworks.warning.predictive.pair import both_above, both_counted, normal_quantile_above, share_at, together


def test_two_independent_normals_exceed_both_with_the_product():
    assert both_above(1.0, 0.0) == pytest.approx(norm.sf(1.0) ** 2, rel=1e-12)


@pytest.mark.parametrize("correlation", [0.3, 0.7071, 0.95])
def test_two_correlated_normals_agree_with_scipy(correlation):
    twin = multivariate_normal([0, 0], [[1, correlation], [correlation, 1]]).cdf([-2.0, -2.0])
    assert both_above(2.0, correlation) == pytest.approx(twin, rel=1e-4)


@given(st.floats(1e-12, 1 - 1e-9))
@settings(max_examples=50)
def test_the_quantile_is_undone_by_the_tail(p):
    assert norm.sf(normal_quantile_above(p)) == pytest.approx(p, rel=1e-9)


def slow_both(a: float, mean: float, before: float, phi: float) -> float:
    """Every pair of counts, and a thousand random ties that both p-values share."""
    ties = (np.arange(1000) + 0.5) / 1000
    y = np.arange(60)
    first, last, total = (nbinom(m / (phi - 1), 1 / phi) for m in (before, mean, before + mean))
    found = 0.0
    for x in y:
        for now in y:
            week = last.sf(now) + ties * last.pmf(now) <= a
            pair = total.sf(x + now) + ties * total.pmf(x + now) <= a
            found += first.pmf(x) * last.pmf(now) * np.mean(week & pair)
    return found


@pytest.mark.parametrize(("a", "mean", "before"), [(0.01, 0.3, 0.3), (0.05, 2.0, 1.0), (0.006, 1.0, 3.0)])
def test_pairs_of_few_counts_are_summed_one_by_one(a, mean, before):
    most = quantile(1 - a, mean + before, 2.0 * (mean + before))
    assert both_counted(a, mean, before, 2.0, most) == pytest.approx(slow_both(a, mean, before, 2.0), rel=0.01)


def test_the_share_of_ties_by_hand():
    # Mean 1, variance 2: P(above 2) = 1/8, P(2) = 1/8; of the 3/16 most extreme half of the twos are.
    assert share_at(0.1875, 2.0, 1.0, 2.0) == pytest.approx(0.5)
    assert tail(2.0, 1.0, 2.0)[0] == pytest.approx(0.125)


def test_the_joint_p_value_lies_between_one_and_twice_the_smaller():
    for mean in (0.2, 5.0, 400.0):
        assert 0.004 <= together(0.004, 0.3, mean, mean, 1.5, 0.7) <= 0.008
