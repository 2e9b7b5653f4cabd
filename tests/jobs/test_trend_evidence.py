"""What a trend rests on: weekdays from days, turns from the figures of weeks."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from headworks.core.periods import Period
from headworks.jobs.trend_evidence import FEWEST_WEEKS, turn_of, weekdays_of
from headworks.tables import DailyLoads

FIRST = dt.date(2025, 1, 6)


def day(number, value, **replaced):
    date = FIRST + dt.timedelta(days=number)
    year, week, weekday = date.isocalendar()
    row = {"site_id": "A", "analyte": "x", "drug": "x", "day": date, "year": year, "week": week, "weekday": weekday,
           "value": value, "limit": None, "u_day": 0.1, "u_batch": 0.0, "u_site": 0.0, "detection": "quantified"}  # fmt: skip
    return {**row, **replaced}


def days(rows):
    return pl.DataFrame(rows, infer_schema_length=None).with_columns(
        pl.lit(None, pl.Float64).alias(name) for name in ("population",) if name in DailyLoads.column_names()
    ).with_columns(batch_id=pl.lit(None, pl.String), limit=pl.col("limit").cast(pl.Float64))  # fmt: skip


def figures(levels, **replaced):
    period, found = Period.parse("2025-W02"), []
    for level in levels:
        row = {"period": period.label, "mean": level, "lower": level * 0.9, "upper": level * 1.1, "state": "value"}
        found.append({**row, **replaced})
        period = Period.containing(period.last + dt.timedelta(days=1), "week")
    return found


def test_a_weekend_twice_as_high_is_seen_as_twice_as_high():
    rng = np.random.default_rng(5)
    noisy = [day(n, (2.0 if n % 7 > 4 else 1.0) * float(np.exp(0.1 * rng.normal()))) for n in range(280)]
    found = weekdays_of(days(noisy), "x")
    assert found.weekend[1] < 2.0 < found.weekend[2]
    assert found.weekend[0] == pytest.approx(2.0, rel=0.05)
    assert (found.n_days, found.n_sites, len(found.days)) == (280, 1, 7)


def test_a_single_weekday_and_too_few_days_tell_nothing():
    assert weekdays_of(days([day(7 * n, 1.0) for n in range(60)]), "x") is None
    assert weekdays_of(days([day(n, 1.0) for n in range(10)]), "x") is None


def test_a_jump_is_found_in_the_week_of_the_jump():
    rng = np.random.default_rng(6)
    noise = np.exp(0.05 * rng.normal(size=60))
    found = turn_of(figures(np.where(np.arange(60) < 30, 1.0, 3.0) * noise))
    assert found.p > 0.95
    assert found.first <= FIRST + dt.timedelta(weeks=30) <= found.last + dt.timedelta(days=7)


def test_a_steady_course_has_no_sure_turn():
    noise = np.exp(0.1 * np.random.default_rng(7).normal(size=60))
    assert turn_of(figures(noise)).p < 0.5


def test_withheld_weeks_count_for_nothing():
    assert turn_of(figures([1.0] * 40, state="suppressed")) is None
    assert turn_of(figures([1.0] * (FEWEST_WEEKS - 1))) is None
