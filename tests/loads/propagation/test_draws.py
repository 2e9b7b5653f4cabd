"""Formulas by Monte Carlo, and what their random numbers hang on."""

import numpy as np
import pytest

from headworks.core.errors import DataRefused
from headworks.loads.propagation import (
    BetaFraction,
    Exactly,
    LogNormal,
    Normal,
    PropagationInputs,
    RowKeys,
    Triangular,
    Uniform,
    propagate,
    propagate_formula,
)

THREE = RowKeys(["a", "a", "b"], ["x", "y", "x"], [1, 1, 2])


def drawn(formula="c / f", keys=THREE, *, seed=1, n_draws=3_000, threads=1, c=(10.0, 20.0, 30.0)):
    inputs = {"c": LogNormal(np.array(c)[: len(keys.day)], 0.2), "f": BetaFraction(20.0, 40.0)}
    return propagate_formula(formula, inputs, keys, seed=seed, n_draws=n_draws, threads=threads)


def test_a_chain_by_draws_agrees_with_its_closed_form():
    found = drawn(n_draws=60_000)
    exact = propagate(PropagationInputs((LogNormal(np.array([10.0, 20.0, 30.0]), 0.2),), (), BetaFraction(20.0, 40.0)))
    # 60,000 draws: a bound to 4 x 0.3 x 2.7 / sqrt(60,000) = 1.3 %, mean and median better.
    np.testing.assert_allclose(found.quantiles, exact.quantiles, rtol=0.013)
    np.testing.assert_allclose([found.mean, found.sd], [exact.mean, exact.sd], rtol=0.013)
    assert found.engine_used.tolist() == [3, 3, 3]


def test_every_kind_of_input_has_its_mean():
    inputs = {"n": Normal(1.0, 0.1), "u": Uniform(2.0, 4.0), "t": Triangular(0.0, 1.0, 5.0), "e": Exactly(7.0)}
    found = propagate_formula("n + u + t + e", inputs, RowKeys(["s"], ["x"], [0]), seed=3, n_draws=100_000)
    # 1 + 3 + 2 + 7; variances 0.01 + 1/3 + (25 + 1 - 5)/18.
    assert found.mean[0] == pytest.approx(13.0, abs=4 * 1.23 / np.sqrt(100_000))
    assert found.sd[0] == pytest.approx(np.sqrt(0.01 + 1 / 3 + 21 / 18), rel=0.01)


def test_a_rows_draws_are_its_own_whatever_else_is_computed():
    whole = drawn()
    alone = drawn(keys=RowKeys(["b"], ["x"], [2]), c=(30.0,))
    assert alone.quantiles[:, 0].tolist() == whole.quantiles[:, 2].tolist()
    turned = drawn(keys=RowKeys(["b", "a", "a"], ["x", "y", "x"], [2, 1, 1]), c=(30.0, 20.0, 10.0))
    assert np.array_equal(turned.quantiles[:, ::-1], whole.quantiles)
    assert np.array_equal(drawn(threads=3).quantiles, whole.quantiles)


def test_another_seed_site_residue_or_day_draws_anew():
    medians = {drawn().quantiles[1, 0]}
    for keys, seed in ((("a", "x", 1), 2), (("c", "x", 1), 1), (("a", "z", 1), 1), (("a", "x", 9), 1)):
        site, analyte, day = keys
        medians.add(drawn(keys=RowKeys([site], [analyte], [day]), c=(10.0,), seed=seed).quantiles[1, 0])
    assert len(medians) == 5


def test_inputs_of_a_row_do_not_share_their_draws():
    twins = {"x": Normal(0.0, 1.0), "y": Normal(0.0, 1.0)}
    found = propagate_formula("x - y", twins, RowKeys(["s"], ["x"], [0]), seed=1, n_draws=20_000)
    assert found.sd[0] == pytest.approx(np.sqrt(2), rel=0.03)


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"c": Exactly(1.0)}, "it is not given; given are c"),
        ({"c": Exactly(1.0), "f": Uniform(2.0, 1.0)}, "Uniform that cannot be"),
        ({"c": Exactly(1.0), "f": LogNormal(-1.0, 0.1)}, "LogNormal that cannot be"),
        ({"c": Exactly(1.0), "f": BetaFraction(0.0, 0.1)}, "BetaFraction that cannot be"),
        ({"c": Exactly(1.0), "f": Normal(1.0, -0.1)}, "Normal that cannot be"),
        ({"c": Exactly(1.0), "f": Triangular(1.0, 1.0, 1.0)}, "Triangular that cannot be"),
        ({"c": Exactly(1.0), "f": Exactly(np.nan)}, "Exactly that cannot be"),
        ({"c": Exactly(1.0), "f": Exactly([1.0, 2.0])}, r"columns of \[2\] for 3 rows"),
    ],
)
def test_an_input_that_cannot_be_drawn_is_refused(inputs, said):
    with pytest.raises(DataRefused, match=said) as why:
        propagate_formula("c / f", inputs, THREE, seed=1)
    assert why.value.code == "HW-D555"


def test_keys_draws_and_levels_must_fit():
    inputs = {"x": Exactly(1.0)}
    for keys, more in ((RowKeys(["a"], [], [1]), {}), (THREE, {"n_draws": 99}), (THREE, {"levels": (1.0,)})):
        with pytest.raises(DataRefused, match="at least 100 draws") as why:
            propagate_formula("x", inputs, keys, seed=1, **more)
        assert why.value.code == "HW-D556"


def test_a_formula_that_is_not_a_number_for_some_draws_says_where():
    with pytest.raises(DataRefused, match=r"Where: log\(x\), s, y, 4.*of 1000 draws") as why:
        propagate_formula("log(x)", {"x": Normal(0.0, 1.0)}, RowKeys(["s"], ["y"], [4]), seed=1, n_draws=1_000)
    assert why.value.code == "HW-D557"
