"""A report over the API is made with the rights of who asks, and read with the rights that are left."""

import pytest
from tests.web.conftest import area_at

from headworks.web.access.models import AreaNode, Grant
from headworks.web.work.models import WorkItem
from headworks.web.work.worker import work_once

API = "/api/v1"


def asked(client, area, **said):
    answer = client.post(f"{API}/reports", {"area": area.area_id, **said}, content_type="application/json")
    assert answer.status_code == 202, answer.content
    assert work_once()
    return client.get(answer.json()["href"]).json()


@pytest.fixture
def no_pictures(monkeypatch):
    """Reports without their hundred pictures, where a test asks who may have one and not what is in it."""
    monkeypatch.setattr("headworks.reports.html.draw", lambda *_: "<svg/>")


@pytest.fixture
def officer(own_province, account, program):
    owner = account("officer", area_at(2).path, tier="steward")
    return owner, program(owner)


def test_a_report_is_a_file_of_ones_own_area(officer):
    area = area_at(2)
    said = asked(officer[1], area, period="2025-Q1")
    assert (said["state"], said["outcome"]["tier"]) == ("done", "steward"), said
    page = officer[1].get(f"{API}/reports/{said['id']}/html")
    assert page.status_code == 200
    assert (area.name_en or area.name_zh) in page.content.decode()
    assert "attachment" in page.headers["Content-Disposition"]


def test_the_report_of_a_city_holds_no_figure_of_the_province_it_lies_in(officer, own_province):
    from headworks.jobs.recipient_report import recipient_report

    area, top = area_at(2), AreaNode.objects.get(parent=None)
    alone = recipient_report(own_province, area.area_id, "steward", period="2025-Q1", language="en")
    with_top = recipient_report(own_province, area.area_id, "steward", period="2025-Q1", language="en", above=[top.area_id])
    assert with_top.count(top.name_en) > alone.count(top.name_en)
    others = AreaNode.objects.filter(level=2).exclude(pk=area.pk).values_list("name_en", flat=True)
    assert not [name for name in others if name and f">{name}<" in alone]


@pytest.mark.usefixtures("no_pictures")
def test_a_report_is_its_readers_alone(officer, account, program):
    said = asked(officer[1], area_at(2), period="2025-Q1")
    for other in (program(account("officer", area_at(2).path)), program(account("steward"))):
        assert other.get(f"{API}/reports/{said['id']}").status_code == 404
        assert other.get(f"{API}/reports/{said['id']}/html").status_code == 404
        assert other.get(f"{API}/work/{said['id']}").status_code == 404


@pytest.mark.usefixtures("no_pictures")
def test_when_the_area_is_taken_away_the_report_is_too(officer):
    owner, client = officer
    said = asked(client, area_at(2), period="2025-Q1")
    Grant.objects.filter(account=owner).update(tier="public")
    assert client.get(f"{API}/reports/{said['id']}/html").status_code == 404
    Grant.objects.filter(account=owner).delete()
    assert client.get(f"{API}/reports/{said['id']}/html").status_code == 404


def test_rights_taken_away_before_the_worker_came_are_not_used(officer):
    owner, client = officer
    answer = client.post(f"{API}/reports", {"area": area_at(2).area_id}, content_type="application/json")
    Grant.objects.filter(account=owner).delete()
    work_once()
    item = WorkItem.objects.unscoped("a test").get(pk=answer.json()["id"])
    assert (item.state, item.outcome["code"]) == ("failed", "HW-U168")


def test_a_period_without_figures_is_said(officer):
    said = asked(officer[1], area_at(2), period="1999")
    assert (said["state"], said["outcome"]["code"]) == ("failed", "HW-U016")
