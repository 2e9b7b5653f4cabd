"""Where sessions are kept: under the digest of the browser's key, with two limits, and linked to their account.

idle      a session nobody used for ``session_hours`` ends
absolute  a session ends ``session_days`` after it began, used or not

Whoever reads the database cannot take over a session, since the key is nowhere in it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from headworks.web.accounts.proofs.drawn import digest_of

_SEEN_EVERY = dt.timedelta(minutes=1)


class SessionStore(DatabaseStore):
    """Django's store of sessions, with a digest in place of the key."""

    @classmethod
    def get_model_class(cls) -> Any:
        """Our table."""
        from headworks.web.accounts.models import AccountSession

        return AccountSession

    def _get_session_from_db(self) -> Any:
        now = timezone.now()
        row = self.model.objects.filter(session_key=digest_of(self.session_key), expire_date__gt=now).first()
        if row is None or row.begun_at <= now - longest_session():
            # The base class makes a new key for one that leads to nothing: nobody chooses their key.
            self._session_key = None
            return None
        if row.last_used_at < now - _SEEN_EVERY:
            ends = now + dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)
            self.model.objects.filter(pk=row.pk).update(last_used_at=now, expire_date=ends)
        self._begun_at = row.begun_at
        return row

    def exists(self, session_key: str) -> bool:
        """Whether a key is in use."""
        return bool(self.model.objects.filter(session_key=digest_of(session_key)).exists())

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """A row for what the session holds now."""
        key = self._get_or_create_session_key()
        pk = data.get(SESSION_KEY)
        row = self.model(
            session_key=digest_of(key), session_data=self.encode(data), expire_date=self.get_expiry_date(),
            account_id=int(pk) if pk else None, browser=data.get("browser", ""), network=data.get("network", ""),
        )  # fmt: skip
        begun = getattr(self, "_begun_at", None)
        if begun is not None:
            row.begun_at = begun
        return row

    def create(self) -> None:
        """A new key and a new beginning, at each sign-in."""
        self._begun_at = None
        super().create()

    def delete(self, session_key: str | None = None) -> None:
        """End a session by its key."""
        key = session_key or self.session_key
        if key is not None:
            self.model.objects.filter(session_key=digest_of(key)).delete()

    async def acreate_model_instance(self, data: dict[str, Any]) -> Any:
        """Refused: the asynchronous half of the base class knows nothing of digests."""
        raise NotImplementedError("sessions are kept by synchronous views")


def longest_session() -> dt.timedelta:
    """After which a session ends in any case."""
    return dt.timedelta(days=settings.SERVER.session_days)


def end_sessions(account: Any, *, but: str | None = None) -> int:
    """End all sessions of an account, except the one with a key; how many."""
    rows = account.sessions.all()
    if but:
        rows = rows.exclude(session_key=digest_of(but))
    return int(rows.delete()[0])
