"""Top-down uncertainty, duplicates near the limit, and the two scopes; published numbers stand in tests/published."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.core.errors import DataRefused
from headworks.lab.uncertainty import (
    NearLimit,
    assigned_value_uncertainty,
    bias_from_reference,
    bias_from_rounds,
    duplicate_sd,
    near_limit_from_pairs,
    split_scopes,
    top_down,
    within_laboratory,
)


def test_parts_add_in_squares():
    assert within_laboratory(3.0, 4.0) == 5.0
    assert top_down(3.0, 4.0).expanded == 10.0
    # 3^2 + 4^2 / 16 + 2^2 = 14.
    assert bias_from_reference(3.0, 4.0, 16, 2.0) ** 2 == pytest.approx(14.0)
    assert assigned_value_uncertainty(6.0, 9, is_robust=True) == pytest.approx(2.5)


def test_five_rounds_are_too_few_for_a_bias():
    with pytest.raises(DataRefused, match="at least 6 proficiency rounds") as refused:
        bias_from_rounds([1, 2, 3, 4, 5], 1.0)
    assert refused.value.code == "HW-D615"


@pytest.mark.parametrize(("constant", "proportional"), [(0.5, 0.1), (2.0, 0.05)])
def test_duplicates_find_the_floor_and_the_slope_they_were_made_with(constant, proportional):
    rng = np.random.default_rng(2)
    truth = np.exp(rng.uniform(np.log(2), np.log(2000), 4000))
    sd = np.sqrt(constant**2 + (proportional * truth) ** 2)
    first, second = (truth + sd * rng.standard_normal(truth.size) for _ in range(2))
    keep = first + second > 0
    found = near_limit_from_pairs(first[keep], second[keep])
    assert (found.constant, found.proportional) == pytest.approx((constant, proportional), rel=0.1)


def test_near_the_limit_the_constant_part_rules_and_far_above_the_proportional_one():
    u = NearLimit(1.0, 0.1)
    assert u.relative_at([0.1, 10.0, 1e6]) == pytest.approx([10.0, np.sqrt(0.02), 0.1], rel=1e-3)


def test_pairs_that_cannot_tell_are_refused():
    assert duplicate_sd([10.0, 12.0], [8.0, 10.0]) ** 2 == pytest.approx(2.0)
    for first, second in (([1.0] * 7, [1.1] * 7), ([1.0] * 8, [1.0] * 7), ([1.0] * 8, [np.nan] * 8)):
        with pytest.raises(DataRefused, match="at least 8 quantified results") as refused:
            near_limit_from_pairs(first, second)
        assert refused.value.code == "HW-D616"


@given(st.floats(0, 0.5), st.floats(0, 0.5), st.floats(0, 0.5))
def test_scopes_together_are_the_whole_and_nothing_is_counted_twice(repeatability, between, bias):
    whole = np.hypot(repeatability, between)
    found = split_scopes(repeatability, bias=bias, within=whole)
    assert np.hypot(found.u_day, found.u_batch) == pytest.approx(top_down(whole, bias).combined, abs=1e-7)


def test_the_larger_of_calibration_and_scatter_between_batches_is_shared():
    assert split_scopes(0.03, calibration=0.06, within=0.05).u_batch == pytest.approx(0.06)
    assert split_scopes(0.03, calibration=0.01, within=0.05).u_batch == pytest.approx(0.04)
    with pytest.raises(DataRefused, match="at least 0") as refused:
        split_scopes(-0.1)
    assert refused.value.code == "HW-D617"
