"""How long the next attempt to sign in must wait, kept in the database so that all processes count together.

    wait = 2^(failures - free) seconds since the last failure, at most the limit of the kind

An attempt is counted before it is examined, so that many at once do not pass; one that succeeds is taken off again. Nothing
here knows whether an account exists.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from headworks.web.accounts.models import SignInThrottle
from headworks.web.accounts.proofs.networks import network_of

_FORGOTTEN_AFTER: Final = dt.timedelta(hours=24)
_MOST_DOUBLINGS: Final = 20


@dataclass(frozen=True)
class Key:
    """What is counted together: how many failures cost nothing, and the longest wait."""

    digest: str
    free: int
    longest_seconds: int


def keys_of(request: HttpRequest, username: str, step: str = "password") -> tuple[Key, ...]:
    """An account from a network, the account from anywhere, and the network whatever the account.

    The longest waits of the latter two are short: nobody shall be able to lock somebody else out.
    """
    network = network_of(request)
    return (
        Key(_digest(step, username.lower(), network), 5, 900),
        Key(_digest(step, username.lower(), "*"), 50, 30),
        Key(_digest(step, "*", network), 200, 60),
    )


def _digest(*parts: str) -> str:
    return salted_hmac("headworks.throttle", "\n".join(parts), algorithm="sha256").hexdigest()


def count_attempt(keys: tuple[Key, ...]) -> int:
    """Count an attempt; seconds to wait when it may not be made yet, and then it is not counted."""
    now = timezone.now()
    with transaction.atomic():
        # In one order, so that two attempts do not wait for each other for ever.
        for key in sorted(keys, key=lambda one: one.digest):
            SignInThrottle.objects.get_or_create(key=key.digest, defaults={"last_at": now})
        rows = SignInThrottle.objects.select_for_update().filter(key__in=[key.digest for key in keys]).order_by("key")
        held = {row.key: row for row in rows}
        wait = max(_wait(held[key.digest], key, now) for key in keys)
        if wait <= 0:
            for row in held.values():
                row.failures = 1 if now - row.last_at > _FORGOTTEN_AFTER else row.failures + 1
                row.last_at = now
                row.save()
    return math.ceil(max(wait, 0))


def _wait(row: SignInThrottle, key: Key, now: dt.datetime) -> float:
    if row.failures < key.free or now - row.last_at > _FORGOTTEN_AFTER:
        return 0.0
    asked = min(2.0 ** min(row.failures - key.free, _MOST_DOUBLINGS), key.longest_seconds)
    return asked - (now - row.last_at).total_seconds()


def forget_attempt(keys: tuple[Key, ...]) -> None:
    """It succeeded: the first key begins anew, the wider ones lose this attempt."""
    SignInThrottle.objects.filter(key=keys[0].digest).delete()
    SignInThrottle.objects.filter(key__in=[key.digest for key in keys[1:]], failures__gt=0).update(failures=F("failures") - 1)


def forget_old() -> None:
    """Rows that slow nobody down any more."""
    SignInThrottle.objects.filter(last_at__lt=timezone.now() - 2 * _FORGOTTEN_AFTER).delete()
