"""The chain of the audit log: how a row is added, and how a changed, lost or added one is found.

    hash_n = SHA-256(canonical JSON of row n and hash_(n-1))

Each new head is also written to ``server/audit-heads.jsonl``, signed with the server's key, after the row is committed: rows
cut off at the end leave a head without its row, and a chain computed anew by somebody without the key has other heads. The
trap: two writers must not read the same last row, so adding one takes a lock for the whole transaction.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from headworks.web.audit.models import AuditRow

GENESIS = "0" * 64
_LOCK = 4_201_944
_FIELDS = (
    "seq", "at", "actor", "action", "object_kind", "object_id", "area_path", "purpose", "request_id", "before", "after",
    "detail", "previous_hash",
)  # fmt: skip
_LENGTHS = {field.name: field.max_length for field in AuditRow._meta.get_fields() if getattr(field, "max_length", None)}


@dataclass(frozen=True)
class Broken:
    """A row that is not as it was written: where, and what is wrong."""

    seq: int
    what: str


def row_hash(values: dict[str, Any]) -> str:
    """Hash of a row from its fields."""
    said = json.dumps({name: values[name] for name in _FIELDS}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
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
        values: dict[str, Any] = dict.fromkeys(_FIELDS, "")
        values |= {name: _cut(name, value) for name, value in said.items()}
        values |= {"seq": last["seq"] + 1, "at": timezone.now().isoformat(), "actor": _cut("actor", actor)}
        values |= {"action": _cut("action", action), "detail": _plain(text), "previous_hash": last["hash"]}
        row = AuditRow.objects.create(**values, hash=row_hash(values))
        transaction.on_commit(lambda: _keep_head(row.seq, row.hash))
    return row


def _plain(text: str) -> str:
    """Without signs that would break a line of a log."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _cut(name: str, value: str) -> str:
    return _plain(value)[: _LENGTHS.get(name) or None]


def heads_file() -> Path | None:
    """Where heads are kept; None for a server without a workspace."""
    return Path(settings.HEADWORKS_WORKSPACE) / "server" / "audit-heads.jsonl" if settings.HEADWORKS_WORKSPACE else None


def _signature(seq: int, head: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"{seq}:{head}".encode(), hashlib.sha256).hexdigest()


def _keep_head(seq: int, head: str) -> None:
    path = heads_file()
    if path is None:
        return
    line = json.dumps({"seq": seq, "hash": head, "signature": _signature(seq, head)}) + "\n"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # One write of one line: lines of several processes do not mix.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, line.encode())
    finally:
        os.close(handle)


def head() -> str:
    """The newest hash; printed in the foot of what leaves the server."""
    last = AuditRow.objects.order_by("-seq").values_list("hash", flat=True).first()
    return last or GENESIS


def verify() -> list[Broken]:
    """Every row that is not as it was written, first of all the first; empty when the chain holds."""
    heads, found = _heads()
    expected, previous = 1, GENESIS
    for row in AuditRow.objects.order_by("seq").iterator(chunk_size=5_000):
        values = {name: getattr(row, name) for name in _FIELDS}
        if row.seq != expected:
            missing = f"rows {expected} to {row.seq - 1} are" if row.seq - expected > 1 else f"row {expected} is"
            found.append(Broken(expected, f"{missing} missing before row {row.seq}"))
        elif row.previous_hash != previous:
            found.append(Broken(row.seq, "does not follow the row before it"))
        if row.hash != row_hash(values):
            found.append(Broken(row.seq, "its content is not what was written"))
        elif heads.get(row.seq, row.hash) != row.hash:
            found.append(Broken(row.seq, "is another row than the one whose head was signed"))
        expected, previous = row.seq + 1, row.hash
    newest = max(heads, default=0)
    if newest >= expected:
        found.append(Broken(expected, f"rows {expected} to {newest} were cut off at the end"))
    return sorted(found, key=lambda broken: broken.seq)


def _heads() -> tuple[dict[int, str], list[Broken]]:
    heads: dict[int, str] = {}
    found = []
    for number, line in enumerate(_lines(), 1):
        try:
            said = json.loads(line)
            is_ours = hmac.compare_digest(said["signature"], _signature(said["seq"], said["hash"]))
        except (ValueError, KeyError, TypeError):
            # A line cut off by a crash is followed by nothing.
            is_ours, said = False, {"seq": 0}
        if is_ours:
            heads[said["seq"]] = said["hash"]
        else:
            found.append(Broken(said["seq"], f"line {number} of the file of heads is not one that this server signed"))
    return heads, found


def _lines() -> Iterator[str]:
    path = heads_file()
    if path is not None and path.is_file():
        with path.open(encoding="utf-8") as lines:
            yield from lines
