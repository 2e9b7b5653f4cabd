from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.planning.day_patterns import day_factors, festival_share, presence


def week_of(monday):
    return [monday + dt.timedelta(days=day) for day in range(7)]


def test_a_weekend_twice_as_high_is_14_ninths_of_the_week():
    # 5 days of 1 and 2 of 2 sum to 9: each weekday is 7/9, each weekend day 14/9 of the mean.
    factors = day_factors(week_of(dt.date(2025, 6, 2)), 2.0, 0.0)
    assert factors == pytest.approx([7 / 9] * 5 + [14 / 9] * 2)


@given(st.floats(0.5, 4.0), st.dates(dt.date(2020, 1, 1), dt.date(2035, 1, 1)).filter(lambda day: day.month != 10))
def test_an_ordinary_week_has_mean_one(ratio, day):
    days = week_of(day)
    if days[-1].month != 10:
        assert day_factors(days, ratio, 0.0).mean() == pytest.approx(1.0)


def test_national_day_has_weekends_only():
    assert len(set(day_factors([dt.date(2025, 10, day) for day in range(1, 8)], 1.5, 0.0).tolist())) == 1


def test_a_year_of_season_has_mean_one():
    year = [dt.date(2025, 1, 1) + dt.timedelta(days=day) for day in range(365)]
    assert day_factors(year, 1.0, 0.25).mean() == pytest.approx(1.0, abs=1e-3)


def test_half_way_to_the_festival_half_of_the_movement_is_under_way():
    # Full 3 days before, begun 12 days before: 7.5 days before is half.
    eve = dt.date(2025, 1, 29)
    assert festival_share(eve - dt.timedelta(days=6)) == pytest.approx(6 / 9)
    assert festival_share(dt.date(2025, 7, 1)) == 0.0
    assert festival_share(dt.date(2019, 2, 5)) == 0.0  # a year without a date in the file


def test_cities_empty_and_villages_fill():
    here = presence([dt.date(2025, 1, 29), dt.date(2025, 6, 1)], np.array([True, False]))
    assert here.tolist() == [[0.75, 1.0], [1.2, 1.0]]
