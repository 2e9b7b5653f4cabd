"""Monthly loads against areas where nothing was done: a known halving, what is left out, what cannot be said."""

import polars as pl
import pytest
from tests.workflows.assessment.evaluations.builders import AFTER, BEFORE, OTHERS, OVER, monthly, registered

from headworks.workflows.assessment.evaluations import evaluate_plan, plan_of_loads
from headworks.workflows.assessment.evaluations.levels import FEW_AREAS, FEW_MONTHS, FEW_TOGETHER


def evaluated(method, loads, **more):
    """What comes out for area a."""
    plan = plan_of_loads("Does it fall?", "ketamine", ("a",), BEFORE, AFTER, 0.8, OTHERS, method)
    return evaluate_plan(registered(plan), loads, OVER)


def test_before_and_after_finds_a_halving_and_says_first_what_would_have_come_anyway():
    (row,) = evaluated("before_after", monthly()).rows.iter_rows(named=True)
    assert row["expected_lower"] < row["expected_ratio"] < row["expected_upper"]
    assert row["seen_ratio"] / row["expected_ratio"] == pytest.approx(row["ratio"])
    assert row["lower"] < 0.5 < row["upper"] < 0.8
    assert row["p_value"] < 0.01
    assert (row["n_before"], row["n_after"]) == (12, 12)


def test_the_mixture_follows_the_course_of_an_area_that_is_higher_than_all_others():
    found = evaluated("synthetic_control", monthly())
    (row,) = found.rows.iter_rows(named=True)
    assert row["lower"] < 0.5 < row["upper"] < 0.8
    assert row["p_value"] == 1 / 13
    assert row["expected_ratio"] is not None
    assert found.donors["compared_id"].to_list() == list(OTHERS)
    assert found.donors["weight"].sum() == pytest.approx(1.0)
    assert row["statistic"] > found.donors["statistic"].max()


def test_without_an_action_nothing_is_found():
    for method in ("before_after", "synthetic_control"):
        (row,) = evaluated(method, monthly(factor=1.0)).rows.iter_rows(named=True)
        assert row["lower"] < 1 < row["upper"]


def test_an_area_that_lacks_a_season_is_left_out_and_named_and_a_month_alone_is_none():
    season = {("c03", f"2025-{month:02}") for month in range(1, 6)}
    gaps = season | {("c05", "2024-07")}
    for method in ("before_after", "synthetic_control"):
        found = evaluated(method, monthly(gaps=gaps))
        assert found.left_out == ("c03",)
        assert found.rows["problem"].to_list() == [""]
    # The month that one of the mixture lacks is left out for all.
    assert found.rows["n_before"].to_list() == [11]


def test_what_cannot_be_said_says_why():
    silent = monthly().filter(pl.col("area_id") != "a")
    few = monthly().filter(pl.col("area_id").is_in(["a", *OTHERS[:3]]))
    for method in ("before_after", "synthetic_control"):
        assert evaluated(method, silent).rows["problem"].to_list() == [FEW_MONTHS]
        assert evaluated(method, few).rows["problem"].to_list() == [FEW_AREAS]


def test_a_mixture_says_when_it_is_the_months_in_common_that_are_too_few():
    # Each month before but two lacks another area, none of them two months in five.
    gaps = {(OTHERS[month % len(OTHERS)], f"2024-{month:02}") for month in range(1, 11)}
    found = evaluated("synthetic_control", monthly(gaps=gaps))
    assert found.rows["problem"].to_list() == [FEW_TOGETHER]
    assert found.rows["n_before"].to_list() == [2]
