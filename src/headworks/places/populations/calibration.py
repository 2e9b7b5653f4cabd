r"""What one person adds to a marker at *this* site, from days on which the people were counted.

    b = mean of ln(load / people),   s_b^2 = max(s^2, s_0^2) / n + s_census^2,   per capita = exp(b)          (M7)

``s`` is the scatter between the calibration days, ``s_0`` the error of one day's load where it is known: days cannot agree
better than they were measured. The trap is a single day without a known error, which would look exact; it is refused.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from headworks.core.errors import DataRefused
from headworks.core.uncertainty import coverage_factor, relative, sigma_log

_LEVEL = 0.95


class Calibration(NamedTuple):
    """What one person adds to a marker, mg/d: median, 95 % bounds, relative standard uncertainty, and days used."""

    per_capita_mg_per_day: float
    lower: float
    upper: float
    u_per_capita: float
    n_days: int


def calibrate_marker(
    load_mg_per_day: ArrayLike, census_population: ArrayLike, *, u_load: float = 0.0, u_census: float = 0.0
) -> Calibration:
    """Load of one person, from one or several days with a counted population (M7).

    Parameters
    ----------
    load_mg_per_day
        Load of the marker on each calibration day, mg/d.
    census_population
        People counted; one number, or one per day.
    u_load
        Relative standard uncertainty of one day's load; 0 when only the days themselves tell.
    u_census
        Relative standard uncertainty of the count, shared by all days.

    Returns
    -------
    Calibration
        Bounds use Student's t where the scatter of the days is all that is known, the normal where the error of a day
        is the larger; ``u_per_capita`` is widened likewise, so that the normal rule downstream keeps the interval.

    Raises
    ------
    DataRefused
        ``HW-D448`` for loads or people of 0 or less or shapes that do not fit, ``HW-D449`` for one day without ``u_load``.

    Examples
    --------
    7, 8 and 9 g of one person; the geometric mean is 504 to the power of a third.

    >>> round(calibrate_marker([7e8, 8e8, 9e8], 1e5).per_capita_mg_per_day, 1)
    7958.1
    """
    logs = np.log(_per_person(load_mg_per_day, census_population))
    n = len(logs)
    if n == 1 and u_load <= 0:
        raise DataRefused(
            "One calibration day says nothing about its own error.",
            where="u_load",
            found=str(u_load),
            remedy="Give the relative standard uncertainty of the day's load, or more days",
            code="HW-D449",
        )
    scatter = float(logs.var(ddof=1)) if n > 1 else 0.0
    known = sigma_log(u_load) ** 2
    z = coverage_factor(_LEVEL)
    widening = float(stdtrit(n - 1, 0.5 + _LEVEL / 2)) / z if scatter > known else 1.0
    sigma = float(np.sqrt(max(scatter, known) / n * widening**2 + sigma_log(u_census) ** 2))
    middle = float(np.exp(logs.mean()))
    spread = float(np.exp(z * sigma))
    return Calibration(middle, middle / spread, middle * spread, relative(sigma), n)


def calibrated_per_capita(markers: pl.DataFrame, census: pl.DataFrame) -> pl.DataFrame:
    """Per-capita loads of the sites' own, in the form of the reference, from census days.

    Parameters
    ----------
    markers
        ``site_id, day, analyte, load_mg_per_day, detection, u_day``, such as the table ``loads``; only quantified rows count.
    census
        ``site_id, day, population`` and, where known, ``u_population``: the people counted on each calibration day.

    Returns
    -------
    pl.DataFrame
        ``site_id, marker``, ``load_low_``, ``load_central_`` and ``load_high_mg_per_person_per_day``, ``status`` (the word
        ``calibrated``), sorted; put it above the reference's rows in ``per_capita`` of :func:`population_estimates`.

    Raises
    ------
    DataRefused
        As :func:`calibrate_marker`.
    """
    counted = census if "u_population" in census.columns else census.with_columns(u_population=pl.lit(0.0))
    days = markers.filter(pl.col("detection").cast(pl.String) == "quantified").join(
        counted.select("site_id", "day", "population", pl.col("u_population").fill_null(0.0)), on=["site_id", "day"]
    )
    rows = []
    for (site, marker), group in days.sort("site_id", "analyte", "day").group_by("site_id", "analyte", maintain_order=True):
        found = calibrate_marker(
            group["load_mg_per_day"].to_numpy(),
            group["population"].to_numpy(),
            u_load=float(np.sqrt(np.mean(np.square(group["u_day"].to_numpy())))),
            u_census=float(group["u_population"].to_numpy().max()),
        )
        rows.append((site, marker, found.lower, found.per_capita_mg_per_day, found.upper, "calibrated"))
    names = [f"load_{which}_mg_per_person_per_day" for which in ("low", "central", "high")]
    types = {"site_id": pl.String, "marker": pl.String, **dict.fromkeys(names, pl.Float64), "status": pl.String}
    return pl.DataFrame(rows, schema=types, orient="row")


def _per_person(load_mg_per_day: ArrayLike, census_population: ArrayLike) -> np.ndarray:
    load, people = (np.atleast_1d(np.asarray(value, dtype=float)) for value in (load_mg_per_day, census_population))
    is_shaped = load.ndim == 1 and load.size > 0 and people.shape in ((1,), load.shape)
    usable = is_shaped and bool(np.all(np.isfinite(load) & (load > 0)) and np.all(np.isfinite(people) & (people > 0)))
    if not usable:
        raise DataRefused(
            "A calibration needs loads and people above zero, one count or one per day.",
            where="load_mg_per_day, census_population",
            found=f"{load.tolist()}, {people.tolist()}",
            remedy="Leave out days without a quantified load",
            code="HW-D448",
        )
    per_person: np.ndarray = load / people
    return per_person
