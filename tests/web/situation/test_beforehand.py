"""Landing pages that are made before anybody asks are the ones that are shown, to those they were made for."""

import pytest
from tests.web.conftest import area_at

from headworks.web.access.reader import reader_of
from headworks.web.figures import kept as keeping
from headworks.web.situation import beforehand, maps

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept():
    keeping._KEPT.clear()
    yield
    keeping._KEPT.clear()


def never(*_args, **_more):
    raise AssertionError("it was made a second time")


def test_what_was_made_beforehand_is_not_made_again_for_the_page(province, account, browse, monkeypatch):
    county = account("officer", area_at(3).path)
    many = account("epidemiologist", "", username="all")
    for one in (county, many):
        beforehand.make_landing(reader_of(one))
    monkeypatch.setattr(maps, "map_svg", never)
    monkeypatch.setattr(maps, "_figures_body", never)
    for one in (county, many):
        client = browse(one)
        session = client.session
        session["purpose"] = "measurement"
        session.save()
        assert client.get("/situation/").status_code == 200


def test_each_kind_of_reader_is_served_once_and_those_without_figures_not(province, account):
    path = area_at(3).path
    for name in ("first", "second"):
        account("officer", path, username=name)
    account("officer", path, username="third", language="ja")
    account("sampler", path, username="fourth")
    kinds = list(beforehand.kinds_of_readers())
    assert sorted(one.language for one in kinds) == ["en", "ja"]


def test_the_thread_ends_when_told_and_goes_on_after_a_failure(province, account, monkeypatch):
    account("officer", area_at(3).path)
    asked, tried = iter([False, False, True]), []
    monkeypatch.setattr(beforehand, "_LOOK_SECONDS", 0.0)
    monkeypatch.setattr(beforehand, "make_landing", lambda reader: (tried.append(reader.username), never()))
    monkeypatch.setattr(beforehand.connections, "close_all", lambda: None)
    beforehand.make_beforehand(lambda: next(asked))
    # What failed is not tried again until other figures are shown, and the thread came to its end.
    assert len(tried) == 1
    assert next(asked, None) is None
