"""What share of a load was never consumed, from its enantiomeric fraction.

    s = (EF_c - EF) / (EF_c - EF_d) = 1 - x / y,    x = EF - EF_d,  y = EF_c - EF_d           (L30)

EF is the R-enantiomer over both, EF_c that after use and EF_d that of what was made (1/2 for a racemate). The interval is
Fieller's for the ratio of two independent normal quantities: the r between the roots of

    (x - r y)^2 = z^2 (u_x^2 + r^2 u_y^2)                                                     (L31)

The trap is a y that is not clearly above 0: then the data say nothing, and the share is anything from 0 to 1.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from headworks.core.errors import DataRefused
from headworks.core.periods import sampling_day
from headworks.core.uncertainty import coverage_factor
from headworks.loads.sampling.roles import is_blank

Floats = NDArray[np.float64]
_RACEMATE = 0.5


class DisposedShare(NamedTuple):
    """Share that was not consumed, and its bounds; numbers, or arrays of one shape."""

    share: float | Floats
    lower: float | Floats
    upper: float | Floats


def disposed_share(
    ef: ArrayLike,
    ef_consumption: ArrayLike,
    u_ef: ArrayLike = 0.0,
    u_consumption: ArrayLike = 0.0,
    level: float = 0.95,
    *,
    ef_disposed: ArrayLike = _RACEMATE,
) -> DisposedShare:
    """Share of the load that was not consumed, with its interval, all between 0 and 1 (L30, L31).

    Parameters
    ----------
    ef
        Enantiomeric fraction found, R over R plus S.
    ef_consumption
        That after use.
    u_ef, u_consumption
        Their standard uncertainties, absolute.
    level
        Coverage of the interval.
    ef_disposed
        Fraction of what was made.

    Returns
    -------
    DisposedShare
        A ``lower`` above 0 says that use alone does not explain the fraction.

    Raises
    ------
    DataRefused
        ``HW-D260`` for a fraction outside 0 to 1, an uncertainty below 0, or a drug that use does not change.

    Examples
    --------
    >>> [round(x, 6) for x in disposed_share(0.60, 0.65)]
    [0.333333, 0.333333, 0.333333]
    >>> [round(x, 2) for x in disposed_share(0.51, 0.65, 0.02, 0.03)]
    [0.93, 0.64, 1.0]
    """
    found, used, made, u_x, u_y = np.broadcast_arrays(
        *(np.asarray(a, dtype=float) for a in (ef, ef_consumption, ef_disposed, u_ef, u_consumption))
    )
    _require_fractions(found, used, made, u_x, u_y)
    x, y = found - made, used - made
    low, high = _fieller(x, y, u_x, u_y, coverage_factor(level))
    share, lower, upper = (np.clip(1.0 - r, 0.0, 1.0) for r in (x / y, high, low))
    if share.ndim == 0:
        return DisposedShare(float(share), float(lower), float(upper))
    return DisposedShare(share, lower, upper)


def fractions_of_days(enantiomeric_fractions: pl.DataFrame, samples: pl.DataFrame) -> pl.DataFrame:
    """Enantiomeric fractions by site and sampling day.

    Parameters
    ----------
    enantiomeric_fractions, samples
        The tables of these names. Blanks, and matrices other than sewage, do not count.

    Returns
    -------
    pl.DataFrame
        site_id, day, analyte, fraction_r (mean of the day's samples), u_fraction (the largest of them; empty where none says),
        sorted by site, day and analyte.
    """
    usable = samples.filter((pl.col("matrix").cast(pl.String) == "sewage") & ~is_blank(pl.col("role")))
    days = usable.select(
        "sample_id", "site_id", day=sampling_day(pl.col("collected_from").dt.replace_time_zone(None), pl.col("utc_offset_min"))
    )
    found = enantiomeric_fractions.join(days, on="sample_id", how="inner")
    # Sorted before they are averaged: the same fractions give the same bits, in whatever order they come.
    by_day = found.group_by("site_id", "day", "analyte").agg(
        pl.col("fraction_r").sort().mean(), u_fraction=pl.col("u_fraction").max()
    )
    return by_day.sort("site_id", "day", "analyte")


def _fieller(x: Floats, y: Floats, u_x: Floats, u_y: Floats, z: float) -> tuple[Floats, Floats]:
    """Bounds of x / y; without bound where y may be 0."""
    leading = y * y - (z * u_y) ** 2
    is_bounded = leading > 0
    safe = np.where(is_bounded, leading, 1.0)
    root = np.sqrt(np.maximum((x * y) ** 2 - safe * (x * x - (z * u_x) ** 2), 0.0))
    ends = (x * y - root) / safe, (x * y + root) / safe
    return np.where(is_bounded, ends[0], -np.inf), np.where(is_bounded, ends[1], np.inf)


def _require_fractions(found: Floats, used: Floats, made: Floats, u_x: Floats, u_y: Floats) -> None:
    fits = all(bool(np.all((f >= 0) & (f <= 1))) for f in (found, used, made)) and bool(np.all((u_x >= 0) & (u_y >= 0)))
    if not fits or bool(np.any(used == made)):
        raise DataRefused(
            "A disposed share cannot be computed.",
            where="enantiomeric fraction",
            found=f"fraction {found.tolist()}, after use {used.tolist()}, as made {made.tolist()}",
            remedy="Give fractions from 0 to 1, one after use that differs from the one as made, uncertainties of at least 0",
            code="HW-D260",
        )
