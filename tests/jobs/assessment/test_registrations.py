"""A plan is written once, before there is anything to see, and found when somebody changes it."""

import dataclasses
import datetime as dt
import json

import pytest

from headworks.assessment.evaluation import Window
from headworks.core.errors import DataRefused, UsageError
from headworks.jobs.assessment import keep_registration, kept_registrations, require_registered
from headworks.jobs.assessment.registrations import find_registration
from headworks.store import Workspace
from headworks.workflows.assessment.evaluations import plan_of_loads

PLAN = plan_of_loads("Does it fall?", "ketamine", ("4401",), Window.of_years(2025), Window.of_years(2027), 0.8)
TODAY = dt.date(2026, 3, 1)


@pytest.fixture
def workspace(tmp_path):
    return Workspace.create(tmp_path / "W")


def test_a_plan_is_kept_with_its_day_and_who_made_it(workspace):
    keep_registration(workspace, PLAN, TODAY, role="assessor", author="ann")
    later = dataclasses.replace(PLAN, question="Does it rise?")
    keep_registration(workspace, later, TODAY + dt.timedelta(days=1), role="director")
    first, second = kept_registrations(workspace).plans
    assert [first.plan, second.plan] == [later, PLAN]
    assert (second.author, second.registration.role, second.registration.registered_on) == ("ann", "assessor", TODAY)
    assert require_registered(workspace, PLAN.fingerprint) == second


def test_rolling_windows_of_adjacent_years_are_refused_and_nothing_is_kept(workspace):
    rolling = dataclasses.replace(PLAN, before=Window.of_years(2027, 3), after=Window.of_years(2028, 3))
    with pytest.raises(DataRefused, match="windows before and after overlap: 67 %") as refused:
        keep_registration(workspace, rolling, TODAY, role="assessor")
    assert refused.value.code == "HW-D768"
    with pytest.raises(DataRefused, match="already something to see"):
        keep_registration(workspace, PLAN, dt.date(2027, 1, 2), role="assessor")
    assert kept_registrations(workspace) == ([], [])


def test_the_same_plan_is_registered_once(workspace):
    keep_registration(workspace, PLAN, TODAY, role="assessor")
    with pytest.raises(UsageError, match="registered before") as refused:
        keep_registration(workspace, PLAN, TODAY + dt.timedelta(days=9), role="assessor")
    assert refused.value.code == "HW-U316"
    assert kept_registrations(workspace).plans[0].registration.registered_on == TODAY


@pytest.mark.parametrize("said", ["", "0" * 64, "../" * 3, "nobody"])
def test_what_was_not_registered_is_refused(workspace, said):
    with pytest.raises(UsageError, match="No such plan was registered") as refused:
        require_registered(workspace, said)
    assert refused.value.code == "HW-U317"


@pytest.mark.parametrize("change", [{"question": "Does it rise?"}, {"smallest_effect": 0.99}, {"after": ["2027-01-01"]}, None])
def test_a_record_that_somebody_changed_is_found(workspace, change):
    keep_registration(workspace, PLAN, TODAY, role="assessor")
    path = workspace.path / "assessments" / "evaluations" / f"{PLAN.fingerprint}.json"
    said = json.loads(path.read_text(encoding="utf-8"))
    path.write_text("{" if change is None else json.dumps({**said, "plan": {**said["plan"], **change}}), encoding="utf-8")
    with pytest.raises(DataRefused, match="was changed") as refused:
        require_registered(workspace, PLAN.fingerprint)
    assert refused.value.code == "HW-D862"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"plan": {"area_ids": [1, "a"]}}', "\x00"])
def test_a_damaged_record_hides_no_other_and_is_named_with_what_would_do(workspace, text):
    keep_registration(workspace, PLAN, TODAY, role="assessor")
    (workspace.path / "assessments" / "evaluations" / f"{'0' * 64}.json").write_text(text, encoding="utf-8")
    found = kept_registrations(workspace)
    assert [one.plan for one in found.plans] == [PLAN]
    (damaged,) = found.damaged
    assert (damaged.code, damaged.where) == ("HW-D862", "0" * 12)
    assert "backup" in damaged.remedy


def test_the_first_digits_name_a_plan_where_no_other_begins_so(workspace):
    keep_registration(workspace, PLAN, TODAY, role="assessor")
    assert find_registration(workspace, PLAN.fingerprint[:8]).plan == PLAN
    path = workspace.path / "assessments" / "evaluations" / f"{PLAN.fingerprint}.json"
    path.with_name(PLAN.fingerprint[:8] + "0" * 56 + ".json").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="Several registered plans") as refused:
        find_registration(workspace, PLAN.fingerprint[:8])
    assert refused.value.code == "HW-U336"
