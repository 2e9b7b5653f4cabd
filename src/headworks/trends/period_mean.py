"""What a site's load was over a week, a month, a quarter, a half-year or a year, and how well the sampled days say so.

The mean is that of the sampled days. ``lower``/``upper`` hold what the sample of days leaves open (T1, T2): they compare a
site with itself. ``lower_total``/``upper_total`` add what the days share, laboratory batches and the site (T3, T8): they
compare sites. With censored days the bounds run from the lower bound of "all at zero" to the upper of "all at the limit".

The trap: a *day* is filed under its own date, so 2027-01-02 counts in 2027 although its ISO week belongs to 2026. A day of
which only the year is known speaks for the year and for nothing smaller.
"""

from __future__ import annotations

from typing import Literal

import dataframely as dy
import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.core.errors import DataRefused
from headworks.core.periods import Period
from headworks.core.schema import polars_schema, require_promise
from headworks.core.uncertainty import relative
from headworks.tables.days import DailyLoads
from headworks.tables.trends import PeriodMeans
from headworks.trends.censored_mean import upper_without_a_value
from headworks.trends.day_arrays import DayArrays, day_arrays, group_by_period
from headworks.trends.day_groups import group_days
from headworks.trends.day_spread import DaySpread, day_spread
from headworks.trends.mean_interval import one_day_bounds, t_bounds, widen_by_shared

PeriodMeanKind = Literal["week", "month", "quarter", "half_year", "year"]
PERIOD_MEAN_KINDS: tuple[PeriodMeanKind, ...] = ("week", "month", "quarter", "half_year", "year")
Array = npt.NDArray[np.float64]


def require_kind(kind: str) -> None:
    """Refuse a kind of which there are no means.

    Raises
    ------
    DataRefused
        ``HW-D303``.
    """
    if kind not in PERIOD_MEAN_KINDS:
        raise DataRefused(
            "There are no means of this kind of period.",
            found=str(kind),
            remedy="Give " + ", ".join(PERIOD_MEAN_KINDS),
            code="HW-D303",
        )


def group_periods(
    days: DayArrays, kind: PeriodMeanKind, spread: DaySpread, only: frozenset[str] | None = None
) -> pl.DataFrame:
    """Moments of the days of each series and period, as ``group_days``, with ``period`` and ``days_in_period``."""
    require_kind(kind)
    filed = group_by_period(days, kind, only)
    groups = group_days(days, filed, spread).rename({"label": "period"})
    lengths = np.array([Period.parse(label).n_days for label in filed.labels], dtype=np.int64)
    in_period = lengths[filed.label] if filed.labels else np.zeros(0, dtype=np.int64)
    return groups.with_columns(days_in_period=pl.Series(in_period, dtype=pl.Int64))


def array_of(groups: pl.DataFrame, column: str) -> Array:
    """A column as floats, not a number where it is null."""
    return groups[column].cast(pl.Float64).fill_null(np.nan).to_numpy()


def with_bounds(groups: pl.DataFrame, *, level: float, rate_only_above: float) -> pl.DataFrame:
    """Groups with ``lower``, ``upper``, ``lower_total``, ``upper_total``, ``method`` and ``detection``.

    Parameters
    ----------
    groups
        From ``group_days``, with ``days_in_period``.
    level
        Coverage of the bounds.
    rate_only_above
        Share of censored days above which the mean is too thin to rest on.

    Returns
    -------
    pl.DataFrame
        Same rows and order; a group without a quantified day is bounded by 0 and by (T11).
    """
    lower, upper = _sample_bounds(groups, level)
    sigma_shared = np.hypot(array_of(groups, "sigma_batch"), array_of(groups, "sigma_site"))
    lower_total, upper_total = widen_by_shared(array_of(groups, "mean"), lower, upper, sigma_shared, level)
    bounds = {"lower": lower, "upper": upper, "lower_total": lower_total, "upper_total": upper_total}
    n_days, n_censored = pl.col("n_days"), pl.col("n_censored")
    method = (
        pl.when(n_days == 1)
        .then(pl.lit("one_day"))
        .when(n_censored > rate_only_above * n_days)
        .then(pl.lit("detection_rate_only"))
        .when(n_censored > 0)
        .then(pl.lit("censored_t_interval"))
        .otherwise(pl.lit("t_interval"))
    )
    detection = (
        pl.when(n_censored < n_days)
        .then(pl.lit("quantified"))
        .when(pl.col("n_not_detected") == n_days)
        .then(pl.lit("not_detected"))
        .otherwise(pl.lit("below_loq"))
    )
    columns = [pl.Series(name, values, nan_to_null=True) for name, values in bounds.items()]
    return groups.with_columns(*columns, method=method, detection=detection)


def _sample_bounds(groups: pl.DataFrame, level: float) -> tuple[Array, Array]:
    n_days, period = array_of(groups, "n_days"), array_of(groups, "days_in_period")
    u_day = array_of(groups, "u_day")
    mean, at_limit = array_of(groups, "mean"), array_of(groups, "mean_limit")
    scatter = period, u_day, level
    lower, _ = t_bounds(array_of(groups, "mean_zero"), array_of(groups, "sd_zero"), n_days, *scatter)
    _, upper = t_bounds(at_limit, array_of(groups, "sd_limit"), n_days, *scatter)
    freedom = array_of(groups, "log_sd_df")
    one_lower, one_upper = one_day_bounds(mean, array_of(groups, "log_sd"), *scatter, freedom)
    unseen_upper = upper_without_a_value(at_limit, n_days, period, array_of(groups, "log_sd"), level)
    is_single, is_unseen = n_days == 1, np.isnan(mean)
    lower = np.where(is_unseen, 0.0, np.where(is_single, one_lower, lower))
    return lower, np.where(is_unseen, unseen_upper, np.where(is_single, one_upper, upper))


def period_means(
    days: pl.DataFrame,
    kind: PeriodMeanKind,
    *,
    level: float = 0.95,
    default_log_sd: float = 0.5,
    rate_only_above: float = 0.80,
) -> dy.DataFrame[PeriodMeans]:
    """Mean load of every site, residue and period of a kind, with its bounds.

    Parameters
    ----------
    days
        ``DailyLoads``; days without a date speak only for ``year``.
    kind
        ``week``, ``month``, ``quarter``, ``half_year`` or ``year``.
    level
        Coverage of the bounds.
    default_log_sd
        Scatter between days on the log scale for a residue whose own data show none.
    rate_only_above
        Share of censored days above which the method is ``detection_rate_only`` (``docs/methods/trends.md``).

    Returns
    -------
    dy.DataFrame[PeriodMeans]
        In order of site, residue and period. Without a quantified day there is no mean: ``lower`` is 0 and ``upper`` the most
        it can have been (T11), empty when a limit is unknown. ``u_day`` is that of one day, ``u_batch`` what is left of it in
        the mean.

    Raises
    ------
    DataRefused
        ``HW-D002`` when ``days`` breaks its promise, ``HW-D303`` for a kind of which there are no means.

    Examples
    --------
    Two days of a month of 31: (2 + 4) / 2 = 3.

    >>> import datetime as dt
    >>> row = {"site_id": "s", "country": None, "city": None, "year": 2024, "week": 20, "analyte": "x", "drug": "X",
    ...        "detection": "quantified", "limit": None, "u_day": 0.1, "u_batch": 0.1, "u_site": 0.1, "batch_id": None,
    ...        "population": None}
    >>> days = pl.DataFrame([row | {"weekday": d, "day": dt.date(2024, 5, 12 + d), "value": 2.0 * d} for d in (1, 2)])
    >>> period_means(days, "month").select("period", "mean", "n_days", "days_in_period", "method").row(0)
    ('2024-05', 3.0, 2, 31, 't_interval')
    """
    promised = require_promise(DailyLoads, days, where="days of period_means")
    arrays = day_arrays(promised)
    spread = day_spread(arrays, default_log_sd)
    means = period_means_of(arrays, kind, spread, level=level, rate_only_above=rate_only_above)
    return require_promise(PeriodMeans, means, where="result of period_means")


def period_means_of(
    days: DayArrays,
    kind: PeriodMeanKind,
    spread: DaySpread,
    only: frozenset[str] | None = None,
    *,
    level: float = 0.95,
    rate_only_above: float = 0.80,
) -> pl.DataFrame:
    """As :func:`period_means`, from arrays and their spread, of the periods wanted; what comes out is not checked again."""
    bounded = with_bounds(group_periods(days, kind, spread, only), level=level, rate_only_above=rate_only_above)
    types = {name: dtype for name, dtype in polars_schema(PeriodMeans).items() if name not in ("site_id", "analyte", "drug")}
    result = bounded.with_columns(period_kind=pl.lit(kind), u_batch=relative(pl.col("sigma_batch")))
    return (
        result.select(PeriodMeans.column_names())
        .cast(pl.Schema(types))
        .sort("site_id", "analyte", "period", maintain_order=True)
    )
