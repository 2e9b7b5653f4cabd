"""Verdicts, and who may overrule them."""

import polars as pl
import pytest
from tests.lab.quality.builders import row, table

from headworks.core.errors import DataRefused
from headworks.lab.quality.findings import FINDING_SCHEMA
from headworks.lab.quality.verdict import Override, batch_verdicts, require_second_person, with_overrides

RESULTS = table(row("qc", "Q"), row("sample", "S"), row("sample", "T"), row("sample", "S", analyte="MDMA", injection=2))


def finding(consequence, reason="Said.", analyte="ketamine", **more):
    common = {
        "batch_id": "b",
        "analyte": analyte,
        "consequence": consequence,
        "reason": reason,
        "injections": [],
        "touches": [],
    }
    return pl.DataFrame([common | more], schema=FINDING_SCHEMA)


def verdicts(*findings):
    return batch_verdicts(RESULTS, pl.concat([pl.DataFrame(schema=FINDING_SCHEMA), *findings]))


@pytest.mark.parametrize(
    ("consequences", "verdict"),
    [([], "released"), (["none"], "released"), (["note"], "released"), (["look"], "needs_a_look"), (["withhold"], "needs_a_look"),
     (["look", "reject", "note"], "rejected")],
)  # fmt: skip
def test_the_gravest_finding_makes_the_verdict_of_its_analyte_alone(consequences, verdict):
    found = verdicts(*(finding(one) for one in consequences))
    assert dict(found.select("analyte", "verdict").rows()) == {"MDMA": "released", "ketamine": verdict}


def test_every_reason_is_told_the_gravest_first_and_notes_apart():
    found = verdicts(
        finding("look", "c"), finding("reject", "a"), finding("note", "n"), finding("withhold", "b"), finding("none", "z")
    )
    one = found.filter(analyte="ketamine").row(0, named=True)
    assert (one["reasons"], one["notes"]) == (["a", "b", "c"], ["n"])


def test_touched_and_withheld_injections_are_told_once_and_only_samples_are_withheld():
    found = verdicts(
        finding("look", touches=[3, 2]), finding("withhold", touches=[2], injections=[2]), finding("withhold", injections=[1])
    )
    one = found.filter(analyte="ketamine").row(0, named=True)
    assert (one["touched_injections"], one["withheld_injections"]) == ([2, 3], [2])


def test_a_finding_more_never_makes_a_verdict_milder():
    rank = {"released": 0, "needs_a_look": 1, "rejected": 2}
    worst, so_far = 0, []
    for consequence in ("note", "look", "none", "withhold", "reject", "note"):
        so_far.append(finding(consequence))
        now = rank[verdicts(*so_far).filter(analyte="ketamine")["verdict"][0]]
        assert now >= worst
        worst = now


GOOD = Override("b", "ketamine", "released", "li", "Rerun agrees within 3 %.")


def test_a_second_person_with_a_reason_may_overrule():
    assert require_second_person(GOOD, frozenset({"wang", "chen"})) is None


@pytest.mark.parametrize("who", ["wang", " Wang ", "", "  "])
def test_the_same_person_or_nobody_may_not(who):
    with pytest.raises(DataRefused, match="overruled by a second person") as refusal:
        require_second_person(GOOD._replace(decided_by=who), frozenset({"wang"}))
    assert refusal.value.code == "HW-D638"


@pytest.mark.parametrize("change", [{"reason": ""}, {"reason": "  "}, {"reason": "..."}, {"verdict": "fine"}])
def test_without_a_reason_or_a_known_verdict_nothing_is_overruled(change):
    with pytest.raises(DataRefused, match="overruled with a reason") as refusal:
        require_second_person(GOOD._replace(**change), frozenset({"wang"}))
    assert refusal.value.code == "HW-D639"


def test_a_reason_in_chinese_is_a_reason():
    assert require_second_person(GOOD._replace(reason="复测一致"), frozenset({"王"})) is None


def test_the_last_override_counts_and_what_was_computed_stays():
    found = verdicts(finding("reject", "a"), finding("withhold", injections=[2]))
    decided = with_overrides(
        found, pl.DataFrame([GOOD._replace(verdict="needs_a_look"), GOOD], schema=list(GOOD._fields), orient="row")
    )
    one = decided.filter(analyte="ketamine").row(0, named=True)
    assert (one["verdict"], one["computed_verdict"], one["decided_by"]) == ("released", "rejected", "li")
    assert (one["withheld_injections"], one["reasons"][0]) == ([2], "a")
    other = decided.filter(analyte="MDMA").row(0, named=True)
    assert (other["verdict"], other["decided_by"], other["override_reason"]) == ("released", None, None)
