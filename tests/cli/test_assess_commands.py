"""``assess`` is a command and a group: a workspace first, or ``explain``, or ``trial``."""

from __future__ import annotations

import json

import pytest

from headworks.cli import assess_commands  # noqa: F401  it registers itself
from headworks.jobs.run import run

RULES = """id: own
version: "1"
valid_from: 2020-01-01
period: quarter
criteria:
  high: {table: area_loads, where: {analyte: benzoylecgonine}, family: sewage, evidence: crude,
         value: load_mg_per_1000_per_day, threshold: 30}
lists:
  watch: {kind: adverse, enter: {when: high, probability: 1}, leave: {probability: 1}}
"""


@pytest.fixture
def rules(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(RULES, encoding="utf-8")
    return path


@pytest.fixture
def computed(two_plants):
    run(two_plants)
    return two_plants.path


def test_lists_of_a_half_year(headworks, computed, rules):
    asked = ("--rules", rules, "--period", "2024-H1", "--draft", "--tier", "steward")
    answer = headworks("assess", computed, *asked, "--all")
    # The quarter that ends the half-year has no figure of its own: the list of before stands.
    assert answer.code == 0
    assert "watch,P/a,2,,stays_on,on,2024-Q1" in answer.out
    assert "A draft: no trial says" in answer.err
    said = json.loads(headworks("assess", computed, *asked, "--json").out)
    assert [row["area_id"] for row in said["outcomes"]] == ["P/a"]
    assert said["trial"] is None


def test_without_a_trial_no_list(headworks, computed, rules):
    answer = headworks("assess", computed, "--rules", rules, "--period", "2024-Q1")
    assert answer.code == 3
    assert "HW-D786" in answer.err
    assert headworks("assess", "trial", "--rules", rules, "--provinces", 2).code == 0
    assert headworks("assess", computed, "--rules", rules, "--period", "2024-Q1").code == 0


def test_why_an_area_is_on_a_list(headworks, computed, rules):
    asked = ("--rules", rules, "--period", "2024-Q1", "--draft", "--tier", "steward")
    answer = headworks("assess", "explain", computed, "Town a", *asked)
    assert "Town a, watch, 2024-Q1: entered (before: off, on it since 2024-Q1)." in answer.out
    assert "decided again from this evidence: the same." in answer.out
    assert json.loads(headworks("assess", "explain", computed, "P/a", *asked, "--json").out)[0]["is_reproduced"]


def test_options_may_come_before_the_workspace_and_help_names_all_three(headworks, computed, rules):
    assert headworks("assess", "--rules", rules, "--draft", "--period", "2024-Q1", computed).code == 0
    answer = headworks("assess", "--help")
    assert all(word in answer.out for word in ("lists", "explain", "trial"))


def test_a_rule_set_with_a_breach_names_its_line(headworks, computed, rules):
    rules.write_text(RULES.replace("threshold", "treshold"), encoding="utf-8")
    answer = headworks("assess", computed, "--rules", rules)
    assert answer.code == 3
    assert "Did you mean threshold?" in answer.err
    assert "line 6" in answer.err
