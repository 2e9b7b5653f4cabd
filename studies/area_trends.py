"""Do the intervals of trends hold the truth of areas: a week's level, and its change over a quarter?

Provinces of the simulation (nested sites, laboratories with batch biases, registers in error, festivals, seasons, villages of
a few users), sampled in every second week of two years. A level is what lies under the days, so the truth it is held against
is the true load of the area's members over true residents, averaged over seven weeks. Beside it stands what the same weeks
would say if sites were smoothed one by one, without what they share (T23).
"""

from __future__ import annotations

import importlib.util
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from headworks.trends.areas.members import active_entries
from headworks.trends.areas.network import Network
from headworks.workflows import derive_situation, year_trends
from headworks.workflows.register import build_register

N_PROVINCES, N_SITES, SEED = 12, 60, 20_270_000
_ROOT = Path(__file__).parents[1]
_PAGE = _ROOT / "docs" / "studies" / "area_trends.md"
_WEEKS_EITHER_SIDE, _QUARTER = 3, 13
_LEVELS = {1: "province", 2: "city", 3: "county", 4: "town", 5: "village"}


def coverage_study() -> Any:
    """The plan and the method of the other study of simulated provinces."""
    spec = importlib.util.spec_from_file_location("coverage_study", _ROOT / "studies" / "coverage.py")
    assert spec is not None
    assert spec.loader is not None
    study = importlib.util.module_from_spec(spec)
    sys.modules["coverage_study"] = study
    spec.loader.exec_module(study)
    return study


def outcomes_of(seed: int, n_sites: int = N_SITES, *, shared: bool = True) -> pl.DataFrame:
    """A row per area, week and residue: whether level and change hold the truth."""
    study = coverage_study()
    facts, truth = study.facts_of(study.plan_of(seed, n_sites=n_sites))
    groups = year_trends.course_groups
    if not shared:
        year_trends.course_groups = lambda days, network: []  # type: ignore[assignment]
    try:
        trends = derive_situation(facts, study.method()).tables["trends"]
    finally:
        year_trends.course_groups = groups
    network = build_register(facts).network
    weeks = sorted(trends["period"].unique().to_list())
    found = []
    for analyte in trends["analyte"].unique().sort():
        mine = trends.filter(pl.col("analyte") == analyte)
        true = true_levels(network, mine, truth.filter(pl.col("analyte") == analyte), weeks)
        found += _judged(network, mine, true, weeks)
    return pl.DataFrame(found, schema=["level", "in_level", "in_change"], orient="row").with_columns(province=pl.lit(seed))


def true_levels(network: Network, trends: pl.DataFrame, truth: pl.DataFrame, weeks: list[str]) -> np.ndarray:
    """True per-capita load of every area and week over the members the trend counts, averaged over the weeks around."""
    column = {label: at for at, label in enumerate(weeks)}
    present = np.zeros((network.n_units, len(weeks)), dtype=bool)
    for site, period in trends.filter(pl.col("unit_kind") == "site").select("unit_id", "period").rows():
        if site in network.site_of:
            present[network.first_unit[network.site_of[site]], column[period]] = True
    load, people = np.zeros((network.n_units, len(weeks))), np.zeros(network.n_units)
    for site, period, value, residents in truth.select("site_id", "period", "load_mg_per_day", "people").rows():
        if site in network.site_of and period in column:
            unit = network.first_unit[network.site_of[site]]
            load[unit, column[period]], people[unit] = value, residents
    active, _ = active_entries(network, present)
    share = network.share[:, None]
    total = np.add.reduceat(np.where(active, load[network.unit] * share, 0.0), network.start, axis=0)
    heads = np.add.reduceat(np.where(active, people[network.unit][:, None] * share, 0.0), network.start, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = 1e3 * total / heads
    k = _WEEKS_EITHER_SIDE
    wide = np.pad(rate, ((0, 0), (k, k)), constant_values=np.nan)
    stacked = np.stack([wide[:, at : at + rate.shape[1]] for at in range(2 * k + 1)])
    return np.asarray(np.nansum(stacked, axis=0) / np.maximum(np.isfinite(stacked).sum(axis=0), 1))


def _judged(network: Network, trends: pl.DataFrame, true: np.ndarray, weeks: list[str]) -> list[tuple[str, bool, bool | None]]:
    place = {area: row for row, area in enumerate(network.areas["area_id"])}
    level = dict(network.areas.select("area_id", "level").rows())
    column = {label: at for at, label in enumerate(weeks)}
    told = trends.filter((pl.col("unit_kind") == "area") & pl.col("level").is_not_null())
    found = []
    for row in told.to_dicts():
        area, at = place[row["unit_id"]], column[row["period"]]
        now = true[area, at]
        if not now > 0:
            continue
        change = None
        then = true[area, at - _QUARTER] if at >= _QUARTER else np.nan
        if row["quarter_ratio"] is not None and row["n_matched"] == row["n_sites"] and then > 0:
            change = bool(row["quarter_ratio_lower"] <= now / then <= row["quarter_ratio_upper"])
        inside = bool(row["lower_total"] <= now <= row["upper_total"])
        found.append((_LEVELS[level[row["unit_id"]]], inside, change))
    return found


def table_of(outcomes: pl.DataFrame) -> pl.DataFrame:
    """Shares by level of areas, with the Monte Carlo error between provinces."""
    each = outcomes.group_by("level", "province").agg(
        pl.col("in_level").mean(), pl.col("in_change").cast(pl.Float64).mean(), pl.len()
    )
    n = pl.len().sqrt()
    return each.group_by("level").agg(
        n=pl.col("len").sum(), level_held=pl.col("in_level").mean(), level_error=pl.col("in_level").std() / n,
        change_held=pl.col("in_change").mean(), change_error=pl.col("in_change").std() / n,
    ).sort(pl.col("level").replace_strict({name: code for code, name in _LEVELS.items()}))  # fmt: skip


def main() -> None:
    began, tables = time.time(), {}
    for name, shared in (("with what sites share", True), ("site by site", False)):
        found = []
        for number in range(N_PROVINCES):
            found.append(outcomes_of(SEED + number, shared=shared))
            print(f"{name}: {number + 1} of {N_PROVINCES}", file=sys.stderr)
        tables[name] = table_of(pl.concat(found))
    lines = [
        "# Trends of areas: how often intervals hold the truth", "",
        f"{N_PROVINCES} simulated provinces of {N_SITES} sites, two residues, every second week of two years;",
        f"`make study NAME=area_trends`, {time.time() - began:.0f} s. The truth is the true load of the members over true",
        "residents, averaged over seven weeks. In brackets the Monte Carlo error, between provinces.", "",
        "| areas | figures | level held | change over a quarter held | level, site by site | change, site by site |",
        "|---|---|---|---|---|---|",
    ]  # fmt: skip
    joined = tables["with what sites share"].join(tables["site by site"], on="level", suffix="_alone", maintain_order="left")
    lines += [
        f"| {row['level']} | {row['n']:,} | {row['level_held']:.3f} ({row['level_error']:.3f}) | {row['change_held']:.3f} "
        f"({row['change_error']:.3f}) | {row['level_held_alone']:.3f} | {row['change_held_alone']:.3f} |"
        for row in joined.to_dicts()
    ]
    lines += [
        "",
        "Stated are 0.95. Villages of a few users do not follow the model: most of their days are nothing and few are much,",
        "and a level of usual days is not their mean. The changes of towns and cities hold less often than stated: their",
        "sites hang together in ways that a course by county does not tell.",
        "",
    ]
    _PAGE.write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
