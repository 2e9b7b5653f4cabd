"""The days of load that means are made of: computed here first, and published ones where nothing was computed."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from headworks.core.uncertainty import combine
from headworks.tables import DailyLoads
from headworks.trends import daily_loads
from headworks.workflows.headings import under_headings


def situation_days(
    loads: pl.DataFrame,
    reported_loads: pl.DataFrame,
    sites: pl.DataFrame,
    headings: pl.DataFrame,
    uncertainty: dict[str, float],
) -> dy.DataFrame[DailyLoads]:
    """Every day with a per-capita load or a limit to it, each once.

    Parameters
    ----------
    loads
        Table ``loads``.
    reported_loads
        Table ``reported_loads``; a day that was also computed is left out, and the others stand under our headings.
    sites
        Table ``sites`` with ``country`` and ``city``.
    headings
        As from :func:`headworks.workflows.headings.residue_headings`.
    uncertainty
        Relative standard uncertainties of published loads, which bring none.

    Returns
    -------
    dy.DataFrame[DailyLoads]
        As from :func:`headworks.trends.daily_loads`.
    """
    published = under_headings(not_computed(reported_loads, loads), headings)
    return daily_loads(loads, published, sites, headings, default_scopes(uncertainty))


def default_scopes(uncertainty: dict[str, float]) -> dict[str, float]:
    """Uncertainties by sharing scope for loads that bring none.

    Examples
    --------
    >>> scopes = default_scopes({"sampling": 0.10, "flow": 0.20, "analysis": 0.15, "calibration": 0.06, "population": 0.12})
    >>> {scope: round(u, 3) for scope, u in scopes.items()}
    {'u_day': 0.272, 'u_batch': 0.06, 'u_site': 0.12}
    """
    return {
        "u_day": combine([uncertainty["sampling"], uncertainty["flow"], uncertainty["analysis"]]),
        "u_batch": uncertainty["calibration"],
        "u_site": uncertainty["population"],
    }


def not_computed(reported: pl.DataFrame, loads: pl.DataFrame) -> pl.DataFrame:
    """Published days without a per-capita load of our own; a load without a population stands for nothing here."""
    if reported.is_empty():
        return reported
    day = pl.col("day")
    computed = loads.filter(pl.col("population").is_not_null()).select(
        "site_id",
        "analyte",
        year=day.dt.iso_year().cast(pl.Int16),
        week=day.dt.week().cast(pl.Int8),
        weekday=day.dt.weekday().cast(pl.Int8),
    )
    return reported.join(computed, on=["site_id", "analyte", "year", "week", "weekday"], how="anti", maintain_order="left")
