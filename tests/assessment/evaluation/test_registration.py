import dataclasses
import datetime as dt
import json

import pytest

from headworks.assessment.evaluation import EvaluationPlan, Window, differences_from_plan, register_plan
from headworks.core.errors import DataRefused

BEFORE_IT = dt.date(2024, 6, 1)


def plan(**changed):
    one = EvaluationPlan(
        "Does the load of methamphetamine fall after the action?", "load_mg_per_1000_per_day", ("4401", "4402"),
        Window.of_years(2023), Window.of_years(2025), "interrupted_series", 0.8, (("harmonics", "1"),), ("4403",),
    )  # fmt: skip
    return dataclasses.replace(one, **changed)


def test_the_fingerprint_is_of_what_is_planned_and_not_of_its_order():
    assert plan(area_ids=("4402", "4401")).fingerprint == plan().fingerprint
    for changed in ({"smallest_effect": 0.9}, {"after": Window.of_years(2026)}, {"settings": ()}, {"area_ids": ("4401",)}):
        assert plan(**changed).fingerprint != plan().fingerprint


def test_a_plan_is_plain_values():
    assert json.loads(json.dumps(plan().as_dict())) == plan().as_dict()


def test_what_was_done_differently_is_listed():
    record = register_plan(plan(), BEFORE_IT, "analyst")
    assert differences_from_plan(record, plan(area_ids=("4402", "4401"))) == {}
    assert differences_from_plan(record, plan(smallest_effect=0.9)) == {"smallest_effect": ("0.8", "0.9")}
    assert list(differences_from_plan(record, plan(before=Window.of_years(2022)))) == ["before"]


def test_a_plan_made_when_there_was_something_to_see_is_refused():
    register_plan(plan(), dt.date(2025, 1, 1), "analyst")
    with pytest.raises(DataRefused, match=r"already something to see.*exploratory"):
        register_plan(plan(), dt.date(2025, 1, 2), "analyst")


def test_plans_that_cannot_be_are_refused():
    with pytest.raises(DataRefused, match="overlap"):
        register_plan(plan(before=Window.of_years(2025)), BEFORE_IT, "analyst")
    with pytest.raises(DataRefused, match="1 also compared with"):
        register_plan(plan(comparison_ids=("4401",)), BEFORE_IT, "analyst")


def test_a_record_that_was_changed_is_refused():
    record = register_plan(plan(), BEFORE_IT, "analyst")
    forged = dataclasses.replace(record, plan=plan(smallest_effect=0.99))
    with pytest.raises(DataRefused, match="changed afterwards"):
        differences_from_plan(forged, plan())
