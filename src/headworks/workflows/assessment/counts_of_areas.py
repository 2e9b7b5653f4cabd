"""Counts of an indicator by area, and which areas' rates lie beyond what chance allows at their size.

Rates are held against that of all areas together by exact Poisson limits (B1): an area without a case may be as expected. How
much more areas differ than by chance (B2) is told beside it. The trap: indicators seldom differ by chance alone; where they do
not, far more areas lie outside the exact limits than the limits say, and none of them is an outlier for that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.assessment.comparison import funnel_limits, overdispersion
from headworks.assessment.comparison.overdispersion import LEAST_PLACES, Overdispersion, root_of_counts
from headworks.assessment.rules import Columns, Criterion
from headworks.workflows.assessment.figures_of_tables import Grid, criterion_figures
from headworks.workflows.assessment.funnel_of_areas import steps_between

Array = npt.NDArray[np.float64]
_LIMITS = ("lower_998", "lower_95", "upper_95", "upper_998")
_STANDING = ("below_998", "below_95", "inside", "above_95", "above_998")


class CountFunnel(NamedTuple):
    """Areas by code: ``area_id, count, person_years, rate``, exact limits of the rate, ``standing`` as in ``AreaFunnel``.

    ``limits``: curves to draw, ``person_years`` and the limits of the rate there. ``target``: rate of all areas together, per
    person-year; ``spread`` on the square-root scale; ``n_left_out``: areas without a count or its people.
    """

    areas: pl.DataFrame
    limits: pl.DataFrame
    target: float
    spread: Overdispersion
    n_left_out: int


def counts_of_areas(
    indicator: str, area_ids: Sequence[str], periods: Sequence[str], indicators: pl.DataFrame
) -> tuple[Array, Array]:
    """Counts for everybody and person-years, ``(n_areas,)``, summed over periods; not a number where one of them is missing.

    Raises
    ------
    DataRefused
        ``HW-D787`` when several counts speak of one area and period.
    """
    counted = Criterion(
        indicator, "indicators", "", "gamma_poisson", False, 0.0, Columns(numerator="numerator", denominator="denominator"),
        (("indicator", indicator), ("stratum", "all")),
    )  # fmt: skip
    grid = Grid(list(area_ids), list(periods), np.arange(len(area_ids)))
    found = criterion_figures(counted, indicators, grid)
    return found.events.sum(axis=1), found.exposure.sum(axis=1)


def funnel_of_counts(indicator: str, area_ids: Sequence[str], period: str, indicators: pl.DataFrame) -> CountFunnel | None:
    """Areas held against all of them together; None where fewer than five have a count, or nothing was counted.

    Raises
    ------
    DataRefused
        ``HW-D787`` when several counts speak of one area and period.
    """
    named = sorted(area_ids)
    count, years = counts_of_areas(indicator, named, [period], indicators)
    known = np.isfinite(count) & (years > 0)
    y, n = count[known], years[known]
    if y.size < LEAST_PLACES or y.sum() <= 0:
        return None
    target = float(y.sum() / n.sum())
    limits = _limits(n, target)
    # An area on its limit lies inside.
    place = (y / n > limits[:, 2:].T).sum(axis=0) - (y / n < limits[:, :2].T).sum(axis=0)
    areas = pl.DataFrame({
        "area_id": np.array(named)[known], "count": y, "person_years": n, "rate": y / n,
        **{name: limits[:, column] for column, name in enumerate(_LIMITS)}, "standing": [_STANDING[one + 2] for one in place],
    })  # fmt: skip
    along = steps_between(n)
    drawn = _limits(along, target)
    curves = pl.DataFrame({"person_years": along, **{name: drawn[:, column] for column, name in enumerate(_LIMITS)}})
    return CountFunnel(areas, curves, target, overdispersion(*root_of_counts(y, n * target)), int((~known).sum()))


def _limits(years: Array, target: float) -> Array:
    """Exact limits of a rate at so many person-years (B1), ``(n, 4)``."""
    return target * funnel_limits(years * target, 1.0, "poisson")
