r"""The load of every area and period: a sum over independent catchments, with an interval that respects what errors share.

    r = 1000 L / P,    s^2 = s_day^2 + s_batch^2 + s_site^2,    s_day^2 = -ln(1 - R_day),  s_batch^2 = ln(1 + R_batch),
    s_site^2 = ln(1 + R_site)                                                                              (A3)

    bounds = r exp((s_day^2 + s_batch^2 - s_site^2) / 2 -+ t s)                                            (A4)

``R`` are the relative variances of (A2), ``t`` Student's with the degrees of freedom of Welch and Satterthwaite. The
exponent's first term turns errors of mean one into medians; it is nothing for a province and half a per cent for a site. The
lower bound starts from the least and the upper from the most that censored members can be.

The trap: the figure speaks for the part of the area that was sampled. ``coverage`` says how much that is; nothing is filled.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.core.periods import Period, PeriodKind
from headworks.core.schema import polars_schema
from headworks.tables.areas import AreaLoads
from headworks.tables.trends import PERIOD_KINDS
from headworks.trends.areas.cells import site_cells
from headworks.trends.areas.members import Sums, active_entries, errors_by_batch, grid_of, sum_members
from headworks.trends.areas.network import Network
from headworks.trends.day_arrays import DayArrays
from headworks.trends.day_spread import DaySpread
from headworks.trends.mean_interval import t_quantile

Array = npt.NDArray[np.float64]
_MOST_DEGREES = 1e8
_PER_1000 = 1e3
# Where more than this of the most a load can be rests on limits, only the bounds are told.
_MOST_CENSORED = 0.5


def sigma_by_scope(sums: Sums) -> tuple[Array, Array, Array]:
    """Log-scale standard deviations of the per-capita load from days, batches and sites (A3)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        day = np.where(sums.middle > 0, sums.variance / sums.middle**2, 0.0)
        batch = np.where(sums.middle > 0, sums.batch / sums.middle**2, 0.0)
        site = np.where(sums.people > 0, sums.site / sums.people**2, 0.0)
    return np.sqrt(-np.log1p(-np.minimum(day, 0.999))), np.sqrt(np.log1p(batch)), np.sqrt(np.log1p(site))


def degrees_of_freedom(sums: Sums, sigmas: tuple[Array, Array, Array]) -> Array:
    """Of the whole interval: only the spread between days is estimated."""
    with np.errstate(divide="ignore", invalid="ignore"):
        of_days = np.where(sums.variance_df > 0, sums.variance**2 / sums.variance_df, _MOST_DEGREES)
        day = sigmas[0] ** 2
        whole = day + sigmas[1] ** 2 + sigmas[2] ** 2
        result: Array = np.where(day > 0, of_days * (whole / day) ** 2, _MOST_DEGREES)
    return np.minimum(np.nan_to_num(result, nan=_MOST_DEGREES), _MOST_DEGREES)


def interval_bounds(sums: Sums, sigmas: tuple[Array, Array, Array], level: float) -> tuple[Array, Array]:
    """Bounds of the per-capita load (A4), mg/d per 1,000 people."""
    day, batch, site = (sigma**2 for sigma in sigmas)
    shift = (day + batch - site) / 2
    freedom = degrees_of_freedom(sums, sigmas)
    half = t_quantile(freedom.ravel(), level).reshape(freedom.shape) * np.sqrt(day + batch + site)
    with np.errstate(divide="ignore", invalid="ignore"):
        least, most = _PER_1000 * sums.least / sums.people, _PER_1000 * sums.most / sums.people
    seen = sums.n_quantified > 0
    lower = np.where(seen, np.minimum(least * np.exp(shift - half), least), 0.0)
    return lower, np.maximum(most * np.exp(np.where(seen, shift, 0.0) + half), most)


def area_loads_of(
    days: DayArrays,
    spread: DaySpread,
    network: Network,
    only: frozenset[str] | None = None,
    *,
    level: float = 0.95,
) -> pl.DataFrame:
    """Loads of all areas, periods and residues.

    Parameters
    ----------
    days, spread
        Per-capita loads and their spread.
    network
        Units, entries and areas.
    only
        Labels of periods wanted; None for all.
    level
        Coverage of the bounds.

    Returns
    -------
    pl.DataFrame
        Keeps the promise of ``area_loads``; in order of area, period and residue within level.
    """
    analytes, headings = headings_of(days)
    cells, periods = site_cells(days, spread, network, analytes, labels_by_kind(only))
    frames: list[pl.DataFrame] = [AreaLoads.create_empty()]
    if network.unit.size and cells.unit.size:
        errors = errors_by_batch(cells)
        for code, name in enumerate(analytes):
            grid = grid_of(cells, code, network.n_units, len(periods), errors)
            sums = sum_members(network, grid, *active_entries(network, grid.is_present))
            frames.append(_frame(sums, network, periods, name, headings[name], level))
    return pl.concat(frames)


def labels_by_kind(only: frozenset[str] | None) -> dict[PeriodKind, frozenset[str] | None]:
    """Labels wanted by kind of period; None for all of a kind."""
    if only is None:
        return dict.fromkeys(PERIOD_KINDS)  # type: ignore[arg-type]
    kinds: dict[PeriodKind, frozenset[str] | None] = {}
    for kind in PERIOD_KINDS:
        kinds[kind] = frozenset(label for label in only if Period.parse(label).kind == kind)  # type: ignore[index]
    return kinds


def headings_of(days: DayArrays) -> tuple[list[str], dict[str, str]]:
    """The residues in order, and the heading of each."""
    pairs = days.series.select("analyte", "drug").unique().sort("analyte", "drug").rows()
    return sorted({analyte for analyte, _ in pairs}), dict(reversed(pairs))


def _frame(sums: Sums, network: Network, periods: list[str], analyte: str, drug: str, level: float) -> pl.DataFrame:
    area, period = np.nonzero(sums.n_sites > 0)
    found = Sums(*(field[area, period] for field in sums))
    sigmas = sigma_by_scope(found)
    lower, upper = interval_bounds(found, sigmas, level)
    seen = found.n_quantified > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        censored = np.where(found.most > 0, 1.0 - found.least / found.most, 0.0)
        load = np.where(seen & (censored <= _MOST_CENSORED), found.middle, np.nan)
        per_1000 = _PER_1000 * load / found.people
    detection = np.where(seen, "quantified", np.where(found.n_not_detected == found.n_days, "not_detected", "below_loq"))
    labels = pl.Series("period", periods, dtype=pl.String)[period]
    kinds = pl.Series("period_kind", [Period.parse(label).kind for label in periods], dtype=pl.String)[period]
    u_day, u_batch, u_site = (np.sqrt(np.expm1(sigma**2)) for sigma in sigmas)
    frame = (
        network.areas[area]
        .select("area_id", "level", "area_population")
        .with_columns(
            labels,
            kinds,
            analyte=pl.lit(analyte),
            drug=pl.lit(drug),
            detection=pl.Series(detection, dtype=pl.String),
            load_mg_per_day=pl.Series(load),
            least_mg_per_day=pl.Series(found.least),
            most_mg_per_day=pl.Series(found.most),
            load_mg_per_1000_per_day=pl.Series(per_1000),
            lower=pl.Series(lower),
            upper=pl.Series(upper),
            share_censored=pl.Series(censored),
            population=pl.Series(found.people),
            n_sites=pl.Series(found.n_sites),
            n_nested=pl.Series(found.n_nested),
            n_days=pl.Series(found.n_days),
            largest_share=pl.Series(np.minimum(found.largest / found.people, 1.0)),
            u_day=pl.Series(u_day),
            u_batch=pl.Series(u_batch),
            u_site=pl.Series(u_site),
        )
    )
    people = pl.col("area_population")
    frame = frame.with_columns(
        pl.col(pl.Float64).fill_nan(None), coverage=pl.when(people > 0).then(pl.col("population") / people)
    )
    return frame.select(AreaLoads.column_names()).cast(pl.Schema(polars_schema(AreaLoads)))
