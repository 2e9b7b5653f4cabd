import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.assessment.evaluation import (
    Window,
    find_window_mismatch,
    require_apart,
    require_same_span,
    rolling_evidence,
    shared_days,
)
from headworks.core.errors import DataRefused

DAYS = st.integers(0, 2_000)


def window(first: int, days: int) -> Window:
    start = dt.date(2015, 1, 1) + dt.timedelta(first)
    return Window(start, start + dt.timedelta(days))


@given(DAYS, DAYS, DAYS, DAYS)
def test_shared_days_are_those_counted_one_by_one(a, long_a, b, long_b):
    both = set(range(a, a + long_a + 1)) & set(range(b, b + long_b + 1))
    assert shared_days(window(a, long_a), window(b, long_b)) == len(both)


def test_a_single_shared_day_is_refused():
    require_apart(window(0, 9), window(10, 9))
    with pytest.raises(DataRefused, match=r"overlap: 10 % of the later.*begins after 2015-01-10") as refused:
        require_apart(window(0, 9), window(9, 9))
    assert refused.value.code == "HW-D768"
    with pytest.raises(DataRefused, match="after lies before"):
        require_apart(window(10, 9), window(0, 9))


def test_three_years_over_one_is_refused_and_a_leap_day_is_not():
    require_same_span(Window.of_years(2019), Window.of_years(2020))
    with pytest.raises(DataRefused, match=r"3\.00 times what it should be.*person-years") as refused:
        require_same_span(Window.of_years(2019, 3), Window.of_years(2019), "deaths.csv")
    assert (refused.value.code, refused.value.where) == ("HW-D769", "deaths.csv")


def test_only_the_rates_that_do_not_fit_are_found():
    windows = [(Window.of_years(2018, 3), Window.of_years(2018)), (Window.of_years(2018), Window.of_years(2018))]
    windows.append((Window.of_years(2018), Window.of_years(2018, 3)))
    rows = [
        {
            "indicator": name,
            "numerator_first": n.first,
            "numerator_last": n.last,
            "denominator_first": d.first,
            "denominator_last": d.last,
        }
        for name, (n, d) in zip("abc", windows, strict=True)
    ]
    found = find_window_mismatch(pl.DataFrame(rows))
    assert found["indicator"].to_list() == ["a", "c"]
    assert found["times_too_high"].to_list() == pytest.approx([3.0, 1 / 3], abs=0.01)


def test_evidence_by_hand():
    # Differences 1, -1, 1, -1 of a mean of 4.4: 1 / (2 x 4.4).
    assert rolling_evidence(np.c_[[4, 5, 4, 5, 4], [4, 5, 4, 5, 4]]).ratio == pytest.approx(1 / 8.8)


def test_a_table_too_short_is_refused():
    with pytest.raises(DataRefused, match="Too little to see whether totals overlap"):
        rolling_evidence(np.ones((4, 9)))
