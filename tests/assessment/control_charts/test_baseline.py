import numpy as np
import pytest
from tests.assessment.control_charts.builders import quiet, watched

from headworks.assessment.control_charts import baseline
from headworks.assessment.control_charts.baseline import moving_ranges
from headworks.core.errors import DataRefused


def test_points_that_are_judged_do_not_move_what_is_usual():
    values, first = watched(50.0, -20.0)
    found = baseline(values, first)
    assert found.centre.tolist() == [[2.0] * 12]
    assert found.mean_range.item() == 2.0


def test_a_gap_is_passed_over():
    assert moving_ranges(np.array([[1.0, np.nan, 4.0, 2.0]]))[0, 2:].tolist() == [3.0, 2.0]
    values, first = watched()
    values[0].insert(3, np.nan)
    assert baseline(values, [*first, True]).mean_range.item() == 2.0


def test_each_season_has_its_own_centre():
    # Winters at 10 and 12, summers at 0 and 2: residuals of -1 and 1.
    found = baseline([[10.0, 0.0, 12.0, 2.0] * 3], [True] * 12, [0, 1] * 6)
    assert found.centre[0, :2].tolist() == [11.0, 1.0]
    # Pairs of residuals -1 -1 1 1: ranges 0 2 0 2 … of 11 pairs, 5 are 2.
    assert found.mean_range.item() == pytest.approx(10 / 11)


def test_sigma_of_quiet_series_is_found_again():
    # 400 series of 50 points; the standard error of the mean sigma is about 0.6 %.
    assert baseline(*quiet(400, 50, 0)).sigma.mean() == pytest.approx(1.0, abs=0.025)


def test_a_first_phase_too_short_is_refused():
    with pytest.raises(DataRefused, match=r"does not say what is usual.*7 known points"):
        baseline([[1.0] * 9], [True] * 7 + [False] * 2)
    with pytest.raises(DataRefused, match=r"season has no point in the first phase.*season 1"):
        baseline([[1.0] * 10], [True] * 9 + [False], [0] * 9 + [1])
    with pytest.raises(DataRefused, match="a row per series"):
        baseline([1.0, 2.0], [True, True])
