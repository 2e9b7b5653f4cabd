"""Raising, deciding, counting: by whom, once, with a reason, and never about a person."""

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone
from tests.web.conftest import area_at, reader

from headworks.core.errors import DataRefused, UsageError
from headworks.web.access.models import SiteArea, SiteNode
from headworks.web.access.policy import NotVisible
from headworks.web.audit.models import AuditRow
from headworks.web.signals.counts import count_signals
from headworks.web.signals.decide import decide
from headworks.web.signals.free_text import person_number_in
from headworks.web.signals.intake import raise_signal, report_signal
from headworks.web.signals.models import Signal, SignalDecision, StepTime
from headworks.web.signals.shown import shown_to

ALL = "a test looks at every row"


def raised(area, key="one", **more):
    said = {"kind": "exceedance", "source": "ears", "observed": 40.0, "expected": 10.0, "period": "2025-W05", **more}
    return raise_signal(key, area_id=area.area_id, **said).signal


def test_the_same_finding_twice_is_one_signal(province):
    area = area_at(3)
    first = raise_signal("k", kind="change", source="cusum", area_id=area.area_id)
    again = raise_signal("k", kind="change", source="cusum", area_id=area.area_id)
    assert (first.is_new, again.is_new, again.signal.pk) == (True, False, first.signal.pk)
    assert first.signal.due_at - first.signal.raised_at == dt.timedelta(hours=24)
    assert AuditRow.objects.filter(action="signal_raised").count() == 1


def test_a_signal_of_a_site_lies_in_the_area_that_owns_it(province):
    site = SiteNode.objects.exclude(owner_path="").order_by("pk").first()
    made = raise_signal("s", kind="change", source="cusum", site_id=site.pk).signal
    assert (made.area_path, made.site_id) == (site.owner_path, site.pk)


@pytest.mark.parametrize(
    "said", [{"kind": "rumour"}, {"area_id": "nowhere"}, {"area_id": "", "site_id": "nowhere"}, {"area_id": ""}]
)
def test_a_kind_or_a_place_that_is_not_known_is_refused(province, said):
    with pytest.raises(UsageError) as refused:
        raise_signal("x", **{"kind": "change", "source": "cusum", "area_id": area_at(3).area_id, **said})
    assert refused.value.code == "HW-U170"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Ring 13812345678 about it", "telephone"),
        ("１３８ １２３４ ５６７８", "telephone"),
        ("+49 171 2345678", "telephone"),
        ("020-8123 4567", "telephone"),
        ("ID 440106199001011234", "identity number"),
        ("44010619900101123X", "identity number"),
        ("write to somebody@example.org", "address of mail"),
        ("粤A12345 stood there", "number plate"),
        ("number 998877665544", "long number"),
    ],
)
def test_a_number_of_a_person_is_found_in_any_writing(db, text, kind):
    assert person_number_in(text) == kind


@pytest.mark.parametrize(
    "text", ["42 mg on 2025-03-04, 250 m below the bridge", "2025-W05 to 2025-W13, 1,943 sites", "flow 40000.5 m3/d at 14:30"]
)
def test_dates_amounts_and_codes_of_areas_are_not_mistaken_for_it(province, text):
    assert person_number_in(f"{text} {area_at(3).area_id}") is None


def test_a_text_with_a_number_of_a_person_is_refused_and_not_repeated(province):
    who = reader(path=area_at(3).path)
    with pytest.raises(DataRefused) as refused:
        report_signal(who, kind="event", words="Ask 13812345678", area_id=area_at(3).area_id)
    assert "13812345678" not in str(refused.value)
    with pytest.raises(DataRefused):
        raised(area_at(3), explanation={"seen": ["by 13812345678"]})
    assert Signal.objects.unscoped(ALL).count() == 0


def test_a_person_reports_on_their_own_area_only(province):
    mine, other = area_at(3, 0), area_at(3, 1)
    who = reader(path=mine.path)
    made = report_signal(who, kind="event", words="Foam at the inlet", area_id=mine.area_id)
    assert (made.source, made.raised_by, made.state) == ("reported", "somebody", "signal")
    with pytest.raises(NotVisible):
        report_signal(who, kind="event", words="Foam", area_id=other.area_id)
    with pytest.raises(UsageError, match="area or a site"):
        report_signal(who, kind="event", words="Foam")
    with pytest.raises(UsageError, match="without words"):
        report_signal(who, kind="event", words=" ", area_id=mine.area_id)
    assessor = reader(role="assessor", path=mine.path)
    with pytest.raises(NotVisible):
        report_signal(assessor, kind="event", words="Foam", area_id=mine.area_id)


def test_decisions_follow_one_another_with_reason_actor_and_clock(province):
    area = area_at(3)
    who, one = reader(path=area.path), raised(area)
    for version, (state, outcome) in enumerate(
        [("triage", ""), ("verification", ""), ("risk_assessment", ""), ("closed", "true")]
    ):
        decide(who, one.pk, to_state=state, outcome=outcome, reason="Seen twice.", version=version)
    one = Signal.objects.require(who, pk=one.pk)
    assert (one.state, one.outcome, one.due_at, one.version) == ("closed", "true", None, 4)
    made = list(one.decisions.all())
    assert [step.from_state for step in made] == ["signal", "triage", "verification", "risk_assessment"]
    assert made[0].was_due_at - made[0].step_began_at == dt.timedelta(hours=24)
    with pytest.raises(UsageError, match="does not follow"):
        decide(who, one.pk, to_state="triage", reason="Again.", version=4)


def test_a_decision_needs_a_reason_and_is_never_changed_or_taken_away(province):
    area = area_at(3)
    who, one = reader(path=area.path), raised(area)
    with pytest.raises(UsageError, match="needs a reason"):
        decide(who, one.pk, to_state="triage", reason="  ", version=0)
    made = decide(who, one.pk, to_state="triage", reason="Look.", version=0)
    with pytest.raises(TypeError, match="not changed"):
        made.save()
    with pytest.raises(TypeError, match="not taken away"):
        made.delete()


def test_of_two_who_decide_at_once_the_second_is_told(province, monkeypatch):
    area = area_at(3)
    who, one = reader(path=area.path), raised(area)
    decide(who, one.pk, to_state="triage", reason="First.", version=0)
    with pytest.raises(UsageError) as refused:
        decide(who, one.pk, to_state="closed", outcome="false", reason="Second.", version=0)
    assert refused.value.code == "HW-U174"
    # Both read the same version: the row itself decides who was first.
    stale = Signal.objects.require(who, pk=one.pk)
    decide(who, one.pk, to_state="verification", reason="Third.", version=1)
    monkeypatch.setattr(Signal.objects, "require", lambda *said, **more: stale, raising=False)
    with pytest.raises(UsageError, match="meanwhile"):
        decide(who, one.pk, to_state="verification", reason="Fourth.", version=1)
    assert SignalDecision.objects.count() == 2


def test_who_may_view_may_not_decide_without_the_right(province):
    area = area_at(3)
    one = raised(area)
    assessor = reader(role="assessor", path=area.path)
    assert Signal.objects.visible_to(assessor).count() == 1
    with pytest.raises(NotVisible):
        decide(assessor, one.pk, to_state="triage", reason="Look.", version=0)


def test_numbers_stand_beside_a_signal_only_where_the_figure_is_shown_to_the_tier(province):
    area = area_at(3)
    one = raised(area, explanation={"why": "four times"})
    open_to = shown_to(reader(path=area.path, tier="steward"), [one])[0]
    assert open_to.numbers["ratio"] == 4.0
    assert open_to.explanation
    public = shown_to(reader(path=area.path, tier="public"), [one])[0]
    assert public.is_withheld
    assert set(public.numbers.values()) == {None}
    assert public.explanation == {}


def test_a_signal_seen_through_a_site_of_two_areas_does_not_name_the_other(province):
    site = SiteNode.objects.exclude(owner_path="").order_by("pk").first()
    other = next(area for area in (area_at(3, n) for n in range(20)) if not site.owner_path.startswith(area.path))
    SiteArea.objects.get_or_create(site=site, area_path=other.path)
    made = raise_signal("s", kind="change", source="cusum", site_id=site.pk).signal
    who = reader(path=other.path)
    assert list(Signal.objects.visible_to(who)) == [made]
    assert shown_to(who, [made])[0].area is None


def test_counts_are_of_what_the_reader_sees(province):
    mine, other = area_at(3, 0), area_at(3, 1)
    both = reader(path="")
    first, second = raised(mine, "a"), raised(other, "b", kind="change")
    for version, (state, outcome) in enumerate(
        [("triage", ""), ("verification", ""), ("risk_assessment", ""), ("closed", "true")]
    ):
        decide(both, first.pk, to_state=state, outcome=outcome, reason="Yes.", version=version)
    decide(both, second.pk, to_state="closed", outcome="false", reason="No.", version=0)
    Signal.objects.unscoped(ALL).filter(pk=raised(mine, "c").pk).update(due_at=timezone.now() - dt.timedelta(hours=1))
    whole, own = count_signals(both), count_signals(reader(path=mine.path))
    assert (whole.all.total, whole.all.verified_share, whole.all.late) == (3, 0.5, 1)
    assert (own.all.total, own.all.verified_share) == (2, 1.0)
    assert [one.kind for one in own.kinds] == ["exceedance"]
    assert {step.state: step.passed for step in whole.steps}["signal"] == 2
    assert {step.state: step.passed for step in own.steps}["signal"] == 1


def test_an_operators_hours_are_the_clock_of_the_next_signals(province):
    StepTime.objects.create(state="signal", hours=2)
    one = raised(area_at(3))
    assert one.due_at - one.raised_at == dt.timedelta(hours=2)


def test_no_table_of_the_desk_has_a_column_for_a_person(db):
    words = {"name", "person", "phone", "telephone", "email", "address", "birth", "sex", "gender", "plate", "face", "photo"}
    for model in (Signal, SignalDecision, StepTime):
        with connection.cursor() as cursor:
            columns = {column.name for column in connection.introspection.get_table_description(cursor, model._meta.db_table)}
        assert not {part for column in columns for part in column.split("_")} & words
