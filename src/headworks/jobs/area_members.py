"""Who is behind a figure of an area: the members of its sum, and the samples behind a member.

Members are found again from the loads of the period, by the same rules as the roll-up; nothing of it is stored.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.core.periods import Period
from headworks.jobs.disclosed import disclose
from headworks.jobs.disclosure import Disclosure
from headworks.jobs.method import method_of
from headworks.store import Manifest, read_facts, read_imports, read_result_of
from headworks.trends.areas.cells import site_cells
from headworks.trends.areas.members import active_entries, grid_of
from headworks.trends.areas.network import Network
from headworks.trends.day_arrays import day_arrays
from headworks.trends.day_spread import day_spread
from headworks.workflows import residue_headings, situation_days
from headworks.workflows.register import Register

Index = npt.NDArray[np.int64]
MEMBERS: dict[str, pl.DataType | type[pl.DataType]] = {
    "analyte": pl.String, "site_id": pl.String, "is_added": pl.Boolean, "held_by": pl.String, "share": pl.Float64,
    "load_mg_per_day": pl.Float64, "least_mg_per_day": pl.Float64, "most_mg_per_day": pl.Float64, "people": pl.Float64,
    "n_days": pl.Int64, "n_quantified": pl.Int64,
}  # fmt: skip
SAMPLES: dict[str, pl.DataType | type[pl.DataType]] = {
    "day": pl.Date, "sample_id": pl.String, "concentration_ng_per_l": pl.Float64, "detection": pl.String,
    "loq_ng_per_l": pl.Float64, "flow_m3_per_day": pl.Float64, "batch_id": pl.String, "load_mg_per_day": pl.Float64,
    "population": pl.Float64,
}  # fmt: skip


def sites_of_area(register: Register, area_id: str) -> list[str]:
    """Sites to which residents of the area drain, sampled or not."""
    entries, sites = _entries(register.network, area_id), _sites_of_units(register.network)
    return sorted({sites[unit] for unit in register.network.unit[entries]})


def _entries(network: Network, area_id: str) -> Index:
    names = network.areas["area_id"].to_list()
    return np.flatnonzero(network.area == names.index(area_id)) if area_id in names else np.zeros(0, dtype=np.int64)


def members_of_area(
    disclosure: Disclosure, run: Manifest, register: Register, area_id: str, period: Period, analytes: list[str]
) -> tuple[pl.DataFrame, dict[str, int]]:
    """Members of an area in a period, found as the roll-up finds them; and by residue the batches of those added.

    Returns
    -------
    tuple
        ``analyte, site_id, is_added, held_by, share``, and the sums of (A2) that the site brings: its load, the least and the
        most it can be, and its people, each times the share; days sampled and quantified. A site that another one downstream
        holds is not added.
    """
    network, entries, sites = register.network, _entries(register.network, area_id), _sites_of_units(register.network)
    days = _days(disclosure, run, register, sites_of_area(register, area_id), period, analytes)
    if days.is_empty() or not entries.size:
        return pl.DataFrame(schema=MEMBERS), {}
    arrays = day_arrays(days)
    cells, _ = site_cells(arrays, day_spread(arrays), network, analytes, {period.kind: frozenset([period.label])})
    frames, n_batches = [pl.DataFrame(schema=MEMBERS)], {}
    for code, analyte in enumerate(analytes):
        grid = grid_of(cells, code, network.n_units, 1)
        added, nested = (mask[:, 0] for mask in active_entries(network, grid.is_present))
        held = _holders(network, grid.is_present[:, 0], sites)
        rows = entries[added[entries] | nested[entries]]
        cell, share = grid.cell[network.unit[rows], 0], network.share[rows]
        mine = pl.DataFrame(
            {
                "analyte": [analyte] * rows.size, "site_id": [sites[unit] for unit in network.unit[rows]],
                "is_added": added[rows],
                "held_by": [None if added[entry] else held.get(int(entry)) for entry in rows],
                "share": share, "load_mg_per_day": cells.middle[cell] * share, "least_mg_per_day": cells.least[cell] * share,
                "most_mg_per_day": cells.most[cell] * share, "people": cells.people[cell] * share,
                "n_days": cells.n_days[cell].astype(np.int64), "n_quantified": cells.n_quantified[cell].astype(np.int64),
            },
            schema=MEMBERS,
        )  # fmt: skip
        frames.append(mine)
        of_added = days.filter(
            (pl.col("analyte") == analyte) & pl.col("site_id").is_in(mine.filter("is_added")["site_id"].implode())
        )
        n_batches[analyte] = of_added["batch_id"].drop_nulls().n_unique()
    return pl.concat(frames), n_batches


def _sites_of_units(network: Network) -> list[str]:
    """The site of every unit."""
    ends = np.append(network.first_unit[1:], network.n_units) if network.first_unit.size else np.zeros(0, dtype=np.int64)
    return [site for site, place in network.site_of.items() for _ in range(int(ends[place] - network.first_unit[place]))]


def _holders(network: Network, present: Any, sites: list[str]) -> dict[int, str]:
    """By entry, a sampled site downstream that holds it."""
    here = present[network.blocker]
    return {int(entry): sites[unit] for entry, unit in zip(network.blocked[here], network.blocker[here], strict=True)}


def _months(run: Manifest, period: Period) -> list[str]:
    """Parts of the loads that hold days of the period."""
    parts = {part: Period.parse(part) for part in run.results["loads"]["parts"]}
    return sorted(part for part, one in parts.items() if one.first <= period.last and one.last >= period.first)


def _days(
    disclosure: Disclosure, run: Manifest, register: Register, sites: list[str], period: Period, analytes: list[str]
) -> pl.DataFrame:
    """Days of the sites in the period, in the parts of the loads that hold them."""
    months = _months(run, period)
    of_them = pl.col("site_id").is_in(sites) & pl.col("analyte").is_in(analytes)
    only = of_them & pl.col("day").is_between(period.first, period.last)
    loads = read_result_of(disclosure.workspace, run, "loads", months, only)
    reported = disclosure.facts("reported_loads").filter(of_them)
    method = method_of(disclosure.workspace)
    headings = residue_headings(method.parameters, loads, reported)
    days = pl.DataFrame(situation_days(loads, reported, register.sites, headings, method.uncertainty))
    inside = pl.col("day").is_between(period.first, period.last)
    return days.filter(inside.fill_null((pl.col("year") == period.first.year) & (period.kind == "year")))


def _loads(disclosure: Disclosure, run: Manifest, sites: list[str], period: Period, analyte: str) -> pl.DataFrame:
    months = _months(run, period)
    only = (
        pl.col("site_id").is_in(sites) & (pl.col("analyte") == analyte) & pl.col("day").is_between(period.first, period.last)
    )
    return read_result_of(disclosure.workspace, run, "loads", months, only)


def _measured(disclosure: Disclosure, samples: pl.DataFrame) -> pl.DataFrame:
    imports = read_imports(disclosure.workspace, disclosure.as_of)
    return read_facts(disclosure.workspace, "measurements", imports=imports, among=samples)


def samples_behind(disclosure: Disclosure, run: Manifest, site: str, period: Period, analyte: str) -> pl.DataFrame:
    """The samples of a site and a residue in a period, down to concentration, flow and batch; for readers who see days."""
    samples = disclosure.facts("samples").filter(pl.col("site_id") == site)
    day = pl.col("collected_from").dt.offset_by(pl.format("{}m", pl.col("utc_offset_min").fill_null(0))).dt.date()
    samples = samples.with_columns(day=day).filter(pl.col("day").is_between(period.first, period.last))
    seen = disclose(disclosure, "samples", samples).frame
    measured = _measured(disclosure, seen.select("sample_id"))
    if measured.is_empty():
        return pl.DataFrame(schema=SAMPLES)
    loads = _loads(disclosure, run, [site], period, analyte).select("day", "load_mg_per_day", "population")
    rows = measured.filter(pl.col("analyte") == analyte).join(
        seen.select("sample_id", "day", "flow_m3_per_day"), on="sample_id", how="inner", maintain_order="left"
    )
    rows = rows.join(loads, on="day", how="left", maintain_order="left").sort("day", "sample_id", "replicate")
    return rows.with_columns(pl.col("detection").cast(pl.String)).select(list(SAMPLES)).cast(pl.Schema(SAMPLES))
