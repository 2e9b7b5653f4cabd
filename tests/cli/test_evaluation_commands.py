"""``assess register``, ``plans`` and ``evaluate``: written down first, told once the later window is over."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from headworks.cli import evaluation_commands  # noqa: F401  it registers itself
from headworks.jobs.assessment import keep_registration
from headworks.jobs.run import run
from headworks.workflows.assessment.evaluations import plan_of_loads, read_window

ASKED = ("Does it fall?", "--area", "Town a", "--before", "2090", "--after", "2091", "--fall", "30")


@pytest.fixture
def computed(two_plants):
    run(two_plants)
    return two_plants


def test_a_plan_is_registered_listed_and_not_evaluated_before_its_time(headworks, computed):
    answer = headworks("assess", "register", computed.path, *ASKED, "--analyte", "BE")
    assert answer.code == 0
    fingerprint = answer.out.strip()
    listed = json.loads(headworks("assess", "plans", computed.path, "--json").out)
    (one,) = listed["plans"]
    assert (one["fingerprint"], listed["damaged"]) == (fingerprint, [])
    assert (one["plan"]["area_ids"], one["plan"]["smallest_effect"]) == (["P/a"], 0.7)
    assert ["analyte", "benzoylecgonine"] in one["plan"]["settings"]
    assert fingerprint[:12] in headworks("assess", "plans", computed.path).out
    early = headworks("assess", "evaluate", computed.path, fingerprint[:12])
    assert (early.code, "HW-D863" in early.err) == (3, True)
    again = headworks("assess", "register", computed.path, *ASKED, "--analyte", "BE")
    assert (again.code, "HW-U316" in again.err) == (2, True)


def test_what_is_no_plan_is_refused(headworks, computed):
    for more, code in (
        ((), "HW-U338"), (("--analyte", "water"), "HW-P002"), (("--indicator", "deaths"), "HW-D875"),
        (("--analyte", "BE", "--method", "wishing"), "HW-U335"), (("--analyte", "BE", "--compare", "nowhere"), "HW-U015"),
        (("--analyte", "BE", "--method", "before_after", "--compare-level", "2"), "HW-D875"),
    ):  # fmt: skip
        assert code in headworks("assess", "register", computed.path, *ASKED, *more).err, more


def test_a_plan_that_is_over_is_evaluated_and_a_damaged_one_named(headworks, computed):
    plan = plan_of_loads("Does it fall?", "benzoylecgonine", ("P/a",), read_window("2023"), read_window("2024"), 0.8, ("P/b",))
    made = keep_registration(computed, plan, dt.date(2023, 6, 1), role="analyst")
    (computed.path / "assessments" / "evaluations" / f"{'0' * 64}.json").write_text("[]", encoding="utf-8")
    assert "HW-D862" in headworks("assess", "plans", computed.path).err
    asked = ("assess", "evaluate", computed.path, made.registration.fingerprint[:8], "--tier", "steward")
    said = json.loads(headworks(*asked, "--json").out)
    assert [row["area_id"] for row in said["rows"]] == ["P/a", "P/b"]
    assert said["rows"][0]["problem"] == "Too little is known before the action."
    answer = headworks(*asked)
    assert (answer.code, "Too little is known" in answer.out) == (0, True)
