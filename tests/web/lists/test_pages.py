"""The pages of lists: one's own areas with probability and evidence, by code; what takes two people is refused to one."""

import re

import pytest
from tests.web.lists.seed import ALL, WHY, an_area, assessed, in_force, put_on, who

from headworks.web.audit.models import AuditRow
from headworks.web.lists.matters.matters import raise_matter
from headworks.web.lists.models import Assessment, ListOutcome, Matter, RuleSetText
from headworks.web.work.models import WorkItem


def _bare(answer):
    return re.sub(r'value="[A-Za-z0-9]{64}"', "", answer.content.decode())


@pytest.fixture
def two(in_use):
    """An area of one's own and the neighbours', both on the watch list, with an appeal of the neighbours'."""
    mine, other = an_area(in_use, 0), an_area(in_use, 1)
    rows = put_on(in_use, mine), put_on(in_use, other)
    theirs = raise_matter(who("officer", "nina", other.path), other.pk, rows[1].pk, "appeal", "their-secret-reason")
    return mine, other, rows, theirs


def test_everything_of_the_neighbours_reads_like_what_is_not_there(in_use, two, account, browse):
    mine, other, rows, theirs = two
    client = browse(account("officer", mine.path))
    shown = [f"/lists/areas/{mine.pk}/", "/lists/", f"/lists/assessments/{in_use.pk}/", f"/lists/assessments/{in_use.pk}/watch/",
             "/lists/matters/", "/lists/rules/", f"/lists/rules/{in_use.rule_set.pk}/"]  # fmt: skip
    for url in shown:
        answer = client.get(url)
        assert answer.status_code == 200, url
        page = answer.content.decode()
        assert not [secret for secret in (other.pk, other.name_zh, "nina", theirs.reason) if secret in page], url
    assert mine.pk in client.get("/lists/").content.decode()
    for url, never in (
        (f"/lists/areas/{other.pk}/", "/lists/areas/nowhere/"), (f"/lists/matters/{theirs.pk}/", "/lists/matters/999999/"),
        ("/lists/matters/?area=" + other.pk, "/lists/matters/?area=nowhere"),
    ):  # fmt: skip
        foreign, nothing = client.get(url), client.get(never)
        assert foreign.status_code == nothing.status_code == 404
        assert _bare(foreign) == _bare(nothing)
    said = {"outcome": rows[1].pk, "kind": "appeal", "reason": WHY}
    for url in (f"/lists/areas/{other.pk}/raise/", f"/lists/areas/{mine.pk}/raise/"):
        assert client.post(url, said).status_code == 404
    assert client.post(f"/lists/matters/{theirs.pk}/decide/", {"decision": "grant", "reason": WHY}).status_code == 404
    assert Matter.objects.unscoped(ALL).get().state == "waiting"


def test_an_area_says_why_what_would_change_it_and_the_rule_by_the_line(in_use, two, account, browse):
    mine = two[0]
    page = browse(account("officer", mine.path)).get(f"/lists/areas/{mine.pk}/").content.decode()
    for words in ("Watch list: entered in 2025-Q2.", "“load is high” holds with a probability of 87.0 %", "What would change it",
                  "To enter: one of “load rose”, “load is high” with 80 % in 1 of 1 periods.", "Its past on this list",
                  "The rule, by the line", "How often it errs: 500 simulated provinces"):  # fmt: skip
        assert words in page, words
    assert re.search(r'<span class="n">\d+</span>  watch:', page)


def test_an_appeal_is_raised_and_decided_on_the_pages(in_use, two, account, browse):
    mine, _other, rows, _theirs = two
    officer = browse(account("officer", mine.path, username="olga"))
    said = {"outcome": rows[0].pk, "kind": "appeal", "reason": "The plant was under repair."}
    assert officer.post(f"/lists/areas/{mine.pk}/raise/", {**said, "reason": ""}).status_code == 400
    assert officer.post(f"/lists/areas/{mine.pk}/raise/", said).status_code == 302
    made = Matter.objects.unscoped(ALL).get(proposed_by="olga")
    assert "You raised it" not in officer.get(f"/lists/matters/{made.pk}/").content.decode()
    assert officer.post(f"/lists/matters/{made.pk}/decide/", {"decision": "grant", "reason": WHY}).status_code == 404
    boss = browse(account("director", username="boss"))
    assert (
        boss.post(f"/lists/matters/{made.pk}/decide/", {"decision": "grant", "reason": "Seen in the log."}).status_code == 302
    )
    page = officer.get(f"/lists/matters/{made.pk}/").content.decode()
    assert "upheld" in page
    assert "2025-Q3" in page
    assert AuditRow.objects.filter(action__in=["matter_raised", "matter_decided"], area_path=mine.path).count() == 2


def test_rules_come_into_force_and_are_assessed_by_two_people_on_the_pages(own_province, account, browse):
    assessor, boss = browse(account("assessor", username="ann")), browse(account("director", username="boss"))
    assert assessor.post("/lists/rules/propose/", {"shipped": "recommended", "reason": WHY}).status_code == 302
    one = RuleSetText.objects.get()
    said = {"decision": "activate", "reason": WHY, "trial": one.trial_digest}
    assert assessor.post(f"/lists/rules/{one.pk}/decide/", said).status_code == 404
    assert boss.post(f"/lists/rules/{one.pk}/decide/", {**said, "trial": "other"}).status_code == 400
    assert boss.post(f"/lists/rules/{one.pk}/decide/", said).status_code == 302
    assert assessor.post("/lists/assess/", {"rule_set": one.pk, "period": "soon"}).status_code == 400
    assert assessor.post("/lists/assess/", {"rule_set": one.pk}).status_code == 302
    assert WorkItem.objects.unscoped(ALL).filter(kind="assess_lists", state="waiting").count() == 1
    made = assessed(own_province, one, by="ann")
    assert browse(account("officer", an_area(made).path)).get(f"/lists/assessments/{made.pk}/").status_code == 404
    assert "Waits for a review" in assessor.get("/lists/").content.decode()
    assert assessor.post(f"/lists/assessments/{made.pk}/review/", {"decision": "confirm", "reason": WHY}).status_code == 404
    assert boss.post(f"/lists/assessments/{made.pk}/review/", {"decision": "confirm", "reason": WHY}).status_code == 302
    assert Assessment.objects.get().state == "confirmed"
    assert "Assessed for 2025-Q2" in assessor.get("/lists/").content.decode()


def test_areas_stand_by_code_whatever_their_probability(in_use, account, browse):
    areas = [an_area(in_use, n) for n in range(3)]
    for area, p in zip(areas, (0.81, 0.99, 0.9), strict=True):
        put_on(in_use, area, probability=p)
    page = browse(account("director")).get("/lists/").content.decode()
    places = [page.index(f"/lists/areas/{area.pk}/") for area in areas]
    assert places == sorted(places)


def test_where_the_past_is_withheld_the_figures_behind_are_too(in_use, account, browse):
    area = an_area(in_use)
    rows = ListOutcome.objects.unscoped(ALL).filter(area_id=area.pk)
    rows.update(shown_from="analyst", evidence_from="steward")
    page = browse(account("assessor", area.path, tier="analyst")).get(f"/lists/areas/{area.pk}/").content.decode()
    assert "withheld at your tier" in page
    assert "load_rose</span>" not in page


@pytest.mark.django_db
def test_before_anything_was_proposed_the_pages_say_what_would_fill_them(province, account, browse):
    client = browse(account("assessor"))
    assert "No rule set is in force" in client.get("/lists/").content.decode()
    in_force()
    assert "Nothing was confirmed yet" in client.get("/lists/").content.decode()
    assert "Nothing waits" in client.get("/lists/matters/").content.decode()


def test_a_sampler_the_laboratory_and_the_public_have_no_lists(province, account, browse, client):
    assert client.get("/lists/").status_code == 302
    for role in ("sampler", "analyst", "reviewer", "administrator"):
        assert browse(account(role)).get("/lists/").status_code == 404
