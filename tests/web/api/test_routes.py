"""Areas, sites, figures and samples over the API: what comes, in which form, and to whom."""

import io
import json

import polars as pl
import pytest
from django.test import Client
from tests.web.conftest import area_at

from headworks.jobs.disclosed import disclose
from headworks.jobs.disclosure import Disclosure
from headworks.store import read_facts, read_result
from headworks.web.access.models import AreaNode, SiteNode
from headworks.web.audit.models import AuditRow

API = "/api/v1"


@pytest.fixture
def steward(province, account, program):
    return program(account("steward"))


def test_without_a_token_or_a_session_one_is_asked_who_one_is(province):
    answer = Client().get(f"{API}/areas")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "HW-U160"


def test_a_token_that_is_none_is_refused_even_with_a_session(province, account, browse):
    client = browse(account("steward"))
    assert client.get(f"{API}/areas").status_code == 200
    assert client.get(f"{API}/areas", headers={"Authorization": "Bearer hwt_nothing"}).status_code == 401


def test_areas_come_in_pages_with_links_and_a_total(steward):
    first = steward.get(f"{API}/areas?limit=2&level=2")
    said = first.json()
    assert len(said["rows"]) == 2
    assert said["total"] == AreaNode.objects.filter(level=2).count() == int(first.headers["X-Total-Count"])
    assert 'rel="next"' in first.headers["Link"]
    second = steward.get(f"{API}/areas?limit=2&level=2&offset=2").json()
    assert {row["area_id"] for row in second["rows"]}.isdisjoint({row["area_id"] for row in said["rows"]})


def test_areas_are_found_by_a_part_of_their_name(steward):
    area = area_at(2)
    found = steward.get(f"{API}/areas", {"search": area.name_zh[:2]}).json()
    assert area.area_id in {row["area_id"] for row in found["rows"]}
    children = steward.get(f"{API}/areas/{area.area_id}/children").json()
    assert {row["parent_id"] for row in children["rows"]} == {area.area_id}


def test_figures_of_an_area_are_those_of_the_run_in_all_three_forms(province, steward):
    area = area_at(2)
    expected = read_result(province, "area_loads").filter(pl.col("area_id") == area.area_id, pl.col("period") == "2025-Q1")
    url = f"{API}/areas/{area.area_id}/figures?period=2025-Q1"
    said = steward.get(url).json()
    assert said["tier"] == "steward"
    assert said["total"] == expected.height > 0
    parquet = pl.read_parquet(io.BytesIO(steward.get(f"{url}&format=parquet").content))
    csv = pl.read_csv(io.BytesIO(steward.get(url, headers={"Accept": "text/csv"}).content))
    for rows in (pl.DataFrame(said["rows"], infer_schema_length=None), parquet, csv):
        assert rows["load_mg_per_1000_per_day"].to_list() == pytest.approx(
            expected.sort("drug", "analyte")["load_mg_per_1000_per_day"].to_list(), nan_ok=True
        )


def test_a_kind_of_period_and_a_drug_can_be_asked_for(steward):
    area = area_at(2)
    weeks = steward.get(f"{API}/areas/{area.area_id}/figures?kind=week&limit=1000").json()["rows"]
    assert weeks
    assert all("-W" in row["period"] for row in weeks)
    drug = weeks[0]["drug"]
    only = steward.get(f"{API}/areas/{area.area_id}/consumption", {"drug": drug}).json()["rows"]
    assert {row["drug"] for row in only} <= {drug}


def test_an_answer_that_did_not_change_is_not_sent_again_and_its_asking_is_audited(steward):
    url = f"{API}/areas/{area_at(2).area_id}/figures"
    first = steward.get(url)
    rows = AuditRow.objects.count()
    again = steward.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert AuditRow.objects.count() == rows + 1
    assert steward.get(f"{url}?kind=week", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_the_tag_of_another_reader_is_another(province, account, program):
    area = area_at(2)
    url = f"{API}/areas/{area.area_id}/figures"
    tags = {program(account("officer", area.path, tier=tier)).get(url).headers["ETag"] for tier in ("steward", "public")}
    assert len(tags) == 2


def test_samples_and_measurements_of_a_site_are_those_of_the_workspace(province, steward):
    site = SiteNode.objects.order_by("pk")[3]
    samples = steward.get(f"{API}/sites/{site.pk}/samples?limit=5000").json()
    facts = read_facts(province, "samples").filter(pl.col("site_id") == site.pk)
    assert samples["total"] == facts.height > 0
    taken = facts["sample_id"][0]
    one = steward.get(f"{API}/samples/{taken}").json()
    assert one["site_id"] == site.pk
    measured = steward.get(f"{API}/samples/{taken}/measurements").json()
    expected = read_facts(province, "measurements").filter(pl.col("sample_id") == taken)
    assert measured["total"] == expected.height > 0
    first, last = "2025-01-06", "2025-01-12"
    week = steward.get(f"{API}/sites/{site.pk}/measurements?first={first}&last={last}&limit=9999").json()
    assert 0 < week["total"] < steward.get(f"{API}/sites/{site.pk}/measurements").json()["total"]


@pytest.mark.parametrize("table", ["loads", "consumption"])
def test_days_of_an_analyst_are_those_that_the_disclosure_shows(province, account, program, table):
    """The weeks of the prepared set decide as the disclosure of the days themselves does."""
    analyst = program(account("officer", tier="analyst"))
    disclosure = Disclosure(province, "analyst")
    shown = disclose(disclosure, table, read_result(province, table)).frame
    asked = 0
    for site in SiteNode.objects.order_by("pk")[:12]:
        answer = analyst.get(f"{API}/sites/{site.pk}/loads?table={table}&limit=100000")
        expected = shown.filter(pl.col("site_id") == site.pk)
        if answer.status_code == 404:
            assert expected.is_empty()
            continue
        assert answer.json()["total"] == expected.height
        asked += expected.height
    assert asked > 0


def test_partners_see_neither_days_nor_samples(province, account, program):
    partner = program(account("officer", tier="partner"))
    sites = partner.get(f"{API}/sites").json()["rows"]
    assert sites
    for what in ("loads", "samples", "measurements"):
        assert partner.get(f"{API}/sites/{sites[0]['site_id']}/{what}").json()["total"] == 0
    assert {(row["latitude"], row["longitude"]) for row in sites} == {(None, None)}


def test_a_laboratory_analyst_sees_samples_but_no_figures(province, account, program):
    analyst = program(account("analyst", tier="steward"))
    site = SiteNode.objects.order_by("pk")[3]
    assert analyst.get(f"{API}/sites/{site.pk}/samples").json()["total"] > 0
    assert analyst.get(f"{API}/sites/{site.pk}/figures").status_code == 404
    assert analyst.get(f"{API}/areas").status_code == 404


def test_a_formula_in_a_name_is_disarmed_in_csv_and_kept_in_json(province, steward):
    site = SiteNode.objects.order_by("pk").first()
    SiteNode.objects.filter(pk=site.pk).update(name="=cmd|'/C calc'!A0")
    assert ",'=cmd" in steward.get(f"{API}/sites?format=csv").content.decode()
    assert steward.get(f"{API}/sites/{site.pk}").json()["name"].startswith("=cmd")


def test_a_token_narrower_than_its_owner_sees_no_more_than_it_says(province, account, program):
    city = area_at(2)
    owner = account("officer")
    narrow = program(owner, scopes=["view"], only_path=city.path)
    rows = narrow.get(f"{API}/areas?limit=1000").json()
    assert rows["total"] == AreaNode.objects.filter(path__startswith=city.path).count()
    assert narrow.get(f"{API}/areas/{area_at(2, 1).area_id}").status_code == 404
    nothing = program(owner, scopes=["import"])
    assert nothing.get(f"{API}/areas").status_code == 404


@pytest.mark.parametrize(
    ("url", "status", "code"),
    [
        ("/areas?limit=x", 422, "HW-U161"),
        ("/areas?limit=100001", 422, "HW-U161"),
        ("/areas?level=9", 422, "HW-U161"),
        ("/areas/nowhere", 404, "HW-U404"),
        ("/no-such-route", 404, "HW-U404"),
        ("/signals/99999999999999999999999999", 404, "HW-U404"),
    ],
)
def test_refusals_are_problem_documents_with_a_code(steward, url, status, code):
    answer = steward.get(API + url)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_method_that_is_not_there_is_refused_with_those_that_are(steward):
    answer = steward.delete(f"{API}/areas")
    assert (answer.status_code, answer.json()["code"], answer.headers["Allow"]) == (405, "HW-U163", "GET")


def test_a_session_changes_nothing_without_its_csrf_token(province, account):
    client = Client(enforce_csrf_checks=True)
    client.force_login(account("officer"))
    said = json.dumps({"area_id": area_at(2).area_id, "words": "foam"})
    answer = client.post(f"{API}/signals", said, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "HW-U103")


def test_a_body_of_another_kind_or_too_long_is_not_read(steward):
    answer = steward.post(f"{API}/signals", "a=1", content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, answer.json()["code"]) == (415, "HW-U165")
    answer = steward.post(f"{API}/signals", "x" * 300_000, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (413, "HW-U164")


def test_too_many_requests_of_a_minute_are_refused_with_the_time_to_wait(steward, monkeypatch):
    monkeypatch.setattr("headworks.web.api.rates.PER_MINUTE", 3)
    answers = [steward.get(f"{API}/runs") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].json()["code"] == "HW-U162"
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 61


def test_every_call_above_public_leaves_a_row_and_a_file_is_an_export(steward):
    area = area_at(2)
    steward.get(f"{API}/areas/{area.area_id}/figures")
    steward.get(f"{API}/areas/{area.area_id}/figures?format=csv")
    steward.get(f"{API}/areas/nowhere")
    last = list(AuditRow.objects.order_by("-seq").values_list("action", "object_kind", "object_id")[:3])
    assert [row[0] for row in last] == ["refused", "export", "view"]
    assert last[1][1:] == last[2][1:] == ("area", area.area_id)


def test_the_reference_page_names_every_route_and_loads_nothing_from_elsewhere(steward):
    page = steward.get(f"{API}/").content.decode()
    document = steward.get(f"{API}/openapi.json").json()
    assert all(path in page for path in document["paths"])
    assert "http://" not in page
    assert "https://" not in page
    assert "<script" not in page
