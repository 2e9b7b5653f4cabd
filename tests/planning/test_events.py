from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from headworks.planning import SimulationPlan, simulate_province
from headworks.planning.events import dumping_profile, first_weeks, schedule
from headworks.planning.network import build_network

PLAN = SimulationPlan(n_sites=60, n_weeks=26, n_analytes=12)


def names(events):
    return [(event.kind, event.analyte, event.first_week, event.area_id, event.sites.tolist()) for event in events]


def test_a_year_has_an_outbreak_in_a_village_and_in_a_county_and_two_dumpings():
    network = build_network(PLAN)
    events = schedule(PLAN, network)
    assert sorted((event.kind, event.analyte) for event in events) == [
        ("dumping", "MDMA"), ("dumping", "ketamine"), ("outbreak", "methamphetamine"), ("outbreak", "methamphetamine"),
    ]  # fmt: skip
    levels = network.areas.filter(pl.col("area_id").is_in([e.area_id for e in events if e.kind == "outbreak"]))["level"]
    assert sorted(levels) == [3, 5]


def test_a_longer_simulation_begins_with_the_same_events():
    network = build_network(PLAN)
    one, two = schedule(PLAN, network), schedule(replace(PLAN, n_weeks=104), network)
    assert names(two)[: len(one)] == names(one)
    assert len(two) == 2 * len(one)


def test_dumping_falls_in_a_sampled_week():
    plan = replace(PLAN, every_weeks=4, n_weeks=104)
    assert all(plan.is_sampled(e.first_week) for e in schedule(plan, build_network(plan)) if e.kind == "dumping")


def test_a_plan_without_events_or_without_their_residues_has_none():
    network = build_network(PLAN)
    assert schedule(replace(PLAN, events=False), network) == []
    assert schedule(replace(PLAN, analytes=("codeine",)), network) == []


def test_what_was_poured_in_falls_from_35_to_7_and_a_half_times_the_ordinary():
    # Utrecht: 350 g/d on the first day, 75 g/d on the seventh; the day between them in time is 212.5.
    profile = dumping_profile() * 10
    assert profile[[0, 3, 6]] == pytest.approx([350.0, 212.5, 75.0])


def test_an_outbreak_is_fourfold_and_ends():
    with_it, without = (simulate_province(replace(PLAN, analytes=("methamphetamine",), events=on)) for on in (True, False))
    (event,) = with_it.truth["events"].filter((pl.col("kind") == "outbreak") & pl.col("site_id").is_null()).rows(named=True)
    weeks = [f"{event['first_day']:%G-W%V}", f"{event['last_day']:%G-W%V}"]
    during = pl.col("period").is_between(*map(pl.lit, weeks)) & (pl.col("period_kind") == "week")
    plant = "P" + event["area_id"][:6]
    loads = [province.truth["site_periods"].filter(pl.col("site_id") == plant) for province in (with_it, without)]
    ratio = np.divide(*[frame.filter(during)["load_mg_per_day"].to_numpy() for frame in loads])
    assert ratio == pytest.approx(np.full(6, 4.0), rel=0.15)
    after = (pl.col("period") > pl.lit(weeks[1])) & (pl.col("period_kind") == "week")
    assert np.array_equal(*[frame.filter(after)["load_mg_per_day"].to_numpy() for frame in loads])


def test_a_new_substance_begins_at_five_sites_and_spreads():
    network = build_network(replace(PLAN, n_sites=300))
    began = first_weeks(PLAN, network)
    assert (began == began.min()).sum() == 5
    assert 4 <= began.min() < 7
    assert (began > began.min() + 50).sum() > 50


def test_nobody_uses_the_new_substance_before_it_appears():
    province = simulate_province(replace(PLAN, n_analytes=12))
    first = province.truth["events"].filter(kind="new_substance")["first_day"].min()
    weeks = province.truth["site_periods"].filter((pl.col("analyte") == "etomidate-acid") & (pl.col("period_kind") == "week"))
    before = weeks.filter(pl.col("period") < f"{first:%G-W%V}")
    assert before["load_mg_per_day"].sum() == 0.0
    assert weeks.filter(pl.col("period") == weeks["period"].max())["load_mg_per_day"].sum() > 0.0
