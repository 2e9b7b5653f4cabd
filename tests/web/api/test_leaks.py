"""Every route of the document, asked by the neighbours: nothing foreign in bodies, headers, exports, errors or counts.

The test knows no route by name. It takes them from the document, fills identifiers of the neighbouring area into their
addresses, queries and bodies, and looks for those identifiers in whatever comes back; so a new route is tested without a
line here.
"""

import io
import itertools
import json

import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from headworks.store import read_facts
from headworks.web.access.models import AreaNode, SiteNode
from headworks.web.access.policy import visible_sites
from headworks.web.access.reader import reader_of
from headworks.web.api.door import api
from headworks.web.signals.intake import raise_signal
from headworks.web.work.queue import ask

ALL = "a test looks at every row"


def document():
    from headworks.web.api import urls  # noqa: F401  routes are put together there

    return api.get_openapi_schema()


@pytest.fixture
def neighbours(province, account, program):
    """A county, what lies in it; the county beside it in the same city; and who asks."""
    mine, theirs = _pair()
    officer = account("officer", mine.path, username="officer-mine")
    reader = reader_of(officer)
    seen = set(visible_sites(reader, "view").values_list("pk", flat=True))
    sites = [site.pk for site in SiteNode.objects.filter(owner_path__startswith=theirs.path) if site.pk not in seen]
    areas = list(AreaNode.objects.filter(path__startswith=theirs.path).values_list("pk", flat=True))
    samples = read_facts(province, "samples").filter(pl.col("site_id").is_in(sites))["sample_id"].head(3).to_list()
    signal = raise_signal("theirs", kind="change", source="cusum", area_id=theirs.pk, words="their-secret-words").signal
    raise_signal("mine", kind="change", source="cusum", area_id=mine.pk, words="my words")
    item = ask("report", {"area_id": theirs.pk, "tier": "steward", "account_id": 0}, by="their-officer", area_path=theirs.path)
    secrets = [*areas, *sites, *samples, "their-secret-words", "their-officer"]
    ids = {
        "area_id": theirs.pk, "site_id": sites[0], "sample_id": samples[0], "signal_id": signal.pk, "item_id": item.pk,
        "run_id": "no-such-run", "area": theirs.pk, "inside": theirs.pk,
    }  # fmt: skip
    names = [name for row in AreaNode.objects.filter(pk__in=areas).values_list("name_en", "name_zh") for name in row if name]
    names += [name for name in SiteNode.objects.filter(pk__in=sites).values_list("name", flat=True) if name]
    own = AreaNode.objects.filter(path__startswith=mine.path)
    mine_says = {name for row in own.values_list("name_en", "name_zh") for name in row}
    mine_says |= set(visible_sites(reader, "view").values_list("name", flat=True))
    secrets += [name for name in names if not any(name in said for said in mine_says)]
    readers = {
        "the officer of the county beside": program(officer),
        "its assessor": program(account("assessor", mine.path)),
        "its sampler": program(account("sampler", mine.path)),
        "a steward of it alone": program(account("steward", mine.path)),
        "an analyst of its laboratory": program(account("analyst", mine.path)),
        "an administrator": program(account("administrator"), scopes=["view", "view_samples", "import", "decide"]),
        "a token narrowed to it": program(account("officer"), only_path=mine.path),
        "a token that has ended": Client(headers={"Authorization": "Bearer hwt_ended"}),
        "the public": Client(),
    }
    return mine, theirs, ids, secrets, readers


def _pair():
    """Two counties of one city, both with sites."""
    owners = list(SiteNode.objects.exclude(owner_path="").values_list("owner_path", flat=True))
    for city in AreaNode.objects.filter(level=2).order_by("pk"):
        inside = AreaNode.objects.filter(parent=city).order_by("pk")
        found = [area for area in inside if any(path.startswith(area.path) for path in owners)]
        if len(found) > 1:
            return found[:2]
    raise AssertionError("no city has two counties with sites")


def _calls(ids):
    """Every route and method, with foreign identifiers wherever one fits; queries with and without them."""
    for path, operations in document()["paths"].items():
        for method, operation in operations.items():
            named = {one["name"]: ids[one["name"]] for one in operation.get("parameters", []) if one["in"] == "path"}
            asked = [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"]
            foreign = {name: ids[name] for name in asked if name in ids}
            forms = ("json", "csv", "parquet") if "format" in asked else ("",)
            for query, form in itertools.product([{}, foreign] if foreign else [{}], forms):
                yield method, path.format(**named), {**query, **({"format": form, "limit": 5000} if form else {})}, operation


def _ask(client, method, path, query, operation, ids):
    if method == "get":
        return client.get(path, query)
    content = operation.get("requestBody", {}).get("content", {})
    if "multipart/form-data" in content:
        return client.post(path, {"file": SimpleUploadedFile("x.csv", b"a,b\n1,2\n"), "format": "headworks"})
    bodies = {
        "area_id": ids["area_id"], "site_id": "", "area": ids["area_id"], "words": "x", "to_state": "triage", "reason": "x",
        "version": 0, "kind": "event",
    }  # fmt: skip
    return client.post(path, json.dumps(bodies), content_type="application/json")


def _said(answer):
    """Everything that came back as text; a Parquet file as what it holds."""
    head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    if answer.headers.get("Content-Type") == "application/vnd.apache.parquet":
        return head + pl.read_parquet(io.BytesIO(answer.content)).write_csv()
    return head + answer.content.decode("utf-8-sig")


def test_nothing_foreign_comes_back_from_any_route(neighbours):
    _mine, _theirs, ids, secrets, readers = neighbours
    asked = 0
    for who, client in readers.items():
        for method, path, query, operation in _calls(ids):
            answer = _ask(client, method, path, query, operation, ids)
            said = _said(answer)
            leaked = [secret for secret in secrets if str(secret) in said.replace(answer.request["PATH_INFO"], "")]
            # Its own question may be repeated in the links of pages, which say nothing new.
            leaked = [secret for secret in leaked if str(secret) not in map(str, query.values())]
            assert not leaked, f"{who}: {method} {path} {query} says {leaked[:3]}"
            assert answer.status_code < 500
            has_foreign = any(
                str(ids[name]) in path.split("/") for name in ("area_id", "site_id", "sample_id", "signal_id", "item_id")
            )
            if has_foreign or set(query) & {"area", "inside"}:
                assert answer.status_code in (401, 404), f"{who}: {method} {path} {query} answers {answer.status_code}"
            asked += 1
    assert asked > 9 * 60


def test_counts_are_of_ones_own(neighbours):
    mine, _theirs, _ids, _secrets, readers = neighbours
    officer = readers["the officer of the county beside"]
    own_areas = AreaNode.objects.filter(path__startswith=mine.path).count()
    assert int(officer.get("/api/v1/areas").headers["X-Total-Count"]) == own_areas
    assert officer.get("/api/v1/signals").json()["total"] == 1
    for route in ("reports", "work"):
        assert officer.get(f"/api/v1/{route}").json()["total"] == 0


def test_what_is_foreign_and_what_is_not_there_read_alike(neighbours):
    _mine, _theirs, ids, _secrets, readers = neighbours
    officer = readers["the officer of the county beside"]
    nowhere = {**ids, "area_id": "nowhere", "site_id": "nowhere", "sample_id": "nowhere", "signal_id": 10**9, "item_id": 10**9}
    for path, operations in document()["paths"].items():
        if "{" in path and "get" in operations:
            foreign, missing = officer.get(path.format(**ids)), officer.get(path.format(**nowhere))
            assert (foreign.status_code, foreign.content) == (missing.status_code, missing.content), path


def test_every_route_asks_who_one_is(neighbours):
    _mine, _theirs, ids, _secrets, readers = neighbours
    for method, path, query, operation in _calls(ids):
        assert _ask(readers["the public"], method, path, query, operation, ids).status_code == 401, path
