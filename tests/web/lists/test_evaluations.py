"""Plans of evaluations on the pages: registered for one's own areas, in time, and read by who sees all of them."""

import datetime as dt

import pytest
from django.utils import timezone
from tests.web.conftest import area_at
from tests.web.lists.seed import who

from headworks.core.errors import DataRefused, UsageError
from headworks.jobs.assessment import kept_registrations
from headworks.web.access.policy import NotVisible
from headworks.web.audit.models import AuditRow
from headworks.web.lists.evaluations import evaluated, register, require_plan, visible_plans

pytestmark = pytest.mark.django_db
YEAR = dt.timedelta(days=365)


def said(area, **more):
    """What the form says: a year from tomorrow on, against the year that ends today."""
    today = timezone.localdate() + dt.timedelta(days=2)
    return {
        "question": "Does ketamine fall?", "areas": area.pk, "compared": "", "drug": "ketamine", "effect": "20",
        "before_first": f"{today - YEAR}", "before_last": f"{today}", "after_first": f"{today + dt.timedelta(days=1)}",
        "after_last": f"{today + YEAR}", **more,
    }  # fmt: skip


def test_a_plan_is_registered_on_the_page_and_stands_in_the_audit_log(own_province, account, browse):
    area = area_at(3)
    client = browse(account("officer", area.path, username="olga"))
    assert client.post("/lists/evaluations/register/", said(area)).status_code == 302
    one = kept_registrations(own_province)[0]
    assert (one.author, one.registration.role, one.plan.smallest_effect) == ("olga", "officer", 0.8)
    row = AuditRow.objects.get(action="evaluation_registered")
    assert row.object_id == one.registration.fingerprint
    page = client.get(f"/lists/evaluations/{one.registration.fingerprint}/").content.decode()
    assert "Nothing is shown before the later window is over" in page
    again = client.post("/lists/evaluations/register/", said(area))
    assert again.status_code == 400
    assert "registered before" in again.content.decode()


def test_a_neighbour_neither_registers_for_an_area_nor_reads_its_plans(own_province, account, browse):
    mine, other = area_at(2, 0), area_at(2, 1)
    ann, nina = who("assessor", "ann", mine.path), who("assessor", "nina", other.path)
    made = register(ann, said(mine))
    with pytest.raises(NotVisible):
        register(nina, said(mine))
    with pytest.raises(NotVisible):
        register(ann, said(mine, compared=other.pk))
    assert visible_plans(nina) == []
    client = browse(account("assessor", other.path))
    theirs = f"/lists/evaluations/{made.registration.fingerprint}/"
    assert client.get(theirs).status_code == client.get("/lists/evaluations/nothing/").status_code == 404
    assert made.plan.question not in client.get("/lists/evaluations/").content.decode()
    # A plan that compares with somebody else's area is there for who sees both.
    both = register(who("director", "bob"), said(mine, compared=other.pk, effect="30"))
    assert [one.plan for one in visible_plans(ann)] == [made.plan]
    assert len(visible_plans(who("director", "dora"))) == 2
    with pytest.raises(NotVisible):
        require_plan(ann, both.registration.fingerprint)


def test_who_neither_assesses_nor_answers_for_an_area_registers_nothing(province):
    for role in ("steward", "reviewer", "sampler"):
        with pytest.raises(NotVisible):
            register(who(role, "carl"), said(area_at(3)))


def test_what_is_no_plan_is_refused_in_words(province):
    late = {"before_first": "2019-01-01", "before_last": "2019-12-31", "after_first": "2020-01-01"}
    refused = (
        ({"after_first": "2025-01-01"}, "overlap"), ({"effect": "0"}, "cannot be this"), ({"effect": "much"}, "cannot be this"),
        ({"before_first": "soon"}, "cannot be this"), ({"before_last": "2000-01-01"}, "cannot be this"),
        ({"areas": " "}, "cannot be this"), ({"drug": ""}, "cannot be this"), ({"question": " "}, "reason is needed"),
        (late, "begun already"),
    )  # fmt: skip
    for change, words in refused:
        with pytest.raises((UsageError, DataRefused), match=words):
            register(who("assessor", "ann"), said(area_at(3), **change))
    assert kept_registrations(province) == []


def test_what_came_out_is_computed_from_what_the_reader_may_see(own_province, account, browse, monkeypatch):
    area = area_at(3)
    made = register(who("assessor", "ann"), said(area))
    with pytest.raises(DataRefused, match="cannot be evaluated yet"):
        evaluated(who("assessor", "ann"), made)
    over = dt.date(2099, 1, 1)
    monkeypatch.setattr("headworks.web.lists.evaluations.timezone.localdate", lambda: over)
    page = browse(account("assessor", area.path)).get(f"/lists/evaluations/{made.registration.fingerprint}/").content.decode()
    assert "Too little is known before the action." in page
