"""Profiles of acceptance: shipped, the user's own, and what cannot be one."""

import csv

import pytest

from headworks.core.errors import ParameterError
from headworks.lab.quality.westgard import RULES
from headworks.reference.laboratory_rules import (
    IDENTIFICATION_COLUMNS,
    QUALITY_COLUMNS,
    identification_rules,
    quality_rules,
    small_sample_factors,
)

RATIO = {"profile": "ours", "edition": "1", "rule": "ion_ratio", "limit": "25", "unit": "percent", "basis": "qualifier_over_quantifier",
         "is_required": "yes", "status": "none"}  # fmt: skip
BLANK = {
    "profile": "ours",
    "edition": "1",
    "check": "blank",
    "rule": "at_loq",
    "limit_upper": "0.5",
    "consequence": "look",
    "status": "none",
}


@pytest.fixture
def written(tmp_path):
    def write(columns, *rows):
        path = tmp_path / "rules.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
        return path

    return write


@pytest.mark.parametrize("profile", ["eu-2021-808", "sante-11312-2021", "2002-657-ec", "wada-td2023idcr", "headworks-default"])
def test_every_shipped_profile_has_a_time_and_a_ratio_and_says_how_sure_its_numbers_are(profile):
    rules = identification_rules(profile)
    assert {"retention_time", "ion_ratio"} <= set(rules["rule"])
    assert set(rules["status"]) <= {"verified", "from memory", "none"}


def test_every_multi_rule_of_the_profiles_is_known():
    rules = (
        quality_rules()
        .filter(check="westgard")
        .filter(~quality_rules().filter(check="westgard")["rule"].str.ends_with("_points"))
    )
    assert set(rules["rule"]) <= set(RULES)


def test_a_file_of_ones_own_is_used_instead(written):
    assert identification_rules("ours", written(IDENTIFICATION_COLUMNS, RATIO))["limit"].to_list() == [25.0]
    assert quality_rules("ours", written(QUALITY_COLUMNS, BLANK))["limit_upper"].to_list() == [0.5]


@pytest.mark.parametrize("read", [identification_rules, quality_rules])
def test_a_profile_nobody_wrote_is_refused_with_the_nearest(read):
    with pytest.raises(ParameterError, match="no profile of acceptance of that name") as refusal:
        read("headwork-default")
    assert refusal.value.code == "HW-D621"
    assert "headworks-default" in refusal.value.remedy


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"rule": "colour"}, "No such rule of identification"),
        ({"unit": "ppm"}, "The unit does not fit the rule"),
        ({"basis": "up"}, "The basis does not fit the rule"),
        ({"limit": "0"}, "A limit is above zero"),
        ({"limit": "wide"}, "not a number"),
        ({"is_required": "maybe"}, "is_required is not one of those known"),
        ({"profile": ""}, "A rule has no profile"),
    ],
)
def test_a_rule_of_identification_that_cannot_be_is_refused(written, change, says):
    with pytest.raises(ParameterError, match=says):
        identification_rules("ours", written(IDENTIFICATION_COLUMNS, RATIO | change))


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([BLANK | {"limit_upper": ""}], "A rule has no limit"),
        ([BLANK | {"limit_upper": "nan"}], "not a number"),
        ([BLANK | {"consequence": "shrug"}], "consequence is not one of those known"),
        ([BLANK, BLANK], "names a rule twice"),
    ],
)
def test_a_rule_of_quality_that_cannot_be_is_refused(written, rows, says):
    with pytest.raises(ParameterError, match=says):
        quality_rules("ours", written(QUALITY_COLUMNS, *rows))


def test_factors_of_small_samples_are_there_for_two_to_nine():
    assert sorted(small_sample_factors()) == list(range(2, 10))
