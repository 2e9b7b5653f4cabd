import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from headworks.assessment.comparison import exceedance_probability, posterior_rate, wilson_interval
from headworks.core.errors import DataRefused


@given(st.integers(0, 30), st.floats(1, 50), st.floats(0.1, 3))
def test_the_probability_is_the_integral_of_prior_times_likelihood(count, exposure, threshold):
    peak = (count + 0.5) / (2 + exposure)

    # Over its peak: left as it is the density can be so small that the integrator stops at its own tolerance.
    def density(r: float) -> float:
        return float(np.exp((count + 0.5) * np.log(r / peak) - (2.0 + exposure) * (r - peak))) if r > 0 else 0.0

    far = peak + 60 / (2 + exposure) + threshold
    pieces = [quad(density, low, high, limit=200)[0] for low, high in ((0, threshold), (threshold, far))]
    above, total = pieces[1], sum(pieces)
    assert exceedance_probability([count], [exposure], threshold, 1.5, 2.0)[0] == pytest.approx(above / total, abs=1e-6)


@given(st.integers(0, 20))
def test_one_case_more_makes_an_exceedance_more_probable(count):
    one, more = exceedance_probability([count, count + 1], [1_000, 1_000], 0.003, 0.8, 666.7)
    assert one < more


def test_without_people_the_others_alone_speak():
    assert posterior_rate([0], [1e-9], 2.0, 4.0)[0].item() == pytest.approx(0.5)


def test_many_people_make_the_crude_rate_sure():
    found = exceedance_probability([400_000, 200_000], [1e8, 1e8], 0.003, 0.8, 666.7)
    assert found == pytest.approx([1.0, 0.0])


def test_the_interval_of_a_rate_holds_its_level():
    # 20,000 gamma rates with counts: standard error of 95 % is 0.15 points.
    rng = np.random.default_rng(1)
    truth = rng.standard_gamma(2.0, 20_000) / 4
    _, lower, upper = posterior_rate(rng.poisson(5 * truth), 5.0, 2.0, 4.0)
    assert np.mean((lower <= truth) & (truth <= upper)) == pytest.approx(0.95, abs=0.006)


def test_what_cannot_be_is_refused():
    with pytest.raises(DataRefused, match="count is below 0"):
        exceedance_probability([-1], [10], 0.1, 1, 1)
    with pytest.raises(DataRefused, match=r"must be above 0.*exposure"):
        exceedance_probability([1], [0], 0.1, 1, 1)
    with pytest.raises(DataRefused, match="exceeds the people"):
        wilson_interval([11], [10])
