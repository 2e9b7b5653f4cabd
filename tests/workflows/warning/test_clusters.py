"""Neighbouring sites that are up together: found by the scan where no site and no area is a signal; and quiet where nothing is."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import polars as pl
import pytest

from headworks.trends.areas.network import build_network
from headworks.trends.day_arrays import DayArrays
from headworks.warning.budget import parse_budget
from headworks.workflows.warning import (
    Beside,
    ask,
    attached_words,
    find_site_clusters,
    follow,
    judge_days,
    signals_of_clusters,
    signals_of_week,
    site_map,
)

FIRST_MONDAY, WEEKS, FOLLOWED = 19_359, 70, 30
BUDGET = parse_budget("at most 1 in 10 false")
DAY = {"site_id": pl.String, "analyte": pl.String, "day": pl.Date}
MASSES = DAY | dict.fromkeys(("load_mg_per_day", "flow_m3_per_day", "population"), pl.Float64)


def days(n, residues, factor=None, seed=1, day=0.3):
    """Two samples a week of every site and residue, levels that wander a little; ``factor`` of site, residue and week."""
    rng = np.random.default_rng(seed)
    shape = (n, residues, WEEKS)
    level = np.log(20.0) + np.cumsum(rng.normal(0, 0.02, shape), axis=2) + rng.normal(0, 0.07, shape[1:])
    if factor is not None:
        level = level + np.log(factor(*np.meshgrid(*map(np.arange, shape), indexing="ij")))
    value = np.exp(np.repeat(level.reshape(-1), 2) + rng.normal(0, day, 2 * n * residues * WEEKS))
    same, week = np.ones(value.size), np.tile(np.repeat(np.arange(WEEKS), 2), n * residues)
    ordinal = FIRST_MONDAY + 7 * week + np.tile([1, 4], n * residues * WEEKS)
    series = pl.DataFrame({
        "site_id": np.repeat(ids(n), residues), "analyte": np.tile([f"r{i}" for i in range(residues)], n),
    }).with_columns(drug="analyte")  # fmt: skip
    return DayArrays(
        series, np.repeat(np.arange(n * residues), 2 * WEEKS), ordinal, np.full(value.size, 2023), week, ordinal % 7 + 1, value,
        np.nan * same, 0.1 * same, 0.05 * same, 0.1 * same, np.zeros(value.size, bool), ordinal, 2e4 * same,
    )  # fmt: skip


def ids(n):
    return [f"s{i:03d}" for i in range(n)]


def network(n):
    """Counties of ten sites that lie scattered over the whole map."""
    empty = pl.lit(None, pl.Date)
    people = [
        {"site_id": site, "area_id": area, "level": level, "population": 2e4}
        for i, site in enumerate(ids(n)) for area, level in (("P", 1), (f"K{i % (n // 10)}", 3))
    ]  # fmt: skip
    areas = [("P", None, 1, 1e6)] + [(f"K{k}", "P", 3, 2e5) for k in range(n // 10)]
    return build_network(
        pl.DataFrame(people).with_columns(valid_from=empty, valid_to=empty),
        pl.DataFrame(schema={"site_id": pl.String, "downstream_id": pl.String}),
        pl.DataFrame(areas, schema=["area_id", "parent_id", "level", "population"], orient="row"),
    )


def places(n):
    """Sites along a road, a hundredth of a degree apart."""
    none = pl.lit(None, pl.String)
    return pl.DataFrame({"site_id": ids(n), "latitude": 30.0, "longitude": 110 + 0.01 * np.arange(n)}).with_columns(
        upstream_of=none
    )


def looked(n, given):
    judged = judge_days(given, network(n), None, FOLLOWED)
    asked = ask(judged)
    followed = follow(judged, asked, BUDGET)
    where = site_map(judged.units, places(n))
    return judged, asked, followed, where, find_site_clusters(judged, asked, followed, BUDGET, where)


@cache
def of_ten_neighbours():
    """Sites 20 to 29 of a hundred hold 40 % more in the last three weeks."""
    up = lambda site, residue, week: np.where((site >= 20) & (site < 30) & (residue == 1) & (week >= WEEKS - 3), 1.4, 1.0)  # noqa: E731
    return looked(100, days(100, 3, up))


def beside(clustered):
    return Beside({}, pl.DataFrame(schema=MASSES), pl.DataFrame(schema=DAY), "v", attached_words(clustered))


def rows_of(judged, asked, _followed, where, clustered):
    return signals_of_clusters(judged, asked, clustered, BUDGET, beside(clustered), where)


def test_ten_neighbours_each_up_by_two_fifths_are_a_cluster_though_none_is_a_signal():
    judged, asked, followed, where, clustered = of_ten_neighbours()
    assert followed.open_now == ()
    row = rows_of(judged, asked, followed, where, clustered).row(0, named=True)
    said = json.loads(row["explanation"])
    assert (row["kind"], row["analyte"], row["unit_id"], row["level"], row["observed"]) == ("cluster", "r1", "P", 1, None)
    members = {one["unit_id"] for one in said["members"]}
    assert len(members & set(ids(100)[20:30])) >= 8
    assert len(members) <= 14
    assert 1.25 < said["together"]["times"] < 1.55
    assert said["together"]["times_lower"] < said["together"]["times"] < said["together"]["times_upper"]
    assert row["p_value"] <= said["allowed"]
    assert said["recurrence_weeks"] == pytest.approx(1 / (3 * row["p_value"]))
    assert said["n_days"] == 2 * len(said["normals"]) * len(members)
    assert said["left_out"]["p"] == max(one["p"] for one in said["without_each"]) > row["p_value"]
    assert " neighbouring sites in P (province) is higher together than expected, " in said["sentence"]


def test_the_same_facts_give_the_same_clusters():
    judged, asked, followed, where, clustered = of_ten_neighbours()
    again = find_site_clusters(judged, asked, followed, BUDGET, where)
    assert rows_of(judged, asked, followed, where, again).equals(rows_of(judged, asked, followed, where, clustered))


def test_what_a_signal_explains_is_told_with_it_and_not_again():
    # A whole county lies beside each other here: ten sites, four times as much.
    up = lambda site, residue, week: np.where((site % 4 == 0) & (week >= WEEKS - 2), 4.0, 1.0)  # noqa: E731
    given = days(40, 1, up)
    judged = judge_days(given, network(40), None, FOLLOWED)
    asked = ask(judged)
    followed = follow(judged, asked, BUDGET)
    order = np.argsort(np.arange(40) % 4, kind="stable")
    side_by_side = places(40).with_columns(site_id=pl.Series([ids(40)[i] for i in order]))
    clustered = find_site_clusters(judged, asked, followed, BUDGET, site_map(judged.units, side_by_side))
    assert clustered.open_now == ()
    told = signals_of_week(judged, asked, followed, BUDGET, beside(clustered)).filter(unit_id="K0")
    said = json.loads(told["explanation"][0])
    assert said["cluster"]["n_sites"] >= 8
    assert "Around it, " in said["sentence"]


def test_one_site_that_drives_alone_is_no_cluster():
    up = lambda site, residue, week: np.where((site == 7) & (week >= WEEKS - 3), 6.0, 1.0)  # noqa: E731
    assert looked(40, days(40, 1, up))[-1].open_now == ()


def test_without_a_place_there_is_no_cluster_to_look_for():
    judged, asked, followed, _where, _clustered = of_ten_neighbours()
    nowhere = places(100).with_columns(latitude=pl.lit(None, pl.Float64))
    where = site_map(judged.units, nowhere)
    assert (where.n_located, where.windows.step.size > 0) == (0, True)
    assert find_site_clusters(judged, asked, followed, BUDGET, where).maps == ()


def test_quiet_weeks_have_clusters_as_often_as_stated():
    clustered = looked(60, days(60, 16, seed=5))[-1]
    p = np.array([one.scan.p for one in clustered.maps])
    for stated in (0.2, 0.05):
        # 16 x 30 map weeks that overlap by up to four: a quarter of them as independent.
        error = np.sqrt(stated * (1 - stated) / (p.size / 4))
        assert abs((p <= stated).mean() - stated) < 3 * error
    assert clustered.open_now == ()
