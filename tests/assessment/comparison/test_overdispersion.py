import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.assessment.comparison import overdispersed_limits, overdispersion, root_of_counts
from headworks.core.errors import DataRefused


def test_one_outlier_of_ten_is_cut_to_the_next_value():
    # Sorted z: -1 five times, 1 four times, 9; floor(10 x 0.1) = 1 is cut at each end: phi = 1.
    found = overdispersion([-1.0] * 5 + [1.0] * 4 + [9.0], 1.0, 0.0)
    assert (found.phi, found.cut_lower, found.cut_upper) == (1.0, -1.0, 1.0)
    assert found.phi_raw == pytest.approx(9.0)


def test_places_that_differ_by_less_than_chance_are_not_overdispersed():
    found = overdispersion([0.1, -0.1, 0.05, 0.0, -0.05], 1.0, 0.0)
    assert (found.tau, found.is_present) == (0.0, False)
    assert np.array_equal(found.z, found.z_additive)
    assert overdispersed_limits([2.0], 0.0, found, (1.96,), "multiplicative").item() == pytest.approx(3.92)


@given(st.floats(0.01, 100))
def test_another_unit_changes_tau_by_its_factor_and_no_z(factor):
    y, s = np.array([1.0, 4.0, -3.0, 0.5, -6.0, 2.0]), np.array([1.0, 0.5, 1.0, 2.0, 1.0, 0.7])
    one, other = overdispersion(y, s, 0.2), overdispersion(factor * y, factor * s, factor * 0.2)
    assert other.tau == pytest.approx(factor * one.tau)
    assert other.z_additive == pytest.approx(one.z_additive)


def test_the_variance_between_places_is_found_again():
    # 4,000 places, tau = 0.5; the standard error of tau is then about 0.011 (cutting a tenth at each end takes its share).
    rng = np.random.default_rng(1)
    s = rng.uniform(0.2, 0.6, 4_000)
    found = overdispersion(0.5 * rng.standard_normal(4_000) + s * rng.standard_normal(4_000), s, 0.0, winsorised=0.0)
    assert found.tau == pytest.approx(0.5, abs=0.035)


def test_limits_are_where_z_is_the_quantile():
    y, s = np.array([1.0, 4.0, -3.0, 0.5, -6.0, 2.0]), np.ones(6)
    found = overdispersion(y, s, 0.0)
    for form, z in (("additive", found.z_additive), ("multiplicative", found.z_multiplicative), ("none", found.z)):
        limit = overdispersed_limits([1.0], 0.0, found, (z[1],), form)
        assert limit.item() == pytest.approx(4.0)


def test_what_cannot_be_is_refused():
    with pytest.raises(DataRefused, match=r"Too few places.*4 places"):
        overdispersion([1, 2, 3, 4], 1.0, 0.0)
    with pytest.raises(DataRefused, match=r"standard error is not above 0.*place 2"):
        overdispersion([1, 2, 3, 4, 5], [1, 0, 1, 1, 1], 0.0)
    with pytest.raises(DataRefused, match="expected count is not above 0"):
        root_of_counts([1], [0])
