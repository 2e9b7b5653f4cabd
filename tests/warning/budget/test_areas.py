import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.warning.budget.builders import small_province

from headworks.core.errors import DataRefused
from headworks.warning.budget import area_evidence, units_of


def test_evidence_of_a_county_by_hand():
    # County 3: own 4, sites 1, 2 and 6 of mean 3, so 3.5; city 1: own 1, so 2.25.
    own = [1.0, 1.0, 1.0, 4.0, 1.0, 1.0, 2.0, 6.0, 1.0, 1.0]
    found = area_evidence(own, small_province())
    assert found[[3, 1]].tolist() == [3.5, 2.25]


@given(st.lists(st.floats(0, 1e6), min_size=10, max_size=10), st.floats(0.1, 10))
def test_evidence_is_linear_so_its_mean_stays_one(own, times):
    units = small_province()
    assert area_evidence(np.array(own) * times, units) == pytest.approx(times * area_evidence(own, units))
    assert area_evidence(np.ones(10), units).tolist() == [1.0] * 10


def test_an_area_without_roll_up_has_its_children_and_one_without_either_is_not_assessed():
    nan = float("nan")
    assert area_evidence([nan, 3.0, nan], units_of([-1, 0, 0], [3, 6, 6]))[0] == 3.0
    assert np.isnan(area_evidence([nan, nan], units_of([-1, 0], [3, 6]))).all()


@pytest.mark.parametrize("own", [[1.0], [-1.0] * 10])
def test_what_is_no_evidence_is_refused(own):
    with pytest.raises(DataRefused, match="at least 0") as refused:
        area_evidence(own, small_province())
    assert refused.value.code == "HW-D821"
