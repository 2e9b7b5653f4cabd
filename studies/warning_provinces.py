"""Does a workspace's whole way from days to events keep the budget, with the trend model's own laws, and find what happens?

``python studies/warning_provinces.py`` prints the report and writes ``docs/studies/warning_provinces.md``; ``PROVINCES=…`` for
another number than 90.

The provinces of ``warning_budget`` (batches, weeks that all share, wrong flows, doublings that last) are made as days of load
and given to ``workflows.warning`` as ``headworks warn run`` gives them: two years of days, settings learnt from them, the last
year followed under the budget. Nothing of the truth is told. Trap: each year is followed once, as of its end; a week as it was
told at the time rests on settings learnt from fewer days.
"""

from __future__ import annotations

import importlib.util
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
from headworks.warning.budget import LEVELS, parse_budget
from headworks.workflows.warning import ask, follow, judge_days
from headworks.workflows.warning.kinds import DOWN

_ROOT = Path(__file__).parents[1]
REPORT = _ROOT / "docs" / "studies" / "warning_provinces.md"
SEED, PROVINCES, QUIET_PROVINCES = 20_261_122, 90, 8
YEAR, YEARS = 52, 2
# Monday 2 January 2023; no festival is simulated, and weeks of festivals are not asked of the province alone.
FIRST_MONDAY = 19_359
RESULT_SD = 0.15
# Standard normals are counted beyond these: one in 20, 100 and 1,000.
TAILS = ((0.05, 1.6449), (0.01, 2.3263), (0.001, 3.0902))


def budget_study() -> Any:
    """The provinces, what is laid on them and the truth of an event, of the study with known laws."""
    spec = importlib.util.spec_from_file_location("warning_budget", _ROOT / "studies" / "warning_budget.py")
    assert spec is not None
    assert spec.loader is not None
    study = importlib.util.module_from_spec(spec)
    sys.modules["warning_budget"] = study
    spec.loader.exec_module(study)
    return study


base = budget_study()


class World(NamedTuple):
    """Weekly step of a level (log scale), times the usual number of changes."""

    step: float = base.STEP
    times: float = 1.0


class Told(NamedTuple):
    """Of a year: events and false ones by level, whether each change was found in time and at its own unit; tails of quiet z.

    ``tails`` of shape ``(7, 5)`` by level: how many normals, sum of squares, how many beyond each of ``TAILS``.
    """

    events: npt.NDArray[np.int64]
    false: npt.NDArray[np.int64]
    found: list[tuple[str, bool, bool]]
    kinds: dict[str, int]
    tails: npt.NDArray[np.float64]
    seconds: float


def days_of(where: Any, injected: list[Any], weeks: int, world: World, rng: np.random.Generator) -> DayArrays:
    """Days of a province's sites and drugs, odd batches and wrong flows among them."""
    n, n_drugs = where.n_sites, base.DRUGS
    level = np.log(20.0) + np.zeros((n, n_drugs))
    odd = rng.choice(np.arange(base.LEARNING_WEEKS, weeks), 2 * base.BATCHES * YEARS, replace=False)
    columns: dict[str, list[Any]] = {name: [] for name in ("site", "drug", "ordinal", "week", "value", "batch")}
    for week in range(weeks):
        level += rng.normal(0, world.step, level.shape)
        for one in injected:
            if one.week == week:
                level[where.units.inside(one.unit)[:n], one.drug] += np.log(2.0)
        batch = base.batches_of(n, rng)
        flow, of_batch = rng.normal(0, base.FLOW, n), rng.normal(0, base.BATCH, (batch.max() + 1, n_drugs))
        if week in odd[: odd.size // 2]:
            flow[rng.integers(n)] += np.log(1.8)
        if week in odd[odd.size // 2 :]:
            of_batch[rng.integers(of_batch.shape[0]), rng.integers(n_drugs)] += np.log(1.5)
        seen = level + flow[:, None] + of_batch[batch] + rng.normal(0, base.SHARED_WEEK, n_drugs)
        for weekday in np.sort(rng.permutation(7)[: base.SAMPLES_A_WEEK]):
            site = np.flatnonzero(rng.random(n) >= base.MISSING)
            value = seen[site] + rng.normal(0, base.DAY, (site.size, n_drugs))
            columns["site"].append(np.repeat(site, n_drugs))
            columns["drug"].append(np.tile(np.arange(n_drugs), site.size))
            columns["value"].append(np.exp(value.ravel()))
            columns["ordinal"].append(np.full(value.size, FIRST_MONDAY + 7 * week + weekday))
            columns["week"].append(np.full(value.size, week))
            columns["batch"].append(((week * 1_000 + batch[site])[:, None] * n_drugs + np.arange(n_drugs)).ravel())
    return _arrays({name: np.concatenate(parts) for name, parts in columns.items()}, n)


def _arrays(rows: dict[str, Any], n_sites: int) -> DayArrays:
    """Days in order of series and time, a series a site's drug."""
    order = np.lexsort((rows["ordinal"], rows["drug"], rows["site"]))
    site, drug, ordinal, value = (rows[name][order] for name in ("site", "drug", "ordinal", "value"))
    series = pl.DataFrame({
        "site_id": np.repeat([f"s{i:04d}" for i in range(n_sites)], base.DRUGS),
        "analyte": np.tile([f"drug{i:02d}" for i in range(base.DRUGS)], n_sites),
    }).with_columns(drug="analyte")  # fmt: skip
    same = np.ones(value.size)
    return DayArrays(
        series, site * base.DRUGS + drug, ordinal, np.full(value.size, 2023), rows["week"][order], ordinal % 7 + 1, value,
        same * np.nan, RESULT_SD * same, base.BATCH * same, 0.1 * same, np.zeros(value.size, bool), rows["batch"][order],
        2e4 * same,
    )  # fmt: skip


def network_of(where: Any) -> Network:
    """The province's tree as a register's network; sites have as many people as in the study's roll-up."""
    n, level = where.n_sites, where.units.level
    people = [
        {"site_id": f"s{site:04d}", "area_id": f"a{unit:04d}", "level": int(level[unit]), "population": 2e4}
        for site in range(n) for unit in where.units.above(site)
    ]  # fmt: skip
    parent = where.units.parent
    areas = pl.DataFrame(
        [{"area_id": f"a{unit:04d}", "parent_id": None if parent[unit] < 0 else f"a{parent[unit]:04d}",
          "level": int(level[unit]), "population": 1e6} for unit in range(n, level.size)],
        schema={"area_id": pl.String, "parent_id": pl.String, "level": pl.Int64, "population": pl.Float64},
    )  # fmt: skip
    empty = pl.lit(None, pl.Date)
    pairs = pl.DataFrame(schema={"site_id": pl.String, "downstream_id": pl.String})
    return build_network(pl.DataFrame(people).with_columns(valid_from=empty, valid_to=empty), pairs, areas)


def one_province(job: tuple[int, World]) -> list[Told]:
    """What was told of each year of a province."""
    seed, world = job
    rng = np.random.default_rng(seed)
    where = base.province(rng)
    weeks = (1 + YEARS) * YEAR
    injected = [
        one._replace(week=one.week - base.LEARNING_WEEKS + YEAR)
        for one in base.inject(where, base.DRUGS, rng, weeks - YEAR + base.LEARNING_WEEKS, world.times)
    ]
    days, network = days_of(where, injected, weeks, world, rng), network_of(where)
    return [year_of(where, injected, days, network, year) for year in range(YEARS)]


def year_of(where: Any, injected: list[Any], days: DayArrays, network: Network, year: int) -> Told:
    """A year judged with the year before it, and followed."""
    began = time.process_time()
    first = year * YEAR
    inside = (days.ordinal >= FIRST_MONDAY + 7 * first) & (days.ordinal < FIRST_MONDAY + 7 * (first + 2 * YEAR))
    judged = judge_days(days.take(inside), network, None, YEAR)
    asked = ask(judged)
    events = follow(judged, asked, parse_budget(base.WORDS)).events
    seconds = time.process_time() - began
    place = np.array([int(name[1:]) for name in judged.units.unit_id])
    mine = [one for one in injected if first + YEAR <= one.week < first + 2 * YEAR]
    shown, false, kinds = np.zeros(7, np.int64), np.zeros(7, np.int64), dict[str, int]()
    found = {one: [False, False] for one in mine}
    for event in events:
        column = asked.columns[event.drug]
        unit, week, is_true = int(place[event.unit]), first + YEAR + event.first_week, False
        for one in injected:
            age = week - one.week
            around = where.units.inside(unit)[one.unit] or where.units.inside(one.unit)[unit]
            if one.drug == column.number and age >= 0 and around and column.family is not DOWN:
                is_true |= age < base.STILL_NEWS_WEEKS
                if one in found and age < base.FOUND_WITHIN_WEEKS:
                    found[one] = [True, found[one][1] or unit == one.unit]
        level = judged.units.level[event.unit]
        shown[level] += 1
        false[level] += not is_true
        said = f"{column.family.name}, {'true' if is_true else 'false'}"
        kinds[said] = kinds.get(said, 0) + 1
    in_time = [(one.kind, *found[one]) for one in mine]
    return Told(shown, false, in_time, kinds, _tails(judged, where, injected), seconds)


def _tails(judged: Any, where: Any, injected: list[Any]) -> npt.NDArray[np.float64]:
    """Of drugs and units that no change touches in these two years: how wide their normals are."""
    place = np.array([int(name[1:]) for name in judged.units.unit_id])
    quiet = np.ones(judged.z.shape[:2], bool)
    for one in injected:
        inside = where.units.inside(one.unit)
        around = inside | np.array([bool(where.units.inside(u)[one.unit]) for u in range(inside.size)])
        quiet[one.drug] &= ~around[place]
    found = np.zeros((7, 2 + len(TAILS)))
    for level in LEVELS.values():
        z = judged.z[:, judged.units.level == level, judged.n_before :][quiet[:, judged.units.level == level]]
        z = z[~np.isnan(z)]
        found[level] = [z.size, np.sum(z**2), *(np.count_nonzero(z > at) for _, at in TAILS)]
    return found


def upper_limit(share: npt.NDArray[np.float64], error: float = 0.05) -> float:
    """Upper confidence limit of the mean of shares between 0 and 1, whatever their law.

    If the mean were ``m``, bets on less would win nothing on average: each of ``prod(1 + b (m - share))`` and so their mean
    over ``b`` exceeds 1/error with probability ``error`` at most. The limit is the largest mean that is not ruled out so.
    """
    means = np.linspace(0.0005, 0.9995, 2_000)
    bets = np.linspace(0.02, 0.98, 49)[:, None] / (1 - means)
    wealth = np.prod(1 + bets[:, :, None] * (means[:, None] - share), axis=2).mean(axis=0)
    return float(means[np.flatnonzero(wealth < 1 / error)[-1]]) if share.size else 1.0


def run(world: World, provinces: int, seed: int) -> list[list[Told]]:
    """Every province of a world, its years."""
    found = []
    with ProcessPoolExecutor(2) as pool:
        for one in pool.map(one_province, [(seed + i, world) for i in range(provinces)]):
            found.append(one)
            events, false = sum(year.events for year in one), sum(year.false for year in one)
            print(f"{world}: {len(found)} of {provinces}, events {events}, false {false}", file=sys.stderr)
    return found


def fdr_rows(provinces: list[list[Told]]) -> list[str]:
    """A line a level and one for all: events, false ones, mean share of false over province-years, its upper limit, pooled."""
    lines = []
    for name, level in [*LEVELS.items(), ("all together", None)]:
        at = slice(1, 7) if level is None else slice(level, level + 1)
        events = np.array([[year.events[at].sum() for year in one] for one in provinces])
        false = np.array([[year.false[at].sum() for year in one] for one in provinces])
        share = false / np.maximum(events, 1)
        pooled = false.sum() / max(int(events.sum()), 1)
        apart = (false - pooled * events).sum(axis=1)
        error = np.sqrt((apart**2).sum()) / max(int(events.sum()), 1)
        lines.append(f"| {name} | {events.sum()} | {false.sum()} | {share.mean():.3f} | {upper_limit(share.ravel()):.3f} | "
                     f"{pooled:.3f} ± {error:.3f} |")  # fmt: skip
    return lines


def found_rows(provinces: list[list[Told]]) -> list[str]:
    """A line a kind of change: how many, found in time, at the unit itself; Monte Carlo error between provinces."""
    lines = []
    for kind in ("county", "city", "town", "site"):
        each = [[row for year in one for row in year.found if row[0] == kind] for one in provinces]
        n = np.array([len(rows) for rows in each])
        hits = np.array([sum(row[1] for row in rows) for rows in each])
        share, itself = hits.sum() / n.sum(), sum(row[2] for rows in each for row in rows) / n.sum()
        error = np.sqrt(((hits - share * n) ** 2).sum()) / n.sum()
        lines.append(f"| {kind} | {n.sum()} | {share:.3f} ± {error:.3f} | {itself:.3f} |")
    return lines


def tail_rows(provinces: list[list[Told]]) -> list[str]:
    """A line a level: standard deviation of quiet normals, how many lie beyond a stated rate, over that rate."""
    total = np.sum([year.tails for one in provinces for year in one], axis=0)
    lines = []
    for name, level in LEVELS.items():
        n, squares, *beyond = total[level]
        if n:
            rates = " | ".join(f"{count / n / rate:.2f}" for count, (rate, _) in zip(beyond, TAILS, strict=True))
            lines.append(f"| {name} | {int(n):,} | {np.sqrt(squares / n):.3f} | {rates} |")
    return lines


def world_part(title: str, provinces: list[list[Told]]) -> list[str]:
    """What was told of a world."""
    kinds: dict[str, int] = {}
    for name, count in [item for one in provinces for year in one for item in year.kinds.items()]:
        kinds[name] = kinds.get(name, 0) + count
    n_weeks = len(provinces) * YEARS * YEAR
    n_events = sum(int(year.events.sum()) for one in provinces for year in one)
    n_lower = sum(int(year.events[LEVELS["county"] :].sum()) for one in provinces for year in one)
    parts = [
        f"\n## {title}\n",
        "| level | events | false | FDR | upper 95 % limit | pooled share ± error |",
        "|---|---|---|---|---|---|",
        *fdr_rows(provinces),
    ]
    if any(year.found for one in provinces for year in one):
        parts += ["\n| doublings of | injected | found within three weeks | at the unit itself |", "|---|---|---|---|"]
        parts += found_rows(provinces)
    parts += [
        f"\n{n_events / n_weeks:.2f} new signals a week and province, {n_lower / n_weeks / 60:.4f} a county and week;",
        "by kind: " + (", ".join(f"{name} {count}" for name, count in sorted(kinds.items())) or "none") + ".",
        "\nNormals of units and drugs that no change touches: standard deviation, and how many lie above what one in 20, 100",
        "and 1,000 should, over that rate.\n", "| level | weeks | sd | 0.05 | 0.01 | 0.001 |", "|---|---|---|---|---|---|",
        *tail_rows(provinces),
    ]  # fmt: skip
    return parts


HEAD = """# The budget over a workspace's whole way

Written by `make study NAME=warning_provinces`; do not edit. Budget: "{words}". Seed {seed}.

{provinces} simulated provinces as in [warning_budget.md](warning_budget.md) (10 cities, 60 counties, about 360 sites, {drugs}
drugs, {samples} samples a week, {missing:.0%} missing; a day {day}, batch {batch}, week of all {shared}, site and week {flow}
on the log scale; doublings that last, odd batches, wrong flows), as days of load through `judge_days`, `ask` and `follow`:
settings, offsets, courses and places are the code's own. A year of history, then two years, each judged with the year before
it. Every drug is asked up, down and in scatter, so {columns} columns stand under the budget; rises have half of its share,
drops a quarter, scatter an eighth, and each counts its own events. A reported unit is **true** when, for that drug, a change
at most {still} weeks old lies in it, around it, or is it; a drop is never true. Found: within the week of the change and the
two after it.

FDR: mean over province-years of the share of false events (none: 0). Limit: what no law of shares between 0 and 1 puts the
mean above, by bets (95 %). Pooled: false over all events, error between provinces.
"""


def report(provinces: int = PROVINCES, quiet: int = QUIET_PROVINCES) -> str:
    """The study's page."""
    lines = [HEAD.format(
        words=base.WORDS, seed=SEED, provinces=provinces, drugs=base.DRUGS, samples=base.SAMPLES_A_WEEK, missing=base.MISSING,
        day=base.DAY, batch=base.BATCH, shared=base.SHARED_WEEK, flow=base.FLOW, still=base.STILL_NEWS_WEEKS,
        columns=3 * base.DRUGS,
    )]  # fmt: skip
    main_world = run(World(step=0.03), provinces, SEED)
    lines += world_part(f"{provinces} provinces, levels that wander by 3 % a week", main_world)
    hard = run(World(), quiet, SEED + 1_000)
    lines += world_part(f"{quiet} provinces, levels that wander by 8 % a week", hard)
    nothing = run(World(step=0.03, times=0.0), quiet, SEED + 2_000)
    lines += world_part(f"{quiet} provinces in which nothing happens", nothing)
    seconds = [year.seconds for one in main_world for year in one]
    lines.append(f"\nCPU seconds of a year of a province: {np.median(seconds):.1f} at the median.")
    return "\n".join(lines)


def main() -> None:
    started = time.time()
    text = report(int(os.environ.get("PROVINCES", PROVINCES)))
    used = os.times()
    text += f"\nSeconds: {time.time() - started:.0f} of the clock, {used.user + used.children_user:.0f} of processors.\n"
    print(text)
    REPORT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
