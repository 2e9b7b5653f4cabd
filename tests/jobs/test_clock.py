from __future__ import annotations

import datetime as dt

import pytest

from headworks.core.errors import UsageError
from headworks.jobs.clock import now, parse_moment


def test_a_day_is_taken_at_its_end_and_a_time_at_its_instant() -> None:
    end = dt.datetime(2026, 3, 1, 23, 59, 59, 999999, tzinfo=dt.UTC)
    assert parse_moment(" 2026-03-01 ") == end
    assert parse_moment("2026-03-01T12:00") == dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    assert parse_moment("2026-03-01T12:00+08:00") == dt.datetime(2026, 3, 1, 4, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-13-01", "2026-02-30", "0001-01-01T00:00+08:00", "9999-12-31T23:59-08:00"]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not a moment"):
        parse_moment(text)


def test_now_is_an_instant_with_its_offset() -> None:
    assert now().tzinfo is dt.UTC
