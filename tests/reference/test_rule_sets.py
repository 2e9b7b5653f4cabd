from __future__ import annotations

import itertools

import pytest

from headworks.core.errors import UsageError
from headworks.reference.rule_sets import rule_set_names, rule_set_text, shipped_trial_text, trial_province


def test_shipped_sets_are_found_by_name_each_with_its_trial():
    assert rule_set_names() == ["programme_register", "recommended"]
    for name in rule_set_names():
        assert f"id: {name}" in rule_set_text(name)
        assert shipped_trial_text(name) is not None
    assert shipped_trial_text("own") is None


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(UsageError, match="No rule set of this name") as caught:
        rule_set_text("recomended")
    assert (caught.value.code, caught.value.remedy) == ("HW-U260", "Did you mean recommended?")


def test_the_trial_province_has_areas_of_all_sizes():
    said = trial_province()
    assert len(said["classes"]) * said["areas_per_class"] >= 200
    edges = [(one["low"], one["high"]) for one in said["classes"]]
    assert all(first[1] == second[0] for first, second in itertools.pairwise(edges))
