"""Published lists of figures: what a number says about itself is kept, what cannot be read is refused by row and column."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.core.errors import DataRefused
from headworks.intake.formats.indicators import Count, parse_indicators, read_count, read_window
from headworks.intake.mapping import Mapping
from headworks.intake.parsed import Parsed
from headworks.intake.raw import ROW, RawTable

# The figures of two programmes as they were published, sources A (2022) and B (2023).
LIST = """area_id;indicator;period;source;published;value;growth;unit;window;stock_or_flow;speaks_of;definition
A;cases;2022-H1;A;2022-07-01;1,022;;cases;;flow;activity;cases solved
A;seized;2022-H1;A;2022-07-01;939.3;;kg;;flow;activity;drugs seized
A;new_users;2022;A;2022-07-01;2,625;-46 %;people;2022-01/2022-05;flow;activity;newly found users
A;new_users;2021;A;2022-07-01;9,045;;people;;flow;activity;newly found users
A;abstinent;2021;A;2022-07-01;560,000;;people;;stock;outcome;more than three years without relapse
A;social_workers;2022;A;2022-07-01;2,300+;;people;;stock;output;certified social workers
A;volunteers;2022-H1;A;2022-07-01;2.53 million;;people;;stock;output;registered volunteers
A;volunteers;2022-H1;A, elsewhere;2022-07-01;more than 3 million;;people;;stock;output;volunteers
A;schools;2022-H1;A;2022-07-01;15,000;;schools;;stock;output;schools registered
B;cases;2023;B;2024-01-15;1,600+;+50.74%;cases;;flow;activity;cases solved
B;seized;2023;B;2024-01-15;412;82.64;kg;;flow;activity;drugs seized
B;users_handled;2023;B;2024-01-15;4,743;-35.37 %;people;;flow;activity;users handled
"""


def parsed(text: str) -> Parsed:
    rows = [line.split(";") for line in text.strip().splitlines()]
    frame = pl.DataFrame(rows[1:], schema=rows[0], orient="row").with_columns(pl.Series(ROW, range(2, len(rows) + 1)))
    return parse_indicators(RawTable(frame, "list.csv"), Mapping())


def test_the_lists_of_two_programmes_become_cells():
    found = parsed(LIST)
    cells = found.tables["indicators"]
    assert cells.height == 12
    assert found.refusals.is_empty()
    new = cells.filter(indicator="new_users", period="2022").row(0, named=True)
    assert (new["numerator"], new["growth_percent"]) == (2625, -46)
    assert (new["numerator_from"], new["numerator_to"]) == (dt.date(2022, 1, 1), dt.date(2022, 5, 31))
    stock = cells.filter(indicator="social_workers").row(0, named=True)
    assert (stock["numerator"], stock["relation"], stock["numerator_from"]) == (2300, "at_least", None)
    assert cells.filter(indicator="volunteers")["numerator"].sort().to_list() == [2.53e6, 3e6]


@pytest.mark.parametrize(
    ("text", "count"),
    [("1,022", Count(1022, "exactly")), ("1,600+", Count(1600, "at_least")), ("500 万", Count(5e6, "about")),
     ("over 180", Count(180, "at_least")), ("8.3 million", Count(8.3e6, "about")), ("12万余", Count(1.2e5, "at_least"))],
)  # fmt: skip
def test_a_number_and_what_it_says_about_itself(text, count):
    assert read_count(text).relation == count.relation
    assert read_count(text).value == pytest.approx(count.value)


@given(st.integers(0, 10**9))
def test_a_count_is_read_with_and_without_separators(number):
    assert read_count(f"{number:,}") == read_count(str(number)) == Count(float(number), "exactly")


@pytest.mark.parametrize("text", ["", "many", "1,60", "-3", "3 to 4", "12%"])
def test_what_is_no_count_is_none(text):
    assert read_count(text) is None


@pytest.mark.parametrize("text", ["2022-H3", "2022-05/2022-01", "2022/2023/2024", "since 2021"])
def test_what_is_no_window_is_none(text):
    assert read_window(text) is None


@pytest.mark.parametrize(
    ("was", "becomes", "column", "problem"),
    [
        ("939.3", "much", "value", "This is not a count."),
        ("-46 %", "down", "growth", "This is not a change in per cent."),
        ("2022-01/2022-05", "spring", "window", "This is not a window."),
        ("H1;A;2022-07-01;1,022", "H1;A;July;1,022", "published", "This is not a day."),
        ("kg;;flow", "kg;;river", "stock_or_flow", "This is none of the words it can be."),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_and_the_others_are_kept(was, becomes, column, problem):
    found = parsed(LIST.replace(was, becomes, 1))
    assert found.tables["indicators"].height == 11
    refusal = found.refusals.row(0, named=True)
    assert (refusal["column"], refusal["problem"]) == (column, problem)


def test_neither_value_nor_growth_is_refused():
    found = parsed(LIST.replace(";939.3;", ";;"))
    assert found.tables["indicators"].height == 11
    assert found.refusals["problem"].to_list() == ["Neither a count nor its growth is given."]


def test_a_list_with_a_column_about_persons_is_refused_whole():
    with pytest.raises(DataRefused, match="columns about persons"):
        parsed(LIST.replace("definition", "national_id"))


def test_a_list_without_its_sources_is_refused():
    with pytest.raises(DataRefused, match="lacks required columns: source"):
        parsed(LIST.replace("source", "who"))
