"""The mean of a monitoring week as the programmes print it, and our own estimate beside it.

A convention says which days are weekdays, which are weekend, and that a day below the limit counts as zero. Conventions are
dated data: the European one counts Tuesday to Thursday as weekdays, but Tuesday to Friday in its 2021 edition.

Two means stand in a row and must not be confused. ``daily_mean`` follows the convention, to be compared with what others
print; ``estimate`` puts a censored day somewhere below its limit and carries the bounds.

The trap: the bounds speak for the *week*. With all seven days sampled only the measurement is left in doubt, however much
the days differ; for a month or a year see ``period_means``.
"""

from __future__ import annotations

import dataframely as dy
import numpy as np
import polars as pl

from headworks.core.errors import DataRefused
from headworks.core.schema import polars_schema, require_promise
from headworks.tables.days import DailyLoads
from headworks.tables.trends import WeeklyMeans
from headworks.trends.day_arrays import DayArrays, day_arrays, group_by_week
from headworks.trends.day_groups import group_days
from headworks.trends.day_spread import DaySpread, day_spread
from headworks.trends.period_mean import with_bounds

_WEEK = ["site_id", "year", "week", "drug"]
_KEYS = [*_WEEK, "analyte"]
_DAYS_IN_WEEK = 7
_ALWAYS = (-9999, 9999)


def select_convention(years: pl.Series, conventions: pl.DataFrame) -> pl.DataFrame:
    """The convention of each year: of those whose years hold it, the one that holds the fewest.

    Parameters
    ----------
    years
        Distinct years.
    conventions
        ``convention``, ``weekday_days``, ``weekend_days`` (lists of numbers, or numbers joined by ``;``; 1 for Monday),
        ``first_year``, ``last_year`` (null: open).

    Returns
    -------
    pl.DataFrame
        ``year``, ``convention``, ``weekday`` and ``is_weekday``; a row per year and day of either set.

    Raises
    ------
    DataRefused
        ``HW-D304`` when a year has no convention.

    Examples
    --------
    >>> sets = {"weekday_days": ["2;3;4", "2;3;4;5"], "weekend_days": ["1;5;6;7", "1;6;7"]}
    >>> dates = {"first_year": [None, 2021], "last_year": [None, 2021]}
    >>> told = pl.DataFrame({"convention": ["score", "score-2021"]} | dates | sets)
    >>> chosen = select_convention(pl.Series([2020, 2021]), told)
    >>> chosen.filter(pl.col("weekday") == 5)["is_weekday"].to_list()
    [False, True]
    """
    first = pl.col("first_year").cast(pl.Int32).fill_null(_ALWAYS[0])
    last = pl.col("last_year").cast(pl.Int32).fill_null(_ALWAYS[1])
    wanted = pl.DataFrame({"year": years.cast(pl.Int16).unique().sort()})
    holding = wanted.join(conventions, how="cross").filter(pl.col("year").is_between(first, last))
    chosen = holding.with_columns(span=last - first).sort("year", "span", "convention").unique("year", keep="first")
    orphans = wanted.join(chosen, on="year", how="anti")["year"].to_list()
    if orphans:
        raise DataRefused(
            "No week convention holds these years.",
            where="conventions",
            found=", ".join(map(str, orphans)),
            remedy="Add a convention, or leave first_year and last_year of one empty",
            code="HW-D304",
        )
    sets = [
        chosen.select("year", "convention", weekday=_days_of(chosen, column), is_weekday=pl.lit(is_weekday))
        for column, is_weekday in (("weekday_days", True), ("weekend_days", False))
    ]
    exploded = pl.concat(sets).explode("weekday")
    return exploded.sort("year", "weekday")


def _days_of(conventions: pl.DataFrame, column: str) -> pl.Expr:
    """A set of days as a list of numbers, written ``2;3;4`` or a list already."""
    days = pl.col(column)
    return (days if conventions[column].dtype == pl.List else days.str.replace_all(" ", "").str.split(";")).cast(
        pl.List(pl.Int8)
    )


def _by_convention(days: pl.DataFrame, conventions: pl.DataFrame) -> pl.DataFrame:
    chosen = select_convention(days["year"], conventions)
    names = chosen.select("year", "convention").unique()
    counted = pl.col("value").fill_null(0.0)
    return (
        days.join(chosen.drop("convention"), on=["year", "weekday"], how="left", maintain_order="left")
        .join(names, on="year", how="left", maintain_order="left")
        .group_by(_KEYS, maintain_order=True)
        .agg(
            pl.col("country", "city").sort_by("weekday").first(),
            pl.col("convention").first(),
            weekday_mean=counted.filter(pl.col("is_weekday")).mean(),
            weekend_mean=counted.filter(~pl.col("is_weekday")).mean(),
            daily_mean=counted.mean(),
        )
        .with_columns(weekend_ratio=pl.when(pl.col("weekday_mean") > 0).then(pl.col("weekend_mean") / pl.col("weekday_mean")))
    )


def _require_one_residue_per_drug(days: pl.DataFrame) -> None:
    residues = days.select("drug", "analyte").unique().sort("drug", "analyte")
    doubled = residues.filter(pl.len().over("drug") > 1)
    if doubled.height:
        raise DataRefused(
            "Two residues stand for one drug, so a drug would have two weekly means.",
            where="days of week_means",
            found="; ".join(f"{drug}: {analyte}" for drug, analyte in doubled.rows()),
            remedy="Name one residue per drug in analyte_drug, or filter the days",
            code="HW-D305",
        )


def _require_zero_as_zero(conventions: pl.DataFrame) -> None:
    others = conventions.filter(pl.col("zero_is") != "zero")
    if others.height:
        raise DataRefused(
            "A week convention counts a day below the limit as something other than zero.",
            where="conventions, column zero_is",
            found="; ".join(f"{row['convention']}: {row['zero_is']}" for row in others.to_dicts()),
            remedy="Write zero; other treatments are in the estimate",
            code="HW-D304",
        )


def week_means(
    days: pl.DataFrame,
    conventions: pl.DataFrame,
    *,
    level: float = 0.95,
    default_log_sd: float = 0.5,
    rate_only_above: float = 0.80,
) -> dy.DataFrame[WeeklyMeans]:
    """Weekday, weekend and daily mean of every monitoring week under its convention, and our estimate of the daily mean.

    Parameters
    ----------
    days
        ``DailyLoads`` with one residue per drug.
    conventions
        As for ``select_convention``; under each a censored day counts as zero.
    level, default_log_sd, rate_only_above
        As for ``period_means``.

    Returns
    -------
    dy.DataFrame[WeeklyMeans]
        In order of site, year, week and drug. A mean is empty when none of its days was sampled; the estimate is empty when no
        day was quantified. A day in neither set counts only in the daily mean.

    Raises
    ------
    DataRefused
        ``HW-D002`` when ``days`` breaks its promise, ``HW-D304`` when a year has no convention or one that counts a zero as
        something else, ``HW-D305`` when two residues stand for one drug.

    Examples
    --------
    Tuesday 3 and Saturday 9: weekday mean 3, weekend mean 9, daily mean 6.

    >>> row = {"site_id": "s", "country": "X", "city": "Y", "year": 2020, "week": 0, "day": None, "analyte": "x",
    ...        "drug": "X", "detection": "quantified", "limit": None, "u_day": 0.1, "u_batch": 0.1, "u_site": 0.1,
    ...        "batch_id": None, "population": None}
    >>> days = pl.DataFrame([row | {"weekday": 2, "value": 3.0}, row | {"weekday": 6, "value": 9.0}])
    >>> told = pl.DataFrame({"convention": ["score"], "weekday_days": ["2;3;4"], "weekend_days": ["1;5;6;7"],
    ...                      "first_year": [None], "last_year": [None], "zero_is": ["zero"]})
    >>> week_means(days, told).select("weekday_mean", "weekend_mean", "daily_mean", "weekend_ratio").row(0)
    (3.0, 9.0, 6.0, 3.0)
    """
    promised = require_promise(DailyLoads, days, where="days of week_means")
    arrays = day_arrays(promised)
    spread = day_spread(arrays, default_log_sd)
    result = week_means_of(promised, arrays, spread, conventions, level=level, rate_only_above=rate_only_above)
    return require_promise(WeeklyMeans, result, where="result of week_means")


def week_means_of(
    days: pl.DataFrame,
    arrays: DayArrays,
    spread: DaySpread,
    conventions: pl.DataFrame,
    only: frozenset[tuple[int, int]] | None = None,
    *,
    level: float = 0.95,
    rate_only_above: float = 0.80,
) -> pl.DataFrame:
    """As :func:`week_means`, from days and their arrays, of the years and weeks wanted; what comes out is not checked."""
    _require_zero_as_zero(conventions)
    _require_one_residue_per_drug(arrays.series)
    groups, weeks = group_by_week(arrays, only)
    moments = group_days(arrays, groups, spread).with_columns(days_in_period=pl.lit(_DAYS_IN_WEEK))
    bounded = with_bounds(moments, level=level, rate_only_above=rate_only_above)
    year, week = (np.array([one[part] for one in weeks], dtype=np.int64)[groups.label] for part in (0, 1))
    bounded = bounded.with_columns(pl.Series("year", year, dtype=pl.Int16), pl.Series("week", week, dtype=pl.Int8))
    own = bounded.select(
        *_KEYS,
        "n_days",
        share_censored=pl.col("n_censored") / pl.col("n_days"),
        estimate="mean",
        estimate_lower="lower",
        estimate_upper="upper",
    )
    if only is not None:
        wanted = pl.DataFrame(sorted(only), schema={"year": pl.Int16, "week": pl.Int8}, orient="row")
        days = days.join(wanted, on=["year", "week"], how="semi", maintain_order="left")
    result = _by_convention(days, conventions).join(own, on=_KEYS, how="left").sort(_WEEK)
    return result.select(WeeklyMeans.column_names()).cast(
        {name: dtype for name, dtype in polars_schema(WeeklyMeans).items() if dtype.is_numeric()}
    )
