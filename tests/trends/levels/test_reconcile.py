import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls

from headworks.core.errors import DataRefused
from headworks.trends.levels import reconcile, with_shared_factor
from headworks.trends.levels.tree import tree_of

INF = np.inf


@st.composite
def trees(draw, most=14):
    """Parents in any order of nodes, one root or several."""
    size = draw(st.integers(1, most))
    parent = np.array([draw(st.integers(-1, node - 1)) if node else -1 for node in range(size)])
    place = np.array(draw(st.permutations(range(size))))
    shuffled = np.empty(size, dtype=np.int64)
    shuffled[place] = np.where(parent >= 0, place[parent], -1)
    return shuffled


def adding(parent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The matrix that sums leaves to nodes, and which nodes are leaves."""
    leaves = np.flatnonzero(~np.isin(np.arange(parent.size), parent))
    sums = np.zeros((parent.size, leaves.size))
    for column, leaf in enumerate(leaves):
        node = leaf
        while node >= 0:
            sums[node, column] = 1.0
            node = parent[node]
    return sums, leaves


def dense(parent: np.ndarray, mean: np.ndarray, variance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """MinT with diagonal weights by normal equations; nodes without an estimate weigh nothing."""
    sums, _ = adding(parent)
    weight = np.where(np.isfinite(variance), 1 / variance, 0.0)
    covariance = np.linalg.inv((sums * weight[:, None]).T @ sums)
    leaves = covariance @ (sums.T @ (weight * np.nan_to_num(mean)))
    return sums @ leaves, np.einsum("ij,jk,ik->i", sums, covariance, sums)


def random_estimates(parent, seed, spread=1.0):
    rng = np.random.default_rng(seed)
    sums, leaves = adding(parent)
    variance = np.exp(rng.normal(0, spread, parent.size))
    return sums @ rng.uniform(5, 50, leaves.size) + rng.normal(size=parent.size) * np.sqrt(variance), variance


def test_a_province_and_two_cities_by_hand():
    # Sum 30 of variance 2 meets 36 of variance 4: k = 2/6, 32 of 4/3. Each city takes half of the 2, variance 1/4 x 4/3 + 1/2.
    found = reconcile([-1, 0, 0], [36.0, 10.0, 20.0], [4.0, 1.0, 1.0])
    assert found.mean == pytest.approx([32, 11, 21])
    assert found.variance == pytest.approx([4 / 3, 5 / 6, 5 / 6])


@given(trees(), st.integers(0, 10**6))
def test_it_is_the_dense_solution_and_adds_up(parent, seed):
    mean, variance = random_estimates(parent, seed)
    found, (means, variances) = reconcile(parent, mean, variance), dense(parent, mean, variance)
    # Against the size of the whole: the dense solution itself cancels where a sum is near 0.
    np.testing.assert_allclose(found.mean, means, rtol=1e-12, atol=1e-12 * np.abs(means).max())
    np.testing.assert_allclose(found.variance, variances, rtol=1e-12)
    for node in np.unique(parent[parent >= 0]):
        assert found.mean[parent == node].sum() == pytest.approx(found.mean[node], rel=1e-12, abs=1e-12 * np.abs(means).max())


@given(trees(), st.integers(0, 10**6), st.data())
def test_inner_nodes_without_an_estimate_are_the_dense_solution(parent, seed, data):
    mean, variance = random_estimates(parent, seed)
    inner = np.isin(np.arange(parent.size), parent)
    missing = inner & np.array(data.draw(st.lists(st.booleans(), min_size=parent.size, max_size=parent.size)))
    mean[missing], variance[missing] = np.nan, INF
    found, (means, variances) = reconcile(parent, mean, variance), dense(parent, mean, variance)
    np.testing.assert_allclose(found.mean, means, rtol=1e-11, atol=1e-12 * np.abs(means).max())
    np.testing.assert_allclose(found.variance, variances, rtol=1e-12)


@given(trees(), st.integers(0, 10**6), st.integers(2, 40))
@settings(max_examples=20)
def test_columns_order_of_nodes_and_threads_do_not_matter(parent, seed, columns):
    rng = np.random.default_rng(seed)
    one = [random_estimates(parent, seed + column) for column in range(columns)]
    mean, variance = np.column_stack([m for m, _ in one]), np.column_stack([v for _, v in one])
    found = reconcile(parent, mean, variance)
    assert np.array_equal(found, reconcile(parent, mean, variance, threads=1))
    single = [reconcile(parent, *pair) for pair in one]
    assert np.array_equal(found.mean, np.column_stack([pair.mean for pair in single]))
    place = rng.permutation(parent.size)
    moved_parent, moved = np.empty_like(parent), np.empty_like(mean)
    moved_parent[place] = np.where(parent >= 0, place[parent], -1)
    moved[place] = mean
    moved_variance = np.empty_like(variance)
    moved_variance[place] = variance
    other = reconcile(moved_parent, moved, moved_variance)
    np.testing.assert_allclose(other.mean[place], found.mean, rtol=1e-11, atol=1e-10)


def test_a_child_far_less_certain_than_its_sibling_keeps_its_digits():
    # Only the parent speaks of the vague child: variance 1 + 1/2 x ..., worked as 1/(1/1e15 + 1/(2 + 1)).
    found = reconcile([-1, 0, 0], [30.0, 10.0, 0.0], [2.0, 1.0, 1e15])
    assert found.variance[2] == pytest.approx(1 / (1e-15 + 1 / 3), rel=1e-12)
    assert found.mean == pytest.approx([30, 10, 20], rel=1e-12)


def test_one_unknown_child_is_what_the_others_leave():
    # 30 - 10 of variance 2 + 1.
    found = reconcile([-1, 0, 0], [30.0, 10.0, np.nan], [2.0, 1.0, INF])
    assert found.mean == pytest.approx([30, 10, 20])
    assert found.variance == pytest.approx([2, 1, 3])


def test_of_two_unknown_children_only_the_sum_is_known():
    found = reconcile([-1, 0, 0, 0], [30.0, 10.0, np.nan, 7.0], [2.0, 1.0, INF, INF])
    assert found.mean[:2] == pytest.approx([30, 10])
    assert np.isnan(found.mean[2:]).all()
    assert np.isinf(found.variance[2:]).all()


def test_a_tree_nobody_measured_says_nothing():
    found = reconcile([-1, 0, 0], [np.nan] * 3, [INF] * 3)
    assert np.isnan(found.mean).all()
    assert np.isinf(found.variance).all()


def test_an_unknown_branch_leaves_the_rest_alone():
    # The second branch has no estimate at all: it is 50 - 30 of variance 4 + 1.
    found = reconcile([-1, 0, 0, 1, 2], [50.0, np.nan, np.nan, 30.0, np.nan], [4.0, INF, INF, 1.0, INF])
    assert found.mean == pytest.approx([50, 30, 20, 30, 20])
    assert found.variance == pytest.approx([4, 1, 5, 1, 5])


def test_a_chain_of_single_children_is_one_figure():
    # 10, 12 and 14 of variance 1 each: 12 of variance 1/3 throughout.
    found = reconcile([-1, 0, 1], [10.0, 12.0, 14.0], [1.0, 1.0, 1.0])
    assert found.mean == pytest.approx([12] * 3)
    assert found.variance == pytest.approx([1 / 3] * 3)


def test_an_exact_figure_is_kept():
    found = reconcile([-1, 0, 0], [36.0, 10.0, 20.0], [0.0, 1.0, 2.0])
    assert found.mean == pytest.approx([36, 12, 24])
    assert found.variance == pytest.approx([0, 2 / 3, 2 / 3])
    found = reconcile([-1, 0, 0], [36.0, 10.0, 20.0], [4.0, 0.0, 2.0])
    assert found.mean == pytest.approx([32, 10, 22])
    assert found.variance == pytest.approx([4 / 3, 0, 4 / 3])


def test_where_exact_figures_contradict_the_parts_stand():
    found = reconcile([-1, 0, 0], [36.0, 10.0, 20.0], [0.0, 0.0, 0.0])
    assert found.mean == pytest.approx([30, 10, 20])
    assert found.variance == pytest.approx([0, 0, 0])


@given(trees(10), st.integers(0, 10**6))
def test_figures_at_least_0_are_those_of_a_dense_programme(parent, seed):
    rng = np.random.default_rng(seed)
    _, variance = random_estimates(parent, seed)
    mean = rng.normal(0.5, 3, parent.size)
    found = reconcile(parent, mean, variance, non_negative=True)
    sums, _ = adding(parent)
    leaves, _ = nnls(sums / np.sqrt(variance)[:, None], mean / np.sqrt(variance))
    np.testing.assert_allclose(found.mean, sums @ leaves, atol=1e-9)
    assert found.mean.min() >= 0
    assert np.array_equal(found.variance, reconcile(parent, mean, variance).variance)


def test_columns_without_a_negative_are_not_touched_by_the_constraint():
    mean, variance = np.array([[36.0, 2.0], [10.0, -4.0], [20.0, 3.0]]), np.ones((3, 2))
    plain, kept = reconcile([-1, 0, 0], mean, variance), reconcile([-1, 0, 0], mean, variance, non_negative=True)
    assert np.array_equal(plain.mean[:, 0], kept.mean[:, 0])
    # The held city is 0; the other and the province are one figure: (2 + 3) / 2.
    assert kept.mean[:, 1] == pytest.approx([2.5, 0, 2.5])


def test_a_weak_prior_gives_every_leaf_a_figure():
    # Two unknown leaves share the 20 that are left alike; the prior's own variance stays in their difference.
    found = reconcile([-1, 0, 0, 0], [30.0, 10.0, np.nan, np.nan], [1.0, 1.0, INF, INF], leaf_variance=1e6)
    assert found.mean == pytest.approx([30, 10, 10, 10], rel=1e-4)
    assert found.variance[2] == pytest.approx(1e6 / 2, rel=1e-4)


def test_a_shared_factor_is_that_of_draws_and_leaves_shares_alone():
    # Var(F X) = V (1 + u^2) + M^2 u^2 for F of mean 1 independent of X.
    found = with_shared_factor([32.0, 11.0], [4 / 3, 5 / 6], 0.1)
    assert found == pytest.approx([4 / 3 * 1.01 + 10.24, 5 / 6 * 1.01 + 1.21])
    rng = np.random.default_rng(5)
    draws = (1 + 0.1 * rng.standard_normal(200_000)) * (32 + np.sqrt(4 / 3) * rng.standard_normal(200_000))
    # A variance of 200,000 draws has a standard error of about 0.3 %.
    assert draws.var() == pytest.approx(found[0], rel=0.015)


def test_an_earlier_result_may_be_written_over():
    mean, variance = np.array([36.0, 10.0, 20.0]), np.array([4.0, 1.0, 1.0])
    old = reconcile([-1, 0, 0], 2 * mean, variance)
    new = reconcile([-1, 0, 0], mean, variance, out=old)
    assert new.mean == pytest.approx([32, 11, 21])
    assert np.shares_memory(new.mean, old.mean)
    with pytest.raises(DataRefused, match="no room"):
        reconcile([-1, 0], mean[:2], variance[:2], out=old)


def test_a_parent_comes_before_its_parts_and_families_stand_together():
    tree = tree_of([3, 3, 0, -1, 1, 0])
    assert tree.order.tolist() == [3, 0, 2, 5, 1, 4]
    assert tree.children[tree.start[1] : tree.start[2]].tolist() == [2, 5]


@pytest.mark.parametrize(
    ("parent", "message"),
    [
        ([1, 0, -1], "lie in themselves, such as [0, 1]"),
        ([0], "lie in themselves"),
        ([-1, 5], "parent [5] of node [1]"),
        ([-2], "parent [-2]"),
        ([], "shape (0,)"),
        ([-1.0, 0.0], "float64"),
    ],
)
def test_what_is_no_tree_is_refused(parent, message):
    with pytest.raises(DataRefused, match="parent") as refused:
        tree_of(parent)
    assert refused.value.code == "HW-D536"
    with pytest.raises(DataRefused) as refused:
        reconcile(parent, np.ones(len(parent)), np.ones(len(parent)))
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("mean", "variance", "message"),
    [
        ([1.0], [1.0], "2 nodes"),
        ([1.0, 2.0], [1.0, -1.0], "node 1, column 0; 1 in all"),
        ([1.0, np.nan], [1.0, 1.0], "mean nan, variance 1.0"),
        ([1.0, 1.0], [np.nan, 1.0], "variance nan"),
    ],
)
def test_what_is_no_estimate_is_refused(mean, variance, message):
    with pytest.raises(DataRefused) as refused:
        reconcile([-1, 0], mean, variance)
    assert refused.value.code == "HW-D537"
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("mean", "variance", "message"),
    [
        ([1.0, -5.0, 1.0], [INF, 1.0, INF], "nothing determines"),
        ([-1.0, -5.0, 1.0], [1.0, 0.0, 1.0], "an exact figure below 0"),
        ([1.0, -5.0, 1.0], [0.0, 1.0, 1.0], "an area with parts"),
    ],
)
def test_figures_that_cannot_be_at_least_0_are_refused(mean, variance, message):
    with pytest.raises(DataRefused) as refused:
        reconcile([-1, 0, 0], mean, variance, non_negative=True)
    assert refused.value.code == "HW-D538"
    assert message in str(refused.value)


def test_a_prior_that_is_none_is_refused():
    with pytest.raises(DataRefused, match="prior of a leaf"):
        reconcile([-1, 0], [1.0, 1.0], [1.0, 1.0], leaf_variance=0.0)
