"""The feed of signals: JSON Feed and Atom, of one's own, with no number below the tier."""

from xml.etree import ElementTree as ET

import pytest
from tests.web.conftest import area_at, reader
from tests.web.signals.found import row

from headworks.web.signals.decide import decide
from headworks.web.signals.models import Signal
from headworks.web.signals.taking import take_row

API = "/api/v1/signals/feed"
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def two(province):
    mine, other = area_at(3, 0), area_at(3, 1)
    take_row(row(mine.pk, "mine"))
    take_row(row(other.pk, "other", kind="drop"))
    return mine, other


def test_both_say_the_same_of_ones_own_and_nothing_of_the_neighbours(two, account, program):
    mine, other = two
    client = program(account("officer", mine.path))
    said, atom = client.get(f"{API}.json"), client.get(f"{API}.atom")
    assert (said.headers["Content-Type"], atom.headers["Content-Type"]) == ("application/feed+json", "application/atom+xml")
    feed, root = said.json(), ET.fromstring(atom.content)  # noqa: S314  our own
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [one["title"] for one in feed["items"]] == [one.text for one in root.findall("a:entry/a:title", ATOM)]
    assert [one["id"] for one in feed["items"]] == [one.text for one in root.findall("a:entry/a:id", ATOM)]
    assert len(feed["items"]) == 1
    assert feed["items"][0]["title"].startswith(f"{mine.name_en}: above what was expected · ")
    assert "4.00 times what was expected" in feed["items"][0]["content_text"]
    assert feed["items"][0]["url"].startswith("http://testserver/signals/")
    assert other.name_en not in said.content.decode() + atom.content.decode()
    for name in ("a:id", "a:title", "a:updated", "a:author/a:name", "a:entry/a:updated", "a:entry/a:content"):
        assert root.find(name, ATOM) is not None, name


def test_no_number_stands_in_it_below_the_tier(two, account, program):
    client = program(account("officer", two[0].path, tier="public"))
    for kind in ("json", "atom"):
        said = client.get(f"{API}.{kind}").content.decode()
        assert "stays withheld" in said
        assert "40.0" not in said


def test_what_was_decided_last_comes_first_and_an_answer_that_did_not_change_is_304(two, account, program):
    client = program(account("officer"))
    first = client.get(f"{API}.json")
    same = client.get(f"{API}.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    own = Signal.objects.unscoped("a test").get(key="mine")
    decide(reader(), own.pk, to_state="triage", reason="Look.", version=0)
    again = client.get(f"{API}.json", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    assert again.json()["items"][0]["id"].endswith(f"/signals/{own.pk}/")
    assert again.json()["items"][0]["tags"] == ["exceedance", "triage"]


def test_it_is_narrowed_by_kind_area_and_number(two, account, program):
    client = program(account("officer"))
    for query, count in (("kind=drop", 1), ("kind=rise", 0), (f"area={two[0].pk}", 1), ("limit=1", 1), ("", 2)):
        assert len(client.get(f"{API}.json?{query}").json()["items"]) == count, query
    assert client.get(f"{API}.json?limit=0").status_code == 422
    assert client.get(f"{API}.json?kind=rumour").status_code == 422


def test_it_asks_who_one_is_and_a_foreign_area_is_not_there(two, account, program, client):
    mine, other = two
    own = program(account("officer", mine.path))
    for kind in ("json", "atom"):
        assert client.get(f"{API}.{kind}").status_code == 401
        foreign, missing = own.get(f"{API}.{kind}?area={other.pk}"), own.get(f"{API}.{kind}?area=nowhere")
        assert (foreign.status_code, foreign.content) == (missing.status_code, missing.content)
        assert foreign.status_code == 404
        assert program(account("sampler", mine.path)).get(f"{API}.{kind}").status_code == 404


def test_an_empty_feed_is_one(province, account, program):
    client = program(account("officer"))
    assert client.get(f"{API}.json").json()["items"] == []
    root = ET.fromstring(client.get(f"{API}.atom").content)  # noqa: S314  our own
    assert root.findall("a:entry", ATOM) == []
