"""A province's week of warnings: normals, questions, events and clusters of every site, area and residue, from days in memory.

Detectors beside R surveillance are in ``detectors``, the scan beside SaTScan in ``scan``. Here nobody stands beside: no peer
judges a tree. Days are simulated without events, two samples a week of 1,943 sites and 12 residues over a year and a half;
reading a workspace and explaining signals are not in it. Best of two, CPU seconds beside wall seconds.
"""

from __future__ import annotations

import os
import time
from typing import Any

import numpy as np
import polars as pl

from headworks.trends.areas.network import Network, build_network
from headworks.trends.day_arrays import DayArrays
from headworks.warning.budget import parse_budget
from headworks.workflows.warning import ask, find_site_clusters, follow, judge_days
from headworks.workflows.warning.site_map import site_map

_SITES, _RESIDUES, _WEEKS, _FOLLOWED = 1_943, 12, 78, 26
_COUNTIES, _CITIES = 122, 21
# Monday 2 January 2023.
_FIRST_MONDAY = 19_359
_MOST_SECONDS = 60.0


def province() -> tuple[DayArrays, Network]:
    """Days in order of series and time, and a tree of province, cities and counties."""
    rng = np.random.default_rng(1)
    n_days, n_series = 2 * _WEEKS, _SITES * _RESIDUES
    of_series = np.repeat(np.arange(n_series), n_days)
    day = np.sort(7 * np.repeat(np.arange(_WEEKS), 2) + np.tile([1, 4], _WEEKS))
    ordinal = np.tile(_FIRST_MONDAY + day, n_series)
    level = np.repeat(rng.normal(3.0, 0.5, n_series), n_days)
    value = np.exp(level + rng.normal(0.0, 0.4, level.size))
    limit = np.exp(np.repeat(np.tile(np.linspace(0.0, 3.5, _RESIDUES), _SITES), n_days))
    is_seen, same = value >= limit, np.ones(value.size)
    week, site = (ordinal - _FIRST_MONDAY) // 7, of_series // _RESIDUES
    series = pl.DataFrame({
        "site_id": np.repeat([f"s{i:04d}" for i in range(_SITES)], _RESIDUES),
        "analyte": np.tile([f"r{i:02d}" for i in range(_RESIDUES)], _SITES),
    }).with_columns(drug="analyte")  # fmt: skip
    days = DayArrays(
        series, of_series, ordinal, np.full(value.size, 2023), week, ordinal % 7 + 1, np.where(is_seen, value, np.nan),
        np.where(is_seen, np.nan, limit), 0.15 * same, 0.06 * same, 0.1 * same, ~is_seen, 100 * week + site % 65, 2e4 * same,
    )  # fmt: skip
    return days, _network()


def _places() -> pl.DataFrame:
    """Every site at a place of its own in five degrees of latitude and longitude."""
    rng = np.random.default_rng(2)
    sites = pl.DataFrame({
        "site_id": [f"s{site:04d}" for site in range(_SITES)], "latitude": rng.uniform(21.0, 26.0, _SITES),
        "longitude": rng.uniform(110.0, 115.0, _SITES),
    })  # fmt: skip
    return sites.with_columns(upstream_of=pl.lit(None, pl.String))


def _network() -> Network:
    rows = [
        {"site_id": f"s{site:04d}", "area_id": area, "level": level, "population": 2e4}
        for site in range(_SITES)
        for area, level in (("P", 1), (f"C{site % _COUNTIES % _CITIES:02d}", 2), (f"K{site % _COUNTIES:03d}", 3))
    ]
    areas = [{"area_id": "P", "parent_id": None, "level": 1}]
    areas += [{"area_id": f"C{i:02d}", "parent_id": "P", "level": 2} for i in range(_CITIES)]
    areas += [{"area_id": f"K{i:03d}", "parent_id": f"C{i % _CITIES:02d}", "level": 3} for i in range(_COUNTIES)]
    empty = pl.lit(None, pl.Date)
    return build_network(
        pl.DataFrame(rows).with_columns(valid_from=empty, valid_to=empty),
        pl.DataFrame(schema={"site_id": pl.String, "downstream_id": pl.String}),
        pl.DataFrame(areas).with_columns(population=pl.lit(1e6)),
    )


def measure() -> list[dict[str, Any]]:
    days, network = province()
    budget = parse_budget("at most 1 in 10 false; at most 5 a week per city")
    walls, cpus = [], []
    for _ in range(2):
        began = time.perf_counter(), time.process_time()
        judged = judge_days(days, network, None, _FOLLOWED)
        questions = ask(judged)
        followed = follow(judged, questions, budget)
        find_site_clusters(judged, questions, followed, budget, site_map(judged.units, _places()))
        walls.append(time.perf_counter() - began[0])
        cpus.append(time.process_time() - began[1])
    name = f"a province's week, {_SITES:,} sites x {_RESIDUES} residues, {questions.n_assessed:,} questions"
    name += f" ({min(cpus):.1f} CPU-s; load {os.getloadavg()[0]:.1f})"
    return [{"name": name, "ours": min(walls), "peer": None, "ratio": None, "target": _MOST_SECONDS,
             "met": min(walls) <= _MOST_SECONDS, "unit": "s"}]  # fmt: skip


if __name__ == "__main__":
    for found in measure():
        print({name: value if not isinstance(value, float) else round(value, 2) for name, value in found.items()})
