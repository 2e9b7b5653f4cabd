"""Sessions: nothing in the database opens one, two limits end them, and their owner sees and ends them."""

import datetime as dt

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.test import Client
from django.utils import timezone
from tests.web.conftest import PASSWORD

from headworks.web.accounts.models import Account, AccountSession
from headworks.web.accounts.proofs.drawn import digest_of
from headworks.web.accounts.sessions import end_sessions

pytestmark = pytest.mark.django_db
NEW = "another good sentence"


@pytest.fixture
def signed(account):
    """An account and a browser in which it signed in."""
    made = account("sampler", username="known", tier="public")
    client = Client()
    client.post("/sign-in/", {"username": "known", "password": PASSWORD}, headers={"User-Agent": "X11; Linux Firefox/128"})
    return made, client


def other_browser():
    client = Client()
    client.post("/sign-in/", {"username": "known", "password": PASSWORD})
    return client


def is_in(client):
    return client.get("/settings/").status_code == 200


def test_what_the_browser_holds_stands_nowhere_in_the_database(signed):
    _, client = signed
    key = client.cookies["headworks-session"].value
    assert len(key) == 32
    row = AccountSession.objects.get()
    assert row.session_key == digest_of(key)
    assert key not in row.session_data
    assert not is_in(Client(headers={"Cookie": f"headworks-session={row.session_key}"}))


def test_the_cookie_is_for_this_site_and_ends_with_the_browser(signed):
    _, client = signed
    cookie = client.cookies["headworks-session"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", "")


def test_an_idle_session_ends(signed):
    _, client = signed
    assert is_in(client)
    AccountSession.objects.update(expire_date=timezone.now() - dt.timedelta(seconds=1))
    assert not is_in(client)


def test_using_a_session_keeps_it_from_being_idle(signed):
    _, client = signed
    old = timezone.now() - dt.timedelta(hours=7)
    AccountSession.objects.update(last_used_at=old, expire_date=timezone.now() + dt.timedelta(hours=1))
    assert is_in(client)
    row = AccountSession.objects.get()
    assert row.expire_date > timezone.now() + dt.timedelta(hours=7)
    assert row.last_used_at > old


def test_a_session_ends_after_days_however_much_it_is_used(signed):
    _, client = signed
    AccountSession.objects.update(begun_at=timezone.now() - dt.timedelta(days=7, seconds=1))
    assert not is_in(client)


def test_changing_what_a_session_holds_does_not_make_it_younger(signed):
    _, client = signed
    begun = timezone.now() - dt.timedelta(days=3)
    AccountSession.objects.update(begun_at=begun)
    client.get("/settings/second-factor/")
    assert AccountSession.objects.get().begun_at == begun


def test_nobody_chooses_the_key_of_a_session(account):
    account("sampler", username="known")
    client = Client(headers={"Cookie": "headworks-session=" + "a" * 32})
    client.post("/sign-in/", {"username": "known", "password": PASSWORD})
    assert AccountSession.objects.get().session_key != digest_of("a" * 32)


def test_an_account_that_may_not_sign_in_is_out_at_once(signed):
    made, client = signed
    Account.objects.filter(pk=made.pk).update(is_active=False)
    assert not is_in(client)


def test_a_new_password_ends_all_other_sessions_and_keeps_this_one(signed):
    _, client = signed
    other = other_browser()
    before = client.cookies["headworks-session"].value
    client.post("/settings/password/", {"current": PASSWORD, "new_password": NEW, "again": NEW})
    assert is_in(client)
    assert client.cookies["headworks-session"].value != before
    assert not is_in(other)


def test_the_present_password_is_asked_for(signed):
    _, client = signed
    answer = client.post("/settings/password/", {"current": "not it, surely", "new_password": NEW, "again": NEW})
    assert "not your present password" in answer.content.decode()


def test_one_sees_ones_sessions_and_ends_one(signed):
    _, client = signed
    other = other_browser()
    page = client.get("/settings/").content.decode()
    assert "Firefox, Linux" in page
    assert "127.0.0.0/24" in page
    theirs = AccountSession.objects.exclude(session_key=digest_of(client.cookies["headworks-session"].value)).get()
    client.post("/settings/sessions/end/", {"session": theirs.session_key})
    assert not is_in(other)
    assert is_in(client)


def test_one_ends_all_others(signed):
    made, client = signed
    others = [other_browser(), other_browser()]
    client.post("/settings/sessions/end/", {"session": "others"})
    assert [is_in(other) for other in others] == [False, False]
    assert is_in(client)
    assert end_sessions(made) == 1
    assert not is_in(client)


def test_one_does_not_end_the_session_of_somebody_else(signed, account):
    _, client = signed
    account("sampler", username="somebody")
    theirs = Client()
    theirs.post("/sign-in/", {"username": "somebody", "password": PASSWORD})
    key = AccountSession.objects.get(account__username="somebody").session_key
    client.post("/settings/sessions/end/", {"session": key})
    assert is_in(theirs)


def test_a_session_ended_meanwhile_is_not_brought_back(signed):
    made, client = signed
    session = client.session
    assert session.get("x") is None
    end_sessions(made)
    session["x"] = 1
    with pytest.raises(UpdateError):
        session.save()
    assert AccountSession.objects.count() == 0
