import numpy as np
import pytest
from tests.assessment.control_charts.builders import FIRST, SIGMA, quiet, watched

from headworks.assessment.control_charts import cusum_chart, cusum_run_length, ewma_chart
from headworks.core.errors import DataRefused


def test_a_weighted_mean_by_hand():
    # 0.2 x 2 = 0.4, then 0.2 x 1 + 0.8 x 0.4 = 0.52; limits 2.7 sqrt(0.2 (1 - 0.8^2t) / 1.8).
    found = ewma_chart(*watched(2.0, 1.0))
    assert found.level[0, -2:] == pytest.approx([0.4, 0.52])
    assert found.limit[0, -2:] == pytest.approx([0.54, 0.691537], abs=1e-6)


def test_sums_by_hand():
    # Up: 2 - 0.5 = 1.5, 1.5 + 3.9 - 0.5 = 4.9, 4.9 + 1 - 0.5 = 5.4 > 5; down stays at 0.
    found = cusum_chart(*watched(2.0, 3.9, 1.0))
    assert found.high[0, -3:] == pytest.approx([1.5, 4.9, 5.4])
    assert found.low[0, -3:] == pytest.approx([0.0, 0.0, 0.0])
    assert found.is_outside[0].tolist() == [False] * 12 + [True]


def test_what_falls_is_what_rises_upside_down():
    values, first = watched(1.0, -2.0, 0.5, 3.0)
    up, down = cusum_chart(values, first), cusum_chart(-np.array(values), first)
    np.testing.assert_allclose(up.high, down.low)
    assert ewma_chart(-np.array(values), first).level == pytest.approx(-ewma_chart(values, first).level, nan_ok=True)


def test_nothing_moves_at_a_gap():
    values, first = watched(2.0, 0.0, 1.0)
    values[0][-2] = np.nan
    assert cusum_chart(values, first).high[0, -3:] == pytest.approx([1.5, 1.5, 2.0])
    assert ewma_chart(values, first).level[0, -3:] == pytest.approx([0.4, 0.4, 0.52])


def test_simulated_run_lengths_are_those_of_the_markov_chain():
    # Centre and sigma of this first phase are exact. 300 runs: the standard error of a mean of about 168 is 9.5.
    noise, _ = quiet(300, 0, 1_200)
    values = np.c_[np.tile(FIRST, (300, 1)), 2.0 + SIGMA * noise]
    calls = cusum_chart(values, np.arange(1_210) < 10, height=4.0).is_outside[:, 10:]
    first_call = np.where(calls.any(axis=1), calls.argmax(axis=1) + 1, 1_200)
    assert first_call.mean() == pytest.approx(cusum_run_length(0.0, 0.5, 4.0), abs=40)


def test_a_series_without_scatter_and_constants_of_no_size_are_refused():
    with pytest.raises(DataRefused, match=r"first phase does not vary.*series 2"):
        cusum_chart([[*FIRST, 1.0], [1.0] * 11], [True] * 10 + [False])
    with pytest.raises(DataRefused, match=r"constant of a chart.*height"):
        cusum_chart(*watched(1.0), height=0.0)
    with pytest.raises(DataRefused, match=r"constant of a chart.*width"):
        ewma_chart(*watched(1.0), width=-1.0)
