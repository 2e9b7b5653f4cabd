"""Sampling specifications: shipped, the user's own, and what cannot be one."""

import csv

import pytest

from headworks.core.errors import ParameterError
from headworks.reference.parameter_files import DATA_DIR, STATUSES
from headworks.reference.sampling_rules import RULE_COLUMNS, RULES_FILE, sampling_rules

GOOD = {"specification": "ours", "edition": "2026", "rule": "interval", "field": "interval_min", "operator": "at_most",
        "value": "15", "unit": "min", "is_required": "yes", "severity": "major", "status": "none"}  # fmt: skip


@pytest.fixture
def written(tmp_path):
    def write(*rows):
        path = tmp_path / "rules.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, RULE_COLUMNS, restval="")
            writer.writeheader()
            writer.writerows([GOOD | row for row in rows])
        return path

    return write


def test_the_shipped_specification_covers_what_a_sample_can_say():
    rules = sampling_rules()
    assert set(rules["field"]) == {
        "mode", "window_h", "interval_min", "volume_ml", "ph", "temperature_c", "transport_h", "holding_h",
        "transport_temperature_c", "field_blanks", "duplicates",
    }  # fmt: skip
    assert rules.filter("is_required")["rule"].to_list() == ["composite"]


def test_every_shipped_number_says_where_it_is_from_and_no_citation_is_made_up():
    rules = sampling_rules()
    assert set(rules["status"]) <= set(STATUSES)
    assert rules.filter(status="none")["citation"].null_count() == rules.filter(status="none").height
    assert rules["note"].null_count() == 0
    assert "DB52" not in (DATA_DIR / RULES_FILE).read_text(encoding="utf-8")


def test_a_file_of_ones_own_is_used_instead(written):
    rules = sampling_rules(own_file=written({}))
    assert rules.select("specification", "value", "is_required").rows() == [("ours", "15", True)]


def test_one_of_several_specifications_is_named(written):
    path = written({}, {"specification": "theirs", "value": "30"})
    assert sampling_rules("theirs", path)["value"].to_list() == ["30"]
    with pytest.raises(ParameterError, match="no sampling specification of that name") as refusal:
        sampling_rules(own_file=path)
    assert "ours" in refusal.value.remedy
    with pytest.raises(ParameterError, match="no sampling specification of that name"):
        sampling_rules("hers", path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"field": "colour"}, "asks about a field that no sample has"),
        ({"operator": "one_of"}, "operator does not fit the field"),
        ({"value": "often"}, "value of a rule is not a number"),
        ({"field": "duplicates", "operator": "one_per", "value": "0"}, "value of a rule is not a number"),
        ({"field": "mode", "operator": "one_of", "value": "flow_proportionl"}, "There is no mode flow_proportionl"),
        ({"applies_to_modes": "grabs"}, "There is no mode grabs"),
        ({"severity": "grave"}, "severity is not one of those known"),
        ({"is_required": "perhaps"}, "is_required is not one of those known"),
        ({"status": "rumour"}, "status is not one of those known"),
        ({"edition": ""}, "A rule has no edition"),
        ({"value": ""}, "A rule has no value"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused_with_its_place(written, change, message):
    with pytest.raises(ParameterError, match=message) as refusal:
        sampling_rules(own_file=written(change))
    assert refusal.value.code == "HW-P003"
    assert "rules.csv, row 2" in refusal.value.where


def test_all_breaches_are_told_at_once_and_a_rule_is_named_once(written):
    with pytest.raises(ParameterError, match="names a rule twice") as refusal:
        sampling_rules(own_file=written({}, {"field": "colour"}))
    assert "no sample has" in refusal.value.what
