"""The published numbers of two programmes contradict themselves where they are known to; growth is completed as worked by hand."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headworks.assessment import complete_growth, find_contradictions
from headworks.core.errors import DataRefused
from headworks.core.schema import require_promise
from headworks.tables.indicators import Indicators


def cell(indicator="volunteers", value=1.0, window=("2022-01-01", "2022-12-31"), **more) -> dict[str, object]:
    days = [None if one is None else dt.date.fromisoformat(one) for one in window]
    return {
        "area_id": "A", "period": "2022", "indicator": indicator, "stratum": "all", "source": "A", "vintage": dt.date(2022, 7, 1),
        "definition": "as published", "numerator": value, "relation": "exactly", "unit": "people", "numerator_from": days[0],
        "numerator_to": days[1], "denominator": None, "denominator_from": None, "denominator_to": None, "growth_percent": None,
        "sample_size": None, "cut_off": None, "stock_or_flow": "flow", "speaks_of": "activity", **more,
    }  # fmt: skip


def table(*cells: dict[str, object]) -> pl.DataFrame:
    frame = pl.DataFrame(list(cells), infer_schema_length=None)
    return pl.DataFrame(require_promise(Indicators, frame, where="test"))


def codes(*cells: dict[str, object]) -> list[str]:
    return find_contradictions(table(*cells))["code"].to_list()


def test_two_numbers_of_volunteers_are_one_quantity_with_two_definitions():
    # 2.53 million registered, "more than 3 million" elsewhere.
    stock = {"window": (None, "2022-06-30"), "stock_or_flow": "stock"}
    found = find_contradictions(
        table(
            cell(value=2.53e6, definition="registered volunteers", **stock),
            cell(value=3e6, definition="volunteers", relation="at_least", **stock),
        )
    )
    assert found["code"].to_list() == ["two_values"]
    assert found["ratio"].item() == pytest.approx(3 / 2.53)
    assert found["message"].item() == "One quantity, two definitions, two values."
    assert "2530000.0 people (registered volunteers; at 2022-06-30" in found["first"].item()


def test_new_users_of_five_months_and_of_a_year_are_a_window_mix():
    five = cell("new_users", 2625.0, ("2022-01-01", "2022-05-31"))
    year = cell("new_users", 9045.0, ("2021-01-01", "2021-12-31"), period="2021")
    found = find_contradictions(table(five, year))
    assert found["code"].to_list() == ["window_mix"]
    assert found["message"].item() in (
        "Windows of 151 and 365 days: compare rates a day, or neither.", "Windows of 365 and 151 days: compare rates a day, or neither.",
    )  # fmt: skip


def test_three_years_of_deaths_by_one_year_of_people_are_found():
    # 40 deaths in three years among 903,000: 4.43 per 100,000 as printed, 1.48 a year.
    rate = cell(
        "deaths", 40.0, ("2016-01-01", "2018-12-31"), denominator=903_000.0, denominator_from=dt.date(2018, 1, 1),
        denominator_to=dt.date(2018, 12, 31),
    )  # fmt: skip
    found = find_contradictions(table(rate))
    assert found["code"].to_list() == ["rate_windows_differ"]
    assert found["ratio"].item() == pytest.approx(1096 / 365)
    assert "4.43 per 100,000 is 1.48 a year" in found["message"].item()


def test_a_stock_beside_a_flow_a_revision_and_growth_alone_are_told_apart():
    stock = cell("users", 100.0, (None, "2022-12-31"), stock_or_flow="stock", definition="users at the end of the year")
    assert codes(stock, cell("users", 60.0)) == ["stock_and_flow"]
    assert codes(cell(value=10.0), cell(value=12.0, vintage=dt.date(2023, 1, 1))) == ["revised"]
    assert codes(cell(value=10.0), cell(value=12.0, source="B")) == ["two_values"]
    assert codes(cell(value=None, relation="missing", growth_percent=50.74)) == ["growth_only"]
    assert codes(cell(value=340_000.0, definition="activities held, the effect of prevention", speaks_of="output")) == [
        "output_as_outcome"
    ]
    assert codes(cell(value=10.0), cell(value=10.05, source="B")) == []


@pytest.mark.parametrize(
    ("value", "growth", "previous"),
    [(412.0, 82.64, 225.6), (2447.0, 61.2, 1518.0), (4743.0, -35.37, 7338.7), (2625.0, -46.0, 4861.1)],
)
def test_growth_is_completed_as_worked_by_hand(value, growth, previous):
    # 412 / 1.8264, 2447 / 1.612, 4743 / 0.6463, 2625 / 0.54
    assert complete_growth(table(cell(value=value, growth_percent=growth)))["previous"].item() == pytest.approx(
        previous, abs=0.05
    )


def test_at_least_stays_at_least():
    assert complete_growth(table(cell(value=1600.0, growth_percent=50.74, relation="at_least")))["is_least"].item()


def test_a_fall_to_nothing_tells_nothing():
    with pytest.raises(DataRefused, match="hides what was there before"):
        complete_growth(table(cell(value=0.0, growth_percent=-100.0)))


@settings(max_examples=8)
@given(st.permutations([cell(value=10.0), cell(value=12.0, source="B"), cell(value=14.0, source="C"), cell("users", 3.0)]))
def test_findings_do_not_hang_on_the_order_of_rows_but_for_which_is_first(cells):
    assert sorted(codes(*cells)) == ["two_values"] * 3
