"""Keeping accounts: who may give whom what, and what takes two."""

import re

import pytest
from django.test import Client
from tests.web.conftest import PASSWORD, area_at

from headworks.web.access.models import Grant
from headworks.web.access.reader import reader_of
from headworks.web.accounts.models import Account
from headworks.web.audit.models import AuditRow

NEW = "another good sentence"


@pytest.fixture
def boss(province, account):
    return account("administrator", username="boss", tier="public")


def give(client, to, role="officer", area="440100000000", tier="steward", **more):
    return client.post(f"/accounts/{to.pk}/grant/", {"role": role, "area": area, "tier": tier, **more})


def test_an_account_is_made_with_a_code_that_sets_its_password_once(boss, browse):
    client = browse(boss)
    page = client.post("/accounts/new/", {"username": "haizhu-1", "label": "county office", "area": "", "language": "ja"})
    code = re.search(r"<code>([A-Z2-9-]{29})</code>", page.content.decode()).group(1)
    made = Account.objects.get(username="haizhu-1")
    assert not made.has_usable_password()
    assert code not in repr(list(made.codes.values()))
    said = {"username": "haizhu-1", "code": code, "new_password": NEW, "again": NEW}
    assert Client().post("/sign-in/one-time-code/", said).headers["Location"] == "/sign-in/"
    assert "used already" in Client().post("/sign-in/one-time-code/", said).content.decode()
    assert Client().post("/sign-in/", {"username": "haizhu-1", "password": NEW}).status_code == 302


def test_a_grant_is_found_by_name_and_holds_at_the_next_request(boss, account, browse):
    made = account("sampler", username="known")
    city = area_at(2)
    answer = give(browse(boss), made, area=city.name_zh or city.name_en)
    assert answer.status_code == 302
    assert reader_of(made).has("view", city.path)
    row = AuditRow.objects.get(action="grant_given")
    assert (row.actor, row.object_id, row.area_path) == ("boss", "known", city.path)


def test_several_hits_are_shown_to_choose_from(boss, account, browse):
    made = account("sampler", username="known")
    page = give(browse(boss), made, area="4401").content.decode()
    assert "Which of these is meant" in page
    assert "440103000000" in page
    assert made.grants.count() == 1


def test_a_grant_has_days(boss, account, browse):
    made = account("sampler", username="known")
    give(browse(boss), made, starts="2020-01-01", ends="2020-02-01")
    assert not reader_of(made).has("view")
    page = give(browse(boss), made, starts="2020-02-01", ends="2020-01-01").content.decode()
    assert "ends before it begins" in page


def test_a_revoked_grant_ends_at_once(boss, account, browse):
    made = account("officer", area_at(2).path, username="known")
    held = made.grants.get()
    browse(boss).post(f"/accounts/grants/{held.pk}/decide/", {"action": "revoke"})
    assert not reader_of(made).has("view")
    assert AuditRow.objects.filter(action="grant_revoked", object_id="known").exists()


def test_alone_an_administrator_gives_themselves_data_and_the_log_says_so(boss, browse):
    give(browse(boss), boss)
    assert reader_of(boss).has("view")
    assert AuditRow.objects.filter(action="grant_to_self", actor="boss").exists()


def test_where_there_are_two_the_other_approves(boss, account, browse):
    second = account("administrator", username="second", tier="public")
    give(browse(boss), boss)
    assert not reader_of(boss).has("view")
    waiting = Grant.objects.get(account=boss, awaits_approval=True)
    own = browse(boss).post(f"/accounts/grants/{waiting.pk}/decide/", {"action": "approve"})
    assert own.status_code == 400
    assert "HW-U125" in own.content.decode()
    assert not reader_of(boss).has("view")
    browse(second).post(f"/accounts/grants/{waiting.pk}/decide/", {"action": "approve"})
    assert reader_of(boss).has("view")
    waiting.refresh_from_db()
    assert waiting.approved_by == "second"


def test_one_does_not_approve_what_one_asked_for_somebody(boss, account, browse):
    other = account("administrator", username="second", tier="public")
    held = Grant.objects.create(account=other, role="officer", granted_by="boss", awaits_approval=True)
    assert browse(boss).post(f"/accounts/grants/{held.pk}/decide/", {"action": "approve"}).status_code == 400


def keep_at(made, n):
    """An account that is kept in the n-th city."""
    Account.objects.filter(pk=made.pk).update(area_path=area_at(2, n).path)
    made.refresh_from_db()
    return made


@pytest.fixture
def of_city(province, account):
    """The administrator of a city."""
    return keep_at(account("administrator", area_at(2, 0).path, username="city-boss", tier="public"), 0)


def test_an_administrator_of_a_city_sees_its_accounts_only(of_city, account, browse):
    mine = keep_at(account("officer", area_at(2, 0).path, username="mine"), 0)
    theirs = keep_at(account("officer", area_at(2, 1).path, username="theirs-2"), 1)
    wide = account("officer", "", username="wide-3")
    client = browse(of_city)
    page = client.get("/accounts/").content.decode()
    assert "mine" in page
    assert "theirs-2" not in page
    assert "wide-3" not in page
    assert client.get(f"/accounts/{mine.pk}/").status_code == 200
    for foreign in (theirs, wide):
        for path, how in (("", client.get), ("grant/", client.post), ("change/", client.post)):
            answer = how(f"/accounts/{foreign.pk}/{path}")
            assert answer.status_code == 404
            assert foreign.username not in answer.content.decode()
        held = foreign.grants.get()
        assert client.post(f"/accounts/grants/{held.pk}/decide/", {"action": "revoke"}).status_code == 404


def test_it_gives_nothing_outside_of_the_city(of_city, account, browse):
    mine = keep_at(account("officer", area_at(2, 0).path, username="mine"), 0)
    client = browse(of_city)
    for area in (area_at(2, 1).area_id, area_at(1).area_id, "*"):
        assert give(client, mine, area=area).status_code == 200
    assert mine.grants.count() == 1
    assert "440300000000" not in client.get("/accounts/areas/?q=4403").content.decode().replace('value="4403', "")


def test_an_account_that_holds_more_is_not_taken_over_by_a_new_password(of_city, account, browse):
    mine = keep_at(account("officer", area_at(2, 0).path, username="mine"), 0)
    Grant.objects.create(account=mine, role="officer", area_path=area_at(2, 1).path, tier="steward")
    answer = browse(of_city).post(f"/accounts/{mine.pk}/change/", {"action": "reset_password"})
    assert answer.status_code == 400
    assert "HW-U114" in answer.content.decode()
    mine.refresh_from_db()
    assert mine.check_password(PASSWORD)


def test_a_reset_ends_sessions_and_the_old_password(boss, account, browse):
    made = account("sampler", username="known", tier="public")
    theirs = Client()
    theirs.post("/sign-in/", {"username": "known", "password": PASSWORD})
    browse(boss).post(f"/accounts/{made.pk}/change/", {"action": "reset_password"})
    assert theirs.get("/settings/").status_code == 302
    assert Client().post("/sign-in/", {"username": "known", "password": PASSWORD}).status_code == 200


def test_disabling_ends_sessions_at_once_and_enabling_lets_in_again(boss, account, browse):
    made = account("sampler", username="known", tier="public")
    theirs = browse(made)
    client = browse(boss)
    client.post(f"/accounts/{made.pk}/change/", {"action": "disable"})
    assert theirs.get("/settings/").status_code == 302
    client.post(f"/accounts/{made.pk}/change/", {"action": "enable"})
    assert browse(made).get("/settings/").status_code == 200


def test_the_last_administrator_stays(boss, browse):
    answer = browse(boss).post(f"/accounts/{boss.pk}/change/", {"action": "disable"})
    assert answer.status_code == 400
    assert "HW-U112" in answer.content.decode()
    boss.refresh_from_db()
    assert boss.is_active


@pytest.mark.parametrize("role", ["sampler", "analyst", "officer", "director", "steward", "auditor"])
def test_nobody_else_finds_these_pages(province, account, browse, role):
    client = browse(account(role))
    for path in ("/accounts/", "/accounts/new/", "/accounts/areas/", "/accounts/1/"):
        assert client.get(path).status_code == 404
    assert Client().get("/accounts/").status_code == 302


def test_nothing_changes_by_reading(boss, account, browse):
    made = account("sampler", username="known")
    client = browse(boss)
    for path in (
        f"/accounts/{made.pk}/grant/",
        f"/accounts/{made.pk}/change/",
        f"/accounts/grants/{made.grants.get().pk}/decide/",
    ):
        assert client.get(path).status_code == 405


def test_the_first_administrator_is_made_with_the_printed_code_only(province):
    from headworks.web.accounts.proofs.codes import make_code

    code = make_code(None)
    client = Client()
    said = {"code": "A" * 25, "username": "first-one", "label": "", "new_password": NEW, "again": NEW}
    assert client.get("/first-administrator/").status_code == 200
    assert "not right" in client.post("/first-administrator/", said).content.decode()
    assert not Account.objects.exists()
    answer = client.post("/first-administrator/", {**said, "code": code.lower()})
    assert answer.status_code == 302
    assert client.get("/accounts/").status_code == 200
    assert client.get("/first-administrator/").status_code == 404
    assert client.post("/first-administrator/", {**said, "code": code, "username": "second-one"}).status_code == 404


def test_a_code_of_yesterday_and_one_made_before_another_are_worth_nothing(province):
    import datetime as dt

    from django.utils import timezone

    from headworks.web.accounts.models import OneTimeCode
    from headworks.web.accounts.proofs.codes import make_code, use_code

    first = make_code(None)
    second = make_code(None)
    assert not use_code(first, None)
    OneTimeCode.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert not use_code(second, None)


def test_guessing_the_printed_code_is_slowed_down(province):
    from headworks.web.accounts.proofs.codes import make_code

    make_code(None)
    client = Client()
    said = {"code": "A" * 25, "username": "first-one", "new_password": NEW, "again": NEW}
    answers = [client.post("/first-administrator/", said).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]
