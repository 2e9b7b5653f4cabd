"""Do clusters of a week come as often as stated where nothing happens, and are neighbours that rise together found?

``python studies/clusters.py [REPLICATES]`` (or ``REPLICATES=…``) prints the report and writes ``docs/studies/clusters.md``.

Reduced provinces of 120 sites in 12 counties are made as days of load and go through ``judge_days``, ``ask``, ``follow`` and
``find_site_clusters`` as ``headworks warn run`` does it. Trap: the 40 weeks of a map overlap by three each, so errors are
between provinces.
"""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.trends.areas.network import Network, build_network
from headworks.trends.day_arrays import DayArrays
from headworks.warning.budget import parse_budget
from headworks.workflows.warning import ask, find_site_clusters, follow, judge_days, site_map

REPORT = Path(__file__).parents[1] / "docs" / "studies" / "clusters.md"
SEED, REPLICATES = 20_261_123, 24
SITES, COUNTIES, RESIDUES, WEEKS, FOLLOWED = 120, 12, 10, 104, 40
WORDS = "at most 1 in 10 false"
STATED = (0.2, 0.05, 0.01, 0.001)
FIRST_MONDAY = 19_359
# Standard deviations on the log scale: a day, a level's week, a batch, a site's week, the week of all.
DAY, STEP, BATCH, FLOW, SHARED = 0.3, 0.03, 0.06, 0.08, 0.07
MISSING, BATCH_SITES = 0.05, 30
UP_SITES, UP_WEEKS = 10, 3


class World(NamedTuple):
    """Name; whether neighbours share batches; a county's weekly step; how much ten neighbours rise; a day's deviation."""

    name: str
    is_near: bool = False
    county: float = 0.0
    times: float = 1.0
    day: float = DAY


class Told(NamedTuple):
    """``p`` of residues and weeks, share of clusters' events by their first week, inflations; of a rise what was found.

    ``found``: whether a cluster of the rise's residue holds half of its sites; whether the tree had a signal of that residue.
    """

    p: npt.NDArray[np.float64]
    events: int
    inflation: npt.NDArray[np.float64]
    found: tuple[bool, bool]
    seconds: float


def province(rng: np.random.Generator) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """County of each site, and where it lies, in degrees."""
    county = np.repeat(np.arange(COUNTIES), SITES // COUNTIES)
    return county, rng.uniform(0, 2, (COUNTIES, 2))[county] + rng.normal(0, 0.12, (SITES, 2))


def days_of(world: World, county: npt.NDArray[np.int64], up: npt.NDArray[np.int64], rng: np.random.Generator) -> DayArrays:
    """Two days a week of every site and residue; the sites ``up`` hold more of residue 0 in the last weeks."""
    level, rows = np.log(20.0) + np.zeros((SITES, RESIDUES)), []
    for week in range(WEEKS):
        level += rng.normal(0, STEP, level.shape) + rng.normal(0, world.county, (COUNTIES, RESIDUES))[county]
        if week == WEEKS - UP_WEEKS:
            level[up, 0] += np.log(world.times)
        batch = county // 3 if world.is_near else rng.permutation(SITES) // BATCH_SITES
        seen = level + rng.normal(0, FLOW, (SITES, 1)) + rng.normal(0, SHARED, RESIDUES)
        seen = seen + rng.normal(0, BATCH, (batch.max() + 1, RESIDUES))[batch]
        for weekday in np.sort(rng.permutation(7)[:2]):
            site = np.flatnonzero(rng.random(SITES) >= MISSING)
            value = np.exp(seen[site] + rng.normal(0, world.day, (site.size, RESIDUES)))
            of_batch = (100 * week + batch[site])[:, None] * RESIDUES + np.arange(RESIDUES)
            series = site[:, None] * RESIDUES + np.arange(RESIDUES)
            same = np.ones(value.size)
            rows.append(
                (series.ravel(), (FIRST_MONDAY + 7 * week + weekday) * same, week * same, value.ravel(), of_batch.ravel())
            )
    series, ordinal, week, value, batch = (np.concatenate(parts) for parts in zip(*rows, strict=True))
    order = np.lexsort((ordinal, series))
    day, same = ordinal[order].astype(np.int64), np.ones(order.size)
    names = pl.DataFrame({
        "site_id": np.repeat(ids(), RESIDUES), "analyte": np.tile([f"r{i:02d}" for i in range(RESIDUES)], SITES),
    }).with_columns(drug="analyte")  # fmt: skip
    return DayArrays(
        names, series[order], day, np.full(day.size, 2023), week[order].astype(np.int64), day % 7 + 1, value[order],
        np.nan * same, 0.15 * same, BATCH * same, 0.1 * same, np.zeros(day.size, bool), batch[order], 2e4 * same,
    )  # fmt: skip


def ids() -> list[str]:
    """Names of the sites."""
    return [f"s{i:03d}" for i in range(SITES)]


def network_of(county: npt.NDArray[np.int64]) -> Network:
    """A province of counties."""
    empty = pl.lit(None, pl.Date)
    people = [
        {"site_id": site, "area_id": area, "level": level, "population": 2e4}
        for site, mine in zip(ids(), county, strict=True) for area, level in (("P", 1), (f"K{mine:02d}", 3))
    ]  # fmt: skip
    areas = [("P", None, 1, 1e6), *((f"K{one:02d}", "P", 3, 2e5) for one in range(COUNTIES))]
    return build_network(
        pl.DataFrame(people).with_columns(valid_from=empty, valid_to=empty),
        pl.DataFrame(schema={"site_id": pl.String, "downstream_id": pl.String}),
        pl.DataFrame(areas, schema=["area_id", "parent_id", "level", "population"], orient="row"),
    )


def one_province(job: tuple[int, World]) -> Told:
    """What was told of a province."""
    seed, world = job
    rng = np.random.default_rng(seed)
    county, place = province(rng)
    centre = place[rng.integers(SITES)]
    up = np.argsort(np.hypot(*(place - centre).T))[:UP_SITES]
    days, budget = days_of(world, county, up, rng), parse_budget(WORDS)
    sites = pl.DataFrame({"site_id": ids(), "latitude": 30 + place[:, 0], "longitude": 110 + place[:, 1]})
    judged = judge_days(days, network_of(county), None, FOLLOWED)
    asked = ask(judged)
    followed = follow(judged, asked, budget)
    began = time.process_time()
    where = site_map(judged.units, sites.with_columns(upstream_of=pl.lit(None, pl.String)))
    found = find_site_clusters(judged, asked, followed, budget, where)
    seconds = time.process_time() - began
    clusters = any(one.residue == 0 and 2 * np.isin(up, one.now.sites).sum() >= UP_SITES for one in found.open_now)
    tree = any(
        asked.columns[one.drug].number == 0 and asked.columns[one.drug].family.name == "up" for one in followed.open_now
    )
    p = np.array([one.scan.p for one in found.maps])
    inflation = np.array([one.scan.law.inflation for one in found.maps])
    return Told(p, len(found.open_now), inflation, (clusters, tree), seconds)


def null_row(world: World, told: list[Told]) -> str:
    """How often p-values were at most those stated, over that."""
    cells = []
    for stated in STATED:
        share = np.array([(one.p <= stated).mean() for one in told]) / stated
        cells.append(f"{share.mean():.2f} ± {share.std(ddof=1) / np.sqrt(share.size):.2f}")
    price = 0.1 / (52 * RESIDUES)
    weeks = np.array([(one.p <= price).any(axis=0).mean() for one in told])
    inflation = np.concatenate([one.inflation for one in told])
    alarm = f"{weeks.mean():.5f} ± {weeks.std(ddof=1) / np.sqrt(weeks.size):.5f}"
    return f"| {world.name} | {np.median(inflation):.2f} | {' | '.join(cells)} | {alarm} |"


def power_row(world: World, told: list[Told]) -> str:
    """How often the rise was found."""
    found = np.array([one.found for one in told])
    error = np.sqrt(found.mean(axis=0) * (1 - found.mean(axis=0)) / len(told))
    shares = [f"{share:.2f} ± {one:.2f}" for share, one in zip(found.mean(axis=0), error, strict=True)]
    either = found.any(axis=1).mean()
    return f"| {world.times:g} | {world.day:g} | {' | '.join(shares)} | {either:.2f} |"


NULLS = (
    World("sites alone"), World("days scatter by 0.44", day=0.44), World("three counties share each batch", is_near=True),
    World("counties wander by 1 % a week", county=0.01), World("counties wander by 2 % a week", county=0.02),
)  # fmt: skip
RISES = (World("", times=1.4), World("", times=1.4, day=0.44), World("", times=1.7, day=0.44))


def report(replicates: int) -> str:
    """The study's page."""
    made: dict[World, list[Told]] = {}
    with ProcessPoolExecutor(2) as pool:
        for number, world in enumerate((*NULLS, *RISES)):
            jobs: list[Any] = [(SEED + 10_000 * number + one, world) for one in range(replicates)]
            made[world] = list(pool.map(one_province, jobs))
            print(world, file=sys.stderr)
    seconds = [one.seconds for told in made.values() for one in told]
    head = f"""# Clusters of a week

Written by `make study NAME=clusters`; do not edit. Seed {SEED}, {replicates} provinces a row.

{SITES} sites in {COUNTIES} counties, {RESIDUES} residues, two samples a week, {MISSING:.0%} missing, {WEEKS} weeks of which
{FOLLOWED} are followed. Log scale: a day {DAY} where not said, a level's week {STEP}, a batch of {BATCH_SITES} sites {BATCH},
a site's week {FLOW}, the week of all {SHARED}. Errors are between provinces.

## Where nothing happens

p-values of maps and weeks at most those stated, over what is stated; weeks in which a map had p of {0.1 / (52 * RESIDUES):.1e}
or less, which is what one event a year is allowed ("{WORDS}", {RESIDUES} maps): as stated {0.1 / 52:.5f}.
A county that wanders has really changed; it is here to say what that does.

| world | lambda | {" | ".join(map(str, STATED))} | weeks with one |
|---|---|{"---|" * len(STATED)}---|"""
    lines = [head, *(null_row(world, made[world]) for world in NULLS)]
    lines += [
        f"\n## {UP_SITES} neighbours that rise\n",
        f"In the last {UP_WEEKS} weeks; found: half of them or more are in a cluster shown in the last week, and how often",
        "the tree has a signal of that residue then.\n",
        "| times | a day | cluster | tree | either |",
        "|---|---|---|---|---|",
        *(power_row(world, made[world]) for world in RISES),
        f"\nCPU seconds of the clusters of a province: {np.median(seconds):.2f} at the median.",
    ]  # fmt: skip
    return "\n".join(lines)


def main() -> None:
    started = time.time()
    replicates = int(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("REPLICATES", REPLICATES))
    text = report(replicates) + f"\nSeconds of the clock: {time.time() - started:.0f}.\n"
    print(text)
    REPORT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
