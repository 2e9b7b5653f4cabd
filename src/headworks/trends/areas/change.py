r"""What changed in an area from a period to the one a year later, over the sites that were sampled in both.

    ln rho = ln(r_1 / r_0) + shift,
    s^2 = s_day,1^2 + s_day,0^2 + s_batch,1^2 + s_batch,0^2 + sum_i (w_1i - w_0i)^2 u_i^2                  (A5)

``w_i`` is a site's share of the people; a site whose people did not change has the same share in both periods, and the error
of its register cancels. So does everything else that the two figures share: the excretion factor is in neither.

The trap: a change over *different* sites is a change of sites. Only matched ones enter, and the row says how many residents
that is.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import stdtr

from headworks.core.periods import Period
from headworks.core.schema import polars_schema
from headworks.tables.areas import AreaChanges
from headworks.trends.areas.cells import site_cells
from headworks.trends.areas.members import Grid, Mask, Sums, active_entries, errors_by_batch, grid_of, sum_members
from headworks.trends.areas.network import Network
from headworks.trends.areas.roll_up import headings_of, labels_by_kind, sigma_by_scope
from headworks.trends.day_arrays import DayArrays, labels_of
from headworks.trends.day_spread import DaySpread
from headworks.trends.mean_interval import t_quantile

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
_MOST_DEGREES = 1e8
_PER_1000 = 1e3


def area_changes_of(
    days: DayArrays,
    spread: DaySpread,
    network: Network,
    periods: frozenset[str],
    *,
    level: float = 0.95,
) -> pl.DataFrame:
    """Changes of all areas and residues to the later periods wanted (weeks are passed over).

    Parameters
    ----------
    days, spread, network
        As for ``area_loads_of``; the days of both years.
    periods
        Labels of the later periods.
    level
        Coverage of the bounds.

    Returns
    -------
    pl.DataFrame
        Keeps the promise of ``area_changes``; a row where at least one site was sampled in both periods.
    """
    before = _with_a_year_before(days, periods)
    later = sorted(before)
    frames: list[pl.DataFrame] = [AreaChanges.create_empty()]
    if not later:
        return frames[0]
    analytes, headings = headings_of(days)
    kinds = labels_by_kind(frozenset(later) | frozenset(before.values()))
    cells, found = site_cells(days, spread, network, analytes, kinds)
    place = {label: code for code, label in enumerate(found)}
    pairs = [(place[one], place[before[one]]) for one in later if one in place and before[one] in place]
    if pairs and network.unit.size and cells.unit.size:
        now, then = (np.array(side, dtype=np.int64) for side in zip(*pairs, strict=True))
        errors = errors_by_batch(cells)
        for code, name in enumerate(analytes):
            grid = grid_of(cells, code, network.n_units, len(found), errors)
            frames.append(_changes_of_one(grid, network, found, now, then, (name, headings[name]), level))
    return pl.concat(frames)


def _with_a_year_before(days: DayArrays, periods: frozenset[str]) -> dict[str, str]:
    """Of the periods longer than a week those that have days a year before, and these earlier periods."""
    kinds = {label: Period.parse(label) for label in periods}
    known = {label for kind in {one.kind for one in kinds.values()} - {"week"} for label in labels_of(days, kind)}
    before = {label: period.a_year_before().label for label, period in kinds.items() if period.kind != "week"}
    return {label: earlier for label, earlier in before.items() if earlier in known}


def _changes_of_one(
    grid: Grid,
    network: Network,
    periods: list[str],
    now: Index,
    then: Index,
    names: tuple[str, str],
    level: float,
) -> pl.DataFrame:
    active, _ = active_entries(network, grid.is_present)
    matched = active[:, now] & active[:, then]
    if not matched.any():
        return AreaChanges.create_empty()
    later, earlier = _at_both(network, grid, matched, (now, then))
    area, pair = np.nonzero(later.n_sites > 0)
    site = _site_variance(network, grid, matched, (now, then), (later, earlier))[area, pair]
    chosen = [Sums(*(field[area, pair] for field in sums)) for sums in (later, earlier)]
    rows = _bounds(chosen[0], chosen[1], site, level)
    people = later.people[area, pair]
    labels = pl.Series(periods, dtype=pl.String)
    frame = (
        network.areas[area]
        .select("area_id", "area_population")
        .with_columns(
            period=labels[now[pair]],
            previous_period=labels[then[pair]],
            analyte=pl.lit(names[0]),
            drug=pl.lit(names[1]),
            n_sites=pl.Series(later.n_sites[area, pair]),
            _people=pl.Series(people),
            **{name: pl.Series(values, nan_to_null=True) for name, values in rows.items()},
        )
    )
    residents = pl.col("area_population")
    frame = frame.with_columns(coverage=pl.when(residents > 0).then(pl.col("_people") / residents))
    return frame.select(AreaChanges.column_names()).cast(pl.Schema(polars_schema(AreaChanges)))


def _at_both(network: Network, grid: Grid, matched: Mask, columns: tuple[Index, Index]) -> tuple[Sums, Sums]:
    """Sums of the matched entries at the later and the earlier periods, ``(n_areas, n_pairs)`` each."""
    side_by_side = grid._replace(cell=grid.cell[:, np.concatenate(columns)])
    active = np.hstack([matched, matched])
    sums = sum_members(network, side_by_side, active, np.zeros_like(active))
    later, earlier = (Sums(*half) for half in zip(*(np.hsplit(field, 2) for field in sums), strict=True))
    return later, earlier


def _site_variance(
    network: Network, grid: Grid, matched: Mask, columns: tuple[Index, Index], sums: tuple[Sums, Sums]
) -> Array:
    """Variance that the registers of people leave in the log ratio: none where the shares of people are the same."""
    people = grid.dense(grid.cells.people)[network.unit] * network.share[:, None]
    u2 = grid.dense(grid.cells.u2_site)[network.unit]
    weights = []
    for side, total in zip(columns, sums, strict=True):
        with np.errstate(divide="ignore", invalid="ignore"):
            weights.append(np.where(matched, people[:, side] / total.people[network.area], 0.0))
    larger = np.maximum(u2[:, columns[0]], u2[:, columns[1]])
    return np.add.reduceat((weights[0] - weights[1]) ** 2 * larger, network.start, axis=0)


def _bounds(later: Sums, earlier: Sums, site: Array, level: float) -> dict[str, Array]:
    sigma2 = [[sigma**2 for sigma in sigma_by_scope(sums)] for sums in (later, earlier)]
    day, batch = (sigma2[0][scope] + sigma2[1][scope] for scope in (0, 1))
    shift = (sigma2[0][0] + sigma2[0][1] - sigma2[1][0] - sigma2[1][1]) / 2
    whole = day + batch + site
    with np.errstate(divide="ignore", invalid="ignore"):
        spent = sum(
            np.where(sums.variance_df > 0, own[0] ** 2 * sums.variance_df / sums.variance**2, 0.0)
            for sums, own in zip((later, earlier), sigma2, strict=True)
        )
        freedom = np.minimum(np.where(spent > 0, whole**2 / spent, _MOST_DEGREES), _MOST_DEGREES)
        loads = [_PER_1000 * sums.middle / sums.people for sums in (later, earlier)]
        lowest = (later.least / later.people) / (earlier.most / earlier.people)
        highest = (later.most / later.people) / (earlier.least / earlier.people)
        seen = (later.n_quantified > 0) & (earlier.n_quantified > 0)
        ratio = np.where(seen, loads[0] / loads[1], np.nan)
        s = np.sqrt(whole)
        half = t_quantile(freedom, level) * s
        return {
            "load": np.where(later.n_quantified > 0, loads[0], np.nan),
            "previous_load": np.where(earlier.n_quantified > 0, loads[1], np.nan),
            "ratio": ratio,
            "ratio_lower": np.where(seen, np.minimum(lowest * np.exp(shift - half), ratio), np.nan),
            "ratio_upper": _finite(np.where(seen, np.maximum(highest * np.exp(shift + half), ratio), np.nan)),
            "p_rose": np.where(seen & (s > 0), stdtr(freedom, (np.log(ratio) + shift) / np.maximum(s, 1e-12)), np.nan),
        }


def _finite(values: Array) -> Array:
    return np.where(np.isfinite(values), values, np.nan)
