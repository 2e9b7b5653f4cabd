"""Which areas stand apart from the others in one period, once it is granted that areas differ?

Loads of areas are compared on the log scale with their middle area: the median, which a few extreme areas do not move. The
error of each comes from what its own days, batches and populations do; what all areas share (the excretion factor) moves all
of them together and is left out. The limits are widened for how much areas differ beside that (B4).

The trap: towns that one plant serves have one figure between them. It is one measurement and counts once, or it would pull the
middle to itself and make areas look more alike than they are.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import ndtri

from headworks.assessment.comparison import overdispersed_limits, overdispersion
from headworks.assessment.comparison.funnel import LIMITS
from headworks.assessment.comparison.overdispersion import LEAST_PLACES, Overdispersion
from headworks.workflows.assessment.figures_of_tables import log_sd_of_errors

Array = npt.NDArray[np.float64]
_ERRORS = ("u_day", "u_batch", "u_site")
_FIGURE = ("load_mg_per_1000_per_day", "log_sd")
# Figures of the same sites are computed with each area's own share of people: they agree but for the last bits.
_SAME_DECIMALS = 9
# Points of a limit: as smooth as a line of 600 pixels can show.
_STEPS = 60
# The curves go a little beyond the areas at both ends.
_BEYOND = 1.15
_Z = tuple(float(z) for z in ndtri(LIMITS))


class AreaFunnel(NamedTuple):
    """Areas of one level compared.

    Attributes
    ----------
    areas
        ``area_id, load_mg_per_1000_per_day, log_sd, z, standing, is_shared`` by code; ``standing`` is ``inside``,
        ``above_95``, ``above_998``, ``below_95`` or ``below_998`` of the widened limits; ``is_shared`` where an area with a
        code before it has the very same figure, of the same sites.
    limits
        Curves to draw: ``log_sd, lower_998, lower_95, upper_95, upper_998`` in mg/d per 1,000 people.
    target
        Median of the measurements, mg/d per 1,000 people.
    spread
        How much the measurements differ more than by their errors, on the log scale.
    n_left_out
        Rows without a quantified load or without its error.
    """

    areas: pl.DataFrame
    limits: pl.DataFrame
    target: float
    spread: Overdispersion
    n_left_out: int


def funnel_of_areas(rows: pl.DataFrame) -> AreaFunnel | None:
    """Areas held against their middle area; None where fewer than five measurements have a load with its error.

    Parameters
    ----------
    rows
        Rows of ``area_loads`` of one residue and period, an area each; what is below its limit, or suppressed, is left out
        and counted.

    Examples
    --------
    The middle of 8, 9, 10, 11 and 40 is 10. Each is known to 10 %: log 4 / 0.1 = 13.9 errors above it stands the one at 40.

    >>> rows = pl.DataFrame({"area_id": list("abcde"), "load_mg_per_1000_per_day": [8.0, 9, 10, 11, 40],
    ...     "u_day": [0.1] * 5, "u_batch": [0.0] * 5, "u_site": [0.0] * 5})
    >>> found = funnel_of_areas(rows)
    >>> round(found.target, 6), round(float(found.spread.z[-1]), 1)
    (10.0, 13.9)
    """
    errors = log_sd_of_errors(*(rows[name].cast(pl.Float64).fill_null(0.0).to_numpy() for name in _ERRORS))
    known = rows.with_columns(log_sd=pl.Series(errors, dtype=pl.Float64)).filter(
        (pl.col("load_mg_per_1000_per_day") > 0) & (pl.col("log_sd") > 0)
    )
    measured = pl.struct(pl.col(_FIGURE[0]).log().round(_SAME_DECIMALS), pl.col(_FIGURE[1]).round(_SAME_DECIMALS))
    areas = known.select("area_id", *_FIGURE, _measured=measured).sort("area_id")
    areas = areas.with_columns(is_shared=~pl.col("_measured").is_first_distinct())
    alone = areas.filter(~pl.col("is_shared"))
    if alone.height < LEAST_PLACES:
        return None
    figure, sd = np.log(alone["load_mg_per_1000_per_day"].to_numpy()), alone["log_sd"].to_numpy()
    target = float(np.median(figure))
    spread = overdispersion(figure, sd, target)
    stood = alone.select("_measured").with_columns(
        z=pl.Series(spread.z_additive), standing=pl.Series([_standing(z) for z in spread.z_additive], dtype=pl.String)
    )
    areas = areas.join(stood, on="_measured", how="left", maintain_order="left").drop("_measured")
    return AreaFunnel(areas, _limits(sd, target, spread), float(np.exp(target)), spread, rows.height - known.height)


def steps_between(along: Array) -> Array:
    """Points of a limit along the axis of a funnel, from a little before the least area to a little beyond the largest."""
    return np.geomspace(along.min() / _BEYOND, along.max() * _BEYOND, _STEPS)


def _standing(z: float) -> str:
    alarm, alert = _Z[3], _Z[2]
    if abs(z) <= alert:
        return "inside"
    return f"{'above' if z > 0 else 'below'}_{'998' if abs(z) > alarm else '95'}"


def _limits(sd: Array, target: float, spread: Overdispersion) -> pl.DataFrame:
    along = steps_between(sd)
    drawn = np.exp(overdispersed_limits(along, target, spread, _Z))
    names = ("lower_998", "lower_95", "upper_95", "upper_998")
    return pl.DataFrame({"log_sd": along, **{name: drawn[:, place] for place, name in enumerate(names)}})
