"""Quantiles of a log-normal times an excretion factor."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

from headworks.core.errors import DataRefused
from headworks.loads.factor_interval import FactorLaw, _solved, fraction_values, log_quantile
from headworks.loads.propagation import BetaFraction, LogNormal, PropagationInputs, propagate
from headworks.reference.factor_distribution import fit_beta

CANNABIS = FactorLaw("triangular", 0.006, 0.002, 0.025, 0.5)
LAWS = [
    CANNABIS,
    FactorLaw("uniform", 0.3, 0.2, 0.55, 0.3),
    FactorLaw("loguniform", 0.1, 0.01, 1.0, 0.9),
    FactorLaw("beta", 0.363, 0.30, 0.45, 0.1),
    FactorLaw("triangular", 0.02, 0.005, 0.02, 0.3),
]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: f"{law.distribution}-{law.central}")
@pytest.mark.parametrize("sigma", [0.01, 0.17, 0.3, 1.1])
@pytest.mark.parametrize("probability", [0.025, 0.5, 0.975])
def test_the_quantile_leaves_its_probability_below(law, sigma, probability):
    q = float(log_quantile(np.array([sigma]), law, probability)[0])
    y = math.log(law.central) - np.log(fraction_values(law, 20_001))
    assert ndtr((q - y) / sigma).mean() == pytest.approx(probability, abs=0.0015)


def test_without_load_uncertainty_the_factor_alone_is_left():
    # Quantiles of ln(c/f) are those of f turned round: f at 97.5 % of a uniform 0.2 to 0.55 is 0.54125.
    law = FactorLaw("uniform", 0.3, 0.2, 0.55, 0.3)
    q = float(log_quantile(np.array([0.0]), law, 0.025)[0])
    assert q == pytest.approx(math.log(0.3 / 0.54125), abs=2e-3)


def test_beyond_the_grid_the_normal_part_rules():
    q = float(log_quantile(np.array([50.0]), CANNABIS, 0.975)[0])
    assert q == pytest.approx(1.959964 * 50, rel=0.01)


@given(st.floats(0, 3), st.floats(0.01, 2))
def test_a_log_normal_factor_is_exact(sigma, s):
    law = FactorLaw("lognormal", 0.3, None, None, math.sqrt(math.expm1(s * s)))
    assert float(log_quantile(np.array([sigma]), law, 0.975)[0]) == pytest.approx(1.959964 * math.hypot(sigma, s), rel=1e-6)


@given(st.floats(0.005, 3.9), st.floats(0.001, 0.5))
def test_more_uncertainty_never_narrows_the_interval(sigma, more):
    for probability, sign in ((0.025, -1), (0.975, 1)):
        one, other = log_quantile(np.array([sigma, sigma + more]), CANNABIS, probability)
        assert sign * (other - one) > -2e-3


def test_a_degenerate_range_is_read_as_its_own_uncertainty():
    law = FactorLaw("triangular", 0.3, 0.3, 0.3, 0.0)
    assert float(log_quantile(np.array([0.5]), law, 0.975)[0]) == pytest.approx(0.5 * 1.959964, rel=1e-6)


def test_an_unknown_distribution_is_refused():
    with pytest.raises(DataRefused, match="Use lognormal, triangular, beta, uniform or loguniform"):
        log_quantile(np.array([0.1]), FactorLaw("cauchy", 0.3, 0.2, 0.4, 0.1), 0.5)


@given(st.lists(st.floats(0, 3.9), min_size=1, max_size=5), st.sampled_from(range(len(LAWS))))
def test_a_quantile_does_not_hang_on_what_was_asked_before(sigmas, place):
    # Another central value for each example, so that nothing of it is known yet.
    law = LAWS[place]._replace(u_factor=0.123)
    alone = []
    for sigma in sigmas:
        _solved.cache_clear()
        alone.append(float(log_quantile(np.array([sigma]), law, 0.975)[0]))
    _solved.cache_clear()
    assert log_quantile(np.array(sigmas), law, 0.975).tolist() == alone
    assert log_quantile(np.array(sigmas[::-1]), law, 0.975).tolist() == alone[::-1]


def test_an_unknown_standard_deviation_has_no_quantile_and_spoils_no_other():
    one, other = log_quantile(np.array([np.nan, 0.3]), CANNABIS, 0.975)
    assert math.isnan(one)
    assert other == log_quantile(np.array([0.3]), CANNABIS, 0.975)[0]


def test_a_beta_factor_has_the_bounds_that_the_closed_form_gives_it():
    law, sigma = FactorLaw("beta", 0.363, 0.30, 0.45, 0.1), np.array([0.1, 0.25, 0.4])
    terms = (LogNormal(0.363, np.sqrt(np.expm1(sigma**2))),)
    closed = propagate(PropagationInputs(terms, (), BetaFraction(*fit_beta(0.363, 0.30, 0.45))), (0.025, 0.975)).quantiles
    for probability, bounds in zip((0.025, 0.975), closed, strict=True):
        assert np.exp(log_quantile(sigma, law, probability)) == pytest.approx(bounds, rel=5e-4)
