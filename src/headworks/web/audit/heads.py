"""Signed heads of the audit chain, in ``server/audit-heads.jsonl``: what a database alone cannot be rewritten against.

    {"seq": 1200, "hash": "…", "signature": HMAC-SHA-256(key, "1200:…")}

A line is written after its row is committed. Rows cut off at the end leave heads without rows; a chain computed anew by
somebody without the key has other heads. To keep the file small, every ``_COMPACT_EVERY`` rows those that are no multiple of
``STRIDE`` are dropped, all but the newest: each row is followed by a kept head at most ``STRIDE`` rows later, and since a hash
covers all rows before it, that head convicts whoever changed any of them. A line that this server did not sign, and two lines
of one row that differ, are evidence and are never dropped.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from django.conf import settings

STRIDE: Final = 100
_COMPACT_EVERY: Final = 10_000
NAME: Final = "audit-heads.jsonl"
_VERIFIED: Final = "audit-verified.json"


@dataclass
class Heads:
    """Signed hashes by row (more than one is a fault), and the numbers of lines that were not signed here."""

    signed: dict[int, list[str]] = field(default_factory=dict)
    foreign: list[int] = field(default_factory=list)

    @property
    def newest(self) -> int:
        """The last row of which there is a head."""
        return max(self.signed, default=0)


def heads_file() -> Path | None:
    """Where heads are kept; None for a server without a workspace."""
    return Path(settings.HEADWORKS_WORKSPACE) / "server" / NAME if settings.HEADWORKS_WORKSPACE else None


def sign(said: str) -> str:
    """The server's signature of a text."""
    return hmac.new(settings.SECRET_KEY.encode(), said.encode(), hashlib.sha256).hexdigest()


def keep_heads(rows: list[tuple[int, str]]) -> None:
    """Append heads; now and then make the file small again."""
    path = heads_file()
    if path is None or not rows:
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lines = [json.dumps({"seq": seq, "hash": head, "signature": sign(f"{seq}:{head}")}) + "\n" for seq, head in rows]
    with _locked(path, fcntl.LOCK_SH):
        _append(path, "".join(lines))
    if any(seq % _COMPACT_EVERY == 0 for seq, _ in rows):
        compact_heads()


def _append(path: Path, lines: str) -> None:
    # One write: lines of several processes do not mix.
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(handle).st_size
        # A crash may have left half a line: it stays by itself.
        if size and os.pread(handle, 1, size - 1) != b"\n":
            lines = "\n" + lines
        os.write(handle, lines.encode())
    finally:
        os.close(handle)


@contextmanager
def _locked(path: Path, kind: int) -> Iterator[None]:
    """Appending is shared, making small excludes appending; the operating system lets go when a process dies."""
    handle = os.open(path.with_suffix(".lock"), os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, kind)
        yield
    finally:
        os.close(handle)


def read_heads() -> Heads:
    """All heads that are kept."""
    found = Heads()
    for number, line in enumerate(_lines(), 1):
        said = _parse(line)
        if said is None:
            found.foreign.append(number)
        elif said["hash"] not in (known := found.signed.setdefault(said["seq"], [])):
            known.append(said["hash"])
    return found


def _parse(line: str) -> dict[str, Any] | None:
    """A line that this server signed."""
    try:
        said = json.loads(line)
        is_ours = hmac.compare_digest(said["signature"], sign(f"{said['seq']}:{said['hash']}"))
    except (ValueError, KeyError, TypeError):
        return None
    return said if is_ours and isinstance(said["seq"], int) else None


def _lines() -> Iterator[str]:
    path = heads_file()
    if path is not None and path.is_file():
        with path.open(encoding="utf-8", errors="replace") as lines:
            yield from lines


def compact_heads() -> int:
    """Drop the heads between the strides; how many lines went."""
    path = heads_file()
    if path is None or not path.is_file():
        return 0
    with _locked(path, fcntl.LOCK_EX):
        lines = list(_lines())
        heads = read_heads()
        kept = [line for line in lines if _is_kept(line, heads)]
        # Without mixing: whoever reads meets the old file or the new one.
        temporary = path.with_suffix(".new")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.writelines(line if line.endswith("\n") else line + "\n" for line in kept)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    return len(lines) - len(kept)


def _is_kept(line: str, heads: Heads) -> bool:
    said = _parse(line)
    if said is None:
        return True
    return said["seq"] % STRIDE == 0 or said["seq"] == heads.newest or len(heads.signed[said["seq"]]) > 1


def keep_verified(seq: int, head: str, at: str) -> None:
    """Remember, signed, up to where the chain was found whole."""
    path = heads_file()
    if path is not None:
        said = {"seq": seq, "hash": head, "at": at, "signature": sign(f"verified:{seq}:{head}:{at}")}
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = path.with_name(_VERIFIED + ".new")
        temporary.write_text(json.dumps(said) + "\n", encoding="utf-8")
        temporary.replace(path.with_name(_VERIFIED))


def read_verified() -> tuple[int, str, str] | None:
    """Row, hash and moment of the last time the whole chain was found whole; None when never, or it is not ours."""
    path = heads_file()
    try:
        said = json.loads(path.with_name(_VERIFIED).read_text(encoding="utf-8")) if path else {}
        text = f"verified:{said['seq']}:{said['hash']}:{said['at']}"
        return (said["seq"], said["hash"], said["at"]) if hmac.compare_digest(said["signature"], sign(text)) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
