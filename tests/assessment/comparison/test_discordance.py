import numpy as np
import pytest

from headworks.assessment.comparison import discordance
from headworks.core.errors import DataRefused


def test_percentiles_are_of_the_middle_of_each_place_and_ties_share():
    # Ranks 1, 2.5, 2.5, 4, 5 of five: (rank - 1/2) / 5.
    found = discordance(np.tile([0.0, 1, 1, 2, 3], (100, 1)), [1, 2, 3, 4, 5])
    assert found.load_percentile == pytest.approx([0.1, 0.4, 0.4, 0.7, 0.9])
    assert found.activity_percentile == pytest.approx([0.1, 0.3, 0.5, 0.7, 0.9])
    assert found.needs_look == [""] * 5


def test_a_poorly_measured_area_is_not_flagged():
    rng = np.random.default_rng(1)
    load = np.tile([1.0, 2.0, 3.0, 4.0, 5.0], (400, 1))
    activity = [2.0, 3.0, 4.0, 5.0, 0.0]
    assert discordance(load, activity).needs_look[-1] == "load_high_reports_low"
    load[:, -1] += 4 * rng.standard_normal(400)
    assert discordance(load, activity).needs_look[-1] == ""


def test_few_reports_of_a_quiet_area_are_in_order_and_many_are_looked_at():
    found = discordance(np.tile([1.0, 2.0, 3.0, 4.0, 5.0], (100, 1)), [9.0, 1.0, 2.0, 3.0, 4.0])
    assert found.needs_look == ["load_low_reports_high", "", "", "", ""]


def test_draws_of_other_areas_are_refused():
    with pytest.raises(DataRefused, match="not of the same areas"):
        discordance(np.zeros((100, 5)), [1, 2, 3, 4])
