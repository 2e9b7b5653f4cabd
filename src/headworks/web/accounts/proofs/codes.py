"""Codes that set a password once: for the first administrator, for a new account, for one who forgot. They end in a day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from headworks.web.access.models import Grant
from headworks.web.accounts.models import Account, OneTimeCode
from headworks.web.accounts.proofs.drawn import digest_of_code, draw_code

LASTS = dt.timedelta(hours=24)


def make_code(account: Account | None) -> str:
    """A new code, shown this once; those made before for the same are worth nothing from now on."""
    OneTimeCode.objects.filter(account=account, used_at=None).delete()
    code = draw_code()
    OneTimeCode.objects.create(account=account, code_hash=digest_of_code(code), expires_at=timezone.now() + LASTS)
    return code


def use_code(text: str, account: Account | None) -> bool:
    """Whether this is an open code of the account (of the first administrator without one); it is spent by asking."""
    now = timezone.now()
    rows = OneTimeCode.objects.filter(code_hash=digest_of_code(text), account=account, used_at=None, expires_at__gt=now)
    return bool(rows.update(used_at=now))


def administrators(at: dt.datetime | None = None) -> Any:
    """Accounts that may sign in and keep accounts everywhere, now."""
    held = Grant.objects.filter(Grant.in_force(at or timezone.now()), role="administrator", area_path="")
    return Account.objects.filter(is_active=True, pk__in=held.values("account_id"))
