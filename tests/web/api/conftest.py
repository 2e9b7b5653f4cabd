"""Programs that ask: each with a token of an account."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from headworks.web.accounts.tokens import TOKEN_SCOPES, make_token
from headworks.web.api import rates


@pytest.fixture(autouse=True)
def _no_rate_is_remembered():
    rates._counts.clear()


@pytest.fixture
def program():
    """A client that brings a token of an account: ``program(account, scopes=…, only_path=…)``."""

    def make(account, scopes=TOKEN_SCOPES, only_path="", **more):
        ends = timezone.now() + dt.timedelta(days=1)
        _, text = make_token(account, "test", scopes, ends, only_path=only_path)
        return Client(headers={"Authorization": f"Bearer {text}", **more})

    return make
