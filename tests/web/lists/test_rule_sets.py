"""A rule set comes into force with the trial of its very text, and by a second person."""

import json

import pytest
from django.db import IntegrityError, transaction
from tests.web.lists.seed import ASSESSOR, BOSS, WHY, in_force, who

from headworks.core.errors import DataRefused, UsageError
from headworks.reference.rule_sets import rule_set_text, shipped_trial_text
from headworks.web.access.policy import NotVisible
from headworks.web.lists.models import RuleSetText
from headworks.web.lists.rules.rule_sets import activate, ask_trial, attach_trial, propose_rule_set, refuse, shipped, trial_of
from headworks.web.lists.rules.rule_text import passages

pytestmark = pytest.mark.django_db


def proposed(text=None, **more):
    """A rule set proposed by the assessor."""
    said = {"text": text} if text else {"shipped_name": "recommended"}
    one = propose_rule_set(ASSESSOR, reason=WHY, **said, **more)
    one.refresh_from_db()
    return one


def other_version(threshold="0.81"):
    """The recommended text with another probability: another rule set."""
    return (
        rule_set_text("recommended")
        .replace("probability: 0.8}", f"probability: {threshold}}}", 1)
        .replace("2026-1", "2026-2", 1)
    )


def test_a_shipped_set_comes_with_its_trial_and_is_brought_into_force_by_another():
    one = in_force()
    assert (one.state, one.proposed_by, one.decided_by) == ("active", "ann", "bob")
    assert trial_of(one)["rule_digest"] == one.digest


def test_nobody_brings_their_own_proposal_into_force():
    boss = who("director", "bob")
    one = propose_rule_set(boss, shipped_name="recommended", reason=WHY)
    one.refresh_from_db()
    with pytest.raises(UsageError, match="Nobody decides on what they proposed") as refused:
        activate(boss, one, reason=WHY, trial_digest=one.trial_digest)
    assert refused.value.code == "HW-U301"
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleSetText.objects.filter(pk=one.pk).update(decided_by="bob")


def test_a_text_changed_by_a_digit_has_no_trial_and_is_not_brought_into_force():
    one = proposed(other_version())
    assert one.trial_text == ""
    with pytest.raises(DataRefused, match="no trial"):
        activate(BOSS, one, reason=WHY, trial_digest="")
    with pytest.raises(DataRefused, match="no trial"):
        attach_trial(one, shipped_trial_text("recommended"))
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleSetText.objects.filter(pk=one.pk).update(state="active", decided_by="bob")


def test_the_trial_that_was_seen_is_the_one_that_is_confirmed():
    one = proposed()
    with pytest.raises(DataRefused, match="not the one that was seen") as refused:
        activate(BOSS, one, reason=WHY, trial_digest="0" * 64)
    assert refused.value.code == "HW-D860"


def test_the_version_before_retires_when_the_next_comes_into_force():
    first, second = in_force(), proposed(other_version())
    trial = json.loads(shipped_trial_text("recommended")) | {"rule_digest": second.digest}
    attach_trial(second, json.dumps(trial))
    activate(BOSS, second, reason=WHY, trial_digest=second.trial_digest)
    first.refresh_from_db()
    assert (first.state, first.retired_by, second.state) == ("retired", "bob", "active")


def test_the_reference_set_is_for_comparison_only():
    assert shipped() == ["recommended"]
    one = propose_rule_set(ASSESSOR, shipped_name="programme_register", reason=WHY)
    one.refresh_from_db()
    with pytest.raises(UsageError, match="comparison only"):
        activate(BOSS, one, reason=WHY, trial_digest=one.trial_digest)


def test_what_was_decided_is_not_decided_again_and_never_taken_away():
    one = proposed()
    refuse(BOSS, one, reason=WHY)
    with pytest.raises(UsageError, match="decided already"):
        refuse(BOSS, one, reason=WHY)
    with pytest.raises(TypeError, match="not taken away"):
        one.delete()


@pytest.mark.parametrize(
    ("said", "words"),
    [({"text": " "}, "no text"), ({"text": "x" * 200_001}, "no text"), ({"text": "id: 1"}, "rule set"),
     ({"shipped_name": "nobody"}, "No rule set"), ({"shipped_name": "recommended", "reason": " "}, "reason is needed")],
)  # fmt: skip
def test_what_is_no_rule_set_is_refused_in_words(said, words):
    with pytest.raises((UsageError, DataRefused), match=words):
        propose_rule_set(ASSESSOR, **{"reason": WHY, **said})
    with pytest.raises(UsageError, match="proposed before"):
        [proposed(), proposed()]


@pytest.mark.parametrize("role", ["officer", "reviewer", "steward", "sampler"])
def test_who_neither_assesses_nor_approves_what_they_see_does_nothing_here(role):
    one = proposed()
    somebody = who(role, "carl")
    for attempt in (
        lambda: propose_rule_set(somebody, shipped_name="recommended", reason=WHY),
        lambda: activate(somebody, one, reason=WHY, trial_digest=one.trial_digest),
        lambda: ask_trial(somebody, one),
    ):
        with pytest.raises(NotVisible):
            attempt()


def test_the_lines_of_a_list_and_its_criteria_are_those_of_the_text():
    text = rule_set_text("recommended")
    found = passages(text, "watch", ("load_rose", "load_high"))
    assert [one.name for one in found] == ["watch", "load_rose", "load_high"]
    lines = text.splitlines()
    for one in found:
        assert all(lines[number - 1] == line for number, line in one.numbered)
        assert one.lines[0].strip() == f"{one.name}:"
    assert found[0].lines[-1].strip().startswith("leave:")
    assert passages("[]", "watch", ()) == []
