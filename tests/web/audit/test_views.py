"""The auditor's pages: rows of their area only, searched, exported, examined."""

import pytest
from django.test import Client
from tests.web.conftest import area_at

from headworks.web.audit.chain import record
from headworks.web.audit.models import AuditRow
from headworks.web.work.models import WorkItem
from headworks.web.work.worker import work_once


@pytest.fixture
def rows(province):
    mine, other = area_at(2, 0), area_at(2, 1)
    record("view", actor="one", object_kind="area", object_id="mine-1", area_path=mine.path)
    record("change", actor="two", object_kind="sample", object_id="foreign-2", area_path=other.path, detail="=cmd()")
    record("sign_in", actor="three", object_kind="account", object_id="nowhere-3")
    return mine, other


def test_an_auditor_of_everything_searches(rows, account, browse):
    client = browse(account("auditor", tier="public"))
    page = client.get("/audit/").content.decode()
    assert all(name in page for name in ("mine-1", "foreign-2", "nowhere-3"))
    for asked, found in (
        ("actor=two", "foreign-2"), ("action=sign_in", "nowhere-3"), ("object=mine", "mine-1"), ("object=sample foreign", "foreign-2"),
        (f"area={rows[1].area_id}", "foreign-2"),
    ):  # fmt: skip
        page = client.get(f"/audit/?{asked}").content.decode()
        table = page.split("<tbody>")[1]
        assert found in table
        assert sum(name in table for name in ("mine-1", "foreign-2", "nowhere-3")) == 1
    assert "mine-1" not in client.get("/audit/?end=2020-01-01").content.decode().split("<tbody>")[1]
    assert "mine-1" in client.get("/audit/?begin=2020-01-01").content.decode().split("<tbody>")[1]
    assert "nowhere-3" not in client.get("/audit/?before=3").content.decode().split("<tbody>")[1]


def test_an_auditor_of_a_city_sees_its_rows_and_no_others(rows, account, browse):
    client = browse(account("auditor", rows[0].path, tier="public"))
    for path in (
        "/audit/",
        "/audit/?object=2",
        "/audit/?actor=two",
        "/audit/export/?format=csv",
        "/audit/export/?format=jsonl",
    ):
        answer = client.get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert b"foreign-2" not in body
        assert b"nowhere-3" not in body
    client.post("/audit/verify/")
    assert not WorkItem.objects.unscoped("test").exists()


def test_the_log_as_a_file_runs_nothing_in_a_spreadsheet(rows, account, browse):
    client = browse(account("auditor", tier="public"))
    answer = client.get("/audit/export/?format=csv&actor=two")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "'=cmd()" in text
    assert 'filename="audit-' in answer.headers["Content-Disposition"]
    assert AuditRow.objects.filter(action="export", object_kind="audit").exists()


def test_every_row_is_looked_at_when_asked(rows, account, browse):
    client = browse(account("auditor", tier="public"))
    client.post("/audit/verify/")
    assert "being looked at" in client.get("/audit/").content.decode()
    work_once()
    AuditRow.objects.filter(seq=2).update(actor="x")
    client.post("/audit/verify/")
    work_once()
    page = client.get("/audit/").content.decode()
    assert "row 2</" in page or "row 2:" in page
    assert "its content is not what was written" in page


@pytest.mark.parametrize("role", ["administrator", "steward", "officer", "sampler"])
def test_nobody_else_finds_these_pages(province, account, browse, role):
    client = browse(account(role))
    assert client.get("/audit/").status_code == client.get("/audit/export/").status_code == 404
    assert client.post("/audit/verify/").status_code == 404
    assert Client().get("/audit/").status_code == 302


def test_a_refused_page_leaves_a_row(province, account, browse):
    browse(account("sampler", username="known")).get("/accounts/")
    row = AuditRow.objects.get(action="refused")
    assert (row.actor, row.object_id) == ("known", "/accounts/")
