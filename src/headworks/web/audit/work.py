"""Looking at every row as work, asked for by the auditor's button."""

from __future__ import annotations

from typing import Any

from headworks.web.audit.verification import verify
from headworks.web.work.kinds import Tell, register_kind

KIND = "verify_audit"
_MOST_NAMED = 200


def verify_work(said: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Outcome: how many rows are broken, and which."""
    tell("reading the audit log")
    found = verify(since_last=bool(said.get("since_last")))
    return {
        "status": "broken" if found else "whole", "broken": len(found),
        "rows": [{"seq": one.seq, "what": one.what} for one in found[:_MOST_NAMED]],
    }  # fmt: skip


def register() -> None:
    """Make this kind known."""
    register_kind(KIND, verify_work)
