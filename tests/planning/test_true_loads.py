from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from headworks.planning import SimulationPlan
from headworks.planning.network import build_network
from headworks.planning.true_loads import true_weeks

# Spring, so that neither the festival nor National Day moves anybody.
PLAN = SimulationPlan(n_sites=150, n_weeks=4, start=dt.date(2025, 4, 7), analytes=("methamphetamine", "morphine"))
QUIET = replace(PLAN, heterogeneity=False, day_to_day=False, drift=False, calendar=False, events=False)


def weeks_of(plan):
    network = build_network(plan)
    return network, list(true_weeks(plan, network))


def test_without_switches_a_big_site_has_the_median_of_its_province():
    # 15 mg/d per 1,000 people; of a million people 15,000 mg/d in some 1,160 doses a day, so 28 days are within a few per mille.
    network, weeks = weeks_of(QUIET)
    largest = int(np.argmax(network.people))
    load = np.mean([week.loads[0, largest] for week in weeks])
    assert load / network.people[largest] * 1_000 == pytest.approx(15.0, rel=0.05)


def test_a_plant_carries_what_its_town_carries_and_its_own():
    network, weeks = weeks_of(PLAN)
    index = {site: place for place, site in enumerate(network.sites["site_id"])}
    nested = network.sites.filter(pl.col("upstream_of").is_not_null()).select("site_id", "upstream_of").rows()
    assert nested
    for week in weeks:
        for above, below in nested:
            assert (week.loads[:, index[below]] >= week.loads[:, index[above]]).all()
            assert (week.water_m3_per_day[index[below]] > week.water_m3_per_day[index[above]]).all()


def test_what_passes_the_last_sites_is_what_all_cells_gave():
    network, weeks = weeks_of(PLAN)
    last = network.sites["upstream_of"].is_null().to_numpy()
    own = np.linalg.solve(network.passes.toarray(), weeks[0].loads[0])
    assert own.min() > -1e-6
    assert weeks[0].loads[0][last].sum() == pytest.approx(own.sum())


def test_a_small_site_is_lumpy_as_its_doses_are_few():
    # 1,000 people, 15 mg/d, 12.9 mg a dose: 1.163 doses a day; with sizes of cv 0.5 the variance of the load over its squared
    # mean is (1 + 0.25) / 1.163 = 1.075, a relative standard deviation of 1.037.
    plan = replace(QUIET, n_weeks=52, analytes=("methamphetamine",))
    network, weeks = weeks_of(plan)
    villages = np.flatnonzero((network.sites["kind"] == "village").to_numpy())
    days = np.concatenate([week.loads[0][villages] for week in weeks], axis=1)
    doses = 15.0 * network.connected[villages] / 1_000 / 12.9
    expected = np.sqrt(1.25 / doses)
    assert (days.std(axis=1) / days.mean(axis=1) / expected).mean() == pytest.approx(1.0, abs=0.05)


def test_rain_dilutes_and_takes_nothing_away():
    plan = replace(QUIET, n_weeks=30)
    network, weeks = weeks_of(plan)
    largest = int(np.argmax(network.people))
    water = np.concatenate([week.water_m3_per_day[largest] for week in weeks])
    load = np.concatenate([week.loads[1, largest] for week in weeks])
    assert water.std() / water.mean() > 0.03
    assert abs(np.corrcoef(water, load)[0, 1]) < 0.25
    assert np.corrcoef(water[1:], water[:-1])[0, 1] > 0.3  # wet days follow wet days


def test_one_analyte_or_week_more_leaves_the_others_as_they_were():
    _, few = weeks_of(PLAN)
    _, more = weeks_of(replace(PLAN, n_weeks=5, analytes=("methamphetamine", "morphine", "cotinine")))
    for one, other in zip(few, more, strict=False):
        assert (one.loads[0] == other.loads[1]).all()
        assert (one.water_m3_per_day == other.water_m3_per_day).all()


def test_norketamine_follows_ketamine_but_not_what_was_poured_in():
    plan = SimulationPlan(n_sites=60, n_weeks=12, analytes=("ketamine", "norketamine"))
    _, weeks = weeks_of(plan)
    (week,) = [week for week in weeks if week.dumped]
    site = int(np.argmax(week.dumped["ketamine"][:, 0]))
    ordinary = week.loads[0, site] - week.dumped["ketamine"][site]
    ratio = week.loads[0] / np.maximum(week.loads[1], 1e-9)
    assert ordinary.mean() / week.loads[1, site].mean() == pytest.approx(1 / 0.187, rel=0.25)
    assert ratio[site, 0] > 5 * 5.36


def test_the_festival_moves_loads_but_not_residents():
    plan = replace(QUIET, calendar=True, start=dt.date(2025, 1, 27), n_weeks=1, analytes=("cotinine",))
    network, (week,) = weeks_of(plan)
    last = network.sites["upstream_of"].is_null().to_numpy()
    here = week.present.mean(axis=1) / network.people
    assert here[last & network.is_urban] == pytest.approx(0.75)
    assert here[last & ~network.is_urban] == pytest.approx(1.2)
