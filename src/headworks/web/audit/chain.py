"""The chain of the audit log: how a row is added.

    hash_n = SHA-256(canonical JSON of row n and hash_(n-1))

Each new head is also written to a file, signed, after the row is committed (:mod:`headworks.web.audit.heads`). How a changed,
lost or added row is found: :mod:`headworks.web.audit.verification`. The trap: two writers must not read the same last row, so
adding one takes a lock until its transaction ends; a change is therefore recorded as the last thing of its transaction.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from headworks.web.audit.heads import keep_head
from headworks.web.audit.models import AuditRow

GENESIS = "0" * 64
_LOCK = 4_201_944
FIELDS = (
    "seq", "at", "actor", "action", "object_kind", "object_id", "area_path", "purpose", "request_id", "before", "after",
    "detail", "previous_hash",
)  # fmt: skip
_LENGTHS = {field.name: field.max_length for field in AuditRow._meta.get_fields() if getattr(field, "max_length", None)}


def row_hash(values: dict[str, Any]) -> str:
    """Hash of a row from its fields."""
    said = json.dumps({name: values[name] for name in FIELDS}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


def digest(content: Any) -> str:
    """Digest of an object's state before or after a change."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


def record(action: str, *, actor: str = "", detail: Any = None, **said: str) -> AuditRow:
    """Add a row; in the transaction that is under way, so that what is audited and its row stand or fall together.

    Parameters
    ----------
    action
        A word: view, change, export, refused, sign_in …
    detail
        Text, or what JSON can hold.
    said
        ``object_kind``, ``object_id``, ``area_path``, ``purpose``, ``request_id``, ``before``, ``after``.
    """
    text = detail if isinstance(detail, str) else "" if detail is None else json.dumps(detail, ensure_ascii=False, default=str)
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        last = AuditRow.objects.order_by("-seq").values("seq", "hash").first() or {"seq": 0, "hash": GENESIS}
        values: dict[str, Any] = dict.fromkeys(FIELDS, "")
        values |= {name: _cut(name, value) for name, value in said.items()}
        values |= {"seq": last["seq"] + 1, "at": timezone.now().isoformat(), "actor": _cut("actor", actor)}
        values |= {"action": _cut("action", action), "detail": _plain(text), "previous_hash": last["hash"]}
        row = AuditRow.objects.create(**values, hash=row_hash(values))
        transaction.on_commit(lambda: keep_head(row.seq, row.hash))
    return row


def _plain(text: str) -> str:
    """Without signs that would break a line of a log."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _cut(name: str, value: str) -> str:
    return _plain(value)[: _LENGTHS.get(name) or None]


def head() -> str:
    """The newest hash; printed in the foot of what leaves the server."""
    last = AuditRow.objects.order_by("-seq").values_list("hash", flat=True).first()
    return last or GENESIS
