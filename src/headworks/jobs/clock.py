"""The only reader of the clock."""

from __future__ import annotations

import datetime as dt

from headworks.core.errors import UsageError


def now() -> dt.datetime:
    """The present instant, UTC."""
    return dt.datetime.now(dt.UTC)  # noqa: TID251  the one place


def parse_moment(text: str) -> dt.datetime:
    """An ISO 8601 day or instant; a day is taken at its end, a time without an offset as UTC.

    Raises
    ------
    UsageError
        ``HW-U009``.

    Examples
    --------
    >>> parse_moment("2026-03-01").isoformat()
    '2026-03-01T23:59:59.999999+00:00'
    """
    said = text.strip()
    try:
        if len(said) == len("2026-03-01") and "T" not in said:
            return dt.datetime.combine(dt.date.fromisoformat(said), dt.time.max, tzinfo=dt.UTC)
        moment = dt.datetime.fromisoformat(said)
        return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError) as problem:
        raise UsageError(
            "This is not a moment.", found=text, remedy="Give 2026-03-01 or 2026-03-01T12:00+08:00", code="HW-U009"
        ) from problem
