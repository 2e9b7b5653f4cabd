"""A rule set is read as written, and every breach of it is told with its line."""

from __future__ import annotations

import pytest

from headworks.assessment.rules import read_rule_set, rule_digest
from headworks.core.errors import DataRefused
from headworks.reference.rule_sets import rule_set_names, rule_set_text
from headworks.workflows.assessment import assessable_columns

SHELF = {"area_loads": ("area_id", "period", "analyte", "load", "lower", "upper", "coverage")}
GOOD = """id: own
version: "1"
valid_from: 2024-01-01
period: quarter
criteria:
  high:
    table: area_loads
    family: sewage
    evidence: log_normal
    value: load
    lower: lower
    upper: upper
    threshold: 40
lists:
  watch:
    kind: adverse
    enter: {when: high, probability: 0.8, periods: 2, of: 3}
    leave: {probability: 0.8}
"""


def refusal(text: str) -> DataRefused:
    with pytest.raises(DataRefused) as caught:
        read_rule_set(text, "own.yaml", SHELF)
    return caught.value


def test_a_rule_set_says_what_is_written():
    found = read_rule_set(GOOD, "own.yaml", SHELF)
    assert (found.rule_set_id, found.period, found.valid_from) == ("own", "quarter", "2024-01-01")
    assert found.criteria[0].threshold == 40
    assert found.criteria[0].columns.upper == "upper"
    enter = found.lists[0].enter
    assert (enter.when, enter.probability, enter.periods, enter.of) == (("high",), 0.8, 2, 3)
    # What leaves is the opposite of what enters, where nothing else is said.
    assert found.lists[0].leave.when == ("high",)


def test_an_unknown_field_gets_its_line_and_the_nearest_that_exists():
    problem = refusal(GOOD.replace("    threshold: 40", "    treshold: 40"))
    assert problem.code == "HW-D781"
    assert "line 13: criteria.high has no such field. Found: treshold. Did you mean threshold?" in problem.found
    assert "criteria.high lacks the field threshold" in problem.found


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("table: area_loads", "table: area_load", "line 7: criteria.high.table is none of the words it can be. Found: area_load."),
        ("value: load", "value: laod", "line 10: criteria.high.value is no column of its table. Found: laod. Did you mean load?"),
        ("threshold: 40", "threshold: forty", "line 13: criteria.high.threshold is not a number it can be. Found: forty."),
        ("when: high", "when: hihg", "line 17: lists.watch.enter.when names no criterion. Found: hihg. Did you mean high?"),
        ("probability: 0.8, p", "probability: 8, p", "line 17: lists.watch.enter.probability is not a number it can be. Found: 8."),
        ("of: 3", "of: 1", "line 17: lists.watch.enter.of is not a number it can be. Found: 1. Give a number from 2 to 60"),
        ("periods: 2", "periods: 1.5", "line 17: lists.watch.enter.periods is not a whole number."),
        ("kind: adverse", "kind: black", "line 16: lists.watch.kind is none of the words it can be. Found: black."),
        ("2024-01-01", "2024-13-01", "line 3: valid_from is not a date. Found: 2024-13-01."),
        ("    upper: upper\n", "", "criteria.high has no uncertainty."),
        ("of: 3}", "of: 3, families: 2}", "lists.watch.enter.families is more than its criteria have: none enters."),
        ("kind: adverse", "kind: adverse\n    requires: warning", "lists.watch.requires names no list above it. Found: warning."),
        ("threshold: 40", "threshold: 40\n    prior_sd: 0.3", "criteria.high has a prior about nothing."),
        ("period: quarter", "period: quarter\nperiod: year", "line 5: The rule set says a field twice."),
    ],
)  # fmt: skip
def test_each_breach_is_told_with_its_line(was, becomes, said):
    assert said in refusal(GOOD.replace(was, becomes)).found


def test_all_breaches_are_told_at_once():
    text = GOOD.replace("threshold: 40", "threshold: forty").replace("value: load", "value: laod")
    assert refusal(text).found.count("line 1") == 2


def test_what_is_no_yaml_is_refused_with_its_line():
    problem = refusal("id: own\n  version: [1\n")
    assert problem.code == "HW-D780"
    assert "line 2" in problem.where


def test_the_digest_forgives_line_ends_and_nothing_else():
    assert rule_digest(GOOD.replace("\n", "  \r\n")) == rule_digest(GOOD)
    assert rule_digest(GOOD.replace("40", "41")) != rule_digest(GOOD)


@pytest.mark.parametrize("name", rule_set_names())
def test_shipped_sets_keep_the_schema_and_count_nobody_twice(name):
    found = read_rule_set(rule_set_text(name), name, assessable_columns())
    assert found.rule_set_id == name
    # The recommended set never reads a register of persons.
    assert (name == "recommended") == ("registered_users" not in rule_set_text(name))
