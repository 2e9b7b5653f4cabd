import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.warning.clusters.builders import slow_circles, slow_poisson, slow_scan, small_map

from headworks.core.errors import DataRefused, UsageError
from headworks.warning.clusters import scan_bernoulli, scan_normal, scan_poisson


def test_four_places_by_hand():
    # 5 of 8 cases where 2 are expected: 5 ln(5/2) + 3 ln(3/6) = 4.58145 - 2.07944 = 2.50201.
    found = scan_poisson([0, 1, 5, 6], [0, 0, 0, 0], [5, 1, 1, 1], [2, 2, 2, 2], replicates=0)
    assert found[0].members == [0]
    assert found[0].llr == pytest.approx(2.50201, abs=1e-5)
    assert np.isnan(found[0].p)


@pytest.mark.parametrize("seed", range(6))
def test_the_ratio_is_that_of_all_circles_written_out(seed):
    x, y, cases, expected = small_map(seed=seed)
    assert scan_poisson(x, y, cases, expected, replicates=0)[0].llr == pytest.approx(slow_scan(x, y, cases, expected))


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.floats(0.01, 100), st.floats(0.1, 10))
def test_neither_the_unit_of_the_map_nor_that_of_the_expected_matters_nor_the_order_of_rows(seed, scale, factor):
    x, y, cases, expected = small_map(n=12, total=40, seed=seed)
    plain = scan_poisson(x, y, cases, expected, replicates=0)
    order = np.random.default_rng(seed).permutation(12)
    other = scan_poisson(scale * x[order], scale * y[order], cases[order], factor * expected[order], replicates=0)
    assert [one.llr for one in other] == pytest.approx([one.llr for one in plain])
    assert {int(order[place]) for place in other[0].members} == set(plain[0].members)


def test_clusters_share_no_place_and_come_in_order():
    found = scan_poisson(*small_map(n=60, total=300), replicates=99)
    members = [place for one in found for place in one.members]
    assert len(members) == len(set(members))
    assert [one.llr for one in found] == sorted((one.llr for one in found), reverse=True)
    assert [one.p for one in found] == sorted(one.p for one in found)
    assert found.table()["members"].to_list() == [one.members for one in found]


def test_the_second_cluster_is_the_best_that_does_not_touch_the_first():
    x, y, cases, expected = small_map(n=40, total=200, seed=5)
    first, second = scan_poisson(x, y, cases, expected, replicates=0)[:2]
    rest = [one for one in slow_circles(x, y, expected) if not one & set(first.members)]
    sums = [(cases[list(one)].sum(), expected[list(one)].sum()) for one in rest]
    assert second.llr == pytest.approx(max(slow_poisson(c, e, 200) for c, e in sums if c >= 2))


def test_places_equally_far_enter_together():
    # Four neighbours at distance 1 of the centre, with 4 cases each side of one: the circle takes all or none of them.
    x, y = [0, 1, -1, 0, 0, 50], [0, 0, 0, 1, -1, 0]
    found = scan_poisson(x, y, [1, 9, 0, 0, 0, 10], [1] * 6, replicates=0, max_population_share=0.9)
    assert all(len(one.members) in (1, 5) or 0 not in one.members for one in found)


def test_totals_that_are_not_whole_are_not_cut():
    x, y, cases, expected = small_map()
    off = scan_poisson(x, y, cases, expected * 1.00731, replicates=0)
    assert off[0].llr == pytest.approx(slow_scan(x, y, cases, expected))


def test_no_case_and_one_place_have_no_cluster():
    assert len(scan_poisson([0, 1], [0, 1], [0, 0], [1, 1])) == 0
    assert len(scan_poisson([0], [0], [7], [7.0])) == 0
    assert len(scan_poisson([0], [0], [7], [7.0], max_population_share=1.0)) == 0


def test_one_case_is_a_cluster_only_if_asked_for():
    where = [0, 1, 2, 3], [0, 0, 0, 0]
    assert len(scan_poisson(*where, [1, 0, 0, 0], [1, 1, 1, 1], replicates=0)) == 0
    assert scan_poisson(*where, [1, 0, 0, 0], [1, 1, 1, 1], replicates=0, min_cases=1)[0].llr == pytest.approx(np.log(4))


def test_the_same_seed_gives_the_same_replicates_by_any_number_of_threads():
    where = small_map(n=50, total=150)
    one, many = (scan_poisson(*where, replicates=200, seed=4, threads=threads) for threads in (1, 3))
    assert np.array_equal(one.largest, many.largest)
    assert np.array_equal(one.largest[:70], scan_poisson(*where, replicates=70, seed=4).largest)
    assert not np.array_equal(one.largest, scan_poisson(*where, replicates=200, seed=5).largest)


def test_stopping_early_reads_the_same_replicates():
    where = small_map(n=50, total=150)
    full = scan_poisson(*where, replicates=999, seed=2)
    stopped = scan_poisson(*where, replicates=999, seed=2, stop_after=20)
    assert stopped.is_stopped
    assert np.array_equal(stopped.largest, full.largest[: stopped.largest.size])
    assert stopped[0].p == 20 / stopped.largest.size
    # Standard error of h / l with h = 20 is about p / sqrt(20).
    assert stopped[0].p == pytest.approx(full[0].p, rel=4 / np.sqrt(20))


def test_a_gumbel_tail_agrees_with_many_replicates():
    x, y, cases, expected = small_map(n=50, total=150, seed=3)
    cases = cases.copy()
    cases[0] += 7
    counted = scan_poisson(x, y, cases, expected, replicates=9_999)[0].p
    assert scan_poisson(x, y, cases, expected, replicates=499, p_by="gumbel")[0].p == pytest.approx(
        counted, rel=0.5, abs=0.005
    )


def test_p_values_of_maps_without_a_cluster_are_uniform():
    # 200 maps, 99 replicates: the share below 0.1 has a standard error of 0.021.
    rng = np.random.default_rng(11)
    x, y, _, expected = small_map(n=20, total=60)
    p = [
        scan_poisson(x, y, rng.multinomial(60, expected / 60), expected, replicates=99, seed=seed)[0].p for seed in range(200)
    ]
    for bar in (0.05, 0.1, 0.5):
        assert np.mean(np.array(p) <= bar) == pytest.approx(bar, abs=3.5 * np.sqrt(bar * (1 - bar) / 200))


def test_a_share_scan_is_the_likelihood_written_out():
    x, y, _, _ = small_map(n=15)
    rng = np.random.default_rng(2)
    people = rng.integers(3, 30, 15)
    cases = rng.binomial(people, 0.2)
    cases[4] = people[4]

    def log_likelihood(c, n):
        return sum(k * np.log(k / n) for k in (c, n - c) if k > 0)

    best, all_in = 0.0, (cases.sum(), people.sum())
    for one in slow_circles(x, y, people.astype(float)):
        c, n = cases[list(one)].sum(), people[list(one)].sum()
        if c >= 2 and c * all_in[1] > n * all_in[0]:
            best = max(best, log_likelihood(c, n) + log_likelihood(all_in[0] - c, all_in[1] - n) - log_likelihood(*all_in))
    found = scan_bernoulli(x, y, cases, people, replicates=199)
    assert found[0].llr == pytest.approx(best)
    assert 0 < found[0].p <= 1
    assert found.largest.min() > 0


def test_a_scan_of_values_is_weighted_least_squares_written_out():
    x, y, _, _ = small_map(n=15)
    rng = np.random.default_rng(3)
    variance = rng.uniform(0.1, 2, 15)
    value = rng.normal(0, np.sqrt(variance))
    value[2] += 5
    weight = 1 / variance

    def loss(inside):
        return (weight[inside] * (value[inside] - np.average(value[inside], weights=weight[inside])) ** 2).sum()

    every = np.arange(15)
    best = 0.0
    for one in slow_circles(x, y, np.ones(15)):
        inside = np.isin(every, list(one))
        if np.average(value[inside], weights=weight[inside]) > np.average(value, weights=weight):
            best = max(best, (loss(every >= 0) - loss(inside) - loss(~inside)) / 2)
    found = scan_normal(x, y, value, variance, replicates=199)
    assert found[0].llr == pytest.approx(best)
    assert found[0].p <= 0.05


def test_a_place_without_a_value_is_as_if_it_were_not_there():
    x, y, _, _ = small_map(n=12)
    value, variance = np.random.default_rng(4).normal(size=12), np.ones(12)
    value[5] = np.nan
    people = np.where(np.arange(12) == 5, 0.0, 1.0)
    kept = np.arange(12) != 5
    with_gap = scan_normal(x, y, value, variance, population=people, replicates=0)
    without = scan_normal(x[kept], y[kept], value[kept], variance[kept], replicates=0)
    assert with_gap[0].llr == pytest.approx(without[0].llr)


def test_several_drugs_add_their_ratios():
    x, y, first, expected = small_map(n=20, seed=6)
    second = np.random.default_rng(8).multinomial(50, expected / expected.sum())
    cases, means = np.column_stack([first, second]), np.column_stack([expected, expected])
    scaled = expected / expected.sum() * 50
    best = max(
        slow_poisson(first[list(one)].sum(), expected[list(one)].sum(), 80)
        + slow_poisson(second[list(one)].sum(), scaled[list(one)].sum(), 50)
        for one in slow_circles(x, y, expected)
        if first[list(one)].sum() + second[list(one)].sum() >= 2
    )
    found = scan_poisson(x, y, cases, means, replicates=99)
    assert found[0].llr == pytest.approx(best)
    assert sum(drug[0] for drug in found[0].sets) == found[0].observed


def test_a_drug_twice_doubles_the_ratio_and_one_alone_is_the_plain_scan():
    x, y, cases, expected = small_map(n=20)
    plain = scan_poisson(x, y, cases, expected, replicates=64)
    one = scan_poisson(x, y, cases[:, None], expected[:, None], replicates=64)
    two = scan_poisson(x, y, np.column_stack([cases, cases]), np.column_stack([expected, expected]), replicates=0)
    assert np.array_equal(plain.largest, one.largest)
    assert two[0].llr == pytest.approx(2 * plain[0].llr)


@pytest.mark.parametrize(
    ("change", "message", "code"),
    [
        ({"cases": [1, 2]}, "several lengths", "HW-D720"),
        ({"x": [0, np.nan, 2]}, "not a number", "HW-D721"),
        ({"cases": [1, -1, 2]}, "below zero", "HW-D721"),
        ({"expected": [1, -1, 2]}, "below zero", "HW-D721"),
        ({"cases": [1, 0.5, 2]}, "not whole", "HW-D722"),
        ({"expected": [1, 0, 2]}, "none are expected", "HW-D723"),
        ({"max_population_share": 0.0}, "largest share", "HW-U240"),
        ({"max_population_share": 1.5}, "largest share", "HW-U240"),
        ({"replicates": -1}, "these numbers", "HW-U241"),
        ({"min_cases": 0}, "these numbers", "HW-U241"),
        ({"p_by": "bootstrap"}, "no such way", "HW-U242"),
        ({"p_by": "gumbel", "stop_after": 10}, "needs all its replicates", "HW-U242"),
    ],
)
def test_what_a_scan_cannot_use_is_refused(change, message, code):
    given_ = {"x": [0, 1, 2], "y": [0, 0, 0], "cases": [1, 2, 2], "expected": [1, 2, 2]} | change
    with pytest.raises((DataRefused, UsageError), match=message) as refused:
        scan_poisson(**given_)
    assert refused.value.code == code


def test_more_cases_than_people_and_a_value_without_variance_are_refused():
    with pytest.raises(DataRefused, match="more cases than people"):
        scan_bernoulli([0, 1], [0, 1], [3, 0], [2, 2])
    with pytest.raises(DataRefused, match="no variance above 0"):
        scan_normal([0, 1], [0, 1], [3, 0], [2, 0])
