"""How errors combine."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.core.errors import DataRefused
from headworks.core.uncertainty import combine, coverage_factor, interval, relative, sigma_log, weekly_uncertainty

rsds = st.lists(st.floats(0, 2), max_size=6)


def test_five_factors_combine_as_worked_by_hand():
    # 1.01 x 1.04 x 1.0225 x 1.0144 x 1.0676 = 1.163150, and sqrt(0.163150) = 0.40392.
    assert combine([0.10, 0.20, 0.15, 0.12, 0.26]) == pytest.approx(0.4039, abs=5e-5)
    lower, upper = interval(1.0, sigma_log(combine([0.10, 0.20, 0.15, 0.12, 0.26])))
    assert (round(lower, 4), round(upper, 4)) == (0.4668, 2.1424)


def test_a_week_averages_only_what_is_drawn_anew_each_day():
    # (0.01 + 0.04 + 0.0225) / 7 + 0.0144 = 0.024757; its root is 0.15734.
    assert weekly_uncertainty([0.10, 0.20, 0.15], [0.12], 7) == pytest.approx(0.1573, abs=5e-5)
    assert weekly_uncertainty([0.10, 0.20, 0.15], [0.12, 0.26], 7) == pytest.approx(0.3039, abs=5e-5)


def test_nothing_combines_to_nothing():
    assert combine([]) == 0.0
    assert interval(7.0, 0.0) == (7.0, 7.0)


@given(rsds, st.permutations(range(6)))
def test_the_order_of_factors_does_not_matter(values, order):
    shuffled = [values[i] for i in order if i < len(values)]
    assert combine(shuffled) == pytest.approx(combine(values), rel=1e-12)


@given(rsds, rsds)
def test_combining_in_two_steps_is_combining_at_once(first, second):
    assert combine([combine(first), combine(second)]) == pytest.approx(combine(first + second), rel=1e-9)


@given(st.floats(0, 3))
def test_relative_undoes_sigma_log(u):
    assert relative(sigma_log(u)) == pytest.approx(u, abs=1e-9)


@given(rsds, st.floats(0, 1))
def test_a_further_factor_never_makes_it_surer(values, more):
    assert combine([*values, more]) >= combine(values) - 1e-12


@given(rsds, rsds, st.integers(1, 400))
def test_more_days_help_but_never_below_what_they_share(random, systematic, n_days):
    u = weekly_uncertainty(random, systematic, n_days)
    assert weekly_uncertainty(random, systematic, n_days + 1) <= u + 1e-12
    assert u >= math.sqrt(sum(s * s for s in systematic)) - 1e-12


def test_the_product_formula_holds_on_simulated_log_normals():
    rng = np.random.default_rng(20261122)
    terms = [0.10, 0.20, 0.15, 0.12, 0.26]
    draws = np.ones(400_000)
    for u in terms:
        s = sigma_log(u)
        draws *= np.exp(rng.normal(0, s, draws.size))
    # Monte Carlo error of an rsd of 0.4 from 400,000 draws is about 0.3 %.
    assert draws.std() / draws.mean() == pytest.approx(combine(terms), rel=0.015)
    low, high = np.quantile(draws, [0.025, 0.975])
    assert interval(1.0, sigma_log(combine(terms))) == (pytest.approx(low, rel=0.01), pytest.approx(high, rel=0.01))


def test_arrays_and_expressions_agree_with_numbers():
    u = [0.1, 0.4]
    as_array = sigma_log(np.array(u))
    as_frame = pl.DataFrame({"u": u}).select(s=sigma_log(pl.col("u")), r=relative(sigma_log(pl.col("u"))))
    assert as_array == pytest.approx([sigma_log(x) for x in u])
    assert as_frame["s"].to_list() == pytest.approx(list(as_array))
    assert as_frame["r"].to_list() == pytest.approx(u)
    low, high = interval(pl.col("m"), pl.col("s"), 0.9)
    bounds = pl.DataFrame({"m": [10.0], "s": [0.3]}).select(low=low, high=high).row(0)
    assert bounds == pytest.approx(interval(10.0, 0.3, 0.9))
    assert interval(np.array([10.0]), 0.3, 0.9)[1].tolist() == pytest.approx([interval(10.0, 0.3, 0.9)[1]])


@pytest.mark.parametrize("bad", [[-0.1], [float("nan")], [float("inf")], [0.1, -1e-9]])
def test_an_impossible_uncertainty_is_refused(bad):
    with pytest.raises(DataRefused, match="must be a number of at least 0"):
        combine(bad)


@pytest.mark.parametrize("level", [0, 1, -0.5, 95])
def test_an_impossible_level_is_refused(level):
    with pytest.raises(DataRefused, match=r"Give 0\.95 for 95 %"):
        coverage_factor(level)


def test_a_mean_of_no_days_is_refused():
    with pytest.raises(DataRefused, match="at least one day"):
        weekly_uncertainty([0.1], [], 0)
