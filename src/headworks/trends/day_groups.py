"""What the days of a group add up to, three ways: censored days at zero, where they likely were, and at their limit.

A group is a run of days of one series: a week, a month, a year. Moments of all groups are summed together over runs of rows;
no group has a loop, and a group's sums hang on its own days alone, so that recomputing some groups gives the bits of all.

Trap: an unknown limit stands for two different facts here. Within a group that has a quantified day it is *bounded* by the
smallest one; a group without any looks to the series' days before (those the spread is learnt from); only then is it unknown.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.trends.censored_mean import log_mean_with_censored, mean_below_limit
from headworks.trends.day_arrays import DayArrays, Groups, distinct_places, is_dated
from headworks.trends.day_spread import DaySpread

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]


class _Run(NamedTuple):
    """The days of all groups, one after the other: ``size`` of each group, ``group`` of each day."""

    groups: Groups
    size: Array
    group: Index

    def total(self, values: Array) -> Array:
        """Sum over each group, of values in order of ``groups.rows``."""
        return np.add.reduceat(values, self.groups.start) if self.size.size else np.zeros(0)

    def mean(self, values: Array) -> Array:
        return self.total(values) / self.size

    def sd(self, values: Array) -> Array:
        """Standard deviation; not a number of one day."""
        away = values - self.mean(values)[self.group]
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.size > 1, np.sqrt(self.total(away**2) / (self.size - 1)), np.nan)


def group_days(days: DayArrays, groups: Groups, spread: DaySpread) -> pl.DataFrame:
    """Moments of each group of days, with censored days at zero, at their expected value and at their limit.

    Parameters
    ----------
    days
        Arrays of the days.
    groups
        Which days make a group.
    spread
        Spread between days and smallest load, per day of ``days``.

    Returns
    -------
    pl.DataFrame
        A row per group, in order of series and label: ``site_id, analyte, drug, label``; ``n_days``, ``n_censored``,
        ``n_not_detected``, ``n_months``; ``mean`` and ``sd`` with the suffixes ``_zero``, none and ``_limit`` (the mean is
        null without a quantified day, those at the limit where one is unknown); ``log_sd``, root mean square of the days'
        spread, and ``log_sd_df`` its degrees of freedom; ``sd_limit`` does not undercut the spread where a day is censored;
        ``u_day`` and
        ``u_site`` root mean square; ``sigma_batch`` and ``sigma_site``, what is left of them in the mean on the log scale.
    """
    rows = groups.rows
    run = _Run(groups, groups.size.astype(np.float64), groups.of_row)
    value, limit = days.value[rows], days.limit[rows]
    quantified = ~np.isnan(value)
    n_censored = run.total((~quantified).astype(np.float64))
    log_sd = np.sqrt(run.mean(spread.log_sd[rows] ** 2))
    at_zero = np.where(quantified, value, 0.0)
    limits = np.where(np.isnan(limit), _stand_in(run, value, spread.smallest[rows]), limit)
    at_limit = np.where(quantified, value, limits)
    central = np.where(quantified, value, _central(run, value, limits, log_sd))
    mean_limit, sd_limit = run.mean(at_limit), run.sd(at_limit)
    hides = (n_censored > 0) & (run.size > 1)
    # Days piled up at a limit hide their scatter (T7).
    sd_limit = np.where(hides, np.fmax(sd_limit, mean_limit * np.sqrt(np.expm1(log_sd**2))), sd_limit)
    columns = {
        "n_days": run.size,
        "n_censored": n_censored,
        "n_not_detected": run.total(days.is_not_detected[rows].astype(np.float64)),
        "n_months": _months(days, run),
        "mean_zero": run.mean(at_zero),
        "sd_zero": run.sd(at_zero),
        "mean": run.mean(central),
        "sd": run.sd(central),
        "mean_limit": mean_limit,
        "sd_limit": np.where(np.isnan(mean_limit), np.nan, sd_limit),
        "log_sd": log_sd,
        "log_sd_df": run.mean(spread.degrees_of_freedom[rows]),
        "u_day": np.sqrt(run.mean(days.u_day[rows] ** 2)),
        "u_site": np.sqrt(run.mean(days.u_site[rows] ** 2)),
        "sigma_site": np.sqrt(run.mean(np.log1p(days.u_site[rows] ** 2))),
        "sigma_batch": _shared(days, run),
    }
    named = days.series[groups.of_series].with_columns(
        pl.Series("label", np.array(groups.labels, dtype=object)[groups.label], dtype=pl.String)
        if groups.labels
        else pl.Series("label", [], dtype=pl.String)
    )
    counts = {"n_days", "n_censored", "n_not_detected", "n_months"}
    return named.with_columns(
        pl.Series(name, values.astype(np.int64)) if name in counts else pl.Series(name, values, nan_to_null=True)
        for name, values in columns.items()
    )


def _stand_in(run: _Run, value: Array, smallest_before: Array) -> Array:
    """For a limit nobody knows: the smallest load of the group, else of the series before."""
    positive = np.where(value > 0, value, np.inf)
    smallest = np.minimum.reduceat(positive, run.groups.start) if run.size.size else np.zeros(0)
    of_group = smallest[run.group]
    return np.where(np.isfinite(of_group), of_group, smallest_before)


def _central(run: _Run, value: Array, limits: Array, log_sd: Array) -> Array:
    """Expected load of each censored day (T5); not a number in a group without a quantified day."""
    group = run.group
    positive = value > 0
    n_logs = run.total(positive.astype(np.float64))
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(positive, np.log(np.where(positive, value, 1.0)), 0.0)
        mean_log = np.where(n_logs > 0, run.total(logs) / n_logs, np.nan)
    unseen = run.total((~np.isnan(value)).astype(np.float64)) == 0
    censored = np.flatnonzero(np.isnan(value))
    of_group, limit = group[censored], limits[censored]
    solvable = np.isfinite(mean_log[of_group]) & (limit > 0)
    busy, position = np.unique(of_group[solvable], return_inverse=True)
    mu = np.full(run.size.size, np.nan)
    mu[busy] = log_mean_with_censored(position, np.log(limit[solvable]), n_logs[busy], mean_log[busy], log_sd[busy])
    found = mean_below_limit(limit, mu[of_group], log_sd[of_group])
    result = np.zeros(value.size)
    result[censored] = np.where(unseen[of_group], np.nan, np.where(solvable, found, 0.0))
    return result


def _months(days: DayArrays, run: _Run) -> Array:
    """Calendar months of the days of each group; 0 of days without a date."""
    ordinals, place = distinct_places(days.ordinal[run.groups.rows])
    month = ordinals.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)[place]
    fresh = np.ones(place.size, dtype=bool)
    fresh[1:] = month[1:] != month[:-1]
    # The first day of a group begins a month, whatever the group before ended with.
    fresh[run.groups.start] = True
    return run.total(np.where(is_dated(ordinals)[place], fresh, 0.0))


def _shared(days: DayArrays, run: _Run) -> Array:
    """What the batches leave in the mean: the days of one share its error, batches average (T8)."""
    rows, group = run.groups.rows, run.group
    variance = np.log1p(days.u_batch[rows] ** 2)
    batch = days.batch[rows]
    if not rows.size:
        return np.zeros(0)
    key = group * (int(days.batch.max()) + 2) + batch + 1
    if np.any(key[1:] < key[:-1]):
        order = np.argsort(key, kind="stable")
        key, variance, group = key[order], variance[order], group[order]
    start = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    n_batch = np.diff(np.append(start, rows.size)).astype(np.float64)
    mean_variance = np.add.reduceat(variance, start) / n_batch
    of_group = group[start]
    first = np.flatnonzero(np.diff(of_group, prepend=-1))
    return np.sqrt(np.add.reduceat(n_batch**2 * mean_variance, first)) / run.size
