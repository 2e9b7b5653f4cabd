"""What changed at a site from a period to the one a year later, and how sure that is.

Two answers stand in a row. The *published class* counts a day below the limit as zero and calls a change above +10 % an
increase and below -10 % a decrease (EUDA and SCORE; 351 of 351 printed percentages follow this rule). The *probability*
takes the doubt of both means into account (T9, T10): a "stable" of four noisy days and one of ninety are not the same.

The trap: from zero to something is an "increase" by the rule, and perhaps only a lower limit of quantification. There the
probability is a bound, and ``reason`` says of what.
"""

from __future__ import annotations

import dataframely as dy
import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.core.periods import Period
from headworks.core.schema import polars_schema, require_promise
from headworks.tables.days import DailyLoads
from headworks.tables.trends import Changes, PeriodMeans
from headworks.trends.day_arrays import DayArrays, day_arrays, labels_of
from headworks.trends.day_spread import DaySpread, day_spread
from headworks.trends.mean_interval import one_day_variance, sampling_variance
from headworks.trends.period_mean import PERIOD_MEAN_KINDS, array_of, group_periods
from headworks.trends.ratio_of_means import LogMean, rise_of_mean

_UNIT = ["site_id", "analyte", "drug"]
_BORROWED = "a period with one day: the scatter between days is borrowed from the residue's other periods"
_WIDENED = "censored days: the probabilities rest on the estimated mean, widened by the range from zero to the limit"
_AT_LEAST = "earlier period wholly below the limit: p_rose and p_increase are at least, p_decrease at most the value"
_AT_MOST = "later period wholly below the limit: p_rose and p_increase are at most, p_decrease at least the value"
_NEITHER = "both periods wholly below the limit: nothing can be said"
_NO_LIMIT = "a period lies wholly below an unknown limit: nothing can be said"
Array = npt.NDArray[np.float64]


def change_class(percent: pl.Expr, is_from_zero: pl.Expr, threshold: float) -> pl.Expr:
    """``increase`` above the threshold, ``decrease`` below its negative, else ``stable``; from zero an ``increase``.

    Examples
    --------
    >>> changed = pl.DataFrame({"p": [10.0, 10.1, -10.1, None], "z": [False, False, False, True]})
    >>> changed.select(change_class(pl.col("p"), pl.col("z"), 0.10)).to_series().to_list()
    ['stable', 'increase', 'decrease', 'increase']
    """
    # A float that should be exactly 10 % may come out a hair above it.
    limit = 100.0 * threshold + 1e-9
    return (
        pl.when(is_from_zero | (percent > limit))
        .then(pl.lit("increase"))
        .when(percent < -limit)
        .then(pl.lit("decrease"))
        .otherwise(pl.lit("stable"))
    )


def pair_with_year_before(groups: pl.DataFrame) -> pl.DataFrame:
    """Groups beside the same period of the year before (suffix ``_before``), where both exist."""
    before = (pl.col("period").str.head(4).cast(pl.Int32) - 1).cast(pl.String) + pl.col("period").str.slice(4)
    later = groups.with_columns(previous_period=before)
    keys = [*_UNIT, "previous_period"]
    earlier = groups.rename({"period": "previous_period"}).rename(lambda name: name if name in keys else name + "_before")
    return later.join(earlier, on=keys, how="inner")


def _log_mean(pairs: pl.DataFrame, suffix: str) -> LogMean:
    """One side of the pairs on the log scale. A side wholly below its limit has only its upper end."""

    def column(name: str) -> Array:
        return array_of(pairs, name + suffix)

    n_days, period, u_day = column("n_days"), column("days_in_period"), column("u_day")
    borrowed = one_day_variance(column("log_sd"), period / n_days, u_day) / n_days
    zero, central, limit = column("mean_zero"), column("mean"), column("mean_limit")
    is_borrowed = (n_days == 1) | ~(zero > 0)
    # Censored days at one value hide their scatter, so a period with such days takes at least the pooled one.
    least = np.where(column("n_censored") > 0, borrowed, 0.0)

    def relative_variance(mean: Array, sd: str) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            own = sampling_variance(mean, column(sd), n_days, period, u_day) / mean**2
        return np.where(is_borrowed, borrowed, np.maximum(own, least))

    with np.errstate(divide="ignore"):
        low, middle, high = np.log(zero), np.log(central), np.log(limit)
    return LogMean(
        central=middle,
        low=low,
        high=high,
        variance=relative_variance(central, "sd"),
        variance_low=relative_variance(zero, "sd_zero"),
        variance_high=relative_variance(limit, "sd_limit"),
        degrees_of_freedom=np.where(is_borrowed, np.inf, n_days - 1.0),
        sigma_batch=column("sigma_batch"),
    )


def _reason() -> pl.Expr:
    unseen, unseen_before = pl.col("mean_zero") == 0, pl.col("mean_zero_before") == 0
    is_censored = (pl.col("n_censored") > 0) | (pl.col("n_censored_before") > 0)
    doubt = (
        pl.when(unseen & unseen_before)
        .then(pl.lit(_NEITHER))
        .when(pl.col("p_rose").is_null())
        .then(pl.lit(_NO_LIMIT))
        .when(unseen_before)
        .then(pl.lit(_AT_LEAST))
        .when(unseen)
        .then(pl.lit(_AT_MOST))
        .when(is_censored)
        .then(pl.lit(_WIDENED))
    )
    is_single = ((pl.col("n_days") == 1) | (pl.col("n_days_before") == 1)) & pl.col("p_rose").is_not_null()
    both = pl.concat_str(doubt, pl.when(is_single).then(pl.lit(_BORROWED)), separator="; ", ignore_nulls=True)
    return pl.when(both != "").then(both)


def _with_change(pairs: pl.DataFrame, *, threshold: float, level: float) -> pl.DataFrame:
    rise = rise_of_mean(_log_mean(pairs, ""), _log_mean(pairs, "_before"), threshold=threshold, level=level)
    columns = [pl.Series(name, values, nan_to_null=True) for name, values in vars(rise).items()]
    now, before = pl.col("mean_zero"), pl.col("mean_zero_before")
    percent = pl.when(before > 0).then(100.0 * (now / before - 1.0)).when(now == 0).then(pl.lit(0.0)).otherwise(None)
    return (
        pairs.with_columns(*columns, change_percent=percent)
        .with_columns(
            change_class=change_class(pl.col("change_percent"), (before == 0) & (now > 0), threshold), reason=_reason()
        )
        .select(
            *_UNIT, "period", "previous_period", *vars(rise), "change_percent", "change_class", "reason",
            mean=now, previous_mean=before,
        )
    )  # fmt: skip


def changes(
    period_means: pl.DataFrame,
    days: pl.DataFrame,
    *,
    threshold: float = 0.10,
    level: float = 0.95,
    default_log_sd: float = 0.5,
) -> dy.DataFrame[Changes]:
    """Change of each period's mean from the same period a year earlier: published class, and probability.

    Parameters
    ----------
    period_means
        ``PeriodMeans``: the periods to compare. Weeks are passed over: the same week of another year is another week.
    days
        ``DailyLoads`` behind them.
    threshold
        Relative change above which the class is ``increase``; 10 % is that of EUDA and SCORE.
    level
        Coverage of the bounds of the ratio.
    default_log_sd
        As for ``period_means``.

    Returns
    -------
    dy.DataFrame[Changes]
        In order of site, period and residue; only periods whose year before has a row too. The means count censored days as
        zero. Probabilities are empty, or bounds, where ``reason`` says so.

    Raises
    ------
    DataRefused
        ``HW-D002`` when a table breaks its promise.

    Examples
    --------
    From a mean of 3 to a mean of 6: +100 %.

    >>> from headworks.trends.period_mean import period_means
    >>> row = {"site_id": "s", "country": None, "city": None, "week": 0, "day": None, "analyte": "x", "drug": "X",
    ...        "detection": "quantified", "limit": None, "u_day": 0.1, "u_batch": 0.1, "u_site": 0.1, "batch_id": None,
    ...        "population": None}
    >>> loads = [(2020, 1, 2.0), (2020, 2, 4.0), (2021, 1, 4.0), (2021, 2, 8.0)]
    >>> days = pl.DataFrame([row | {"year": year, "weekday": weekday, "value": load} for year, weekday, load in loads])
    >>> changes(period_means(days, "year"), days).select("period", "change_percent", "change_class").row(0)
    ('2021', 100.0, 'increase')
    """
    promised = require_promise(DailyLoads, days, where="days of changes")
    means = require_promise(PeriodMeans, period_means, where="period_means of changes")
    arrays = day_arrays(promised)
    spread = day_spread(arrays, default_log_sd)
    found = changes_of(arrays, spread, frozenset(means["period"].to_list()), threshold=threshold, level=level)
    kept = found.join(means, on=["site_id", "analyte", "period"], how="semi", maintain_order="left")
    return require_promise(Changes, kept, where="result of changes")


def changes_of(
    days: DayArrays, spread: DaySpread, periods: frozenset[str], *, threshold: float = 0.10, level: float = 0.95
) -> pl.DataFrame:
    """As :func:`changes`, from arrays and their spread, of the later periods wanted; what comes out is not checked again."""
    found: list[pl.DataFrame] = [Changes.create_empty()]
    types = {name: dtype for name, dtype in polars_schema(Changes).items() if name not in (*_UNIT, "period")}
    for kind in PERIOD_MEAN_KINDS[1:]:
        later = frozenset(label for label in periods if Period.parse(label).kind == kind)
        earlier = frozenset(Period.parse(label).a_year_before().label for label in later)
        if not later or not earlier & labels_of(days, kind):
            continue
        groups = group_periods(days, kind, spread, later | earlier)
        pairs = pair_with_year_before(groups.filter(pl.col("period").is_in(list(later | earlier))))
        pairs = pairs.filter(pl.col("period").is_in(list(later)))
        changed = _with_change(pairs, threshold=threshold, level=level)
        found.append(changed.select(Changes.column_names()).cast(pl.Schema(types)))
    return pl.concat(found).sort("site_id", "period", "analyte")
