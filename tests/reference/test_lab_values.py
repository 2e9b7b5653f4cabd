"""The laboratory's profiles and constants: each with its source, and none that is not there."""

import pytest

from headworks.core.errors import ParameterError
from headworks.reference.lab_values import calibration_profile, calibration_profiles, lab_constant, lab_constants
from headworks.reference.parameter_files import STATUSES


def test_every_constant_has_a_status_and_a_source():
    rows = lab_constants()
    assert set(rows["status"]) <= set(STATUSES)
    assert rows.filter(status="none")["citation"].null_count() == rows.filter(status="none").height
    assert rows.filter(rows["status"] != "none")["citation"].null_count() == 0
    assert rows["constant"].is_unique().all()


def test_profiles_bound_the_lowest_level_no_tighter_than_the_others():
    for name, profile in calibration_profiles().items():
        assert profile.name == name
        assert profile.deviation_limit_lowest >= profile.deviation_limit > 0
        assert 0 < profile.standard_area_lower < 1 < profile.standard_area_upper
        assert (profile.status == "none") == (profile.citation == "")


def test_a_profile_of_ones_own_stays_as_it_is():
    own = calibration_profiles()["ich_m10"]._replace(name="ours", least_levels=4)
    assert calibration_profile(own) is own


def test_names_that_are_not_there_are_refused_with_the_nearest():
    with pytest.raises(ParameterError, match="Did you mean ich_m10") as refused:
        calibration_profile("ich_m1")
    assert refused.value.code == "HW-D600"
    with pytest.raises(ParameterError, match="no such constant") as refused:
        lab_constant("pi")
    assert refused.value.code == "HW-D601"
