"""Areas against their middle area: the five of the overdispersion example, and what is left out."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headworks.workflows.assessment import funnel_of_areas

# Two figures that are the same but for the last bits are one measurement; these are two.
_APART = 1e-6


def rows(loads, errors=0.1):
    """One row per area, its errors all from the days."""
    n = len(loads)
    u_day = [errors] * n if isinstance(errors, float) else errors
    return pl.DataFrame(
        {"area_id": [f"a{i:02}" for i in range(n)], "load_mg_per_1000_per_day": loads, "u_day": u_day, "u_batch": [None] * n,
         "u_site": [0.0] * n}, schema_overrides={"u_batch": pl.Float64, "load_mg_per_1000_per_day": pl.Float64},
    )  # fmt: skip


def test_the_limits_are_those_of_the_worked_example():
    # log(1 + u^2) = 0.01 gives s = 0.1; logs at -0.2, -0.2, 0, 0.2, 0.2 about log 10 are z = -2, -2, 0, 2, 2. Five values have
    # no tenth to pull in, so phi = 16/5 = 3.2 and tau^2 = 0.01 x 3 = 0.03: z_D = 0.2 / sqrt(0.01 + 0.03) = 1.
    u = math.sqrt(math.expm1(0.01))
    found = funnel_of_areas(rows([10 * math.exp(z / 10) for z in (-2, -2 + _APART, 0, 2, 2 + _APART)], u))
    assert found.target == pytest.approx(10.0)
    assert (found.spread.phi, found.spread.tau**2) == pytest.approx((3.2, 0.03))
    assert found.areas["z"].to_list() == pytest.approx([-1.0, -1.0, 0.0, 1.0, 1.0], abs=1e-5)
    assert set(found.areas["standing"]) == {"inside"}
    # At s = 0.1 the outer limit of 95 % is 10 exp(1.96 x 0.2).
    at = np.interp(0.1, found.limits["log_sd"], found.limits["upper_95"])
    assert at == pytest.approx(10 * math.exp(1.959964 * 0.2), rel=1e-3)


def test_an_area_far_above_nine_that_agree_stands_outside_and_is_not_allowed_to_widen_the_limits():
    found = funnel_of_areas(rows([*np.geomspace(9.5, 10.5, 19), 100.0]))
    assert found.areas["standing"].to_list() == ["inside"] * 19 + ["above_998"]
    assert not found.spread.is_present


def test_what_has_no_load_or_no_error_is_left_out_and_counted():
    found = funnel_of_areas(rows([10.0, None, 0.0, 11.0, 9.0, 8.0, 12.0, 13.0], [0.1] * 7 + [0.0]))
    assert (found.areas.height, found.n_left_out) == (5, 3)


def test_towns_of_one_plant_are_one_measurement_and_stand_alike():
    alone = funnel_of_areas(rows([1.0, 2.0, 4.0, 8.0, 90.0]))
    shared = funnel_of_areas(rows([1.0, 2.0, 4.0, 8.0, 90.0, 90.0 * (1 + 1e-15), 90.0]))
    assert shared.target == alone.target == pytest.approx(4.0)
    assert shared.spread.tau == alone.spread.tau
    assert shared.areas["is_shared"].to_list() == [False] * 5 + [True] * 2
    assert shared.areas["z"][4] == shared.areas["z"][6] == alone.areas["z"][4]
    assert funnel_of_areas(rows([1.0, 2.0, 4.0, 8.0, 8.0])) is None


def test_four_areas_are_too_few():
    assert funnel_of_areas(rows([10.0, 11.0, 9.0, 10.0])) is None
    assert funnel_of_areas(rows([])) is None


@settings(max_examples=40)
@given(st.lists(st.integers(1, 10_000), min_size=5, max_size=12, unique=True), st.sampled_from([0.25, 2, 1024]), st.randoms())
def test_another_unit_moves_the_figures_and_nobody_s_standing(loads, times, random):
    order = list(range(len(loads)))
    random.shuffle(order)
    one, other = rows(loads), rows([times * load for load in loads])[order]
    found, again = funnel_of_areas(one), funnel_of_areas(other)
    assert again.areas["area_id"].to_list() == found.areas["area_id"].to_list()
    assert again.areas["z"].to_numpy() == pytest.approx(found.areas["z"].to_numpy(), abs=1e-6)
    assert again.target == pytest.approx(times * found.target)
