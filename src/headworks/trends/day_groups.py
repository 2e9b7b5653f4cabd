"""What the days of a group add up to, three ways: censored days at zero, where they likely were, and at their limit.

A group is whatever its keys say: a site and residue in a week, a month, a year. The table is internal to the room; weekly
means, period means and changes read it. Groups are summed in Polars and solved together in NumPy: no group has a loop.

Groups are summed in the order of their days (``maintain_order``), never in parts: the same days give the same bits, whatever
other groups there are, so that recomputing what is new equals recomputing all.

Trap: an unknown limit stands for two different facts here. Within a group that has a quantified day it is *bounded* by the
smallest one; a group without any looks to the site's other days of the same residue; only then is it unknown.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from headworks.core.errors import DataRefused
from headworks.trends.censored_mean import log_mean_with_censored, mean_below_limit

# Fewer quantified days than this do not show their own scatter.
_DAYS_THAT_SHOW_SCATTER = 4
_LOG = pl.when(pl.col("value") > 0).then(pl.col("value")).log()
_SITE = ["site_id", "analyte"]


def pooled_log_sd(groups: pl.DataFrame, default_log_sd: float) -> pl.DataFrame:
    """Scatter between days of each residue on the log scale, the median over the groups that show it (T7).

    Parameters
    ----------
    groups
        ``analyte``, ``n_days``, ``n_censored``, ``own_log_sd``.
    default_log_sd
        For a residue of which no group is fully quantified on four days or more.

    Returns
    -------
    pl.DataFrame
        ``analyte``, ``log_sd``; one row per residue.

    Examples
    --------
    >>> rows = {"analyte": ["x"] * 3, "n_days": [7, 7, 2], "n_censored": [0, 0, 0], "own_log_sd": [0.2, 0.4, 9.0]}
    >>> round(pooled_log_sd(pl.DataFrame(rows), 0.5)["log_sd"].item(), 6)
    0.3
    """
    shows = (pl.col("n_censored") == 0) & (pl.col("n_days") >= _DAYS_THAT_SHOW_SCATTER) & (pl.col("own_log_sd") > 0)
    median = pl.col("own_log_sd").filter(shows).median()
    return groups.group_by("analyte").agg(log_sd=median.fill_null(default_log_sd))


def group_days(days: pl.DataFrame, keys: list[str], *, default_log_sd: float) -> pl.DataFrame:
    """Moments of each group of days, with censored days at zero, at their expected value and at their limit.

    Parameters
    ----------
    days
        ``DailyLoads``, with the columns of ``keys``; these hold ``site_id`` and ``analyte``.
    keys
        Columns that make a group.
    default_log_sd
        Scatter between days on the log scale where the data show none, above 0.

    Returns
    -------
    pl.DataFrame
        A row per group in order of the keys: ``n_days``, ``n_censored``, ``n_not_detected``, ``n_months``; ``mean`` and ``sd``
        with the suffixes ``_zero``, none and ``_limit`` (the mean is null without a quantified day, those at the limit where
        one is unknown); ``log_sd`` pooled, which ``sd_limit`` does not undercut where a
        day is censored; ``u_day`` and ``u_site`` root mean square; ``sigma_batch`` and ``sigma_site``, what
        is left of them in the mean on the log scale.

    Raises
    ------
    DataRefused
        ``HW-D302`` when ``default_log_sd`` is not above 0.
    """
    if not default_log_sd > 0:
        raise DataRefused(
            "The scatter between days must be above 0.", found=str(default_log_sd), remedy="Give 0.5", code="HW-D302"
        )
    groups = _counted(days, keys).join(_shared(days, keys), on=keys, how="left", nulls_equal=True)
    groups = groups.join(pooled_log_sd(groups, default_log_sd), on="analyte", how="left").sort(keys)
    groups = groups.with_row_index("group")
    valued = _valued(days, groups, keys)
    # Sorted on purpose: Polars sums a column that is known to be sorted with another kernel than one that is not.
    moments = (
        valued.sort("group", maintain_order=True)
        .group_by("group", maintain_order=True)
        .agg(
            mean_zero=pl.col("at_zero").mean(),
            sd_zero=pl.col("at_zero").std(),
            mean=_none_if_any_missing("central", "mean"),
            sd=_none_if_any_missing("central", "std"),
            mean_limit=_none_if_any_missing("at_limit", "mean"),
            sd_limit=_none_if_any_missing("at_limit", "std"),
        )
    )
    joined = groups.join(moments, on="group", how="left").sort("group").with_columns(sd_limit=_sd_at_limit())
    return joined.drop("group", "own_log_sd", "n_logs", "mean_log", "smallest")


def _none_if_any_missing(column: str, statistic: str) -> pl.Expr:
    result = pl.col(column).mean() if statistic == "mean" else pl.col(column).std()
    return pl.when(pl.col(column).null_count() == 0).then(result)


def _sd_at_limit() -> pl.Expr:
    """Scatter with the censored days at their limit, at least the pooled one: days piled up at a limit hide theirs (T7)."""
    pooled = pl.col("mean_limit") * ((pl.col("log_sd") ** 2).exp() - 1.0).sqrt()
    hides = (pl.col("n_censored") > 0) & (pl.col("n_days") > 1)
    return pl.when(hides).then(pl.max_horizontal("sd_limit", pooled)).otherwise(pl.col("sd_limit"))


def _counted(days: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    quantified = pl.col("value").is_not_null()
    return days.group_by(keys, maintain_order=True).agg(
        n_days=pl.len().cast(pl.Int64),
        n_censored=(~quantified).sum().cast(pl.Int64),
        n_not_detected=(pl.col("detection").cast(pl.String) == "not_detected").sum().cast(pl.Int64),
        n_months=(pl.col("day").dt.year().cast(pl.Int32) * 12 + pl.col("day").dt.month()).drop_nulls().n_unique(),
        smallest=pl.col("value").filter(pl.col("value") > 0).min(),
        n_logs=(pl.col("value") > 0).sum().cast(pl.Float64),
        mean_log=_LOG.mean(),
        own_log_sd=_LOG.std(),
        u_day=(pl.col("u_day") ** 2).mean().sqrt(),
        u_site=(pl.col("u_site") ** 2).mean().sqrt(),
        sigma_site=(pl.col("u_site") ** 2).log1p().mean().sqrt(),
    )


def _shared(days: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """What the batches leave in the mean: the days of one share its error, batches average (T8)."""
    batches = days.group_by([*keys, "batch_id"], maintain_order=True).agg(
        n_batch=pl.len().cast(pl.Float64), sigma2=(pl.col("u_batch") ** 2).log1p().mean()
    )
    return batches.group_by(keys, maintain_order=True).agg(
        sigma_batch=((pl.col("n_batch") ** 2 * pl.col("sigma2")).sum() / pl.col("n_batch").sum() ** 2).sqrt()
    )


def _valued(days: pl.DataFrame, groups: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Every day with its group and its three values."""
    solved = groups.select([*keys, "group", "smallest"])
    rows = days.select([*keys, "value", "limit"]).join(solved, on=keys, how="left", nulls_equal=True, maintain_order="left")
    value = pl.col("value")
    quantified = rows.filter(value.is_not_null()).select("group", at_zero=value, central=value, at_limit=value)
    at_site = days.group_by(_SITE).agg(smallest_at_site=value.filter(value > 0).min())
    censored = (
        rows.filter(value.is_null())
        .join(at_site, on=_SITE, how="left", maintain_order="left")
        .select("group", at_zero=pl.lit(0.0), at_limit=pl.coalesce("limit", "smallest", "smallest_at_site"))
    )
    central = pl.Series("central", _central(censored, groups), dtype=pl.Float64).fill_nan(None)
    return pl.concat([quantified, censored.with_columns(central).select(quantified.columns)])


def _central(censored: pl.DataFrame, groups: pl.DataFrame) -> np.ndarray:
    """Expected load of each censored day (T5); not a number in a group without a quantified day."""
    sigma = groups["log_sd"].to_numpy()
    n_logs = groups["n_logs"].to_numpy()
    unseen = (groups["n_days"] == groups["n_censored"]).to_numpy()
    mean_log = groups["mean_log"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    group = censored["group"].cast(pl.Int64).to_numpy()
    limit = censored["at_limit"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    solvable = np.isfinite(mean_log[group]) & (limit > 0)
    busy, position = np.unique(group[solvable], return_inverse=True)
    mu = np.full(sigma.size, np.nan)
    mu[busy] = log_mean_with_censored(position, np.log(limit[solvable]), n_logs[busy], mean_log[busy], sigma[busy])
    central = mean_below_limit(limit, mu[group], sigma[group])
    return np.where(unseen[group], np.nan, np.where(solvable, central, 0.0))
