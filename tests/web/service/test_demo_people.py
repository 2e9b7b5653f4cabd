"""Accounts to look around with: one per role, on a demo's workspace alone."""

import pytest

from headworks.core.errors import UsageError
from headworks.web.access.roles import ROLES
from headworks.web.accounts.models import Account
from headworks.web.public.editions import newest_edition
from headworks.web.service.demo_people import make_demo_people


def test_every_role_has_an_account_and_the_public_an_edition(own_province):
    people = make_demo_people(own_province, "127.0.0.1")
    assert {one.role for one in people} == set(ROLES)
    assert all(Account.objects.get(username=one.username).check_password(one.password) for one in people)
    edition = newest_edition()
    assert edition.proposed_by != edition.approved_by


def test_passwords_are_drawn_anew_and_nobody_is_made_twice(own_province):
    first, second = (make_demo_people(own_province, "localhost") for _ in range(2))
    assert [one.username for one in first] == [one.username for one in second]
    assert not {one.password for one in first} & {one.password for one in second}
    held = Account.objects.get(username="demo-officer").grants.count()
    assert held == 1


def test_a_workspace_with_data_of_its_own_gets_none(own_province):
    (own_province.path / "simulated" / "plan.json").unlink()
    with pytest.raises(UsageError, match="for the demos alone"):
        make_demo_people(own_province, "127.0.0.1")
    assert not Account.objects.exists()


def test_an_address_that_others_reach_gets_none(own_province):
    with pytest.raises(UsageError, match="on this machine alone"):
        make_demo_people(own_province, "0.0.0.0")  # noqa: S104
