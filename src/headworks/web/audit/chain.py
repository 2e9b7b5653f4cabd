"""The chain of the audit log: how a row is added.

    hash_n = SHA-256(canonical JSON of row n and hash_(n-1))

Each new head is also written to a file, signed, after the row is committed (:mod:`headworks.web.audit.heads`). How a changed,
lost or added row is found: :mod:`headworks.web.audit.verification`. The trap: two writers must not read the same last row, so
adding one takes a lock until its transaction ends; a change is therefore recorded as the last thing of its transaction.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from headworks.web.audit.heads import keep_heads
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
    return record_all([{"action": action, "actor": actor, "detail": detail, **said}])[0]


def record_all(said: Sequence[dict[str, Any]]) -> list[AuditRow]:
    """Add several rows, each as :func:`record` is told, at the cost of about one."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        last = AuditRow.objects.order_by("-seq").values_list("seq", "hash").first() or (0, GENESIS)
        rows = []
        for one in said:
            rows.append(_row(one, *last))
            last = (rows[-1].seq, rows[-1].hash)
        AuditRow.objects.bulk_create(rows)
        transaction.on_commit(lambda: keep_heads([(row.seq, row.hash) for row in rows]))
    return rows


def _row(said: dict[str, Any], last_seq: int, last_hash: str) -> AuditRow:
    detail = said.get("detail")
    text = detail if isinstance(detail, str) else "" if detail is None else json.dumps(detail, ensure_ascii=False, default=str)
    values: dict[str, Any] = dict.fromkeys(FIELDS, "")
    values |= {name: _cut(name, value) for name, value in said.items() if name != "detail"}
    values |= {"seq": last_seq + 1, "at": timezone.now().isoformat(), "detail": _plain(text), "previous_hash": last_hash}
    return AuditRow(**values, hash=row_hash(values))


def _plain(text: str) -> str:
    """Without signs that would break a line of a log."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _cut(name: str, value: str) -> str:
    return _plain(value)[: _LENGTHS.get(name) or None]


def head() -> str:
    """The newest hash; printed in the foot of what leaves the server."""
    last = AuditRow.objects.order_by("-seq").values_list("hash", flat=True).first()
    return last or GENESIS
