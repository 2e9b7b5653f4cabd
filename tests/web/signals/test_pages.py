"""The pages of the desk: an inbox of one's own, most specific first; forms that refuse in words."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from tests.web.conftest import area_at

from headworks.web.access.models import AreaNode
from headworks.web.audit.models import AuditRow
from headworks.web.signals.intake import raise_signal
from headworks.web.signals.models import Signal, SignalDecision, StepTime

ALL = "a test looks at every row"


def raised(area, key):
    said = {"kind": "exceedance", "source": "ears", "observed": 41.7, "expected": 10.0, "period": "2025-W05"}
    return raise_signal(key, area_id=area.area_id, words=f"secret of {area.area_id}", **said).signal


@pytest.fixture
def two(province):
    mine, other = area_at(2, 0), area_at(2, 1)
    return mine, other, raised(mine, "mine"), raised(other, "other")


def test_the_inbox_holds_ones_own_and_nothing_of_the_neighbours(two, account, browse):
    mine, other, own, foreign = two
    client = browse(account("officer", mine.path))
    for url in ("/signals/", "/signals/counts/", f"/signals/{own.pk}/", "/signals/?state=closed"):
        answer = client.get(url)
        assert answer.status_code == 200
        page = answer.content.decode()
        assert foreign.words not in page
        assert other.area_id not in page
        assert f"/signals/{foreign.pk}/" not in page
    assert "1 open signal" in client.get("/signals/").content.decode()


@pytest.mark.parametrize("url", ["/signals/{}/", "/signals/{}/decide/"])
def test_a_signal_of_the_neighbours_is_not_there(two, account, browse, url):
    mine, other, _own, foreign = two
    client = browse(account("officer", mine.path))
    said = {"step": "triage:", "reason": "Look.", "version": 0}
    answer = client.post(url.format(foreign.pk), said) if "decide" in url else client.get(url.format(foreign.pk))
    never = client.post(url.format(10**6), said) if "decide" in url else client.get(url.format(10**6))
    assert answer.status_code == never.status_code == 404
    assert _bare(answer) == _bare(never)
    assert other.area_id not in answer.content.decode()
    assert client.get(f"/signals/?area={other.area_id}").status_code == 404
    assert SignalDecision.objects.count() == 0


def _bare(answer):
    return re.sub(r'value="[A-Za-z0-9]{64}"', "", answer.content.decode())


def test_a_sampler_and_the_public_have_no_inbox(two, account, browse, client):
    assert client.get("/signals/").status_code == 302
    sampler = browse(account("sampler", two[0].path))
    for url in ("/signals/", "/signals/new/", f"/signals/{two[2].pk}/"):
        assert sampler.get(url).status_code == 404


def test_villages_come_before_counties_and_counties_before_cities(province, account, browse):
    for level in (2, 3, 4):
        raised(area_at(level), str(level))
    page = browse(account("officer")).get("/signals/").content.decode()
    places = [page.index(_href(level)) for level in (4, 3, 2)]
    assert places == sorted(places)


def _href(level):
    one = Signal.objects.unscoped(ALL).get(key=str(level))
    return f"/signals/{one.pk}/"


def test_a_step_is_decided_on_the_page_and_a_stale_page_is_told_so(two, account, browse):
    mine, _other, own, _foreign = two
    client = browse(account("officer", mine.path))
    said = {"step": "triage:", "reason": "Two sites agree.", "version": 0}
    assert client.post(f"/signals/{own.pk}/decide/", said).status_code == 302
    stale = client.post(f"/signals/{own.pk}/decide/", said)
    assert stale.status_code == 409
    assert "meanwhile" in stale.content.decode()
    assert "Two sites agree." in client.get(f"/signals/{own.pk}/").content.decode()
    assert AuditRow.objects.filter(action="signal_decided", object_id=str(own.pk)).count() == 1
    assert client.get(f"/signals/{own.pk}/decide/").status_code == 405


def test_who_may_only_look_finds_no_form(two, account, browse):
    mine, _other, own, _foreign = two
    page = browse(account("assessor", mine.path)).get(f"/signals/{own.pk}/").content.decode()
    assert "decide/" not in page


def test_a_reported_signal_is_about_a_place_of_ones_own_and_names_no_one(two, account, browse):
    mine, other, _own, _foreign = two
    client = browse(account("officer", mine.path))
    page = client.get("/signals/new/").content.decode()
    fields = {name for name in ("kind", "area_id", "site_id", "period", "drug", "words") if f'name="{name}"' in page}
    assert len(fields) == 6
    said = {"kind": "event", "area_id": mine.area_id, "words": "Foam at the inlet", "period": "2025-W06"}
    refused = client.post("/signals/new/", {**said, "words": "Ask 13812345678"})
    assert refused.status_code == 400
    assert "HW-U171" in refused.content.decode()
    assert "There is no such area" in client.post("/signals/new/", {**said, "area_id": other.area_id}).content.decode()
    assert client.post("/signals/new/", {**said, "period": "2025-W99"}).status_code == 400
    assert client.post("/signals/new/", {**said, "area_id": ""}).status_code == 400
    assert client.post("/signals/new/", said).status_code == 302
    assert Signal.objects.unscoped(ALL).get(source="reported").words == "Foam at the inlet"


def test_a_late_signal_says_by_how_much(two, account, browse):
    mine, _other, own, _foreign = two
    Signal.objects.unscoped(ALL).filter(pk=own.pk).update(due_at=timezone.now() - dt.timedelta(days=2, hours=1))
    assert "late by 2" in browse(account("officer", mine.path)).get("/signals/").content.decode()


def test_a_site_that_is_not_seen_and_a_code_that_is_no_area_are_refused_alike(two, account, browse):
    mine = two[0]
    client = browse(account("officer", mine.path))
    outside = AreaNode.objects.exclude(path__startswith=mine.path).first()
    pages = [
        client.post("/signals/new/", {"kind": "event", "area_id": code, "words": "x"}).content.decode().replace(code, "")
        for code in (outside.area_id, "nowhere")
    ]
    assert pages[0].count("There is no such") == pages[1].count("There is no such") == 1


def test_hours_of_steps_are_set_by_stewards_of_everything_only(two, account, browse):
    said = {"signal": 3, "triage": 48, "verification": 168, "risk_assessment": 336, "response": 720}
    assert browse(account("officer")).post("/signals/times/", said).status_code == 404
    assert browse(account("steward", two[0].path)).post("/signals/times/", said).status_code == 404
    steward = browse(account("steward"))
    assert steward.post("/signals/times/", {**said, "signal": 0}).status_code == 400
    assert steward.post("/signals/times/", said).status_code == 302
    assert StepTime.all_hours()["signal"] == 3
    assert AuditRow.objects.filter(action="step_times_set").count() == 1
