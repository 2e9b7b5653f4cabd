from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from headworks.planning import SimulationPlan, prepare_simulation, simulate_province
from headworks.tables import SHELF

PLAN = SimulationPlan(n_sites=60, n_weeks=9, n_analytes=12, seed=11)
PROVINCE = simulate_province(PLAN)


@pytest.mark.parametrize("table", sorted(PROVINCE.facts))
def test_every_table_of_facts_keeps_its_promise_and_is_sorted_by_its_key(table):
    frame, schema = PROVINCE.facts[table], SHELF[table].schema
    schema.validate(frame)
    assert frame.height > 0
    assert_frame_equal(frame, frame.sort(schema.primary_key()))


def test_the_same_plan_gives_the_same_bits_and_another_seed_others():
    again, other = simulate_province(PLAN), simulate_province(replace(PLAN, seed=12))
    for name in PROVINCE.facts:
        assert_frame_equal(PROVINCE.facts[name], again.facts[name], check_exact=True)
    for name in PROVINCE.truth:
        assert_frame_equal(PROVINCE.truth[name], again.truth[name], check_exact=True)
    assert not PROVINCE.facts["samples"].equals(other.facts["samples"])


def test_a_week_more_leaves_the_earlier_ones_as_they_were_to_the_last_bit():
    longer = simulate_province(replace(PLAN, n_weeks=10))
    last_day = dt.date(2025, 3, 9)
    for name in PROVINCE.facts:
        frame = longer.facts[name]
        if "sample_id" in frame.columns:
            frame = frame.filter(pl.col("sample_id").str.head(10) <= str(last_day))
        assert_frame_equal(PROVINCE.facts[name], frame, check_exact=True)


def test_parts_are_the_whole_and_an_early_week_can_be_left_out():
    parts = list(prepare_simulation(PLAN).weeks(4))
    assert [(part.first_week, part.last_week) for part in parts] == [(0, 3), (4, 7), (8, 8)]
    whole = pl.concat([part.facts["measurements"] for part in parts])
    assert_frame_equal(whole, PROVINCE.facts["measurements"], check_exact=True)
    (late,) = prepare_simulation(PLAN).weeks(4, first_week=8)
    assert_frame_equal(late.facts["measurements"], parts[-1].facts["measurements"], check_exact=True)


def test_identifiers_of_samples_sort_by_time():
    samples = PROVINCE.facts["samples"]
    assert samples["collected_from"].is_sorted()
    assert samples["sample_id"][0].startswith("2025-01-06-")
    local = samples["collected_from"].dt.offset_by("8h").dt.date().cast(pl.String)
    assert (local == samples["sample_id"].str.head(10)).all()


def test_a_truth_is_the_mean_of_all_calendar_days_over_true_residents():
    truth = PROVINCE.truth["site_periods"]
    one = truth.filter((pl.col("site_id") == truth["site_id"][0]) & (pl.col("analyte") == "morphine"))
    weeks = one.filter(period_kind="week")
    year = one.filter(period_kind="year")
    assert weeks["n_days"].to_list() == 9 * [7]
    assert year["n_days"].to_list() == [63]
    # Nine whole weeks: the mean of the days is the mean of the weeks.
    assert year["load_mg_per_day"].item() == pytest.approx(weeks["load_mg_per_day"].mean())
    people = PROVINCE.truth["population"].filter(site_id=one["site_id"][0])["people"].item()
    assert year["load_mg_per_1000_per_day"].item() == pytest.approx(year["load_mg_per_day"].item() / people * 1_000)
    assert one["period_kind"].unique().sort().to_list() == ["week", "month", "quarter", "half_year", "year"]


def test_a_period_that_ends_within_a_week_takes_its_days_only():
    plan = replace(PLAN, start=dt.date(2025, 6, 30), n_weeks=1, n_analytes=1)
    kinds = simulate_province(plan).truth["site_periods"].unique(["period", "n_days"]).sort("period")
    assert dict(kinds.select("period", "n_days").rows()) == {
        "2025": 7, "2025-06": 1, "2025-07": 6, "2025-H1": 1, "2025-H2": 6, "2025-Q2": 1, "2025-Q3": 6, "2025-W27": 7,
    }  # fmt: skip


def test_true_biases_are_those_of_the_batches_that_results_name():
    biases = PROVINCE.truth["batch_biases"]
    named = PROVINCE.facts["measurements"].select("batch_id", "analyte").unique()
    assert named.join(biases, on=["batch_id", "analyte"], how="anti").height == 0
    assert biases["bias"].mean() == pytest.approx(1.0, abs=0.01)
    assert biases["bias"].std() == pytest.approx(0.06, rel=0.15)


def test_what_is_registered_is_the_same_in_all_tables():
    shares = PROVINCE.facts["site_areas"].group_by("site_id").agg(pl.col("population").sum()).sort("site_id")
    for table, column in (("sites", "population_served"), ("populations", "population")):
        assert shares["population"].to_list() == PROVINCE.facts[table][column].to_list()


def test_every_second_week_is_sampled_and_every_day_counts_in_the_truth():
    province = simulate_province(replace(PLAN, every_weeks=2, n_weeks=4, n_analytes=1))
    assert province.facts["samples"]["collected_from"].dt.week().unique().sort().to_list() == [2, 4]
    assert province.truth["site_periods"].filter(period_kind="year")["n_days"].unique().to_list() == [28]


def test_without_limits_every_result_has_a_value_and_no_limit():
    found = simulate_province(replace(PLAN, limits=False, n_weeks=2)).facts["measurements"]
    assert found["concentration_ng_per_l"].null_count() == 0
    assert found["loq_ng_per_l"].null_count() == found.height


def test_names_say_that_sites_are_simulated():
    assert PROVINCE.facts["sites"]["name"].str.ends_with("（模拟）").all()


@pytest.mark.slow
def test_a_province_of_a_study_takes_little_time():
    plan = SimulationPlan(n_sites=150, n_weeks=104, every_weeks=2, analytes=("methamphetamine", "morphine", "ketamine"))
    simulate_province(plan)
    began = time.process_time()
    simulate_province(plan)
    assert time.process_time() - began < 5.0  # 0.7 s on an idle machine
