"""A grant follows a re-coded area, and is never silently widened."""

import datetime as dt

import polars as pl
import pytest

from headworks.web.access.models import Grant
from headworks.web.access.moved_areas import follow_areas, lost_and_found, lost_grants, moved_paths
from headworks.web.access.reader import reader_of
from headworks.web.accounts.models import Account, ApiToken
from headworks.web.work.models import WorkItem

DAY = dt.date(2026, 1, 1)


def changes(*rows):
    said = [(old, new, DAY, kind, "x", 1.0) for old, new, kind in rows]
    columns = {
        "old_id": pl.String,
        "new_id": pl.String,
        "changed_on": pl.Date,
        "kind": pl.String,
        "code_system": pl.String,
        "share": pl.Float64,
    }
    return pl.DataFrame(said, schema=columns, orient="row")


BEFORE = {"44": "44/", "4401": "44/4401/", "440183": "44/4401/440183/", "440184": "44/4401/440184/"}


def test_a_new_code_for_the_same_area():
    after = {"44": "44/", "4401": "44/4401/", "440118": "44/4401/440118/", "440184": "44/4401/440184/"}
    assert moved_paths(BEFORE, after, changes(("440183", "440118", "recode"))) == {"44/4401/440183/": "44/4401/440118/"}


def test_a_chain_of_codes_is_followed_and_a_ring_ends():
    after = {"44": "44/", "4401": "44/4401/", "440120": "44/4401/440120/", "440184": "44/4401/440184/"}
    chain = changes(("440183", "440118", "recode"), ("440118", "440120", "rename"))
    assert moved_paths(BEFORE, after, chain) == {"44/4401/440183/": "44/4401/440120/"}
    ring = changes(("440183", "440118", "recode"), ("440118", "440183", "recode"))
    assert moved_paths(BEFORE, {"44": "44/"}, ring) == {}


def test_the_same_area_under_another_parent():
    after = {"44": "44/", "4402": "44/4402/", "440183": "44/4402/440183/"}
    assert moved_paths(BEFORE, after, changes()) == {"44/4401/440183/": "44/4402/440183/"}


@pytest.mark.parametrize(
    "said",
    [
        [("440183", "440118", "merge"), ("440184", "440118", "merge")],
        [("440183", "440118", "recode"), ("440184", "440118", "recode")],
        [("440183", "440118", "split"), ("440183", "440119", "split")],
        [("440183", "440118", "recode"), ("440183", "440119", "recode")],
        [("440183", "440118", "reparent")],
        [],
    ],
)
def test_what_was_merged_split_or_is_gone_moves_nowhere(said):
    after = {"44": "44/", "4401": "44/4401/", "440118": "44/4401/440118/", "440119": "44/4401/440119/"}
    assert "44/4401/440183/" not in moved_paths(BEFORE, after, changes(*said))


@pytest.mark.django_db
def test_grants_tokens_accounts_and_objects_move_together(account):
    from django.utils import timezone

    made = account("officer", "44/4401/440183/")
    Account.objects.filter(pk=made.pk).update(area_path="44/4401/440183/")
    ApiToken.objects.create(
        account=made, name="x", secret_hash="0" * 64, only_path="44/4401/440183/", expires_at=timezone.now()
    )
    WorkItem.objects.create(kind="run", area_path="44/4401/440183/")
    after = {"44": "44/", "4401": "44/4401/", "440118": "44/4401/440118/"}
    assert follow_areas(BEFORE, after, changes(("440183", "440118", "recode"))) == 1
    new = "44/4401/440118/"
    assert made.grants.get().area_path == new
    assert Account.objects.get(pk=made.pk).area_path == new
    assert ApiToken.objects.get().only_path == new
    assert WorkItem.objects.unscoped("test").get().area_path == new


@pytest.mark.django_db
def test_two_areas_that_change_places_do_not_run_into_each_other(account):
    first, second = account("officer", "44/4401/440183/"), account("officer", "44/4401/440184/")
    after = {"44": "44/", "4401": "44/4401/", "440184": "44/4401/440184/", "440183": "44/4401/440183/"}
    said = changes(("440183", "440184", "recode"), ("440184", "440183", "recode"))
    # Both codes are still there, so they are the same areas: nothing moves.
    assert follow_areas(BEFORE, after, said) == 0
    assert first.grants.get().area_path != second.grants.get().area_path


@pytest.mark.django_db
def test_a_grant_whose_area_is_gone_opens_nothing_and_is_listed(account):
    made = account("officer", "44/4401/440183/")
    assert lost_and_found({"44/", "44/4401/"}) == 1
    assert [grant.account_id for grant in lost_grants()] == [made.pk]
    assert reader_of(made).roots("view") == ()
    assert lost_and_found({"44/", "44/4401/", "44/4401/440183/"}) == 0
    assert reader_of(made).roots("view") == ("44/4401/440183/",)


@pytest.mark.django_db
def test_a_grant_on_everything_is_never_lost(account):
    account("officer", "")
    assert lost_and_found(set()) == 0


@pytest.mark.django_db
def test_a_grant_that_waits_for_approval_opens_nothing(account):
    made = account("officer", "44/")
    Grant.objects.update(awaits_approval=True)
    assert reader_of(made).roots("view") == ()


def test_copying_the_register_anew_moves_and_marks(own_province, account):
    from headworks.web.access.register import copy_register

    made = account("officer", "99/9901/")
    kept = account("officer", "440000000000/")
    copy_register(own_province, force=True)
    assert [grant.account_id for grant in lost_grants()] == [made.pk]
    assert reader_of(kept).has("view", "440000000000/440100000000/")
