"""What was done with every edition, by whom and when: one line each, every line holding the hash of the one before.

    reports/cycle/ledger.jsonl

The head of the chain stands in the footer of every printed page, so paper can be held against the file. Nothing is ever
changed or removed; a line that was is found by :func:`verify_ledger`. The trap: a hash shows that a line was changed, not
who wrote it; that is the server's to know.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from headworks.core.errors import DataRefused
from headworks.jobs.clock import now
from headworks.store import Workspace

_START = "0" * 64


def ledger_file(workspace: Workspace) -> Path:
    """Where the lines are."""
    return workspace.path / "reports" / "cycle" / "ledger.jsonl"


def read_ledger(workspace: Workspace) -> list[dict[str, Any]]:
    """All lines, oldest first.

    Raises
    ------
    DataRefused
        ``HW-D800`` for a line that is no line of a ledger.
    """
    path = ledger_file(workspace)
    if not path.is_file():
        return []
    lines = []
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            line: dict[str, Any] = json.loads(text)
            lines.append({**line, "hash": str(line["hash"])})
        except (ValueError, KeyError, TypeError) as problem:
            raise DataRefused(
                "A line of the ledger of reports is damaged.", where=f"{path}, line {number}", found=text[:80],
                remedy="Restore the file from a backup", code="HW-D800",
            ) from problem  # fmt: skip
    return lines


def append_line(workspace: Workspace, **said: Any) -> str:
    """Add a line; the new head. The workspace's lock must be held."""
    before = read_ledger(workspace)
    line = {"seq": len(before) + 1, "at": now().isoformat(), **said, "before": before[-1]["hash"] if before else _START}
    line["hash"] = _hash(line)
    path = ledger_file(workspace)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n")
    return str(line["hash"])


def head_of(workspace: Workspace) -> str:
    """Hash of the newest line; empty before the first."""
    lines = read_ledger(workspace)
    return str(lines[-1]["hash"]) if lines else ""


def verify_ledger(workspace: Workspace) -> list[int]:
    """Numbers of the lines that were changed or do not follow the one before; empty when the chain is whole.

    Raises
    ------
    DataRefused
        ``HW-D800`` as :func:`read_ledger`.
    """
    broken, before = [], _START
    for number, line in enumerate(read_ledger(workspace), 1):
        if line.get("before") != before or line["hash"] != _hash(line):
            broken.append(number)
        before = line["hash"]
    return broken


def _hash(line: dict[str, Any]) -> str:
    said = {name: value for name, value in line.items() if name != "hash"}
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
