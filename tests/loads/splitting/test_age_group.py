"""Whose heads count, and that it is said."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.core.errors import DataRefused
from headworks.loads import per_1000_of_ages, restrict_ages

ROWS = pl.DataFrame({"site_id": ["A", "B"], "doses_per_1000_per_day": [5.0, 5.0], "lower": [4.0, 4.0], "upper": [6.0, 6.0]})


def shares(share):
    return pl.DataFrame({"site_id": ["A"], "share": [share]})


def test_five_doses_of_everyone_are_eight_of_the_62_5_percent_who_use():
    assert per_1000_of_ages(5.0, 0.625) == pytest.approx(8.0)


@given(st.floats(0.0, 1e4), st.floats(0.01, 1.0))
def test_fewer_heads_never_lower_the_number(d, share):
    assert per_1000_of_ages(d, share) >= d
    assert per_1000_of_ages(d, 1.0) == d


def test_the_column_and_the_label_name_the_ages():
    of_ages = restrict_ages(ROWS, shares(0.625))
    assert of_ages["doses_per_1000_aged_15_64_per_day"].to_list() == [pytest.approx(8.0), None]
    assert of_ages["lower_per_1000_aged_15_64"].to_list() == [pytest.approx(6.4), None]
    assert of_ages["denominator"].to_list() == ["1,000 people aged 15-64", None]
    assert of_ages.select(ROWS.columns).equals(ROWS)


def test_other_ages_have_other_names():
    assert "doses_per_1000_aged_18_64_per_day" in restrict_ages(ROWS, shares(0.6), "18-64").columns


@pytest.mark.parametrize("share", [0.0, 1.2, -0.1, None])
def test_an_impossible_share_is_refused(share):
    with pytest.raises(DataRefused, match="share of ages is impossible") as refusal:
        restrict_ages(ROWS, shares(share))
    assert refusal.value.code == "HW-D258"
    if share is not None:
        with pytest.raises(DataRefused, match="share of ages is impossible"):
            per_1000_of_ages(1.0, share)


def test_ages_that_cannot_be_read_are_refused():
    with pytest.raises(DataRefused, match="Ages cannot be read") as refusal:
        restrict_ages(ROWS, shares(0.6), "adults")
    assert refusal.value.code == "HW-D259"
