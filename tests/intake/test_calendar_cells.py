"""Days and instants: read, or refused with the reason."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.core.errors import DataRefused, UsageError
from headworks.intake.calendar_cells import parse_days, parse_instant, require_date_format, require_timezone, why_no_day


def test_a_window_that_begins_at_eight_in_shanghai_begins_at_midnight_utc():
    # Shanghai is 8 h = 480 min east of UTC, so 08:00 there is 00:00 in UTC.
    assert parse_instant("2024-02-28 08:00", "Asia/Shanghai", None) == (dt.datetime.fromisoformat("2024-02-28T00:00:00"), 480)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-02-28T08:00Z", (dt.datetime.fromisoformat("2024-02-28T08:00:00"), 0)),
        ("2024-02-28T08:00:30.5+0530", (dt.datetime.fromisoformat("2024-02-28T02:30:30.500000"), 330)),
        ("2024-02-28T08:00+08", (dt.datetime.fromisoformat("2024-02-28T00:00:00"), 480)),
        ("2024-02-28 08:00", "The time has no offset from UTC."),
        ("2024-02-30T08:00Z", "There is no such day or time."),
        ("2024-02-28", "This is not a time of day on a day."),
        ("0001-01-01T00:00+08:00", "The year is not between 1990 and 2100."),
        ("2024-02-28T08:00+23:00", "There is no such offset from UTC."),
        ("２０２４-02-28T08:00Z", "This is not a time of day on a day."),
    ],
)
def test_instants_are_read_or_say_what_is_wrong(text, expected):
    assert parse_instant(text, None, None) == expected


@pytest.mark.parametrize("text", ["2024-03-31 02:30", "2024-10-27 02:30"])
def test_an_hour_that_the_clocks_skip_or_repeat_is_refused(text):
    assert "clocks were changed" in str(parse_instant(text, "Europe/Berlin", None))


def test_the_order_of_day_and_month_that_was_said_holds_for_instants_too():
    assert parse_instant("03/04/2024 08:00", "UTC", "%d/%m/%Y") == (dt.datetime.fromisoformat("2024-04-03T08:00:00"), 0)


@given(
    st.datetimes(dt.datetime.fromisoformat("1991-01-01T00:00:00"), dt.datetime.fromisoformat("2099-12-31T00:00:00")),
    st.integers(-14 * 60, 14 * 60),
)
def test_an_instant_written_with_its_offset_comes_back(local, offset):
    zone = dt.timezone(dt.timedelta(minutes=offset))
    read = parse_instant(local.replace(tzinfo=zone).isoformat(), None, None)
    assert read == (local - dt.timedelta(minutes=offset), offset)


def test_days_are_iso_or_nothing():
    cells = pl.Series(["2024-02-29", "2024/02/29", "2024-02-29 00:00:00", "2024-02-29 07:00", "31/02/2024", None])
    assert parse_days(cells, None).to_list() == [dt.date(2024, 2, 29)] * 3 + [None] * 3


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("31/02/2024", "no such day"),
        ("2024-02-30", "no such day"),
        ("03/04/2024", "either order"),
        ("spring", "not a day"),
    ],
)
def test_why_a_text_is_no_day(text, problem):
    code, said, remedy = why_no_day(text, None)
    assert (code, problem in said, bool(remedy)) == ("HW-D106", True, True)


def test_an_unknown_time_zone_is_refused():
    with pytest.raises(DataRefused, match=r"time zone is not known.*Found: Mars/Olympus"):
        require_timezone("Mars/Olympus", where="x.csv")


@pytest.mark.parametrize("wrong", ["%d/%m", "day", "%Y-%Q"])
def test_a_format_that_loses_the_day_is_refused(wrong):
    with pytest.raises(UsageError, match=r"not a format of days"):
        require_date_format(wrong, where="m.toml")
