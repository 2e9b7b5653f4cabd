r"""What each unit of a site sent down in each period, with the variance its days leave.

The mean of the sampled days of a period, in mg/d, at the least and at the most its censored days can be; and, of the middle of
both, the variance between days in the form that is right for a *sum* of many members:

    v = sum_d (y_d / n)^2 (1 - exp(-tau_d^2)),    tau_d^2 = (1 - n/N) sigma_d^2 + (n/N) ln(1 + u_day^2)       (A1)

``sigma_d`` is the spread of the day's series (T13). For a log-normal ``y`` of unit mean ``E[y^2 (1 - exp(-tau^2))] = Var y``,
so ``v`` is unbiased however few days a member has; turned back by ``-ln(1 - v / y^2)`` it is ``tau^2`` again for a single day.

The trap: errors here have mean one, as a laboratory states them (the result is unbiased, ``u`` is its relative deviation).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.core.periods import Period, PeriodKind
from headworks.trends.areas.network import Network
from headworks.trends.day_arrays import DayArrays, group_by_period, group_rows
from headworks.trends.day_spread import DaySpread

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
# 1,000 people, of whom the per-capita load speaks.
_PER_1000 = 1e-3


class Cells(NamedTuple):
    """A number per cell (unit, analyte, period); days of the cells, for what batches share, in the last four fields.

    ``least``, ``most``, ``middle`` mg/d; ``variance`` of the middle, (mg/d)^2; ``people``; ``u2_site`` squared relative
    standard uncertainty of the people.
    """

    analyte: Index
    unit: Index
    period: Index
    n_days: Array
    n_quantified: Array
    n_not_detected: Array
    least: Array
    most: Array
    middle: Array
    variance: Array
    variance_df: Array
    people: Array
    u2_site: Array
    day_cell: Index
    day_batch: Index
    day_amount: Array
    day_u2: Array


def site_cells(
    days: DayArrays,
    spread: DaySpread,
    network: Network,
    analytes: list[str],
    labels: dict[PeriodKind, frozenset[str] | None],
) -> tuple[Cells, list[str]]:
    """Cells of all periods wanted, and the labels of their periods.

    Parameters
    ----------
    days, spread
        Per-capita loads and their spread; a day whose people are not known is left out.
    network
        Units and areas; a day of a site without an area is left out.
    analytes
        In the order of the cells' numbers.
    labels
        By kind of period the labels wanted; None for all.

    Returns
    -------
    tuple
        Cells with a known ``most`` only; periods in order of kind and label.
    """
    sites = days.series["site_id"].replace_strict(network.site_of, default=-1, return_dtype=pl.Int64).to_numpy()
    place = {name: code for code, name in enumerate(analytes)}
    names = days.series["analyte"].replace_strict(place, default=-1, return_dtype=pl.Int64).to_numpy()
    unit = network.units_of(sites[days.of_series], days.ordinal)
    kept = (unit >= 0) & (days.population > 0) & (names[days.of_series] >= 0)
    if not kept.all():
        days, unit = days.take(kept), unit[kept]
        spread = DaySpread(*(field[kept] for field in spread))
    loads = _day_loads(days, spread)
    parts, periods, n_cells = [], list[str](), 0
    for kind, wanted in labels.items():
        cells, found = _cells_of_kind(days, unit, loads, names, kind, wanted)
        parts.append(cells._replace(period=cells.period + len(periods), day_cell=cells.day_cell + n_cells))
        periods += found
        n_cells += cells.unit.size
    return Cells(*(np.concatenate(fields) for fields in zip(*parts, strict=True))), periods


class _DayLoads(NamedTuple):
    """What of a day is the same in every period that holds it.

    ``least`` and ``most`` mg/d; the most is not a number for a limit nobody knows, for which the smallest load of the group
    stands in, or else ``smallest``; ``v_between`` and ``v_own`` are variances of a day as one of many and as itself (A1).
    """

    is_quantified: Array
    least: Array
    most: Array
    smallest: Array
    v_between: Array
    v_own: Array
    degrees_of_freedom: Array
    u2_site: Array
    u2_batch: Array


def _day_loads(days: DayArrays, spread: DaySpread) -> _DayLoads:
    quantified = ~np.isnan(days.value)
    scale = days.population * _PER_1000
    return _DayLoads(
        is_quantified=quantified.astype(np.float64),
        least=np.where(quantified, days.value, 0.0) * scale,
        most=np.where(quantified, days.value, days.limit) * scale,
        smallest=spread.smallest * scale,
        v_between=spread.log_sd**2,
        v_own=np.log1p(days.u_day**2),
        degrees_of_freedom=spread.degrees_of_freedom,
        u2_site=days.u_site**2,
        u2_batch=days.u_batch**2,
    )


def _cells_of_kind(
    days: DayArrays,
    unit: Index,
    loads: _DayLoads,
    names: Index,
    kind: PeriodKind,
    wanted: frozenset[str] | None,
) -> tuple[Cells, list[str]]:
    filed = group_by_period(days, kind, wanted)
    # A site that moves has a cell for each of its units.
    n_units = int(unit.max(initial=0)) + 1
    code = filed.label[filed.of_row] * n_units + unit[filed.rows]
    groups = group_rows(days, filed.rows, code, [""] * (n_units * len(filed.labels)))
    rows, start, of_row = groups.rows, groups.start, groups.of_row
    period = groups.label // n_units
    # The parts of a site that moves make up its mean together, each with its share of the sampled days.
    together = groups.of_series * max(len(filed.labels), 1) + period
    n = np.bincount(together, groups.size)[together] if start.size else np.zeros(0)

    def total(values: Array) -> Array:
        return np.add.reduceat(values, start) if start.size else np.zeros(0)

    least, most = loads.least[rows], _with_stand_in(days, loads, rows, start, of_row)
    lengths = np.array([Period.parse(label).n_days for label in filed.labels], dtype=np.float64)
    sampled = np.minimum(n / lengths[period], 1.0)[of_row] if start.size else np.zeros(0)
    tau2 = (1 - sampled) * loads.v_between[rows] + sampled * loads.v_own[rows]
    amount = (least + most) / 2 / n[of_row]
    variance = total(amount**2 * -np.expm1(-tau2))
    cells = Cells(
        analyte=names[groups.of_series],
        unit=groups.label % n_units,
        period=period,
        n_days=groups.size.astype(np.float64),
        n_quantified=total(loads.is_quantified[rows]),
        n_not_detected=total(days.is_not_detected[rows].astype(np.float64)),
        least=total(least) / n,
        most=total(most) / n,
        middle=total(amount),
        variance=variance,
        variance_df=variance**2 / (total(loads.degrees_of_freedom[rows]) / groups.size),
        people=total(days.population[rows]) / n,
        u2_site=total(loads.u2_site[rows]) / groups.size,
        day_cell=of_row,
        day_batch=days.batch[rows],
        day_amount=amount,
        day_u2=loads.u2_batch[rows],
    )
    return _with_known_most(cells), filed.labels


def _with_stand_in(days: DayArrays, loads: _DayLoads, rows: Index, start: Index, of_row: Index) -> Array:
    """The most of each day; for a limit nobody knows the smallest load of the group stands in, or that of the days before."""
    most = loads.most[rows]
    unknown = np.flatnonzero(np.isnan(most))
    if unknown.size:
        value = days.value[rows]
        smallest = np.minimum.reduceat(np.where(value > 0, value, np.inf), start)[of_row[unknown]]
        scaled = smallest * days.population[rows[unknown]] * _PER_1000
        most[unknown] = np.where(np.isfinite(smallest), scaled, loads.smallest[rows[unknown]])
    return most


def _with_known_most(cells: Cells) -> Cells:
    """Cells whose most is known: a sum with an unknown term is unknown."""
    known = ~np.isnan(cells.most)
    if known.all():
        return cells
    place = np.cumsum(known) - 1
    day_known = known[cells.day_cell]
    daily = ("day_cell", "day_batch", "day_amount", "day_u2")
    kept = {name: getattr(cells, name)[day_known if name in daily else known] for name in Cells._fields}
    return cells._replace(**{**kept, "day_cell": place[kept["day_cell"]]})
