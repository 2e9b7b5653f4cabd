"""Our own loads and those others published, as one table of days.

The two name a day differently. A load computed here has a date; a published one often has only a year and a weekday. Both
get the ISO year, week and weekday; the date stays empty where the publisher names no week (``week`` 0).

The trap: the year of a row is that of its ISO week (of its Thursday), not that of its date: 2027-01-02 is in week 53 of 2026.
"""

from __future__ import annotations

from collections.abc import Mapping

import dataframely as dy
import polars as pl

from headworks.core.errors import DataRefused
from headworks.core.schema import require_promise
from headworks.tables.days import DailyLoads
from headworks.tables.loads import Loads, ReportedLoads

_SCOPES = ("u_day", "u_batch", "u_site")


def _date_of(year: pl.Expr, week: pl.Expr, weekday: pl.Expr) -> pl.Expr:
    """Date of a weekday of an ISO week; week 1 holds 4 January."""
    fourth = pl.date(year, 1, 4)
    offset = (week.cast(pl.Int64) - 1) * 7 + weekday.cast(pl.Int64) - fourth.dt.weekday().cast(pl.Int64)
    return pl.when(week > 0).then(fourth + pl.duration(days=offset))


def computed_days(loads: pl.DataFrame, analyte_drug: pl.DataFrame) -> pl.DataFrame:
    """The days of load computed here, as :func:`daily_loads` has them, in the order of ``loads``; nothing is checked.

    Without ``country`` and ``city``, which no mean hangs on: for what comes from our own tables and goes into arrays.
    """
    value, day = pl.col("load_mg_per_1000_per_day"), pl.col("day")
    is_quantified = pl.col("detection").cast(pl.String) == "quantified"
    named = analyte_drug.select("analyte", "drug").unique(maintain_order=True)
    drug = pl.col("analyte").replace_strict(named["analyte"], named["drug"], default=None, return_dtype=pl.String)
    known = loads.filter(pl.when(is_quantified).then(value.is_not_null()).otherwise(pl.col("population").is_not_null()))
    return known.select(
        "site_id",
        "analyte",
        "day",
        "detection",
        *_SCOPES,
        "batch_id",
        "population",
        year=day.dt.iso_year().cast(pl.Int16),
        week=day.dt.week().cast(pl.Int8),
        weekday=day.dt.weekday().cast(pl.Int8),
        value=pl.when(is_quantified).then(value),
        limit=pl.when(~is_quantified).then(pl.col("limit_mg_per_1000_per_day")),
        drug=drug,
    ).filter(pl.col("drug").is_not_null())


def published_days(reported_loads: pl.DataFrame, sites: pl.DataFrame, defaults: Mapping[str, float]) -> pl.DataFrame:
    """Published loads as :func:`daily_loads` has them, in their order; nothing is checked."""
    people = sites.select("site_id", population="population_served") if "population_served" in sites.columns else None
    if people is None:
        reported_loads = reported_loads.with_columns(population=pl.lit(None, dtype=pl.Float64))
    else:
        reported_loads = reported_loads.join(people, on="site_id", how="left", maintain_order="left")
    is_quantified = pl.col("detection").cast(pl.String) == "quantified"
    return reported_loads.with_columns(
        day=_date_of(pl.col("year"), pl.col("week"), pl.col("weekday")),
        value=pl.when(is_quantified).then(pl.col("load_mg_per_1000_per_day")),
        limit=pl.when(~is_quantified).then(pl.col("limit_mg_per_1000_per_day")),
        batch_id=pl.lit(None, dtype=pl.String),
        **{scope: pl.lit(float(defaults[scope])) for scope in _SCOPES},
    )


def daily_loads(
    loads: pl.DataFrame,
    reported_loads: pl.DataFrame,
    sites: pl.DataFrame,
    analyte_drug: pl.DataFrame,
    defaults: Mapping[str, float],
) -> dy.DataFrame[DailyLoads]:
    """Every sampled day that has a per-capita load or a limit to it, from both sources.

    Parameters
    ----------
    loads
        ``Loads``. A row without population has no per-capita load and is left out; so is a residue without a drug.
    reported_loads
        ``ReportedLoads``; drug, country and city stay as published.
    sites
        ``site_id``, ``country``, ``city`` of the sites of ``loads``, one row each; with ``population_served`` published loads
        get it as their population.
    analyte_drug
        ``analyte``, ``drug``: the drug a residue of ``loads`` stands for.
    defaults
        ``u_day``, ``u_batch``, ``u_site`` of a published load.

    Returns
    -------
    dy.DataFrame[DailyLoads]
        In order of site, year, week, weekday and residue; a censored day has no value, and its limit where known.

    Raises
    ------
    DataRefused
        ``HW-D002`` when a table breaks its promise, or both sources hold the same site, day and residue; ``HW-D306`` when a
        default is missing.

    Examples
    --------
    2027-01-02 is the Saturday of week 53 of 2026.

    >>> from headworks.core.schema import polars_schema
    >>> row = {"site_id": "s", "year": 2026, "week": 53, "weekday": 6, "analyte": "x", "drug": "X", "country": "C",
    ...        "city": "Y", "load_mg_per_1000_per_day": 5.0, "detection": "quantified", "limit_mg_per_1000_per_day": None}
    >>> none = pl.DataFrame(schema=polars_schema(Loads))
    >>> nowhere = pl.DataFrame(schema=dict.fromkeys(["site_id", "country", "city", "analyte", "drug"], pl.String))
    >>> days = daily_loads(none, pl.DataFrame([row]), nowhere, nowhere, {"u_day": 0.2, "u_batch": 0.1, "u_site": 0.1})
    >>> days["day"].to_list()
    [datetime.date(2027, 1, 2)]
    """
    lacking = [scope for scope in _SCOPES if scope not in defaults]
    if lacking:
        raise DataRefused(
            "The uncertainty of published loads is incomplete.",
            where="defaults of daily_loads",
            found=", ".join(defaults) or "nothing",
            remedy="Add " + ", ".join(lacking),
            code="HW-D306",
        )
    ours = computed_days(require_promise(Loads, loads, where="loads of daily_loads"), analyte_drug)
    promised = require_promise(ReportedLoads, reported_loads, where="reported_loads of daily_loads")
    both = one_table(ours, published_days(promised, sites, defaults), sites)
    return require_promise(DailyLoads, both, where="result of daily_loads")


def one_table(computed: pl.DataFrame, published: pl.DataFrame, sites: pl.DataFrame) -> pl.DataFrame:
    """Days of both sources, those computed here with their places, in order of site, year, week, weekday and residue."""
    names = DailyLoads.column_names()
    placed = computed.join(sites.select("site_id", "country", "city"), on="site_id", how="left", maintain_order="left")
    both = pl.concat([placed.select(names), published.select(names)], how="vertical_relaxed")
    return both.sort("site_id", "year", "week", "weekday", "analyte")
