"""What the last rounds say of a batch: unsatisfactory once, questionable twice, and what was not known yet."""

import datetime as dt

import polars as pl
import pytest

from headworks.core.errors import DataRefused
from headworks.lab.proficiency import ROUND_SCHEMA, proficiency_findings

DAY = dt.date(2026, 6, 1)


def rounds(*scores, analyte="ketamine", laboratory="lab-1"):
    """Rounds of consecutive months: a score and its outcome each."""
    rows = [
        (laboratory, analyte, f"R{place}", dt.date(2026, place, 1), z, outcome) for place, (z, outcome) in enumerate(scores, 1)
    ]
    return pl.DataFrame(rows, schema=ROUND_SCHEMA, orient="row")


def batch(analyte="ketamine", ran_on=DAY, laboratory="lab-1"):
    return pl.DataFrame({"batch_id": ["b"], "analyte": [analyte], "laboratory_id": [laboratory], "ran_on": [ran_on]})


GOOD, DOUBTFUL, BAD = (0.5, "satisfactory"), (-2.5, "questionable"), (3.0, "unsatisfactory")


@pytest.mark.parametrize(
    ("scores", "rule", "outcome", "consequence"),
    [
        ([GOOD, BAD], "unsatisfactory_round", "fail", "reject"),
        ([BAD, GOOD], "last_round", "pass", "none"),
        ([GOOD, DOUBTFUL], "last_round", "pass", "none"),
        ([DOUBTFUL, DOUBTFUL], "questionable_rounds", "fail", "look"),
        ([DOUBTFUL, GOOD, DOUBTFUL], "last_round", "pass", "none"),
        ([DOUBTFUL, DOUBTFUL, BAD], "unsatisfactory_round", "fail", "reject"),
        ([(None, "false negative")], "unsatisfactory_round", "fail", "reject"),
        ([DOUBTFUL, (None, "agrees, below limit")], "last_round", "pass", "none"),
        # No result says nothing: the round before counts.
        ([BAD, (None, "no result")], "unsatisfactory_round", "fail", "reject"),
    ],
)
def test_the_last_rounds_decide(scores, rule, outcome, consequence):
    found = proficiency_findings(rounds(*scores), batch())
    assert found.select("rule", "outcome", "consequence").rows() == [(rule, outcome, consequence)]
    assert found["check"].to_list() == ["proficiency"]


def test_the_sentence_names_the_rounds():
    found = proficiency_findings(rounds(DOUBTFUL, DOUBTFUL), batch())
    assert found["reason"].item() == "The last two rounds, R1 and R2, were questionable: z = -2.5 and -2.5."
    assert (found["found"].item(), found["lower"].item(), found["upper"].item()) == (-2.5, -2.0, 2.0)


def test_a_round_reported_after_the_batch_does_not_change_what_was_said_of_it():
    every = rounds(GOOD, BAD)
    assert proficiency_findings(every, batch(ran_on=dt.date(2026, 1, 15)))["outcome"].to_list() == ["pass"]
    assert proficiency_findings(every, batch(ran_on=None))["outcome"].to_list() == ["fail"]


def test_the_worst_sample_of_a_round_stands_for_it():
    both = pl.concat([rounds(GOOD), rounds(BAD), rounds(GOOD)])
    assert proficiency_findings(both, batch())["outcome"].to_list() == ["fail"]
    assert proficiency_findings(both.reverse(), batch())["found"].to_list() == [3.0]


def test_a_laboratory_without_rounds_is_left_alone_and_one_without_this_analyte_is_told():
    assert proficiency_findings(rounds(BAD), batch(laboratory="lab-2")).is_empty()
    found = proficiency_findings(rounds(BAD), batch(analyte="cocaine"))
    assert found.select("outcome", "consequence", "code").rows() == [("not_judged", "note", "proficiency.not_assessed")]


def test_a_table_of_another_form_is_refused():
    for wrong in (rounds(GOOD).drop("z"), rounds((0.5, "fine"))):
        with pytest.raises(DataRefused, match="rounds between laboratories") as refused:
            proficiency_findings(wrong, batch())
        assert refused.value.code == "HW-D685"


def test_another_score_than_z_is_named_and_held_to_its_own_limit():
    of_en = rounds((1.4, "unsatisfactory")).with_columns(kind=pl.lit("En"))
    (found,) = proficiency_findings(of_en, batch()).to_dicts()
    assert (found["reason"], found["upper"], found["consequence"]) == (
        "The last round, R1, was unsatisfactory: En = 1.4.", 1.0, "reject",
    )  # fmt: skip
    twice = rounds(DOUBTFUL, DOUBTFUL).with_columns(kind=pl.Series(["z", "zeta"]))
    (found,) = proficiency_findings(twice, batch()).to_dicts()
    assert found["reason"] == "The last two rounds, R1 and R2, were questionable: z = -2.5 and zeta = -2.5."
