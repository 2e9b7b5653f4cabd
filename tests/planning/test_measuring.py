from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from headworks.core.uncertainty import combine, sigma_log
from headworks.planning import SimulationPlan, reference_errors
from headworks.planning.measuring import BELOW_LOQ, NOT_DETECTED, QUANTIFIED, REJECTED, equip_laboratories, measure_week
from headworks.planning.network import build_network
from headworks.planning.true_loads import true_weeks

PLAN = SimulationPlan(n_sites=150, n_weeks=20, analytes=("morphine", "methamphetamine"), events=False)
BARE = replace(PLAN, limits=False, missing=False)


def measured(plan):
    network = build_network(plan)
    laboratories = equip_laboratories(plan, network)
    for truth in true_weeks(plan, network):
        yield network, truth, measure_week(plan, network, laboratories, truth)


def load_ratios(plan):
    """Load as a method computes it over what really passed, residues x samples of all weeks."""
    found = []
    for _, truth, week in measured(plan):
        true = truth.loads[:, week.site, week.weekday]
        load = week.concentration * week.flow_m3_per_day * 1e-3
        found.append(np.where(true > 0, load / np.maximum(true, 1e-9), np.nan))
    return np.concatenate(found, axis=1)


def test_without_errors_the_load_is_the_truth():
    perfect = replace(reference_errors(), sampling=0.0, flow=(0.0, 0.0), analysis=(0.0, 0.0), calibration=0.0)
    # Flows are written to a tenth of a cubic metre.
    assert np.nanmax(np.abs(load_ratios(replace(BARE, errors=perfect)) - 1)) < 1e-3


def test_loads_err_with_mean_one_and_as_much_as_was_declared():
    one = replace(reference_errors(), flow=(0.15, 0.15), analysis=(0.10, 0.10))
    ratio = load_ratios(replace(BARE, errors=one))
    # Sampling 10, flow 15, repeatability 10, calibration 6 %, exact for products: 21.6 %.
    assert np.nanmean(ratio) == pytest.approx(1.0, abs=0.02)
    u = combine([0.10, 0.15, 0.10, 0.06])
    assert np.nanstd(ratio) == pytest.approx(u, rel=0.05)
    # So the bounds of a load, a factor of exp(1.96 sigma) either way, hold the truth in 95 of 100.
    held = np.abs(np.log(ratio[~np.isnan(ratio)])) <= 1.959964 * sigma_log(u)
    assert held.mean() == pytest.approx(0.95, abs=0.01)


def test_a_batch_shares_its_bias_and_residues_share_the_sample():
    quiet = replace(reference_errors(), sampling=0.0, flow=(0.0, 0.0), analysis=(0.0, 0.0), calibration=0.06)
    for _, truth, week in measured(replace(BARE, n_weeks=2, errors=quiet)):
        true = truth.loads[:, week.site, week.weekday]
        found = week.concentration * week.flow_m3_per_day * 1e-3 / np.maximum(true, 1e-9)
        keep = true > 0
        assert found[keep] == pytest.approx(week.bias[:, week.batch][keep], rel=2e-3)
    shared = replace(quiet, sampling=0.3, calibration=0.0)
    ratio = load_ratios(replace(BARE, n_weeks=2, errors=shared))
    both = ~np.isnan(ratio).any(axis=0)
    assert np.corrcoef(np.log(ratio[:, both]))[0, 1] > 0.999


def test_every_weekday_is_sampled_about_as_often():
    counts = sum(np.bincount(week.weekday, minlength=7) for _, _, week in measured(BARE))
    assert counts.sum() == 150 * 20
    assert (abs(counts - counts.mean()) < 4 * np.sqrt(counts.mean())).all()


def test_states_are_where_the_value_stands_to_the_limits():
    for _, _, week in measured(replace(PLAN, n_weeks=3, n_analytes=12, analytes=None)):
        assert ((week.detection == QUANTIFIED) == (week.concentration >= week.loq)).all()
        assert ((week.detection == NOT_DETECTED) == (week.concentration < week.lod)).all()
        assert (week.detection == BELOW_LOQ).any()
        assert (week.lod < week.loq).all()


def test_limits_fall_once_when_a_laboratory_improves():
    plan = replace(PLAN, n_weeks=52, analytes=("morphine",))
    network = build_network(plan)
    laboratories = equip_laboratories(plan, network)
    loq = {}
    for week in (0, 51):
        truth = next(true_weeks(plan, network))
        loq[week] = measure_week(plan, network, laboratories, replace(truth, week=week))
    by_site = [dict(zip(week.site.tolist(), week.loq[0].tolist(), strict=True)) for week in loq.values()]
    ratio = [by_site[1][site] / by_site[0][site] for site in by_site[0].keys() & by_site[1].keys()]
    assert np.mean(ratio) == pytest.approx(0.4, rel=0.1)


def test_samples_are_lost_a_laboratory_fails_and_some_results_are_rejected():
    plan = replace(PLAN, n_weeks=52, analytes=("morphine",))
    weeks = list(measured(plan))
    laboratories = equip_laboratories(plan, weeks[0][0])
    taken = sum(len(week.site) for *_, week in weeks)
    out = sum(len(event.sites) * min(event.n_weeks, 52 - event.first_week) for event in laboratories.outages)
    assert taken / (150 * 52 - out) == pytest.approx(0.97, abs=0.01)
    assert len(laboratories.outages) == 2
    rejected = sum((week.qc == REJECTED).sum() for *_, week in weeks)
    assert 0.001 < rejected / taken < 0.008
    for event in laboratories.outages:
        week = weeks[event.first_week][2]
        assert not np.isin(week.site, event.sites).any()


def test_a_batch_is_of_one_laboratory_and_holds_about_forty_samples():
    plan = replace(PLAN, n_sites=1_943, n_weeks=1, analytes=("morphine",), missing=False)
    ((network, _, week),) = measured(plan)
    frame = pl.DataFrame({"batch": week.batch, "city": network.city[week.site]})
    sizes = frame.group_by("batch").agg(pl.len(), pl.col("city").n_unique())
    assert sizes["city"].max() == 1
    assert sizes["len"].max() <= 40


def test_a_racemate_lowers_the_enantiomeric_fraction():
    plan = SimulationPlan(n_sites=60, n_weeks=13, analytes=("MDMA",), missing=False)
    seen = []
    for _, truth, week in measured(plan):
        if "MDMA" in truth.dumped:
            seen = [
                (truth.dumped["MDMA"][site].max() > 0, value) for site, value in zip(week.site, week.fraction_r, strict=True)
            ]
            break
    plants = [(poured, value) for poured, value in seen if not np.isnan(value)]
    assert [value for poured, value in plants if poured] == [pytest.approx(0.5, abs=0.06)]
    assert all(value == pytest.approx(0.65, abs=0.06) for poured, value in plants if not poured)
