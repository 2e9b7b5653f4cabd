"""Counts before and after: a known halving beside what is expected without it, and areas that lack a quarter."""

import dataclasses

import polars as pl
import pytest
from tests.workflows.assessment.evaluations.builders import AFTER, BEFORE, OTHERS, OVER, quarterly, registered

from headworks.core.errors import DataRefused
from headworks.workflows.assessment.evaluations import evaluate_plan, figure_rows, plan_of_counts
from headworks.workflows.assessment.evaluations.counts import FEW_PERIODS, TOO_LITTLE

PLAN = plan_of_counts("Do deaths fall?", "deaths", ("a",), BEFORE, AFTER, 0.8, OTHERS)


def evaluated(rows):
    """What comes out for area a."""
    return evaluate_plan(registered(PLAN), rows, OVER)


def test_half_the_deaths_are_found_beside_what_was_expected_anyway():
    (row,) = evaluated(quarterly()).rows.iter_rows(named=True)
    assert 0.8 < row["expected_lower"] < 1 < row["expected_upper"] < 1.3
    assert row["lower"] < 0.5 < row["upper"] < 0.7
    assert (row["n_before"], row["n_after"], row["problem"]) == (4, 4, "")
    (still,) = evaluated(quarterly(factor=1.0)).rows.iter_rows(named=True)
    assert still["lower"] < 1 < still["upper"]


def test_an_area_that_lacks_a_quarter_is_left_out_or_says_so():
    rows = quarterly()
    is_hole = (pl.col("area_id") == "c01") & (pl.col("period") == "2025-Q2")
    assert evaluated(rows.filter(~is_hole)).left_out == ("c01",)
    mine = (pl.col("area_id") == "a") & (pl.col("period") == "2025-Q2")
    assert evaluated(rows.filter(~mine)).rows["problem"].to_list() == [FEW_PERIODS]
    assert evaluated(rows.filter(pl.col("area_id").is_in(["a", "c01"]))).rows["problem"].to_list() == [TOO_LITTLE]


def test_the_newest_vintage_counts_and_two_sources_of_one_quarter_are_refused():
    rows = quarterly()
    later = rows.with_columns(vintage=pl.col("vintage").dt.offset_by("30d"), numerator=pl.col("numerator") + 1)
    assert evaluated(pl.concat([rows, later])).rows.equals(evaluated(later).rows)
    with pytest.raises(DataRefused, match="Several figures") as refused:
        evaluated(pl.concat([rows, rows.with_columns(source=pl.lit("press"))]))
    assert refused.value.code == "HW-D787"


def test_a_plan_of_counts_reads_indicators_and_keeps_its_settings():
    table, mine = figure_rows(PLAN)
    assert table == "indicators"
    assert quarterly().filter(mine).height == quarterly().height
    assert quarterly().filter(figure_rows(dataclasses.replace(PLAN, settings=(("indicator", "births"),)))[1]).is_empty()
