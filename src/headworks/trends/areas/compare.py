r"""Two figures side by side, of two areas or of one in two periods: what they share is cancelled before it is squared.

    ln(r_1 / r_2):   s^2 = sum_c g_c^2 v_c + sum_b u_b^2 (sum_(c in b) g_c y_c)^2 + sum_c h_c^2 u_c^2                    (A6)

over the cells ``c`` (site and period) of either figure, with ``g = a_1 / L_1 - a_2 / L_2`` and
``h = a_1 p / P_1 - a_2 p / P_2``,
``a`` the share by which a cell counts. A plant that serves both areas, a batch that held samples of both, a register used for
both: each has nearly equal weights in the two figures, and its error goes. The excretion factor is in both and is left out.

The trap: two intervals that overlap do not say that the figures agree; they would be compared as if they shared nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr

from headworks.trends.areas.cells import Cells
from headworks.trends.areas.members import Mask, active_entries, grid_of
from headworks.trends.areas.network import Network
from headworks.trends.mean_interval import t_quantile

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
_PER_1000 = 1e3
_MOST_DEGREES = 1e8


class Comparison(NamedTuple):
    """Ratio and difference of two per-capita loads with 95 % bounds; mg/d per 1,000 people where not a ratio.

    ``shared`` is the part of the variance that two unrelated figures would have and these do not.
    """

    first: float
    second: float
    ratio: float
    ratio_lower: float
    ratio_upper: float
    p_first_is_larger: float
    difference: float
    difference_lower: float
    difference_upper: float
    shared: float


class _Figure(NamedTuple):
    """Share by which each cell counts, and the sums."""

    weight: Array
    load: float
    people: float


def compare_figures(
    cells: Cells,
    network: Network,
    analyte: int,
    first: tuple[str, int],
    second: tuple[str, int],
    n_periods: int,
    level: float = 0.95,
) -> Comparison | None:
    """Compare two figures of one residue.

    Parameters
    ----------
    cells
        From ``site_cells``.
    network
        Units, entries and areas.
    analyte
        Number of the residue.
    first, second
        Area and number of the period.
    n_periods
        Periods of the cells.
    level
        Coverage of the bounds.

    Returns
    -------
    Comparison
        None when a figure has no member or no load.
    """
    grid = grid_of(cells, analyte, network.n_units, n_periods)
    active, _ = active_entries(network, grid.is_present)
    one, two = (_figure(cells, network, active, analyte, *which) for which in (first, second))
    if not (one.load > 0 and two.load > 0 and one.people > 0 and two.people > 0):
        return None
    r_1, r_2 = _PER_1000 * one.load / one.people, _PER_1000 * two.load / two.people
    variance, spent, apart = _variance(cells, one, two, 1.0, 1.0)
    freedom = np.array([min(variance**2 / spent, _MOST_DEGREES) if spent > 0 else _MOST_DEGREES])
    t = t_quantile(freedom, level).item()
    s = np.sqrt(variance)
    absolute = np.sqrt(_variance(cells, one, two, r_1, r_2)[0])
    return Comparison(
        r_1, r_2, r_1 / r_2, r_1 / r_2 * np.exp(-t * s), r_1 / r_2 * np.exp(t * s),
        float(stdtr(freedom, np.log(r_1 / r_2) / max(s, 1e-12)).item()),
        r_1 - r_2, r_1 - r_2 - t * absolute, r_1 - r_2 + t * absolute,
        max(0.0, 1.0 - variance / apart) if apart > 0 else 0.0,
    )  # fmt: skip


def _figure(cells: Cells, network: Network, active: Mask, analyte: int, area: str, period: int) -> _Figure:
    place = {name: code for code, name in enumerate(network.areas["area_id"])}.get(area, -1)
    entries = np.flatnonzero((network.area == place) & active[:, period])
    share = np.zeros(network.n_units)
    share[network.unit[entries]] = network.share[entries]
    weight = np.where((cells.analyte == analyte) & (cells.period == period), share[cells.unit], 0.0)
    return _Figure(weight, float((weight * cells.middle).sum()), float((weight * cells.people).sum()))


def _variance(cells: Cells, one: _Figure, two: _Figure, scale_1: float, scale_2: float) -> tuple[float, float, float]:
    """Variance of ``scale_1 ln r_1 - scale_2 ln r_2``, its sum over degrees of freedom, and as if nothing were shared."""
    loads = [scale_1 * one.weight / one.load, scale_2 * two.weight / two.load]
    heads = [scale_1 * one.weight * cells.people / one.people, scale_2 * two.weight * cells.people / two.people]
    whole = _of(cells, loads[0] - loads[1], heads[0] - heads[1])
    apart = _of(cells, loads[0], heads[0])[0] + _of(cells, loads[1], heads[1])[0]
    return *whole, apart


def _of(cells: Cells, load: Array, head: Array) -> tuple[float, float]:
    # People are a site's, whatever the period: the weights of its cells are added before they are squared.
    by_unit = np.bincount(cells.unit, head)
    u2 = np.zeros(by_unit.size)
    np.maximum.at(u2, cells.unit, cells.u2_site)
    inside = load[cells.day_cell] != 0
    batch, at = cells.day_batch[inside], cells.day_cell[inside]
    amount = load[at] * cells.day_amount[inside]
    # A sample without a batch shares its error with those of its period that have none.
    names, where = np.unique(np.where(batch >= 0, batch, -1 - cells.period[at]), return_inverse=True)
    sums = np.bincount(where, amount, names.size)
    u2_batch = np.zeros(names.size)
    np.maximum.at(u2_batch, where, cells.day_u2[inside])
    variance = float((load**2 * cells.variance).sum() + (sums**2 * u2_batch).sum() + (by_unit**2 * u2).sum())
    return variance, float((load**4 * cells.variance_df).sum())
