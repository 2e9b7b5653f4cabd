"""Reports in the server: due dates, drafts by the worker, steps by two people, files; nothing of the neighbours."""

import datetime as dt
import re

import pytest
from tests.web.conftest import area_at
from tests.web.lists.seed import ALL, who

from headworks.core.errors import UsageError
from headworks.jobs.cycle import CycleOrder, all_editions, draft_report
from headworks.web.access.policy import NotVisible
from headworks.web.audit.models import AuditRow
from headworks.web.reporting.drafting import ask_draft
from headworks.web.work.models import WorkItem
from headworks.web.work.worker import work_once

WEEK, TODAY = "2025-W10", dt.date(2026, 1, 5)


def drafted(workspace, area, by="olga", tier="analyst"):
    """An edition, without the worker."""
    return draft_report(workspace, CycleOrder("weekly", area.pk, WEEK, tier, by=by))


def _bare(answer):
    return re.sub(r'value="[A-Za-z0-9]{64}"', "", answer.content.decode())


def test_a_draft_goes_through_two_people_to_its_files(own_province, account, browse):
    area = area_at(2)
    officer = browse(account("officer", area.path, tier="analyst", username="olga"))
    said = {"kind": "weekly", "period": WEEK, "of": area.pk, "tier": "analyst"}
    assert officer.post("/reports/draft/", said).status_code == 302
    assert work_once()
    item = WorkItem.objects.unscoped(ALL).get(kind="cycle_report")
    assert item.state == "done", item.outcome
    address = f"/reports/editions/{item.outcome['snapshot_id']}/"
    page = officer.get(address).content.decode()
    assert "You drafted it" in page
    assert officer.post(address + "step/", {"step": "reviewed"}).status_code == 400
    boss = browse(account("director", tier="analyst", username="boss"))
    for step in ("reviewed", "approved", "published"):
        assert boss.post(address + "step/", {"step": step}).status_code == 302
    assert all_editions(own_province)[0].state == "published"
    assert AuditRow.objects.filter(action="report_step", area_path=area.path).count() == 3
    refused = boss.post(address + "step/", {"step": "withdrawn"})
    assert refused.status_code == 400
    assert "HW-U276" in refused.content.decode()
    for form, begins in (("html", b"<!DOCTYPE html>"), ("docx", b"PK"), ("xlsx", b"PK")):
        answer = officer.get(f"{address}en/{form}/")
        assert answer.content.startswith(begins)
        assert "attachment" in answer.headers["Content-Disposition"]
    assert officer.get(f"{address}en/exe/").status_code == 404
    assert "Weekly bulletin" in officer.get("/reports/").content.decode()


def test_an_edition_of_the_neighbours_or_a_higher_tier_is_not_there(own_province, account, browse):
    mine, other = area_at(2, 0), area_at(2, 1)
    foreign, high = drafted(own_province, other), drafted(own_province, mine)
    client = browse(account("officer", mine.path, tier="partner"))
    never = client.get("/reports/editions/0000000000000000-1/")
    for one in (foreign, high):
        address = f"/reports/editions/{one.snapshot_id}/"
        for answer in (
            client.get(address),
            client.get(address + "en/html/"),
            client.post(address + "step/", {"step": "reviewed"}),
        ):
            assert answer.status_code == never.status_code == 404
            assert _bare(answer) == _bare(never)
        assert client.get(f"/reports/editions/{one.snapshot_id[:8]}/").status_code == 404
    page = client.get("/reports/").content.decode()
    assert not [secret for secret in (foreign.snapshot_id, high.snapshot_id, other.pk, other.name_zh) if secret in page]
    assert client.get(f"/reports/?area={other.pk}").status_code == 404
    said = {"kind": "weekly", "period": WEEK, "of": other.pk, "tier": "partner"}
    assert client.post("/reports/draft/", said).status_code == 404
    assert client.post("/reports/draft/", {**said, "of": mine.pk, "tier": "steward"}).status_code == 404
    assert client.post("/reports/draft/", {**said, "of": "all"}).status_code == 404


@pytest.mark.parametrize(
    ("kind", "period", "code"), [("daily", WEEK, "HW-U270"), ("monthly", WEEK, "HW-U271"), ("weekly", "2026-W52", "HW-U308")]
)
def test_a_report_that_cannot_be_is_refused_before_the_worker_is_asked(province, kind, period, code):
    area = area_at(2)
    officer = who("officer", "olga", area.path)
    with pytest.raises(UsageError) as refused:
        ask_draft(officer, kind=kind, period=period, area_id=area.pk, tier="public", today=TODAY)
    assert refused.value.code == code
    with pytest.raises(NotVisible):
        ask_draft(who("assessor", "ann", area.path), kind="weekly", period=WEEK, area_id=area.pk, tier="public", today=TODAY)


def test_rights_that_are_gone_when_the_worker_comes_make_no_report(own_province, account):
    area = area_at(2)
    one = account("officer", area.path, username="olga")
    asked = ask_draft(
        who("officer", "olga", area.path), kind="weekly", period=WEEK, area_id=area.pk, tier="public", today=TODAY
    )
    WorkItem.objects.unscoped(ALL).filter(pk=asked.pk).update(said={**asked.said, "account_id": one.pk + 1000})
    assert work_once()
    assert WorkItem.objects.unscoped(ALL).get(pk=asked.pk).outcome["code"] == "HW-U309"
    assert all_editions(own_province) == []
