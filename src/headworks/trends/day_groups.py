"""What the days of a group add up to, three ways: censored days at zero, where they likely were, and at their limit.

A group is a run of days of one series: a week, a month, a year. Its sums (:mod:`group_moments`) hang on its own days alone, so
that recomputing some groups gives the bits of all.

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
from headworks.trends.group_moments import (
    FREEDOM,
    LOG_SD,
    MEAN_LOG,
    N_CENSORED,
    N_DAYS,
    N_LOGS,
    N_MOMENTS,
    N_MONTHS,
    N_NOT_DETECTED,
    N_TOLD,
    NO_MONTH,
    SIGMA_BATCH,
    SIGMA_SITE,
    SMALLEST,
    U_DAY,
    U_SITE,
    tell_groups,
    three_ways,
)  # fmt: skip

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]


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
    told = _tell(days, groups, spread)
    n_days, n_censored, log_sd = told[N_DAYS], told[N_CENSORED], told[LOG_SD]
    hidden = _hidden_days(days, groups, spread, told)
    moments = np.empty((N_MOMENTS, groups.start.size))
    three_ways(groups.start, groups.rows, days.value, hidden.central, hidden.limit, moments)  # type: ignore[no-untyped-call]
    mean_zero, sd_zero, mean, sd, mean_limit, sd_limit = moments
    hides = (n_censored > 0) & (n_days > 1)
    # Days piled up at a limit hide their scatter (T7).
    sd_limit = np.where(hides, np.fmax(sd_limit, mean_limit * np.sqrt(np.expm1(log_sd**2))), sd_limit)
    counts = {
        "n_days": n_days, "n_censored": n_censored, "n_not_detected": told[N_NOT_DETECTED], "n_months": told[N_MONTHS]
    }  # fmt: skip
    numbers = {
        "mean_zero": mean_zero,
        "sd_zero": sd_zero,
        "mean": mean,
        "sd": sd,
        "mean_limit": mean_limit,
        "sd_limit": np.where(np.isnan(mean_limit), np.nan, sd_limit),
        "log_sd": log_sd,
        "log_sd_df": told[FREEDOM],
        "u_day": told[U_DAY],
        "u_site": told[U_SITE],
        "sigma_site": told[SIGMA_SITE],
        "sigma_batch": told[SIGMA_BATCH],
    }
    labels = pl.Series("label", groups.labels, dtype=pl.String)[groups.label]
    return days.series[groups.of_series].with_columns(
        labels,
        *(pl.Series(name, values.astype(np.int64)) for name, values in counts.items()),
        *(pl.Series(name, values, nan_to_null=True) for name, values in numbers.items()),
    )


def _tell(days: DayArrays, groups: Groups, spread: DaySpread) -> Array:
    """What :mod:`group_moments` tells of the groups."""
    told = np.empty((N_TOLD, groups.start.size))
    room = np.zeros((2, int(days.batch.max(initial=-1)) + 2))
    tell_groups(  # type: ignore[no-untyped-call]
        groups.start, groups.rows, days.value, days.is_not_detected, _months(days), spread.log_sd, spread.degrees_of_freedom,
        days.u_day, days.u_site, days.u_batch, days.batch, room, told
    )  # fmt: skip
    return told


def _months(days: DayArrays) -> Index:
    """Calendar month of each day."""
    ordinals, place = distinct_places(days.ordinal)
    months = ordinals.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return np.where(is_dated(ordinals), months, NO_MONTH)[place]


class _Hidden(NamedTuple):
    """Expected load and limit of every censored day of the groups, in their order."""

    central: Array
    limit: Array


def _hidden_days(days: DayArrays, groups: Groups, spread: DaySpread, told: Array) -> _Hidden:
    """The expected load (T5) is not a number in a group without a quantified day.

    For a limit that nobody knows stands the smallest load of the group, else that of the series before.
    """
    row = groups.rows[np.isnan(days.value)[groups.rows]]
    group = np.repeat(np.arange(groups.start.size), told[N_CENSORED].astype(np.int64))
    smallest = told[SMALLEST][group]
    stand_in = np.where(np.isfinite(smallest), smallest, spread.smallest[row])
    limit = np.where(np.isnan(days.limit[row]), stand_in, days.limit[row])
    mean_log, log_sd, n_logs = told[MEAN_LOG], told[LOG_SD], told[N_LOGS]
    solvable = np.isfinite(mean_log[group]) & (limit > 0)
    busy, position = distinct_places(group[solvable])
    mu = np.full(groups.start.size, np.nan)
    mu[busy] = log_mean_with_censored(position, np.log(limit[solvable]), n_logs[busy], mean_log[busy], log_sd[busy])
    found = mean_below_limit(limit, mu[group], log_sd[group])
    unseen = told[N_CENSORED] == told[N_DAYS]
    return _Hidden(np.where(unseen[group], np.nan, np.where(solvable, found, 0.0)), limit)
