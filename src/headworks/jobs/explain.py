"""How a figure of an area was computed: its members, their days, the samples behind them; as far as a tier may see them.

Members are found again from the loads of the period, by the same rules as the roll-up; nothing of it is stored. The trap: the
members of one figure are sites, and a site that may not be shown must not come out by subtraction, so a member is listed only
where its own figure of the period is shown.
"""

from __future__ import annotations

import datetime as dt
import shlex
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from headworks.core.errors import UsageError
from headworks.core.periods import Period
from headworks.jobs.area_figures import area_tables
from headworks.jobs.disclosed import disclose
from headworks.jobs.disclosure import Disclosure
from headworks.jobs.method import method_of
from headworks.jobs.read_table import require_known
from headworks.reports import AreaTables, Computed, Label
from headworks.store import Manifest, Workspace, read_facts, read_imports, read_result_of, require_run
from headworks.trends.areas.cells import site_cells
from headworks.trends.areas.members import active_entries, grid_of
from headworks.trends.areas.network import Network
from headworks.trends.day_arrays import day_arrays
from headworks.trends.day_spread import day_spread
from headworks.workflows import residue_headings, situation_days
from headworks.workflows.register import Register, build_register

_REGISTER = ("sites", "site_areas", "areas", "code_changes", "populations", "therapeutic_use")
_MEMBERS = {
    "analyte": pl.String, "site_id": pl.String, "is_added": pl.Boolean, "held_by": pl.String, "share": pl.Float64,
    "load_mg_per_day": pl.Float64, "least_mg_per_day": pl.Float64, "most_mg_per_day": pl.Float64, "people": pl.Float64,
    "n_days": pl.Int64, "n_quantified": pl.Int64,
}  # fmt: skip
_SAMPLES = {
    "day": pl.Date, "sample_id": pl.String, "concentration_ng_per_l": pl.Float64, "detection": pl.String,
    "loq_ng_per_l": pl.Float64, "flow_m3_per_day": pl.Float64, "batch_id": pl.String, "load_mg_per_day": pl.Float64,
    "population": pl.Float64,
}  # fmt: skip


def how_computed(
    workspace: Workspace,
    area_id: str,
    period: str,
    analyte: str,
    tier: str = "public",
    *,
    site: str | None = None,
    as_of: dt.datetime | None = None,
) -> Computed:
    """How the figure of an area, a period and a residue was computed.

    Parameters
    ----------
    area_id
        Code of the area.
    period
        Label, such as 2025-Q1.
    analyte
        Residue.
    tier
        Who asks.
    site
        Whose samples are listed; the member with the largest load when None.
    as_of
        Results as published by then.

    Raises
    ------
    UsageError
        ``HW-U004`` for an unknown tier, ``HW-U008`` without results, ``HW-U012`` for a residue without figures, ``HW-U015`` for
        an area whose code is not used.
    """
    disclosure = Disclosure(workspace, tier, as_of)
    disclosure.rule  # noqa: B018  an unknown tier is refused before anything is read
    run = require_run(workspace, as_of)
    about = Period.parse(period)
    made = area_tables(disclosure, run, area_id, about)
    pairs = pl.concat([frame.select(pl.col("analyte", "drug").cast(pl.String)) for frame in (made.loads, made.withheld)])
    known = sorted(pairs["analyte"].unique().to_list())
    if known:
        require_known("residue", analyte, known)
    return computed_of_area(disclosure, run, made, about, [analyte], site).get(analyte) or _nothing(
        disclosure, run, made, about, (analyte, ""), {}
    )


def residue_of(workspace: Workspace, area_id: str, period: str, said: str, as_of: dt.datetime | None = None) -> str:
    """The residue that a name means: itself, or the one that stands for a drug of that heading.

    Raises
    ------
    UsageError
        ``HW-U012`` when no figure of the area stands under the name.
    """
    disclosure = Disclosure(workspace, "steward", as_of)
    made = area_tables(disclosure, require_run(workspace, as_of), area_id, Period.parse(period))
    headings = made.loads.select(pl.col("drug", "analyte").cast(pl.String)).unique().sort("drug", "analyte")
    named = {**{analyte: analyte for analyte in headings["analyte"]}, **dict(headings.rows())}
    require_known("drug or residue", said, list(named))
    return str(named[said])


def computed_of_area(
    disclosure: Disclosure,
    run: Manifest,
    made: AreaTables,
    period: Period,
    analytes: list[str] | None = None,
    site: str | None = None,
) -> dict[str, Computed]:
    """How the figures of the focus were computed, by residue; of a withheld figure only that it is."""
    if made.focus is None:
        return {}
    own = made.loads.filter(pl.col("area_id") == made.focus)
    hidden = made.withheld.filter(pl.col("area_id") == made.focus)
    if analytes is not None:
        own, hidden = (frame.filter(pl.col("analyte").is_in(analytes)) for frame in (own, hidden))
    found = {
        row["analyte"]: _nothing(disclosure, run, made, period, (row["analyte"], row["drug"]), {}, is_withheld=True)
        for row in hidden.to_dicts()
    }
    if own.is_empty():
        return found
    register = build_register({name: disclosure.facts(name) for name in _REGISTER})
    members = members_of_area(disclosure, run, register, made.focus, period, own["analyte"].to_list())
    labels = disclosure.facts("sites").select("site_id", label=pl.coalesce("name", "site_id"))
    members = members.join(labels, on="site_id", how="left", maintain_order="left")
    shown = disclose(
        disclosure, "period_means", members.select("site_id").unique().with_columns(period=pl.lit(period.label))
    ).frame["site_id"]
    for row in own.to_dicts():
        mine = members.filter(pl.col("analyte") == row["analyte"])
        found[row["analyte"]] = _computed(disclosure, run, made, period, row, mine, shown, site)
    return found


def members_of_area(
    disclosure: Disclosure, run: Manifest, register: Register, area_id: str, period: Period, analytes: list[str]
) -> pl.DataFrame:
    """Members of an area in a period, found as the roll-up finds them.

    Returns
    -------
    pl.DataFrame
        ``analyte, site_id, is_added, held_by, share``, and the sums of (A2) that the site brings: its load, the least and the
        most it can be, and its people, each times the share; days sampled and quantified. A site that another one downstream
        holds is not added.
    """
    network = register.network
    place = network.areas["area_id"].to_list().index(area_id) if area_id in network.areas["area_id"].to_list() else -1
    entries = np.flatnonzero(network.area == place)
    sites = _sites_of_units(network)
    wanted = sorted({sites[unit] for unit in network.unit[entries]})
    days = _days(disclosure, run, register, wanted, period, analytes)
    if days.is_empty() or not entries.size:
        return pl.DataFrame(schema=_MEMBERS)
    arrays = day_arrays(days)
    cells, _ = site_cells(arrays, day_spread(arrays), network, analytes, {period.kind: frozenset([period.label])})
    frames = [pl.DataFrame(schema=_MEMBERS)]
    for code, analyte in enumerate(analytes):
        grid = grid_of(cells, code, network.n_units, 1)
        added, nested = active_entries(network, grid.is_present)
        held = _holders(network, grid.is_present[:, 0], sites)
        rows = [entry for entry in entries if added[entry, 0] or nested[entry, 0]]
        for entry in rows:
            cell, share = grid.cell[network.unit[entry], 0], float(network.share[entry])
            frames.append(pl.DataFrame({
                "analyte": [analyte], "site_id": [sites[network.unit[entry]]], "is_added": [bool(added[entry, 0])],
                "held_by": [None if added[entry, 0] else held.get(int(entry))], "share": [share],
                "load_mg_per_day": [float(cells.middle[cell]) * share], "least_mg_per_day": [float(cells.least[cell]) * share],
                "most_mg_per_day": [float(cells.most[cell]) * share], "people": [float(cells.people[cell]) * share],
                "n_days": [int(cells.n_days[cell])], "n_quantified": [int(cells.n_quantified[cell])],
            }, schema=_MEMBERS))  # fmt: skip
    return pl.concat(frames)


def _sites_of_units(network: Network) -> list[str]:
    """The site of every unit."""
    ends = np.append(network.first_unit[1:], network.n_units) if network.first_unit.size else np.zeros(0, dtype=np.int64)
    return [site for site, place in network.site_of.items() for _ in range(int(ends[place] - network.first_unit[place]))]


def _holders(network: Network, present: Any, sites: list[str]) -> dict[int, str]:
    """By entry, a sampled site downstream that holds it."""
    here = present[network.blocker]
    return {int(entry): sites[unit] for entry, unit in zip(network.blocked[here], network.blocker[here], strict=True)}


def _days(
    disclosure: Disclosure, run: Manifest, register: Register, sites: list[str], period: Period, analytes: list[str]
) -> pl.DataFrame:
    """Days of the sites in the period, in the parts of the loads that hold them."""
    months = [
        part for part in run.results["loads"]["parts"]
        if Period.parse(part).first <= period.last and Period.parse(part).last >= period.first
    ]  # fmt: skip
    of_them = pl.col("site_id").is_in(sites) & pl.col("analyte").is_in(analytes)
    only = of_them & pl.col("day").is_between(period.first, period.last)
    loads = read_result_of(disclosure.workspace, run, "loads", sorted(months), only)
    reported = disclosure.facts("reported_loads").filter(of_them)
    method = method_of(disclosure.workspace)
    headings = residue_headings(method.parameters, loads, reported)
    days = pl.DataFrame(situation_days(loads, reported, register.sites, headings, method.uncertainty))
    inside = pl.col("day").is_between(period.first, period.last)
    return days.filter(inside.fill_null((pl.col("year") == period.first.year) & (period.kind == "year")))


def _nothing(
    disclosure: Disclosure,
    run: Manifest,
    made: AreaTables,
    period: Period,
    names: tuple[str, str],
    figure: dict[str, Any],
    *,
    is_withheld: bool = False,
) -> Computed:
    named = made.tree.filter(pl.col("area_id") == made.focus)
    english, chinese = named.select(pl.coalesce("name_en", "name_zh", "area_id"), "name_zh").row(0)
    return Computed(
        area_id=str(made.focus), area_name=Label(english, chinese), period=period.label, analyte=names[0], drug=names[1], tier=disclosure.tier,
        figure=figure, members=pl.DataFrame(schema=_MEMBERS), nested=pl.DataFrame(schema=_MEMBERS), n_members=0, n_nested=0,
        n_batches=0, samples=pl.DataFrame(schema=_SAMPLES), sampled_site="", consumption={}, change={}, run_id=run.run_id,
        parameter_set=run.parameter_set, commands=_commands(disclosure, made, period, names[0]), is_withheld=is_withheld,
    )  # fmt: skip


def _commands(disclosure: Disclosure, made: AreaTables, period: Period, analyte: str) -> dict[str, str]:
    here = shlex.quote(str(disclosure.workspace.path))
    about = f"--area {shlex.quote(str(made.focus))} --period {period.label} --drug {shlex.quote(analyte)}"
    return {
        "this": f"headworks explain {here} {about} --tier {disclosure.tier}",
        "samples": f"headworks explain {here} {about} --tier analyst --site SITE",
    }


def _computed(
    disclosure: Disclosure,
    run: Manifest,
    made: AreaTables,
    period: Period,
    figure: dict[str, Any],
    members: pl.DataFrame,
    shown: pl.Series,
    site: str | None,
) -> Computed:
    analyte, drug = str(figure["analyte"]), str(figure["drug"])
    added = members.filter("is_added").sort(["load_mg_per_day", "site_id"], descending=[True, False])
    nested = members.filter(~pl.col("is_added"))
    seen = added.filter(pl.col("site_id").is_in(shown.implode()))
    seen_nested = nested.filter(pl.col("site_id").is_in(shown.implode()) & pl.col("held_by").is_in(shown.implode()))
    if site is not None and site not in seen["site_id"]:
        raise UsageError(
            "This site is no member of the figure, or may not be shown.", found=site,
            remedy="Use one of " + (", ".join(seen["site_id"].head(12)) or "none: ask as analyst or steward"), code="HW-U063",
        )  # fmt: skip
    sampled = site or (str(seen["site_id"][0]) if seen.height else "")
    samples = samples_behind(disclosure, run, sampled, period, analyte) if sampled else pl.DataFrame(schema=_SAMPLES)
    used = made.consumption.filter((pl.col("area_id") == made.focus) & (pl.col("drug") == drug))
    change = made.changes.filter((pl.col("area_id") == made.focus) & (pl.col("analyte") == analyte))
    return replace(
        _nothing(disclosure, run, made, period, (analyte, drug), figure),
        members=seen,
        nested=seen_nested,
        n_members=added.height,
        n_nested=nested.height,
        n_batches=_batches(disclosure, run, added["site_id"].to_list(), period, analyte),
        samples=samples,
        sampled_site=sampled,
        consumption=used.row(0, named=True) if used.height else {},
        change=change.row(0, named=True) if change.height else {},
    )


def _loads(disclosure: Disclosure, run: Manifest, sites: list[str], period: Period, analyte: str) -> pl.DataFrame:
    months = sorted(
        part for part in run.results["loads"]["parts"]
        if Period.parse(part).first <= period.last and Period.parse(part).last >= period.first
    )  # fmt: skip
    only = pl.col("site_id").is_in(sites) & (pl.col("analyte") == analyte) & pl.col("day").is_between(period.first, period.last)
    return read_result_of(disclosure.workspace, run, "loads", months, only)


def _batches(disclosure: Disclosure, run: Manifest, sites: list[str], period: Period, analyte: str) -> int:
    return _loads(disclosure, run, sites, period, analyte)["batch_id"].n_unique()


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
        return pl.DataFrame(schema=_SAMPLES)
    loads = _loads(disclosure, run, [site], period, analyte).select("day", "load_mg_per_day", "population")
    rows = measured.filter(pl.col("analyte") == analyte).join(
        seen.select("sample_id", "day", "flow_m3_per_day"), on="sample_id", how="inner", maintain_order="left"
    )
    rows = rows.join(loads, on="day", how="left", maintain_order="left").sort("day", "sample_id", "replicate")
    return rows.with_columns(pl.col("detection").cast(pl.String)).select(list(_SAMPLES)).cast(dict(_SAMPLES))
