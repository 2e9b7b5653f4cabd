"""Tokens: shown once, kept as a digest, narrower than their owner and never wider."""

import datetime as dt

import pytest
from django.utils import timezone

from headworks.core.errors import UsageError
from headworks.web.access.models import Grant
from headworks.web.accounts.models import Account, ApiToken
from headworks.web.accounts.tokens import TOKEN_SCOPES, make_token, reader_of_token, revoke_token

pytestmark = pytest.mark.django_db
CITY, COUNTY, OTHER = "44/4401/", "44/4401/440106/", "44/4403/"


def token(of, scopes=("view",), days=30, **more):
    return make_token(of, "nightly", scopes, timezone.now() + dt.timedelta(days=days), **more)


def test_a_token_speaks_for_its_owner_cut_to_its_scopes_and_area(account):
    owner = account("officer", CITY, tier="steward")
    _, text = token(owner, only_path=COUNTY, purpose="nightly figures")
    reader = reader_of_token(text)
    assert reader.username == owner.username
    assert reader.purpose == "nightly figures"
    assert reader.roots("view") == (COUNTY,)
    assert reader.roots("view_samples") == ()
    assert reader.tier_at(COUNTY) == "steward"
    assert reader.tier_at(CITY) == "public"


def test_a_token_on_an_area_the_owner_has_not_opens_nothing(account):
    _, text = token(account("officer", CITY), only_path=OTHER)
    assert reader_of_token(text).roots("view") == ()


def test_a_grant_that_ends_takes_the_token_with_it(account):
    owner = account("officer", CITY)
    _, text = token(owner)
    Grant.objects.filter(account=owner).update(revoked_at=timezone.now())
    assert reader_of_token(text).roots("view") == ()


def test_only_the_digest_is_kept(account):
    made, text = token(account("officer", CITY))
    assert text.startswith("hwt_")
    assert text not in repr(ApiToken.objects.values().get())
    assert reader_of_token(made.secret_hash) is None
    assert reader_of_token("hwt_" + made.secret_hash) is None


@pytest.mark.parametrize("text", ["", "x", "hwt_", "hwt_" + "a" * 43, "hwt_" + "a" * 10_000, "Bearer hwt_x", "hwt_\x00é"])
def test_anything_else_is_nobody(text):
    assert reader_of_token(text) is None


def test_an_ended_or_revoked_token_is_nobody(account):
    made, text = token(account("officer", CITY))
    ApiToken.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert reader_of_token(text) is None
    made, text = token(account("officer", CITY))
    revoke_token(made)
    assert reader_of_token(text) is None


def test_the_token_of_an_account_that_may_not_sign_in_is_nobody(account):
    owner = account("officer", CITY)
    _, text = token(owner)
    Account.objects.filter(pk=owner.pk).update(is_active=False)
    assert reader_of_token(text) is None


def test_its_last_use_is_noted_at_most_each_minute(account):
    _, text = token(account("officer", CITY))
    reader_of_token(text)
    first = ApiToken.objects.get().last_used_at
    reader_of_token(text)
    assert ApiToken.objects.get().last_used_at == first


@pytest.mark.parametrize("scopes", [(), ("administer",), ("approve",), ("view", "nonsense")])
def test_what_takes_a_person_cannot_be_given_to_a_program(account, scopes):
    with pytest.raises(UsageError, match="cannot carry"):
        token(account("administrator"), scopes)
    assert "administer" not in TOKEN_SCOPES


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_a_token_ends_within_a_year(account, days):
    with pytest.raises(UsageError, match="within a year"):
        token(account("officer"), days=days)


def test_one_makes_and_revokes_ones_own_on_a_page(province, account, browse):
    owner = account("officer")
    client = browse(owner)
    page = client.get("/settings/tokens/new/").content.decode()
    assert 'value="view"' in page
    assert 'value="administer"' not in page
    assert 'value="import"' not in page
    said = {"name": "nightly", "scopes": ["view"], "area": "440100000000", "days": 30}
    page = client.post("/settings/tokens/new/", said).content.decode()
    text = page.split("hwt_")[1].split("<")[0]
    assert reader_of_token("hwt_" + text).only_path.endswith("440100000000/")
    assert "hwt_" not in client.get("/settings/").content.decode()
    made = ApiToken.objects.get()
    other = browse(account("officer"))
    assert other.post(f"/settings/tokens/{made.pk}/end/").status_code == 404
    client.post(f"/settings/tokens/{made.pk}/end/")
    assert reader_of_token("hwt_" + text) is None
