"""The pages, walked through; and what a neighbour, a sampler and the public get of each: nothing."""

import json
import re
import uuid

import pytest
from django.urls import get_resolver, reverse
from django.utils import timezone
from tests.jobs.desk.test_plain_picture import SECRET, jpeg
from tests.web.conftest import area_at
from tests.web.operations.desk import approved, fresh, measured, planned, result, taken, who

from headworks.web.access.models import SiteNode
from headworks.web.audit.models import AuditRow
from headworks.web.operations.custody.photos import keep_photo
from headworks.web.operations.models import Batch, CustodyEvent, MeasurementEntry, Photo, Release, SampleRecord, SamplingPlan
from headworks.web.work.worker import work_once

LOCAL = "2026-01-05T08:00"


@pytest.fixture
def two_cities(own_province):
    """Paths of two cities that own sites."""
    cities = [area_at(2, n).path for n in range(4)]
    return [path for path in cities if SiteNode.objects.filter(owner_path__startswith=path).exists()][:2]


def site_of(path):
    return SiteNode.objects.filter(owner_path__startswith=path).order_by("site_id").first()


def collect_form(**more):
    now = timezone.localtime()
    begin = now - timezone.timedelta(days=1, hours=1)
    window = {
        "collected_from": f"{begin:%Y-%m-%dT%H:%M}",
        "collected_to": f"{now - timezone.timedelta(hours=1):%Y-%m-%dT%H:%M}",
    }
    return {
        "kind": "collect",
        "event_id": str(uuid.uuid4()),
        "mode": "time_proportional",
        "interval_min": "10",
        "seal": "s-77",
        "ph": "7,4",
        **window,
        **more,
    }


def test_a_sample_walks_from_the_plan_to_the_facts_by_pages_alone(two_cities, account, browse):
    mine = two_cities[0]
    steward, sampler = browse(account("steward", mine)), browse(account("sampler", mine))
    analyst, reviewer = browse(account("analyst", "", username="ana")), browse(account("reviewer", "", username="rev"))
    today = timezone.localdate()
    area = mine.rstrip("/").split("/")[-1]
    answer = steward.post(
        "/operations/plans/",
        {"area": area, "days": 7, "per": "week", "first_day": today, "last_day": today, "name": "all week"},
    )
    plan = SamplingPlan.objects.unscoped("a test").get()
    assert answer.headers["Location"] == f"/operations/plans/{plan.pk}/"
    assert steward.get(answer.headers["Location"]).status_code == 200
    sample = SampleRecord.objects.unscoped("a test").order_by("sample_id").first()
    assert sample.sample_id in sampler.get("/field/").content.decode()
    labels = steward.post("/operations/labels/", {"sample": [sample.sample_id]}).content.decode()
    assert "<svg" in labels
    assert sample.sample_id in labels
    form = collect_form()
    page = f"/field/{sample.sample_id}/"
    assert sampler.post(page, form).headers["Location"] == "/field/"
    assert sampler.post(page, form).headers["Location"] == "/field/"  # the same form again
    assert (fresh(sample).state, fresh(sample).ph, fresh(sample).seal) == ("collected", 7.4, "S-77")
    assert sampler.post(page, {"kind": "hand_over", "event_id": str(uuid.uuid4()), "place_to": "courier"}).status_code == 302
    received = {
        "codes": f"{sample.sample_id.lower()}\nnonsense",
        "event_id": str(uuid.uuid4()),
        "decision": "receive",
        "is_seal_intact": "yes",
        "transport_temperature_c": "9",
    }
    refused = analyst.post("/operations/receive/", received).content.decode()
    assert "at most 8 °C" in refused
    assert "HW-U140" in refused
    assert fresh(sample).state == "in_transit"
    assert "<strong>" in analyst.post("/operations/receive/", {**received, "transport_temperature_c": "3"}).content.decode()
    assert fresh(sample).state == "received"
    assert analyst.post("/release/", {"name": "B7", "method": "m", "area": ""}).status_code == 302
    batch = Batch.objects.unscoped("a test").get()
    base = f"/release/batches/{batch.pk}/"
    assert analyst.post(f"{base}samples/", {"sample": [sample.sample_id]}).status_code == 302
    from django.core.files.uploadedfile import SimpleUploadedFile

    head = "sample_id,analyte,concentration_ng_per_l,loq_ng_per_l,detection\n"
    bad = analyst.post(
        f"{base}results/", {"file": SimpleUploadedFile("r.csv", f"{head}{sample.sample_id},MDMA,-1,1,quantified\n".encode())}
    )
    assert bad.status_code == 400
    assert '<td class="number">2</td>' in bad.content.decode()
    dry = analyst.post(
        f"{base}results/", {"file": SimpleUploadedFile("r.csv", f"{head}{sample.sample_id},MDMA,41.5,1,quantified\n".encode())}
    )
    assert not MeasurementEntry.objects.unscoped("a test").exists()
    word = re.search(r'name="upload" value="([^"]+)"', dry.content.decode())[1]
    assert reviewer.post(f"{base}results/", {"upload": word}).status_code == 404
    assert analyst.post(f"{base}results/", {"upload": word}).status_code == 302
    assert (
        analyst.post(
            f"{base}results/",
            {
                "sample_id": sample.sample_id,
                "analyte": "ketamine",
                "concentration_ng_per_l": "3.25",
                "detection": "quantified",
                "loq_ng_per_l": "1",
            },
        ).status_code
        == 302
    )
    assert analyst.post(f"{base}review/").status_code == 400
    assert reviewer.post(f"{base}review/").status_code == 302
    assert reviewer.post(f"{base}verdict/", {"verdict": "accepted"}).status_code == 302
    answer = analyst.post(f"{base}propose/")
    release = Release.objects.unscoped("a test").get()
    assert answer.headers["Location"] == f"/release/{release.pk}/"
    assert "41.5" in reviewer.get(f"/release/{release.pk}/").content.decode()
    assert analyst.post(f"/release/{release.pk}/decide/", {"decision": "approve"}).status_code == 404
    assert reviewer.post(f"/release/{release.pk}/decide/", {"decision": "approve"}).status_code == 302
    assert work_once()
    page = steward.get(f"/operations/samples/{sample.sample_id}/").content.decode()
    assert fresh(sample).state == "released"
    for words in ("handed over", "S-77", "the chain holds", "courier", "3.25"):
        assert words in page
    form = analyst.get(f"/release/samples/{sample.sample_id}/correct/").content.decode()
    names = dict(re.findall(r'name="([a-z_]+-\d+)" value="([^"]*)"', form))
    entry = MeasurementEntry.objects.unscoped("a test").get(analyte="MDMA")
    words = {
        f"{name}-{one.pk}": value
        for one in MeasurementEntry.objects.unscoped("a test")
        for name, value in (("detection", "quantified"), ("qc_flag", "accepted"))
    }
    said = {**names, **words, f"concentration_ng_per_l-{entry.pk}": "40", "kind": "amendment"}
    assert analyst.post(f"/release/samples/{sample.sample_id}/correct/", said).status_code == 400
    assert analyst.post(f"/release/samples/{sample.sample_id}/correct/", {**said, "reason": "dilution"}).status_code == 302
    correction = Release.objects.unscoped("a test").get(kind="amendment")
    assert correction.entries.model.objects.unscoped("a test").filter(release=correction).count() == 1
    assert (
        reviewer.post(f"/release/{correction.pk}/decide/", {"decision": "refuse", "reason": "show the raw data"}).status_code
        == 302
    )
    assert AuditRow.objects.filter(action__startswith="custody_", object_id=sample.sample_id).count() == fresh(sample).n_events


@pytest.fixture
def objects(two_cities):
    """One of everything that the first city owns, each with a word that stands nowhere else."""
    mine = two_cities[0]
    site = site_of(mine)
    site.name = "SECRETSITE"
    site.save()
    released, waiting = (taken(planned(site, number=n)) for n in (1, 2))
    approved(measured([released], "SECRETBATCH"))
    work_once()
    measured([waiting], "SECRETBATCH2")
    plan = SamplingPlan.objects.create(
        name="SECRETPLAN", area_path=mine, first_day=timezone.localdate(), last_day=timezone.localdate(), made_by="boss"
    )
    for batch in Batch.objects.unscoped("a test"):
        batch.area_path = mine
        batch.save()
    Release.objects.unscoped("a test").update(area_path=mine)
    todo = planned(site, number=4, plan=plan)
    keep_photo(who("sampler"), todo.sample_id, jpeg(), str(uuid.uuid4()))
    return {
        "sample_id": todo.sample_id,
        "released": released.sample_id,
        "sha256": Photo.objects.unscoped("a test").get().sha256,
        "plan": plan.pk,
        "batch": Batch.objects.unscoped("a test").order_by("pk").first().pk,
        "release": Release.objects.unscoped("a test").get().pk,
        "site": site.site_id,
    }


def addresses(objects):
    """Every route of the room, with the first city's objects in it, by GET and by POST."""
    found = []
    for name in sorted(
        name
        for name in get_resolver().reverse_dict
        if isinstance(name, str) and re.match(r"(operations|release|field)(-|$)", name)
    ):
        for given in (
            {},
            {"sample_id": objects["sample_id"]},
            {"sample_id": objects["released"]},
            {"sha256": objects["sha256"]},
            *({"number": objects[kind]} for kind in ("plan", "batch", "release")),
        ):
            try:
                found.append((name, reverse(name, kwargs=given)))
            except Exception:  # noqa: BLE001, S112  other arguments than this route's
                continue
    return found


def forms(objects):
    """What somebody might send who knows the identifiers."""
    code = objects["sample_id"]
    area = {"area": "x", "day": timezone.localdate(), "site": objects["site"], "role": "routine"}
    yield {
        "sample": [code],
        "codes": objects["released"],
        "decision": "reject",
        "note": "x",
        "event_id": str(uuid.uuid4()),
        **area,
    }
    yield collect_form()
    yield {"kind": "note", "note": "x"}
    yield {"decision": "approve", "verdict": "accepted", "reason": "x", "kind": "withdrawal"}


def state_of_everything():
    rows = [sorted(model.objects.unscoped("a test").values_list()) for model in (CustodyEvent, MeasurementEntry, Photo)]
    return (
        rows,
        sorted(SampleRecord.objects.unscoped("a test").values_list("pk", "state")),
        sorted(Release.objects.unscoped("a test").values_list("pk", "state")),
    )


SECRETS = ("SECRETSITE", "SECRETBATCH", "SECRETPLAN", "812.5")
SAMPLE_ROLES = ("sampler", "analyst", "reviewer", "officer", "steward", "assessor", "director", "administrator", "auditor")


@pytest.mark.parametrize("role", [*SAMPLE_ROLES, None])
def test_no_route_gives_anything_of_a_neighbour(objects, two_cities, account, browse, client, role):
    visitor = client if role is None else browse(account(role, two_cities[1]))
    if role is not None:
        session = visitor.session
        session["purpose"] = "a test"
        session.save()
    before = state_of_everything()
    for name, address in addresses(objects):
        answers = [visitor.get(address), *(visitor.post(address, form) for form in forms(objects))]
        for answer in answers:
            body = answer.content.decode("utf-8", "replace")
            assert not [word for word in SECRETS if word in body], (name, address)
            # Whoever is sent to sign in is sent back to the address that they asked for themselves.
            assert objects["site"] not in json.dumps(dict(answer.headers)).replace(address, ""), (name, address)
            if "<" not in address and (objects["sample_id"] in address or objects["sha256"] in address):
                assert answer.status_code in (302, 401, 404, 405), (name, address, answer.status_code)
            if answer.status_code == 200 and role is not None and name not in ("operations-receive",):
                assert objects["sample_id"] not in body, (name, address)
                assert objects["released"] not in body, (name, address)
    assert state_of_everything() == before


def test_a_neighbour_reads_the_same_words_for_a_foreign_code_and_one_that_nobody_has(objects, two_cities, account, browse):
    from headworks.jobs.desk import make_sample_code

    analyst = browse(account("analyst", two_cities[1]))
    nobodys = make_sample_code("NOSUCHSITE", timezone.localdate(), 1)
    bodies = []
    for code in (objects["released"], nobodys):
        answer = analyst.post("/operations/receive/", {"codes": code, "decision": "reject", "note": "x", "event_id": "e" * 12})
        outcome = re.search(r"<section.*?</section>", answer.content.decode(), re.DOTALL)[0]
        bodies.append(outcome.replace(code, "CODE"))
    assert bodies[0] == bodies[1]


def test_the_assessor_and_the_officer_change_nothing_of_their_own_area(objects, two_cities, account, browse):
    for role in ("assessor", "officer", "director", "epidemiologist", "auditor", "administrator"):
        visitor = browse(account(role, two_cities[0]))
        before = state_of_everything()
        for _name, address in addresses(objects):
            if role == "director" and "decide" in address:
                continue  # a director approves
            for form in forms(objects):
                if role == "director" and form.get("kind") == "note":
                    continue  # and may leave a note
                visitor.post(address, form)
        now = state_of_everything()
        assert now[0][1] == before[0][1]
        assert now[1] == before[1]


def test_an_officer_of_a_served_county_sees_the_sample_but_captures_nothing(objects, two_cities, account, browse):
    officer = browse(account("officer", two_cities[0]))
    assert officer.get(f"/operations/samples/{objects['sample_id']}/").status_code == 200
    assert officer.get(f"/operations/photos/{objects['sha256']}/").status_code == 200
    assert officer.get(f"/field/{objects['sample_id']}/").status_code == 404


def test_no_state_changes_by_get(objects, account, browse):
    for role in ("steward", "analyst", "reviewer"):
        visitor = browse(account(role, ""))
        before = state_of_everything()
        for _name, address in addresses(objects):
            assert visitor.get(address).status_code in (200, 302, 404, 405), address
        assert state_of_everything() == before


def test_every_view_and_every_refusal_is_audited(objects, two_cities, account, browse):
    officer = browse(account("officer", two_cities[0], username="off"))
    officer.get(f"/operations/samples/{objects['sample_id']}/")
    officer.get("/operations/samples/P1-20260101-01-A/")
    said = AuditRow.objects.filter(actor="off").order_by("seq").values_list("action", "object_kind", "object_id")
    assert ("view", "sample", objects["sample_id"]) in said
    assert "refused" in {action for action, _kind, _object in said}


def test_a_photograph_is_kept_without_its_place_and_sent_as_a_picture_only(objects, account, browse):
    answer = browse(account("officer", "")).get(f"/operations/photos/{objects['sha256']}/")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert SECRET not in answer.content


def test_a_plan_comes_in_as_csv_with_every_fault_by_row_and_goes_out_again(two_cities, account, browse):
    from django.core.files.uploadedfile import SimpleUploadedFile

    steward = browse(account("steward", two_cities[0]))
    mine, foreign = site_of(two_cities[0]).site_id, site_of(two_cities[1]).site_id
    area = two_cities[0].rstrip("/").split("/")[-1]

    def send(text):
        return steward.post(
            "/operations/plans/file/", {"area": area, "name": "x", "file": SimpleUploadedFile("plan.csv", text.encode())}
        )

    bad = send(
        f"site_id,day\n{mine},2026-13-01\n{foreign},2026-03-01\n=cmd,2026-03-02\n{mine},2026-03-03\n{mine},2026-03-03\n"
    )
    assert bad.status_code == 400
    assert [int(row) for row in re.findall(r'<tr><td class="number">(\d+)</td>', bad.content.decode())] == [2, 3, 4, 6]
    assert not SamplingPlan.objects.unscoped("a test").exists()
    assert send(f"site_id,day\n{mine},2026-03-03\n{mine},2026-03-05\n").status_code == 302
    plan = SamplingPlan.objects.unscoped("a test").get()
    text = steward.get(f"/operations/plans/{plan.pk}/plan.csv").content.decode("utf-8-sig")
    assert [line.split(",")[:3] for line in text.splitlines()[1:]] == [[mine, "2026-03-03", "2"], [mine, "2026-03-05", "4"]]
    again = send(text)
    assert again.status_code == 302
    codes = SampleRecord.objects.unscoped("a test").values_list("sample_id", flat=True)
    assert len(set(codes)) == 4
    assert AuditRow.objects.filter(action="export", object_kind="plan").exists()


def test_a_form_with_impossible_values_says_each_of_them(two_cities, account, browse):
    sample = planned(site_of(two_cities[0]))
    sampler = browse(account("sampler", two_cities[0]))
    answer = sampler.post(
        f"/field/{sample.sample_id}/", collect_form(ph="15", flow_m3_per_day="much", collected_from="yesterday", mode="bucket")
    )
    body = answer.content.decode()
    assert answer.status_code == 400
    for words in ("pH: 15", "flow: much", "yesterday", "bucket", "HW-U146"):
        assert words in body
    assert fresh(sample).state == "planned"
    assert result(sample)["analyte"]
