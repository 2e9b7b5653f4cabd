"""The fast path, class by class, held to the slow one: every window of every replicate with its logarithms."""

import numpy as np
import pytest
from tests.warning.clusters.builders import small_map
from tests.warning.clusters.test_windows import sets_of

from headworks.warning.clusters import flexible_windows
from headworks.warning.clusters.likelihood import BERNOULLI, POISSON, chi_square_factor, log_ratio
from headworks.warning.clusters.monte_carlo import largest_of_replicates
from headworks.warning.clusters.problems import poisson_problem
from headworks.warning.clusters.random_counts import alias_table, scatter_cases, standard_normals
from headworks.warning.clusters.windows import circular_windows

ONCE = np.zeros((1, 2), np.int64)


def drawn(problem, replicates):
    room = np.zeros((*problem.values.shape, 32), np.int32)
    pieces = []
    for first in range(0, replicates, 32):
        problem.draw(first, room)
        pieces.append(room[0].sum(axis=0).copy())
    return np.concatenate(pieces, axis=1)[:, :replicates]


@pytest.mark.parametrize("total", [7, 80, 40_000])
def test_largest_ratios_are_those_of_all_windows_written_out(total):
    x, y, _, expected = small_map(n=14, total=total)
    cases = np.random.default_rng(1).multinomial(total, expected / total)[None, None].astype(float)
    problem = poisson_problem(cases, expected[None, None], ONCE, 2, seed=9)
    ring = [[(i + 1) % 14, (i - 1) % 14] for i in range(14)]
    for windows in (circular_windows(x, y, expected), flexible_windows(x, y, ring, expected, most_locations=7)):
        found = largest_of_replicates(windows, problem, 0, 40)
        groups = [list(one) for chain in sets_of(windows) for one in chain]
        for replicate, counts in enumerate(drawn(problem, 40).T):
            slow = [
                log_ratio(POISSON, float(counts[one].sum()), float(expected[one].sum()), float(total), float(total))
                for one in groups
                if counts[one].sum() >= 2
            ]
            assert found[replicate] == pytest.approx(max(slow, default=0.0), abs=1e-9)


def test_the_squared_excess_bounds_the_ratio():
    rng = np.random.default_rng(5)
    for _ in range(500):
        people, total_people = rng.integers(1, 50), 50 + rng.integers(1, 50)
        total = rng.integers(1, total_people)
        cases = min(rng.integers(0, people + 1), total)
        excess = max(cases - people * total / total_people, 0.0)
        bound = excess**2 * chi_square_factor(BERNOULLI, float(people), float(total), float(total_people))
        assert log_ratio(BERNOULLI, float(cases), float(people), float(total), float(total_people)) <= bound + 1e-9
        e = people * total / total_people
        bound = excess**2 * chi_square_factor(POISSON, e, float(total), float(total))
        assert log_ratio(POISSON, float(cases), e, float(total), float(total)) <= bound + 1e-9


def test_cases_fall_where_they_are_expected():
    # 64,000 cases on weights 1 : 2 : 0 : 5; four standard errors.
    counts = np.zeros((1, 4, 32), np.int32)
    scatter_cases(np.uint64(3), 0, 2_000, *alias_table(np.array([1.0, 2, 0, 5])), counts)
    share = np.array([1, 2, 0, 5]) / 8
    assert counts.sum(axis=(1, 2)).tolist() == [64_000]
    assert counts[0].sum(axis=1) / 64_000 == pytest.approx(share, abs=4 * 0.5 / np.sqrt(64_000))
    assert counts[0, 2].sum() == 0
    # Scatter between replicates is that of a multinomial: variance n p (1 - p).
    assert counts[0, 3].var() == pytest.approx(2_000 * share[3] * (1 - share[3]), rel=0.6)


def test_the_generator_is_splitmix_as_published():
    # Its first number from state 1234567 in the reference programme is 6457827717110365317.
    from headworks.warning.clusters import random_counts

    mixed = random_counts.mix.py_func
    with np.errstate(over="ignore"):
        assert int(mixed(np.uint64(1234567) + np.uint64(0x9E3779B97F4A7C15))) == 6457827717110365317


def test_normal_numbers_have_their_moments():
    # 32,000 numbers: standard error of the mean 0.0056, of the variance 0.008.
    values = np.zeros((1_001, 32))
    standard_normals(np.uint64(1), 0, values)
    assert values.mean() == pytest.approx(0, abs=0.02)
    assert values.var() == pytest.approx(1, abs=0.03)
    assert np.mean(np.abs(values) > 1.959964) == pytest.approx(0.05, abs=0.005)
