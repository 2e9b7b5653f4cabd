import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.assessment.comparison import (
    normal_draws,
    normal_order_probability,
    order_probability,
    posterior_ranks,
    ranked_areas,
)
from headworks.core.errors import DataRefused


def draws_of(mean, sd, n=1_000, seed=1):
    return normal_draws(mean, sd, np.random.default_rng(seed), n)


@given(st.integers(1, 12), st.integers(0, 1_000))
def test_expected_ranks_add_up_to_those_of_the_places(n, seed):
    found = posterior_ranks(np.random.default_rng(seed).standard_normal((100, n)), top=1)
    assert found.expected.sum() == pytest.approx(n * (n + 1) / 2)
    assert found.p_top.sum() == pytest.approx(1.0)


def test_highest_first_turns_the_ranks_round():
    draws = draws_of([1.0, 2.0, 3.0, 4.0, 5.0], 1.0)
    up, down = posterior_ranks(draws), posterior_ranks(draws, highest_first=True)
    assert down.expected == pytest.approx(6 - up.expected)
    assert np.array_equal(down.lower, 6 - up.upper)


def test_areas_known_exactly_have_exact_ranks():
    found = posterior_ranks(draws_of([3.0, 1.0, 2.0], 0.0), top=1)
    assert (found.lower.tolist(), found.upper.tolist()) == ([3.0, 1.0, 2.0], [3.0, 1.0, 2.0])


def test_a_batch_cut_in_pieces_has_the_same_ranks(monkeypatch):
    draws = draws_of(np.linspace(0, 1, 30), 1.0)
    whole = posterior_ranks(draws)
    monkeypatch.setattr(sys.modules["headworks.assessment.comparison.posterior_ranks"], "_AT_A_TIME", 70)
    for one, other in zip(whole, posterior_ranks(draws), strict=True):
        assert np.array_equal(one, other)


def test_the_order_of_pairs_from_draws_is_that_in_closed_form():
    mean, sd = [0.0, 0.5, 3.0], [1.0, 0.5, 0.2]
    # 20,000 draws: standard error at most 0.0035.
    np.testing.assert_allclose(order_probability(draws_of(mean, sd, 20_000)), normal_order_probability(mean, sd), atol=0.015)


def test_a_table_of_ranks_says_which_areas_cannot_be_told_apart():
    mean, sd = [0.0, 0.1, 9.0], [1.0, 1.0, 1.0]
    found = ranked_areas(["a", "b", "c"], posterior_ranks(draws_of(mean, sd), top=1), normal_order_probability(mean, sd))
    assert found["area_id"].to_list()[-1] == "c"
    assert dict(found.select("area_id", "not_clear_from").iter_rows()) == {"a": ["b"], "b": ["a"], "c": []}
    assert {"rank_lower", "rank_upper"} <= set(found.columns)


def test_what_cannot_be_is_refused():
    with pytest.raises(DataRefused, match=r"need a table of draws.*at least 100"):
        posterior_ranks([[1.0, 2.0]])
    with pytest.raises(DataRefused, match=r"not so many places.*top 3 of 2"):
        posterior_ranks(np.zeros((100, 2)), top=3)
    with pytest.raises(DataRefused, match="Too many areas for a table of all pairs"):
        normal_order_probability(np.zeros(2_001), 1.0)
    with pytest.raises(DataRefused, match="not of the same areas"):
        ranked_areas(["a"], posterior_ranks(np.zeros((100, 2)), top=1), np.full((2, 2), 0.5))
