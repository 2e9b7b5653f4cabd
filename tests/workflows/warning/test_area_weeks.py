"""Normals of one area alone: as wide as they say, in the body and far out, and no signal by one week."""

import numpy as np
import pytest
from tests.workflows.warning.test_judged import days, network

from headworks.workflows.warning import ask, judge_days
from headworks.workflows.warning.area_weeks import FARTHEST_ALONE, one_step_ahead

WEEKS, BEFORE = 104, 52


@pytest.mark.parametrize("noise", [0.02, 0.07, 0.18])
def test_a_province_alone_is_as_wide_as_it_says_in_body_and_tail(noise):
    rng = np.random.default_rng(11)
    told = []
    for _ in range(60):
        own = rng.normal(0, np.hypot(noise, 0.024), (1, WEEKS)) + np.cumsum(rng.normal(0, 0.002, (1, WEEKS)), axis=1)
        told.append(one_step_ahead(own, np.full((1, WEEKS), 0.024**2), 4, n_before=BEFORE).z[0, BEFORE:])
    z = np.concatenate(told)
    # 3,120 weeks; years learn their noise together, so 60 of them tell a deviation to some 3 %.
    assert 0.9 < z.std() < 1.1
    # 3.1 are expected of one in 1,000, and of a deviation of 1.3 fifty.
    assert np.count_nonzero(np.abs(z) > 3.2905) <= 9


def test_the_topmost_area_says_nothing_by_one_week_and_its_counties_do():
    judged = judge_days(days(lambda site, week: 3.0 if week >= 58 else 1.0), network(), None, 12)
    top = judged.units.unit_id.index("P")
    up = ask(judged).p[top, 0]
    assert np.nanmax(np.abs(judged.z[0, top])) == FARTHEST_ALONE
    # 3 alone has 0.00135, asked in two ways; with two quiet weeks before it up to thrice as many windows.
    assert 2 * 0.00135 <= up[-2] <= 6 * 0.00135
    assert up[-1] < up[-2] / 10
    assert judged.z[0, judged.units.unit_id.index("K0"), -1] > 4.0
