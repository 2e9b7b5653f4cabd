"""Do intervals of site weeks, county quarters, the province year and year-on-year changes hold the truth 95 times in 100?

Small provinces are simulated (real codes, nested catchments, laboratories with batch biases, registers in error, days that
differ), sampled in every second week of two years, and computed by the code of ``headworks run``. The truth of an area is that
of the sites that were added, over all calendar days of the period and their true residents. Beside our intervals stand the
naive ones, which take every error as drawn anew for every sample.

Read with it: the interval speaks for the covered part of an area; errors are as large as the laboratory and register say.
For levels the naive interval fails, worst where most is summed: batches and registers do not average out. For changes it
does no harm here, because what it forgets (the registers) cancels and the batches of two years are many.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from headworks.core.periods import Period
from headworks.core.schema import polars_schema
from headworks.core.uncertainty import coverage_factor
from headworks.planning import SimulationPlan, simulate_province
from headworks.reference import read_set, uncertainty_defaults, week_conventions
from headworks.tables import FACTS, SHELF
from headworks.trends.areas.cells import Cells, site_cells
from headworks.trends.areas.members import active_entries, grid_of, sum_members
from headworks.trends.areas.network import Network
from headworks.trends.areas.roll_up import headings_of, labels_by_kind
from headworks.trends.day_arrays import day_arrays
from headworks.trends.day_spread import day_spread
from headworks.workflows import Method, derive_situation, residue_headings, situation_days
from headworks.workflows.register import build_register

N_PROVINCES = 200
N_SITES = 150
YEARS = ("2025", "2026")
START = dt.date(2024, 12, 30)
SEED = 20_260_000
_PAGE = Path(__file__).parents[1] / "docs" / "studies" / "coverage.md"
_LEVEL = 0.95


class Outcome(NamedTuple):
    """One figure: what it is, whether ours and the naive interval hold the truth, relative width of ours, misses above."""

    figure: str
    ours: bool
    naive: bool
    width: float
    above: bool


def plan_of(seed: int, n_sites: int = N_SITES, province: str = "44") -> SimulationPlan:
    """Two years, a sample of every site in every second week, two residues, no planted events."""
    return SimulationPlan(
        province=province, n_sites=n_sites, n_weeks=105, every_weeks=2, n_analytes=2, seed=seed, start=START, events=False
    )


def method() -> Method:
    """The shipped method."""
    conventions = week_conventions().with_columns(
        pl.col("weekday_days", "weekend_days").cast(pl.List(pl.String)).list.join(";")
    )
    return Method(read_set(), dict(uncertainty_defaults().select("parameter", "rsd").rows()), conventions)


def facts_of(plan: SimulationPlan) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """Every fact table, and the truth by site and period."""
    province = simulate_province(plan)
    empty = {name: pl.DataFrame(schema=polars_schema(SHELF[name].schema)) for name in FACTS}
    return empty | province.facts, province.truth["site_periods"].with_columns(pl.col("period_kind").cast(pl.String))


def outcomes_of(plan: SimulationPlan) -> list[Outcome]:
    """Every figure of one simulated province that the study counts."""
    facts, truth = facts_of(plan)
    tables = derive_situation(facts, method()).tables
    return [*site_weeks(tables, truth), *area_figures(facts, tables, truth)]


def site_weeks(tables: dict[str, pl.DataFrame], truth: pl.DataFrame) -> list[Outcome]:
    """Weeks of single sites with a quantified day, per capita."""
    means = tables["period_means"].filter(pl.col("period_kind").cast(pl.String) == "week", pl.col("mean").is_not_null())
    joined = means.join(truth, on=["site_id", "period", "analyte"], how="inner", suffix="_true")
    true = pl.col("load_mg_per_1000_per_day")
    z = coverage_factor(_LEVEL)
    # The naive reader takes the stated errors of the measurement for all there is.
    k = (z * (pl.col("u_day") ** 2 + pl.col("u_batch") ** 2 + pl.col("u_site") ** 2).sqrt()).exp()
    shown = joined.select(
        ours=true.is_between(pl.col("lower_total"), pl.col("upper_total")),
        naive=true.is_between(pl.col("mean") / k, pl.col("mean") * k),
        width=(pl.col("upper_total") - pl.col("lower_total")) / pl.col("mean"),
        above=true > pl.col("upper_total"),
    )
    return [Outcome("site week", *row) for row in shown.rows()]


def area_figures(facts: dict[str, pl.DataFrame], tables: dict[str, pl.DataFrame], truth: pl.DataFrame) -> list[Outcome]:
    """County quarters and the province's years, and their changes from one year to the next."""
    register = build_register(facts)
    headings = residue_headings(method().parameters, tables["loads"])
    days = situation_days(tables["loads"], facts["reported_loads"], register.sites, headings, method().uncertainty)
    arrays = day_arrays(days)
    wanted = frozenset(f"{year}{part}" for year in YEARS for part in ("", "-Q1", "-Q2", "-Q3", "-Q4"))
    analytes, _ = headings_of(arrays)
    cells, periods = site_cells(arrays, day_spread(arrays), register.network, analytes, labels_by_kind(wanted))
    found = []
    for code, analyte in enumerate(analytes):
        found += _of_one(cells, code, analyte, register.network, periods, tables, truth)
    return found


def _of_one(
    cells: Cells,
    code: int,
    analyte: str,
    network: Network,
    periods: list[str],
    tables: dict[str, pl.DataFrame],
    truth: pl.DataFrame,
) -> list[Outcome]:
    grid = grid_of(cells, code, network.n_units, len(periods))
    active, nested = active_entries(network, grid.is_present)
    sums = sum_members(network, grid, active, nested)
    true_load, true_people = _true_on_grid(network, truth.filter(analyte=analyte), periods)
    naive_sd = np.sqrt(_naive_variance(network, cells, grid, active)) / np.maximum(sums.middle, 1e-12)
    shown = tables["area_loads"].filter(analyte=analyte)
    changed = tables["area_changes"].filter(analyte=analyte)
    place = {area: row for row, area in enumerate(network.areas["area_id"])}
    column = {label: at for at, label in enumerate(periods)}
    z, found = coverage_factor(_LEVEL), []

    def true_of(mask: np.ndarray, at: int, area: int) -> float:
        rows = np.flatnonzero((network.area == area) & mask)
        share = network.share[rows]
        load, people = true_load[network.unit[rows], at], true_people[network.unit[rows]]
        return float(1e3 * (share * load).sum() / (share * people).sum())

    for row in shown.filter(pl.col("period").is_in(periods), pl.col("load_mg_per_1000_per_day").is_not_null()).to_dicts():
        name = _figure(row)
        if name:
            area, at = place[row["area_id"]], column[row["period"]]
            true, value = true_of(active[:, at], at, area), row["load_mg_per_1000_per_day"]
            k = np.exp(z * naive_sd[area, at])
            ours = row["lower"] <= true <= row["upper"]
            found.append(
                Outcome(name, ours, value / k <= true <= value * k, (row["upper"] - row["lower"]) / value, true > row["upper"])
            )
    for row in changed.filter(pl.col("ratio").is_not_null()).to_dicts():
        name = _figure(row | {"level": int(network.areas["level"][place[row["area_id"]]])})
        if name and row["period"] in column and row["previous_period"] in column:
            area, at, before = place[row["area_id"]], column[row["period"]], column[row["previous_period"]]
            mask = active[:, at] & active[:, before]
            true = true_of(mask, at, area) / true_of(mask, before, area)
            k = np.exp(z * np.hypot(naive_sd[area, at], naive_sd[area, before]))
            ours = row["ratio_lower"] <= true <= (row["ratio_upper"] or np.inf)
            width = ((row["ratio_upper"] or np.inf) - row["ratio_lower"]) / row["ratio"]
            found.append(
                Outcome(
                    f"change, {name}",
                    ours,
                    row["ratio"] / k <= true <= row["ratio"] * k,
                    width,
                    true > (row["ratio_upper"] or np.inf),
                )
            )
    return found


def _figure(row: dict[str, object]) -> str:
    kind = Period.parse(str(row["period"])).kind
    return {(3, "quarter"): "county quarter", (1, "year"): "province year"}.get((row["level"], kind), "")


def _true_on_grid(network: Network, truth: pl.DataFrame, periods: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """True load of every unit and period, mg/d, and its true residents."""
    load, people = np.zeros((network.n_units, len(periods))), np.zeros(network.n_units)
    column = {label: at for at, label in enumerate(periods)}
    for site, period, value, residents in truth.select("site_id", "period", "load_mg_per_day", "people").rows():
        if period in column and site in network.site_of:
            unit = network.first_unit[network.site_of[site]]
            load[unit, column[period]], people[unit] = value, residents
    return load, people


def _naive_variance(network: Network, cells: Cells, grid, active: np.ndarray) -> np.ndarray:
    """Every error drawn anew for every sample: its variance averages out over all of them."""
    each = cells.day_amount**2 * cells.day_u2
    batch = np.bincount(cells.day_cell, each, cells.unit.size)
    site = np.bincount(cells.day_cell, cells.day_amount**2, cells.unit.size) * cells.u2_site
    total = grid.dense(cells.variance + batch + site)[network.unit] * network.share[:, None] ** 2
    return np.add.reduceat(np.where(active, total, 0.0), network.start, axis=0)


def table_of(outcomes: list[list[Outcome]]) -> pl.DataFrame:
    """Coverage by figure; the Monte Carlo error counts provinces, for the figures of one province hang together."""
    rows = []
    for name in sorted({one.figure for province in outcomes for one in province}):
        by_province = [[one for one in province if one.figure == name] for province in outcomes]
        by_province = [province for province in by_province if province]
        each = np.array([np.mean([one.ours for one in province]) for province in by_province])
        flat = [one for province in by_province for one in province]
        rows.append(
            {
                "figure": name,
                "n": len(flat),
                "coverage": np.mean([one.ours for one in flat]),
                "mc_error": each.std(ddof=1) / np.sqrt(each.size),
                "truth_above": np.mean([one.above for one in flat]),
                "naive": np.mean([one.naive for one in flat]),
                "median_width": np.median([one.width for one in flat]),
            }
        )
    return pl.DataFrame(rows)


def main(n_provinces: int = N_PROVINCES) -> None:
    began = time.time()
    outcomes = []
    for number in range(n_provinces):
        outcomes.append(outcomes_of(plan_of(SEED + number)))
        print(f"{number + 1} of {n_provinces}", file=sys.stderr)
    found = table_of(outcomes)
    lines = [
        "# Coverage of site weeks, county quarters, the province year and their changes",
        "",
        *(__doc__ or "").strip().splitlines(),
        "",
        f"{n_provinces} provinces of {N_SITES} sites, seeds {SEED} to {SEED + n_provinces - 1}; `make study NAME=coverage`.",
        "",
        "| figure | n | 95 % interval covers | Monte Carlo error | truth above | naive covers | median width |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {row['figure']} | {row['n']:,} | {row['coverage']:.3f} | {row['mc_error']:.3f} | {row['truth_above']:.3f} "
        f"| {row['naive']:.3f} | {row['median_width']:.2f} |"
        for row in found.to_dicts()
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    print(f"{time.time() - began:.0f} s", file=sys.stderr)
    if n_provinces >= N_PROVINCES:
        _PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else N_PROVINCES)
