"""What the phone sends: each item for itself, once however often it is sent."""

import json
import uuid

import pytest
from django.utils import timezone
from tests.jobs.desk.test_plain_picture import jpeg
from tests.web.operations.desk import fresh, planned, who

from headworks.web.operations.custody import events_of
from headworks.web.operations.models import Photo, SampleRecord


def event(sample_id, **more):
    now = timezone.localtime()
    return {
        "kind": "collect", "sample_id": sample_id, "event_id": str(uuid.uuid4()), "at": now.isoformat(), "utc_offset_min": 480,
        "collected_from": f"{now - timezone.timedelta(hours=25):%Y-%m-%dT%H:%M}", "collected_to": f"{now - timezone.timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "mode": "grab", "seal": "A1", "temperature_c": "18.5", **more,
    }  # fmt: skip


def content(client, address):
    """What is at an address; a file is closed without ending the request, for that would close the database too."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    found = answer.getvalue()
    for close in answer._resource_closers:
        close()
    return found


@pytest.fixture
def sampler(province, account, browse):
    return browse(account("sampler", "", username="sam"))


def send(client, *events, account="sam"):
    return client.post("/field/events/", json.dumps({"account": account, "events": events}), content_type="application/json")


def test_an_event_sent_three_times_happened_once(sampler):
    sample = planned()
    one = event(sample.sample_id)
    assert [send(sampler, one).json()["results"][0]["status"] for _ in range(3)] == ["done", "known", "known"]
    assert len(events_of(sample.sample_id, who("officer"))) == 1
    assert fresh(sample).temperature_c == 18.5


def test_one_that_is_refused_does_not_hold_up_the_others(sampler):
    first, second = planned(number=1), planned(number=2)
    answers = send(
        sampler,
        event(first.sample_id),
        event(first.sample_id),
        event("P1-20260101-01-X"),
        event(second.sample_id, seal=""),
        event(second.sample_id),
    ).json()["results"]
    assert [one["status"] for one in answers] == ["done", "refused", "refused", "refused", "done"]
    assert [one["problem"]["code"] for one in answers if "problem" in one] == ["HW-U141", "HW-U140", "HW-U142"]


def test_what_another_account_recorded_is_not_sent_under_this_one(sampler):
    sample = planned()
    answer = send(sampler, event(sample.sample_id), account="somebody")
    assert answer.status_code == 409
    assert fresh(sample).state == "planned"


def test_whoever_is_signed_out_is_told_so_and_loses_nothing(client, province):
    assert client.get("/field/tasks.json").status_code == 401
    assert send(client).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        '{"events": 3}',
        '{"account": "sam", "events": ["x"]}',
        "[" * 5000,
        '{"account":"sam","events":' + json.dumps([{}] * 201) + "}",
    ],
)
def test_a_body_that_is_no_list_of_events_is_refused(sampler, body):
    assert sampler.post("/field/events/", body, content_type="application/json").status_code == 400


@pytest.mark.parametrize(
    "more",
    [
        {"kind": "receive"},
        {"kind": "release"},
        {"event_id": "short"},
        {"at": ""},
        {"at": {"x": 1}},
        {"utc_offset_min": 9000},
        {"collected_from": "2026-99-01"},
        {"seal": "x" * 300},
        {"temperature_c": "NaN"},
    ],
)
def test_an_item_that_cannot_be_is_refused_for_itself(sampler, more):
    sample = planned()
    answer = send(sampler, event(sample.sample_id, **more))
    assert answer.status_code == 200
    assert answer.json()["results"][0]["status"] == "refused"
    assert fresh(sample).state == "planned"


def test_a_photograph_sent_twice_is_there_once(sampler):
    from django.core.files.uploadedfile import SimpleUploadedFile

    sample = planned()
    name = str(uuid.uuid4())
    for status in ("done", "known"):
        form = {
            "account": "sam",
            "event_id": name,
            "sample_id": sample.sample_id,
            "photo": SimpleUploadedFile("p.jpg", jpeg()),
        }
        assert sampler.post("/field/photos/", form).json()["results"][0]["status"] == status
    assert Photo.objects.unscoped("a test").count() == 1
    form = {
        "account": "sam",
        "event_id": str(uuid.uuid4()),
        "sample_id": sample.sample_id,
        "photo": SimpleUploadedFile("p.jpg", b"<svg/>"),
    }
    assert sampler.post("/field/photos/", form).json()["results"][0]["problem"]["code"] == "HW-U147"


def test_without_a_token_nothing_is_taken(province, account):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(account("sampler", "", username="sam"))
    sample = planned()
    assert send(client, event(sample.sample_id)).status_code == 403
    token = client.get("/field/tasks.json").json()["csrf"]
    body = json.dumps({"account": "sam", "events": [event(sample.sample_id)]})
    assert (
        client.post("/field/events/", body, content_type="application/json", headers={"X-CSRFToken": token}).status_code == 200
    )
    assert SampleRecord.objects.unscoped("a test").get().state == "collected"


def test_the_worker_and_the_manifest_are_served_from_the_root(client, db):
    worker = client.get("/service-worker.js")
    assert worker.headers["Content-Type"].startswith("text/javascript")
    assert worker.headers["Service-Worker-Allowed"] == "/field/"
    manifest = client.get("/manifest.webmanifest")
    assert manifest.headers["Content-Type"] == "application/manifest+json"
    assert manifest.json()["scope"] == "/field/"
    for icon in manifest.json()["icons"]:
        assert content(client, icon["src"]).startswith(b"\x89PNG")


def test_what_the_phone_keeps_is_all_there_and_holds_no_data(client, db, province):
    planned()
    text = client.get("/service-worker.js").content.decode()
    for address in {part for part in text.split('"') if part.startswith(("/static/", "/field/", "/manifest"))} - {"/field/"}:
        assert len(content(client, address)) > 100, address
    shell = client.get("/field/shell/").content.decode()
    assert SampleRecord.objects.unscoped("a test").get().sample_id not in shell
