import numpy as np
import pytest
from tests.warning.clusters.builders import slow_circles, slow_poisson, small_map

from headworks.core.errors import UsageError
from headworks.warning.clusters import scan_poisson, scan_space_time

PERIODS = 6


def map_in_time(n=14, seed=1, rate=3.0):
    rng = np.random.default_rng(seed)
    x, y, _, people = small_map(n=n, seed=seed)
    expected = np.outer(people / people.mean() * rate, np.ones(PERIODS))
    return x, y, rng.poisson(expected), expected


@pytest.mark.parametrize("prospective", [False, True])
def test_every_cylinder_written_out(prospective):
    x, y, cases, expected = map_in_time()
    expected = expected * cases.sum() / expected.sum()
    best = 0.0
    for one in slow_circles(x, y, expected.sum(axis=1)):
        for last in [PERIODS - 1] if prospective else range(PERIODS):
            for first in range(max(0, last - 2), last + 1):
                inside = np.ix_(list(one), range(first, last + 1))
                if cases[inside].sum() >= 2:
                    best = max(best, slow_poisson(cases[inside].sum(), expected[inside].sum(), cases.sum()))
    found = scan_space_time(x, y, cases, expected, prospective=prospective, replicates=64)
    assert found[0].llr == pytest.approx(best)
    assert found[0].observed == cases[found[0].members, found[0].first_period : found[0].last_period + 1].sum()
    assert found.largest.min() > 0
    if prospective:
        assert all(one.last_period == PERIODS - 1 for one in found)


def test_a_permutation_scan_takes_the_expected_from_the_margins():
    x, y, cases, _ = map_in_time(seed=2)
    total, best = cases.sum(), 0.0
    for one in slow_circles(x, y, cases.sum(axis=1).astype(float)):
        for last in range(PERIODS):
            for first in range(max(0, last - 2), last + 1):
                when = slice(first, last + 1)
                e = cases[list(one)].sum() * cases[:, when].sum() / total
                c = cases[list(one), when].sum()
                best = max(best, slow_poisson(c, e, total) if c >= 2 else 0.0)
    assert scan_space_time(x, y, cases, model="permutation", replicates=0)[0].llr == pytest.approx(best)


def test_a_permutation_scan_does_not_see_what_is_high_in_a_place_all_the_time():
    x, y, cases, expected = map_in_time(n=20, seed=3)
    cases[4] = np.random.default_rng(4).poisson(10 * expected[4])
    steady = scan_space_time(x, y, cases, model="permutation", replicates=199)
    assert steady[0].p > 0.05
    cases[7, -1] += 25
    assert scan_space_time(x, y, cases, model="permutation", replicates=199, prospective=True)[0].members == [7]


def test_one_period_is_the_scan_without_time():
    x, y, cases, expected = small_map(n=15)
    plain = scan_poisson(x, y, cases, expected, replicates=64)
    with_time = scan_space_time(x, y, cases, expected, replicates=64)
    assert with_time[0].llr == plain[0].llr
    assert np.array_equal(with_time.largest, plain.largest)


def test_values_and_shares_are_scanned_in_time_too():
    x, y, cases, _ = map_in_time(n=16, seed=5)
    rng = np.random.default_rng(6)
    loads = rng.normal(0, 0.3, cases.shape)
    loads[3, 2:4] += 1.2
    loads[9, 0] = np.nan
    found = scan_space_time(x, y, loads, np.full(cases.shape, 0.09), model="normal", replicates=99)
    assert (found[0].members, found[0].first_period, found[0].last_period, found[0].p < 0.05) == ([3], 2, 3, True)
    people = np.full(cases.shape, 20)
    positive = rng.binomial(people, 0.2)
    positive[5, 1] = 20
    shares = scan_space_time(x, y, positive, people, model="bernoulli", replicates=99)
    assert 5 in shares[0].members
    assert shares[0].p <= 0.02


@pytest.mark.parametrize(("model", "baseline"), [("poisson", None), ("permutation", [[1.0]]), ("weibull", [[1.0]])])
def test_a_model_with_the_wrong_baseline_is_refused(model, baseline):
    with pytest.raises(UsageError, match="is not there") as refused:
        scan_space_time([0], [0], [[1]], baseline, model=model)
    assert refused.value.code == "HW-U243"
