"""A workspace assessed: kept twice the same, cut to the reader's tier, explained; a rule set without its trial is not used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from headworks.core.errors import DataRefused, UsageError
from headworks.jobs.assessment import AssessmentOrder, assess_workspace, explain_outcome, read_rule_file, try_rule_set
from headworks.jobs.assessment.assess import outcomes_for
from headworks.jobs.run import run
from headworks.reference.rule_sets import rule_set_text
from headworks.store import Workspace

RULES = """id: own
version: "1"
valid_from: 2020-01-01
period: quarter
criteria:
  high:
    table: area_loads
    where: {analyte: benzoylecgonine}
    family: sewage
    evidence: log_normal
    value: load_mg_per_1000_per_day
    lower: lower
    upper: upper
    threshold: 30
lists:
  watch:
    kind: adverse
    enter: {when: high, probability: 0.5}
    leave: {probability: 0.8}
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.yaml"
    path.write_text(RULES, encoding="utf-8")
    return path


@pytest.fixture
def computed(two_plants: Workspace) -> Workspace:
    run(two_plants)
    return two_plants


def draft(own: Path, period: str | None = None, **more) -> AssessmentOrder:
    return AssessmentOrder(read_rule_file(str(own)), period, is_draft=True, **more)


def test_plant_a_is_over_the_threshold_and_b_is_not(computed, own):
    # 250 ng/L in 2,000 m3 of 10,000 people: 50 mg; 120 ng/L in 9,000 m3 of 50,000 people: 21.6 mg.
    done = assess_workspace(computed, draft(own, "2024-Q1"))
    assert dict(done.outcomes.select("area_id", "outcome").rows()) == {"P": "stays_off", "P/a": "entered", "P/b": "stays_off"}
    assert done.changes()["area_id"].to_list() == ["P/a"]
    assert (done.n_areas, done.n_without, done.trial) == (3, 0, None)


def test_doing_it_again_writes_the_same_bytes(computed, own):
    first = assess_workspace(computed, draft(own, "2024-H1"))
    kept = {path.name: path.read_bytes() for path in first.folder.iterdir()}
    again = assess_workspace(computed, draft(own, "2024-H1"))
    assert again.folder == first.folder
    assert {path.name: path.read_bytes() for path in again.folder.iterdir()} == kept
    manifest = json.loads((first.folder / "assessment.json").read_text(encoding="utf-8"))
    assert manifest["is_draft"]
    assert manifest["rule_digest"] == first.rule_set.digest
    assert manifest["run_id"] == first.run_id


def test_a_rule_set_without_its_trial_is_not_used(computed, own):
    order = AssessmentOrder(read_rule_file(str(own)), "2024-Q1")
    with pytest.raises(DataRefused, match="has no trial"):
        assess_workspace(computed, order)
    done = try_rule_set(read_rule_file(str(own)), 2)
    assert done.path.name == "own.trial.json"
    assert assess_workspace(computed, AssessmentOrder(read_rule_file(str(own)), "2024-Q1")).trial is not None
    own.write_text(RULES.replace("threshold: 30", "threshold: 31"), encoding="utf-8")
    for is_draft in (False, True):
        with pytest.raises(DataRefused, match="has no trial"):
            assess_workspace(computed, AssessmentOrder(read_rule_file(str(own)), "2024-Q1", None, is_draft))


def test_the_public_sees_no_area_below_its_floor(computed, own):
    done = assess_workspace(computed, draft(own, "2024-Q1"))
    assert outcomes_for(computed, done, "steward").height == 3
    # Town a has 10,000 residents.
    assert "P/a" not in outcomes_for(computed, done, "public")["area_id"].to_list()
    with pytest.raises(UsageError, match="no outcome of this area"):
        explain_outcome(computed, "P/a", draft(own, "2024-Q1"), "public")


def test_an_explanation_decides_the_same_again(computed, own):
    name, found = explain_outcome(computed, "Town a", draft(own, "2024-Q1"), "steward")
    assert name == "Town a"
    assert [one.is_reproduced for one in found] == [True]
    assert found[0].said[0].startswith("high (sewage): ")
    assert "Smallest change: high times 0." in found[0].said[-1]
    assert json.loads(json.dumps(found[0].as_dict(), default=str))["evidence"]["before"]["state"] == "off"


def test_decisions_come_from_a_file_and_are_part_of_the_record(computed, own, tmp_path):
    said = tmp_path / "decisions.csv"
    said.write_text(
        "area_id,period,rule_set,list_name,decision,reason\nP/a,2025-Q1,own,watch,appeal_upheld,\n", encoding="utf-8"
    )
    plain, decided = (assess_workspace(computed, draft(own, "2025-Q1", decisions=path)) for path in (None, said))
    assert plain.folder != decided.folder
    assert decided.outcomes.filter(area_id="P/a")["outcome"].to_list() == ["appeal_upheld"]
    said.write_text("area,decision\nP/a,maybe\n", encoding="utf-8")
    with pytest.raises(DataRefused, match="lacks columns"):
        assess_workspace(computed, draft(own, "2025-Q1", decisions=said))
    with pytest.raises(UsageError, match="decisions cannot be read"):
        assess_workspace(computed, draft(own, "2025-Q1", decisions=tmp_path / "none.csv"))


def test_a_shipped_set_has_its_trial_and_an_unknown_one_is_refused(tmp_path):
    assert read_rule_file("recommended").trial_text is not None
    with pytest.raises(UsageError, match="There is no such rule set") as caught:
        read_rule_file("recomended")
    assert "Did you mean recommended?" in caught.value.remedy
    with pytest.raises(UsageError, match="has its trial already"):
        try_rule_set(read_rule_file("recommended"), 2)
    copied = tmp_path / "copy.yaml"
    copied.write_text(rule_set_text("recommended"), encoding="utf-8")
    with pytest.raises(UsageError, match="trial cannot be written"):
        try_rule_set(read_rule_file("programme_register"), 2, out=copied / "trial.json")
    assert read_rule_file(str(copied)).rule_set.digest == read_rule_file("recommended").rule_set.digest


def test_without_a_figure_of_its_kind_nothing_can_be_assessed(computed):
    with pytest.raises(UsageError, match="No table has a figure"):
        assess_workspace(computed, AssessmentOrder(read_rule_file("programme_register")))
