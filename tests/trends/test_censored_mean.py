import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.special import log_ndtr

from headworks.core.errors import DataRefused
from headworks.trends.censored_mean import censored_mean, log_mean_with_censored, mean_below_limit, upper_without_a_value
from headworks.trends.log_mean_kernel import density_over_probability


def slow_mu(values: np.ndarray, limits: np.ndarray, sigma: float) -> float:
    """The censored likelihood written out and climbed by a general optimiser."""

    def loss(mu: float) -> float:
        seen = ((np.log(values) - mu) ** 2).sum() / (2 * sigma**2)
        return float(seen - log_ndtr((np.log(limits) - mu) / sigma).sum())

    return float(minimize_scalar(loss, bounds=(-40, 20), method="bounded", options={"xatol": 1e-11}).x)


def em_mu(values: np.ndarray, limits: np.ndarray, sigma: float) -> float:
    mu = float(np.log(values).mean())
    for _ in range(5_000):
        standard = (np.log(limits) - mu) / sigma
        ratio = np.exp(-(standard**2) / 2 - 0.5 * np.log(2 * np.pi) - log_ndtr(standard))
        mu = float(np.r_[np.log(values), mu - sigma * ratio].mean())
    return mu


def test_many_groups_at_once_agree_with_the_slow_twins():
    rng = np.random.default_rng(7)
    groups = []
    for n_seen, n_censored in [(1, 1), (2, 9), (5, 2), (1, 30), (6, 0), (3, 3)]:
        limits = np.exp(rng.normal(1.0, 0.3, n_censored))
        groups.append((np.exp(rng.normal(2.0, 0.6, n_seen)), limits, rng.uniform(0.2, 0.9)))
    group = np.repeat(np.arange(6), [limits.size for _, limits, _ in groups])
    found = log_mean_with_censored(
        group,
        np.log(np.concatenate([limits for _, limits, _ in groups])),
        np.array([float(values.size) for values, _, _ in groups]),
        np.array([np.log(values).mean() for values, _, _ in groups]),
        np.array([sigma for _, _, sigma in groups]),
    )
    assert found == pytest.approx([slow_mu(*one) for one in groups], abs=1e-5)
    assert found == pytest.approx([em_mu(*one) for one in groups], abs=1e-8)


def test_expectation_below_a_limit_agrees_with_the_integral():
    grid = np.linspace(1e-7, 2.0, 2_000_001)
    density = np.exp(-((np.log(grid) - 0.7) ** 2) / (2 * 0.4**2)) / grid
    found = mean_below_limit(np.array([2.0]), np.array([0.7]), np.array([0.4])).item()
    assert found == pytest.approx((grid * density).sum() / density.sum(), rel=1e-5)


def test_bounds_of_a_mean_by_hand():
    # Loads 4 and 8, limits 2 and unknown, taken as 4: zero (12 / 4) = 3, limit (12 + 2 + 4) / 4 = 4.5.
    found = censored_mean([4.0, 8.0], [2.0, float("nan")], 0.5)
    assert (found.at_zero, found.at_limit) == pytest.approx((3.0, 4.5))


@given(
    st.lists(st.floats(0.1, 1e4), min_size=1, max_size=6),
    st.lists(st.floats(1e-3, 1e4), max_size=6),
    st.floats(0.05, 2),
    st.floats(0.01, 100),
)
def test_the_mean_lies_between_its_bounds_and_scales_with_the_loads(values, limits, sigma, factor):
    plain = censored_mean(values, limits, sigma)
    assert plain.at_zero <= plain.mean * (1 + 1e-12)
    assert plain.mean <= plain.at_limit * (1 + 1e-12)
    scaled = censored_mean([factor * v for v in values], [factor * limit for limit in limits], sigma)
    assert scaled == pytest.approx(tuple(factor * bound for bound in plain), rel=1e-6)


def test_no_censored_day_leaves_the_plain_mean():
    assert censored_mean([1.0, 2.0, 6.0], [], 0.5) == pytest.approx((3.0, 3.0, 3.0))


def test_a_limit_of_zero_is_a_day_of_zero():
    assert censored_mean([2.0], [0.0], 0.5) == pytest.approx((1.0, 1.0, 1.0))


def test_every_day_of_a_period_below_the_limit_is_bounded_by_the_limit():
    one = np.ones(1)
    assert upper_without_a_value(3 * one, 7 * one, 7 * one, 0.5 * one, 0.95).item() == pytest.approx(3.0)


def test_the_bound_is_the_largest_mean_under_which_all_days_below_are_credible():
    # Phi(z)^3 = 0.025 has z = -0.5482: a median of L exp(0.5482 x 0.5), a mean exp(0.125) above it.
    one = np.ones(1)
    found = upper_without_a_value(one, 3 * one, np.inf * one, 0.5 * one, 0.95).item()
    assert found == pytest.approx(np.exp(0.5482 * 0.5 + 0.125), abs=2e-3)


@pytest.mark.parametrize(("values", "sigma"), [([], 0.5), ([0.0], 0.5), ([1.0], 0.0), ([1.0], float("nan"))])
def test_what_the_likelihood_cannot_use_is_refused(values, sigma):
    with pytest.raises(DataRefused, match="needs a quantified day") as refused:
        censored_mean(values, [1.0], sigma)
    assert refused.value.code == "HW-D302"


def test_censored_days_may_come_in_any_order():
    rng = np.random.default_rng(5)
    group, limits = rng.integers(0, 4, 40), rng.normal(0.5, 0.4, 40)
    rest = np.full(4, 3.0), np.array([1.0, 0.2, -0.3, 2.0]), np.array([0.5, 0.8, 0.3, 1.1])
    order = np.argsort(group, kind="stable")
    assert log_mean_with_censored(group, limits, *rest) == pytest.approx(
        log_mean_with_censored(group[order], limits[order], *rest), rel=0, abs=0
    )


def test_the_quotient_of_the_normal_holds_far_out_on_both_sides():
    standard = np.linspace(-60.0, 37.0, 2_001)
    found = [density_over_probability(one) for one in standard]
    expected = np.exp(-(standard**2) / 2 - 0.5 * np.log(2 * np.pi) - log_ndtr(standard))
    assert found == pytest.approx(expected, rel=1e-12)
