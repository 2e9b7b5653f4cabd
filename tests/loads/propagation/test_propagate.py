"""Chains of products and quotients, held to a fine quadrature."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.loads.propagation.fine_quadrature import log_quantile, moments

from headworks.core.errors import DataRefused
from headworks.loads.propagation import (
    ENGINES,
    BetaFraction,
    LogNormal,
    PropagationInputs,
    SewerChange,
    beta_fraction,
    propagate,
)
from headworks.loads.propagation.inputs import columns_of

LEVELS = (0.025, 0.5, 0.975)
CLOSED_FORM, QUADRATURE, MISSING = (ENGINES.index(name) for name in ("closed_form", "quadrature", "missing"))


def chain(c=1.0, u=0.1, *, fraction=None, sewer=None, people=1.0) -> PropagationInputs:
    return PropagationInputs((LogNormal(c, u), LogNormal(1.0, 0.05)), (LogNormal(people, 0.1),), fraction, sewer)


def random_sets(n, *, rsd, most_u, seed):
    """Fraction's shapes, spread of the log-normal terms, and the sewer; no fraction steeper than exponential."""
    rng = np.random.default_rng(seed)
    sets = []
    while len(sets) < n:
        mean, u = rng.uniform(0.03, 0.85), rng.uniform(*rsd)
        both = (1 - mean) / mean / u**2 - 1
        if both > 0 and min(mean * both, (1 - mean) * both) > 1:
            terms = rng.uniform(0.02, most_u, 4)
            sets.append([mean * both, (1 - mean) * both, *terms, rng.uniform(-0.3, 0.2), rng.uniform(0.005, 0.14)])
    return np.array(sets).T


def propagate_sets(sets):
    a, b, c, q, f, p, change, sd = sets
    above = tuple(LogNormal(1.0, u) for u in (c, q, f))
    found = propagate(PropagationInputs(above, (LogNormal(1.0, p),), BetaFraction(a, b), SewerChange(change, sd)), LEVELS)
    return found, np.sqrt(np.log1p(np.array([c, q, f, p]) ** 2).sum(axis=0)), sd / (1 + change)


def relative_errors(sets, found, sigma, ratio):
    errors = np.empty(found.quantiles.shape)
    for i in range(sigma.size):
        for k, level in enumerate(LEVELS):
            ours = np.log(found.quantiles[k, i] * (1 + sets[6, i]))
            errors[k, i] = abs(np.expm1(ours - log_quantile(sigma[i], sets[0, i], sets[1, i], ratio[i], level, ours)))
    return errors


def test_a_chain_of_log_normals_by_hand():
    # 450 ng/L x 120,000 m3 / 380,000 = 142.105; sigma^2 = ln 1.04 + ln 1.04 + ln 1.0144; times and over exp(1.96 sigma).
    terms = (LogNormal(450.0, 0.2), LogNormal(120_000.0, 0.2))
    found = propagate(PropagationInputs(terms, (LogNormal(380_000.0, 0.12),)))
    sigma = np.sqrt(2 * np.log(1.04) + np.log(1.0144))
    assert found.quantiles[:, 0] == pytest.approx(142.105263 * np.exp(np.array([-1, 0, 1]) * 1.959963985 * sigma), rel=1e-8)
    assert found.mean[0] == pytest.approx(142.105263 * np.exp(sigma**2 / 2), rel=1e-8)
    assert found.sd[0] == pytest.approx(142.105263 * np.sqrt(1.04 * 1.04 * 1.0144 * (1.04 * 1.04 * 1.0144 - 1)), rel=1e-8)


def test_one_over_a_beta_by_hand():
    # E[1/f] of a beta 4, 4 is 7/3 and E[1/f^2] is 7 x 6 / (3 x 2) = 7, so the variance is 7 - 49/9 = 14/9.
    found = propagate(PropagationInputs((LogNormal(1.0, 0.0),), (), BetaFraction(4.0, 4.0)))
    assert (found.mean[0], found.sd[0]) == pytest.approx((7 / 3, np.sqrt(14 / 9)), rel=1e-9)
    # Its median is one half, and nothing else adds to it.
    assert found.quantiles[1, 0] == pytest.approx(2.0, rel=1e-4)


def test_no_quantile_of_ordinary_chains_is_off_by_more_than_three_in_a_thousand():
    sets = random_sets(200, rsd=(0.05, 0.30), most_u=0.30, seed=1)
    found, sigma, ratio = propagate_sets(sets)
    errors = relative_errors(sets, found, sigma, ratio)
    assert errors.max() < 0.003
    assert np.median(errors) < 1e-5
    assert (found.engine_used == CLOSED_FORM).mean() > 0.85


def test_the_guard_catches_what_the_closed_form_cannot_do():
    sets = random_sets(60, rsd=(0.3, 1.2), most_u=0.10, seed=2)
    found, sigma, ratio = propagate_sets(sets)
    assert relative_errors(sets, found, sigma, ratio).max() < 0.003
    assert (found.engine_used == QUADRATURE).mean() > 0.5


def test_mean_and_sd_are_those_of_the_fine_quadrature():
    sets = random_sets(40, rsd=(0.05, 0.30), most_u=0.30, seed=3)
    sets = sets[:, sets[0] > 5]
    found, sigma, ratio = propagate_sets(sets)
    for i in range(sigma.size):
        mean, sd = moments(sigma[i], sets[0, i], sets[1, i], ratio[i])
        left = 1 + sets[6, i]
        assert (found.mean[i] * left, found.sd[i] * left) == pytest.approx((mean, sd), rel=1e-5)


def test_other_levels_are_as_good():
    fraction, sewer, levels = BetaFraction(8.0, 20.0), SewerChange(-0.1, 0.05), (0.005, 0.2, 0.999)
    found = propagate(chain(u=0.2, fraction=fraction, sewer=sewer), levels).quantiles[:, 0]
    sigma = np.sqrt(np.log1p(np.array([0.2, 0.05, 0.1]) ** 2).sum())
    for level, ours in zip(levels, found, strict=True):
        start = np.log(ours * 0.9)
        assert abs(log_quantile(sigma, 8.0, 20.0, 0.05 / 0.9, level, start) - start) < 0.003


@given(st.floats(1e-3, 1e6), st.floats(0.01, 0.3), st.floats(1.5, 300), st.floats(1.5, 300))
@settings(max_examples=40)
def test_twice_the_concentration_is_twice_of_everything_but_not_of_people(c, u, a, b):
    one = propagate(chain(c, u, fraction=BetaFraction(a, b)), threads=1)
    two = propagate(chain(2 * c, u, fraction=BetaFraction(a, b)), threads=1)
    half = propagate(chain(c, u, fraction=BetaFraction(a, b), people=2.0), threads=1)
    np.testing.assert_allclose(two.quantiles, 2 * one.quantiles, rtol=1e-9)
    np.testing.assert_allclose(half.quantiles, one.quantiles / 2, rtol=1e-9)
    np.testing.assert_allclose([two.mean, two.sd], [2 * one.mean, 2 * one.sd], rtol=1e-9)


def test_a_change_in_the_sewer_moves_the_median_by_what_is_left():
    lossless, half = (propagate(chain(sewer=SewerChange(m, 1e-9))).quantiles[1, 0] for m in (0.0, -0.5))
    assert half == pytest.approx(2 * lossless)


def test_a_very_narrow_fraction_is_its_mean():
    found = propagate(chain(u=0.2, fraction=beta_fraction(0.25, 1e-6)))
    assert found.quantiles == pytest.approx(4 * propagate(chain(u=0.2)).quantiles, rel=1e-6)


def test_bits_hang_neither_on_how_a_batch_is_cut_nor_on_threads():
    sets = np.concatenate([random_sets(700, rsd=(r, r + 0.3), most_u=0.3, seed=int(10 * r)) for r in (0.05, 0.5)], axis=1)
    whole, _, _ = propagate_sets(sets)
    assert set(whole.engine_used.tolist()) == {CLOSED_FORM, QUADRATURE}
    a, b, *us, change, sd = sets
    for threads in (1, 3):
        terms = tuple(LogNormal(1.0, u) for u in us)
        inputs = PropagationInputs(terms[:3], terms[3:], BetaFraction(a, b), SewerChange(change, sd))
        again = propagate(inputs, LEVELS, threads=threads)
        assert all(np.array_equal(one, other) for one, other in zip(whole, again, strict=True))
    for first, last in ((0, 1), (1, 300), (300, 811), (811, 1400)):
        part, _, _ = propagate_sets(sets[:, first:last])
        assert np.array_equal(part.quantiles, whole.quantiles[:, first:last])
        assert np.array_equal(part.sd, whole.sd[first:last])


def test_one_number_holds_for_all_rows_and_borrowed_columns_are_taken():
    medians = pl.Series([1.0, 2.0, 3.0]).to_numpy()
    found = propagate(chain(medians, 0.2, fraction=BetaFraction(10.0, np.full(3, 20.0))))
    assert found.quantiles.shape == (3, 3)
    assert found.quantiles[:, 2] == pytest.approx(3 * found.quantiles[:, 0])


def test_a_fraction_too_close_to_zero_leaves_no_mean_and_no_sd_but_bounds():
    found = propagate(chain(1.0, 0.2, fraction=BetaFraction(np.array([0.9, 1.5, 2.5]), 3.0)))
    assert np.isinf(found.mean).tolist() == [True, False, False]
    assert np.isinf(found.sd).tolist() == [True, True, False]
    assert np.isfinite(found.quantiles).all()


def test_a_missing_input_makes_a_missing_row_and_spoils_no_other():
    given_ = chain(np.array([1.0, np.nan, 1.0]), np.array([0.1, 0.1, np.nan]), fraction=BetaFraction(9.0, 9.0))
    found = propagate(given_)
    assert found.engine_used.tolist() == [CLOSED_FORM, MISSING, MISSING]
    assert np.isnan(found.mean).tolist() == np.isnan(found.quantiles[1]).tolist() == [False, True, True]


@pytest.mark.parametrize(
    "wrong",
    [
        chain(-1.0),
        chain(0.0),
        chain(np.inf),
        chain(1.0, -0.1),
        chain(fraction=BetaFraction(0.0, 1.0)),
        chain(fraction=BetaFraction(2.0, -1.0)),
        chain(sewer=SewerChange(0.0, 0.3)),
        chain(sewer=SewerChange(-1.2, 0.01)),
        chain(sewer=SewerChange(0.0, -0.01)),
    ],
)
def test_what_cannot_be_is_refused_with_its_row(wrong):
    with pytest.raises(DataRefused, match=r"A term of a chain is not possible.*row 0.*Give medians and shapes above 0") as why:
        propagate(wrong)
    assert why.value.code == "HW-D551"


def test_columns_of_unequal_length_are_refused():
    with pytest.raises(DataRefused, match=r"not equally long.*uncertainty of term 1 above the line: 2") as why:
        columns_of(chain(np.ones(3), np.full(2, 0.1)))
    assert why.value.code == "HW-D552"


@pytest.mark.parametrize("levels", [(0.0,), (0.5, 1.0), (np.nan,)])
def test_a_level_that_is_no_probability_is_refused(levels):
    with pytest.raises(DataRefused, match="Give levels between 0 and 1") as why:
        propagate(chain(), levels)
    assert why.value.code == "HW-D553"


def test_a_fraction_wider_than_any_beta_is_refused():
    with pytest.raises(DataRefused, match="below sqrt"):
        beta_fraction(0.5, [0.1, 1.1])


def test_more_terms_than_the_kernels_take_are_multiplied_and_still_checked():
    terms = tuple(LogNormal(np.array([2.0, 3.0]), u) for u in (0.1, 0.2, 0.1, 0.05, 0.3, 0.1))
    found = propagate(PropagationInputs(terms, (), BetaFraction(9.0, 9.0)))
    sigma2 = np.log1p(np.square([term.relative_uncertainty for term in terms])).sum()
    one = LogNormal(np.array([2.0**6, 3.0**6]), np.sqrt(np.expm1(sigma2)))
    np.testing.assert_allclose(found.quantiles, propagate(PropagationInputs((one,), (), BetaFraction(9.0, 9.0))).quantiles)
    with pytest.raises(DataRefused, match="not possible"):
        propagate(PropagationInputs((*terms[:4], LogNormal(-1.0, 0.1), LogNormal(-1.0, 0.1))))


def test_no_rows_are_no_rows():
    found = propagate(chain(np.empty(0), np.empty(0)))
    assert found.quantiles.shape == (3, 0)
