"""Appeals and acceptances: raised by one, decided by another, told to the next evaluation."""

import datetime as dt

import pytest
from tests.web.lists.seed import ALL, BOSS, WHY, an_area, assessed, put_on, who

from headworks.core.errors import DataRefused, UsageError
from headworks.tables.assessment import ListDecisions
from headworks.web.access.models import AreaNode
from headworks.web.access.policy import NotVisible
from headworks.web.lists.matters.matters import decide_matter, list_decisions, possible_kinds, raise_matter
from headworks.web.lists.models import ListOutcome, Matter
from headworks.web.lists.outcomes.assessments import in_use as newest
from headworks.web.lists.outcomes.assessments import outcomes_of, review_assessment
from headworks.web.lists.outcomes.shown import of_area


@pytest.fixture
def listed(in_use):
    """A city on the watch list, and its officer."""
    area = an_area(in_use)
    return put_on(in_use, area), area, who("officer", "olga", area.path)


def test_an_appeal_is_decided_by_another_and_told_to_the_next_evaluation(listed):
    row, area, officer = listed
    made = raise_matter(officer, area.pk, row.pk, "appeal", WHY)
    assert made.due_at - made.proposed_at == dt.timedelta(days=30)
    assert list_decisions("recommended").select("period", "decision").rows() == [("2025-Q3", "appealed")]
    decide_matter(BOSS, made.pk, is_granted=True, reason=WHY)
    decided = list_decisions("recommended")
    assert decided.select("area_id", "period", "list_name", "decision").rows() == [
        (area.pk, "2025-Q3", "watch", "appeal_upheld")
    ]
    ListDecisions.validate(decided, cast=True)
    with pytest.raises(UsageError, match="decided already"):
        decide_matter(BOSS, made.pk, is_granted=False, reason=WHY)


def test_nobody_decides_on_their_own_and_an_officer_on_none(listed):
    row, area, officer = listed
    own = raise_matter(BOSS, area.pk, row.pk, "appeal", WHY)
    with pytest.raises(UsageError, match="Nobody decides"):
        decide_matter(BOSS, own.pk, is_granted=True, reason=WHY)
    with pytest.raises(NotVisible):
        decide_matter(officer, own.pk, is_granted=True, reason=WHY)


def test_one_at_a_time_and_once_a_period(listed):
    row, area, officer = listed
    made = raise_matter(officer, area.pk, row.pk, "appeal", WHY)
    with pytest.raises(UsageError, match="cannot be raised now"):
        raise_matter(officer, area.pk, row.pk, "appeal", WHY)
    decide_matter(BOSS, made.pk, is_granted=False, reason=WHY)
    with pytest.raises(UsageError, match="cannot be raised now"):
        raise_matter(officer, area.pk, row.pk, "appeal", WHY)


def test_an_acceptance_ends_a_review_and_nothing_else(in_use):
    area = an_area(in_use)
    on = put_on(in_use, area)
    review = put_on(in_use, area, "rectification", state="review", outcome="to_review")
    off = ListOutcome.objects.unscoped(ALL).filter(assessment=in_use, state="off").first()
    assessor = who("assessor", "ann")
    assert possible_kinds(assessor, on) == ["appeal"]
    assert possible_kinds(assessor, review) == ["appeal", "acceptance"]
    assert possible_kinds(assessor, off) == []
    made = raise_matter(assessor, area.pk, review.pk, "acceptance", WHY)
    decide_matter(BOSS, made.pk, is_granted=True, reason=WHY)
    assert list_decisions("recommended")["decision"].to_list() == ["accepted"]


def test_a_neighbour_raises_nothing_and_a_reason_names_no_one(listed):
    row, area, officer = listed
    neighbour = who("officer", "nina", an_area(row.assessment, 1).path)
    with pytest.raises(NotVisible):
        raise_matter(neighbour, area.pk, row.pk, "appeal", WHY)
    with pytest.raises(NotVisible):
        raise_matter(who("steward", "stef", area.path), area.pk, row.pk, "appeal", WHY)
    with pytest.raises(DataRefused) as refused:
        raise_matter(officer, area.pk, row.pk, "appeal", "Ask 13812345678.")
    assert "13812345678" not in str(refused.value)
    with pytest.raises(UsageError, match="reason is needed"):
        raise_matter(officer, area.pk, row.pk, "appeal", " ")
    assert Matter.objects.unscoped(ALL).count() == 0


def test_an_assessment_is_in_use_once_another_confirmed_it(own_province):
    one = assessed(own_province, by="bob")
    assert newest("recommended") is None
    with pytest.raises(UsageError, match="Nobody decides"):
        review_assessment(BOSS, one, is_confirmed=True, reason=WHY)
    review_assessment(who("director", "dora"), one, is_confirmed=True, reason=WHY)
    assert newest("recommended") == one


def test_assessing_twice_is_one_assessment_and_a_decision_makes_another(own_province, listed):
    row, area, officer = listed
    again = assessed(own_province, row.assessment.rule_set)
    assert again.pk == row.assessment_id
    raise_matter(officer, area.pk, row.pk, "appeal", WHY)
    other = assessed(own_province, row.assessment.rule_set)
    assert other.pk != again.pk
    assert (own_province.path / "assessments" / "decisions" / f"{other.decisions_digest}.csv").is_file()


def test_outcomes_that_were_changed_on_disk_are_not_shown(own_province, in_use):
    path = own_province.path / in_use.folder / "outcomes.parquet"
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(DataRefused, match="gone or changed") as refused:
        outcomes_of(in_use)
    assert refused.value.code == "HW-D861"


def test_a_tier_sees_the_outcome_where_it_sees_the_figure(in_use):
    rows = ListOutcome.objects.unscoped(ALL).filter(assessment=in_use)
    area = AreaNode.objects.get(pk=rows.filter(shown_from="steward").first().area_id)
    assert of_area(who("assessor", "ann", area.path, tier="steward"), area, in_use)
    assert of_area(who("assessor", "ann", area.path, tier="analyst"), area, in_use) == []
