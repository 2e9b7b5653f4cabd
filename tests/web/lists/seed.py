"""A rule set in force, an assessment as the worker makes it, and areas put on its lists."""

from dataclasses import replace

from tests.web.conftest import reader

from headworks.web.access.models import AreaNode
from headworks.web.lists.models import Assessment, ListOutcome
from headworks.web.lists.outcomes.list_work import assess_lists
from headworks.web.lists.rules.rule_sets import activate, propose_rule_set

ALL = "a test looks at every row"
WHY = "Discussed in the meeting."


def who(role, username, path="", tier="steward"):
    """A reader by role and name, without an account."""
    return replace(reader(role=role, path=path, tier=tier), username=username)


ASSESSOR, BOSS = who("assessor", "ann"), who("director", "bob")


def in_force():
    """The recommended rule set, proposed by one and brought into force by another."""
    one = propose_rule_set(ASSESSOR, shipped_name="recommended", reason=WHY)
    one.refresh_from_db()
    activate(BOSS, one, reason=WHY, trial_digest=one.trial_digest)
    return one


def assessed(workspace, one=None, by="ann"):
    """What the worker computes."""
    made = assess_lists({"rule_set": (one or in_force()).pk, "period": "", "by": by}, lambda step: None)
    return Assessment.objects.get(pk=made["assessment"])


def confirmed(one):
    """Confirmed without a reason's form."""
    Assessment.objects.filter(pk=one.pk).update(
        state="confirmed", decided_by="bob", decision_reason=WHY, decided_at=one.proposed_at
    )
    one.refresh_from_db()
    return one


def put_on(one, area, list_name="watch", state="on", outcome="entered", **more):
    """An area put on a list: the row says so, its evidence stays what it was."""
    rows = ListOutcome.objects.unscoped(ALL).filter(assessment=one, area_id=area.area_id, list_name=list_name)
    said = {
        "state": state,
        "outcome": outcome,
        "since": one.period,
        "probability": 0.87,
        "criterion": "load_high",
        "families": 1,
    }
    assert rows.update(**{**said, **more}) == 1
    return rows.get()


def an_area(one, n=0, level=2):
    """The n-th area of a level of which the assessment speaks."""
    rows = ListOutcome.objects.unscoped(ALL).filter(assessment=one, level=level, list_name="watch").order_by("area_id")
    return AreaNode.objects.get(pk=rows[n].area_id)
