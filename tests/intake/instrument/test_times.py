"""Dates of every locale; two readings are a question."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.intake.instrument.times import read_times

NOON = dt.datetime(2024, 11, 26, 15, 5)  # noqa: DTZ001  the instrument's clock has no zone


@pytest.mark.parametrize(
    "text",
    ["26/11/2024 3:05 pm", "11/26/2024 15:05:00", "26.11.2024 15:05", "2024-11-26T15:05:00", "2024/11/26 下午 3:05", "26-Nov-24 15:05",
     "Nov 26, 2024 3:05 PM", "11/26/24 3:05 p.m.", "2024-11-26 15:05:00.123", "2024年11月26日 15:05"],
)  # fmt: skip
def test_a_time_with_one_reading_is_read(text):
    assert read_times([text], None, None).read[text][0] == NOON


@pytest.mark.parametrize(
    "text",
    ["2024-02-30 08:00", "26/11/2024 25:00", "13 pm 2024", "26/11/1924", "1732633500", "26/11/202", "26/11/2024 13:05 pm"],
)
def test_what_is_no_time_is_bad(text):
    assert read_times([text], None, None).bad == [text]


def test_one_proof_settles_the_column_and_two_against_each_other_leave_it_open():
    assert read_times(["03/04/2024 08:00", "13/04/2024 08:00"], None, None).read["03/04/2024 08:00"][0].month == 4
    mixed = read_times(["03/04/2024 08:00", "13/04/2024 08:00", "04/14/2024 08:00"], None, None)
    assert (mixed.is_open, mixed.is_mixed, len(mixed.read)) == (["03/04/2024 08:00"], True, 2)


def test_the_same_day_either_way_is_no_question():
    assert read_times(["11/11/2024 08:00"], None, None).is_open == []


def test_the_guess_is_the_reading_in_which_a_batch_takes_days_not_months():
    assert read_times(["03/04/2024 22:00", "04/04/2024 01:00", "05/04/2024 03:00"], None, None).guess == "dmy"
    assert read_times(["03/04/2024 22:00", "03/05/2024 01:00", "03/06/2024 03:00"], None, None).guess == "mdy"
    assert read_times(["03/04/2024 22:00"], None, None).guess == ""


def test_offsets_come_from_the_text_or_the_zone_and_a_doubled_hour_has_none():
    assert read_times(["2017-10-20T20:07:09Z"], None, "Asia/Shanghai").read["2017-10-20T20:07:09Z"][1] == 0
    assert read_times(["2024-07-01 08:00"], None, "Europe/Berlin").read["2024-07-01 08:00"][1] == 120
    assert read_times(["2024-10-27 02:30"], None, "Europe/Berlin").read["2024-10-27 02:30"][1] is None


@given(st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2099, 12, 31)), st.sampled_from(["dmy", "mdy"]))  # noqa: DTZ001
def test_what_an_order_wrote_that_order_reads(moment, order):
    moment = moment.replace(microsecond=0)
    text = moment.strftime("%d/%m/%Y %I:%M:%S %p" if order == "dmy" else "%m/%d/%Y %I:%M:%S %p")
    assert read_times([text], order, None).read[text][0] == moment
