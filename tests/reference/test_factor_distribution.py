"""Cumulants of ln(central / f): by hand, against a seeded Monte Carlo, and in their limits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from headworks.core.errors import ParameterError
from headworks.reference import read_set
from headworks.reference.factor_distribution import (
    cumulants_beta,
    cumulants_lognormal_range,
    cumulants_loguniform,
    cumulants_triangular,
    cumulants_uniform,
    fit_beta,
    log_cumulants,
)

_FACTORS = read_set().factors.drop_nulls("u_factor").to_dicts()


def _draws(row: dict[str, float], rng: np.random.Generator, n: int) -> np.ndarray:
    """ln(central / f), drawn the slow way."""
    central, low, high = (row[f"excretion_{which}"] for which in ("fraction", "low", "high"))
    match row["distribution"]:
        case "lognormal":
            return rng.normal(0, math.sqrt(math.log(1 + row["factor_rsd"] ** 2)), n)
        case "triangular":
            f = rng.triangular(low, central, high, n)
        case "uniform":
            f = rng.uniform(low, high, n)
        case "beta":
            f = rng.beta(*fit_beta(central, low, high), n)
    return math.log(central) - np.log(f)


@pytest.mark.parametrize("row", _FACTORS, ids=[row["biomarker_id"] for row in _FACTORS])
def test_every_factor_agrees_with_a_million_draws(row):
    y = _draws(row, np.random.default_rng(20260101), 1_000_000)
    assert row["log_mean_shift"] == pytest.approx(y.mean(), abs=5 * y.std() / 1000)
    assert row["log_sd"] == pytest.approx(y.std(), rel=0.005)
    assert row["u_factor"] == pytest.approx(math.sqrt(math.expm1(y.var())), rel=0.006)
    assert row["log_skew"] == pytest.approx(stats.skew(y), abs=0.03)
    assert row["log_excess_kurtosis"] == pytest.approx(stats.kurtosis(y), abs=0.12)


def test_a_uniform_fraction_by_hand():
    # The integral of ln^2 x is x (ln^2 x - 2 ln x + 2), so with L = ln 2 and f on (1/2, 1):
    # E[ln f] = L - 1 and E[ln^2 f] = 2 (2 - (L^2 + 2 L + 2) / 2).
    ln2 = math.log(2)
    second = 2 * (2 - 0.5 * (ln2**2 + 2 * ln2 + 2))
    found = cumulants_uniform(1.0, 0.5, 1.0)
    assert found.shift == pytest.approx(1 - ln2, abs=1e-12)
    assert found.sd**2 == pytest.approx(second - (ln2 - 1) ** 2, abs=1e-12)


def test_a_triangle_that_falls_from_its_lower_end_by_hand():
    # f on (1, e) scaled: density 2 (e - f) / (e - 1)^2. E[ln f] = 2/(e-1)^2 x (e x 1 - (e^2 + 1)/4), by parts.
    e = math.e
    expected = 2 / (e - 1) ** 2 * (e - (e**2 + 1) / 4)
    found = cumulants_triangular(0.1, 0.1, 0.1 * e)
    assert found.shift == pytest.approx(-expected, abs=1e-12)


def test_a_log_uniform_fraction_is_flat_on_the_log_scale():
    # ln f is uniform over ln 100: variance (ln 100)^2 / 12; centre 0.1 is the middle of 0.01 to 1.
    assert cumulants_loguniform(0.1, 0.01, 1.0) == pytest.approx((0.0, math.log(100) / math.sqrt(12), 0.0, -1.2))


def test_a_log_normal_range_holds_95_percent():
    sd = cumulants_lognormal_range(0.2, 0.1, 0.4).sd
    assert math.exp(1.959964 * sd) == pytest.approx(2.0, rel=1e-6)


def test_a_beta_keeps_its_mean_and_holds_95_percent_between_the_ends():
    a, b = fit_beta(0.363, 0.30, 0.45)
    fitted = stats.beta(a, b)
    assert fitted.mean() == pytest.approx(0.363)
    assert fitted.cdf(0.45) - fitted.cdf(0.30) == pytest.approx(0.95, abs=1e-9)
    assert cumulants_beta(0.363, 0.30, 0.45).shift == pytest.approx(
        math.log(0.363) - fitted.expect(np.log, lb=1e-3, ub=0.999), abs=1e-6
    )


@given(
    st.sampled_from(["triangular", "uniform", "loguniform", "lognormal"]),
    st.floats(0.001, 0.2),
    st.floats(1.05, 2.0),
    st.floats(1.05, 2.0),
    st.floats(0.5, 1.2),
)
def test_scaling_fraction_and_range_together_changes_nothing(name, central, down, up, scale):
    low, high = central / down, central * up
    first, second = (
        log_cumulants(name, k * central, k * low, k * high, factor_rsd=None, fallback_rsd=0.26) for k in (1.0, scale)
    )
    # A beta is bounded by 1 and does not scale.
    assert first == pytest.approx(second, rel=1e-6, abs=1e-9)


@given(st.sampled_from(["triangular", "uniform", "loguniform", "beta"]), st.floats(0.01, 0.5), st.floats(1.01, 1.9))
def test_a_range_bounds_the_shift(name, central, spread):
    found = log_cumulants(name, central, central / spread, central * spread, factor_rsd=None, fallback_rsd=0.26)
    assert abs(found.shift) <= math.log(spread)
    assert 0 < found.sd < math.log(spread)


@pytest.mark.parametrize("name", ["triangular", "uniform", "loguniform", "beta", "lognormal"])
def test_a_range_without_width_is_certain(name):
    assert log_cumulants(name, 0.3, 0.3, 0.3, factor_rsd=None, fallback_rsd=0.26) == (0, 0, 0, 0)


@pytest.mark.parametrize("name", ["triangular", "uniform", "loguniform", "beta"])
def test_a_very_narrow_range_is_nearly_normal_or_flat_and_nearly_certain(name):
    found = log_cumulants(name, 0.3, 0.2999, 0.3001, factor_rsd=None, fallback_rsd=0.26)
    assert found.shift == pytest.approx(0, abs=1e-6)
    assert found.sd < 2.5e-4
    assert found.skew == pytest.approx(0, abs=0.01)


def test_a_published_rsd_is_used_only_for_a_log_normal_factor():
    with_range = log_cumulants("triangular", 0.3, 0.2, 0.4, factor_rsd=0.26, fallback_rsd=0.5)
    assert with_range == cumulants_triangular(0.3, 0.2, 0.4)


@pytest.mark.parametrize(
    ("name", "values"), [("triangular", (0.5, 0.2, 0.4)), ("uniform", (0.1, 0.2, 0.4)), ("beta", (0.2, 0.2, 0.4))]
)
def test_a_fraction_outside_its_range_is_refused(name, values):
    with pytest.raises(ParameterError, match=r"does not lie within its range.*Give low <") as refusal:
        log_cumulants(name, *values, factor_rsd=None, fallback_rsd=0.26)
    assert refusal.value.code == "HW-P003"
