"""Work is taken once, taken again when its worker died, ended when somebody asks, and seen by whom it concerns."""

import pytest
from django.test import Client

from headworks.core.errors import DataRefused
from headworks.web.audit.models import AuditRow
from headworks.web.work import kinds
from headworks.web.work.models import WorkItem
from headworks.web.work.queue import LEASE, ask, cancel, end, take, take_back
from headworks.web.work.worker import work_once

pytestmark = pytest.mark.django_db
CITY, OTHER = "44/4401/", "44/4403/"


def items():
    return WorkItem.objects.unscoped("test")


@pytest.fixture
def kind(monkeypatch):
    """Makes work of a kind ``try`` that does what a test says."""
    monkeypatch.setattr("headworks.web.work.worker._BEAT_SECONDS", 600)
    return lambda perform: monkeypatch.setitem(kinds._KINDS, "try", perform)


def test_what_is_asked_for_once_waits_once():
    assert ask("run", once="run").pk == ask("run", once="run").pk
    take()
    assert ask("run", once="run").pk != items().first().pk
    assert items().count() == 2


def test_the_oldest_is_taken_first_and_by_one():
    first, second = ask("a"), ask("b")
    assert [take().pk, take().pk, take()] == [first.pk, second.pk, None]


def test_an_item_whose_worker_died_is_taken_again():
    item = ask("a")
    take()
    assert take() is None
    items().update(beat_at=items().get().beat_at - 2 * LEASE)
    again = take()
    assert (again.pk, again.attempts) == (item.pk, 2)


def test_the_one_worker_takes_back_at_once_what_it_left():
    ask("a")
    take()
    assert take_back() == 1
    assert take().attempts == 2


def test_what_kills_its_worker_each_time_is_given_up():
    ask("a")
    for _ in range(5):
        assert take() is not None
        take_back()
    assert take() is None
    assert items().get().outcome["code"] == "HW-U110"


def test_done_failed_and_refused_are_told_apart(kind):
    for perform, state in ((lambda said, tell: {"rows": said["n"]}, "done"), (refuse, "failed"), (fail, "failed")):
        kind(perform)
        item = ask("try", {"n": 3}, by="somebody")
        assert work_once()
        item.refresh_from_db()
        assert item.state == state
    assert items().order_by("pk")[0].outcome == {"rows": 3}
    assert items().order_by("pk")[1].outcome["code"] == "HW-D999"
    assert "secret" not in str(items().order_by("pk")[2].outcome)
    assert AuditRow.objects.filter(action__startswith="work_").count() == 3
    assert not work_once()


def refuse(said, tell):
    raise DataRefused("No.", code="HW-D999")


def fail(said, tell):
    raise ValueError("a secret")


def test_running_work_ends_between_two_steps(kind):
    seen = []

    def perform(said, tell):
        for step in ("one", "two", "three"):
            tell(step)
            seen.append(step)
            if step == "two":
                cancel(items().get())
        return {}

    kind(perform)
    ask("try")
    work_once()
    assert seen == ["one", "two"]
    assert items().get().state == "cancelled"


def test_waiting_work_ends_at_once_and_ended_work_stays_as_it_is():
    item = ask("a")
    cancel(item)
    assert items().get().state == "cancelled"
    done = ask("b")
    take()
    end(done, "done", {})
    cancel(done)
    done.refresh_from_db()
    assert (done.state, done.is_cancel_asked) == ("done", False)


def test_the_page_shows_mine_and_comes_anew_while_something_is_under_way(account, browse):
    steward = account("steward", CITY, username="mine")
    mine = ask("import", {"name": "week-46.csv"}, by="mine", area_path=CITY)
    foreign = ask("import", {"name": "foreign-file.csv"}, by="somebody", area_path=OTHER)
    whole = ask("run", {"name": "whole-run"}, by="boss")
    client = browse(steward)
    page = client.get("/work/").content.decode()
    assert "week-46.csv" in page
    assert "foreign-file" not in page
    assert "whole-run" not in page
    assert 'http-equiv="refresh"' in page
    assert client.get(f"/work/{mine.pk}/").status_code == 200
    for item in (foreign, whole):
        assert client.get(f"/work/{item.pk}/").status_code == 404
        assert client.post(f"/work/{item.pk}/cancel/").status_code == 404
        item.refresh_from_db()
        assert item.state == "waiting"
    client.post(f"/work/{mine.pk}/cancel/")
    assert 'http-equiv="refresh"' not in client.get("/work/").content.decode()
    assert AuditRow.objects.filter(action="work_cancel", actor="mine").exists()


def test_an_item_that_failed_says_what_would_do(account, browse, kind):
    kind(lambda said, tell: refuse_fully())
    item = ask("try", by="mine")
    work_once()
    page = browse(account("sampler", CITY, username="mine")).get(f"/work/{item.pk}/").content.decode()
    assert "HW-D998" in page
    assert "Give less." in page


def refuse_fully():
    raise DataRefused("Too much.", where="row 7", found="900", remedy="Give less.", code="HW-D998")


def test_the_public_sees_no_work():
    assert Client().get("/work/").headers["Location"].startswith("/sign-in/")
    item = ask("a")
    assert Client().get(f"/work/{item.pk}/").status_code == 302
