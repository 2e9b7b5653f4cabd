"""A trial in small: the recommended set against the published one, laws of the simulation, and trials that do not belong.

Full study: studies/assessment_lists.py. Monte Carlo error here: a share of 2 % of the 2,640 area-years of a class (12 provinces
of 44 areas, 5 years) is known to 0.5 %; one of 80 % of some 100 doubled areas, to 4 %.
"""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest

from headworks.assessment.rules import RuleSet, read_rule_set
from headworks.assessment.trial import Trial, operating_characteristics, require_trial, simulate_province, trial_text
from headworks.core.errors import DataRefused, UsageError
from headworks.reference.rule_sets import rule_set_text, shipped_trial_text, trial_province
from headworks.workflows.assessment import assessable_columns

PROVINCES = 12


def rules(name: str = "recommended", was: str = "", becomes: str = "") -> RuleSet:
    return read_rule_set(rule_set_text(name).replace(was, becomes), name, assessable_columns())


@cache
def small(name: str) -> Trial:
    return operating_characteristics(rules(name), trial_province(), PROVINCES, 11)


def by_class(trial: Trial, list_name: str = "rectification") -> list[dict[str, float]]:
    return [row for row in trial.rows if row["list_name"] == list_name]


def test_the_recommended_set_lists_few_areas_for_nothing_and_finds_doublings():
    rows = by_class(small("recommended"))
    assert max(row["listed_per_year"] for row in rows) < 0.02
    # 20,000 residents and more: 0.91 and 0.95 in the full study, three standard errors off at most.
    assert [row["found"] > 0.8 for row in rows[3:]] == [True, True]


def test_the_published_rule_lists_large_places_for_their_size():
    rows = by_class(small("programme_register"))
    assert rows[-1]["listed_per_year"] > 0.5
    assert rows[0]["listed_per_year"] > 0.1


def test_the_trial_is_the_same_however_often_it_is_made():
    again = operating_characteristics(rules("programme_register"), trial_province(), 3, 11)
    first = operating_characteristics(rules("programme_register"), trial_province(), 3, 11)
    assert again == first
    assert again != operating_characteristics(rules("programme_register"), trial_province(), 3, 12)


def test_a_null_province_has_no_area_above_a_threshold():
    province = simulate_province(rules("programme_register"), trial_province(), np.random.default_rng(5), is_null=True)
    events, people = province.figures[1].events, province.figures[1].exposure
    # Counts scatter about rates that are at most 3 per mille: over all places and periods the highest class is below.
    assert not province.is_doubled.any()
    assert (events[1:].mean(axis=1) <= 0.003 * people[1:, 0] + 4 * np.sqrt(0.003 * people[1:, 0])).all()


def test_doubled_areas_double():
    province = simulate_province(rules(), trial_province(), np.random.default_rng(6), is_null=False)
    load, up = province.figures[0].value, province.is_doubled
    ratio = np.log(load[up, province.begins : province.ends]).mean(axis=1) - np.log(load[up, : province.begins]).mean(axis=1)
    # Eight quarters each: the mean over some 44 areas is known to a few per cent.
    assert np.exp(ratio.mean()) == pytest.approx(2.0, rel=0.1)


def test_a_rule_set_needs_the_trial_of_its_very_text():
    mine, shipped = rules(), shipped_trial_text("recommended")
    assert require_trial(mine, shipped, "recommended")["provinces"] == 500
    with pytest.raises(DataRefused, match="has no trial") as caught:
        require_trial(rules("recommended", "threshold: 1.25", "threshold: 1.26"), shipped, "x")
    assert caught.value.code == "HW-D786"
    assert "a trial of" in caught.value.found
    for text in (None, "{", "[]"):
        with pytest.raises(DataRefused, match="has no trial"):
            require_trial(mine, text, "x")


def test_shipped_trials_keep_the_promise():
    for name in ("recommended", "programme_register"):
        said = require_trial(rules(name), shipped_trial_text(name), name)
        assert said["provinces"] == 500
        assert said["areas_per_province"] >= 200
        if name == "recommended":
            rows = [row for row in said["rows"] if row["list_name"] == "rectification"]
            assert all(row["listed_per_year"] < 0.02 for row in rows)
            assert all(row["found"] > 0.8 for row in rows[3:])


def test_a_trial_is_text_and_back():
    trial = small("programme_register")
    assert json.loads(trial_text(trial))["rows"] == trial.rows


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("indicator: health_contacts", "indicator: deaths", "cannot simulate what a criterion asks for"),
        ("value: n_days", "value: u_site", "cannot simulate what a criterion asks for"),
        ("period: quarter", "period: week", "by the week cannot be tried"),
    ],
)
def test_what_cannot_be_simulated_is_refused(was, becomes, said):
    with pytest.raises(DataRefused, match=said):
        operating_characteristics(rules("recommended", was, becomes), trial_province(), 2, 1)


def test_one_province_is_no_trial():
    with pytest.raises(UsageError, match="needs provinces"):
        operating_characteristics(rules(), trial_province(), 1, 1)


@pytest.mark.parametrize("kind", ["month", "half_year", "year"])
def test_sets_by_other_periods_can_be_tried(kind):
    other = rules("programme_register", "period: quarter", f"period: {kind}")
    assert operating_characteristics(other, trial_province(), 2, 1).rows
