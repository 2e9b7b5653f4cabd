"""The audit log as lines of JSON or as a table, for whoever examines it elsewhere."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from headworks.web.audit.chain import FIELDS

COLUMNS = (*FIELDS, "hash")
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\x00")


def as_json_lines(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """One object a line; its hash can be computed from it (see the page on security)."""
    for row in rows:
        yield json.dumps({name: row[name] for name in COLUMNS}, ensure_ascii=False) + "\n"


def as_csv(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """A table for a spreadsheet; text that it would run gets an apostrophe."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield "\ufeff" + ",".join(COLUMNS) + "\r\n"
    for row in rows:
        writer.writerow([_guarded(row[name]) for name in COLUMNS])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _guarded(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_DANGEROUS) else value
