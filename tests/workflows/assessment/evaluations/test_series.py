"""A registered plan on weekly loads: a known halving, what lies between the windows, and what is refused."""

import dataclasses
import datetime as dt

import numpy as np
import polars as pl
import pytest

from headworks.assessment.evaluation import Window, register_plan
from headworks.core.errors import DataRefused
from headworks.core.periods import Period
from headworks.workflows.assessment.evaluations import evaluate_plan, plan_of_loads

BEFORE, AFTER = Window(dt.date(2024, 1, 1), dt.date(2024, 9, 29)), Window(dt.date(2024, 10, 28), dt.date(2025, 4, 27))
OVER = dt.date(2025, 4, 28)


def registered(**more):
    """Area a is acted on, b is compared with; 39 weeks, four in between, 26 weeks."""
    said = {"area_ids": ("a",), "before": BEFORE, "after": AFTER, "smallest_effect": 0.8, "comparison_ids": ("b",), **more}
    return register_plan(plan_of_loads("Does it fall?", "ketamine", **said), dt.date(2024, 3, 1), "assessor")


def weekly(factor_of_a=0.5, between=1.0):
    """Loads of 69 weeks about 10, with 8 % of noise; a is multiplied in the later window, all areas in between."""
    rng, rows = np.random.default_rng(5), []
    for place in range(69):
        week = Period.containing(BEFORE.first + place * dt.timedelta(days=7), "week")
        is_between = BEFORE.last < week.first < AFTER.first
        for area, factor in (("a", factor_of_a), ("b", 1.0)):
            load = 10 * np.exp(0.08 * rng.standard_normal())
            load *= between if is_between else factor if week.first >= AFTER.first else 1.0
            rows.append({"area_id": area, "period": week.label, "analyte": "ketamine", "load_mg_per_1000_per_day": load,
                         "upper": 1.2 * load})  # fmt: skip
    return pl.DataFrame(rows)


def test_a_halving_is_found_where_something_was_done_and_nothing_beside_it():
    found = evaluate_plan(registered(), weekly(), OVER).rows
    assert found["area_id"].to_list() == ["a", "b"]
    assert found["is_compared_with"].to_list() == [False, True]
    assert found["n_before"].to_list() == [39, 39]
    assert found["n_after"].to_list() == [26, 26]
    a, b = found.iter_rows(named=True)
    assert a["lower"] < 0.5 < a["upper"] < 0.8
    assert b["lower"] < 1.0 < b["upper"]


def test_weeks_in_neither_window_weigh_nothing():
    quiet, wild = (evaluate_plan(registered(comparison_ids=()), weekly(between=times), OVER) for times in (1.0, 1000.0))
    assert wild.rows.equals(quiet.rows)


def test_withheld_weeks_are_gaps_and_a_side_without_weeks_says_why():
    rows = weekly().with_columns(
        load_mg_per_1000_per_day=pl.when((pl.col("area_id") == "a") & (pl.col("period") > "2024-W40")).then(None)
        .otherwise("load_mg_per_1000_per_day"),
        upper=pl.when((pl.col("area_id") == "a") & (pl.col("period") > "2024-W40")).then(None).otherwise("upper"),
    )  # fmt: skip
    found = evaluate_plan(registered(), rows, OVER).rows
    assert found["problem"].to_list() == ["Too little is known after the action.", ""]
    assert found["ratio"].is_null().to_list() == [True, False]


def test_nothing_is_looked_at_before_the_later_window_is_over():
    with pytest.raises(DataRefused, match="cannot be evaluated yet") as refused:
        evaluate_plan(registered(), weekly(), AFTER.last)
    assert refused.value.code == "HW-D863"


def test_a_plan_of_another_method_or_one_that_was_changed_is_refused():
    record = registered()
    with pytest.raises(DataRefused, match="changed afterwards"):
        evaluate_plan(dataclasses.replace(record, plan=dataclasses.replace(record.plan, area_ids=("b",))), weekly(), OVER)
    other = register_plan(dataclasses.replace(record.plan, method="wishing"), dt.date(2024, 3, 1), "assessor")
    with pytest.raises(DataRefused, match="not by this program"):
        evaluate_plan(other, weekly(), OVER)


def test_a_season_is_taken_out_where_a_year_is_looked_at():
    assert registered().plan.setting("harmonics") == "1"
    short = Window(dt.date(2024, 12, 30), dt.date(2025, 2, 23))
    early = Window(dt.date(2024, 7, 1), dt.date(2024, 12, 29))
    assert registered(before=early, after=short).plan.setting("harmonics") == "0"
