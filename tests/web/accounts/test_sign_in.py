"""Signing in: who gets a session, who does not, and what neither can tell from the answer."""

import re

import pyotp
import pytest
from django.test import Client
from tests.web.conftest import PASSWORD

from headworks.web.accounts.models import Account, AccountSession, SignInThrottle
from headworks.web.accounts.proofs import second_factor
from headworks.web.audit.models import AuditRow

pytestmark = pytest.mark.django_db


def sign_in(client, username, password=PASSWORD, **more):
    return client.post("/sign-in/", {"username": username, "password": password, **more})


def test_name_and_password_make_a_session_and_a_row(account, client):
    account("sampler", username="sampler-1")
    answer = sign_in(client, "sampler-1")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/operations/"
    row = AuditRow.objects.get(action="sign_in")
    assert (row.actor, row.detail) == ("sampler-1", "password")


def test_a_wrong_password_an_unknown_and_a_disabled_account_read_the_same(account, client):
    account("sampler", username="known")
    account("sampler", username="disabled", is_active=False)

    def said(username):
        body = sign_in(client, username, "not the password").content.decode()
        body = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", body)
        return body.replace(username, "")

    assert said("known") == said("unknown") == said("disabled")
    assert AccountSession.objects.count() == 0


def test_an_unknown_name_is_hashed_all_the_same(account, client, monkeypatch):
    from headworks.web.accounts.proofs.password_hash import Argon2

    account("sampler", username="known")
    counted = []
    encode, verify = Argon2.encode, Argon2.verify
    monkeypatch.setattr(Argon2, "encode", lambda *a, **k: counted.append("encode") or encode(*a, **k))
    monkeypatch.setattr(Argon2, "verify", lambda *a, **k: counted.append("verify") or verify(*a, **k))
    sign_in(client, "known", "wrong")
    sign_in(client, "unknown", "wrong")
    assert len(counted) == 2


def test_what_was_typed_as_a_name_is_written_down_only_if_it_is_one(account, client):
    account("sampler", username="known")
    sign_in(client, "my secret password", "x")
    sign_in(client, "known", "x")
    rows = AuditRow.objects.filter(action="sign_in_refused").order_by("seq")
    assert [row.object_id for row in rows] == ["(unknown)", "known"]
    assert "secret" not in "".join(row.detail + row.object_id for row in AuditRow.objects.all())


def test_a_sixth_attempt_waits_and_longer_each_time(account, client):
    account("sampler", username="known")
    for _ in range(5):
        assert sign_in(client, "known", "wrong").status_code == 200
    assert sign_in(client, "known").status_code == 429
    assert "Try again in 1 second." in sign_in(client, "known").content.decode()
    SignInThrottle.objects.filter(failures=5).update(failures=8)
    assert "Try again in 8 seconds." in sign_in(client, "known").content.decode()


def test_waiting_is_the_same_for_an_account_that_does_not_exist(client):
    for _ in range(5):
        sign_in(client, "nobody", "wrong")
    assert sign_in(client, "nobody", "wrong").status_code == 429


def test_somebody_else_from_another_network_is_not_locked_out(account):
    account("sampler", username="known")
    for _ in range(8):
        Client(REMOTE_ADDR="203.0.113.9").post("/sign-in/", {"username": "known", "password": "x"})
    assert sign_in(Client(REMOTE_ADDR="198.51.100.7"), "known").status_code == 302


def test_success_takes_the_attempts_back(account, client):
    account("sampler", username="known")
    for _ in range(4):
        sign_in(client, "known", "wrong")
    sign_in(client, "known")
    assert sorted(SignInThrottle.objects.values_list("failures", flat=True)) == [4, 4]


def test_one_is_led_on_to_a_page_here_and_never_elsewhere(account, client):
    account("sampler", username="known")
    assert sign_in(client, "known", next="/operations/").headers["Location"] == "/operations/"
    assert sign_in(client, "known", next="https://evil.example/").headers["Location"] == "/operations/"
    assert sign_in(client, "known", next="//evil.example/").headers["Location"] == "/operations/"


def device(of):
    secret = second_factor.new_secret()
    codes = second_factor.enrol(of, secret, pyotp.TOTP(secret).now())
    Account.objects.filter(pk=of.pk).update(totp_last_step=0)
    return pyotp.TOTP(secret), codes


def test_with_a_device_the_password_alone_opens_nothing(account, client):
    totp, _ = device(account("sampler", username="known"))
    answer = sign_in(client, "known")
    assert answer.headers["Location"] == "/sign-in/code/"
    assert client.get("/settings/").status_code == 302
    answer = client.post("/sign-in/code/", {"code": totp.now()})
    assert answer.headers["Location"] == "/operations/"
    assert client.get("/settings/").status_code == 200


def test_a_code_of_the_device_is_good_once(account, client):
    totp, _ = device(account("sampler", username="known"))
    code = totp.now()
    sign_in(client, "known")
    client.post("/sign-in/code/", {"code": code})
    other = Client()
    sign_in(other, "known")
    assert "used already" in other.post("/sign-in/code/", {"code": code}).content.decode()


def test_a_recovery_code_is_good_once(account, client):
    _, codes = device(account("sampler", username="known"))
    for n, expected in enumerate((302, 200)):
        browser = Client()
        sign_in(browser, "known")
        assert browser.post("/sign-in/code/", {"code": codes[0].lower()}).status_code == expected, n


def test_codes_are_not_guessed_by_trying(account, client):
    device(account("sampler", username="known"))
    sign_in(client, "known")
    for _ in range(5):
        client.post("/sign-in/code/", {"code": "000000"})
    assert client.post("/sign-in/code/", {"code": "000000"}).status_code == 429


def test_the_code_page_is_nothing_without_the_password(client):
    assert client.get("/sign-in/code/").headers["Location"] == "/sign-in/"


def test_signing_in_gives_a_new_key_and_signing_out_ends_it(account, client):
    account("sampler", username="known")
    sign_in(client, "known")
    first = client.cookies["headworks-session"].value
    sign_in(client, "known")
    second = client.cookies["headworks-session"].value
    assert first != second
    assert AccountSession.objects.count() == 1
    client.post("/sign-out/")
    assert AccountSession.objects.count() == 0
    assert client.get("/sign-out/").status_code == 405


def test_the_purpose_is_asked_once_where_figures_are_not_public(account, client):
    account("officer", username="known", tier="steward")
    sign_in(client, "known", next="/situation/")
    answer = client.get("/settings/")
    assert answer.headers["Location"] == "/purpose/?next=%2Fsettings%2F"
    answer = client.post("/purpose/", {"purpose": "signal", "note": "file 7", "next": "/settings/"})
    assert answer.headers["Location"] == "/settings/"
    assert client.get("/settings/").status_code == 200
    assert AuditRow.objects.filter(action="view", purpose="signal: file 7").exists()


def test_no_purpose_is_asked_where_all_is_public(account, client):
    account("officer", username="known", tier="public")
    sign_in(client, "known")
    assert client.get("/settings/").status_code == 200


def test_whoever_may_do_most_takes_a_second_factor_where_it_is_required(account, client, settings):
    import dataclasses

    settings.SERVER = dataclasses.replace(settings.SERVER, require_totp=True)
    account("administrator", username="boss", tier="public")
    account("sampler", username="known")
    sign_in(client, "boss")
    assert client.get("/accounts/").headers["Location"].startswith("/settings/second-factor/")
    page = client.get("/settings/second-factor/").content.decode()
    assert 'src="data:image/svg+xml' in page
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page).group(1)
    page = client.post("/settings/second-factor/", {"code": pyotp.TOTP(secret).now()}).content.decode()
    assert page.count("<code>") == 10
    assert client.get("/accounts/").status_code == 200
    other = Client()
    sign_in(other, "known")
    assert other.get("/settings/").status_code == 200


def test_an_account_that_must_change_its_password_does_that_first(account, client):
    made = account("sampler", username="known", must_change_password=True)
    sign_in(client, "known")
    assert client.get("/settings/").headers["Location"].startswith("/settings/password/")
    said = {"current": PASSWORD, "new_password": "short", "again": "short"}
    assert "at least 12" in client.post("/settings/password/", said).content.decode()
    said = {"current": PASSWORD, "new_password": "another good sentence", "again": "another good sentence"}
    assert client.post("/settings/password/", said).status_code == 302
    assert client.get("/settings/").status_code == 200
    made.refresh_from_db()
    assert not made.must_change_password


@pytest.mark.parametrize(
    ("password", "why"),
    [("elevensigns", "at least 12"), ("1qaz2wsx3edc", "too common"), ("known-officer-1", "too similar")],
)
def test_weak_passwords_are_refused(account, client, password, why):
    account("sampler", username="known-officer-1")
    sign_in(client, "known-officer-1")
    said = {"current": PASSWORD, "new_password": password, "again": password}
    assert why in client.post("/settings/password/", said).content.decode()


def test_a_form_from_another_page_is_refused(account):
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict, "known").status_code == 403
    assert Client(headers={"Sec-Fetch-Site": "cross-site"}).post("/sign-in/", {}).status_code == 403


@pytest.mark.parametrize(
    ("role", "where"),
    [("officer", "/situation/"), ("sampler", "/operations/"), ("administrator", "/accounts/"), ("auditor", "/audit/")],
)
def test_each_lands_where_there_is_something_for_them(account, client, role, where):
    account(role, username="known", tier="public")
    assert sign_in(client, "known").headers["Location"] == where
