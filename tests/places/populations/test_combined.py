"""Several estimates of one population."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.core.errors import DataRefused
from headworks.core.uncertainty import interval, sigma_log
from headworks.places.populations import combine_populations
from headworks.places.populations.combined import heterogeneity

estimates = st.lists(st.tuples(st.floats(1.0, 1e7), st.floats(0.02, 0.8)), min_size=1, max_size=6)


def test_three_estimates_that_agree():
    # Weights 1/ln(1.01), 1/ln(1.04), 1/ln(1.0225) = 100.50, 25.50, 44.94; Q = 0.87 on 2 df, so nothing is added.
    found = combine_populations([380e3, 350e3, 410e3], [0.10, 0.20, 0.15])
    assert [round(value) for value in found] == [382_942, 329_631, 444_874]


def test_disagreement_widens_the_interval_and_levels_the_weights():
    # ln 2 apart, s = 0.1 and 0.2. w = 100, 25; mean = 0.2 ln 2; Q = 100 x 0.2^2 ln2^2 + 25 x 0.8^2 ln2^2 = 20 ln2^2 = 9.609.
    # tau^2 = (9.609 - 1) / (125 - 10,625 / 125) = 8.609 / 40 = 0.21523; w* = 1/0.22523, 1/0.25523 = 4.43991, 3.91803.
    result = heterogeneity(np.log([[1.0], [2.0]]), np.array([[0.1], [0.2]]))
    assert result.q[0] == pytest.approx(20 * np.log(2) ** 2)
    assert result.between[0] == pytest.approx(0.21523, abs=1e-5)
    assert result.mean[0] == pytest.approx(3.91803 / (4.43991 + 3.91803) * np.log(2), rel=1e-4)
    assert result.sigma[0] == pytest.approx((4.43991 + 3.91803) ** -0.5, rel=1e-4)


@given(estimates)
def test_the_order_of_methods_does_not_matter(pairs):
    people, rsd = np.array(pairs).T
    assert combine_populations(people[::-1], rsd[::-1]) == pytest.approx(combine_populations(people, rsd), rel=1e-9)


@given(estimates, st.floats(0.1, 10.0))
def test_scaling_every_estimate_scales_the_combination(pairs, factor):
    people, rsd = np.array(pairs).T
    expected = [factor * value for value in combine_populations(people, rsd)]
    assert combine_populations(factor * people, rsd) == pytest.approx(expected, rel=1e-9)


@given(estimates)
def test_the_median_lies_within_the_estimates_and_within_its_interval(pairs):
    people, rsd = np.array(pairs).T
    found = combine_populations(people, rsd)
    assert people.min() * (1 - 1e-9) <= found.median <= people.max() * (1 + 1e-9)
    assert found.lower < found.median < found.upper


def test_one_estimate_stays_as_it_is():
    found = combine_populations([100.0], [0.2])
    assert found == pytest.approx((100.0, *interval(100.0, sigma_log(0.2))))


def test_many_populations_at_once_give_the_bits_of_each_alone():
    rng = np.random.default_rng(3)
    people = rng.lognormal(10, 1, (12, 40))
    people[rng.uniform(size=people.shape) < 0.4] = np.nan
    rsd = rng.uniform(0.05, 0.6, people.shape)
    together = combine_populations(people, rsd)
    for place in range(40):
        alone = combine_populations(people[:, [place]], rsd[:, [place]])
        assert [values[0] for values in alone] == [values[place] for values in together]


def test_a_method_with_nothing_to_say_changes_nothing():
    both = combine_populations([[100.0], [np.nan], [120.0]], [0.1, 0.1, 0.2])
    without = combine_populations([[100.0], [120.0]], [0.1, 0.2])
    assert [values.tolist() for values in both] == [values.tolist() for values in without]
    assert np.isnan(combine_populations([[np.nan]], [0.1]).median).all()


def test_intervals_hold_the_truth_when_the_errors_are_as_stated():
    rng = np.random.default_rng(11)
    sigma = np.array([0.1, 0.2, 0.15])[:, None]
    people = np.exp(rng.normal(0.0, sigma, (3, 20_000)))
    found = combine_populations(people, np.sqrt(np.expm1(sigma**2))[:, 0])
    covered = np.mean((found.lower <= 1.0) & (found.upper >= 1.0))
    # Adding a variance only when Q exceeds its mean errs on the wide side; the Monte Carlo error is 0.0015.
    assert 0.945 < covered < 0.975


@pytest.mark.parametrize(
    ("people", "rsd", "message"),
    [
        ([], [], "one row per method"),
        ([1.0, 0.0], [0.1, 0.1], "one row per method"),
        ([1.0, 2.0], [0.1], "one row per method"),
        ([1.0, np.inf], [0.1, 0.1], "one row per method"),
        ([1.0, 2.0], [0.1, 0.0], "without an uncertainty"),
        ([1.0, 2.0], [0.1, np.nan], "without an uncertainty"),
    ],
)
def test_what_cannot_be_combined_is_refused(people, rsd, message):
    with pytest.raises(DataRefused, match=message):
        combine_populations(people, rsd)
