"""Plans of evaluations on the pages: registered for one's own areas, in time, and read by who sees all of them."""

import datetime as dt

import polars as pl
import pytest
from django.utils import timezone
from tests.web.conftest import area_at
from tests.web.lists.seed import who
from tests.workflows.assessment.evaluations.builders import AFTER, BEFORE, OTHERS, monthly

from headworks.core.errors import DataRefused, UsageError
from headworks.jobs.assessment import keep_registration, kept_registrations
from headworks.web.access.models import AreaNode
from headworks.web.access.policy import NotVisible
from headworks.web.audit.models import AuditRow
from headworks.web.figures.scoped import Figures
from headworks.web.lists.evaluations.plans import evaluated, register, require_plan, visible_plans
from headworks.workflows.assessment.evaluations import plan_of_loads

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
    one = kept_registrations(own_province).plans[0]
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
    assert visible_plans(nina).plans == []
    client = browse(account("assessor", other.path))
    theirs = f"/lists/evaluations/{made.registration.fingerprint}/"
    assert client.get(theirs).status_code == client.get("/lists/evaluations/nothing/").status_code == 404
    assert made.plan.question not in client.get("/lists/evaluations/").content.decode()
    # A plan that compares with somebody else's area is there for who sees both.
    both = register(who("director", "bob"), said(mine, compared=other.pk, effect="30"))
    assert [one.plan for one in visible_plans(ann).plans] == [made.plan]
    assert len(visible_plans(who("director", "dora")).plans) == 2
    with pytest.raises(NotVisible):
        require_plan(ann, both.registration.fingerprint)


def test_who_neither_assesses_nor_answers_for_an_area_registers_nothing(province):
    for role in ("steward", "reviewer", "sampler"):
        with pytest.raises(NotVisible):
            register(who(role, "carl"), said(area_at(3)))


def test_what_is_no_plan_is_refused_in_words(province):
    late = {"before_first": "2019-01-01", "before_last": "2019-12-31", "after_first": "2020-01-01"}
    refused = (
        ({"after_first": "2025-01-01"}, "overlap"), ({"method": "wishing"}, "cannot be this"), ({"effect": "0"}, "cannot be this"), ({"effect": "much"}, "cannot be this"),
        ({"before_first": "soon"}, "cannot be this"), ({"before_last": "2000-01-01"}, "cannot be this"),
        ({"areas": " "}, "cannot be this"), ({"drug": ""}, "cannot be this"), ({"question": " "}, "reason is needed"),
        (late, "already something to see"),
    )  # fmt: skip
    for change, words in refused:
        with pytest.raises((UsageError, DataRefused), match=words):
            register(who("assessor", "ann"), said(area_at(3), **change))
    assert kept_registrations(province).plans == []


def test_what_came_out_is_computed_from_what_the_reader_may_see(own_province, account, browse, monkeypatch):
    area = area_at(3)
    made = register(who("assessor", "ann"), said(area))
    with pytest.raises(DataRefused, match="cannot be evaluated yet"):
        evaluated(who("assessor", "ann"), made, {area.pk: area})
    over = dt.date(2099, 1, 1)
    monkeypatch.setattr("headworks.web.lists.evaluations.plans.timezone.localdate", lambda: over)
    page = browse(account("assessor", area.path)).get(f"/lists/evaluations/{made.registration.fingerprint}/").content.decode()
    assert "Too little is known before the action." in page


def test_what_would_have_come_anyway_stands_first_then_the_mixture_with_its_weights_and_placebos(
    own_province, account, browse, monkeypatch
):
    areas = list(AreaNode.objects.filter(level=4).order_by("pk")[:13])
    code_of = dict(zip(("a", *OTHERS), (one.pk for one in areas), strict=True))
    loads = monthly().with_columns(pl.col("area_id").replace(code_of))
    found = "headworks.web.lists.evaluations.plans.area_figures"
    monkeypatch.setattr(found, lambda reader, code: Figures(loads.filter(area_id=code), "steward", "r"))
    others = tuple(one.pk for one in areas[1:])
    client = browse(account("director"))
    for method in ("synthetic_control", "before_after"):
        plan = plan_of_loads("Does ketamine fall?", "ketamine", (areas[0].pk,), BEFORE, AFTER, 0.8, others, method)
        made = keep_registration(own_province, plan, dt.date(2024, 6, 1), role="director")
        page = client.get(f"/lists/evaluations/{made.registration.fingerprint}/").content.decode()
        expected, came_out = page.index("What would have come anyway"), page.index('<h2 id="out">')
        assert 0 < expected < page.index("Seen, times the level before") < came_out
        assert page.count("<circle") == (12 if method == "synthetic_control" else 0)
    assert "Weight in the mixture" not in page


def test_all_areas_of_a_level_are_compared_with_and_too_few_are_refused(own_province, account, browse):
    area = area_at(3)
    client = browse(account("officer", area_at(2).path))
    refused = client.post("/lists/evaluations/register/", said(area, method="synthetic_control"))
    assert (refused.status_code, "HW-D875" in refused.content.decode()) == (400, True)
    whole = browse(account("director"))
    form = said(area, method="before_after", of_level="1")
    assert whole.post("/lists/evaluations/register/", form).status_code == 302
    plan = kept_registrations(own_province).plans[0].plan
    n_others = AreaNode.objects.filter(level=3).count() - 1
    assert (plan.method, len(plan.comparison_ids)) == ("before_after", n_others)
    assert area.pk not in plan.comparison_ids


def test_a_damaged_record_hides_no_plan_and_is_named(own_province, account, browse):
    area = area_at(3)
    register(who("assessor", "ann"), said(area))
    folder = own_province.path / "assessments" / "evaluations"
    (folder / f"{'ab' * 32}.json").write_text("{", encoding="utf-8")
    page = browse(account("assessor", area.path)).get("/lists/evaluations/").content.decode()
    assert "Does ketamine fall?" in page
    assert "abababababab" in page
    assert "HW-D862" in page
    assert "abababababab" not in browse(account("reviewer", area.path)).get("/lists/evaluations/").content.decode()


def test_an_indicator_that_the_reader_may_not_count_is_not_there(own_province):
    with pytest.raises(NotVisible):
        register(who("director", "dora"), said(area_at(3), drug="count:deaths", of_level="1"))
