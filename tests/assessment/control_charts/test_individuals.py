import numpy as np
import pytest
from tests.assessment.control_charts.builders import quiet, watched

from headworks.assessment.control_charts import individuals_chart


def test_limits_are_the_centre_and_2_66_mean_ranges():
    values, first = watched(2.9, 3.1, -3.1)
    found = individuals_chart(values, first)
    assert (found.upper[0, 0] - 2.0) / 2.0 == pytest.approx(2.66, abs=0.005)
    assert found.range_upper.item() / 2.0 == pytest.approx(3.267, abs=0.001)
    assert found.is_outside[0, -3:].tolist() == [False, True, True]


def test_a_leap_is_outside_by_its_range():
    values, first = watched(-2.9, 2.9)
    found = individuals_chart(values, first)
    assert found.is_range_outside[0, -2:].tolist() == [False, True]
    assert not found.is_outside[0].any()


def test_a_gap_never_calls():
    values, first = watched(0.0)
    values[0][-1] = np.nan
    found = individuals_chart(values, first)
    assert not found.is_outside.any()
    assert not found.is_range_outside.any()


def test_a_quiet_series_calls_about_once_in_370_points():
    # 2,000 series of 100 points after a first phase of 200: 200,000 points; sigma from 200 points adds a little.
    values, first = quiet(2_000, 200, 100)
    assert individuals_chart(values, first).is_outside[:, ~first].mean() == pytest.approx(0.0027, abs=0.0009)
