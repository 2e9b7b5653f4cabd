"""What a workspace knows of a plan's scatter: of a site or area and a residue, from the loads of its newest run."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from headworks.core.errors import UsageError
from headworks.core.uncertainty import relative, sigma_log
from headworks.jobs.area_figures import find_area
from headworks.places.catchments import downstream_pairs, independent_members, site_area_people
from headworks.planning.power import Scatter, reference_scatter
from headworks.planning.power.scatter import MOST_NONDETECTS
from headworks.reference import resolve_analyte
from headworks.reference.simulation_levels import simulation_levels
from headworks.store import Workspace, read_facts, read_result_of, require_run
from headworks.workflows.register import newest_code_date, with_ends, with_populations

_FEWEST_PAIRS = 10
_MOST_DAYS_APART = 35
# Fewer results of each kind tell a weekend from chance only where it is very large.
_FEWEST_OF_WEEKEND = 50
_WEEKEND = 6


@dataclass(frozen=True)
class KnownScatter:
    """Scatter, sites and coverage as a workspace shows them, and what was taken from elsewhere."""

    analyte: str
    unit: str
    scatter: Scatter
    n_sites: int
    coverage: float
    notes: tuple[str, ...]


def known_scatter(workspace: Workspace, unit: str, analyte: str) -> KnownScatter:
    """Scatter of a site or area.

    Parameters
    ----------
    unit
        Site id, or an area's id or name.
    analyte
        Residue, by any of its names.

    Raises
    ------
    UsageError
        ``HW-U008`` without a run, ``HW-U015`` for an unknown area, ``HW-U192`` where too few results say how days scatter.
    """
    run = require_run(workspace)
    name = resolve_analyte(analyte)
    members, n_sites, coverage, label, notes = _members(workspace, unit)
    only = (pl.col("analyte") == name) & pl.col("site_id").is_in(members)
    loads = read_result_of(workspace, run, "loads", None, only)
    n_measured = loads["site_id"].n_unique()
    if 0 < n_measured < n_sites:
        notes.append(f"{n_measured} of {n_sites} sites have results; they speak for all.")
    days = _day_variance(loads, name, label)
    is_expected = name in simulation_levels().filter(parameter="day_to_day_sd")["item"].to_list()
    base = reference_scatter(name if is_expected else None)
    weekend = _weekend_ratio(loads)
    notes.append(
        "Correlation and shared variance of days as in the reference" + (", and the weekend." if weekend is None else ".")
    )
    scatter = replace(
        base,
        day_sd=float(relative(float(np.sqrt(days)))),
        weekend_ratio=weekend if weekend is not None else (base.weekend_ratio if is_expected else 1.0),
        u_day=_middle(loads, "u_day"),
        u_batch=_middle(loads, "u_batch"),
        u_site=_middle(loads, "u_site"),
        nondetects=min(
            MOST_NONDETECTS, loads.filter(pl.col("detection").cast(pl.String) != "quantified").height / loads.height
        ),
        samples_per_batch=_batch_size(loads, base.samples_per_batch),
        between_sites=_between(loads, base.between_sites),
    )
    return KnownScatter(name, label, scatter, n_sites, coverage, tuple(notes))


def _members(workspace: Workspace, unit: str) -> tuple[list[str], int, float, str, list[str]]:
    """Sites of the unit that count nobody twice, their number, coverage, the unit's name, and notes."""
    sites = with_populations(read_facts(workspace, "sites"), read_facts(workspace, "populations"))
    if unit in set(sites["site_id"]):
        return [unit], 1, 1.0, unit, []
    areas = with_ends(read_facts(workspace, "areas"))
    area, name = find_area(areas, unit)
    as_of = newest_code_date(areas, read_facts(workspace, "code_changes"))
    people = site_area_people(sites, read_facts(workspace, "site_areas"), areas, as_of)
    members = independent_members(people, downstream_pairs(sites), set(sites["site_id"]), area, as_of)
    if not members:
        raise _too_little(unit, "no site")
    here = people.filter((pl.col("area_id") == area) & pl.col("site_id").is_in(members))
    residents = areas.filter(area_id=area)["population"].drop_nulls()
    if residents.is_empty() or residents[-1] <= 0:
        return members, len(members), 1.0, f"{area} {name}", ["The area's population is not known; taken as covered."]
    coverage = min(1.0, float(here.unique("site_id")["population"].sum()) / float(residents[-1]))
    return members, len(members), coverage, f"{area} {name}", []


def _day_variance(loads: pl.DataFrame, analyte: str, unit: str) -> float:
    """Log-scale variance between days, from successive quantified days of a site, measuring and batches taken off."""
    quantified = loads.filter(pl.col("load_mg_per_day") > 0).sort("site_id", "day")
    log, before = pl.col("load_mg_per_day").log(), pl.col("site_id").shift() == pl.col("site_id")
    pairs = quantified.with_columns(
        _apart=(pl.col("day") - pl.col("day").shift()).dt.total_days(),
        _half=(log - log.shift()) ** 2 / 2,
        _is_other=(pl.col("batch_id") != pl.col("batch_id").shift()).fill_null(value=True),
    ).filter(before & (pl.col("_apart") <= _MOST_DAYS_APART))
    if pairs.height < _FEWEST_PAIRS:
        raise _too_little(unit, f"{pairs.height} pairs of days of {analyte}")
    noise = np.asarray(sigma_log(pairs["u_day"].to_numpy())) ** 2
    noise = noise + np.where(pairs["_is_other"].to_numpy(), np.asarray(sigma_log(pairs["u_batch"].to_numpy())) ** 2, 0.0)
    left = 1.0 - reference_scatter().day_correlation ** pairs["_apart"].to_numpy()
    return max(float((pairs["_half"].to_numpy() - noise).mean() / left.mean()), 0.0)


def _weekend_ratio(loads: pl.DataFrame) -> float | None:
    quantified = loads.filter(pl.col("load_mg_per_day") > 0).with_columns(_log=pl.col("load_mg_per_day").log())
    centred = quantified.with_columns(_log=pl.col("_log") - pl.col("_log").mean().over("site_id"),
                                      _end=pl.col("day").dt.weekday() >= _WEEKEND)  # fmt: skip
    ends, rest = centred.filter("_end")["_log"], centred.filter(~pl.col("_end"))["_log"]
    if min(ends.len(), rest.len()) < _FEWEST_OF_WEEKEND:
        return None
    return float(np.exp(float(ends.mean() or 0.0) - float(rest.mean() or 0.0)))  # type: ignore[arg-type]


def _between(loads: pl.DataFrame, otherwise: float) -> float:
    """Relative spread of the sites' mean per-capita loads."""
    means = loads.group_by("site_id").agg(pl.col("load_mg_per_1000_per_day").mean()).drop_nulls()["load_mg_per_1000_per_day"]
    mean, sd = means.mean(), means.std()
    if means.len() < _FEWEST_PAIRS or not isinstance(mean, float) or not isinstance(sd, float) or mean <= 0:
        return otherwise
    return sd / mean


def _batch_size(loads: pl.DataFrame, otherwise: int) -> int:
    sizes = loads.drop_nulls("batch_id").group_by("batch_id").len()["len"]
    middle = sizes.median()
    return max(1, round(middle)) if isinstance(middle, float) else otherwise


def _middle(loads: pl.DataFrame, column: str) -> float:
    found = loads[column].median()
    return float(found) if isinstance(found, float) else 0.0


def _too_little(unit: str, found: str) -> UsageError:
    return UsageError(
        "Too few results say how days scatter here.",
        where=unit,
        found=found,
        remedy=f"Ask for a larger area, or give --day-sd; at least {_FEWEST_PAIRS} pairs of quantified days, at most "
        f"{_MOST_DAYS_APART} days apart, are needed",
        code="HW-U192",
    )
