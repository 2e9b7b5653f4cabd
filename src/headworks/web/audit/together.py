"""Rows of page views, written by whoever comes first for all who wait: one commit for several.

A commit waits for the disk, and the chain has one writer; so threads of one process hand in their row, and the one that gets
the lock writes all that were handed in by then. Each returns when its own row is kept, or fails when it is not: no page is
answered whose row was not written.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

from django.db import connection

from headworks.web.audit.chain import record, record_all


class _HandedIn:
    def __init__(self, said: dict[str, Any]) -> None:
        self.said = said
        self.is_over = False
        self.problem: Exception | None = None


_WAITING: deque[_HandedIn] = deque()
_WRITING = threading.Lock()


def record_view(**said: Any) -> None:
    """Add the row of a view (see :func:`headworks.web.audit.chain.record`), with those of others if there are any."""
    if connection.in_atomic_block:
        record(**said)
        return
    mine = _HandedIn(said)
    _WAITING.append(mine)
    with _WRITING:
        if not mine.is_over:
            _write([_WAITING.popleft() for _ in range(len(_WAITING))])
    if mine.problem is not None:
        raise mine.problem


def _write(rows: list[_HandedIn]) -> None:
    try:
        record_all([row.said for row in rows])
    except Exception as problem:  # noqa: BLE001  each of them is told
        for row in rows:
            row.problem = problem
    finally:
        for row in rows:
            row.is_over = True
