"""Signals over the API: the same desk, the same refusals."""

import pytest
from tests.web.conftest import area_at

from headworks.web.audit.models import AuditRow
from headworks.web.signals.intake import raise_signal

API = "/api/v1"


@pytest.fixture
def officer(province, account, program):
    return program(account("officer", area_at(2).path))


def post(client, url, said):
    return client.post(API + url, said, content_type="application/json")


def test_a_signal_is_reported_decided_and_found(officer):
    made = post(officer, "/signals", {"area_id": area_at(2).area_id, "words": "Foam at the inlet"})
    assert made.status_code == 201, made.content
    number = made.json()["id"]
    assert made.json()["moves"][0] == {"to_state": "triage", "outcome": ""}
    said = {"to_state": "triage", "reason": "Seen twice.", "version": 0}
    assert post(officer, f"/signals/{number}/decisions", said).json()["state"] == "triage"
    stale = post(officer, f"/signals/{number}/decisions", said)
    assert (stale.status_code, stale.json()["code"]) == (409, "HW-U174")
    rows = officer.get(f"{API}/signals?state=triage").json()
    assert [row["id"] for row in rows["rows"]] == [number]
    assert officer.get(f"{API}/signals/{number}").json()["decisions"][0]["reason"] == "Seen twice."
    assert AuditRow.objects.filter(action__in=("signal_reported", "signal_decided")).count() == 2


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"words": "Ask 13812345678"}, 400, "HW-U171"),
        ({"words": "x", "period": "soon"}, 400, "HW-U003"),
        ({"words": ""}, 422, "HW-U161"),
        ({"words": "x", "kind": "rumour"}, 422, "HW-U161"),
        ({"words": "x", "area_id": ""}, 400, "HW-U170"),
        ({"words": "x", "area_id": "nowhere"}, 404, "HW-U404"),
    ],
)
def test_what_is_refused_on_the_page_is_refused_here(officer, said, status, code):
    answer = post(officer, "/signals", {"area_id": area_at(2).area_id, **said})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "13812345678" not in answer.content.decode()


def test_numbers_of_a_signal_are_withheld_at_a_tier_that_is_not_shown_the_figure(province, account, program):
    area = area_at(3)
    raise_signal("one", kind="change", source="cusum", area_id=area.area_id, observed=41.7, expected=10.0, period="2025-W05")
    row = program(account("officer", area.path, tier="public")).get(f"{API}/signals").json()["rows"][0]
    assert (row["observed"], row["is_withheld"]) == (None, True)
    row = program(account("officer", area.path, tier="steward")).get(f"{API}/signals").json()["rows"][0]
    assert (row["observed"], row["is_withheld"]) == (41.7, False)
