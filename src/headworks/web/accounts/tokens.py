"""Tokens of programs: made by their owner, shown once, kept as a digest, narrower than the owner and never wider."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable
from typing import Final

from django.db.models import Q
from django.utils import timezone

from headworks.core.errors import UsageError
from headworks.web.access.reader import Reader, reader_of
from headworks.web.access.roles import SCOPES
from headworks.web.accounts.models import Account, ApiToken
from headworks.web.accounts.proofs.drawn import digest_of, draw_secret

PREFIX: Final = "hwt_"
# What takes a person who is there: keeping accounts, and approving what somebody else proposed.
TOKEN_SCOPES: Final = tuple(scope for scope in SCOPES if scope not in ("administer", "approve"))
LONGEST: Final = dt.timedelta(days=366)
_LONGEST_TEXT = 200
_SEEN_EVERY = dt.timedelta(minutes=1)


def make_token(
    account: Account, name: str, scopes: Iterable[str], expires_at: dt.datetime, *, only_path: str = "", purpose: str = ""
) -> tuple[ApiToken, str]:
    """A new token and its text, which is shown this once.

    Raises
    ------
    UsageError
        ``HW-U111`` for a scope that a token cannot carry, or an end that is past or more than a year away.
    """
    wanted = sorted(set(scopes))
    now = timezone.now()
    if not wanted or any(scope not in TOKEN_SCOPES for scope in wanted):
        raise UsageError(
            "A token cannot carry this.",
            found=", ".join(wanted), remedy="Use some of " + ", ".join(TOKEN_SCOPES), code="HW-U111"
        )  # fmt: skip
    if not now < expires_at <= now + LONGEST:
        raise UsageError(
            "A token ends within a year.",
            found=expires_at.isoformat(), remedy="Give a day within the next 366", code="HW-U111"
        )  # fmt: skip
    text = PREFIX + draw_secret()
    token = ApiToken.objects.create(
        account=account, name=name, secret_hash=digest_of(text), scopes=wanted, only_path=only_path, purpose=purpose,
        expires_at=expires_at,
    )  # fmt: skip
    return token, text


def reader_of_token(text: str) -> Reader | None:
    """Whom a token speaks for now; None for one that is unknown, ended or revoked, or whose owner may not sign in.

    The reader has the grants of the owner that hold now, cut to the token's scopes and subtree.
    """
    if not text.startswith(PREFIX) or len(text) > _LONGEST_TEXT:
        return None
    now = timezone.now()
    token = ApiToken.objects.select_related("account").filter(secret_hash=digest_of(text), revoked_at=None).first()
    if token is None or token.expires_at <= now or not token.account.is_active:
        return None
    # Not at every call: a row a minute is enough to see that it is in use.
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - _SEEN_EVERY)
    ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
    reader = reader_of(token.account, token.purpose, token.account.language)
    return dataclasses.replace(reader, only_scopes=frozenset(token.scopes), only_path=token.only_path)


def revoke_token(token: ApiToken) -> None:
    """It ends now; its row stays for the auditor."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
